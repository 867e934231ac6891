"""What came in beside the members of a finding, and why it is no part of it: for rules that count, recur, are staffed or climb."""

from __future__ import annotations

from collections.abc import Iterator

from accountability.conclusion import Conclusion
from accountability.event import Happening
from accountability.explanation.acts import failing
from accountability.explanation.reason import Reason, reason
from accountability.judgement.bykey import key_in
from accountability.policy.expression import holds
from accountability.policy.kinds import Coverage, Recurring, Reporting, Rule, Threshold
from accountability.policy.rule import TRIGGER
from accountability.semantics import Known
from accountability.semantics.known import Case

NEAREST = 12
"""A threshold may have seen thousands of others; those that lie nearest to the finding are told."""


def beside(rule: Rule, finding: Conclusion, known: Known) -> Iterator[Reason]:
    """The nearest of what came in under the key of *finding* and is not among its evidence, each with the reason."""
    if not isinstance(rule, Threshold | Recurring | Coverage | Reporting):
        return
    inputs = [(role, happening) for role, trigger in rule.inputs() for happening in known.happenings[trigger]]
    counted = {*finding.evidence}
    keys = {key_in(rule, role, h, known.clerk) for role, h in inputs if counted & {*h.evidence}}
    others = [(role, h) for role, h in inputs if not {*h.evidence} <= counted and key_in(rule, role, h, known.clerk) in keys]
    nearest = sorted(others, key=lambda other: abs(other[1].occurred_at - finding.since))[:NEAREST]
    aside = [reason("set aside", _because(rule, role, happening, known), name=happening.key, at=happening.occurred_at)
             for role, happening in sorted(nearest, key=lambda other: other[1].order)]
    if aside:
        yield reason("beside", *aside)


def _because(rule: Rule, role: int, happening: Happening, known: Known) -> Reason:
    """Why *happening* is no part of the finding."""
    if role == TRIGGER:
        fields = {**happening.fields, "bearer": known.clerk.bearer(rule.bearer, happening.fields)}
        case = Case(known, fields, happening.occurred_at)
        if not rule.effective.covers(happening.occurred_at.astimezone(known.policy.zone).date()):
            return reason("not in force then")
        if not holds(rule.guard, case):
            return reason("rule does not apply", *failing(rule.guard, case))
    return reason("not counted")
