"""Whenever the log is looked at, a monitor has what the meaning of the policy says."""

from __future__ import annotations

from random import Random

from counting import counted_worlds
from foundation import agrees_throughout, foundation, same
from hypothesis import given
from hypothesis import strategies as st

from accountability.event import Event
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds())
def test_the_monitor_agrees_after_every_event(world: World) -> None:
    """Fed in the order recorded, a monitor holds after each event, and whenever its clock is moved on, what `judge` says of the
    events so far at that clock."""
    agrees_as_recorded(world)


@foundation
@given(counted_worlds())
def test_it_agrees_where_much_is_counted(world: World) -> None:
    """So it does where many events come at one instant, late or corrected, and are counted in few windows."""
    agrees_as_recorded(world)


@foundation
@given(worlds() | counted_worlds(), st.randoms(use_true_random=False))
def test_it_agrees_in_whatever_order_they_come(world: World, random: Random) -> None:
    """So it does where they come in any order and it goes on from a snapshot; and what it tells adds up to what it holds."""
    log = list(world.events)
    random.shuffle(log)
    agrees_throughout(world, log)


def agrees_as_recorded(world: World) -> None:
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
