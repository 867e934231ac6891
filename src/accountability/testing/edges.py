"""Edges: where a policy changes its mind. In: a policy and an organisation. Out: what is worth trying, the simplest first.

For every event type that some rule asks about, the values worth trying in each field, such as a number that a condition compares it
with, the ones beside it, and a plain one; the limits to be reached to the second; the days on which something begins to hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from accountability.event import LARGE
from accountability.explanation.support import asked_by
from accountability.organisation import Organisation
from accountability.policy.expression import (
    Compare,
    Constant,
    Expression,
    FieldRef,
    InForce,
    LastOf,
    OneOf,
    OrganisationFact,
    ParameterRef,
    children,
    walk,
)
from accountability.policy.kinds import Rule, Threshold
from accountability.policy.model import Policy, nouns_in
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.policy.vocabulary import EventType, Field, Sort
from accountability.testing.offices import named_units
from accountability.workdays import Limit, Reckoning
from accountability.workdays.localtime import local_midnight

PLAIN_DAY = date(2026, 3, 2)
"""A Monday without holidays near it, on which a plain history begins, if all of a policy is in force by then."""
MORNING = time(9)
DAY = timedelta(days=1)
MATTERS = ("1", "1", "1", "1", "1", "2", "2", "3")
"""Cases, incidents, decisions and the like are few, so that things are about the same one."""
NUMBERS, TEXTS = (1, 0, 2), ("a", "b")
LIMITS: Mapping[str, tuple[str, ...]] = {"clock": ("1h", "24h"), "calendar": ("1 day", "10 days", "1 month")}
OFFSETS = (timedelta(), DAY, 7 * DAY, 30 * DAY, timedelta(hours=1), timedelta(seconds=-1), -DAY)
"""How far from its event an instant that it carries lies."""


@attrs.frozen
class Home:
    """The unit that most of a history is about; its superior, where *above*."""

    above: bool = False


@attrs.frozen
class Own:
    """A post, the *number*-th of the unit that the same event names."""

    number: int


@attrs.frozen
class Shift:
    """So long after its event, as an instant, or as the local *day*."""

    by: timedelta
    day: bool = False


@attrs.frozen(slots=False)
class Focus:
    """Some rules that hang together: the types of event that they ask about, and the limits that they state.

    Those in *dues* are no windows or terms; *reckonings* say how they are counted. *policy* is the whole one with these rules
    alone, *start* (UTC) the plain beginning of a history for them, and *turns* (UTC) are when something begins or ceases to hold.
    """

    policy: Policy
    types: tuple[EventType, ...]
    limits: tuple[Limit, ...]
    dues: tuple[Limit, ...]
    reckonings: tuple[Reckoning, ...]
    answers: Mapping[str, tuple[EventType, ...]]
    """What each of the rules waits for beside what starts it, where these are events."""
    start: datetime
    turns: tuple[datetime, ...]

    @cached_property
    def patience(self) -> timedelta:
        """How long one has to wait until every due is over, in whole days: one at least, and a year at most."""
        dues = [due for limit in self.dues if (due := self.ended(self.start, limit)) is not None]
        return min((max([self.start, *dues]) - self.start) // DAY + 1, 366) * DAY

    def ended(self, since: datetime, limit: Limit) -> datetime | None:
        """When *limit*, counted from *since*, is over (UTC); None where no rule says how it is counted."""
        for reckoning in self.reckonings:
            try:
                due = reckoning.due(since, limit)
            except ValueError:
                continue  # working days are counted by the reckoning of another rule
            return due.last if due.day is None else due.falls
        return None


class Edges:
    """What is worth trying of *policy* in *organisation*. *homes* are the units that a history may be about."""

    def __init__(self, policy: Policy, organisation: Organisation) -> None:
        self.policy, self.organisation = policy, organisation
        self._compared = compared(policy)
        self.staff: dict[str, tuple[str, ...]] = {}
        for post in organisation.posts.values():
            self.staff[post.unit] = (*self.staff.get(post.unit, ()), post.id)
        named = [u for u in named_units(policy) if u in organisation.units]
        self.homes = tuple(dict.fromkeys([*(u for u in organisation.units if u in self.staff), *named, *organisation.units]))
        self.named = tuple(named)
        self.posts = tuple(organisation.posts)
        self.holders = tuple(dict.fromkeys(t.holder for t in organisation.tenures if t.holder is not None))

    def superior(self, unit: str) -> str:
        """The unit above *unit*; itself where there is none."""
        stated = self.organisation.units.get(unit)
        return stated.parent if stated is not None and stated.parent is not None else unit

    def values(self, declared: EventType, field: Field) -> tuple[object, ...]:
        """What is worth trying in *field*, the simplest first, the likely ones several times. None is that it is missing."""
        found = self._of(declared, field)
        return (None, *found, *found) if field.optional else found

    def _of(self, declared: EventType, field: Field) -> tuple[object, ...]:
        named, type_ = self._compared.get(field.name, ()), field.type
        texts = tuple(v for v in named if isinstance(v, str))
        match type_.sort:
            case Sort.BOOLEAN:
                return (False, True)
            case Sort.NUMBER:
                return (*NUMBERS, *(n for v in (*named, *self._totals(declared)) for n in _beside(v)))
            case Sort.CHOICE:
                return (*sorted(type_.choices), *(t for t in texts if t in type_.choices))
            case Sort.TEXT:
                return (TEXTS[0], *texts, *texts, TEXTS[1])
            case Sort.LIMIT:
                limits = tuple(str(v) for v in named if isinstance(v, Limit) and v.unit.is_clock is (type_.kind == "clock"))
                return (*LIMITS[type_.kind or "clock"], *limits)
            case Sort.INSTANT:
                # Of several instants in one event the second comes a day after the first, and so on.
                place = [f.name for f in declared.fields.values() if f.type.sort is Sort.INSTANT].index(field.name)
                return tuple(Shift(o) for o in (place * DAY, *OFFSETS))
            case Sort.DATE:
                days = tuple(d + s * DAY for d in named if isinstance(d, date) for s in (0, -1, 1))
                return (*(Shift(o, day=True) for o in OFFSETS), *(d.isoformat() for d in days))
        match type_.kind:
            case "unit":
                direct = tuple(t for t in texts if t in self.organisation.units) * 6
                return (*[Home()] * 5, Home(above=True), *direct, *self.named * 2, *self.organisation.units)
            case "post":
                return (*(Own(n) for n in (0, 0, 0, 0, 1, 1, 2)), *texts * 2, *self.posts)
            case "office-holder":
                return (*(self.holders or ("holder-1", "holder-2")), *texts)
        return (*MATTERS, *texts)

    def _totals(self, declared: EventType) -> Iterator[object]:
        """The numbers that thresholds over events of this type reach."""
        for rule in self.policy.rules:
            if isinstance(rule, Threshold) and any(t.made is Made.EVENT and t.name == declared.name for t in rule.when):
                yield rule.reaches

    def focus(self, names: Iterable[str]) -> Focus:
        """The rules and invariants called *names*, with all that they wait for and ask about. Raises KeyError."""
        known: dict[str, Rule] = {r.name: r for r in (*self.policy.rules, *self.policy.invariants)}
        wanted, left = {n: known[n] for n in names}, [*names]
        asked: dict[str, None] = {}
        while left:
            rule = known[left.pop(0)]
            for trigger in asked_by(rule):
                if trigger.rule is None:
                    asked[trigger.name] = None
                elif trigger.rule not in wanted:
                    wanted[trigger.rule] = known[trigger.rule]
                    left.append(trigger.rule)
            for name, _ in rule.defeated_by:
                if name not in wanted:
                    wanted[name] = known[name]
                    left.append(name)
        # What starts a rule stands before what it makes possible: rules come after those they wait for.
        rules = tuple(r for r in self.policy.rules if r.name in wanted)
        asked |= dict.fromkeys(f.event for r in rules for f in r.periods() if f.event)
        order = [t.name for r in (*rules, *self.policy.invariants) for t in r.when if t.made is Made.EVENT]
        types = tuple(self.policy.vocabulary[n] for n in dict.fromkeys((*order, *asked))
                      if n in asked and n in self.policy.vocabulary)
        whole = tuple(wanted.values())
        start, turns = self._days(whole)
        answers = {r.name: tuple(t for t in types if any(role != TRIGGER and waits == Trigger(Made.EVENT, t.name)
                                                          for role, waits in r.inputs())) for r in rules}
        owed = [v for r in whole for tree in r.questions() for part in walk(tree) for v in _values(part, self.policy)]
        dues = {str(v): v for v in owed if isinstance(v, Limit)}
        limits = dues | {str(p): p for r in whole for p in nouns_in(r) if isinstance(p, Limit)}
        reckonings = {repr(r): r for r in (*(r.reckoning for r in whole), Reckoning(self.policy.zone)) if r is not None}
        return Focus(attrs.evolve(self.policy, rules=rules, invariants=(), ladders=()), types, tuple(limits.values()),
                     tuple(dues.values()), tuple(reckonings.values()), answers, start, turns)

    def _days(self, rules: tuple[Rule, ...]) -> tuple[datetime, tuple[datetime, ...]]:
        """The plain start of a history under *rules*, and the other instants at which something changes."""
        begins = {r.effective.since for r in rules}
        ends = {r.effective.until for r in rules}
        for rule in rules:
            for tree in rule.questions():
                for part in walk(tree):
                    if isinstance(part, InForce):
                        ends |= {part.since, part.until}
                    elif isinstance(part, ParameterRef):
                        first, *later = (v.since for v in self.policy.parameters[part.name].versions)
                        begins.add(first)
                        ends.update(later)
        known = [d for d in begins if d is not None]
        plain = max([PLAIN_DAY, *known])
        over = [r.effective.until for r in rules if r.effective.until is not None]
        if over and min(over) <= plain:
            plain = max([min(over) - 60 * DAY, *known])
        plain += timedelta(days=-plain.weekday() % 7)
        found = {d for d in (*begins, *ends) if d is not None}
        found |= {d for r in rules for p in r.periods() for span in p.declared for d in span}
        found |= {date(plain.year, 12, 31), date(plain.year + 1, 1, 1), plain.replace(day=28) + 4 * DAY}
        for rule in rules:
            if rule.reckoning is not None and rule.reckoning.calendar is not None:
                free = sorted(d for d in rule.reckoning.calendar.holidays if d >= plain)
                found |= {d + s for d in free[:1] for s in (timedelta(), -DAY)}
        zone = self.policy.zone
        morning = datetime.combine(plain, MORNING, zone).astimezone(UTC)
        turns = [at for d in sorted(found) if d.year > 1800 for at in
                 (local_midnight(d, zone), local_midnight(d, zone) - timedelta(seconds=1),
                  datetime.combine(d, MORNING, zone).astimezone(UTC))]
        return morning, tuple(turns)


def compared(policy: Policy) -> Mapping[str, tuple[object, ...]]:
    """What conditions and tables of *policy* hold the field of each name against: constants, parameters, names of rows."""
    found: dict[str, dict[object, None]] = defaultdict(dict)
    for rule in (*policy.rules, *policy.invariants):
        for tree in rule.questions():
            for part in walk(tree):
                if isinstance(part, (Compare, OneOf)):
                    sides = [p for side in children(part) for p in _plainly(side)]
                    values = [v for side in sides for v in _values(side, policy)]
                    for name in _fields(sides):
                        found[name].update(dict.fromkeys(values))
                elif isinstance(part, ParameterRef) and part.key is not None:
                    rows = [key for v in policy.parameters[part.name].versions for key in v.table or ()]
                    for name in _fields(_plainly(part.key)):
                        found[name].update(dict.fromkeys(rows))
    return {name: tuple(values) for name, values in found.items()}


def _plainly(tree: Expression) -> Iterator[Expression]:
    """*tree* and what is below it, but nothing of which the organisation is asked: a level is no unit."""
    yield tree
    if not isinstance(tree, OrganisationFact):
        for child in children(tree):
            yield from _plainly(child)


def _fields(parts: Iterable[Expression]) -> list[str]:
    return [p.name if isinstance(p, FieldRef) else p.field for p in parts if isinstance(p, (FieldRef, LastOf))]


def _values(part: Expression, policy: Policy) -> Iterator[object]:
    if isinstance(part, Constant):
        yield part.value
    elif isinstance(part, ParameterRef):
        for version in policy.parameters[part.name].versions:
            yield from (version.value,) if version.table is None else version.table.values()


def _beside(value: object) -> tuple[int | float, ...]:
    """The number *value*, the one just below it and the one just above; nothing of anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, Fraction)):
        return ()
    exact = Fraction(value)
    if abs(exact) >= LARGE:
        return ()
    if exact.denominator == 1:
        return (int(exact), int(exact) - 1, int(exact) + 1)
    return tuple(float(round(exact + s, 6)) for s in (0, -Fraction(1, 100), Fraction(1, 100)))


