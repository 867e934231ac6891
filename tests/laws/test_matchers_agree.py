"""Both matchers and a brute force written here say the same of any rules inside the safe subset and any facts."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from foundation import foundation
from hypothesis import event, given
from hypothesis import strategies as st

from accountability.engine.logic import Firing, LogicFact, LogicRule, Pattern, Ref, Test, availability, make_matcher

usable, why = availability()
pytestmark = pytest.mark.skipif(not usable, reason=why)

OPS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
KINDS = (1, 2, 2)
FIELDS = ("x", "id", "案")
EDGES = (2**53 - 1, 2**53 - 2, 1 - 2**53, 2**31, 2**32, -(2**31))
# Few and close values, so that joins hit; and the ends of the range, where C and Python could part.
NUMBERS = st.sampled_from((0, 1, 2, 0, 1, 2, 0, 1, -1, *EDGES))


@st.composite
def logic_rules(draw: st.DrawFn, name: str) -> LogicRule:
    patterns: list[Pattern] = []
    for place in range(draw(st.sampled_from((1, 2, 2, 3, 3, 4)))):
        values = NUMBERS
        if patterns:
            refs = st.builds(Ref, st.sampled_from([p.alias for p in patterns]), st.sampled_from(FIELDS))
            values = st.one_of(refs, refs, refs, NUMBERS)
        tests = st.lists(st.builds(Test, st.sampled_from(FIELDS), st.sampled_from(sorted(OPS)), values), max_size=3)
        patterns.append(Pattern(f"p{place}", draw(st.sampled_from(KINDS)), tuple(draw(tests))))
    return LogicRule(name, tuple(patterns))


@st.composite
def policies(draw: st.DrawFn) -> list[LogicRule]:
    return [draw(logic_rules(name=f"r{n}")) for n in range(draw(st.integers(1, 6)))]


@st.composite
def runs(draw: st.DrawFn) -> list[list[list[LogicFact]]]:
    """Steps, each a list of calls, each a list of facts; keys may repeat within a step."""
    fact = st.builds(
        LogicFact, st.tuples(st.integers(0, 5)), st.sampled_from(KINDS), st.fixed_dictionaries(dict.fromkeys(FIELDS, NUMBERS))
    )
    return draw(st.lists(st.lists(st.lists(fact, min_size=1, max_size=6), min_size=1, max_size=2), min_size=1, max_size=3))


def holds(test: Test, fact: LogicFact, chosen: dict[str, LogicFact]) -> bool:
    right = chosen[test.value.alias].fields[test.value.field] if isinstance(test.value, Ref) else test.value
    return OPS[test.op](fact.fields[test.field], right)


def brute_force(rules: list[LogicRule], facts: list[LogicFact]) -> list[tuple[str, tuple[int, ...]]]:
    """Every choice of distinct facts that passes all tests of a rule, as places in *facts*, in the order of the port."""
    found = []
    for order, rule in enumerate(rules):
        for choice in product(*([place for place, fact in enumerate(facts) if fact.kind == p.kind] for p in rule.patterns)):
            chosen = {pattern.alias: facts[place] for pattern, place in zip(rule.patterns, choice, strict=True)}
            passed = all(holds(test, chosen[pattern.alias], chosen) for pattern in rule.patterns for test in pattern.tests)
            if passed and len(set(choice)) == len(choice):
                found.append((order, [facts[place].key for place in choice], choice, rule.name))
    return [(name, choice) for _, _, choice, name in sorted(found)]


def placed(firings: list[Firing], facts: list[LogicFact]) -> list[tuple[str, tuple[int, ...]]]:
    places = {id(fact): place for place, fact in enumerate(facts)}
    return [(firing.rule, tuple(places[id(fact)] for fact in firing.facts.values())) for firing in firings]


@foundation
@given(policies(), runs(), st.sampled_from([1, 2, 32]))
def test_the_matchers_agree(rules: list[LogicRule], steps: list[list[list[LogicFact]]], clear_every: int) -> None:
    """For any rules of the safe subset and any facts, durable-rules, plain Python and brute force fire alike, in one order."""
    durable, plain = make_matcher(rules, "durable-rules", clear_every=clear_every), make_matcher(rules, "plain")
    total = 0
    for calls in steps:
        seen: list[LogicFact] = []
        before: set[tuple[str, tuple[int, ...]]] = set()
        for facts in calls:
            seen += facts
            expected = [firing for firing in brute_force(rules, seen) if firing not in before]
            before.update(expected)
            assert placed(durable.add(facts), seen) == expected
            assert placed(plain.add(facts), seen) == expected
            total += len(expected)
        durable.clear()
        plain.clear()
    event(f"firings: {'none' if not total else '1 to 9' if total < 10 else '10 to 99' if total < 100 else '100 or more'}")


@foundation
@given(policies(), runs(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(rules: list[LogicRule], steps: list[list[list[LogicFact]]], random: Random) -> None:
    """Where every fact has a key of its own, facts of one call may arrive in any order and the firings are the same."""
    added = [fact for calls in steps for facts in calls for fact in facts][:12]
    facts = [LogicFact((n,), fact.kind, fact.fields) for n, fact in enumerate(added)]
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert make_matcher(rules, "durable-rules").add(facts) == make_matcher(rules, "durable-rules").add(shuffled)
