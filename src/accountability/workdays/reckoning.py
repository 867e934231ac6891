"""From the start of a clock and a limit to the last allowed instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

import attrs

from accountability.workdays.calendar import Calendar, working_day_after, working_day_from
from accountability.workdays.limit import Limit, Unit
from accountability.workdays.localtime import MICROSECOND, ONE_DAY, instant_at, local_midnight
from accountability.workdays.office import BusinessHours, closing, next_open, spent
from accountability.workdays.periods import plus


class ClockStart(StrEnum):
    """When a clock starts that is set off outside business hours (time.md, start outside business hours)."""

    AT_ONCE = "at once"
    NEXT_OPENING = "next opening"
    NEXT_WORKING_DAY = "next working day"


# Bound once: looking a member up in its class costs as much as the rest of the quick path.
AT_ONCE, NEXT_OPENING, WORKING_DAY = ClockStart.AT_ONCE, ClockStart.NEXT_OPENING, Unit.WORKING_DAY


@attrs.frozen
class Due:
    """By when something must be done.

    *last* (UTC) is the last allowed instant, closed: done at *last* is in time, and missed once it is later. *falls* (UTC) is the
    instant of the breach: *last* itself for an instant due; for a day due the 00:00 that ends *day*, one microsecond after *last*.
    *day* is None for an instant due. *provisional* says why the answer is not final (`calendar CN ends 2026-12-31`), else None.
    """

    last: datetime
    falls: datetime
    day: date | None = None
    provisional: str | None = None

    @property
    def place(self) -> int:
        """Where the breach stands at its instant: behind all that happens then, or before it where the due ends a day, for what is
        done at that 00:00 is late and of the next day (time.md, Events before dues)."""
        return 1 if self.day is None else -1


def due_at(instant: datetime) -> Due:
    """A due that an event carries. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError(_no_zone(instant))
    moment = instant.astimezone(UTC)
    return Due(moment, moment)


def reckon(
    start: datetime,
    limit: Limit,
    *,
    zone: ZoneInfo,
    calendar: Calendar | None = None,
    roll: bool = False,
    clock_start: ClockStart = AT_ONCE,
    hours: BusinessHours | None = None,
    until_close: bool = False,
    in_hours: bool = False,
) -> Due:
    """When a clock of *limit* that is set off at *start* runs out (time.md, Instants, days, clocks).

    Hours, minutes and seconds are real time and never roll. Days, weeks, months, years and working days do not count the local day
    of the start, in *zone*, and end at 24:00; with *until_close* at the closing time of *hours*, closed. Working days `same time`
    keep the start's time of day, closed. What *hours* decide (opening, closing, that time of day) is read in the zone of *hours*.
    *roll* moves a last day that is no working day to the next one. With *in_hours* the clock runs only while business is open:
    hours, minutes and seconds are business time, and a limit that keeps the time of day ends when business next opens, if it is
    closed then.

    Raises ValueError for a *start* without a zone, for an answer beyond the year 9999, and for arguments that do not go together:
    working days, *roll* of days, *in_hours* and any other *clock_start* than at once need *calendar*; `next opening`, *in_hours*
    and *until_close* need *hours*; *until_close* does not go with hours, minutes, seconds or `same time`.
    """
    if start.tzinfo is None:
        raise ValueError(_no_zone(start))
    try:
        if limit.span is not None and clock_start is AT_ONCE and not until_close and not in_hours:
            last = start.astimezone(UTC) + limit.span
            return Due(last, last)
        check_arguments(limit, calendar, roll, clock_start, hours, until_close, in_hours)
        begun, provisional = clock_begins(start, zone, calendar, clock_start, hours)
        if limit.span is not None:
            if in_hours and hours is not None and calendar is not None:
                last, why = spent(begun, limit.span, hours, calendar)
                provisional = provisional or why
            else:
                last = begun + limit.span
            return Due(last, last, None, provisional)
        place = hours.zone if hours is not None and (until_close or limit.same_time) else zone
        local = begun.astimezone(place)
        day, why = last_day(local.date(), limit, calendar, roll)
        provisional = provisional or why
        if limit.same_time or until_close:
            last = ends_on(day, None if limit.same_time else hours, local.time(), place)
            if in_hours and limit.same_time and hours is not None and calendar is not None:
                last, why = next_open(last, hours, calendar)
                provisional = provisional or why
            if not closes_with(day, last, until_close, zone):
                return Due(last, last, None, provisional)
        falls = local_midnight(day + ONE_DAY, place)
        return Due(falls - MICROSECOND, falls, day, provisional)
    except OverflowError:
        raise ValueError(f"`{limit}` from {start} leaves the years 1 to 9999") from None


def check_arguments(
    limit: Limit, calendar: Calendar | None, roll: bool, clock_start: ClockStart, hours: BusinessHours | None, until_close: bool,
    in_hours: bool = False,
) -> None:
    """Raise ValueError for arguments of `reckon` that do not go together, whatever the start."""
    if calendar is None:
        if limit.unit is WORKING_DAY:
            raise ValueError(f"`{limit}` needs a calendar; name one, such as `calendar: CN`")
        if roll and limit.span is None:
            raise ValueError("`roll` needs a calendar; name one, such as `calendar: CN`")
        if clock_start is not AT_ONCE:
            raise ValueError(f"`clock starts: {clock_start}` needs a calendar; name one, such as `calendar: CN`")
        if in_hours:
            raise ValueError("`clock runs: in business hours` needs a calendar; name one, such as `calendar: CN`")
    if hours is None and in_hours:
        raise ValueError("`clock runs: in business hours` needs business hours; state when the office opens and closes")
    if hours is None and clock_start is NEXT_OPENING:
        raise ValueError(f"`clock starts: {clock_start}` needs business hours; state when the office opens and closes")
    if until_close:
        if hours is None:
            raise ValueError("`until close of business` needs business hours; state when the office opens and closes")
        if limit.span is not None or limit.same_time:
            raise ValueError(f"`{limit}` ends at a time of its own; leave `until close of business` out")


def clock_begins(
    start: datetime, zone: ZoneInfo, calendar: Calendar | None, clock_start: ClockStart, hours: BusinessHours | None
) -> tuple[datetime, str | None]:
    """The instant (UTC) from which the clock runs, and why that is provisional."""
    if clock_start is AT_ONCE or calendar is None:
        return start.astimezone(UTC), None
    place = zone if hours is None else hours.zone
    local = start.astimezone(place)
    day, clock = local.date(), local.time()
    if clock_start is not NEXT_OPENING or hours is None:
        first = working_day_from(calendar, day)
        begun = start.astimezone(UTC) if first == day else instant_at(first, clock, place)
    else:
        first, opens = day, hours.on(day).next(clock) if calendar.is_working(day) else None
        if opens is None:
            first = working_day_after(calendar, day, 1)
            opens = hours.on(first).opens
        begun = start.astimezone(UTC) if first == day and opens == clock else instant_at(first, opens, place)
    return begun, calendar.uncovered(day, first)


def ends_on(day: date, hours: BusinessHours | None, clock: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a last *day* ends: when business closes, or at the time of day *clock* where no *hours* are given.

    Of a time shown twice the later one counts: the doubt is not the bearer's.
    """
    return instant_at(day, clock, zone, fold=1) if hours is None else closing(day, hours.on(day).closes, zone, fold=1)


def closes_with(day: date, last: datetime, until_close: bool, zone: ZoneInfo) -> bool:
    """Whether a last *day* that ends at *last* ends with that day in *zone*: where business closes at 24:00."""
    return until_close and last == local_midnight(day + ONE_DAY, zone)


def last_day(day: date, limit: Limit, calendar: Calendar | None, roll: bool) -> tuple[date, str | None]:
    """The last local day of a limit in days or longer that starts on *day*, and why it is provisional."""
    if limit.unit is WORKING_DAY:
        assert calendar is not None
        found = working_day_after(calendar, day, limit.count)
        if roll and not limit.count:
            found = working_day_from(calendar, found)
        return found, calendar.uncovered(min(day + ONE_DAY, found), found)
    unrolled = plus(day, limit)
    if not roll or calendar is None:
        return unrolled, None
    found = working_day_from(calendar, unrolled)
    return found, calendar.uncovered(unrolled, found)


def _no_zone(instant: datetime) -> str:
    return f"{instant.isoformat()} has no zone; give one, such as +08:00 or Z"

