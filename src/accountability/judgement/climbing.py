"""An effect that comes after another: a rung of a ladder is proposed only where the rung before stood, not too long ago.

The order of the two decides, not the order in which they became known. What a competent body decides puts it in force (SG13), and
uses up what it came after: the same rung is not proposed again until the one before has stood anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from accountability.conclusion import Conclusion, Fact, Status
from accountability.event import Happening, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, of_role, triggers_in
from accountability.judgement.finding import labelled
from accountability.policy.kinds.effect import AFTER, Effect
from accountability.policy.rule import ACT, Made
from accountability.workdays import window_start
from accountability.workdays.localtime import MICROSECOND


@attrs.frozen
class Step:
    """A proposal, with its trigger and what a competent body decided on it."""

    proposal: Conclusion
    trigger: Happening
    act: Happening | None


def climb(rule: Effect, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """What is proposed and decided under one key."""
    standings: dict[str, Outcome] = {}
    for step in steps(rule, world, inputs).values():
        told = (world.clerk.proposed(rule, step.proposal, step.trigger),)
        if step.act is None:
            yield Outcome(step.proposal, told)
            continue
        yield Outcome(attrs.evolve(step.proposal, status=Status.DECIDED), told)
        one = standing(rule, world, step.proposal, step.trigger, step.act)
        standings.setdefault(one.conclusion.identity, one)
    yield from standings.values()


def steps(rule: Effect, world: World, inputs: Inputs) -> dict[str, Step]:
    """A proposal for every trigger that comes after what it must come after, by identity."""
    found: dict[str, Step] = {}
    climbed: list[Happening] = []
    before, decisions = list(of_role(inputs, AFTER)), list(of_role(inputs, ACT))
    for trigger, unit, fields in triggers_in(rule, world, inputs):
        below = last_before(rule, trigger, before)
        if below is None or any(below.order < act.order < trigger.order for act in climbed):
            continue
        act = disposal(rule, world, trigger, fields, decisions)
        climbed += [act] if act is not None else []
        for target in world.clerk.targets(rule, trigger, unit):
            label = labelled(trigger.key, target.post if target else None)
            proposal = world.clerk.proposal(rule, trigger, label, unit, target, decided=False)
            proposal = attrs.evolve(proposal, evidence=(*below.evidence, *proposal.evidence))
            found.setdefault(proposal.identity, Step(proposal, trigger, act))
    return found


def last_before(rule: Effect, trigger: Happening, before: Sequence[Happening]) -> Happening | None:
    """The last of *before* that *trigger* comes after, if that is not more than the limit ago; the far edge counts."""
    step = next((h for h in reversed(before) if h.order < trigger.order), None)
    if step is None or rule.within is None:
        return step
    return step if step.occurred_at >= window_start(trigger.occurred_at, rule.within, rule.zone) else None


def disposal(rule: Effect, world: World, trigger: Happening, fields: Mapping[str, object], decisions: Sequence[Happening]
             ) -> Happening | None:
    """The first event after *trigger* by which the competent body decides on what was proposed."""
    if rule.decision is None:
        return None
    provided = rule.decision.provided
    return next((a for a in decisions if a.order > trigger.order
                 and world.holds(provided, fields, trigger.occurred_at, a.fields)), None)


def standing(rule: Effect, world: World, proposal: Conclusion, trigger: Happening, act: Happening) -> Outcome:
    """What *act* put in force, as it stands at the clock."""
    assert rule.decision is not None
    conclusion = world.clerk.standing(rule, proposal, act, world.clock)
    if conclusion.ends is not None:
        world.wake(conclusion.ends - MICROSECOND)
    return Outcome(conclusion, ((Made.STANDING, Fact(
        key=f"standing {conclusion.identity}", occurred_at=act.occurred_at,
        order=following(act.order, rule.index, conclusion.subject, conclusion.trigger),
        fields={**{name: trigger.fields.get(name) for name in rule.decision.same}, "bearer": proposal.unit},
        evidence=conclusion.evidence)),))
