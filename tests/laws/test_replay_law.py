"""A log that is replayed tells what it told when it was live."""

from __future__ import annotations

from foundation import foundation, same
from hypothesis import given
from hypothesis import strategies as st

from accountability.engine.replay import replay
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds(), st.booleans())
def test_replay_agrees_with_the_meaning(world: World, report_all: bool) -> None:
    """Read at any instant by what is known at any instant, replay gives the findings of `judge` in its order, and its counts."""
    policy, organisation, events = world.policy, world.organisation, world.events
    for at, known_at in ((world.at, world.known_at), (world.known_at, None)):
        meant = judge(policy, organisation, events, at=at, known_at=known_at, report_all=report_all)
        same(replay(policy, organisation, events, at=at, known_at=known_at, report_all=report_all), meant)


@foundation
@given(worlds(), st.booleans())
def test_replay_says_what_was_said_live(world: World, report_all: bool) -> None:
    """A monitor that heard every event when it was recorded, and was then moved on to any instant, has the findings and counts of a
    replay of what had been recorded by then."""
    monitor = Monitor(world.policy, world.organisation, report_all=report_all)
    heard = sorted((e for e in world.events if e.recorded_at <= world.known_at), key=lambda e: e.recorded_at)
    for one in heard:
        monitor.observe(one)
    monitor.advance(world.known_at)
    same(monitor.judgement(), replay(world.policy, world.organisation, world.events, at=monitor.clock, report_all=report_all))
