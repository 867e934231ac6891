"""What is delivered twice counts once."""

from __future__ import annotations

from datetime import timedelta

import attrs
from foundation import HOUR, foundation, of
from hypothesis import assume, given
from hypothesis import strategies as st

from accountability.engine.replay import replay
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds(), st.data())
def test_an_identical_duplicate_changes_nothing(world: World, data: st.DataObject) -> None:
    """An event that is delivered again, then or later, changes neither findings nor counts."""
    assume(world.events)
    again = data.draw(st.sampled_from(world.events))
    again = attrs.evolve(again, recorded_at=again.recorded_at + data.draw(st.sampled_from([timedelta(0), HOUR])))
    place = data.draw(st.integers(0, len(world.events)))
    for how in (judge, replay):
        twice = of(world, [*world.events[:place], again, *world.events[place:]], how)
        assert twice == of(world, world.events, how, again)
