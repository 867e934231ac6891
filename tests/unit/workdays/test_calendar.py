"""Calendars: the packaged ones, and files that a person wrote."""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from accountability.errors import CalendarError, ExtraMissing
from accountability.workdays import WEEKDAYS, Calendar, find_calendar
from accountability.workdays.abroad import public_holidays
from accountability.workdays.china import mainland_china


def test_china_knows_make_up_days_and_where_it_ends() -> None:
    calendar = find_calendar("CN")
    assert calendar.is_working(date(2026, 1, 4))
    assert not calendar.is_working(date(2026, 2, 16))
    assert calendar.first_known == date(2004, 1, 1)
    assert calendar.covers(date(2026, 12, 31))
    assert calendar.last_known.month == 12
    beyond = date(calendar.last_known.year + 1, 10, 1)
    assert not calendar.covers(beyond)
    assert calendar.is_working(beyond) is (beyond.weekday() < 5)


@pytest.mark.parametrize(("name", "day", "working"), [
    ("NL", date(2015, 4, 27), False),
    ("NL", date(2015, 5, 1), True),
    ("US", date(2023, 4, 17), True),
    ("US/MA", date(2023, 4, 17), False),
    ("NZ/South Canterbury", date(2023, 9, 25), False),
    ("HK", date(2026, 4, 3), True),
    ("HK + optional", date(2026, 4, 3), False),
    ("CA+government", date(2026, 9, 30), False),
    ("US", date(2021, 12, 31), False),
    ("HU", date(2026, 1, 10), True),
    ("SA", date(2024, 3, 1), False),
    ("weekdays", date(2023, 12, 25), True),
])
def test_named_calendars(name: str, day: date, working: bool) -> None:
    calendar = find_calendar(name)
    assert calendar.name == name
    assert calendar.is_working(day) is working
    assert calendar.covers(day)


@pytest.mark.parametrize(("year", "days"), [
    (2022, "02-01 02-02 02-03 04-05 04-15 04-18 05-02 05-09 06-03 07-01 09-12 10-04 12-26 12-27"),
    (2026, "01-01 02-17 02-18 02-19 04-03 04-06 04-07 05-01 05-25 06-19 07-01 10-01 10-19 12-25"),
])
def test_offices_in_hong_kong_keep_the_general_holidays(year: int, days: str) -> None:
    """As gazetted under the General Holidays Ordinance (Cap. 149), those on Saturdays and Sundays left out."""
    calendar = find_calendar("HK + optional")
    every = (date(year, 1, 1) + timedelta(n) for n in range(365))
    assert [day.strftime("%m-%d") for day in every if day.weekday() < 5 and not calendar.is_working(day)] == days.split()


def test_years_that_nobody_has_proclaimed_are_not_covered() -> None:
    calendar = find_calendar("NL")
    assert (calendar.first_known, calendar.last_known.month) == (date(1990, 1, 1), 12)
    after = date(calendar.last_known.year + 1, 12, 25)
    assert not calendar.covers(after)
    assert calendar.is_working(after) is (after.weekday() < 5)
    assert not calendar.covers(date(1989, 12, 31))


def test_years_with_estimated_days_are_not_covered() -> None:
    assert find_calendar("EH").last_known < date(2010, 1, 1), "from 2003 on, the days of Western Sahara depend on the moon"
    with pytest.raises(ValueError, match="every year of `JO` is only estimated; write a calendar file"):
        find_calendar("JO")


def test_calendars_are_read_once() -> None:
    assert find_calendar("US/MA") is find_calendar("US/MA")


@pytest.mark.parametrize(("name", "message"), [
    ("cn", "no calendar is named `cn`; did you mean `CN`?"),
    ("week days", "did you mean `weekdays`?"),
    ("US/ZZ", "`US` has no part `ZZ`; known: `AK`"),
    ("HK + optionl", "`HK` has no days off called `optionl`; did you mean `optional`?"),
    ("HK + ", "`HK` has no days off called ``; known: `optional`"),
    ("FR + school", "`FR` has no days off called `school`; write `FR`"),
    ("CN + optional", "no calendar is named `CN + optional`: working days are the same in all of mainland China; write `CN`"),
    ("CN/BJ", "no calendar is named `CN/BJ`: working days are the same in all of mainland China; write `CN`"),
])
def test_unknown_names(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        find_calendar(name)


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    monkeypatch.setitem(sys.modules, "chinese_calendar", None)
    with pytest.raises(ExtraMissing, match=r"`holidays` is not installed; run `pip install 'accountability\[calendars\]'`"):
        public_holidays("NL")
    with pytest.raises(ExtraMissing, match="`chinesecalendar` is not installed"):
        mainland_china()


def test_equal_by_name_and_content() -> None:
    a = Calendar("office", holidays=frozenset({date(2026, 1, 1)}))
    saturday = date(2026, 1, 3)
    assert a == Calendar("office", holidays=a.holidays | {saturday}), "a holiday on a Saturday changes nothing"
    assert a != Calendar("office", holidays=frozenset({date(2026, 1, 2)}))
    assert a.digest != Calendar("office", holidays=a.holidays, last_known=date(2026, 12, 31)).digest
    assert a != Calendar("other", holidays=a.holidays)
    assert a.digest == Calendar("other", holidays=a.holidays).digest
    assert len(WEEKDAYS.digest) == 64
    with pytest.raises(ValueError, match="has no working day in the week"):
        Calendar("never", weekend=frozenset(range(7)))


GOOD = """\
name: county office
source: notice 12 of 2025
weekend: [sat, 周日]
covers: [2025, 2026]
holidays: [2026-01-01, 2026-01-02]
make-up working days: [2026-01-04]
"""


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").write_text(GOOD, encoding="utf-8")
    calendar = find_calendar("office.yaml", tmp_path)
    assert (calendar.name, calendar.first_known, calendar.last_known) == ("county office", date(2025, 1, 1), date(2026, 12, 31))
    assert [calendar.is_working(date(2026, 1, n)) for n in range(1, 7)] == [False, False, False, True, True, True]
    (tmp_path / "office.yaml").write_text(GOOD.replace("2026-01-02", "2026-01-05, 2026-01-06"), encoding="utf-8")
    assert find_calendar("office.yaml", tmp_path).is_working(date(2026, 1, 2)), "a file that changed is read anew"


def test_the_weekend_may_be_left_out_and_cover_may_be_days(tmp_path: Path) -> None:
    (tmp_path / "short.yml").write_text("name: short\ncovers: [2026-01-01, 2026-06-30]\n", encoding="utf-8")
    calendar = find_calendar("short.yml", tmp_path)
    assert (calendar.weekend, calendar.last_known) == ({5, 6}, date(2026, 6, 30))


@pytest.mark.parametrize(("old", "new", "place", "check", "what"), [
    ("2026-01-02]", "2026-01-01]", "5:24", "duplicate-day", "`2026-01-01` stands here a second time, first in line 5"),
    ("[2026-01-04]", "[2026-01-04, 2026-01-01]", "6:36", "contradictory-day", "a make-up working day here and a holiday in line 5"),
    ("[2026-01-04]", "[2026-01-05]", "6:24", "contradictory-day", "`2026-01-05` is a Mon, a working day as it is"),
    ("[2026-01-04]", "[2027-01-02]", "6:24", "outside-coverage", "`2027-01-02` lies outside 2025-01-01 to 2026-12-31"),
    ("2026-01-02]", "2026-02-30]", "5:24", "not-a-date", "a holiday is `2026-02-30`"),
    ("周日", "sunn", "3:16", "unknown-weekday", "`sunn` is no day of the week; did you mean `sun`?"),
    ("周日", "sat", "3:16", "duplicate-day", "`sat` stands here a second time"),
    ("[sat, 周日]", "[mon, tue, wed, thu, fri, sat, sun]", "3:10", "no-working-day", "every day of the week is a weekend"),
    ("[2025, 2026]", "[2026, 2025]", "4:9", "wrong-covers", "`covers` ends 2025-12-31, before it begins"),
    ("[2025, 2026]", "[2025, 2026, 2027]", "4:9", "wrong-covers", "`covers` has 3 values"),
    ("covers: [2025, 2026]\n", "", "1:1", "missing-key", "the calendar lacks `covers`"),
    ("holidays:", "holiday:", "5:1", "unknown-key", "the calendar has no key `holiday`; did you mean `holidays`?"),
])
def test_mistakes_in_a_file_are_found_in_their_place(tmp_path: Path, old: str, new: str, place: str, check: str, what: str) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(CalendarError) as caught:
        find_calendar("office.yaml", tmp_path)
    found = [str(d) for d in caught.value.diagnostics if str(d).startswith(f"{file}:{place}: {check}: ")]
    assert any(what in words for words in found), str(caught.value)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").write_text(GOOD.replace("周日", "8").replace("2026-01-02", "x").replace("name: county office\n", ""),
                                          encoding="utf-8")
    with pytest.raises(CalendarError) as caught:
        find_calendar("office.yaml", tmp_path)
    assert [d.check for d in caught.value.diagnostics] == ["missing-key", "unknown-weekday", "not-a-date"]


@pytest.mark.parametrize("covers", ["", "soon", "2026-02-30"])
def test_a_mistake_in_the_one_value_of_covers_is_told_once(tmp_path: Path, covers: str) -> None:
    (tmp_path / "office.yaml").write_text(GOOD.replace("[2025, 2026]", covers), encoding="utf-8")
    with pytest.raises(CalendarError) as caught:
        find_calendar("office.yaml", tmp_path)
    assert len(caught.value.diagnostics) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="unreadable-file: the file cannot be opened"):
        find_calendar("absent.yaml", tmp_path)
