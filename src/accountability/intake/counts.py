"""What became of the lines of a log: how many of them, and which events they gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import attrs

from accountability.event import Event
from accountability.intake.letters import Refused


@attrs.define
class Counts:
    """What became of the lines so far. Blank lines are not lines.

    *ignored* are valid events of a type that no rule asks about, that the mapping drops or that a pack which is not strict does not
    know. *assumed_immediate* are accepted events without `recordedtime`, taken as recorded when they happened (time.md, Two times).
    *latest_recorded_at* is how far the log goes, ignored events included: silence after the last accepted event is knowledge too.
    """

    accepted: int = 0
    ignored: int = 0
    refused: int = 0
    assumed_immediate: int = 0
    latest_recorded_at: datetime | None = None

    @property
    def read(self) -> int:
        return self.accepted + self.ignored + self.refused

    def note(self, recorded_at: datetime, accepted: bool) -> None:
        """Counts one valid event."""
        if accepted:
            self.accepted += 1
        else:
            self.ignored += 1
        if self.latest_recorded_at is None or recorded_at > self.latest_recorded_at:
            self.latest_recorded_at = recorded_at


def accepted(found: Iterable[Event | Refused], refused: Callable[[Refused], object]) -> list[Event]:
    """The events of what was *found*; the rest is given to *refused*."""
    events: list[Event] = []
    for one in found:
        if isinstance(one, Refused):
            refused(one)
        else:
            events.append(one)
    return events
