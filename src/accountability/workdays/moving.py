"""A due that was moved: by pauses of the clock, and by extensions of the limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accountability.workdays.calendar import Calendar, working_day_from
from accountability.workdays.limit import Limit, Unit
from accountability.workdays.localtime import MICROSECOND, ONE_DAY, instant_at, local_midnight
from accountability.workdays.office import Span, next_open, spent
from accountability.workdays.reckoning import Due, clock_begins, closes_with, ends_on, last_day
from accountability.workdays.terms import Reckoning


def moved_due(start: datetime, limit: Limit, by: Reckoning, paused: Sequence[Span] = (), extended: Sequence[Limit] = ()) -> Due:
    """When *limit* from *start* runs out, if the clock stood still during *paused* and the limit was *extended*.

    Pauses may overlap; what they have in common counts once (time.md, pause), and what lies before the clock begins not at all. A
    limit in hours moves by their length; one in days by the local days of their union, the first included, the last not; one in
    working days by the working days among these.
    Extensions count from the unrolled end, and the last day is rolled once, at the very end (time.md, extension): to a working day
    on which the clock does not stand still. A last day that ends at closing time, or at the time of day of the start, does not end
    while the clock stands still: the next one does.
    Raises ValueError as `reckon` does, and for an extension in other units than the limit: hours with hours, days with days.
    """
    if not paused and not extended:
        return by.due(start, limit)
    for extension in extended:
        if (extension.span is None) is not (limit.span is None):
            raise ValueError(f"`{limit}` cannot be extended by `{extension}`; extend hours by hours, and days by days")
    begun, provisional = clock_begins(start, by.zone, by.calendar, by.clock_start, by.hours)
    paused = [(max(since, begun), until) for since, until in paused]
    if limit.span is not None:
        length = limit.span + sum((e.span for e in extended if e.span is not None), timedelta())
        if by.in_hours and by.hours is not None and by.calendar is not None:
            last, why = spent(begun, length, by.hours, by.calendar, union(paused))
            provisional = provisional or why
        else:
            last = begun + length + sum((until - since for since, until in union(paused)), timedelta())
        return Due(last, last, None, provisional)
    place = by.hours.zone if by.hours is not None and (by.until_close or limit.same_time) else by.zone
    local = begun.astimezone(place)
    still_days = [day for first, after in day_union(paused, by) for day in _days(first, after)]
    if limit.unit is Unit.WORKING_DAY and by.calendar is not None:
        more_days = sum(by.calendar.is_working(day) for day in still_days)
        limit = Limit(limit.amount + more_days, limit.unit, limit.same_time)
        day, why = last_day(local.date(), limit, by.calendar, False)
    else:
        day, why = last_day(local.date(), limit, by.calendar, False)
        day += timedelta(days=len(still_days))
    for extension in extended:
        day, more = last_day(day, extension, by.calendar, False)
        why = why or more
        while day in still_days:  # what is added may be counted otherwise than the pause
            day = _next_day(day, _counting(extension, by))
    if by.roll and by.calendar is not None:
        rolled = working_day_from(by.calendar, day)
        while rolled in still_days:  # a pause may begin between the unrolled end and the rolled one
            rolled = _next_day(rolled, by.calendar)
        why, day = why or by.calendar.uncovered(day, rolled), rolled
    provisional = provisional or why
    if limit.same_time or by.until_close:
        working = by.calendar if by.roll else _counting(limit, by)
        last, why = _hour_of(day, limit, by, local.time(), place)
        while any(since <= last < until for since, until in paused):
            before, day = day, _next_day(day, working)
            last, why = _hour_of(day, limit, by, local.time(), place)
            provisional = provisional or (None if working is None else working.uncovered(before, day))
        provisional = provisional or why
        if not closes_with(day, last, by.until_close, by.zone):
            return Due(last, last, None, provisional)
    falls = local_midnight(day + ONE_DAY, place)
    return Due(falls - MICROSECOND, falls, day, provisional)


def _counting(limit: Limit, by: Reckoning) -> Calendar | None:
    """The calendar by which *limit* counts its days; None where it counts all of them."""
    return by.calendar if limit.unit is Unit.WORKING_DAY else None


def _next_day(day: date, working: Calendar | None) -> date:
    """The day after *day*, or the next *working* day."""
    return day + ONE_DAY if working is None else working_day_from(working, day + ONE_DAY)


def _hour_of(day: date, limit: Limit, by: Reckoning, clock: time, place: ZoneInfo) -> tuple[datetime, str | None]:
    """The instant at which a last *day* ends that ends at closing time or at the time of day *clock*, and why it is provisional."""
    last = ends_on(day, None if limit.same_time else by.hours, clock, place)
    if by.in_hours and limit.same_time and by.hours is not None and by.calendar is not None:
        return next_open(last, by.hours, by.calendar)
    return last, None


def moved_instant(due: datetime, by: Reckoning, paused: Sequence[Span] = (), extended: Sequence[Limit] = ()) -> datetime:
    """When a *due* that was given as an instant falls, if the clock stood still during *paused*, by whose length it moves, and it
    was *extended*: by real time, or by so many days at the same time of day. Beyond the year 9999 it never falls."""
    try:
        due += sum((until - since for since, until in union(paused)), timedelta())
        for extension in extended:
            if extension.span is not None:
                due += extension.span
            else:
                local = due.astimezone(by.zone)
                day, _ = last_day(local.date(), extension, by.calendar, False)
                due = instant_at(day, local.time(), by.zone, fold=1)
                while any(since <= due < until for since, until in paused):
                    day = _next_day(day, _counting(extension, by))
                    due = instant_at(day, local.time(), by.zone, fold=1)
    except (OverflowError, ValueError):
        return datetime.max.replace(tzinfo=UTC)
    return due


def stands_until(since: datetime, most: Limit, by: Reckoning) -> datetime:
    """When a pause that began at *since* and that nothing ends is over by itself, *most* later: the clock goes on at that instant.

    Hours, minutes and seconds are real time. Days and longer are whole local days, that of *since* counted: `3 days` from the 5th
    stand on the 5th, 6th and 7th, and end with the 8th's 00:00. Working days end with the beginning of the N-th one after that day,
    `same time` at the time of day of *since* on it. Raises ValueError for an answer beyond the year 9999, and for working days
    without a calendar.
    """
    try:
        if most.span is not None:
            return since + most.span
        if most.unit is Unit.WORKING_DAY and by.calendar is None:
            raise ValueError(f"`{most}` needs a calendar; name one, such as `calendar: CN`")
        local = since.astimezone(by.zone)
        day, _ = last_day(local.date(), most, by.calendar, False)
        return instant_at(day, local.time(), by.zone, fold=1) if most.same_time else local_midnight(day, by.zone)
    except OverflowError:
        raise ValueError(f"`{most}` from {since} leaves the years 1 to 9999") from None


def union(spans: Sequence[Span]) -> list[Span]:
    """The same instants as *spans*, without overlaps, in order."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif since < until:
            found.append((since, until))
    return found


def day_union(spans: Sequence[Span], by: Reckoning) -> list[tuple[date, date]]:
    """The local days of *spans*, half-open, without overlaps."""
    found: list[tuple[date, date]] = []
    for since, until in sorted((a.astimezone(by.zone).date(), b.astimezone(by.zone).date()) for a, b in spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif since < until:
            found.append((since, until))
    return found


def _days(first: date, after: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((after - first).days)]


