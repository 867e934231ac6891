"""What is corrected is as if it had been right at once."""

from __future__ import annotations

import attrs
from foundation import foundation, of, unnamed, without
from hypothesis import assume, given
from hypothesis import strategies as st

from accountability.event import EventRef
from accountability.intake import Intake
from accountability.semantics import judge
from accountability.testing.strategies import World, cloud_events, worlds


@foundation
@given(worlds(), st.data())
def test_a_correction_is_as_if_it_had_been_right_at_once(world: World, data: st.DataObject) -> None:
    """A corrected log gives the findings of the log in which the event had said so from the start; only the evidence tells."""
    events = [e for e in unnamed(world) if e.corrects is None and e.retracts is None]
    assume(events)
    wrong = data.draw(st.sampled_from(events))
    cloud = data.draw(cloud_events(world.policy, world.organisation, "fix", wrong.type))
    fix = attrs.evolve(Intake(world.policy.vocabulary).one(cloud), corrects=EventRef(wrong.source, wrong.id))
    right = attrs.evolve(wrong, subject=fix.subject, fields=fix.fields, occurred_at=fix.occurred_at, offset=fix.offset)
    corrected = of(world, [*world.events, fix])
    at_once = of(world, [right if e is wrong else e for e in world.events], judge, fix)
    assert without(corrected, "fix") == list(at_once.findings)
    assert corrected.counts == at_once.counts
