"""duty: when E, its bearer must D within L."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import attrs

from accountability.conclusion import Conclusion, Fact, Status
from accountability.event import Happening, following
from accountability.judgement.course import due_of
from accountability.policy.kinds import Duty
from accountability.policy.kinds.duty import Again
from accountability.policy.rule import Made
from accountability.semantics.known import Case, Follows, Known, key_of
from accountability.workdays import Due, Limit, window_start


@attrs.define
class Obligation:
    """One instance of a duty while it is being judged."""

    trigger: Happening
    unit: str | None
    case: Case
    due: Due
    limit: Limit | None
    act: Happening | None = None
    restarted: datetime | None = None

    def discharged_before(self, other: Happening) -> bool:
        return self.act is not None and self.act.order < other.order

    def status(self, at: datetime) -> Status:
        """Open until the due has passed unmet; late if done after it. What was overdue when restarted stays overdue."""
        if self.act is not None:
            return Status.MET if self.act.occurred_at <= self.due.last else Status.LATE
        if self.restarted is not None and self.restarted <= self.due.last:
            return Status.VOID
        return Status.MISSED if at > self.due.last else Status.OPEN


def duty(rule: Duty, known: Known) -> Follows:
    """When E, its bearer must D within L.

    Each trigger opens an obligation of its key. The first later act of the same key for which `provided` holds discharges it; with
    `even before`, so does an act that came not more than so long before. Whether `provided` holds is judged by everything known, so
    that a later fact may undo a discharge. A breach arises at the instant the due passes, whether the act comes late or not at all.
    """
    acts = defaultdict(list)
    for act in known.all(rule.must):
        acts[key_of(rule.same, act.fields)].append(act)
    obligations: dict[tuple[object, ...], list[Obligation]] = defaultdict(list)
    for trigger, unit, case in known.triggers(rule):
        key = key_of(rule.same, {**trigger.fields, "bearer": unit})
        due, limit = due_of(rule, {**trigger.fields, "bearer": unit}, trigger.occurred_at, known)
        undischarged = [o for o in obligations[key] if not o.discharged_before(trigger) and o.restarted is None]
        if due is None or (rule.again is Again.IGNORE and undischarged):
            continue
        if rule.again is Again.RESTART:
            for earlier in undischarged:
                earlier.act, earlier.restarted = None, trigger.occurred_at
        counting = (a for a in acts[key] if in_reach(rule, trigger, a, known) and case.holds(rule.provided, a))
        obligations[key].append(Obligation(trigger, unit, case, due, limit, next(counting, None)))
    for obligation in (o for group in obligations.values() for o in group):
        status = obligation.status(known.clock)
        conclusion = known.clerk.obligation(rule, obligation.trigger, obligation.unit, obligation.due, obligation.limit, status,
                                            obligation.act)
        yield conclusion, list(duty_facts(rule, obligation, conclusion))


def in_reach(rule: Duty, trigger: Happening, act: Happening, known: Known) -> bool:
    """Whether *act* comes after *trigger*, or not longer before it than the rule allows."""
    if rule.even_before is None or act.order >= trigger.order:
        return act.order > trigger.order
    return act.occurred_at >= window_start(trigger.occurred_at, rule.even_before, known.policy.zone)


def duty_facts(rule: Duty, obligation: Obligation, conclusion: Conclusion) -> Iterator[tuple[Made, Fact]]:
    """`discharge of` at the act that met it; `breach of` when the due passed, after everything reported at that instant."""
    trigger, act, due = obligation.trigger, obligation.act, obligation.due
    fields = {**trigger.fields, "bearer": obligation.unit}
    if act is not None:
        yield Made.DISCHARGE, Fact(
            key=f"discharge {conclusion.identity}", occurred_at=act.occurred_at,
            order=following(act.order, rule.index, trigger.order), fields=fields, evidence=(*trigger.evidence, *act.evidence))
    if conclusion.against:
        yield Made.BREACH, Fact(
            key=f"breach {conclusion.identity}", occurred_at=due.falls,
            order=(due.falls, due.place, (rule.index, conclusion.subject, trigger.order)), fields=fields, evidence=trigger.evidence,
            day=due.day)
