"""When an office is open: from when until when, its breaks, and the weekdays, seasons and dates that have hours of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Reading
from accountability.policy.forms import BREAK, BY_DATE, HOURS, OPENING, WEEKDAYS
from accountability.workdays import BusinessHours, HoursByDate, Opening
from accountability.workdays.office import LEAP_YEAR, MIDNIGHT

Day = tuple[int, ...]
SPAN = ("first day", "last day")


@attrs.frozen
class _Week:
    always: Opening
    otherwise: tuple[tuple[int, Opening], ...]


def read_hours(node: Node | None, reading: Reading, zone: ZoneInfo) -> BusinessHours | None:
    """`{from: 08:30, to: 17:00, break: {from: 12:00, to: 14:00}, timezone: UTC}`; the pack's zone where none is named."""
    if node is None:
        return None
    entries = reading.mapping(node, "«business hours»", tuple(HOURS.keys), HOURS.required)
    week = _week(entries, reading)
    by_date = _by_date(entries.get("by date"), reading)
    zone = reading.zone(entries.get("timezone"), "«timezone»") or zone
    return None if week is None else BusinessHours(
        week.always.opens, week.always.closes, zone, week.otherwise, week.always.breaks, by_date)


def _by_date(node: Node | None, reading: Reading) -> tuple[HoursByDate, ...]:
    """The seasons and dates with hours of their own; one of which a day has hours already is written down."""
    found: list[tuple[HoursByDate, int]] = []
    for item in reading.items(node, "«by date»"):
        if not isinstance(item, MappingNode):
            reading.wrong_kind(item, "«by date»", "`key: value` lines, indented")
            continue
        timed = any(key.text in OPENING.required for key, _ in item.entries)
        entries = reading.mapping(item, "«by date»", tuple(BY_DATE.keys), OPENING.required if timed else ())
        if not timed:
            reading.fail(item.span, "missing-key", "«by date» lacks the hours of its days",
                         "add «from: …» and «to: …»; a day on which the office is closed is no working day of its «calendar»")
        days, week = _days(item, entries, reading), _week(entries, reading)
        if days is None or week is None:
            continue
        entry = HoursByDate(*days, week.always, week.otherwise)
        line = next((line for other, line in found if entry.overlaps(other)), None)
        if line is None:
            found.append((entry, item.span.line))
        else:
            reading.fail(item.span, "hours-overlap", f"some of these days have hours already, on line {line}",
                         "let each day stand in one; one with its year, such as `2026-12-24`, goes before those of every year")
    return tuple(entry for entry, _ in found)


def _days(item: Node, entries: Mapping[str, Node], reading: Reading) -> tuple[Day, Day] | None:
    """The first and the last day that an entry is about."""
    span = [key for key in SPAN if key in entries]
    if "date" in entries and span:
        reading.fail(item.span, "not-one-of", f"«by date» has «date» and «{span[0]}»", "keep one of the two")
        return None
    if "date" not in entries and len(span) < 2:
        lacking = next(key for key in SPAN if key not in span) if span else "date"
        reading.fail(item.span, "missing-key", f"«by date» lacks «{lacking}»",
                     "add «date: …» for one day, or «first day: …» and «last day: …»")
        return None
    days = [_day(entries[key], f"«{key}»", reading) for key in span or ("date",)]
    first, last = days[0], days[-1]
    if first is None or last is None:
        return None
    if len(first) != len(last):
        reading.fail(entries["last day"].span, "not-a-date", "of «first day» and «last day» one has a year and one has none",
                     "write both with a year, or both without it for those of every year")
        return None
    if len(first) == 3 and first > last:
        reading.fail(entries["last day"].span, "empty-period", f"`{date(*last)}` is before `{date(*first)}`",
                     "write the earlier day as «first day»")
        return None
    return first, last


def _day(node: Node, what: str, reading: Reading) -> Day | None:
    """A day of every year as (month, day), or one with its year before them."""
    text = reading.text(node, what)
    match = re.fullmatch("(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})", text or "")
    day = () if match is None else tuple(int(part) for part in match.groups() if part is not None)
    try:
        date(*(LEAP_YEAR, *day)[-3:])
    except (TypeError, ValueError):
        if text is not None:
            reading.fail(node.span, "not-a-date", f"{what} is `{text}`",
                         "write a day of every year such as `05-01`, or of one such as `2026-05-01`")
        return None
    return day


def _week(entries: Mapping[str, Node], reading: Reading) -> _Week | None:
    """When business is open, and on which weekdays it is open at other times."""
    always = _opening(entries, reading)
    own = ((n, _opening(reading.mapping(entries[day], f"«{day}»", tuple(OPENING.keys), OPENING.required), reading))
           for n, day in enumerate(WEEKDAYS) if day in entries)
    otherwise = tuple((n, found) for n, found in own if found is not None)
    return None if always is None else _Week(always, otherwise)


def _opening(entries: Mapping[str, Node], reading: Reading) -> Opening | None:
    """When business opens and closes, and when it has a break."""
    hours = _from_to(entries, reading)
    if hours is None:
        return None
    opens, closes = hours
    breaks: list[tuple[time, time]] = []
    for node in reading.items(entries.get("break"), "«break»"):
        found = _from_to(reading.mapping(node, "«break»", tuple(BREAK.keys), BREAK.required), reading)
        if found is None:
            continue
        try:
            Opening(opens, closes, (*breaks, found))
        except ValueError:
            reading.fail(node.span, "break-outside-hours", "the break is not between opening and closing, or not in order",
                         "let it begin after the office opens and end before it closes; write several in their order")
        else:
            breaks.append(found)
    return Opening(opens, closes, tuple(breaks))


def _from_to(entries: Mapping[str, Node], reading: Reading) -> tuple[time, time] | None:
    """Two times of day, the later one second; 00:00 there is written `24:00`."""
    times = []
    for key in ("from", "to"):
        text = reading.text(entries.get(key), f"«{key}»")
        match = re.fullmatch("([01]?[0-9]|2[0-3]):([0-5][0-9])", text or "")
        if match is not None:
            times.append(time(int(match[1]), int(match[2])))
        elif (key, text) == ("to", "24:00"):
            times.append(MIDNIGHT)
        elif text is not None:
            reading.fail(entries[key].span, "not-a-time", f"`{text}` is no time of day", "write one such as `08:30`")
    if len(times) < 2:
        return None
    if times[0] >= times[1] and text != "24:00":
        reading.fail(entries["to"].span, "empty-period", f"`{text}` is not later than `{times[0]:%H:%M}`",
                     "write the later time as «to»; midnight is `24:00` there")
        return None
    return times[0], times[1]
