"""What is retracted is as if it had never happened."""

from __future__ import annotations

from foundation import HOUR, foundation, of, unnamed
from hypothesis import assume, given
from hypothesis import strategies as st

from accountability.event import Event, EventRef
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds(), st.data())
def test_a_retraction_is_as_if_it_had_never_happened(world: World, data: st.DataObject) -> None:
    """A log in which an event, a correction or a retraction is retracted gives the findings of the log without it."""
    events = unnamed(world)
    assume(events)
    gone = data.draw(st.sampled_from(events))
    back = Event(
        id="back",
        source="desk",
        type=gone.type,
        occurred_at=gone.occurred_at,
        recorded_at=gone.recorded_at + HOUR,
        retracts=EventRef(gone.source, gone.id),
    )
    retracted = of(world, [*world.events, back])
    never = of(world, [e for e in world.events if e is not gone], judge, back)
    assert retracted.findings == never.findings
    assert retracted.counts == never.counts
