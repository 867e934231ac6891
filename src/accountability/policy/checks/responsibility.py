"""Checks on who answers."""

from __future__ import annotations

from accountability.policy.checks.registry import Found, warning
from accountability.policy.kinds import Duty, Prohibition, Reporting
from accountability.policy.model import Policy


@warning
def nobody_answers(policy: Policy) -> Found:
    """A finding against an authority names who answers for it; a right is nobody's breach."""
    for rule in policy.rules:
        if isinstance(rule, (Duty, Prohibition, Reporting)) and not rule.answers and not (isinstance(rule, Duty) and rule.right):
            yield (rule.span, f"nobody answers for a breach of `{rule.name}`", "add «answers: {RESPONSIBILITY: at due}»")
