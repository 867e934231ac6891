"""What is said of all events at once agrees with what is found by trying them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountability.policy.deciding import always, implies, possible
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
    ParameterVersion,
    Present,
    SameKey,
    evaluate,
)
from accountability.policy.vocabulary import BOOLEAN, CLOCK, DATE, NUMBER, TEXT, UNIT, WORD, Sort, Type
from accountability.workdays import Limit

z3 = pytest.importorskip("z3", reason="the extra `solver` is not installed")
from accountability.policy.solver import Example, Undecided, differing, example  # noqa: E402

PLACE = Type(Sort.CHOICE, frozenset({"city", "capital"}))
FIELDS = {
    "place": FieldRef("trigger", "place", PLACE),
    "area": FieldRef("trigger", "area", PLACE, optional=True),
    "people": FieldRef("trigger", "people", NUMBER),
    "hurt": FieldRef("act", "hurt", NUMBER, optional=True),
    "grave": FieldRef("trigger", "grave", BOOLEAN, optional=True),
    "word": FieldRef("trigger", "word", TEXT),
    "unit": FieldRef("trigger", "unit", UNIT),
    "held": FieldRef("trigger", "held", DATE, optional=True),
    "at": FieldRef("trigger", "at", Type(Sort.INSTANT)),
    "grace": FieldRef("trigger", "grace", CLOCK, optional=True),
    "tone": FieldRef("last talk.missed of the same unit", "tone", NUMBER, optional=True),
}
TONE = LastOf("talk.missed", "unit", "tone", NUMBER)
HOUR, DAY = Limit.parse("1h"), Limit.parse("1 day")
VALUES: Mapping[str, tuple[object, ...]] = {
    "place": ("city", "capital"), "area": (None, "city", "capital"), "people": (0, 1, 2, 5), "hurt": (None, 0, 1, 2),
    "grave": (None, True, False), "word": ("city", "else"), "unit": ("u1", "u2"),
    "held": (None, date(2026, 3, 1), date(2026, 3, 2)),
    "tone": (None, 0, 1, 3),
    "at": (datetime(2026, 3, 1, tzinfo=UTC),), "grace": (None, HOUR, Limit.parse("3h"), DAY),
}
PARAMETERS = {
    "most": Parameter("most", NUMBER, (ParameterVersion(date(2026, 1, 1), 1), ParameterVersion(date(2026, 6, 1), 3))),
    "share": Parameter("share", NUMBER, (ParameterVersion(date.min, None, {"city": 1, "capital": 2}),)),
    "pace": Parameter("pace", CLOCK, (ParameterVersion(date.min, Limit.parse("2h")),)),
}
DAYS = (date(2025, 12, 31), date(2026, 3, 1), date(2026, 7, 1))
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def number(value: int) -> Constant:
    return Constant(value, NUMBER)


def atoms() -> st.SearchStrategy[Expression]:
    """Comparisons of a value with a constant, and of values with each other."""
    people, hurt = FIELDS["people"], FIELDS["hurt"]
    own = [field for name, field in FIELDS.items() if name != "tone"]
    most, share = ParameterRef("most", NUMBER), ParameterRef("share", NUMBER, FIELDS["area"])
    numbers: st.SearchStrategy[Expression] = st.sampled_from([
        people, hurt, TONE, most, share, number(0), number(1), number(2), Arithmetic("+", people, hurt, NUMBER),
        Arithmetic("*", people, number(2), NUMBER), Arithmetic("/", number(2), hurt, NUMBER)])
    lengths: st.SearchStrategy[Expression] = st.sampled_from([
        FIELDS["grace"], Constant(HOUR, CLOCK), ParameterRef("pace", CLOCK), Arithmetic("*", Constant(HOUR, CLOCK), people, CLOCK)])
    level = OrganisationFact("level", FIELDS["unit"], WORD)
    return st.one_of(
        st.builds(Compare, SIGNS, st.sampled_from([people, hurt, TONE]), st.builds(number, st.integers(-1, 6))),
        st.builds(Compare, SIGNS, numbers, numbers),
        st.builds(Compare, SIGNS, lengths, lengths),
        st.builds(Compare, SIGNS, st.just(FIELDS["held"]), st.builds(Constant, st.dates(date(2026, 2, 27), date(2026, 3, 4)),
                                                                    st.just(DATE))),
        st.builds(Compare, st.sampled_from(["=", "!="]), st.sampled_from([FIELDS[n] for n in ("place", "area", "word")]),
                  st.sampled_from([Constant("city", PLACE), Constant("capital", PLACE), FIELDS["area"]])),
        st.builds(Compare, st.sampled_from(["=", "!="]), st.just(level), st.just(Constant("town", WORD))),
        st.builds(OneOf, st.sampled_from([FIELDS["place"], FIELDS["area"]]),
                  st.lists(st.sampled_from([Constant("city", PLACE), Constant("capital", PLACE)]), max_size=2).map(tuple)),
        st.builds(Present, st.sampled_from([*own, TONE, most, share, level]), st.booleans()),
        st.builds(SameKey, st.just("talk.missed"), st.just("unit"), st.booleans()),
        st.builds(InForce, st.sampled_from([None, *DAYS]), st.sampled_from([None, *DAYS])),
        st.sampled_from([FIELDS["grave"], Constant(True, BOOLEAN)]))


def conditions() -> st.SearchStrategy[Expression]:
    return st.recursive(atoms(), lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(Certainly, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple))), max_leaves=5)


def worlds(*trees: Expression) -> Iterator[Example]:
    """Every event of a small world, as far as *trees* can tell them apart."""
    text = repr(trees)
    names = [n for n in VALUES if f"name={n!r}" in text or f"field={n!r}, type" in text]
    days = DAYS if "InForce" in text or "'most'" in text else DAYS[:1]
    facts = ({}, {("level", "u1"): "town"}) if "'level'" in text else ({},)
    known = (frozenset(), frozenset({("talk.missed", "unit")})) if "SameKey" in text or "tone" in text else (frozenset(),)
    for values in itertools.product(*(VALUES[n] for n in names)):
        fields = {(FIELDS[n].scope, n): v for n, v in zip(names, values, strict=True) if v is not None}
        for day, fact, seen in itertools.product(days, facts, known):
            if seen or not any(name == "tone" for _, name in fields):  # where there is a last one, there is one
                yield Example(fields, day, PARAMETERS, fact, seen)


@given(conditions())
def test_what_some_event_does_is_possible(tree: Expression) -> None:
    """Whatever is true of one event is never called impossible, with the solver and without it."""
    tried = any(evaluate(tree, w) is True for w in worlds(tree))
    assert possible(tree, PARAMETERS) or not tried


@given(conditions())
def test_the_example_is_one(tree: Expression) -> None:
    """The event that the solver names makes the condition certainly true; where it names none, no event does."""
    try:
        found = example(tree, PARAMETERS)
    except Undecided:
        return
    if found is None:
        assert not any(evaluate(tree, w) is True for w in worlds(tree))
        assert not possible(tree, PARAMETERS)
    else:
        assert evaluate(tree, found) is True
        assert possible(tree, PARAMETERS)


@given(conditions(), conditions())
def test_two_conditions_differ_where_the_solver_says_so_and_nowhere_else(one: Expression, other: Expression) -> None:
    """On the event that the solver names exactly one of two conditions holds; where it names none, both hold of the same events."""
    try:
        found = differing(one, other, PARAMETERS)
    except Undecided:
        return
    if found is None:
        assert all((evaluate(one, w) is True) == (evaluate(other, w) is True) for w in worlds(one, other))
    else:
        assert (evaluate(one, found) is True) != (evaluate(other, found) is True)


@given(conditions(), conditions())
def test_what_is_implied_holds_wherever_the_other_does(one: Expression, other: Expression) -> None:
    """Where one condition implies another, and where one always holds, no event says otherwise."""
    if implies(one, other, PARAMETERS):
        assert all(evaluate(other, w) is True for w in worlds(one, other) if evaluate(one, w) is True)
    if always(one, PARAMETERS):
        assert all(evaluate(one, w) is True for w in worlds(one))


def test_the_smallest_event_says_the_least() -> None:
    hurt, people = FIELDS["hurt"], FIELDS["people"]
    over, from_ = Compare(">", people, number(5)), Compare(">=", people, number(5))
    found = differing(Or((over, Compare(">", hurt, number(7)))), from_)
    assert found is not None
    assert found.fields == {("trigger", "people"): 5}
    reached = example(And((Compare(">", people, number(3)), Compare(">", Arithmetic("+", people, hurt, NUMBER), number(9)))))
    assert reached is not None
    assert reached.fields == {("trigger", "people"): 4, ("act", "hurt"): 6}
    assert differing(from_, Or((over, Compare("=", people, number(5))))) is None
