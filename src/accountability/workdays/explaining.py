"""A reckoning in words, for whoever wants to check it with a calendar on the wall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from accountability.workdays.calendar import WEEKDAY_NAMES, Calendar
from accountability.workdays.limit import Limit, Unit
from accountability.workdays.localtime import ONE_DAY
from accountability.workdays.office import BusinessHours
from accountability.workdays.periods import plus
from accountability.workdays.reckoning import ClockStart, Due, clock_begins, last_day, reckon

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LISTED_SINGLY = 10
NOTHING = timedelta(0)


def explain(
    start: datetime,
    limit: Limit,
    *,
    zone: ZoneInfo,
    calendar: Calendar | None = None,
    roll: bool = False,
    clock_start: ClockStart = ClockStart.AT_ONCE,
    hours: BusinessHours | None = None,
    until_close: bool = False,
    in_hours: bool = False,
) -> tuple[str, ...]:
    """The steps of `reckon` with the same arguments, in local time, from `starts …` to `due …`. Raises ValueError as `reckon` does.

    The days counted are named one by one up to ten, then as runs. Where the answer is provisional, the last step says why.
    """
    due = reckon(start, limit, zone=zone, calendar=calendar, roll=roll, clock_start=clock_start, hours=hours,
                 until_close=until_close, in_hours=in_hours)
    begun, _ = clock_begins(start, zone, calendar, clock_start, hours)
    by_hours = until_close or in_hours or limit.same_time or clock_start is not ClockStart.AT_ONCE
    place = hours.zone if hours is not None and by_hours else zone
    steps = [f"starts {_moment(start, place)} ({place})"]
    if begun != start and hours is not None and clock_start is ClockStart.NEXT_OPENING:
        open_from_to = ", ".join(map("-".join, hours.on(begun.astimezone(place).date()).told()))
        steps.append(f"outside business hours {open_from_to}: the clock starts {_moment(begun, place)}")
    elif begun != start:
        steps.append(f"no working day: the clock starts {_moment(begun, place)}")
    shown = place if due.day is None else zone
    if limit.span is not None:
        steps += [f"{limit} while business is open"] if in_hours else _clock_steps(begun, limit, due, shown)
    else:
        first = begun.astimezone(place if until_close or limit.same_time else zone).date()
        if shown is not place:
            steps.append(f"days are counted in {shown}, where the clock starts on {_day(first, 0)}")
        steps += _day_steps(first, limit, calendar, roll)
    if due.day is not None:
        steps.append(f"due {due.day} 24:00" + ("" if shown is place else f" ({shown})"))
    else:
        steps.append(f"due {_moment(due.last, shown)}" + (", closing time" if until_close else ""))
    if due.provisional is not None:
        steps.append(f"provisional: {due.provisional}; beyond it, weekdays minus the holidays known are counted")
    return tuple(steps)


def _clock_steps(begun: datetime, limit: Limit, due: Due, zone: ZoneInfo) -> Iterator[str]:
    yield f"{limit} without a break"
    shift = (due.last.astimezone(zone).utcoffset() or NOTHING) - (begun.astimezone(zone).utcoffset() or NOTHING)
    if shift:
        way = "forward" if shift > NOTHING else "back"
        yield f"the clocks go {way} by {_length(abs(shift))} on the way; hours are real hours"


def _day_steps(first: date, limit: Limit, calendar: Calendar | None, roll: bool) -> Iterator[str]:
    if limit.unit is Unit.WORKING_DAY and calendar is not None:
        end, _ = last_day(first, limit, calendar, roll)
        counted = [day for day in _days(first + ONE_DAY, end) if calendar.is_working(day)]
        yield f"{limit}: " + (_named(counted, calendar, first.year) if counted else "the day of the start itself")
        yield from _skipped(_days(first + ONE_DAY, end), calendar, first.year, len(counted) > LISTED_SINGLY)
        return
    end = plus(first, limit)
    short = limit.unit in (Unit.MONTH, Unit.YEAR) and end.day != first.day
    yield (f"{limit}, the day of the start not counted: the last day is {_day(end, first.year)}"
           + (f", for that month has no day {first.day}" if short else ""))
    if roll and calendar is not None:
        rolled, _ = last_day(first, limit, calendar, roll)
        if rolled != end:
            yield from _skipped(_days(end, rolled), calendar, first.year)
            yield f"rolls to {_day(rolled, first.year)}{_make_up(rolled, calendar)}"
        else:
            yield f"{_day(end, first.year)}{_make_up(end, calendar)} is a working day: no roll"


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _named(days: list[date], calendar: Calendar, year: int) -> str:
    if len(days) <= LISTED_SINGLY:
        return ", ".join(f"{_day(day, year)}{_make_up(day, calendar)}" for day in days)
    runs = ", ".join(_run(run, year) for run in _runs(days))
    made_up = [day for day in days if _make_up(day, calendar)]
    return runs + (f"; make-up working days: {', '.join(_day(day, year) for day in made_up)}" if made_up else "")


def _skipped(days: Iterable[date], calendar: Calendar, year: int, summary: bool = False) -> Iterator[str]:
    parts = ["weekends"] if summary else []
    for holiday, group in groupby((d for d in days if not calendar.is_working(d)), lambda d: d in calendar.holidays):
        if not holiday and summary:
            continue
        for run in _runs(list(group)):
            kind = ("holiday" if run[0] == run[-1] else "holidays") if holiday else "weekend"
            parts.append(f"{_run(run, year)} ({kind})")
    if parts:
        yield "skipped: " + ", ".join(parts)


def _runs(days: list[date]) -> Iterator[list[date]]:
    """*days*, ascending, cut wherever a day is missing."""
    for _, group in groupby(enumerate(days), lambda numbered: numbered[1].toordinal() - numbered[0]):
        yield [day for _, day in group]


def _run(days: list[date], year: int) -> str:
    first, last = days[0], days[-1]
    if first == last:
        return _date(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{_date(last, year)}"
    return f"{_date(first, year)}-{_date(last, year)}"


def _make_up(day: date, calendar: Calendar) -> str:
    return " (make-up working day)" if day in calendar.make_up and day.weekday() in calendar.weekend else ""


def _day(day: date, year: int) -> str:
    return f"{WEEKDAY_NAMES[day.weekday()]} {_date(day, year)}"


def _date(day: date, year: int) -> str:
    """*day* without its year where that is *year*."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]}" + ("" if day.year == year else f" {day.year}")


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone).replace(tzinfo=None)
    whole = local.second == 0 and local.microsecond == 0
    return local.isoformat(" ", "minutes" if whole else "auto")


def _length(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return " ".join(part for part in (f"{hours}h" if hours else "", f"{minutes}min" if minutes else "") if part)
