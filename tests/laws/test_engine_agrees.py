"""However the engine is run, it says what a policy means. The worlds are random rule files, organisations and logs."""

from __future__ import annotations

from random import Random

from hypothesis import event, given
from hypothesis import strategies as st

from accountability.conclusion import Judgement
from accountability.engine.consequences import compile_logic
from accountability.engine.logic import availability, make_matcher
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


def same(found: Judgement, meant: Judgement) -> None:
    assert found.findings == meant.findings
    assert found.counts == meant.counts
    event(f"findings: {'none' if not meant.findings else 'some'}")


@given(worlds(), st.booleans())
def test_replay_agrees_with_the_meaning(world: World, report_all: bool) -> None:
    """Read at any instant by what is known at any instant, replay gives the findings of `judge` in its order, and its counts."""
    policy, organisation, events = world.policy, world.organisation, world.events
    for at, known_at in ((world.at, world.known_at), (world.known_at, None)):
        meant = judge(policy, organisation, events, at=at, known_at=known_at, report_all=report_all)
        same(replay(policy, organisation, events, at=at, known_at=known_at, report_all=report_all), meant)


@given(worlds())
def test_the_monitor_agrees_after_every_event(world: World) -> None:
    """Fed in the order recorded, a monitor holds after each event, and whenever its clock is moved on, what `judge` says of the
    events so far at that clock."""
    monitor = Monitor(world.policy, world.organisation)
    so_far: list[Event] = []
    for one in sorted(world.events, key=lambda e: e.recorded_at):
        if monitor.clock < world.at < one.recorded_at:
            monitor.advance(world.at)
            same(monitor.judgement(), judge(world.policy, world.organisation, so_far, at=monitor.clock))
        monitor.observe(one)
        so_far.append(one)
        same(monitor.judgement(), judge(world.policy, world.organisation, so_far, at=monitor.clock))
    monitor.advance(world.at)
    same(monitor.judgement(), judge(world.policy, world.organisation, so_far, at=monitor.clock))


@given(st.sampled_from([("threshold",), ("duty", "effect"), ("duty", "duty", "prohibition")]).flatmap(worlds))
def test_replay_agrees_where_rules_are_of_a_few_kinds(world: World) -> None:
    """The same holds where a policy has thresholds only, duties and effects, or duties and prohibitions: more of what is rare."""
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


@given(worlds(), st.randoms(use_true_random=False))
def test_the_monitor_agrees_in_any_order_of_arrival(world: World, random: Random) -> None:
    """In whatever order the events reach a monitor, it ends with what `judge` says of them at its clock."""
    monitor = Monitor(world.policy, world.organisation, report_all=True)
    monitor.advance(world.at)
    events = list(world.events)
    random.shuffle(events)
    for one in events:
        monitor.observe(one)
    same(monitor.judgement(), judge(world.policy, world.organisation, events, at=monitor.clock, report_all=True))


@given(worlds())
def test_both_matchers_give_one_judgement(world: World) -> None:
    """Whether durable-rules or plain Python joins the facts cannot be seen in a judgement."""
    logic = compile_logic(world.policy)
    plain, other = make_matcher(logic, "plain"), make_matcher(logic, "durable-rules" if availability()[0] else None)
    found = [replay(world.policy, world.organisation, world.events, at=world.at, matcher=matcher) for matcher in (plain, other)]
    same(found[1], found[0])
