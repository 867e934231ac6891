"""A calendar that a person wrote: a YAML file on its way to a Calendar. In: a path. Out: a Calendar, or CalendarError.

    name: county office
    source: notice 12 of 2025
    weekend: [sat, sun]
    covers: [2025, 2026]
    holidays: [2026-01-01, 2026-01-02]
    make-up working days: [2026-01-04]
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from accountability.document import Node, Reading, Sequence, read
from accountability.document.spelling import every_key, is_chinese, keys, plain
from accountability.errors import CalendarError, DocumentError, Span, closest
from accountability.workdays.calendar import SATURDAY_AND_SUNDAY, WEEKDAY_NAMES, Calendar

WORDS = {"name": "名称", "source": "依据", "weekend": "周末", "covers": "所知范围", "holidays": "节假日",
         "make-up working days": "调休上班日"}
"""Every key of a calendar file: its English spelling, its Chinese spelling."""
WEEKDAYS_BY_NAME = {
    word: number
    for number, names in enumerate((
        "mon monday 周一 星期一", "tue tuesday 周二 星期二", "wed wednesday 周三 星期三", "thu thursday 周四 星期四",
        "fri friday 周五 星期五", "sat saturday 周六 星期六", "sun sunday 周日 星期日 星期天",
    ))
    for word in names.split()
}


def read_calendar(path: Path) -> Calendar:
    """The calendar in the file at *path*. Raises CalendarError with every mistake in it, in file order."""
    try:
        root = read(path)
    except DocumentError as error:
        raise CalendarError(error.diagnostics) from None
    root = keys(WORDS, dict.fromkeys(WORDS, plain))(root, "en")
    reading = Reading(lambda word: WORDS.get(word, word), is_chinese(key for key in every_key(root) if key.text in WORDS))
    entries = reading.mapping(root, "the calendar", WORDS, ("name", "covers"))
    name = reading.text(entries.get("name"), "«name»") or ""
    weekend = _weekend(entries.get("weekend"), reading)
    span = _covers(entries.get("covers"), reading)
    holidays = _days(entries.get("holidays"), "a holiday", reading)
    make_up = _days(entries.get("make-up working days"), "a make-up working day", reading)
    for day, place in (holidays | make_up).items():
        if span and not span[0] <= day <= span[1]:
            reading.fail(place, "outside-coverage", f"`{day}` lies outside {span[0]} to {span[1]}",
                         "correct the day or widen «covers»")
    for day, place in make_up.items():
        if day in holidays:
            reading.fail(place, "contradictory-day",
                         f"`{day}` is a make-up working day here and a holiday in line {holidays[day].line}",
                         "keep it in one of the two lists")
        elif weekend is not None and day.weekday() not in weekend:
            reading.fail(place, "contradictory-day", f"`{day}` is a {WEEKDAY_NAMES[day.weekday()]}, a working day as it is",
                         "correct the day, or leave it out")
    if reading.diagnostics or span is None or weekend is None:
        raise CalendarError(reading.diagnostics)
    return Calendar(name, weekend, frozenset(holidays), frozenset(make_up), *span)


def _weekend(node: Node | None, reading: Reading) -> frozenset[int] | None:
    """The days of the weekend; None if one cannot be read, which is then written down."""
    if node is None:
        return SATURDAY_AND_SUNDAY
    found: set[int] = set()
    mistakes = len(reading.diagnostics)
    for item in reading.items(node, "«weekend»"):
        word = reading.text(item, "a day of the weekend")
        if word is None:
            continue
        number = WEEKDAYS_BY_NAME.get(word.lower())
        if number is None:
            reading.fail(item.span, "unknown-weekday", f"`{word}` is no day of the week", closest(word.lower(), WEEKDAYS_BY_NAME))
        elif number in found:
            reading.fail(item.span, "duplicate-day", f"`{word}` stands here a second time", "keep one of the two")
        else:
            found.add(number)
    if len(found) == 7:
        reading.fail(node.span, "no-working-day", "every day of the week is a weekend", "leave the working days out of «weekend»")
    return frozenset(found) if len(reading.diagnostics) == mistakes else None


def _covers(node: Node | None, reading: Reading) -> tuple[date, date] | None:
    """The first and last day known; years are taken whole. None if missing or wrong, which is then written down."""
    if node is None:
        return None
    items = node.items if isinstance(node, Sequence) else (node,)
    if not 1 <= len(items) <= 2:
        reading.fail(node.span, "wrong-covers", f"«covers» has {len(items)} values",
                     "write the first and the last year: `[2025, 2026]`")
        return None
    first = _end(items[0], reading, last=False)
    if first is None and len(items) == 1:
        return None  # a mistake in the one value is told once
    last = _end(items[-1], reading, last=True)
    if first is None or last is None:
        return None
    if last < first:
        reading.fail(node.span, "wrong-covers", f"«covers» ends {last}, before it begins", "write the earlier year first")
        return None
    return first, last


def _end(node: Node, reading: Reading, last: bool) -> date | None:
    text = reading.text(node, "«covers»")
    if text is None:
        return None
    if re.fullmatch(r"[1-9][0-9]{3}", text):
        return date(int(text), 12, 31) if last else date(int(text), 1, 1)
    return reading.day(node, "«covers»")


def _days(node: Node | None, what: str, reading: Reading) -> dict[date, Span]:
    found: dict[date, Span] = {}
    for item in reading.items(node, what):
        day = reading.day(item, what)
        if day is None:
            continue
        if day in found:
            reading.fail(item.span, "duplicate-day", f"`{day}` stands here a second time, first in line {found[day].line}",
                         "keep one of the two")
        found.setdefault(day, item.span)
    return found
