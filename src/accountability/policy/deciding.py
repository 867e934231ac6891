"""What conditions can ever be: whether some event makes one true, whether one implies another. In: typed trees. Out: yes or no.

Each answer is `proved`: "no" is said only where no event whatever can do it. A condition that compares each value with constants is
decided here, exactly; one that reckons, or compares two values, is given to the solver where the extra `solver` is installed, and
otherwise counts as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib.util import find_spec
from itertools import product

import attrs

from accountability.policy.expression import (
    And,
    Certainly,
    Compare,
    Constant,
    Expression,
    FieldRef,
    InForce,
    LastOf,
    Not,
    OneOf,
    Or,
    OrganisationFact,
    Parameter,
    ParameterRef,
    Present,
    SameKey,
    comparable,
    may_be_missing,
    walk,
)
from accountability.policy.vocabulary import BOOLEAN, DATE, Sort, Type

MOST = 256
"""So many ways in which a condition may come true are looked at; one with more counts as possible."""
NO_PARAMETERS: Mapping[str, Parameter] = {}
DAY = FieldRef("clock", "day", DATE)
"""The local day of the trigger, as if it were a field."""
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
ORDERS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", "!=": "<>"}
"""How two values may stand to each other where a comparison holds: the signs in it."""


@attrs.frozen
class Atom:
    """One thing that must hold of *term*: that it is present or missing, or how it compares with *value*."""

    term: Expression
    op: str
    value: object = None


@attrs.frozen
class Between:
    """How the values of two terms compare: one of the signs in *orders*."""

    left: Expression
    right: Expression
    orders: str


Way = tuple[Atom | Between, ...]
"""What must hold together for a condition to come true in one way."""
YES_OR_NO: frozenset[object] = frozenset({True, False})
PRESENT, MISSING = "present", "missing"


class TooMany(Exception):
    """There are more ways than anybody could look at."""


def _any(*choices: Iterable[Way]) -> list[Way]:
    found = [way for ways in choices for way in ways]
    if len(found) > MOST:
        raise TooMany
    return found


def _all(parts: Iterable[list[Way]]) -> list[Way]:
    found: list[Way] = [()]
    for ways in parts:
        if len(found) * len(ways) > MOST:
            raise TooMany
        found = [a + b for a, b in product(found, ways)]
    return found


def true(tree: Expression) -> list[Way]:
    """The ways in which *tree* is certainly true."""
    match tree:
        case And(parts=parts):
            return _all(map(true, parts))
        case Or(parts=parts):
            return _any(*map(true, parts))
        case Not(part=part):
            return false(part)
        case Certainly(of=of):
            return true(of)
        case _:
            return _atoms(tree, True)


def false(tree: Expression) -> list[Way]:
    """The ways in which *tree* is certainly false."""
    match tree:
        case And(parts=parts):
            return _any(*map(false, parts))
        case Or(parts=parts):
            return _all(map(false, parts))
        case Not(part=part):
            return true(part)
        case Certainly(of=of):
            return not_true(of)
        case _:
            return _atoms(tree, False)


def not_true(tree: Expression) -> list[Way]:
    """The ways in which *tree* is false or unknown."""
    match tree:
        case And(parts=parts):
            return _any(*map(not_true, parts))
        case Or(parts=parts):
            return _all(map(not_true, parts))
        case Not(part=part):
            return not_false(part)
        case Certainly(of=of):
            return not_true(of)
        case _:
            return _any(_atoms(tree, False), _unknown(tree))


def not_false(tree: Expression) -> list[Way]:
    """The ways in which *tree* is true or unknown."""
    match tree:
        case And(parts=parts):
            return _all(map(not_false, parts))
        case Or(parts=parts):
            return _any(*map(not_false, parts))
        case Not(part=part):
            return not_true(part)
        case Certainly(of=of):
            return true(of)
        case _:
            return _any(_atoms(tree, True), _unknown(tree))


def _atoms(tree: Expression, holds: bool) -> list[Way]:
    match tree:
        case Constant(value=value):
            return [()] if value is holds else []
        case Present(of=of, negated=negated):
            return [(Atom(of, MISSING if negated is holds else PRESENT),)]
        case Compare(op=op, left=left, right=right):
            op = op if holds else DENIED[op]
            if isinstance(right, Constant):
                return [(Atom(left, op, comparable(right.value)),)]
            if isinstance(left, Constant):
                return [(Atom(right, TURNED[op], comparable(left.value)),)]
            return [(Atom(left, PRESENT), Atom(right, PRESENT), Between(left, right, ORDERS[op]))]
        case OneOf(left=left, options=options) if all(isinstance(o, Constant) for o in options):
            values = frozenset(comparable(o.value) for o in options if isinstance(o, Constant))
            return [(Atom(left, "in" if holds else "not in", values),)]
        case OneOf(left=left, options=options):
            same = [Compare("=", left, option) for option in options]
            return _any(*(_atoms(s, True) for s in same)) if holds else _all(_atoms(s, False) for s in same)
        case InForce(since=since, until=until):
            inside = tuple(Atom(DAY, op, day) for op, day in ((">=", since), ("<", until)) if day is not None)
            return [inside] if holds else [(Atom(DAY, DENIED[a.op], a.value),) for a in inside]
        case SameKey(negated=negated):
            return [(Atom(attrs.evolve(tree, negated=False), "=", holds is not negated),)]
        case _:
            return [(Atom(tree, "=", holds),)]


def _unknown(tree: Expression) -> list[Way]:
    match tree:
        case Compare(left=left, right=right):
            # A limit in days has no length: it is there, and cannot be compared.
            no_length = [()] if any(isinstance(s, FieldRef | LastOf) and s.type.sort is Sort.LIMIT for s in (left, right)) else []
            return [*((Atom(side, MISSING),) for side in (left, right) if not isinstance(side, Constant)), *no_length]
        case OneOf(left=left):
            return [(Atom(left, MISSING),)]
        case Constant() | Present() | InForce() | SameKey():
            return []
        case _:
            return [(Atom(tree, MISSING),)]


@attrs.define
class Range:
    """What a value may still be."""

    kind: Type | None
    missing: bool | None = None
    allowed: frozenset[object] | None = None
    barred: set[object] = attrs.Factory(set)
    low: tuple[object, bool] | None = None
    high: tuple[object, bool] | None = None

    @property
    def bare(self) -> bool:
        """Whether no value is asked for."""
        return self.allowed is None and not self.barred and self.low is None and self.high is None

    def take(self, atom: Atom) -> bool:
        """Narrows it by *atom*; whether anything is left."""
        value = atom.value
        missing = atom.op == MISSING
        if self.missing is not None and self.missing is not missing:
            return False
        self.missing = missing
        match atom.op:
            case "=":
                self._only(frozenset({value}))
            case "in":
                assert isinstance(value, frozenset)
                self._only(value)
            case "!=":
                self.barred.add(value)
            case "not in":
                assert isinstance(value, frozenset)
                self.barred |= value
            case "<" | "<=":
                if self.high is None or _key(value, atom.op == "<=") < _key(*self.high):
                    self.high = (value, atom.op == "<=")
            case ">" | ">=":
                if self.low is None or _key(value, atom.op == ">") > _key(self.low[0], not self.low[1]):
                    self.low = (value, atom.op == ">=")
        return self._left()

    def _only(self, values: frozenset[object]) -> None:
        self.allowed = values if self.allowed is None else self.allowed & values

    def _left(self) -> bool:
        if self.missing:
            return True
        choices: frozenset[object] | None = self.kind.choices if self.kind is not None and self.kind.sort is Sort.CHOICE else None
        if self.kind == BOOLEAN:
            choices = YES_OR_NO
        allowed = self.allowed if choices is None else choices if self.allowed is None else self.allowed & choices
        if allowed is not None:
            return any(v not in self.barred and self._within(v) for v in allowed)
        if self.low is None or self.high is None:
            return True
        low, high = _key(*self.low)[0], _key(*self.high)[0]
        if low == high:
            return self.low[1] and self.high[1] and self.low[0] not in self.barred
        return bool(low < high)  # type: ignore[operator]

    def _within(self, value: object) -> bool:
        above = self.low is None or value > self.low[0] or (self.low[1] and value == self.low[0])  # type: ignore[operator]
        return above and (self.high is None or value < self.high[0] or (self.high[1] and value == self.high[0]))  # type: ignore[operator]


def _key(value: object, included: bool) -> tuple[object, bool]:
    return (Fraction(value) if isinstance(value, (int, Fraction)) else value, included)


def _stand(part: Between, between: dict[tuple[Expression, Expression], set[str]]) -> bool:
    """Whether two values may stand to each other as *part* and all before it in *between* want."""
    pair, orders = (part.left, part.right), set(part.orders)
    if pair[::-1] in between:
        pair, orders = pair[::-1], {TURNED[sign] for sign in orders}
    between[pair] = between.get(pair, {"="} if pair[0] == pair[1] else {"<", "=", ">"}) & orders
    return bool(between[pair])


def _can(way: Way) -> bool | None:
    """Whether everything in *way* can hold of one event; None where that is not decided here."""
    ranges: dict[Expression, Range] = {}
    between: dict[tuple[Expression, Expression], set[str]] = {}
    for part in way:
        if isinstance(part, Between):
            if not _stand(part, between):
                return False
            continue
        # A parameter has no value before its first day.
        may_lack = may_be_missing(part.term) or any(isinstance(e, ParameterRef) for e in walk(part.term))
        if part.op == MISSING and not may_lack:
            return False
        kind = part.term.type if isinstance(part.term, FieldRef | LastOf) else BOOLEAN if isinstance(part.term, SameKey) else None
        if not ranges.setdefault(part.term, Range(kind)).take(part):
            return False
    linked = [side for pair in between for side in pair]
    alone = all(_alone(term, ranges) for term in ranges)
    return True if alone and all(any(_free(s, ranges, linked) for s in pair) for pair in between) else None


def _alone(term: Expression, ranges: Mapping[Expression, Range]) -> bool:
    """Whether what is asked of *term* can be had whatever the other values are."""
    if isinstance(term, ParameterRef):
        return term.key is None and DAY not in ranges and ranges[term].bare and not ranges[term].missing
    if isinstance(term, OrganisationFact):
        return isinstance(term.of, FieldRef) and (term.of not in ranges or not ranges[term.of].missing)
    if isinstance(term, LastOf):
        return not any(isinstance(o, SameKey) and (o.event_type, o.field) == (term.event_type, term.key) for o in ranges)
    return isinstance(term, (FieldRef, SameKey))


def _free(term: Expression, ranges: Mapping[Expression, Range], linked: list[Expression]) -> bool:
    """Whether *term* can take any value that another one has: nothing else is asked of it."""
    wide = isinstance(term, OrganisationFact) or (
        isinstance(term, FieldRef | LastOf) and term.type.sort not in (Sort.CHOICE, Sort.BOOLEAN, Sort.LIMIT))
    return wide and ranges[term].bare and linked.count(term) == 1


def possible(tree: Expression, parameters: Mapping[str, Parameter] = NO_PARAMETERS) -> bool:
    """Whether some event can make *tree* certainly true. False is proved; True may only mean that nobody could tell."""
    try:
        answers = {_can(way) for way in true(tree)}
    except TooMany:
        answers = {None}
    if True in answers:
        return True
    if None not in answers:
        return False
    if not installed():
        return True
    from accountability.policy.solver import Undecided, example

    try:
        return example(tree, parameters, smallest=False) is not None
    except Undecided:
        return True


def implies(one: Expression, other: Expression, parameters: Mapping[str, Parameter] = NO_PARAMETERS) -> bool:
    """Whether *other* is certainly true of every event of which *one* is. True is proved."""
    return not possible(And((one, Not(Certainly(other)))), parameters)


def always(tree: Expression, parameters: Mapping[str, Parameter] = NO_PARAMETERS) -> bool:
    """Whether *tree* is certainly true of every event. True is proved."""
    return not possible(Not(Certainly(tree)), parameters)


def installed() -> bool:
    """Whether the extra `solver` is there."""
    return find_spec("z3") is not None


def together(parts: Iterable[Expression | None]) -> Expression:
    """All of *parts* at once; those that are None hold of everything."""
    found = tuple(p for p in parts if p is not None)
    return found[0] if len(found) == 1 else And(found)
