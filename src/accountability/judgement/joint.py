"""A joined effect: what should follow from two things that are both known, whichever was first."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from accountability.judgement.bykey import Inputs, Key, Outcome, World, of_role, triggers_in
from accountability.judgement.finding import labelled
from accountability.policy.kinds.effect import Effect
from accountability.policy.rule import ACT


def joint(rule: Effect, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """A proposal for every trigger beside which something that it is joined with is known."""
    others = list(of_role(inputs, ACT))
    if not others:
        return
    proposed: set[str] = set()
    for trigger, unit, _ in triggers_in(rule, world, inputs):
        for target in world.clerk.targets(rule, trigger, unit):
            label = labelled(trigger.key, target.post if target else None)
            proposal = world.clerk.proposal(rule, trigger, label, unit, target, decided=False)
            proposal = attrs.evolve(proposal, evidence=(*proposal.evidence, *others[0].evidence))
            if proposal.identity not in proposed:
                proposed.add(proposal.identity)
                yield Outcome(proposal, (world.clerk.proposed(rule, proposal, trigger),))
