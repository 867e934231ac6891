"""effect: what should follow is proposed, and stands once a competent body has decided it (SG13)."""

from __future__ import annotations

import attrs

from accountability.conclusion import Conclusion, Fact, Status, day_of
from accountability.event import Happening
from accountability.judgement.finding import labelled, of_unit
from accountability.judgement.standing import ends_at
from accountability.policy.kinds import Effect
from accountability.policy.kinds.effect import Decision
from accountability.policy.rule import Made, Trigger
from accountability.semantics.known import Case, Follows, Known, key_of
from accountability.workdays import period_of


def effect(rule: Effect, known: Known) -> Follows:
    """What a rule says should follow is proposed; it stands only once a competent body's decision disposes of it (SG13).

    A decision disposes of every proposal of its key that is pending when it comes; one that finds none pending has no effect.
    """
    proposals: dict[tuple[str | None, str], tuple[Conclusion, Happening, str | None]] = {}
    for trigger, unit, _ in known.triggers(rule):
        label = trigger.key
        if rule.once_per is not None:
            label = of_unit(rule, period_of(day_of(trigger, rule.zone), rule.once_per).label, unit)
        for target in known.clerk.targets(rule, trigger, unit):
            told_by = labelled(label, target.post if target else None)
            proposal = known.clerk.proposal(rule, trigger, told_by, unit, target, decided=False)
            proposals.setdefault((unit, told_by), (proposal, trigger, unit))
    standings: dict[str, tuple[Conclusion, list[tuple[Made, Fact]]]] = {}
    for proposal, trigger, unit in proposals.values():
        act = disposal(rule.decision, trigger, unit, known) if rule.decision else None
        if rule.decision is None or act is None:
            yield proposal, [known.clerk.proposed(rule, proposal, trigger)]
            continue
        yield attrs.evolve(proposal, status=Status.DECIDED), [known.clerk.proposed(rule, proposal, trigger)]
        ends = ends_at(rule.decision.term, act.occurred_at, rule.zone)
        standing = known.clerk.standing(rule, proposal, act, known.clock, ends)
        facts = [(Made.STANDING, known.clerk.stands(rule, standing, act, trigger.fields))]
        facts += [(Made.BAR, known.clerk.bar(rule, standing, act, ends))] if rule.decision.bars else []
        standings.setdefault(standing.identity, (standing, facts))
    yield from standings.values()


def disposal(decision: Decision, trigger: Happening, unit: str | None, known: Known) -> Happening | None:
    """The first event after *trigger* by which the competent body decides on what was proposed."""
    case = Case(known, {**trigger.fields, "bearer": unit}, trigger.occurred_at)
    key = key_of(decision.same, trigger.fields)
    return next((a for a in known.all((Trigger(Made.EVENT, decision.by),)) if a.order > trigger.order
                 and key_of(decision.same, a.fields) == key and case.holds(decision.provided, a)), None)
