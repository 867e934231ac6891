"""Checks on who answers."""

from __future__ import annotations

from accountability.policy.checks.registry import Found, warning
from accountability.policy.kinds import Duty, Effect, Prohibition, Reporting
from accountability.policy.model import Policy


@warning
def nobody_answers(policy: Policy) -> Found:
    """A finding against an authority names who answers for it; a right is nobody's breach."""
    for rule in policy.rules:
        if isinstance(rule, (Duty, Prohibition, Reporting)) and not rule.answers and not (isinstance(rule, Duty) and rule.right):
            yield (rule.span, f"nobody answers for a breach of `{rule.name}`", "add «answers: {RESPONSIBILITY: at due}»")


@warning
def rung_without_appeal(policy: Policy) -> Found:
    """A rung that bars somebody from something says how that is appealed (SG13)."""
    for rung in (r for ladder in policy.ladders for r in ladder.rungs if r.appeal is None):
        effect = policy.rule(rung.effect)
        if isinstance(effect, Effect) and effect.decision is not None and effect.decision.bars:
            yield (rung.span, f"nobody can appeal against `{rung.effect}`", "add «appeal: {when: …, within: …}»")
