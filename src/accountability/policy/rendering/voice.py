"""Words in one of two languages: names and values in quotes that nothing inside them can close, dates, limits, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from accountability.policy.keywords import Script
from accountability.workdays import Limit, Unit

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
UNITS = {
    Unit.SECOND: "秒", Unit.MINUTE: "分钟", Unit.HOUR: "小时", Unit.DAY: "日", Unit.WEEK: "周", Unit.MONTH: "个月", Unit.YEAR: "年",
    Unit.WORKING_DAY: "个工作日",
}
CLOCK = {Unit.HOUR: 3600, Unit.MINUTE: 60, Unit.SECOND: 1}


class Voice:
    """Says things in English (`en`) or Chinese (`zh`). Called with both, it says the one of them."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def __call__(self, english: str, chinese: str) -> str:
        return chinese if self.script == "zh" else english

    def some(self, items: Iterable[str], english: str = " or ", chinese: str = "或者") -> str:
        """`a, b or c`."""
        *first, last = list(items) or [self("nothing", "无")]
        comma = self(", ", "、")
        return comma.join(first) + (self(english, chinese) if first else "") + last

    def every(self, items: Iterable[str]) -> str:
        """`a, b and c`."""
        return self.some(items, " and ", "和")

    def names(self, names: Iterable[str]) -> str:
        return self.every(map(quoted, names))

    def day(self, day: date) -> str:
        """`1 March 2026`, `2026年3月1日`."""
        return self(f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日")

    def day_of_year(self, day: Sequence[int]) -> str:
        """A day with its year as `day` says it, one of every year, as (month, day), as `1 March`, `3月1日`."""
        if len(day) == 3:
            return self.day(date(*day))
        month, number = day
        return self(f"{number} {MONTHS[month - 1]}", f"{month}月{number}日")

    def limit(self, limit: Limit) -> str:
        """`1 hour 30 minutes`, `5个工作日`. Limits of clock units that are equally long are said alike."""
        if not limit.unit.is_clock:
            same = self(" to the same time of day", "（至同一时刻）") if limit.same_time else ""
            return self._amount(limit.amount, limit.unit) + same
        rest, said = limit.amount * CLOCK[limit.unit], []
        for unit, size in CLOCK.items():
            number = rest if unit is Unit.SECOND else Fraction(rest // size)
            rest -= number * size
            said += [self._amount(number, unit)] if number else []
        return self(" ", "").join(said) or self._amount(Fraction(0), Unit.HOUR)

    def _amount(self, number: Fraction, unit: Unit) -> str:
        digits = self.number(number)
        return self(f"{digits} {unit}" + "s" * (number != 1), f"{digits}{UNITS[unit]}")

    def number(self, number: Fraction) -> str:
        """A number in digits, exact where it can be."""
        with localcontext(prec=80):
            found = Decimal(number.numerator) / Decimal(number.denominator)
        return f"{found:f}" if Fraction(found) == number else str(number)

    def value(self, value: object) -> str:
        """A value as the author gave it: a text in single quotes, all others bare."""
        if isinstance(value, bool):
            return self("yes" if value else "no", "是" if value else "否")
        if isinstance(value, Limit):
            return self.limit(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Decimal):
            return f"{value:f}"
        return word(value) if isinstance(value, str) else str(value)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        """A Markdown table; a sign that would end a cell is escaped."""
        lines = [heads, ["---"] * len(heads), *rows]
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def escaped(text: str, close: str = "") -> str:
    """*text* in one line, without the sign that would *close* its quotes."""
    return re.sub(f"[\\\\\n\r{close}]", lambda m: "\\" + {"\n": "n", "\r": "r"}.get(m[0], m[0]), text)


def quoted(name: str) -> str:
    """A name that the author gave: “case.received”."""
    return f"“{escaped(name, '”')}”"


def word(text: str) -> str:
    """A word or text that is a value: ‘city’."""
    return f"‘{escaped(text, '’')}’"
