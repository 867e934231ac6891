"""The working days of mainland China. The one module that knows `chinesecalendar`.

The State Council proclaims each year's holidays and make-up working days in the autumn before; the package carries those notices
and refuses other years, which is where our coverage ends too.
"""

from __future__ import annotations

from datetime import date

from accountability.errors import ExtraMissing
from accountability.workdays.calendar import Calendar


def mainland_china() -> Calendar:
    """The calendar CN. Raises ExtraMissing if `chinesecalendar` is not installed."""
    try:
        from chinese_calendar import constants
    except ModuleNotFoundError:
        raise ExtraMissing("chinesecalendar", "calendars") from None
    holidays = frozenset(constants.holidays)
    return Calendar("CN", holidays=holidays, make_up=frozenset(constants.workdays),
                    first_known=date(min(holidays).year, 1, 1), last_known=date(max(holidays).year, 12, 31))
