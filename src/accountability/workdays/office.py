"""An office that opens and closes, on some days at other times, and a clock that runs only while it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, combinations, pairwise
from zoneinfo import ZoneInfo

import attrs

from accountability.workdays.calendar import Calendar
from accountability.workdays.localtime import ONE_DAY, instant_at

Span = tuple[datetime, datetime]
NOTHING = timedelta(0)
MIDNIGHT = time.min
"""As a closing time, the end of the day."""
LEAP_YEAR = 2000
"""One in which every day is that a year may have."""


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
class HoursByDate:
    """When an office is open on the days from *first* to *last*, both counted, if these are working days: as *always* says, on a
    weekday (Monday is 0) that is in *otherwise* as that says.

    Days are `(year, month, day)`, or `(month, day)` for those of every year, then also over the new year: from (10, 1) to (4, 30).
    29 February stands for itself in a leap year; in any other, what begins with it begins on 1 March and what ends with it on 28
    February. Raises ValueError for days that there are not, for one with a year beside one without, and for years turned round.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    always: Opening
    otherwise: tuple[tuple[int, Opening], ...] = ()

    def __attrs_post_init__(self) -> None:
        if len(self.first) != len(self.last):
            raise ValueError("of the first and the last day one has a year and the other has none; write both alike")
        if len(self.first) not in (2, 3):
            raise ValueError(f"{self.first} is no day; write (year, month, day), or (month, day) for one of every year")
        for day in (self.first, self.last):
            date(*(LEAP_YEAR, *day)[-3:])
        if self.dated and self.first > self.last:
            raise ValueError(f"the last day, {date(*self.last)}, is before the first, {date(*self.first)}; turn them round")

    @property
    def dated(self) -> bool:
        """Whether it is about days of one year, not of every year."""
        return len(self.first) == 3

    def holds(self, day: date) -> bool:
        """Whether *day* is one of its days."""
        found = (day.year, day.month, day.day)[-len(self.first):]
        return any(first <= found <= last for first, last in self._spans())

    def overlaps(self, other: HoursByDate) -> bool:
        """Whether some day is one of both, where both are about days of a year or both about days of every year."""
        return self.dated is other.dated and any(
            first <= end and begin <= last for first, last in self._spans() for begin, end in other._spans())

    def _spans(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        if self.first <= self.last:
            return ((self.first, self.last),)
        return (self.first, (12, 31)), ((1, 1), self.last)


def _years_first(entries: Iterable[HoursByDate]) -> tuple[HoursByDate, ...]:
    """Those with a year before those of every year, each in their order."""
    return tuple(sorted(entries, key=lambda entry: (not entry.dated, entry.first)))


@attrs.frozen
class BusinessHours:
    """Open on working days from *opens* to *closes* but for *breaks*, as an `Opening` says, times of day in *zone*; on a weekday
    (Monday is 0) that is in *otherwise*, as that says.

    On a day of one of those in *by_date*, as that says and nothing else: those with a year go before those of every year. Raises
    ValueError as `Opening` does, and where two of them, both with a year or both without, have a day in common.
    """

    opens: time
    closes: time
    zone: ZoneInfo
    otherwise: tuple[tuple[int, Opening], ...] = ()
    breaks: tuple[tuple[time, time], ...] = ()
    by_date: tuple[HoursByDate, ...] = attrs.field(default=(), converter=_years_first)
    always: Opening = attrs.field(init=False, repr=False, eq=False)
    """The hours of a day that has none of its own."""

    @always.default
    def _always(self) -> Opening:
        if any(one.overlaps(other) for one, other in combinations(self.by_date, 2)):
            raise ValueError("a day has hours by two entries; let each day stand in one, or give a year to the one that goes first")
        return Opening(self.opens, self.closes, self.breaks)

    def on(self, day: date) -> Opening:
        """When business is open on *day*, if that is a working day."""
        weekday = day.weekday()
        its = next((entry for entry in self.by_date if entry.holds(day)), self)
        return next((opening for named, opening in its.otherwise if named == weekday), its.always)


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
            if length < begins - at:
                return at + length
            length -= max(begins - at, NOTHING)
            at = ends
        # Nothing falls due while the clock stands still, be it from that very instant on.
        if at < closes and length <= closes - at and not any(begins <= at + length < ends for begins, ends in paused):
            return at + length
        length -= max(closes - at, NOTHING)
    raise AssertionError  # the years end before
