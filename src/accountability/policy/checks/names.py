"""Checks on what a pack declares: everything declared is used, and no two names look alike."""

from __future__ import annotations

from accountability.policy.checks.registry import WHOLE, Found, warning
from accountability.policy.expression import ParameterRef, walk
from accountability.policy.model import Policy


@warning
def unused_parameter(policy: Policy) -> Found:
    """A parameter that no rule reads is a number that somebody believes to be in force."""
    used = {e.name for rule in policy.rules for tree in rule.expressions() for e in walk(tree) if isinstance(e, ParameterRef)}
    for name, parameter in policy.parameters.items():
        if name not in used:
            yield parameter.span or WHOLE, f"no rule reads the parameter `{name}`", "use it or delete it"
