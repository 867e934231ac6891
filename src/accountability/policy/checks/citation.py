"""Checks on where rules come from: every rule, exception and number names the clause that it encodes."""

from __future__ import annotations

from accountability.errors import closest
from accountability.policy.checks.registry import WHOLE, Found, error
from accountability.policy.model import Policy


@error
def uncited_rule(policy: Policy) -> Found:
    """Every rule names the source it encodes."""
    for rule in policy.rules:
        if not rule.source:
            yield (rule.span, f"`{rule.name}` names no source", "add «source: KEY» and declare KEY under «sources»")


@error
def unknown_source(policy: Policy) -> Found:
    """What a parameter names as its source is declared, as for rules."""
    for parameter in policy.parameters.values():
        if parameter.source and parameter.source not in policy.sources:
            yield (parameter.span or WHOLE, f"the pack declares no source `{parameter.source}`",
                   closest(parameter.source, policy.sources))
