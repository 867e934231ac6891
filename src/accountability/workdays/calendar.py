"""Which days are working days, and for which years that is known."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache

import attrs

from accountability.workdays.localtime import ONE_DAY

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SATURDAY_AND_SUNDAY = frozenset({5, 6})


@attrs.frozen(cache_hash=True, repr=False)
class Calendar:
    """Working days, as plain data. Equal when name and digest are.

    *weekend* holds weekdays (Monday is 0); *holidays* are days off and *make_up* working days at a weekend, both by local day.
    From *first_known* to *last_known*, both included, this is the whole truth; outside, weekdays minus the holidays listed
    stand in for it, and `covers` says so (time.md, calendar does not cover the span).

    Raises ValueError for a weekend of seven days.
    """

    name: str
    weekend: frozenset[int] = attrs.field(default=SATURDAY_AND_SUNDAY, eq=False)
    holidays: frozenset[date] = attrs.field(default=frozenset(), eq=False)
    make_up: frozenset[date] = attrs.field(default=frozenset(), eq=False)
    first_known: date = attrs.field(default=date.min, eq=False)
    last_known: date = attrs.field(default=date.max, eq=False)
    digest: str = attrs.field(init=False)
    """SHA-256 (hex) of what decides: the weekend, the years covered, and the days that differ from it. Not the name."""

    @digest.default
    def _digest(self) -> str:
        content = {
            "weekend": sorted(self.weekend),
            "covers": [self.first_known.isoformat(), self.last_known.isoformat()],
            "off": sorted(d.isoformat() for d in self.holidays - self.make_up if d.weekday() not in self.weekend),
            "working": sorted(d.isoformat() for d in self.make_up if d.weekday() in self.weekend),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def __attrs_post_init__(self) -> None:
        if len(self.weekend) > 6:
            raise ValueError(f"the calendar {self.name} has no working day in the week; leave at least one out of the weekend")

    def is_working(self, day: date) -> bool:
        """Whether *day* (a date, not a datetime) is a working day; outside the years covered, as well as the calendar can tell."""
        return day in self.make_up or (day.weekday() not in self.weekend and day not in self.holidays)

    def covers(self, day: date) -> bool:
        return self.first_known <= day <= self.last_known

    def uncovered(self, first: date, last: date) -> str | None:
        """Why an answer that rests on the days from *first* to *last* is provisional; None if all are covered."""
        if last > self.last_known:
            return f"calendar {self.name} ends {self.last_known}"
        if first < self.first_known:
            return f"calendar {self.name} begins {self.first_known}"
        return None

    def __repr__(self) -> str:
        return f"<calendar {self.name} {self.first_known} to {self.last_known}, {self.digest[:8]}>"


WEEKDAYS = Calendar("weekdays")
"""Monday to Friday, no holidays, in every year."""


@lru_cache(maxsize=65_536)
def working_day_after(calendar: Calendar, day: date, number: int) -> date:
    """The *number*th working day after *day*, which is not counted; *day* itself for 0. OverflowError beyond the year 9999."""
    while number > 0:
        day += ONE_DAY
        number -= calendar.is_working(day)
    return day


def working_day_from(calendar: Calendar, day: date) -> date:
    """*day* if it is a working day, else the next one."""
    return day if calendar.is_working(day) else working_day_after(calendar, day, 1)
