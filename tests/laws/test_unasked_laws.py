"""What no rule asks about is never made: not for other rules, and not for the matcher."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import event, given

from accountability.engine.live import Engine
from accountability.engine.logic import Firing, LogicFact, Matcher, make_matcher
from accountability.engine.operators.joins import compile_logic
from accountability.engine.questions import concluded_in
from accountability.engine.replay import replay
from accountability.testing.strategies import World, worlds
from accountability.timeline import effective


class Listening:
    """A matcher that keeps what it is told."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher, self.told = matcher, list[LogicFact]()
        self.name = matcher.name

    def add(self, facts: Iterable[LogicFact]) -> list[Firing]:
        given_now = list(facts)
        self.told += given_now
        return self.matcher.add(given_now)

    def clear(self) -> None:
        self.matcher.clear()


@given(worlds(("prohibition", "prohibition", "effect", "duty", "coverage", "unguarded", "gate")))
def test_the_matcher_is_told_of_nothing_that_no_rule_joins(world: World) -> None:
    """Every fact that a matcher is told of has a kind that some rule joins, and every field that this rule compares."""
    rules = compile_logic(world.policy)
    matcher = Listening(make_matcher(rules))
    replay(world.policy, world.organisation, world.events, at=world.at, matcher=matcher)
    joined = {pattern.kind: {test.field for test in pattern.tests} for rule in rules for pattern in rule.patterns}
    event(f"joined: {bool(joined)}, told: {bool(matcher.told)}")
    for fact in matcher.told:
        assert joined[fact.kind] <= fact.fields.keys()


@given(worlds())
def test_facts_that_no_rule_waits_for_are_never_made(world: World) -> None:
    """Of all that is concluded, a fact is made only of what some rule of the policy waits for, or asks about in a condition."""
    policy = world.policy
    engine = Engine(policy, world.organisation, known_at=world.known_at, keeps=True, report_all=True)
    for happened in effective(world.events, at=world.known_at, known_at=world.known_at).events:
        engine.add(happened)
    engine.advance(world.known_at)
    awaited = {t for rule in policy.rules for t in (*rule.waits_for(), *concluded_in(rule.questions()))}
    made = {(label[0] if isinstance(label, tuple) else label, operator.rule.name)
            for output, operator in engine._reported.items() for label in output.facts}
    event(f"made: {len(made)}")
    assert made <= {(t.made, t.name) for t in awaited}
