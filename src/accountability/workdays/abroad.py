"""The working days of other countries and their parts. The one module that knows `holidays`.

The package answers for any year: it carries the law of today into years whose days no government has proclaimed yet.
We take only years that can be known:

* not before 1990: older logs are rare, and few of the package's sources reach further back;
* not after the year in which the release reviewed here was made. 0.109 (November 2026) holds 79 entries of special days for
  2026 and 19 for 2027; Hungary's working Saturdays of 2027, for one, are missing. Older releases, down to the oldest that we
  accept (0.60, November 2024), are trusted to 2024 only;
* no year with a day that the package itself marks as estimated (a moon not yet seen) or warns about, nor any year beyond one.
"""

from __future__ import annotations

import re
import warnings
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING

from accountability.errors import ExtraMissing, closest
from accountability.workdays.calendar import Calendar
from accountability.workdays.localtime import ONE_DAY

if TYPE_CHECKING:
    from holidays import HolidayBase

CATEGORIES = frozenset({"bank", "de_facto", "government", "optional"})
"""The days on which offices may be closed that the package tells from public holidays. Its other categories are days of work, half
days, and the days of schools and faiths."""
FIRST_YEAR = 1990
REVIEWED_RELEASE, REVIEWED_YEAR, OLDEST_YEAR = (0, 109), 2026, 2024


def public_holidays(name: str) -> Calendar:
    """The calendar of a country (`NL`) or of a part of it (`US/MA`): its weekend, public holidays and working weekends.

    Further categories of the package may follow: `HK + optional`, the days on which offices in Hong Kong are closed.
    Raises ExtraMissing if `holidays` is not installed; ValueError for an unknown name, and where every year is estimated.
    """
    try:
        import holidays
    except ModuleNotFoundError:
        raise ExtraMissing("holidays", "calendars") from None
    place, *further = (part.strip() for part in name.split("+"))
    country, _, part = place.partition("/")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        wanted = country.upper() if len(country) <= 3 else country.lower()
        raise ValueError(f"no calendar is named `{name}`; {closest(wanted, [*known, 'weekdays'])}")
    if part and part not in known[country]:
        raise ValueError(f"`{country}` has no part `{part}`; {closest(part, known[country])}")
    own = sorted(CATEGORIES & {*holidays.country_holidays(country, subdiv=part or None).supported_categories})
    for category in further:
        if category not in own:
            raise ValueError(f"`{place}` has no days off called `{category}`; "
                             + (closest(category, own) if own else f"write `{place}`"))
    off_on = ("public", *further)
    release = tuple(int(n) for n in re.findall(r"\d+", version("holidays"))[:2])
    whole = holidays.country_holidays(country, subdiv=part or None)
    latest = min(REVIEWED_YEAR if release >= REVIEWED_RELEASE else OLDEST_YEAR, whole.end_year)
    years: dict[int, HolidayBase] = {}
    for year in range(latest, max(FIRST_YEAR, whole.start_year) - 1, -1):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            days = holidays.country_holidays(country, subdiv=part or None, years=year, categories=off_on)
        if not warned and not _estimated(days):
            years[year] = days
        elif years:
            break
    if not years:
        raise ValueError(f"every year of `{name}` is only estimated; write a calendar file with the days that were proclaimed")
    first, last = min(years), max(years)
    weekend = frozenset(years[last].weekend)
    off: set[date] = set()
    working: set[date] = set()
    for year, days in years.items():
        day = date(year, 1, 1)
        while day.year == year:
            if days.is_working_day(day):
                if day.weekday() in weekend:
                    working.add(day)
            elif day in days or day.weekday() not in weekend:
                off.add(day)
            day += ONE_DAY
    return Calendar(name, weekend, frozenset(off), frozenset(working), date(first, 1, 1), date(last, 12, 31))


def _estimated(days: HolidayBase) -> bool:
    label = getattr(days, "estimated_label", None)
    if label is None:
        return False
    mark = days.tr(label).replace("%s", "").strip()
    return any(mark in names for names in days.values())
