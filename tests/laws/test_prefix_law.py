"""Whenever the log is looked at, a monitor has what the meaning of the policy says."""

from __future__ import annotations

from counting import counted_worlds
from foundation import foundation, same
from hypothesis import given

from accountability.event import Event
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds())
def test_the_monitor_agrees_after_every_event(world: World) -> None:
    """Fed in the order recorded, a monitor holds after each event, and whenever its clock is moved on, what `judge` says of the
    events so far at that clock."""
    agrees_throughout(world)


@foundation
@given(counted_worlds())
def test_it_agrees_where_much_is_counted(world: World) -> None:
    """So it does where many events come at one instant, late or corrected, and are counted in few windows."""
    agrees_throughout(world)


def agrees_throughout(world: World) -> None:
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
