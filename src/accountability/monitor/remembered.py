"""What a monitor let go of and its ledger remembers: an event that comes again is known for a duplicate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accountability.event import Event
from accountability.ledger import Ledger
from accountability.timeline import Delta, Timeline, conflict, target_of, too_old


class Remembered:
    """The ids and digests of the events that the monitor of *pack* let go of in so many *rounds*, in a *ledger*.

    What the ledger remembers of later rounds is of another life: this monitor will get those events again.
    """

    def __init__(self, ledger: Ledger, pack: str) -> None:
        self._ledger, self._pack = ledger, pack
        self._to_forget = True
        self.rounds = 0

    def put(self, events: Sequence[Event]) -> None:
        """Remembers *events*, those of the next round."""
        self._forget()
        self.rounds += 1
        if events:
            self._ledger.remember(self._pack, self.rounds, ((event.source, event.id, event.digest) for event in events))

    def recalled(self, event: Event, timeline: Timeline, closed: datetime) -> Delta | None:
        """What is to be said of *event*, where the log is *closed* before an instant; None where that is for *timeline* to say."""
        if timeline.knows((event.source, event.id)):
            return None
        self._forget()
        known = self._ledger.recall(self._pack, event.source, event.id)
        if known is not None and known != event.digest:
            return Delta(refused=(conflict(event),))
        if known is not None:
            timeline.repeated()
            return Delta(duplicate=True)
        named = target_of(event)
        if named is None or timeline.knows(named) or self._ledger.recall(self._pack, *named) is None:
            return None
        return Delta(refused=(too_old(event, closed, event.corrects or event.retracts),))

    def _forget(self) -> None:
        if self._to_forget:
            self._ledger.forget(self._pack, self.rounds)
            self._to_forget = False
