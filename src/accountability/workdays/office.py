"""An office that opens and closes, and a clock that runs only while it is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

import attrs

from accountability.workdays.calendar import Calendar
from accountability.workdays.localtime import ONE_DAY, instant_at

Span = tuple[datetime, datetime]
NOTHING = timedelta(0)
MIDNIGHT = time.min
"""As a closing time, the end of the day."""


@attrs.frozen
class Opening:
    """When an office is open on one day: from *opens* up to but not including *closes*, save in *breaks*, which are half-open too.

    A closing time of 00:00 is the 24:00 of the day. Raises ValueError unless the times come one after the other, and for times that
    bring a zone of their own.
    """

    opens: time
    closes: time
    breaks: tuple[tuple[time, time], ...] = ()
    spans: tuple[tuple[time, time], ...] = attrs.field(init=False, repr=False, eq=False)
    """From when until when it is open without a break."""

    @spans.default
    def _spans(self) -> tuple[tuple[time, time], ...]:
        times = (self.opens, *chain.from_iterable(self.breaks), self.closes)
        if any(at.tzinfo for at in times):
            raise ValueError("business hours are times of day without a zone; give the zone beside them")
        if self.opens >= self.closes != MIDNIGHT:
            raise ValueError(f"business hours open at {self.opens:%H:%M} and close at {self.closes:%H:%M}; "
                             "write the earlier time first")
        if any(one >= other for one, other in pairwise(times if self.closes != MIDNIGHT else times[:-1])):
            raise ValueError("a break begins after business opens and ends before it closes; write several in their order")
        return tuple(zip(times[::2], times[1::2], strict=True))

    def told(self) -> list[tuple[str, str]]:
        """The spans, such as `08:30` and `12:00`."""
        return [(f"{opens:%H:%M}", "24:00" if closes == MIDNIGHT else f"{closes:%H:%M}") for opens, closes in self.spans]

    def next(self, clock: time) -> time | None:
        """*clock*, if it is open then, else when it next opens on the same day; None where it does not."""
        return next((max(clock, opens) for opens, closes in self.spans if clock < closes or closes == MIDNIGHT), None)


@attrs.frozen
class BusinessHours:
    """Open on working days from *opens* to *closes* but for *breaks*, as an `Opening` says, times of day in *zone*; on a weekday
    (Monday is 0) that is in *otherwise*, as that says.

    Raises ValueError as `Opening` does.
    """

    opens: time
    closes: time
    zone: ZoneInfo
    otherwise: tuple[tuple[int, Opening], ...] = ()
    breaks: tuple[tuple[time, time], ...] = ()
    always: Opening = attrs.field(init=False, repr=False, eq=False)
    """The hours of a day that has none of its own."""

    @always.default
    def _always(self) -> Opening:
        return Opening(self.opens, self.closes, self.breaks)

    def on(self, day: date) -> Opening:
        """When business is open on *day*, if that is a working day."""
        weekday = day.weekday()
        return next((opening for named, opening in self.otherwise if named == weekday), self.always)


def closing(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant (UTC) at which business closes that closes *at* some time of *day*."""
    return instant_at(day + ONE_DAY, MIDNIGHT, zone) if at == MIDNIGHT else instant_at(day, at, zone, fold)


def open_spans(since: datetime, hours: BusinessHours, calendar: Calendar) -> Iterator[Span]:
    """When business is open, half-open, from *since* on (UTC). Raises OverflowError where the years end."""
    day = since.astimezone(hours.zone).date()
    while True:
        if calendar.is_working(day):
            for opens, closes in hours.on(day).spans:
                until = closing(day, closes, hours.zone)
                if since < until:
                    yield max(instant_at(day, opens, hours.zone), since), until
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
