"""What an expression means and what its closure says are one thing. The trees are random and well typed; the worlds lack things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import attrs
from hypothesis import event, given
from hypothesis import strategies as st

from accountability.engine.closures import Compiler
from accountability.event import Event
from accountability.organisation import Organisation, Post, Unit
from accountability.policy.expression import (
    And,
    Arithmetic,
    Compare,
    Constant,
    Expression,
    FieldRef,
    LastOf,
    Not,
    OneOf,
    Or,
    OrganisationFact,
    Parameter,
    ParameterRef,
    ParameterVersion,
    Present,
    SameKey,
    evaluate,
    holds,
    walk,
)
from accountability.policy.vocabulary import Sort, Type
from accountability.workdays import Limit

BOOLEAN, NUMBER, TEXT, DATE, INSTANT = (Type(s) for s in (Sort.BOOLEAN, Sort.NUMBER, Sort.TEXT, Sort.DATE, Sort.INSTANT))
LIMIT, UNIT, POST = Type(Sort.LIMIT, kind="clock"), Type(Sort.REFERENCE, kind="unit"), Type(Sort.REFERENCE, kind="post")
ZONE = ZoneInfo("America/St_Johns")
NIGHT = datetime(2010, 11, 7, 2, 29, tzinfo=UTC)  # two minutes later the clocks go back, from 00:01 to 23:01 of the day before

VALUES: Mapping[Type, tuple[object, ...]] = {
    BOOLEAN: (True, False),
    NUMBER: (0, 1, 2, -1, Decimal("0.5"), Decimal("2.0"), Decimal("0.1"), 10**30),
    TEXT: ("a", "b", "head", "town"),
    DATE: (date(2010, 11, 6), date(2010, 11, 7)),
    INSTANT: (NIGHT, NIGHT + timedelta(hours=1)),
    LIMIT: tuple(map(Limit.parse, ("0h", "1h", "60 min", "2h", "1 day", "2 working days"))),
    UNIT: ("u0", "u1", "nowhere"),
    POST: ("u0/chief", "u1/head", "nowhere/head"),
}
SCOPES = [("trigger", f"{kind.sort.name} {kind.kind} {n}".lower(), kind) for kind in VALUES for n in (1, 2)] + [
    ("act", f"{kind.sort.name} {kind.kind} 1".lower(), kind) for kind in VALUES
]
LATER = NIGHT + timedelta(minutes=30)
ORGANISATION = Organisation.of(
    [Unit("u0", "", "county"), Unit("u1", "", "village", "u0", until=NIGHT), Unit("u1", "", "town", "u0", since=NIGHT)],
    [Post("u0/chief", "u0", "chief", 1), Post("u1/head", "u1", "head", 2),
     Post("u1/head", "u1", "head", 2, until=LATER, recorded=LATER),
     Post("u1/head", "u1", "deputy", 1, since=LATER, recorded=LATER)])
DAYS = (date(2010, 11, 1), date(2010, 11, 6), date(2010, 11, 7))


def _parameter(name: str, kind: Type, table: bool) -> Parameter:
    values = VALUES[kind]
    return Parameter(
        name,
        kind,
        tuple(
            ParameterVersion(day, None, {"a": values[n], "head": values[n - 1]}) if table else ParameterVersion(day, values[n])
            for n, day in enumerate(DAYS)
        ),
    )


PARAMETERS = {
    p.name: p for kind in (NUMBER, LIMIT) for p in (_parameter(f"{kind} one", kind, False), _parameter(f"{kind} of", kind, True))
}
EVENTS = ("step.done", "fault.found")


def of(kind: Type, depth: int) -> st.SearchStrategy[Expression]:
    """A tree of that type."""
    leaves: list[st.SearchStrategy[Expression]] = [
        st.sampled_from([FieldRef(s, n, k, optional=True) for s, n, k in SCOPES if k == kind])
    ]
    keys = [n for s, n, k in SCOPES if s == "trigger" and k in (UNIT, NUMBER)]
    field = f"{kind.sort.name} {kind.kind} 1".lower()
    leaves.append(st.builds(LastOf, st.sampled_from(EVENTS), st.sampled_from(keys), st.just(field), st.just(kind), st.booleans()))
    if kind is not BOOLEAN:
        leaves.append(st.sampled_from([Constant(v, kind) for v in VALUES[kind] if not (isinstance(v, Limit) and v.span is None)]))
    if kind in (NUMBER, LIMIT):
        leaves.append(st.just(ParameterRef(f"{kind} one", kind)))
    if depth == 0:
        return st.one_of(leaves)
    below = depth - 1
    if kind == BOOLEAN:
        parts = st.lists(of(BOOLEAN, below), min_size=2, max_size=3).map(tuple)
        return st.one_of(
            *leaves,
            compared(below),
            compared(below),
            chosen(below),
            st.builds(And, parts),
            st.builds(Or, parts),
            st.builds(Not, of(BOOLEAN, below)),
            present(below),
            asked(),
        )
    if kind == NUMBER:
        leaves += [
            st.builds(Arithmetic, st.sampled_from("+-*/"), of(NUMBER, below), of(NUMBER, below), st.just(NUMBER)),
            st.builds(OrganisationFact, st.just("rank"), of(POST, below), st.just(NUMBER)),
        ]
    if kind == LIMIT:
        leaves += [
            st.builds(Arithmetic, st.sampled_from("*/"), of(LIMIT, below), of(NUMBER, below), st.just(LIMIT)),
            st.builds(Arithmetic, st.just("*"), of(NUMBER, below), of(LIMIT, below), st.just(LIMIT)),
        ]
    if kind in (NUMBER, LIMIT):
        leaves.append(st.builds(ParameterRef, st.just(f"{kind} of"), st.just(kind), of(TEXT, below)))
    if kind == TEXT:
        leaves += [
            st.builds(OrganisationFact, st.just("role"), of(POST, below), st.just(TEXT)),
            st.builds(OrganisationFact, st.just("level"), of(UNIT, below), st.just(TEXT)),
        ]
    if kind == UNIT:
        leaves += [
            st.builds(OrganisationFact, st.just("unit"), of(POST, below), st.just(UNIT)),
            st.builds(OrganisationFact, st.just("parent"), of(UNIT, below), st.just(UNIT)),
        ]
    return st.one_of(leaves)


def compared(depth: int) -> st.SearchStrategy[Expression]:
    ordered, plain = ("=", "!=", "<", "<=", ">", ">="), ("=", "!=")
    return st.sampled_from([k for k in VALUES if k != BOOLEAN]).flatmap(
        lambda kind: st.builds(
            Compare, st.sampled_from(ordered if kind in (NUMBER, LIMIT, DATE, INSTANT) else plain), of(kind, depth), of(kind, depth)
        )
    )


def chosen(depth: int) -> st.SearchStrategy[Expression]:
    return st.sampled_from([NUMBER, TEXT, UNIT, POST, LIMIT, DATE]).flatmap(
        lambda kind: st.builds(OneOf, of(kind, depth), st.lists(of(kind, depth) | of(kind, 0), min_size=1, max_size=3).map(tuple))
    )


def present(depth: int) -> st.SearchStrategy[Expression]:
    return st.sampled_from(list(VALUES)).flatmap(lambda kind: st.builds(Present, of(kind, depth), st.booleans()))


def asked() -> st.SearchStrategy[Expression]:
    names = [n for s, n, k in SCOPES if s == "trigger" and k in (UNIT, NUMBER)]
    return st.builds(SameKey, st.sampled_from(EVENTS), st.sampled_from(names), st.booleans())


@attrs.frozen
class World:
    """What is known: the trigger, the act, the instant, and the values that events of a type are known to have."""

    trigger: Mapping[str, object]
    act: Mapping[str, object]
    at: datetime
    known: Mapping[tuple[str, str], frozenset[object]]
    happened: Sequence[Event]

    def field(self, scope: str, name: str) -> object:
        return (self.act if scope == "act" else self.trigger).get(name)

    def parameter(self, name: str, key: object, has_key: bool) -> object:
        return PARAMETERS[name].at(self.at.astimezone(ZONE).date(), key)

    def organisation(self, what: str, of: object) -> object:
        return ORGANISATION.fact(what, str(of), self.at, LATER)

    def same_key(self, event_type: str, field: str, by_then: bool) -> bool:
        return self.trigger.get(field) in self.known.get((event_type, field), frozenset())

    def last(self, event_type: str, key: str, field: str, by_then: bool) -> object:
        mine = self.trigger.get(key)
        found = [e for e in self.happened if e.type == event_type and e.fields.get(key) == mine
                 and (not by_then or e.occurred_at <= self.at)]
        return sorted(found, key=lambda e: e.order)[-1].fields.get(field) if found else None


def fields(scope: str) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional={n: st.sampled_from(VALUES[k]) for s, n, k in SCOPES if s == scope})


worlds = st.builds(
    World,
    fields("trigger"),
    fields("act"),
    st.sampled_from([NIGHT + timedelta(minutes=n) for n in (-1500, -60, 0, 1, 2, 30, 61, 1500)]),
    st.fixed_dictionaries(
        {
            (e, n): st.frozensets(st.sampled_from(VALUES[k]), max_size=2)
            for e in EVENTS
            for s, n, k in SCOPES
            if s == "trigger" and k in (UNIT, NUMBER)
        }
    ),
    st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 3), fields("trigger")), max_size=4).map(
        lambda told: [Event(id=str(n), source="desk", type=type_, occurred_at=NIGHT + timedelta(hours=hours),
                            recorded_at=NIGHT + timedelta(hours=hours), fields=values)
                      for n, (type_, hours, values) in enumerate(told)]),
)


def compiler(world: World) -> Compiler:
    made = Compiler(PARAMETERS, ORGANISATION, ZONE, {key: dict.fromkeys(values, 1) for key, values in world.known.items()},
                    known_at=lambda: LATER)
    for one in world.happened:
        for key in {n for s, n, k in SCOPES if s == "trigger" and k in (UNIT, NUMBER)}:
            made.last((one.type, key)).put(one.fields.get(key), one)
    return made


@given(of(BOOLEAN, 3), worlds)
def test_a_compiled_condition_holds_where_it_certainly_holds(tree: Expression, world: World) -> None:
    """A closure for a condition is true exactly where `evaluate` says certainly true: not where it is false, nor where unknown."""
    closure = compiler(world).condition(tree)
    assert closure is not None
    assert bool(closure(world.trigger, world.act, world.at)) is holds(tree, world)
    event(f"it is {evaluate(tree, world)}")


@given(st.sampled_from([NUMBER, LIMIT, TEXT, UNIT, INSTANT, BOOLEAN]).flatmap(lambda kind: of(kind, 3)), worlds)
def test_a_compiled_amount_is_what_it_means(tree: Expression, world: World) -> None:
    """A closure for an amount gives what `evaluate` gives, missing where that is missing."""
    found, meant = compiler(world).amount(tree)(world.trigger, world.act, world.at), evaluate(tree, world)
    assert found == meant
    assert type(found) is type(meant)
    event(f"it is {'missing' if meant is None else 'there'}, {sum(1 for _ in walk(tree)) // 5 * 5} parts or more")


@given(st.lists(st.sampled_from([1, 2, Decimal("0.5")]), min_size=60, max_size=130), st.sampled_from([And, Or, Arithmetic]))
def test_however_long_an_expression_is_it_compiles(numbers: list[int | Decimal], kind: type) -> None:
    """A sum or a condition of a hundred parts, as a list of many cases has, gives a closure like any other."""
    world = World({}, {}, NIGHT, {}, [])
    tree: Expression = Constant(0, NUMBER)
    for number in numbers:
        tree = Arithmetic("+", tree, Constant(number, NUMBER), NUMBER)
    if kind is not Arithmetic:
        condition: Expression = Compare(">", tree, Constant(60, NUMBER))
        for number in numbers:
            condition = kind((condition, Compare(">", Constant(number, NUMBER), Constant(0, NUMBER))))
        assert bool(compiler(world).condition(condition)({}, {}, NIGHT)) is holds(condition, world)  # type: ignore[misc]
    assert compiler(world).amount(tree)({}, {}, NIGHT) == evaluate(tree, world) == sum(map(Fraction, numbers))
