"""The order in which a log stands, or arrives, is of no account."""

from __future__ import annotations

from random import Random

from foundation import foundation, same
from hypothesis import given
from hypothesis import strategies as st

from accountability.engine.replay import replay
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_log_does_not_matter(world: World, random: Random) -> None:
    """A log whose lines stand in another order, with the same recorded times, gives the same findings and counts."""
    shuffled = list(world.events)
    random.shuffle(shuffled)
    for how in (judge, replay):
        there = how(world.policy, world.organisation, world.events, at=world.at, known_at=world.known_at)
        assert how(world.policy, world.organisation, shuffled, at=world.at, known_at=world.known_at) == there


@foundation
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
