"""The clock on the wall, for a monitor whose events may fail to come: what falls due is told when it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from accountability.event import Event
from accountability.intake import Counts, Refused
from accountability.monitor import Changes, Monitor

SECOND = timedelta(seconds=1)
AT_MOST = 60.0
"""Seconds until the clock on the wall is looked at again, at the most: somebody may set it."""


class Wall:
    """Moves *monitor* on with the clock on the wall, so long *behind* it, and has what that changes *told*.

    While lines come in, or have just done so, the clock goes no further than what is recorded in them, as *counts* knows: a log
    that is sent again is of long ago, and what discharges its duties may be in the next line.
    """

    def __init__(self, behind: timedelta, monitor: Monitor, counts: Counts, told: Callable[[Changes], None]) -> None:
        self._behind, self._monitor, self._counts, self._told = behind, monitor, counts, told
        self._heard = time.monotonic()

    def taken_in(self, blocks: Iterable[Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
        """*blocks* of lines, of which all in one is judged once the next is asked for."""
        for block in blocks:
            yield block
            self._heard = time.monotonic()
            self.look()

    def look(self) -> float | None:
        """Moves the clock on, if something falls due by that. Gives the seconds until there may be more to do; None: not before
        something comes in."""
        now = datetime.now(UTC)
        to, quiet = now - self._behind, time.monotonic() - self._heard
        left = self._behind.total_seconds() - quiet
        if left > 0:
            latest = self._counts.latest_recorded_at
            if latest is None:  # nothing has come in since the start
                return left
            to = min(to, latest)
        turn = self._monitor.next_turn
        if turn is not None and turn <= to:
            self._told(self._monitor.advance(to))
            turn = self._monitor.next_turn
        if turn is None:
            return None
        return min(max(left, (turn + self._behind - now).total_seconds(), 0), AT_MOST)

    def refusal(self, event: Event) -> Refused | None:
        """Why *event* is not taken in, if it claims to be recorded later than the clock on the wall can show; clocks may differ by
        as much as this one is behind."""
        ahead = event.recorded_at - datetime.now(UTC)
        if ahead <= self._behind:
            return None
        return Refused.event(event, "recorded-ahead", (
            f"`recordedtime` is `{event.recorded_at.isoformat()}`, {ahead // SECOND * SECOND} after the clock on the wall: what "
            "falls due until then would be taken for missed; let the system that receives events stamp them"))
