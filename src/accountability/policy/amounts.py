"""How long and when: the days a rule is in force, hours, limits, tiers, windows, terms, and how they are counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Node, Reading, Scalar, Sequence
from accountability.errors import CalendarError, ExtraMissing, Span, closest
from accountability.policy.model import Effective, Term, TermKind, Tier, Window, WindowKind
from accountability.policy.parser import Scope, parse_condition, parse_limit
from accountability.workdays import BusinessHours, ClockStart, Limit, Reckoning, find_calendar

PERIODS = ("day", "week", "month", "quarter", "year")


@attrs.define
class Defaults:
    """What a pack says once for all its rules."""

    zone: ZoneInfo
    calendar: str | None = None
    roll: bool = False
    hours: BusinessHours | None = None
    effective: Effective = Effective()


def read_effective(node: Node, reading: Reading) -> Effective:
    """`{from: day, until: day}`, half-open."""
    entries = reading.mapping(node, "`effective`", ("from", "until"))
    since, until = reading.day(entries.get("from"), "`from`"), reading.day(entries.get("until"), "`until`")
    if since and until and since >= until:
        reading.fail(node.span, "empty-period", f"it ends on {until}, not after it begins", "`until` is the first day that no longer counts")
    return Effective(since, until)


def read_hours(node: Node | None, reading: Reading, zone: ZoneInfo) -> BusinessHours | None:
    """`{from: 08:30, to: 17:00, timezone: UTC}`; the pack's zone where none is named."""
    if node is None:
        return None
    entries = reading.mapping(node, "`business hours`", ("from", "to", "timezone"), ("from", "to"))
    times = []
    for key in ("from", "to"):
        text = reading.text(entries.get(key), f"`{key}`")
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text or "")
        if match is None:
            if text is not None:
                reading.fail(entries[key].span, "not-a-time", f"`{text}` is no time of day", "write one such as `08:30`")
            return None
        times.append((int(match[1]), int(match[2])))
    if times[0] >= times[1]:
        reading.fail(entries["to"].span, "empty-period", "business closes before it opens", "write the later time as `to`")
        return None
    return BusinessHours(time(*times[0]), time(*times[1]), reading.zone(entries.get("timezone"), "`timezone`") or zone)


def read_plain_limit(node: Scalar | None, reading: Reading) -> Limit | None:
    """A limit that stands alone, without parameters or arithmetic."""
    if node is None:
        return None
    try:
        return Limit.parse(node.text)
    except ValueError as error:
        reading.fail(node.span, "not-a-limit", f"`{node.text}` is no limit: {error}", "write one such as `30 days`")
        return None


def read_tiers(node: Node | None, scope: Scope, reading: Reading) -> tuple[Tier, ...]:
    """One limit, or a list of `{where: …, limit: …}` that ends with `{otherwise: …}`."""
    if node is None:
        return ()
    if isinstance(node, Scalar):
        limit = parse_limit(node, scope, reading)
        return () if limit is None else (Tier(limit),)
    if not isinstance(node, Sequence):
        reading.wrong_kind(node, "`within`", "one limit, or a list of `{where: …, limit: …}`")
        return ()
    found = []
    for item in node.items:
        entries = reading.mapping(item, "a tier", ("where", "limit", "otherwise"))
        limit_node, where_node = entries.get("otherwise") or entries.get("limit"), entries.get("where")
        if not isinstance(limit_node, Scalar) or ("otherwise" in entries) == ("where" in entries):
            reading.fail(item.span, "not-a-tier", "a tier is `{where: …, limit: …}`, and the last `{otherwise: …}`", "write it so")
            continue
        limit = parse_limit(limit_node, scope, reading)
        where = parse_condition(where_node, scope, reading) if isinstance(where_node, Scalar) else None
        if limit is not None and (where is not None or "otherwise" in entries):
            found.append(Tier(limit, where))
    if found and found[-1].where is not None:
        reading.fail(node.span, "missing-tier", "the tiers do not say what holds elsewhere", "end them with `- otherwise: LIMIT`")
    if any(t.where is None for t in found[:-1]):
        reading.fail(node.span, "unreachable-tier", "a tier stands below `otherwise`", "write `otherwise` last")
    return tuple(found)


def read_reckoning(entries: Mapping[str, Node], rule: Span, defaults: Defaults, folder: Path, reading: Reading) -> Reckoning:
    """How the limits of the rule at *rule* are counted: what it says itself, else what its pack says."""
    name = reading.text(entries.get("calendar"), "`calendar`") or defaults.calendar
    start = reading.text(entries.get("clock starts"), "`clock starts`")
    if start is not None and start not in tuple(ClockStart):
        reading.fail(entries["clock starts"].span, "unknown-choice", f"`clock starts` is `{start}`", closest(start, ClockStart))
        start = None
    roll = reading.boolean(entries.get("roll"), "`roll`")
    calendar = None
    if name is not None:
        try:
            calendar = find_calendar(name, folder)
        except (ValueError, LookupError, ExtraMissing, CalendarError) as error:
            span = entries["calendar"].span if "calendar" in entries else rule
            reading.fail(span, "unknown-calendar", str(error), "name a country such as `CN`, `US/MA`, `weekdays`, or a calendar file")
    hours = read_hours(entries.get("business hours"), reading, defaults.zone) or defaults.hours
    return Reckoning(defaults.zone, calendar, defaults.roll if roll is None else roll, ClockStart(start or "at once"), hours,
                     bool(reading.boolean(entries.get("until close of business"), "`until close of business`")))


def read_window(node: Scalar | None, reading: Reading) -> Window:
    """`30 days rolling by instants`, `1 month rolling by dates`, `calendar year`; after the first, `, edge included`."""
    if node is None:
        return Window(WindowKind.CALENDAR, period="year")
    calendar = re.fullmatch(r"calendar (\w+)", node.text)
    rolling = re.fullmatch(r"(.+?) rolling by (instants|dates)(, edge included)?", node.text)
    try:
        if calendar and calendar[1] in PERIODS:
            return Window(WindowKind.CALENDAR, period=calendar[1])
        if rolling and not (rolling[2] == "dates" and Limit.parse(rolling[1]).unit.is_clock):
            return Window(WindowKind(f"rolling by {rolling[2]}"), Limit.parse(rolling[1]), edge_included=bool(rolling[3]))
    except ValueError:
        pass
    reading.fail(node.span, "not-a-window", f"`{node.text}` is no window",
                      "write `30 days rolling by instants`, `1 month rolling by dates` or `calendar year`")
    return Window(WindowKind.CALENDAR, period="year")


def read_term(node: Node | None, reading: Reading) -> Term:
    """`6 months`, `rest of the year` or `until ended`."""
    text = reading.text(node, "`term`")
    if node is None or text is None:
        return Term(TermKind.OPEN)
    if text in tuple(TermKind)[1:]:
        return Term(TermKind(text))
    try:
        return Term(TermKind.LIMIT, Limit.parse(text))
    except ValueError:
        reading.fail(node.span, "not-a-term", f"`{text}` is no term", "write `6 months`, `rest of the year` or `until ended`")
        return Term(TermKind.OPEN)
