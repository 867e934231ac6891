"""Limits as rule files write them."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from accountability.workdays import Limit, Unit


@pytest.mark.parametrize(("text", "amount", "unit", "canonical"), [
    ("2h", 2, Unit.HOUR, "2h"),
    ("2 hours", 2, Unit.HOUR, "2h"),
    ("90 min", 90, Unit.MINUTE, "1h 30min"),
    ("1h30min", 90, Unit.MINUTE, "1h 30min"),
    ("1小时30分钟", 90, Unit.MINUTE, "1h 30min"),
    ("1h 30min 15s", 5415, Unit.SECOND, "1h 30min 15s"),
    ("1.5 hours", Fraction(3, 2), Unit.HOUR, "1h 30min"),
    ("0.25 s", Fraction(1, 4), Unit.SECOND, "0.25s"),
    ("24h", 24, Unit.HOUR, "24h"),
    ("2小时", 2, Unit.HOUR, "2h"),
    ("90分钟", 90, Unit.MINUTE, "1h 30min"),
    ("1 day", 1, Unit.DAY, "1 day"),
    ("30 Days", 30, Unit.DAY, "30 days"),
    ("30天", 30, Unit.DAY, "30 days"),
    ("30日", 30, Unit.DAY, "30 days"),
    ("2 weeks", 2, Unit.WEEK, "2 weeks"),
    ("2周", 2, Unit.WEEK, "2 weeks"),
    ("1 month", 1, Unit.MONTH, "1 month"),
    ("1个月", 1, Unit.MONTH, "1 month"),
    ("1 year", 1, Unit.YEAR, "1 year"),
    ("1年", 1, Unit.YEAR, "1 year"),
    ("5  working days", 5, Unit.WORKING_DAY, "5 working days"),
    ("5个工作日", 5, Unit.WORKING_DAY, "5 working days"),
])
def test_reads_and_writes(text: str, amount: int, unit: Unit, canonical: str) -> None:
    limit = Limit.parse(text)
    assert (limit.amount, limit.unit, limit.same_time, str(limit)) == (amount, unit, False, canonical)


@pytest.mark.parametrize("text", ["5 working days same time", "5个工作日 同一时刻", "5 working  days, same  time"])
def test_working_days_that_keep_the_time_of_day(text: str) -> None:
    assert Limit.parse(text) == Limit(5, Unit.WORKING_DAY, same_time=True)
    assert str(Limit.parse(text)) == "5 working days same time"


@pytest.mark.parametrize(("text", "message"), [
    ("", "nothing is written"),
    ("soon", "a number and a unit are wanted"),
    ("-2h", "a number and a unit are wanted"),
    ("2", "`2` has no unit; write one such as `2h`"),
    ("5 dais", "the unit `dais` is unknown; did you mean `days`?"),
    ("3月", "`3月` names a month of the year; for a length write `3个月`"),
    ("90m", "could be minutes or months"),
    ("1.5 days", "1.5 days is not whole, and a part of a day has no fixed length; count in hours"),
    ("1 day 2h", "only hours, minutes and seconds can be joined"),
    ("30min 1h", "each unit stands once, the longest first"),
    ("1h 1h", "each unit stands once, the longest first"),
    ("2h same time", "`same time` goes with working days"),
    ("5 days same time", "`same time` goes with working days"),
    ("5000 years", "more than a thousand years"),
    ("99999999999999h", "more than a thousand years"),
    ("0.0000001 s", "not a whole number of microseconds"),
])
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        Limit.parse(text)


def test_only_clock_limits_have_a_duration() -> None:
    assert Limit.parse("1h 30min").duration == timedelta(minutes=90)
    with pytest.raises(ValueError, match="`1 month` has no fixed length"):
        Limit.parse("1 month").duration  # noqa: B018


def test_clock_limits_are_equal_by_length_and_others_as_written() -> None:
    assert Limit.parse("120 min") == Limit.parse("2h")
    assert hash(Limit.parse("120 min")) == hash(Limit.parse("2h"))
    assert Limit.parse("24h") != Limit.parse("1 day")
    assert Limit.parse("12 months") != Limit.parse("1 year")
    assert Limit.parse("5 working days") != Limit.parse("5 working days same time")


def test_multiplied() -> None:
    assert Limit.parse("2h").multiplied(Fraction(3, 4)) == Limit.parse("90 min")
    assert Limit.parse("1 s").multiplied(Fraction(1, 3)).duration == timedelta(microseconds=333_333)
    assert Limit.parse("10 days").multiplied(Fraction(1, 2)) == Limit.parse("5 days")
    assert Limit.parse("4 working days same time").multiplied(2) == Limit.parse("8 working days same time")
    with pytest.raises(ValueError, match=r"`15 days` times 0\.5 is 7\.5 days, and a part of a day has no fixed length"):
        Limit.parse("15 days").multiplied(Fraction(1, 2))
    with pytest.raises(ValueError, match="negative"):
        Limit.parse("2h").multiplied(-1)


def test_units_know_whether_they_are_clock_time() -> None:
    assert [unit for unit in Unit if unit.is_clock] == [Unit.SECOND, Unit.MINUTE, Unit.HOUR]
