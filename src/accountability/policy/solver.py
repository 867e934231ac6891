"""Conditions given to z3: whether an event can make one true, whether two say the same, and the smallest event that shows it.

Every value is encoded with whether it is known, so that the three values of a condition are kept (Kleene). Numbers are reals,
instants and lengths whole microseconds, days whole days, and everything else one of a list of words. A limit in
days has no length: -1. Needs the extra `solver`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import z3

from accountability.policy.deciding import NO_PARAMETERS
from accountability.policy.expression import (
    And,
    Arithmetic,
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
    walk,
)
from accountability.policy.vocabulary import Sort, Type
from accountability.workdays import Limit, Unit

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
TIMEOUT = 2000
"""Milliseconds after which a question counts as undecided."""
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 1, 1)
NO_LENGTH, LONGEST = -1, 8_766_000 * 3600 * 1_000_000
FIRST_INSTANT, LAST_INSTANT = ((datetime(d.year, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND for d in (EARLIEST, LATEST))


class Undecided(Exception):
    """z3 cannot tell, or the condition says what cannot be encoded."""


@attrs.frozen
class Example:
    """An event that shows something, and the world around it: what `evaluate` may be asked of it.

    *facts* hold what the organisation says, by what is asked and of whom; *known* what is known of the same key.
    """

    fields: Mapping[tuple[str, str], object]
    local_day: date
    parameters: Mapping[str, Parameter]
    facts: Mapping[tuple[str, object], object]
    known: frozenset[tuple[str, str]]

    def field(self, scope: str, name: str) -> object:
        return self.fields.get((scope, name))

    def parameter(self, name: str, key: object, has_key: bool) -> object:
        return self.parameters[name].at(self.local_day, key)

    def organisation(self, what: str, of: object) -> object:
        return self.facts.get((what, of))

    def same_key(self, event_type: str, field: str, by_then: bool) -> bool:
        return (event_type, field) in self.known

    def last(self, event_type: str, key: str, field: str, by_then: bool) -> object:
        return self.fields.get((last_of(event_type, key, by_then), field))

    def day(self) -> date:
        return self.local_day


def example(tree: Expression, parameters: Mapping[str, Parameter] = NO_PARAMETERS, *, smallest: bool = True) -> Example | None:
    """An event of which *tree* is certainly true, or None where there is none; with *smallest*, one with the fewest values present
    and the smallest numbers. Raises Undecided.
    """
    return Question(parameters).answer(tree, smallest)


def differing(one: Expression, other: Expression, parameters: Mapping[str, Parameter] = NO_PARAMETERS) -> Example | None:
    """The smallest event of which exactly one of the two is certainly true; None where they say the same. Raises Undecided."""
    a, b = Certainly(one), Certainly(other)
    return example(Or((And((a, Not(b))), And((b, Not(a))))), parameters)


@attrs.frozen
class Coded:
    """A value in z3's terms, and whether it is known."""

    value: Any
    known: Any


class Question:
    """One question to z3. Words are numbered as they come up; a word that no rule names has a number of its own."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.parameters = parameters
        self.words: dict[str, int] = {}
        self.fields: dict[tuple[str, str], tuple[FieldRef, Coded]] = {}
        self.keys: dict[tuple[str, str], Any] = {}
        self.asked: dict[tuple[str, Any], tuple[Type, Coded, Coded]] = {}
        self.bounds: list[Any] = []
        self.day = z3.Int("day")

    def answer(self, tree: Expression, smallest: bool) -> Example | None:
        """The event that *tree* is certainly true of, or None."""
        for part in walk(tree):
            if isinstance(part, Constant) and isinstance(part.value, str):
                self.word(part.value)
        coded = self.condition(tree)
        wanted = [coded.known, coded.value, self.day >= EARLIEST.toordinal(), self.day < LATEST.toordinal(), *self.bounds]
        solver = z3.Solver()
        solver.set("timeout", TIMEOUT)
        solver.add(*wanted)
        answer = solver.check()
        if answer == z3.unsat:
            return None
        if answer != z3.sat:
            raise Undecided
        found = solver.model()
        return self.read((smallest and self.smallest(wanted)) or found)

    def smallest(self, wanted: list[Any]) -> Any | None:
        """The model with the fewest values present and then the smallest whole numbers, if there is one in whole numbers."""
        present = [z3.If(c.known, 1, 0) for c in (*(c for _, c in self.fields.values()), *(c for _, c, _ in self.asked.values()))]
        sizes, whole = [], []
        for field, coded in self.fields.values():
            if field.type.sort is Sort.NUMBER:
                number = z3.ToInt(coded.value)
                whole.append(z3.Implies(coded.known, z3.IsInt(coded.value)))
                sizes.append(z3.If(number < 0, 1 - 2 * number, 2 * number))
            elif field.type.sort is not Sort.BOOLEAN:
                sizes.append(z3.If(coded.value < 0, -coded.value, coded.value))
        optimise = z3.Optimize()
        optimise.set("timeout", TIMEOUT)
        optimise.add(*wanted, *whole)
        optimise.minimize(z3.Sum(present) if present else z3.IntVal(0))
        for size in sizes:
            optimise.minimize(size)
        optimise.minimize(self.day)
        return optimise.model() if optimise.check() == z3.sat else None

    def read(self, model: Any) -> Example:
        """The event that *model* describes."""
        words = {number: text for text, number in self.words.items()}
        fields = {}
        for key, (field, coded) in self.fields.items():
            if z3.is_true(model.eval(coded.known, model_completion=True)):
                fields[key] = decoded(field.type, model.eval(coded.value, model_completion=True), words)
        facts: dict[tuple[str, object], object] = {}
        for (what, _), (kind, coded, of) in self.asked.items():
            if z3.is_true(model.eval(z3.And(coded.known, of.known), model_completion=True)):
                subject = model.eval(of.value, model_completion=True).as_long()
                facts[what, words.get(subject, f"any-{subject}")] = decoded(
                    kind, model.eval(coded.value, model_completion=True), words)
        known = frozenset(k for k, bit in self.keys.items() if z3.is_true(model.eval(bit, model_completion=True)))
        day = model.eval(self.day, model_completion=True).as_long()
        return Example(fields, date.fromordinal(day), self.parameters, facts, known)

    def word(self, text: str) -> int:
        return self.words.setdefault(text, len(self.words))

    def condition(self, tree: Expression) -> Coded:
        """*tree*, which is true, false or unknown."""
        yes = z3.BoolVal(True)
        match tree:
            case And(parts=parts):
                coded = [self.condition(p) for p in parts]
                refuted = z3.Or(*(z3.And(c.known, z3.Not(c.value)) for c in coded))
                return Coded(z3.Not(refuted), z3.Or(refuted, z3.And(*(c.known for c in coded))))
            case Or(parts=parts):
                coded = [self.condition(p) for p in parts]
                shown = z3.Or(*(z3.And(c.known, c.value) for c in coded))
                return Coded(shown, z3.Or(shown, z3.And(*(c.known for c in coded))))
            case Not(part=part):
                inner = self.condition(part)
                return Coded(z3.Not(inner.value), inner.known)
            case Certainly(of=of):
                inner = self.condition(of)
                return Coded(z3.And(inner.known, inner.value), yes)
            case Present(of=of, negated=negated):
                known = self.value(of).known
                return Coded(z3.Not(known) if negated else known, yes)
            case Constant(value=bool() as value):
                return Coded(z3.BoolVal(value), yes)
            case Compare(op=op, left=left, right=right):
                a, b = self.value(left), self.value(right)
                long = [v.value >= 0 for v, e in ((a, left), (b, right)) if sort_of(e) is Sort.LIMIT]
                return Coded(COMPARED[op](a.value, b.value), z3.And(a.known, b.known, *long))
            case OneOf(left=left, options=options):
                a, found = self.value(left), [self.value(o) for o in options]
                return Coded(z3.Or(*(z3.And(o.known, a.value == o.value) for o in found)), a.known)
            case SameKey(event_type=event_type, field=field, negated=negated):
                bit = self.keys.setdefault((event_type, field), z3.Bool(f"known {event_type} {field}"))
                return Coded(z3.Not(bit) if negated else bit, yes)
            case InForce(since=since, until=until):
                inside = [self.day >= since.toordinal()] if since else []
                inside += [self.day < until.toordinal()] if until else []
                return Coded(z3.And(*inside) if inside else yes, yes)
            case _:
                return self.value(tree)

    def value(self, tree: Expression) -> Coded:
        """*tree*, a value that may be missing."""
        match tree:
            case Constant(value=value):
                return Coded(self.constant(value), z3.BoolVal(True))
            case FieldRef():
                return self.field(tree)
            case LastOf(event_type=event_type, key=key, field=name, type=kind, by_then=by_then):
                coded = self.field(FieldRef(last_of(event_type, key, by_then), name, kind, optional=True))
                # Where there is a last one, there is one.
                bit = self.keys.setdefault((event_type, key), z3.Bool(f"known {event_type} {key}"))
                self.bounds.append(z3.Implies(coded.known, bit))
                return coded
            case ParameterRef(name=name, key=key):
                return self.parameter(name, None if key is None else self.value(key))
            case OrganisationFact(what=what, of=of, type=kind):
                return self.fact(what, self.value(of), kind)
            case Arithmetic(op=op, left=left, right=right):
                return self.reckoned(op, left, right)
            case _:
                return self.condition(tree)

    def field(self, field: FieldRef) -> Coded:
        key = (field.scope, field.name)
        if key not in self.fields:
            name = f"{field.scope} {field.name}"
            value = variable(field.type, name)
            known = z3.Bool(f"{name} is known") if field.optional else z3.BoolVal(True)
            self.fields[key] = (field, Coded(value, known))
            self.bounds += self.bounded(field.type, value)
        return self.fields[key][1]

    def bounded(self, kind: Type, value: Any) -> list[Any]:
        """What every value of that type keeps to."""
        match kind.sort:
            case Sort.CHOICE:
                return [z3.Or(*(value == self.word(c) for c in sorted(kind.choices)))]
            case Sort.TEXT | Sort.REFERENCE:
                return [value >= 0]
            case Sort.INSTANT:
                return [value >= FIRST_INSTANT, value <= LAST_INSTANT]
            case Sort.DATE:
                return [value >= EARLIEST.toordinal(), value < LATEST.toordinal()]
            case Sort.LIMIT:
                return [value >= NO_LENGTH, value <= LONGEST]
            case _:
                return []

    def parameter(self, name: str, key: Coded | None) -> Coded:
        declared = self.parameters.get(name)
        if declared is None:
            raise Undecided
        empty: Any = None
        rows = []
        for version in declared.versions:
            in_force = self.day >= version.since.toordinal() if version.since > EARLIEST else z3.BoolVal(True)
            table: dict[str | None, object] = {None: version.value}
            if version.table is not None:
                table = {row: v for row, v in version.table.items()}  # noqa: C416
            rows.append((in_force, {row: self.constant(v) for row, v in table.items()}))
            empty = next(iter(rows[-1][1].values())) if empty is None else empty
        value, known = empty, z3.BoolVal(False)
        for in_force, table in rows:
            here, has = empty, z3.BoolVal(False)
            for row, one in table.items():
                this = z3.BoolVal(True) if row is None or key is None else z3.And(key.known, key.value == self.word(row))
                here, has = z3.If(this, one, here), z3.Or(this, has)
            value, known = z3.If(in_force, here, value), z3.If(in_force, has, known)
        return Coded(value, known)

    def fact(self, what: str, of: Coded, kind: Type) -> Coded:
        """What the organisation says of the same post or unit is the same, whatever it is called here."""
        sort = z3.RealSort() if kind.sort is Sort.NUMBER else z3.IntSort()
        value = z3.Function(what, z3.IntSort(), sort)(of.value)
        known = z3.And(of.known, z3.Function(f"{what} is known", z3.IntSort(), z3.BoolSort())(of.value))
        self.bounds.append(value >= 0)
        coded = Coded(value, known)
        self.asked[what, of.value] = (kind, coded, of)
        return coded

    def reckoned(self, op: str, left: Expression, right: Expression) -> Coded:
        a, b = self.value(left), self.value(right)
        known = z3.And(a.known, b.known)
        lengths = [sort_of(e) is Sort.LIMIT for e in (left, right)]
        if not any(lengths):
            if op == "/":
                return Coded(a.value / b.value, z3.And(known, b.value != 0))
            return Coded({"+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value}[op], known)
        if isinstance(left if lengths[0] else right, FieldRef | LastOf):
            raise Undecided
        limit, factor = (a, b) if lengths[0] else (b, a)
        exact = limit.value / factor.value if op == "/" else limit.value * factor.value
        whole = z3.ToInt(exact)
        rest = exact - whole
        half = z3.RealVal("1/2")
        value = z3.If(z3.Or(rest > half, z3.And(rest == half, whole % 2 == 1)), whole + 1, whole)
        possible = z3.And(known, value >= 0, value <= LONGEST, exact >= 0, *([factor.value != 0] if op == "/" else []))
        return Coded(value, possible)

    def constant(self, value: object) -> Any:
        match value:
            case bool():
                return z3.BoolVal(value)
            case int() | Fraction() | Decimal():
                number = Fraction(value)
                return z3.RealVal(f"{number.numerator}/{number.denominator}")
            case str():
                return z3.IntVal(self.word(value))
            case datetime():
                return z3.IntVal((value - EPOCH) // MICROSECOND)
            case date():
                return z3.IntVal(value.toordinal())
            case Limit(span=timedelta() as span):
                return z3.IntVal(span // MICROSECOND)
            case _:
                raise Undecided


COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}


def sort_of(tree: Expression) -> Sort | None:
    """The sort of a value; None for a condition."""
    return tree.type.sort if isinstance(
        tree, Constant | FieldRef | ParameterRef | OrganisationFact | Arithmetic | LastOf) else None


def last_of(event_type: str, key: str, by_then: bool) -> str:
    """The scope of the fields of the last event of a type with the trigger's *key*, beside `trigger` and `act`."""
    return f"last {event_type} of the same {key}" + " by then" * by_then


def variable(kind: Type, name: str) -> Any:
    """An unknown of that type."""
    match kind.sort:
        case Sort.BOOLEAN:
            return z3.Bool(name)
        case Sort.NUMBER:
            return z3.Real(name)
        case Sort.LIMIT if kind.kind == "calendar":
            raise Undecided
        case _:
            return z3.Int(name)


def decoded(kind: Type, value: Any, words: Mapping[int, str]) -> object:
    """What a value of z3's stands for."""
    match kind.sort:
        case Sort.BOOLEAN:
            return z3.is_true(value)
        case Sort.NUMBER:
            if not z3.is_rational_value(value):
                raise Undecided
            number = Fraction(value.numerator_as_long(), value.denominator_as_long())
            return int(number) if number.denominator == 1 else number
        case Sort.INSTANT:
            return EPOCH + value.as_long() * MICROSECOND
        case Sort.DATE:
            return date.fromordinal(value.as_long())
        case Sort.LIMIT:
            number = value.as_long()
            return Limit(Fraction(1), Unit.DAY) if number == NO_LENGTH else Limit(Fraction(number, 1_000_000), Unit.SECOND)
        case _:
            return words.get(value.as_long(), f"any-{value.as_long()}")
