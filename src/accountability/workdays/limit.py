"""A length of time as a rule states it: `2h`, `30 days`, `5 working days same time`, `1个月`."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

import attrs

from accountability.errors import closest


class Unit(StrEnum):
    """What a limit is counted in. Clock units are real time; the others are local days."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    WORKING_DAY = "working day"

    @property
    def is_clock(self) -> bool:
        return self in CLOCK


CLOCK = {Unit.HOUR: 3600, Unit.MINUTE: 60, Unit.SECOND: 1}
SHORT = {Unit.HOUR: "h", Unit.MINUTE: "min", Unit.SECOND: "s"}

# No `m`: it could be minutes or months. No bare `月`: `3月` is March.
WORDS = {
    Unit.SECOND: ("s", "sec", "second", "seconds", "秒", "秒钟"),
    Unit.MINUTE: ("min", "mins", "minute", "minutes", "分", "分钟"),
    Unit.HOUR: ("h", "hr", "hour", "hours", "小时", "个小时"),
    Unit.DAY: ("d", "day", "days", "天", "日", "自然日", "个自然日"),
    Unit.WEEK: ("week", "weeks", "周", "星期", "个星期"),
    Unit.MONTH: ("month", "months", "个月"),
    Unit.YEAR: ("year", "years", "年"),
    Unit.WORKING_DAY: ("working day", "working days", "business day", "business days", "工作日", "个工作日"),
}
UNITS = {word: unit for unit, words in WORDS.items() for word in words}

# Longer than any rule; keeps every reckoning inside the calendar of years 1 to 9999.
LONGEST = {
    Unit.HOUR: 8_766_000, Unit.MINUTE: 525_960_000, Unit.SECOND: 31_557_600_000,
    Unit.DAY: 365_250, Unit.WEEK: 52_178, Unit.MONTH: 12_000, Unit.YEAR: 1_000, Unit.WORKING_DAY: 365_250,
}

PART = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([^0-9.]*)")
SAME_TIME = re.compile(r"[\s,，]*(?:same\s+time|同一?时刻)$")


def _plain(number: Fraction) -> str:
    """*number* in digits: whole, or with at most six decimals."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.6f}".rstrip("0").rstrip(".")


@attrs.frozen(eq=False, repr=False)
class Limit:
    """An *amount* of a *unit*, never negative. *same_time*: working days that keep the time of day of the start.

    Limits in clock units are equal when they are equally long (`90 min`, `1h 30min`), all others when amount and unit are,
    since a month is no number of days.

    Raises ValueError for a part of a day, month …, for a clock length that is not whole
    microseconds, for more than a thousand years, and for *same_time* with any other unit than working days.
    """

    amount: Fraction = attrs.field(converter=Fraction)
    unit: Unit
    same_time: bool = False
    span: timedelta | None = attrs.field(init=False)
    """The length of a clock limit; None for days and longer. The hot path reads it."""
    count: int = attrs.field(init=False)
    """The whole number of units; 0 for clock units."""

    @span.default
    def _span(self) -> timedelta | None:
        if not self.unit.is_clock or self.amount > LONGEST[self.unit]:
            return None
        micros = self.amount * CLOCK[self.unit] * 1_000_000
        return timedelta(microseconds=micros.numerator) if micros.denominator == 1 else None

    @count.default
    def _count(self) -> int:
        return 0 if self.unit.is_clock else int(self.amount)

    def __attrs_post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"{_plain(self.amount)} {self.unit}s is negative; a limit runs forward, write it without the sign")
        if self.amount > LONGEST[self.unit]:
            raise ValueError(f"{_plain(self.amount)} {self.unit}s is more than a thousand years; write a shorter limit")
        if self.unit.is_clock and self.span is None:
            raise ValueError(f"{self.amount} {self.unit}s is not a whole number of microseconds; choose a rounder length")
        if not self.unit.is_clock and self.amount.denominator != 1:
            raise ValueError(f"{_plain(self.amount)} {self.unit}s is not whole, and a part of a {self.unit} has no fixed length;"
                             " count in hours")
        if self.same_time and self.unit is not Unit.WORKING_DAY:
            raise ValueError(f"`same time` goes with working days, not with {self.unit}s; leave it out")

    @classmethod
    def parse(cls, text: str) -> Limit:
        """The limit that *text* states, English or Chinese; hours, minutes and seconds may be joined, `1h30min`.

        Raises ValueError, whose message says what is wrong and what to write.
        """
        words = " ".join(text.lower().split())
        body = SAME_TIME.sub("", words)
        parts: list[tuple[Fraction, Unit]] = []
        at = 0
        while at < len(body):
            part = PART.match(body, at)
            if part is None:
                raise ValueError("a number and a unit are wanted; write one such as `2h`, `30 days` or `5个工作日`")
            parts.append((Fraction(part[1]), _unit(part[1], part[2].strip())))
            at = part.end()
        if not parts:
            raise ValueError("nothing is written; write a limit such as `2h`, `30 days` or `5个工作日`")
        if len(parts) == 1:
            return cls(*parts[0], same_time=body != words)
        units = [unit for _, unit in parts]
        if not all(unit.is_clock for unit in units):
            raise ValueError("only hours, minutes and seconds can be joined; write one unit, such as `30 days`")
        if any(CLOCK[a] <= CLOCK[b] for a, b in pairwise(units)):
            raise ValueError("each unit stands once, the longest first; write it as `1h 30min`")
        shortest = units[-1]
        return cls(sum((n * CLOCK[unit] for n, unit in parts), Fraction(0)) / CLOCK[shortest], shortest, same_time=body != words)

    @property
    def duration(self) -> timedelta:
        """The length of a limit in hours, minutes or seconds. Raises ValueError for the others, which have no fixed length."""
        if self.span is None:
            raise ValueError(f"`{self}` has no fixed length; only hours, minutes and seconds have")
        return self.span

    def multiplied(self, factor: Fraction | int) -> Limit:
        """*factor* times as long. Clock limits are rounded to the microsecond.

        Raises ValueError for a negative factor, and where days, months … would no longer be whole.
        """
        amount = self.amount * factor
        if self.unit.is_clock and amount >= 0:
            scale = CLOCK[self.unit] * 1_000_000
            return Limit(Fraction(round(amount * scale), scale), self.unit)
        if amount.denominator != 1:
            raise ValueError(f"`{self}` times {_plain(Fraction(factor))} is {_plain(amount)} {self.unit}s,"
                             f" and a part of a {self.unit} has no fixed length; count in hours, or write the new limit out")
        return Limit(amount, self.unit, self.same_time)

    def __str__(self) -> str:
        if not self.unit.is_clock:
            plural = "" if self.amount == 1 else "s"
            return f"{self.amount} {self.unit}{plural}" + (" same time" if self.same_time else "")
        rest, words = self.amount * CLOCK[self.unit], []
        for unit, size in CLOCK.items():
            number = rest if unit is Unit.SECOND else Fraction(rest // size)
            rest -= number * size
            if number:
                words.append(f"{_plain(number)}{SHORT[unit]}")
        return " ".join(words) or f"0{SHORT[self.unit]}"

    def __repr__(self) -> str:
        return f"Limit({str(self)!r})"

    def _key(self) -> tuple[object, ...]:
        return (self.span,) if self.span is not None else (self.amount, self.unit, self.same_time)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Limit) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


def _unit(number: str, word: str) -> Unit:
    if word in UNITS:
        return UNITS[word]
    if not word:
        raise ValueError(f"`{number}` has no unit; write one such as `{number}h` or `{number} days`")
    if word == "月":
        raise ValueError(f"`{number}月` names a month of the year; for a length write `{number}个月`")
    if word == "m":
        raise ValueError(f"`{number}m` could be minutes or months; write `{number} min` or `{number} months`")
    if (longer := next((m for m in MULTIPLES if word.startswith(m)), None)) is not None:
        of, unit = MULTIPLES[longer]
        raise ValueError(f"the unit `{word}` is unknown; write `{_plain(of * Fraction(number))}{unit}`")
    raise ValueError(f"the unit `{word}` is unknown; {closest(word, UNITS)}")


MULTIPLES = {
    "quarter": (3, " months"), "fortnight": (2, " weeks"), "half-year": (6, " months"), "季度": (3, "个月"), "个季度": (3, "个月")}
"""Units of speech, each as so many of a unit that there is."""
