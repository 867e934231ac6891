"""An effect that comes after another, or of which what was decided can be ended, quashed or added to what runs already.

A rung of a ladder is proposed only where the rung before stood, not too long ago. The order of the two decides, not the order in
which they became known. What a competent body decides puts it in force (SG13), and uses up what it came after: the same rung is not
proposed again until the one before has stood anew. That holds also where the decision is quashed: no appeal brings a new proposal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from accountability.conclusion import Conclusion, Status, day_of
from accountability.event import Happening
from accountability.judgement.bykey import Inputs, Key, Outcome, World, belongs, of_role, triggers_in
from accountability.judgement.finding import labelled, of_unit
from accountability.judgement.running import Running, earlier, ends_of, resolved
from accountability.policy.kinds.effect import AFTER, ENDED, QUASHED, Decision, Effect
from accountability.policy.rule import ACT, Made, Term
from accountability.workdays import period_of, window_start
from accountability.workdays.localtime import MICROSECOND


@attrs.frozen
class Step:
    """A proposal, with its trigger, and what a competent body decided on it: by which act, and for how long."""

    proposal: Conclusion
    trigger: Happening
    fields: Mapping[str, object]
    act: Happening | None = None
    term: Term | None = None


def climb(rule: Effect, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """What is proposed and decided under one key."""
    decided: dict[tuple[str, str | None, str], Step] = {}
    for step in steps(rule, world, inputs):
        yield proposal_of(rule, world, step)
        if step.act is not None:
            decided.setdefault(identity_of(step), step)
    yield from standings(rule, world, list(decided.values()), inputs)


def proposal_of(rule: Effect, world: World, step: Step) -> Outcome:
    """The proposal of *step*, as it stands."""
    proposal = step.proposal if step.act is None else attrs.evolve(step.proposal, status=Status.DECIDED)
    return Outcome(proposal, (world.clerk.proposed(rule, step.proposal, step.trigger),))


def identity_of(step: Step) -> tuple[str, str | None, str]:
    """What tells the standing of *step*, which was decided, from others: on whom it is, and by which act it was decided."""
    assert step.act is not None
    return step.proposal.subject, step.proposal.unit, labelled(step.act.key, step.proposal.post)


def steps(rule: Effect, world: World, inputs: Inputs) -> Iterable[Step]:
    """A proposal for every trigger that comes after what it must come after."""
    found: dict[tuple[str | None, str], Step] = {}
    climbed: list[Happening] = []
    before, decisions = list(of_role(inputs, AFTER)), list(of_role(inputs, ACT))
    for trigger, unit, fields in triggers_in(rule, world, inputs):
        # Terms that come together are looked at as one, whatever their key.
        below = last_before(rule, trigger, [h for h in before if belongs(rule.same, fields, h)]) if rule.after else None
        if rule.after and (below is None or any(
                below.order < act.order < trigger.order and belongs(rule.same, fields, act) for act in climbed)):
            continue
        act, term = disposal(rule, world, trigger, fields, decisions)
        climbed += [act] if act is not None else []
        for step in proposed(rule, world, trigger, unit, fields, below):
            found.setdefault((unit, step.proposal.trigger), attrs.evolve(step, act=act, term=term))
    return found.values()


def proposed(rule: Effect, world: World, trigger: Happening, unit: str | None, fields: Mapping[str, object],
             below: Happening | None) -> Iterator[Step]:
    """What is proposed on *trigger*, which comes after what is *below* it, and is not decided so far."""
    period = None if rule.once_per is None else period_of(day_of(trigger, rule.zone), rule.once_per)
    for target in world.clerk.targets(rule, trigger, unit):
        label = labelled(trigger.key if period is None else of_unit(rule, period.label, unit), target.post if target else None)
        proposal = world.clerk.proposal(rule, trigger, label, unit, target, decided=False)
        if below is not None:
            proposal = attrs.evolve(proposal, evidence=(*below.evidence, *proposal.evidence))
        yield Step(proposal, trigger, fields)


def last_before(rule: Effect, trigger: Happening, before: Sequence[Happening]) -> Happening | None:
    """The last of *before* that *trigger* comes after, if that is not more than the limit ago; the far edge counts."""
    step = next((h for h in reversed(before) if h.order < trigger.order), None)
    if step is None or rule.within is None:
        return step
    return step if step.occurred_at >= window_start(trigger.occurred_at, rule.within, rule.zone) else None


def disposal(rule: Effect, world: World, trigger: Happening, fields: Mapping[str, object], decisions: Sequence[Happening]
             ) -> tuple[Happening | None, Term | None]:
    """The first event after *trigger* by which the competent body decides on what was proposed, with the term that it sets.

    One that does not say how long, where it should, decides nothing.
    """
    if rule.decision is None:
        return None, None
    for act in decisions:
        if act.order > trigger.order and belongs(rule.decision.same, fields, act) and world.holds(
                rule.decision.provided, fields, trigger.occurred_at, act.fields):
            term = resolved(rule.decision.term, world, fields, act.occurred_at, act.fields)
            if term is not None:
                return act, term
    return None, None


def standings(rule: Effect, world: World, decided: Sequence[Step], inputs: Inputs) -> Iterator[Outcome]:
    """What was put in force, as it stands at the clock."""
    if rule.decision is None:
        return
    gone, over = {}, {}
    for step in decided:
        act, ends_by = step.act, rule.decision.ended
        assert act is not None
        gone[step.proposal.identity] = quashing(rule.decision, world, step, decided, inputs)
        over[step.proposal.identity] = None if ends_by is None else next(
            (h for h in of_role(inputs, ENDED) if h.order > act.order and belongs(rule.decision.same, step.fields, h)
             and world.holds(ends_by.provided, step.fields, step.trigger.occurred_at, h.fields)), None)
    ends = last_instants(rule.decision, decided, gone, over, rule.zone)
    for step in decided:
        identity = step.proposal.identity
        act, quashed, end, by = step.act, gone[identity], ends[identity], over[identity]
        assert act is not None
        if end is not None:
            world.wake(end - MICROSECOND)
        by = by if by is not None and by.occurred_at == end else None
        ended = quashed.occurred_at if quashed else end
        conclusion = world.clerk.standing(rule, step.proposal, act, world.clock, ended, quashed, by)
        facts = [] if quashed else [(Made.STANDING, world.clerk.stands(rule, conclusion, act, step.fields))]
        # What was over before it was quashed kept nobody from anything in between.
        facts += [(Made.BAR, world.clerk.bar(rule, conclusion, act, earlier(end, ended)))] if rule.decision.bars else []
        yield Outcome(conclusion, tuple(facts))


def quashing(decision: Decision, world: World, step: Step, decided: Sequence[Step], inputs: Inputs) -> Happening | None:
    """What quashed the standing of *step*: something of its key for which it was the last decision."""
    if decision.quashed is None or step.act is None:
        return None
    later = [s.act.order for s in decided
             if s.act is not None and s.act.order > step.act.order and belongs(decision.same, step.fields, s.act)]
    until = min(later, default=None)
    return next((h for h in of_role(inputs, QUASHED)
                 if h.order > step.act.order and (until is None or h.order <= until) and belongs(decision.same, step.fields, h)
                 and world.holds(decision.quashed.provided, step.fields, step.trigger.occurred_at, h.fields)), None)


def last_instants(decision: Decision, decided: Sequence[Step], gone: Mapping[str, Happening | None],
                  over: Mapping[str, Happening | None], zone: ZoneInfo) -> dict[str, datetime | None]:
    """When each standing is over, by the identity of its proposal: terms on one unit, post or person may come together."""
    groups: dict[tuple[str, object], list[Step]] = defaultdict(list)
    for step in sorted(decided, key=lambda s: (s.act.order if s.act else (), s.proposal.subject, s.proposal.trigger)):
        groups[beside(decision, step)].append(step)
    ends: dict[str, datetime | None] = {}
    for group in groups.values():
        running = [Running(s.act.occurred_at, s.term, *(h.occurred_at if h else None for h in (
            over[s.proposal.identity], gone[s.proposal.identity]))) for s in group if s.act is not None and s.term is not None]
        ends |= zip((s.proposal.identity for s in group), ends_of(running, zone), strict=True)
    return ends


def beside(decision: Decision, step: Step) -> tuple[str, object]:
    """What the standings have in common that come together with that of *step*: the unit, post or person; else only its own."""
    one = step.proposal
    if not decision.term.joins:
        return "", one.identity
    if one.post is None:
        return "unit", one.unit
    return ("person", one.holder) if decision.follows_person and one.holder else ("post", one.post)
