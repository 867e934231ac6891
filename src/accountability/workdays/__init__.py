"""workdays: from a start and a limit to the last allowed instant. In: instants, limits, calendars. Out: dues, windows, periods.

Everything here is a pure function of its arguments; a calendar file and the two calendar packages are read once and kept.
The rules are those of docs/explanation/time.md, "Instants, days, clocks".
"""

from accountability.workdays.calendar import WEEKDAYS, Calendar
from accountability.workdays.catalogue import find_calendar
from accountability.workdays.explaining import explain
from accountability.workdays.limit import Limit, Unit
from accountability.workdays.localtime import instant_at, local_midnight
from accountability.workdays.office import BusinessHours, HoursByDate, Opening
from accountability.workdays.periods import Period, PeriodName, minus, period_of, plus, window_first_day, window_start
from accountability.workdays.reckoning import ClockStart, Due, due_at, reckon
from accountability.workdays.terms import Reckoned, Reckoning

__all__ = [
    "WEEKDAYS",
    "BusinessHours",
    "Calendar",
    "ClockStart",
    "Due",
    "HoursByDate",
    "Limit",
    "Opening",
    "Period",
    "PeriodName",
    "Reckoned",
    "Reckoning",
    "Unit",
    "due_at",
    "explain",
    "find_calendar",
    "instant_at",
    "local_midnight",
    "minus",
    "period_of",
    "plus",
    "reckon",
    "window_first_day",
    "window_start",
]
