"""Reckonings in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import attrs
import pytest

from accountability.workdays import BusinessHours, ClockStart, Limit, explain, find_calendar

SHANGHAI, AMSTERDAM, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/New_York")
CN, MA = find_calendar("CN"), find_calendar("US/MA")
CN_TO_2026 = attrs.evolve(CN, last_known=date(2026, 12, 31), holidays=frozenset(d for d in CN.holidays if d.year < 2027))
OFFICE = BusinessHours(time(9), time(17, 30), SHANGHAI)
BOSTON = BusinessHours(time(8, 30), time(17), ZoneInfo("UTC"))


@pytest.mark.parametrize(("start", "limit", "zone", "how", "steps"), [
    ("2026-02-13 16:00", "5 working days", SHANGHAI, {"calendar": CN}, (
        "starts 2026-02-13 16:00 (Asia/Shanghai)",
        "5 working days: Sat 14 Feb (make-up working day), Tue 24 Feb, Wed 25 Feb, Thu 26 Feb, Fri 27 Feb",
        "skipped: 15-23 Feb (holidays)",
        "due 2026-02-27 24:00",
    )),
    ("2026-02-13 16:00", "20 working days", SHANGHAI, {"calendar": CN}, (
        "starts 2026-02-13 16:00 (Asia/Shanghai)",
        "20 working days: 14 Feb, 24-28 Feb, 2-6 Mar, 9-13 Mar, 16-19 Mar; make-up working days: Sat 14 Feb, Sat 28 Feb",
        "skipped: weekends, 15-23 Feb (holidays)",
        "due 2026-03-19 24:00",
    )),
    ("2026-12-30 10:00", "3 working days same time", SHANGHAI, {"calendar": CN_TO_2026}, (
        "starts 2026-12-30 10:00 (Asia/Shanghai)",
        "3 working days same time: Thu 31 Dec, Fri 1 Jan 2027, Mon 4 Jan 2027",
        "skipped: 2-3 Jan 2027 (weekend)",
        "due 2027-01-04 10:00",
        "provisional: calendar CN ends 2026-12-31; beyond it, weekdays minus the holidays known are counted",
    )),
    ("2025-12-17 10:00", "15 days", SHANGHAI, {"calendar": CN, "roll": True}, (
        "starts 2025-12-17 10:00 (Asia/Shanghai)",
        "15 days, the day of the start not counted: the last day is Thu 1 Jan 2026",
        "skipped: 1-3 Jan 2026 (holidays)",
        "rolls to Sun 4 Jan 2026 (make-up working day)",
        "due 2026-01-04 24:00",
    )),
    ("2026-01-05 09:30", "15 days", SHANGHAI, {"calendar": CN, "roll": True}, (
        "starts 2026-01-05 09:30 (Asia/Shanghai)",
        "15 days, the day of the start not counted: the last day is Tue 20 Jan",
        "Tue 20 Jan is a working day: no roll",
        "due 2026-01-20 24:00",
    )),
    ("2026-01-31 09:30", "1 month", SHANGHAI, {}, (
        "starts 2026-01-31 09:30 (Asia/Shanghai)",
        "1 month, the day of the start not counted: the last day is Sat 28 Feb, for that month has no day 31",
        "due 2026-02-28 24:00",
    )),
    ("2026-01-03 22:15", "90 min", SHANGHAI, {"calendar": CN, "clock_start": ClockStart.NEXT_WORKING_DAY}, (
        "starts 2026-01-03 22:15 (Asia/Shanghai)",
        "no working day: the clock starts 2026-01-04 22:15",
        "1h 30min without a break",
        "due 2026-01-04 23:45",
    )),
    ("2026-01-05 09:30:15", "2 days", SHANGHAI, {"hours": OFFICE, "until_close": True}, (
        "starts 2026-01-05 09:30:15 (Asia/Shanghai)",
        "2 days, the day of the start not counted: the last day is Wed 7 Jan",
        "due 2026-01-07 17:30, closing time",
    )),
    ("2026-03-28 10:00", "24h", AMSTERDAM, {}, (
        "starts 2026-03-28 10:00 (Europe/Amsterdam)",
        "24h without a break",
        "the clocks go forward by 1h on the way; hours are real hours",
        "due 2026-03-29 11:00",
    )),
    ("2022-09-02 19:00", "1 working day", NEW_YORK, {"calendar": MA, "clock_start": ClockStart.NEXT_OPENING, "hours": BOSTON}, (
        "starts 2022-09-02 23:00 (UTC)",
        "outside business hours 08:30-17:00: the clock starts 2022-09-06 08:30",
        "days are counted in America/New_York, where the clock starts on Tue 6 Sep 2022",
        "1 working day: Wed 7 Sep",
        "due 2022-09-07 24:00 (America/New_York)",
    )),
])
def test_steps(start: str, limit: str, zone: ZoneInfo, how: dict[str, object], steps: tuple[str, ...]) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    assert explain(at, Limit.parse(limit), zone=zone, **how) == steps  # type: ignore[arg-type]


def test_refuses_what_reckon_refuses() -> None:
    with pytest.raises(ValueError, match="needs a calendar"):
        explain(datetime(2026, 1, 5, tzinfo=UTC), Limit.parse("1 working day"), zone=SHANGHAI)
