"""Hours of seasons and of single dates: which hours a day has, and what is reckoned by them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import attrs
import pytest

from accountability.workdays import WEEKDAYS, BusinessHours, ClockStart, HoursByDate, Limit, Opening, Reckoning, explain, reckon
from accountability.workdays.moving import moved_due

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUMMER = HoursByDate((5, 1), (9, 30), Opening(time(9), time(18), ((time(12), time(15)),)), ((4, Opening(time(9), time(12))),))
NEW_YEAR = HoursByDate((12, 20), (1, 10), Opening(time(10), time(16)))
EVE = HoursByDate((2026, 12, 24), (2026, 12, 24), Opening(time(8, 30), time(12)))
AUDIT = HoursByDate((2026, 9, 28), (2026, 10, 2), Opening(time(7), time(0)))
OFFICE = BusinessHours(time(8, 30), time(18), SHANGHAI, ((4, Opening(time(8, 30), time(16))),), ((time(12), time(14, 30)),),
                       (SUMMER, NEW_YEAR, EVE, AUDIT))


def told(day: str) -> str:
    return ", ".join(map("-".join, OFFICE.on(date.fromisoformat(day)).told()))


@pytest.mark.parametrize(("day", "hours"), [
    ("2026-04-30", "08:30-12:00, 14:30-18:00"), ("2026-05-01", "09:00-12:00"), ("2026-05-04", "09:00-12:00, 15:00-18:00"),
    ("2027-09-30", "09:00-12:00, 15:00-18:00"), ("2027-10-01", "08:30-16:00"), ("2027-10-04", "08:30-12:00, 14:30-18:00"),
    ("2026-12-18", "08:30-16:00"), ("2026-12-21", "10:00-16:00"), ("2027-01-01", "10:00-16:00"), ("2027-01-10", "10:00-16:00"),
    ("2027-01-11", "08:30-12:00, 14:30-18:00"), ("2026-12-24", "08:30-12:00"), ("2027-12-24", "10:00-16:00"),
    ("2026-09-27", "09:00-12:00, 15:00-18:00"), ("2026-09-28", "07:00-24:00"), ("2026-10-02", "07:00-24:00"),
    ("2026-10-05", "08:30-12:00, 14:30-18:00"),
])
def test_a_day_has_the_hours_of_its_date_before_those_of_its_season_and_those_of_its_season_before_those_of_its_weekday(
    day: str, hours: str
) -> None:
    assert told(day) == hours


@pytest.mark.parametrize(("first", "last", "those"), [
    ((2, 29), (3, 1), ["2027-03-01", "2028-02-29", "2028-03-01"]),
    ((2, 27), (2, 29), ["2027-02-27", "2027-02-28", "2028-02-27", "2028-02-28", "2028-02-29"]),
    ((2, 28), (2, 28), ["2027-02-28", "2028-02-28"]),
    ((2, 29), (2, 29), ["2028-02-29"]),
    ((2028, 2, 29), (2028, 2, 29), ["2028-02-29"]),
])
def test_29_february_is_a_day_of_leap_years_alone(first: tuple[int, ...], last: tuple[int, ...], those: list[str]) -> None:
    days = [date(year, month, day) for year in (2027, 2028) for month, day in ((2, 26), (2, 27), (2, 28), (3, 1), (3, 2))]
    entry = HoursByDate(first, last, Opening(time(9), time(17)))
    assert [str(day) for day in sorted([*days, date(2028, 2, 29)]) if entry.holds(day)] == those


@pytest.mark.parametrize(("one", "other", "both"), [
    (((5, 1), (9, 30)), ((10, 1), (4, 30)), False), (((5, 1), (9, 30)), ((9, 30), (4, 30)), True),
    (((10, 1), (4, 30)), ((12, 24), (12, 24)), True), (((10, 1), (4, 30)), ((4, 30), (5, 2)), True),
    (((11, 1), (1, 31)), ((12, 1), (2, 28)), True), (((2, 1), (2, 28)), ((2, 29), (3, 31)), False),
    (((12, 24), (12, 24)), ((2026, 12, 24), (2026, 12, 24)), False),
    (((2026, 12, 1), (2027, 1, 31)), ((2027, 1, 31), (2027, 2, 1)), True),
    (((2026, 12, 1), (2026, 12, 31)), ((2027, 12, 1), (2027, 12, 31)), False),
])
def test_no_day_has_hours_by_two_entries_of_one_kind(
    one: tuple[tuple[int, ...], ...], other: tuple[tuple[int, ...], ...], both: bool
) -> None:
    entries = [HoursByDate(*days, Opening(time(9), time(17))) for days in (one, other)]  # type: ignore[arg-type]
    assert entries[0].overlaps(entries[1]) is entries[1].overlaps(entries[0]) is both
    if both:
        with pytest.raises(ValueError, match="let each day stand in one"):
            attrs.evolve(OFFICE, by_date=entries)
    else:
        assert attrs.evolve(OFFICE, by_date=entries) == attrs.evolve(OFFICE, by_date=entries[::-1])


@pytest.mark.parametrize(("first", "last", "why"), [
    ((5, 1), (2026, 9, 30), "one has a year"), ((2, 30), (3, 1), "day"), ((13, 1), (13, 2), "month"),
    ((2027, 2, 29), (2027, 3, 1), "day"), ((2027, 3, 1), (2027, 2, 1), "turn them round"),
    ((2,), (3,), "is no day"), ((2026, 1, 1, 1), (2026, 2, 1, 1), "is no day"),
])
def test_days_that_there_are_not(first: tuple[int, ...], last: tuple[int, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        HoursByDate(first, last, Opening(time(9), time(17)))


@pytest.mark.parametrize(("start", "limit", "how", "last"), [
    ("2026-04-30 17:00", "2h", {"in_hours": True}, "2026-05-01 10:00"),  # Thursday by the winter's, Friday by the summer's own
    ("2026-05-01 11:00", "4h", {"in_hours": True}, "2026-05-04 12:00"),
    ("2027-09-30 17:30", "1h", {"in_hours": True}, "2027-10-01 09:00"),
    ("2026-12-24 11:00", "2h", {"in_hours": True}, "2026-12-25 11:00"),
    ("2026-10-02 23:00", "2h", {"in_hours": True}, "2026-10-05 09:30"),
    ("2026-05-04 13:00", "0h", {"clock_start": ClockStart.NEXT_OPENING}, "2026-05-04 15:00"),
    ("2026-12-23 16:00", "0h", {"clock_start": ClockStart.NEXT_OPENING}, "2026-12-24 08:30"),
    ("2026-12-23 09:00", "1 day", {"until_close": True}, "2026-12-24 12:00"),
    ("2026-05-06 09:00", "2 days", {"until_close": True}, "2026-05-08 12:00"),
    ("2026-09-27 09:00", "1 day", {"until_close": True}, "2026-09-28 23:59"),
    ("2026-12-23 14:00", "1 working day same time", {"in_hours": True}, "2026-12-25 10:00"),
])
def test_all_that_goes_by_business_hours_goes_by_those_of_the_day(
    start: str, limit: str, how: dict[str, object], last: str
) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    due = reckon(at, Limit.parse(limit), zone=SHANGHAI, calendar=WEEKDAYS, hours=OFFICE, **how)  # type: ignore[arg-type]
    assert due.last.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", "minutes") == last


def test_a_clock_that_stood_still_goes_on_by_the_hours_of_the_day() -> None:
    by = Reckoning(SHANGHAI, WEEKDAYS, hours=OFFICE, in_hours=True)
    start, since, until = (datetime.fromisoformat(f"2026-{at}").replace(tzinfo=SHANGHAI)
                           for at in ("12-23 15:00", "12-23 15:30", "12-24 11:30"))
    due = moved_due(start, Limit.parse("2h"), by, [(since, until)])
    assert due.last.astimezone(SHANGHAI) == datetime(2026, 12, 25, 11, tzinfo=SHANGHAI)


def test_the_steps_name_the_hours_of_the_day_on_which_the_clock_starts() -> None:
    start = datetime(2026, 5, 4, 13, tzinfo=SHANGHAI)
    assert explain(start, Limit.parse("1h"), zone=SHANGHAI, calendar=WEEKDAYS, hours=OFFICE,
                   clock_start=ClockStart.NEXT_OPENING)[1] == (
        "outside business hours 09:00-12:00, 15:00-18:00: the clock starts 2026-05-04 15:00")
