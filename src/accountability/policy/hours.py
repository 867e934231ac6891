"""When an office is open: from when until when, its breaks, and the weekdays that have hours of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from accountability.document import Node, Reading
from accountability.policy.forms import BREAK, HOURS, OPENING, WEEKDAYS
from accountability.workdays import BusinessHours, Opening
from accountability.workdays.office import MIDNIGHT


def read_hours(node: Node | None, reading: Reading, zone: ZoneInfo) -> BusinessHours | None:
    """`{from: 08:30, to: 17:00, break: {from: 12:00, to: 14:00}, timezone: UTC}`; the pack's zone where none is named."""
    if node is None:
        return None
    entries = reading.mapping(node, "«business hours»", tuple(HOURS.keys), HOURS.required)
    always = _opening(entries, reading)
    own = ((n, _opening(reading.mapping(entries[day], f"«{day}»", tuple(OPENING.keys), OPENING.required), reading))
           for n, day in enumerate(WEEKDAYS) if day in entries)
    otherwise = tuple((n, found) for n, found in own if found is not None)
    zone = reading.zone(entries.get("timezone"), "«timezone»") or zone
    return None if always is None else BusinessHours(always.opens, always.closes, zone, otherwise, always.breaks)


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
