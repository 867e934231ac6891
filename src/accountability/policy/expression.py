"""The expression language: conditions and amounts. One tree, which is checked, run, compiled and shown.

Total and typed; a missing field makes a comparison *unknown* (None), `and`, `or` and `not` follow Kleene, and a condition holds
only where it is certainly true. `is missing` and `is present` are the explicit tests. There are no loops and no functions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import attrs

from accountability.errors import Span
from accountability.policy.vocabulary import Sort, Type
from accountability.workdays import Limit


@attrs.frozen
class Constant:
    """A value that stands in the rule file."""

    value: object
    type: Type


@attrs.frozen
class FieldRef:
    """A field of the trigger or of the act (the discharge, decision or joined fact); *scope* is `trigger` or `act`."""

    scope: str
    name: str
    type: Type
    optional: bool = False


@attrs.frozen
class ParameterRef:
    """A dated parameter, read on the trigger's local day; *key* chooses a row where it is a table."""

    name: str
    type: Type
    key: Expression | None = None


@attrs.frozen
class OrganisationFact:
    """What the organisation says of a post or unit: `unit`, `role`, `rank`, `level`, `parent`. Missing where it knows none."""

    what: str
    of: Expression
    type: Type


@attrs.frozen
class Compare:
    op: str
    left: Expression
    right: Expression


@attrs.frozen
class OneOf:
    left: Expression
    options: tuple[Expression, ...]


@attrs.frozen
class Present:
    """`x is present`; with *negated*, `x is missing`. Never unknown."""

    of: Expression
    negated: bool = False


@attrs.frozen
class And:
    parts: tuple[Expression, ...]


@attrs.frozen
class Or:
    parts: tuple[Expression, ...]


@attrs.frozen
class Not:
    part: Expression


@attrs.frozen
class Arithmetic:
    op: str
    left: Expression
    right: Expression
    type: Type


@attrs.frozen
class SameKey:
    """`any T of the same f` (with *negated*, `no T …`): by the clock an event of type T with the trigger's value of f is known.

    T may also be what a rule concludes, such as `standing of R`: what holds for a while must then hold at the trigger's instant.
    """

    event_type: str
    field: str
    negated: bool = False
    concluded: bool = False
    """Whether *event_type* is what a rule concludes."""
    by_then: bool = False
    """Whether an event counts only if it happened by the trigger's instant: what a step needs must be there when it is taken."""


@attrs.frozen
class LastOf:
    """`f of last T of the same k`: field f of the last event of type T, by its order, with the trigger's value of k.

    Of all that is known by the clock, as with `any T of the same k`; so of what came after the trigger too. Missing where there is
    no such event, or where the last one has no f.
    """

    event_type: str
    key: str
    field: str
    type: Type
    by_then: bool = False
    """Whether an event counts only if it happened by the trigger's instant, as with `SameKey`."""


@attrs.frozen
class Certainly:
    """Whether *of* is certainly true. Never unknown: an exception that cannot be told does not hold."""

    of: Expression


@attrs.frozen
class InForce:
    """Whether the trigger's local day is *since* or later and before *until*."""

    since: date | None = None
    until: date | None = None


Expression = (
    Constant | FieldRef | ParameterRef | OrganisationFact | Compare | OneOf | Present | And | Or | Not | Arithmetic | SameKey
    | LastOf | Certainly | InForce
)


class World(Protocol):
    """What an expression may ask. Every answer is None where there is nothing."""

    def field(self, scope: str, name: str) -> object: ...
    def parameter(self, name: str, key: object, has_key: bool) -> object: ...
    def organisation(self, what: str, of: object) -> object: ...
    def same_key(self, event_type: str, field: str, by_then: bool) -> bool: ...
    def last(self, event_type: str, key: str, field: str, by_then: bool) -> object: ...
    def day(self) -> date: ...


COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "=": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,  # type: ignore[dict-item]
}


def evaluate(tree: Expression, world: World) -> object:
    """The value of *tree*; None is unknown or missing. This is the meaning; the compiler's closures must agree with it."""
    match tree:
        case Constant(value=value):
            return value
        case FieldRef(scope=scope, name=name):
            return world.field(scope, name)
        case ParameterRef(name=name, key=key):
            chosen = None if key is None else evaluate(key, world)
            return None if key is not None and chosen is None else world.parameter(name, chosen, key is not None)
        case OrganisationFact(what=what, of=of):
            subject = evaluate(of, world)
            return None if subject is None else world.organisation(what, subject)
        case Compare(op=op, left=left, right=right):
            a, b = comparable(evaluate(left, world)), comparable(evaluate(right, world))
            return None if a is None or b is None else COMPARISONS[op](a, b)
        case OneOf(left=left, options=options):
            a = evaluate(left, world)
            return None if a is None else any(a == evaluate(option, world) for option in options)
        case Present(of=of, negated=negated):
            return (evaluate(of, world) is None) is negated
        case And(parts=parts):
            values = [evaluate(part, world) for part in parts]
            return False if any(v is False for v in values) else None if None in values else True
        case Or(parts=parts):
            values = [evaluate(part, world) for part in parts]
            return True if any(v is True for v in values) else None if None in values else False
        case Not(part=part):
            inner = evaluate(part, world)
            return None if inner is None else not inner
        case Arithmetic(op=op, left=left, right=right):
            a, b = evaluate(left, world), evaluate(right, world)
            return None if a is None or b is None else arithmetic(op, a, b)
        case SameKey(event_type=event_type, field=field, negated=negated, by_then=by_then):
            return world.same_key(event_type, field, by_then) is not negated
        case LastOf(event_type=event_type, key=key_field, field=field, by_then=by_then):
            return world.last(event_type, key_field, field, by_then)
        case Certainly(of=of):
            return evaluate(of, world) is True
        case InForce(since=since, until=until):
            return (since is None or since <= world.day()) and (until is None or world.day() < until)


def holds(tree: Expression | None, world: World) -> bool:
    """Whether a condition is certainly true; no condition always holds."""
    return tree is None or evaluate(tree, world) is True


def comparable(value: object) -> object:
    """What a value is compared by: a limit in hours by its length, a number exactly. A limit in days has no length: missing."""
    if isinstance(value, Limit):
        return value.span
    return Fraction(value) if isinstance(value, Decimal) else value


def arithmetic(op: str, a: object, b: object) -> object:
    """`+ - * /` on numbers (exact); a limit times a number. Expressions are total: what there is not, such as a number divided by
    zero, a negative limit, a part of a day or a thousand years, is missing and no error.
    """
    if isinstance(a, Limit) and isinstance(b, (int, Decimal, Fraction)):
        if op == "/" and b == 0:
            return None
        try:
            return a.multiplied(Fraction(b) if op == "*" else 1 / Fraction(b))
        except ValueError:
            return None
    if isinstance(b, Limit):
        return arithmetic(op, b, a)
    assert isinstance(a, (int, Decimal, Fraction))
    assert isinstance(b, (int, Decimal, Fraction))
    left, right = Fraction(a), Fraction(b)
    if op == "/":
        return None if right == 0 else left / right
    return {"+": left + right, "-": left - right, "*": left * right}[op]


def parts_of(condition: Expression | None) -> Iterator[Expression]:
    """The conditions that must all hold for *condition* to hold."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from parts_of(part)
    elif condition is not None:
        yield condition


def children(tree: Expression) -> tuple[Expression, ...]:
    """The parts directly below *tree*."""
    match tree:
        case ParameterRef(key=key):
            return () if key is None else (key,)
        case OrganisationFact(of=of) | Present(of=of) | Certainly(of=of):
            return (of,)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case OneOf(left=left, options=options):
            return (left, *options)
        case And(parts=parts) | Or(parts=parts):
            return parts
        case Not(part=part):
            return (part,)
        case _:
            return ()


def walk(tree: Expression | None) -> Iterator[Expression]:
    """*tree* and everything below it."""
    if tree is not None:
        yield tree
        for child in children(tree):
            yield from walk(child)


def may_be_missing(tree: Expression) -> bool:
    """Whether the value can be missing on an event that the vocabulary accepts."""
    match tree:
        case FieldRef(optional=optional):
            return optional
        case ParameterRef(key=key):
            return key is not None and (not isinstance(key, FieldRef) or not key.type.choices or key.optional)
        case OrganisationFact() | LastOf():
            return True
        case Arithmetic(op="/", right=right) if not (isinstance(right, Constant) and right.value):
            return True
        case Arithmetic(left=left, right=right, type=kind) if kind.sort is Sort.LIMIT:
            # A number from an event may be negative, and there is no negative limit.
            typed = isinstance(right, Constant | FieldRef | ParameterRef | Arithmetic | LastOf) and right.type.sort is Sort.LIMIT
            factor = left if typed else right
            return not isinstance(factor, (Constant, ParameterRef)) or any(map(may_be_missing, (left, right)))
        case _:
            return any(map(may_be_missing, children(tree)))


@attrs.frozen
class ParameterVersion:
    """The value of a parameter from *since* (a local day) until the next version: one value, or a table by text."""

    since: date
    value: object
    table: Mapping[str, object] | None = None


@attrs.frozen
class Parameter:
    """A dated, cited number, so that a new limit from 1 March changes nothing before it."""

    name: str
    type: Type
    versions: tuple[ParameterVersion, ...]
    source: str = ""
    span: Span | None = attrs.field(default=None, eq=False)
    chosen: bool = False
    """Whether whoever wrote the pack chose it, because the source leaves it open."""

    @property
    def same_always(self) -> bool:
        """Whether it has one version, in force on every day."""
        return len(self.versions) == 1 and self.versions[0].since == date.min

    def at(self, day: date, key: object = None) -> object:
        """The value in force on the local *day*; None before the first version or for an unknown row."""
        current = None
        for version in self.versions:
            if version.since <= day:
                current = version
        if current is None:
            return None
        return current.value if current.table is None else current.table.get(str(key))
