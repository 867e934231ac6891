"""However the engine is run, it says what a policy means: of rules of a few kinds, that more of what is rare may happen."""

from __future__ import annotations

from random import Random

import attrs
from foundation import same
from hypothesis import given
from hypothesis import strategies as st

from accountability.engine.replay import replay
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@given(st.sampled_from([("threshold",), ("duty", "effect"), ("duty", "duty", "prohibition")]).flatmap(worlds))
def test_replay_agrees_where_rules_are_of_a_few_kinds(world: World) -> None:
    """Where a policy has thresholds only, duties and effects, or duties and prohibitions, replay gives what `judge` gives."""
    policy, organisation, events = world.policy, world.organisation, world.events
    meant = judge(policy, organisation, events, at=world.at, known_at=world.known_at, report_all=True)
    same(replay(policy, organisation, events, at=world.at, known_at=world.known_at, report_all=True), meant)


TIMED = [("recurring duty", "recurring duty", "decided effect", "threshold"), ("coverage", "unguarded", "unguarded", "threshold"),
         ("recurring duty", "coverage", "duty", "threshold", "scorecard")]


@given(st.sampled_from(TIMED).flatmap(worlds), st.randoms(use_true_random=False))
def test_the_engine_agrees_on_what_time_alone_starts(world: World, random: Random) -> None:
    """Of duties that recur, of rosters, and of what counts them or falls in their gaps, replay says what `judge` says; so does a
    monitor that hears of everything late and in any order."""
    policy, organisation, events = world.policy, world.organisation, list(world.events)
    meant = judge(policy, organisation, events, at=world.at, known_at=world.known_at, report_all=True)
    same(replay(policy, organisation, events, at=world.at, known_at=world.known_at, report_all=True), meant)
    monitor = Monitor(policy, organisation, report_all=True)
    monitor.advance(world.at)
    random.shuffle(events)
    for one in events:
        monitor.observe(one)
    same(monitor.judgement(), judge(policy, organisation, events, at=monitor.clock, report_all=True))


SUMMED = [("tally",), ("duty", "tally"), ("recurring duty", "tally")]


@given(st.sampled_from(SUMMED).flatmap(worlds), st.randoms(use_true_random=False))
def test_the_engine_agrees_on_sums_and_streaks(world: World, random: Random) -> None:
    """What is summed, broken or counted in a row comes to what `judge` says, in replay and in a monitor told in any order."""
    policy, organisation, events = world.policy, world.organisation, list(world.events)
    meant = judge(policy, organisation, events, at=world.at, known_at=world.known_at, report_all=True)
    same(replay(policy, organisation, events, at=world.at, known_at=world.known_at, report_all=True), meant)
    monitor = Monitor(policy, organisation, report_all=True)
    monitor.advance(world.at)
    random.shuffle(events)
    for one in events:
        monitor.observe(one)
    same(monitor.judgement(), judge(policy, organisation, events, at=monitor.clock, report_all=True))


@given(worlds(), st.booleans())
def test_a_draft_changes_nothing_that_is_in_force(world: World, report_all: bool) -> None:
    """Without its drafts, a policy finds and counts what it does with them; what they would have found is of them alone."""
    policy = world.policy
    drafted = attrs.evolve(policy, rules=tuple(attrs.evolve(r, draft=r.draft or not r.index % 3) for r in policy.rules))
    whole = judge(drafted, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=report_all)
    alone = attrs.evolve(drafted, rules=tuple(r for r in drafted.judged if not r.draft))
    same(judge(alone, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=report_all),
         attrs.evolve(whole, would=()))
    assert {f.rule for f in whole.would} <= drafted.drafts
    same(replay(drafted, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=report_all), whole)
