"""prohibition: E is a breach; or E together with an authority's own failure is."""

from __future__ import annotations

from accountability.conclusion import Fact
from accountability.event import Happening, following
from accountability.policy.kinds import Prohibition
from accountability.policy.kinds.prohibition import Join
from accountability.policy.rule import Made
from accountability.semantics.known import Follows, Known, key_of, stands
from accountability.workdays import window_start


def prohibition(rule: Prohibition, known: Known) -> Follows:
    """E is a breach. Where E alone is nobody's fault, only together with an earlier failure of the authority (SG11)."""
    for trigger, unit, _ in known.triggers(rule):
        failures = failures_of(rule.join, trigger, unit, known) if rule.join else []
        if rule.join and not failures:
            continue
        conclusion = known.clerk.breach(rule, trigger, unit, failures)
        yield conclusion, [(Made.BREACH, Fact(
            key=f"breach {conclusion.identity}", occurred_at=trigger.occurred_at, order=following(trigger.order, rule.index),
            fields={**trigger.fields, "bearer": unit}, evidence=conclusion.evidence,
            day=getattr(trigger, "day", None)))]


def failures_of(join: Join, trigger: Happening, unit: str | None, known: Known) -> list[Happening]:
    """The failures of the same key before *trigger*, and not longer before it than the rule says; a gap must last at *trigger*."""
    key, at = key_of(join.same, {**trigger.fields, "bearer": unit}), trigger.occurred_at
    return [f for f in known.all(join.with_) if f.order < trigger.order and key_of(join.same, f.fields) == key
            and (not join.gap or stands(f, at))
            and (join.within is None or f.occurred_at >= window_start(at, join.within, known.policy.zone))]
