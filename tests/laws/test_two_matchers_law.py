"""Which matcher joins the facts of a policy cannot be seen."""

from __future__ import annotations

from foundation import foundation, same
from hypothesis import given

from accountability.engine.logic import availability, make_matcher
from accountability.engine.operators.joins import compile_logic
from accountability.engine.replay import replay
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds())
def test_both_matchers_give_one_judgement(world: World) -> None:
    """Whether durable-rules or plain Python joins the facts cannot be seen in a judgement."""
    logic = compile_logic(world.policy)
    plain, other = make_matcher(logic, "plain"), make_matcher(logic, "durable-rules" if availability()[0] else None)
    found = [replay(world.policy, world.organisation, world.events, at=world.at, matcher=matcher) for matcher in (plain, other)]
    same(found[1], found[0])
