"""gate: a step counts only if all of its conditions hold; otherwise it is refused, and what is missing is named (四不放过).

A step that was refused because of a standing was refused rightly on its day; once that standing is quashed, it is reported for
reconsideration (SG13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accountability.conclusion import Fact, Status
from accountability.event import Happening, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, of_role, triggers_in
from accountability.policy.kinds.gate import Gate
from accountability.policy.rule import ACT, Made


def gate(rule: Gate, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """What becomes of every step."""
    bars = list(of_role(inputs, ACT))
    for trigger, unit, fields in triggers_in(rule, world, inputs):
        missing = [label for label, condition in rule.requires if not world.holds(condition, fields, trigger.occurred_at)]
        barring = [b for b in bars if in_the_way(rule, b, trigger, fields)]
        quashed = bool(barring) and all(b.fields["quashed"] is not None for b in barring)
        refused = bool(missing or barring)
        status = Status.PASSED if not refused else Status.RECONSIDER if quashed and not missing else Status.REFUSED
        conclusion = world.clerk.gate(rule, trigger, unit, status, missing, [str(b.fields["about"]) for b in barring])
        made = Made.REFUSED if refused else Made.PASSED
        yield Outcome(conclusion, ((made, Fact(
            key=f"{made} {conclusion.identity}", occurred_at=trigger.occurred_at, order=following(trigger.order, rule.index),
            fields=fields, evidence=trigger.evidence, day=getattr(trigger, "day", None))),),
            trigger.occurred_at if rule.barred is None else None)


def in_the_way(rule: Gate, bar: Happening, trigger: Happening, fields: Mapping[str, object]) -> bool:
    """Whether the standing behind *bar* was in force at the step, keeps from it, and is on somebody whom the step names."""
    assert rule.barred is not None
    bars: Sequence[object] = bar.fields["bars"]  # type: ignore[assignment]
    until = getattr(bar, "until", None)
    at = trigger.occurred_at
    return (bar.occurred_at <= at and (until is None or at < until) and bool({*bars} & {*rule.barred.acts})
            and any(fields.get(name) is not None and bar.fields[kind] == fields[name] for name, kind in rule.barred.who))
