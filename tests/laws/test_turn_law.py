"""Whoever sets an alarm by a monitor's next turn misses nothing."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import event, given

from accountability.monitor import Monitor
from accountability.testing.strategies import World, worlds
from accountability.workdays.localtime import MICROSECOND

LATER = timedelta(days=400)


@given(worlds())
def test_before_its_next_turn_the_passing_of_time_changes_nothing(world: World) -> None:
    """From one turn to the next a monitor goes through all that the passing of time changes, in as many steps."""
    alarmed = Monitor(world.policy, world.organisation, report_all=True)
    unasked = Monitor(world.policy, world.organisation, report_all=True)
    for one in sorted(world.events, key=lambda e: e.recorded_at):
        assert alarmed.observe(one) == unasked.observe(one)
        turn = alarmed.next_turn
        assert turn is None or turn > alarmed.clock
    end = alarmed.clock + LATER
    turns = 0
    while (turn := alarmed.next_turn) is not None and turn <= end:
        assert turn > alarmed.clock
        before = alarmed.judgement()
        assert not alarmed.advance(turn - MICROSECOND)
        assert (alarmed.judgement().findings, alarmed.judgement().counts) == (before.findings, before.counts)
        alarmed.advance(turn)
        turns += 1
    assert not alarmed.advance(end)
    event(f"turns: {min(turns, 5)}")
