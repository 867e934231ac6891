"""How long and when: the days a rule is in force, limits, tiers, windows, terms, and how they are counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import get_args
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Node, Reading, Scalar, Sequence
from accountability.errors import CalendarError, ExtraMissing
from accountability.policy.forms import RUNS
from accountability.policy.hours import read_hours
from accountability.policy.parser import parse_condition, parse_limit
from accountability.policy.rule import Effective, Joining, Term, TermKind, Tier, Window, WindowKind
from accountability.policy.scope import Scope
from accountability.workdays import BusinessHours, Calendar, ClockStart, Limit, PeriodName, Reckoning, Unit

PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)


@attrs.define
class Defaults:
    """What a pack says once for all its rules."""

    zone: ZoneInfo
    calendar: Calendar | None = None
    roll: bool = False
    hours: BusinessHours | None = None
    draft: bool = False
    effective: Effective = attrs.field(factory=Effective)


def read_effective(node: Node, reading: Reading) -> Effective:
    """`{from: day, until: day}`, half-open."""
    entries = reading.mapping(node, "«effective»", ("from", "until"))
    since, until = reading.day(entries.get("from"), "«from»"), reading.day(entries.get("until"), "«until»")
    if since and until and since >= until:
        reading.fail(node.span, "empty-period", f"it ends on {until}, not after it begins",
                     "«until» is the first day that no longer counts")
    return Effective(since, until)


def read_plain_limit(node: Scalar | None, reading: Reading) -> Limit | None:
    """A limit that stands alone, without parameters or arithmetic."""
    if node is None:
        return None
    try:
        return without_working_days(Limit.parse(node.text))
    except ValueError as error:
        what, _, way_out = str(error).partition("; ")
        reading.fail(node.span, "not-a-limit", f"`{node.text}` is no limit here: {what}", way_out or "write one such as `30 days`")
        return None


def read_number(node: Node | None, what: str, reading: Reading, least: int | None = None) -> Fraction | None:
    """A number that stands alone, exactly as it is written."""
    text = reading.text(node, what)
    if node is None or text is None:
        return None
    found = Fraction(text) if re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?", text) else None
    if found is None or (least is not None and found < least):
        reading.fail(node.span, "not-a-number", f"{what} is `{text}`",
                     "write a number such as `70`" if found is None else f"write {least} or more")
        return None
    return found


def without_working_days(limit: Limit) -> Limit:
    """*limit*, where it is a stretch of time and no task: a window or a term. Raises ValueError for working days."""
    if limit.unit is Unit.WORKING_DAY:
        raise ValueError("working days are counted forward, for a duty; this is a stretch of days, weeks, months or hours")
    return limit


def read_tiers(node: Node | None, scope: Scope, reading: Reading, key: str = "within") -> tuple[Tier, ...]:
    """One limit, or a list of `{where: …, limit: …}` that ends with `{otherwise: …}`."""
    if node is None:
        return ()
    if isinstance(node, Scalar):
        limit = parse_limit(node, scope, reading)
        return () if limit is None else (Tier(limit),)
    if not isinstance(node, Sequence):
        reading.wrong_kind(node, f"«{key}»", "one limit, or a list of «{where: …, limit: …}»")
        return ()
    if not node.items:
        reading.fail(node.span, "empty-value", f"«{key}» is empty", "write a limit such as `2h`")
    found = []
    for item in node.items:
        entries = reading.mapping(item, "a tier", ("where", "limit", "otherwise"))
        limit_node, where_node = entries.get("otherwise") or entries.get("limit"), entries.get("where")
        if (not isinstance(limit_node, Scalar) or not isinstance(where_node, Scalar | None)
                or set(entries) not in ({"where", "limit"}, {"otherwise"})):
            reading.fail(item.span, "not-a-tier", "a tier is «{where: …, limit: …}», and the last «{otherwise: …}»", "write it so")
            continue
        limit = parse_limit(limit_node, scope, reading)
        where = parse_condition(where_node, scope, reading) if where_node is not None else None
        if limit is not None and (where is not None or "otherwise" in entries):
            found.append(Tier(limit, where))
    if found and all(t.where is not None for t in found):
        reading.fail(node.span, "missing-tier", "the tiers do not say what holds elsewhere", "end them with «- otherwise: LIMIT»")
    if any(t.where is None for t in found[:-1]):
        reading.fail(node.span, "unreachable-tier", "a tier stands below «otherwise»", "write «otherwise» last")
    return tuple(found)


FindCalendar = Callable[[str], Calendar]
"""Finds a work calendar by the name that a rule file gives it, as `workdays.find_calendar` does."""


def read_work_calendar(node: Node | None, find: FindCalendar, reading: Reading) -> Calendar | None:
    """The work calendar of that name."""
    name = reading.text(node, "«calendar»")
    if node is None or name is None:
        return None
    try:
        return find(name)
    except (ValueError, LookupError, ExtraMissing, CalendarError) as error:
        what, _, way_out = str(error).partition("; ")
        reading.fail(node.span, "unknown-calendar", what,
                     way_out or "name a country such as `CN` or `US/MA`, `weekdays`, or a calendar file")
        return None


def read_reckoning(entries: Mapping[str, Node], defaults: Defaults, find: FindCalendar, reading: Reading) -> Reckoning:
    """How the limits of a rule are counted: what it says itself, else what its pack says."""
    start = reading.keyword(entries.get("clock starts"), "«clock starts»", ClockStart)
    roll = reading.boolean(entries.get("roll"), "«roll»")
    calendar = read_work_calendar(entries.get("calendar"), find, reading) or defaults.calendar
    hours = read_hours(entries.get("business hours"), reading, defaults.zone) or defaults.hours
    runs = reading.keyword(entries.get("clock runs"), "«clock runs»", RUNS.choices)
    return Reckoning(defaults.zone, calendar, defaults.roll if roll is None else roll, ClockStart(start or "at once"), hours,
                     bool(reading.boolean(entries.get("until close of business"), "«until close of business»")),
                     runs == "in business hours")


def read_window(node: Scalar | None, reading: Reading) -> Window:
    """`30 days rolling by instants`, `1 month rolling by dates`, `calendar year`; after the first, `, edge included`."""
    if node is None:
        return Window(WindowKind.CALENDAR, period="year")
    calendar = re.fullmatch(r"calendar (\w+)", node.text)
    rolling = re.fullmatch(r"(.+?) rolling by (instants|dates)(, edge included)?", node.text)
    why = ""
    try:
        for period in PERIODS:
            if calendar and calendar[1] == period:
                return Window(WindowKind.CALENDAR, period=period)
        limit = without_working_days(Limit.parse(rolling[1])) if rolling else None
        if rolling and limit is not None and not (rolling[2] == "dates" and limit.unit.is_clock):
            return Window(WindowKind(f"rolling by {rolling[2]}"), limit, edge_included=bool(rolling[3]))
    except ValueError as error:
        why = f": {error}".partition("; ")[0]
    reading.fail(node.span, "not-a-window", f"`{node.written or node.text}` is no window{why}",
                 "write «30 days rolling by instants», «1 month rolling by dates» or «calendar year»")
    return Window(WindowKind.CALENDAR, period="year")


def read_term(entries: Mapping[str, Node], scope: Scope, reading: Reading) -> Term:
    """The `term` of a standing: `6 months`, `rest of the year`, `until ended`, or an amount of what *scope* sees.

    With it, how it comes together with others that run: `together`, `meanwhile`, `at most`.
    """
    together, meanwhile = (
        Joining(reading.keyword(entries.get(key), f"«{key}»", tuple(Joining)) or "apart") for key in ("together", "meanwhile"))
    most, node = entries.get("at most"), entries.get("term")
    found = _term(node, scope, reading)
    if most is not None and not {together, meanwhile} & {Joining.ADDED, Joining.EQUAL_ADDED}:
        reading.fail(most.span, "not-a-term", "«at most» stands where no term is added to another",
                     "say «together: added» or «meanwhile: added», or leave it out")
    longest = read_plain_limit(most, reading) if isinstance(most, Scalar) else None
    return attrs.evolve(found, together=together, meanwhile=meanwhile, most=longest)


def _term(node: Node | None, scope: Scope, reading: Reading) -> Term:
    text = reading.text(node, "«term»")
    if not isinstance(node, Scalar) or text is None:
        return Term(TermKind.OPEN)
    if text in (TermKind.REST_OF_YEAR, TermKind.OPEN):
        return Term(TermKind(text))
    try:
        return Term(TermKind.LIMIT, without_working_days(Limit.parse(text)))
    except ValueError:
        if not any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in scope.names()):
            reading.fail(node.span, "not-a-term", f"`{text}` is no term", "write `6 months`, «rest of the year» or «until ended»")
            return Term(TermKind.OPEN)
    amount = parse_limit(node, scope, reading)
    return Term(TermKind.OPEN) if amount is None else Term(TermKind.AMOUNT, amount=amount)
