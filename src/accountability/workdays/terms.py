"""How a rule counts its limits, said once, and what it came to for one start: the due, and the words for it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from accountability.workdays.calendar import Calendar
from accountability.workdays.explaining import explain
from accountability.workdays.limit import Limit
from accountability.workdays.office import BusinessHours
from accountability.workdays.reckoning import ClockStart, Due, reckon


@attrs.frozen
class Reckoning:
    """The terms on which a rule counts: zone, calendar, roll, when the clock starts (time.md, Instants, days, clocks)."""

    zone: ZoneInfo
    calendar: Calendar | None = None
    roll: bool = False
    clock_start: ClockStart = ClockStart.AT_ONCE
    hours: BusinessHours | None = None
    until_close: bool = False
    in_hours: bool = False

    def due(self, start: datetime, limit: Limit) -> Due:
        """The due of *limit* from *start*, as `reckon` gives it. Raises ValueError as `reckon` does."""
        return reckon(start, limit, zone=self.zone, calendar=self.calendar, roll=self.roll, clock_start=self.clock_start,
                      hours=self.hours, until_close=self.until_close, in_hours=self.in_hours)


@attrs.frozen
class Reckoned:
    """One limit counted from one start, or (without a limit) a due that the event carried."""

    start: datetime
    limit: Limit | None
    by: Reckoning

    def steps(self) -> tuple[str, ...]:
        """How the due was reckoned, step by step, in words and local time."""
        if self.limit is None:
            return ("the event carries its own due",)
        by = self.by
        return explain(self.start, self.limit, zone=by.zone, calendar=by.calendar, roll=by.roll, clock_start=by.clock_start,
                       hours=by.hours, until_close=by.until_close, in_hours=by.in_hours)
