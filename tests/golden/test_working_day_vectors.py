"""Working days against answers that somebody else reckoned: a Chinese table, Boston's own targets, two Dutch towns' own due dates.

The counts are those that docs/explanation/time.md explains.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
import yaml

from accountability.workdays import WEEKDAYS, BusinessHours, Calendar, ClockStart, Limit, Unit, find_calendar, reckon

SHANGHAI, AMSTERDAM, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/New_York")
ONE_DAY = timedelta(days=1)


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_china_all_111_vectors(shared: Path) -> None:
    calendar = find_calendar("CN")
    vectors = json.loads((shared / "data/cn_workdays.json").read_text(encoding="utf-8"))["vectors"]
    assert len(vectors) == 111
    for vector in vectors:
        start = datetime.combine(date.fromisoformat(vector["start"]), time(15, 30), SHANGHAI)
        due = reckon(start, Limit(vector["working_days"], Unit.WORKING_DAY), zone=SHANGHAI, calendar=calendar)
        assert (due.day, due.provisional) == (date.fromisoformat(vector["due"]), None), vector


def test_china_lists_the_make_up_days_that_others_collected(shared: Path) -> None:
    listed = json.loads((shared / "data/cn_workdays.json").read_text(encoding="utf-8"))
    calendar = find_calendar("CN")
    assert sorted(d.isoformat() for d in calendar.make_up) == listed["make_up_working_days"]
    assert {date.fromisoformat(d) for d in listed["holidays_listed"]} <= calendar.holidays


def test_the_calendar_of_scenario_a4_is_ours(shared: Path, tmp_path: Path) -> None:
    told = yaml.safe_load((shared / "scenarios/A4.yaml").read_text(encoding="utf-8"))["calendar"]
    file = tmp_path / "a4.yaml"
    file.write_text("\n".join([
        f"name: {told['name']}",
        f"weekend: [{', '.join(told['weekend'])}]",
        f"covers: [{', '.join(map(str, told['covers']))}]",
        f"holidays: [{', '.join(told['holidays'])}]",
        f"make-up working days: [{', '.join(told['make_up_workdays'])}]",
    ]), encoding="utf-8")
    read, ours = find_calendar("a4.yaml", tmp_path), find_calendar("CN")
    span = list(days(date(2025, 1, 1), date(2026, 12, 31)))
    assert [read.is_working(day) for day in span] == [ours.is_working(day) for day in span]
    assert all(read.covers(day) and ours.covers(day) for day in span)
    cut = attrs.evolve(ours, first_known=span[0], last_known=span[-1],
                       holidays=ours.holidays & set(span), make_up=ours.make_up & set(span))
    assert read.digest == cut.digest


def boston(shared: Path, calendar: Calendar) -> Iterator[tuple[datetime, datetime, int, str, datetime]]:
    """Of each vector: opened, the city's target, the type's N, the case, and our due."""
    reference = json.loads((shared / "data/boston311_sample.reference.json").read_text(encoding="utf-8"))
    numbers = reference["P2_derived_working_day_deadline"]["N_by_type(N, cases, share within 5 min)"]
    for row in rows(shared / "data/boston311_sample.workingday_vectors.csv"):
        opened, target = (datetime.fromisoformat(row[column]).replace(tzinfo=UTC) for column in ("ou", "tu"))
        number = numbers[row["type"]][0]
        yield opened, target, number, row["id"], boston_due(opened, number, calendar)


def boston_due(opened: datetime, number: int, calendar: Calendar) -> datetime:
    return reckon(opened, Limit(number, Unit.WORKING_DAY, same_time=True), zone=NEW_YORK, calendar=calendar,
                  clock_start=ClockStart.NEXT_OPENING, hours=BusinessHours(time(8, 30), time(17), ZoneInfo("UTC"))).last


def near(a: datetime, b: datetime) -> bool:
    return abs(a - b) <= timedelta(minutes=5)


def boston_kind(opened: datetime, target: datetime, number: int, ours: datetime, calendar: Calendar) -> str:
    """Why the city and we differ, as far as the data tell."""
    holidays = [d for d in days(opened.date(), ours.date()) if d in calendar.holidays and d.weekday() < 5]
    worked = [attrs.evolve(calendar, name=f"less {d}", holidays=calendar.holidays - {d}) for d in holidays]
    if any(near(boston_due(opened, number, c), target) for c in [*worked, WEEKDAYS]):
        return f"{holidays[0].year}: holiday counted"
    friday = attrs.evolve(calendar, name="more", holidays=calendar.holidays | {date(2023, 11, 10)})
    if near(boston_due(opened, number, friday), target):
        return "Friday 10 November 2023 not counted"
    if abs(target - opened) <= timedelta(seconds=5):
        return "target is the opening itself"
    if any(near(boston_due(opened, more, calendar), target) for more in range(number + 1, number + 76)):
        return "more working days than usual"
    return "other"


@pytest.mark.filterwarnings("error")
def test_boston_3020_of_3130_targets(shared: Path) -> None:
    calendar = find_calendar("US/MA")
    found = Counter(
        "agrees" if near(ours, target) else boston_kind(opened, target, number, ours, calendar)
        for opened, target, number, _, ours in boston(shared, calendar)
    )
    assert found == {
        "agrees": 3020,
        "2018: holiday counted": 27,
        "2021: holiday counted": 3,
        "2022: holiday counted": 50,
        "2025: holiday counted": 3,
        "Friday 10 November 2023 not counted": 4,
        "target is the opening itself": 4,
        "more working days than usual": 12,
        "other": 7,
    }


def test_boston_317_of_the_401_that_meet_a_holiday(shared: Path) -> None:
    calendar = find_calendar("US/MA")
    met = [near(ours, target) for opened, target, _, _, ours in boston(shared, calendar)
           if any(d in calendar.holidays and d.weekday() < 5 for d in days(opened.date(), ours.date()))]
    assert Counter(met) == {True: 317, False: 84}


def test_boston_2795_if_holidays_are_ignored(shared: Path) -> None:
    assert sum(near(ours, target) for _, target, _, _, ours in boston(shared, WEEKDAYS)) == 2795


def test_boston_a_case_opened_at_closing_time_was_opened_outside_hours(shared: Path) -> None:
    """The reference answer takes 17:00:00 as inside; the city does not, nor do half-open business hours."""
    reference = {row["id"]: datetime.fromisoformat(row["p"]).replace(tzinfo=UTC)
                 for row in rows(shared / "data/boston311_sample.workingday_vectors.csv")}
    differ = [(opened.time(), near(ours, target), near(reference[case], target))
              for opened, target, _, case, ours in boston(shared, find_calendar("US/MA")) if ours != reference[case]]
    assert differ == [(time(17), True, False)] * 2


def dutch(shared: Path, calendar: Calendar) -> Iterator[tuple[date, datetime, datetime]]:
    """Of each vector: the day planned, the town's due, and ours."""
    for row in rows(shared / "data/bpic15.workingday_vectors.csv"):
        planned, due = (datetime.fromisoformat(row[column]) for column in ("planned", "due"))
        limit = Limit(int(row["N"]), Unit.WORKING_DAY, same_time=True)
        yield planned.date(), due, reckon(planned, limit, zone=AMSTERDAM, calendar=calendar).last


def test_dutch_towns_count_weekdays_all_843(shared: Path) -> None:
    assert Counter(due == ours for _, due, ours in dutch(shared, WEEKDAYS)) == {True: 843}


def test_dutch_towns_count_public_holidays_too_74_of_843(shared: Path) -> None:
    calendar = find_calendar("NL")
    skipped = Counter(
        tuple(d.isoformat() for d in days(planned, ours.astimezone(AMSTERDAM).date()) if d in calendar.holidays and d != planned)
        for planned, due, ours in dutch(shared, calendar) if due != ours
    )
    assert skipped == {
        ("2014-05-29",): 10,
        ("2014-06-08", "2014-06-09"): 28,
        ("2014-12-25", "2014-12-26"): 10,
        ("2014-12-26",): 1,
        ("2014-12-26", "2015-01-01"): 1,
        ("2015-01-01",): 24,
    }
