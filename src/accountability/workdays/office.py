"""An office that opens and closes, and a clock that runs only while it is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs

from accountability.workdays.calendar import Calendar
from accountability.workdays.localtime import ONE_DAY, instant_at

Span = tuple[datetime, datetime]
NOTHING = timedelta(0)


@attrs.frozen
class BusinessHours:
    """From *opens* up to but not including *closes*, times of day in *zone*, on working days; on a weekday (Monday is 0) that is
    in *otherwise*, as that says.

    Raises ValueError unless it opens before it closes, and for times that bring a zone of their own.
    """

    opens: time
    closes: time
    zone: ZoneInfo
    otherwise: tuple[tuple[int, time, time], ...] = ()

    def __attrs_post_init__(self) -> None:
        for opens, closes in ((self.opens, self.closes), *((opens, closes) for _, opens, closes in self.otherwise)):
            if opens.tzinfo or closes.tzinfo:
                raise ValueError("business hours are times of day without a zone; give the zone beside them")
            if opens >= closes:
                raise ValueError(f"business hours open at {opens:%H:%M} and close at {closes:%H:%M}; write the earlier time first")

    def on(self, day: date) -> tuple[time, time]:
        """When business opens and closes on *day*, if that is a working day."""
        weekday = day.weekday()
        return next(((opens, closes) for named, opens, closes in self.otherwise if named == weekday), (self.opens, self.closes))


def open_spans(since: datetime, hours: BusinessHours, calendar: Calendar) -> Iterator[Span]:
    """When business is open, half-open, from *since* on (UTC). Raises OverflowError where the years end."""
    day = since.astimezone(hours.zone).date()
    while True:
        if calendar.is_working(day):
            opens, closes = (instant_at(day, clock, hours.zone) for clock in hours.on(day))
            if since < closes:
                yield max(opens, since), closes
        day += ONE_DAY


def next_open(at: datetime, hours: BusinessHours, calendar: Calendar) -> tuple[datetime, str | None]:
    """*at*, if business is open then, else when it next opens (UTC); and why that is provisional."""
    return spent(at, NOTHING, hours, calendar)


def spent(since: datetime, length: timedelta, hours: BusinessHours, calendar: Calendar, paused: Sequence[Span] = ()
          ) -> tuple[datetime, str | None]:
    """When business has been open for so long from *since* on, *paused* left out, which must not overlap and be in order (UTC); and
    why that is provisional. No time at all is spent when it next opens; what ends at the close of business ends then.
    """
    last = _spent(since, length, hours, calendar, paused)
    return last, calendar.uncovered(since.astimezone(hours.zone).date(), last.astimezone(hours.zone).date())


def _spent(since: datetime, length: timedelta, hours: BusinessHours, calendar: Calendar, paused: Sequence[Span]) -> datetime:
    for opens, closes in open_spans(since, hours, calendar):
        at = opens
        for begins, ends in paused:
            if ends <= at or closes <= begins:
                continue
            if length <= begins - at:
                return at + length
            length -= max(begins - at, NOTHING)
            at = ends
        if at < closes and length <= closes - at:
            return at + length
        length -= max(closes - at, NOTHING)
    raise AssertionError  # the years end before
