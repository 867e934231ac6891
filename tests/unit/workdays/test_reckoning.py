"""One example per row of time.md, "Instants, days, clocks", as far as a reckoning decides it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from accountability.workdays import WEEKDAYS, BusinessHours, ClockStart, Due, Limit, Opening, due_at, find_calendar, reckon

SHANGHAI, AMSTERDAM, SAO_PAULO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/Sao_Paulo")
CN = find_calendar("CN")
OFFICE = BusinessHours(time(9), time(17, 30), SHANGHAI)


def due(start: str, limit: str, zone: ZoneInfo = SHANGHAI, **how: object) -> Due:
    return reckon(datetime.fromisoformat(start).replace(tzinfo=zone), Limit.parse(limit), zone=zone, **how)  # type: ignore[arg-type]


def local(instant: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return instant.astimezone(zone).replace(tzinfo=None).isoformat(" ", "minutes")


def test_hours_are_an_instant_and_closed() -> None:
    found = due("2026-02-13 16:00", "2h")
    assert found == Due(datetime(2026, 2, 13, 10, tzinfo=UTC), datetime(2026, 2, 13, 10, tzinfo=UTC))
    assert found.last.tzinfo is UTC


def test_hours_are_real_when_the_clocks_change() -> None:
    assert local(due("2026-03-28 10:00", "24h", AMSTERDAM).last, AMSTERDAM) == "2026-03-29 11:00"
    assert local(due("2026-10-24 10:00", "24h", AMSTERDAM).last, AMSTERDAM) == "2026-10-25 09:00"


def test_hours_never_roll() -> None:
    assert local(due("2026-02-14 16:00", "24h", calendar=CN, roll=True).last) == "2026-02-15 16:00"


def test_days_do_not_count_the_first_and_end_at_midnight() -> None:
    found = due("2026-01-05 09:30", "15 days")
    assert found.day == date(2026, 1, 20)
    assert local(found.falls) == "2026-01-21 00:00"
    assert found.falls - found.last == timedelta(microseconds=1)
    assert due("2026-01-05 00:00", "15 days") == due("2026-01-05 23:59", "15 days") == found


def test_the_day_is_the_local_day_of_the_zone() -> None:
    start = datetime(2026, 1, 5, 17, tzinfo=UTC)
    assert reckon(start, Limit.parse("1 day"), zone=SHANGHAI).day == date(2026, 1, 7)
    assert reckon(start, Limit.parse("1 day"), zone=AMSTERDAM).day == date(2026, 1, 6)


@pytest.mark.parametrize(("start", "limit", "day"), [
    ("2025-12-17 10:00", "15 days", "2026-01-04"),
    ("2025-12-25 09:00", "60 days", "2026-02-24"),
    ("2026-03-23 10:00", "15 days", "2026-04-07"),
    ("2026-01-05 15:00", "60 days", "2026-03-06"),
])
def test_scenario_a4_rolls_over_new_year_spring_festival_and_qingming(start: str, limit: str, day: str) -> None:
    assert due(start, limit, calendar=CN, roll=True).day == date.fromisoformat(day)


def test_no_roll_unless_said() -> None:
    assert due("2025-12-17 10:00", "15 days", calendar=CN).day == date(2026, 1, 1)


@pytest.mark.parametrize(("start", "limit", "day"), [
    ("2026-01-31 10:00", "1 month", "2026-02-28"),
    ("2024-01-31 10:00", "1 month", "2024-02-29"),
    ("2026-02-28 10:00", "1 month", "2026-03-28"),
    ("2025-12-31 10:00", "2 months", "2026-02-28"),
    ("2024-02-29 10:00", "1 year", "2025-02-28"),
    ("2026-03-01 10:00", "2 weeks", "2026-03-15"),
])
def test_the_corresponding_day_or_the_last_of_the_month(start: str, limit: str, day: str) -> None:
    assert due(start, limit).day == date.fromisoformat(day)


def test_working_days_count_make_up_days_and_skip_holidays() -> None:
    found = due("2026-02-13 16:00", "5 working days", calendar=CN)
    assert (found.day, local(found.falls)) == (date(2026, 2, 27), "2026-02-28 00:00")


def test_working_days_from_a_day_off_start_with_the_next_working_day() -> None:
    assert due("2026-02-20 11:00", "1 working day", calendar=CN).day == date(2026, 2, 24)


def test_working_days_keeping_the_time_of_day_end_at_an_instant() -> None:
    found = due("2026-02-13 16:00", "5 working days same time", calendar=CN)
    assert (local(found.last), found.falls, found.day) == ("2026-02-27 16:00", found.last, None)


def test_that_time_of_day_is_read_in_the_zone_of_the_office() -> None:
    start = datetime(2026, 3, 26, 23, 30, tzinfo=UTC)
    at_the_office = BusinessHours(time(9), time(17), AMSTERDAM)
    found = reckon(start, Limit.parse("2 working days same time"), zone=ZoneInfo("UTC"), calendar=WEEKDAYS, hours=at_the_office)
    assert local(found.last, AMSTERDAM) == "2026-03-31 00:30"


def test_until_close_of_business_ends_at_closing_time() -> None:
    found = due("2026-01-05 09:30", "3 working days", calendar=CN, hours=OFFICE, until_close=True)
    assert (local(found.last), found.falls, found.day) == ("2026-01-08 17:30", found.last, None)


@pytest.mark.parametrize(("start", "begins"), [
    ("2026-01-08 08:00", "2026-01-08 09:00"),
    ("2026-01-08 09:00", "2026-01-08 09:00"),
    ("2026-01-08 17:29", "2026-01-08 17:29"),
    ("2026-01-08 17:30", "2026-01-09 09:00"),
    ("2026-01-03 12:00", "2026-01-04 09:00"),
    ("2026-02-14 20:00", "2026-02-24 09:00"),
])
def test_clock_starts_at_the_next_opening(start: str, begins: str) -> None:
    how = {"calendar": CN, "hours": OFFICE, "clock_start": ClockStart.NEXT_OPENING}
    assert local(due(start, "0h", **how).last) == begins
    assert due(start, "1 working day", **how) == due(begins, "1 working day", calendar=CN)


def test_clock_starts_on_the_next_working_day_at_the_same_time_of_day() -> None:
    how = {"calendar": CN, "clock_start": ClockStart.NEXT_WORKING_DAY}
    assert local(due("2026-01-03 22:15", "2h", **how).last) == "2026-01-05 00:15"
    assert local(due("2026-01-05 22:15", "2h", **how).last) == "2026-01-06 00:15"


def test_a_span_that_the_calendar_does_not_cover_is_provisional() -> None:
    ends = f"calendar CN ends {CN.last_known}"
    eve = f"{CN.last_known.year}-12-30 10:00"
    assert due(eve, "1 working day", calendar=CN).provisional is None
    assert due(eve, "5 working days", calendar=CN).provisional == ends
    assert due(eve, "5 working days same time", calendar=CN).provisional == ends
    assert due(eve, "9 days", calendar=CN, roll=True).provisional == ends
    assert due(eve, "9 days", calendar=CN).provisional is None, "no working day mattered"
    assert due("2003-12-30 10:00", "3 days", calendar=CN, roll=True).provisional is None
    assert due("2003-12-20 10:00", "3 days", calendar=CN, roll=True).provisional == "calendar CN begins 2004-01-01"
    late = f"{CN.last_known.year + 1}-06-05 10:00"
    assert due(late, "2h", calendar=CN, hours=OFFICE, clock_start=ClockStart.NEXT_OPENING).provisional == ends


def test_the_first_instant_of_a_day_without_midnight() -> None:
    found = due("2018-11-02 10:00", "1 day", SAO_PAULO)
    assert local(found.falls, SAO_PAULO) == "2018-11-04 01:00", "clocks went from 24:00 on the 3rd to 01:00"
    assert local(found.last, SAO_PAULO) == "2018-11-03 23:59"


def test_a_time_of_day_that_is_skipped_or_shown_twice() -> None:
    every_day = attrs.evolve(WEEKDAYS, name="every day", weekend=frozenset())
    spring = due("2026-03-28 02:30", "1 working day same time", AMSTERDAM, calendar=every_day)
    assert spring.last == datetime(2026, 3, 29, 1, tzinfo=UTC), "02:00 became 03:00"
    autumn = due("2026-10-24 02:30", "1 working day same time", AMSTERDAM, calendar=every_day)
    assert autumn.last == datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "the later of the two"


def test_a_due_that_an_event_carries() -> None:
    assert due_at(datetime(2026, 1, 5, 17, tzinfo=SHANGHAI)) == Due(*[datetime(2026, 1, 5, 9, tzinfo=UTC)] * 2)
    with pytest.raises(ValueError, match="has no zone"):
        due_at(datetime(2026, 1, 5, 17))


@pytest.mark.parametrize(("limit", "how", "message"), [
    ("5 working days", {}, "`5 working days` needs a calendar; name one, such as `calendar: CN`"),
    ("5 days", {"roll": True}, "`roll` needs a calendar"),
    ("2h", {"clock_start": ClockStart.NEXT_WORKING_DAY}, "`clock starts: next working day` needs a calendar"),
    ("2h", {"clock_start": ClockStart.NEXT_OPENING, "calendar": CN}, "`clock starts: next opening` needs business hours"),
    ("5 days", {"until_close": True}, "`until close of business` needs business hours"),
    ("2h", {"until_close": True, "hours": OFFICE}, "`2h` ends at a time of its own"),
    ("9000 months", {}, None),
    ("99000 months", {}, "more than a thousand years"),
])
def test_arguments_that_do_not_go_together(limit: str, how: dict[str, object], message: str | None) -> None:
    if message is None:
        assert due("2026-01-05 10:00", limit, **how).day == date(2776, 1, 5)
        return
    with pytest.raises(ValueError, match=message):
        due("2026-01-05 10:00", limit, **how)


@pytest.mark.parametrize("limit", ["9000000s", "400 days", "2 years", "300 working days"])
def test_no_answer_beyond_the_year_9999(limit: str) -> None:
    with pytest.raises(ValueError, match="leaves the years 1 to 9999"):
        due("9999-11-30 10:00", limit, calendar=CN)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-01-05T10:00:00 has no zone; give one, such as"):
        reckon(datetime(2026, 1, 5, 10), Limit.parse("2h"), zone=SHANGHAI)


def test_business_hours_open_before_they_close() -> None:
    with pytest.raises(ValueError, match="open at 17:00 and close at 09:00; write the earlier time first"):
        BusinessHours(time(17), time(9), SHANGHAI)
    with pytest.raises(ValueError, match="give the zone beside them"):
        BusinessHours(time(9, tzinfo=UTC), time(17), SHANGHAI)


SHOP = BusinessHours(time(9), time(17), ZoneInfo("UTC"), (
    (1, Opening(time(10), time(16))), (3, Opening(time(10), time(16))), (5, Opening(time(11), time(14, 30)))))
SIX_DAYS = attrs.evolve(WEEKDAYS, weekend=frozenset({6}))


@pytest.mark.parametrize(("start", "limit", "last"), [
    ("2006-01-04 16:00", "3h", "2006-01-05 12:00"), ("2006-01-06 16:00", "90 min", "2006-01-07 11:30"),
    ("2006-01-06 16:00", "1h", "2006-01-06 17:00"), ("2006-01-06 17:00", "1h", "2006-01-07 12:00"),
    ("2006-01-07 20:00", "0 min", "2006-01-09 09:00"), ("2006-01-08 12:00", "40h", "2006-01-16 09:30"),
    ("2006-01-04 09:30", "1 working day same time", "2006-01-05 10:00"),
    ("2006-01-04 16:30", "1 working day same time", "2006-01-06 09:00"),
    ("2006-01-04 12:30", "1 working day", "2006-01-06 00:00"),
])
def test_a_clock_that_runs_in_business_hours(start: str, limit: str, last: str) -> None:
    found = due(start, limit, ZoneInfo("UTC"), calendar=SIX_DAYS, hours=SHOP, in_hours=True)
    assert local(found.falls, ZoneInfo("UTC")) == last


LUNCH = BusinessHours(time(8, 30), time(17, 30), SHANGHAI, (
    (4, Opening(time(8, 30), time(16), ((time(12), time(13)),))), (2, Opening(time(9), time(12)))), ((time(12), time(14)),))
NIGHT = BusinessHours(time(0), time(0), SHANGHAI, breaks=((time(6), time(12)), (time(13), time(22))))


@pytest.mark.parametrize(("hours", "start", "limit", "last"), [
    (LUNCH, "2026-01-05 11:00", "2h", "2026-01-05 15:00"), (LUNCH, "2026-01-05 13:00", "0 min", "2026-01-05 14:00"),
    (LUNCH, "2026-01-05 10:00", "2h", "2026-01-05 12:00"), (LUNCH, "2026-01-05 12:00", "30 min", "2026-01-05 14:30"),
    (LUNCH, "2026-01-05 17:00", "8h", "2026-01-07 09:30"), (LUNCH, "2026-01-07 11:00", "2h", "2026-01-08 09:30"),
    (LUNCH, "2026-01-09 11:00", "4h", "2026-01-09 16:00"), (LUNCH, "2026-01-09 12:30", "0 min", "2026-01-09 13:00"),
    (LUNCH, "2026-01-05 12:30", "1 working day same time", "2026-01-06 14:00"),
    (NIGHT, "2026-01-05 23:00", "3h", "2026-01-06 02:00"), (NIGHT, "2026-01-05 05:30", "2h", "2026-01-05 22:30"),
    (NIGHT, "2026-01-09 23:30", "1h", "2026-01-12 00:30"),
])
def test_a_clock_that_runs_in_business_hours_has_breaks(hours: BusinessHours, start: str, limit: str, last: str) -> None:
    assert local(due(start, limit, calendar=WEEKDAYS, hours=hours, in_hours=True).last) == last


@pytest.mark.parametrize(("hours", "start", "last"), [
    (LUNCH, "2026-01-05 11:59", "2026-01-05 11:59"), (LUNCH, "2026-01-05 12:00", "2026-01-05 14:00"),
    (LUNCH, "2026-01-09 12:59", "2026-01-09 13:00"), (LUNCH, "2026-01-07 12:00", "2026-01-08 08:30"),
    (NIGHT, "2026-01-05 23:59", "2026-01-05 23:59"), (NIGHT, "2026-01-05 06:00", "2026-01-05 12:00"),
    (NIGHT, "2026-01-10 01:00", "2026-01-12 00:00"),
])
def test_a_clock_that_is_set_off_in_a_break_starts_after_it(hours: BusinessHours, start: str, last: str) -> None:
    assert local(due(start, "0h", calendar=WEEKDAYS, hours=hours, clock_start=ClockStart.NEXT_OPENING).last) == last


def test_the_last_day_ends_when_business_closes_for_good() -> None:
    assert local(due("2026-01-05 09:00", "1 day", hours=LUNCH, until_close=True).last) == "2026-01-06 17:30"
    assert due("2026-01-05 09:00", "1 day", hours=NIGHT, until_close=True) == due("2026-01-05 09:00", "1 day")


@pytest.mark.parametrize("breaks", [
    ((time(8), time(12)),), ((time(12), time(17)),), ((time(13), time(12)),), ((time(13), time(14)), (time(12), time(13))),
    ((time(12), time(13)), (time(13), time(14)))])
def test_breaks_lie_within_business_hours_in_their_order(breaks: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="begins after business opens and ends before it closes"):
        BusinessHours(time(9), time(17), SHANGHAI, breaks=breaks)


def test_a_clock_that_runs_in_business_hours_needs_them_and_a_calendar() -> None:
    with pytest.raises(ValueError, match="needs a calendar"):
        due("2006-01-04 16:00", "3h", in_hours=True)
    with pytest.raises(ValueError, match="needs business hours"):
        due("2006-01-04 16:00", "3h", calendar=CN, in_hours=True)
