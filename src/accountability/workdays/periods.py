"""Arithmetic on local days that needs no calendar of holidays: terms, windows, and the months, quarters and years of a duty.

Months and years end on the corresponding day, or on the last day of the month where there is none (Civil Code art. 202;
time.md, month arithmetic). That makes them uneven: 30 and 31 January + 1 month are both 28 February.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import attrs

from accountability.workdays.limit import Limit, Unit
from accountability.workdays.localtime import ONE_DAY, instant_at

PeriodName = Literal["day", "week", "month", "quarter", "year"]


def plus(day: date, limit: Limit) -> date:
    """The last day of the period that runs *limit* from *day*, that day itself not counted.

    For days, weeks, months and years. Raises ValueError for other units, and for a day beyond the year 9999.
    """
    return _moved(day, limit, 1)


def minus(day: date, limit: Limit) -> date:
    """The day *limit* before *day*: the corresponding day, else the last of its month. Raises ValueError as `plus` does."""
    return _moved(day, limit, -1)


def _moved(day: date, limit: Limit, sign: int) -> date:
    match limit.unit:
        case Unit.DAY | Unit.WEEK:
            number = day.toordinal() + sign * limit.count * (7 if limit.unit is Unit.WEEK else 1)
            if not 1 <= number <= date.max.toordinal():
                raise ValueError(_beyond(day, limit))
            return date.fromordinal(number)
        case Unit.MONTH | Unit.YEAR:
            months = day.year * 12 + day.month - 1 + sign * limit.count * (12 if limit.unit is Unit.YEAR else 1)
            year, month = divmod(months, 12)
            if not 1 <= year <= 9999:
                raise ValueError(_beyond(day, limit))
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        case Unit.WORKING_DAY:
            raise ValueError(f"`{limit}` needs a calendar; reckon it from an instant")
        case _:
            raise ValueError(f"`{limit}` runs from an instant, not from a day")


def _beyond(day: date, limit: Limit) -> str:
    return f"`{limit}` from {day} leaves the years 1 to 9999"


def window_start(at: datetime, limit: Limit, zone: ZoneInfo) -> datetime:
    """The far edge (UTC) of the rolling window of *limit* by instants that ends at *at*.

    Clock limits are real time. Days, weeks, months and years go back to the corresponding local day in *zone* at the same time of
    day. At month ends edges may cross (30 March 14:00 and 31 March 09:00 both go back to 28 February), so compare each
    instant; do not assume that edges grow. Raises ValueError for working days, and for an instant without a zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no zone; give one, such as +08:00 or Z")
    if limit.unit is Unit.WORKING_DAY:
        raise ValueError(f"`{limit}` cannot be a window; count it in days, weeks or months")
    if limit.span is not None:
        return at.astimezone(UTC) - limit.span
    local = at.astimezone(zone)
    return instant_at(minus(local.date(), limit), local.time(), zone, local.fold)


def window_first_day(day: date, limit: Limit) -> date:
    """The earliest day whose own period of *limit* still reaches *day*: the far edge, included, of a window by dates.

    So `plus(d, limit) >= day` exactly for the days d from here on (scenario A2: not later than the last day of the month that runs
    from the first). Where *day* has no counterpart a month before, that is the first of the next month.

    Raises ValueError as `plus` does.
    """
    edge = minus(day, limit)
    return edge if plus(edge, limit) >= day else edge + ONE_DAY


@attrs.frozen
class Period:
    """A named stretch of local days from *first* up to but not including *after*."""

    label: str
    first: date
    after: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.after


@lru_cache(maxsize=10_000)
def period_of(day: date, name: PeriodName) -> Period:
    """The calendar period that *day* lies in, labelled `2026`, `2026-Q1`, `2026-03`, `2026-W10` (ISO, from Monday) or `2026-03-02`.

    Raises ValueError for another *name*.
    """
    match name:
        case "day":
            return Period(day.isoformat(), day, day + ONE_DAY)
        case "week":
            year, week, weekday = day.isocalendar()
            first = day - timedelta(days=weekday - 1)
            return Period(f"{year:04}-W{week:02}", first, first + timedelta(days=7))
        case "month":
            return _months(day.isoformat()[:7], day.year, day.month, 1)
        case "quarter":
            quarter = (day.month - 1) // 3
            return _months(f"{day.year:04}-Q{quarter + 1}", day.year, 3 * quarter + 1, 3)
        case "year":
            return _months(f"{day.year:04}", day.year, 1, 12)
        case _:
            raise ValueError(f"`{name}` is no calendar period; write one of " + ", ".join(f"`{n}`" for n in get_args(PeriodName)))


def _months(label: str, year: int, month: int, length: int) -> Period:
    first = date(year, month, 1)
    return Period(label, first, plus(first, Limit(length, Unit.MONTH)))
