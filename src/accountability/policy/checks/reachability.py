"""Checks on what can ever happen: conditions that hold never or always, tiers and rules that nothing reaches."""

from __future__ import annotations

from accountability.policy.checks.registry import Found, error, warning
from accountability.policy.expression import SameKey, walk
from accountability.policy.kinds import Threshold
from accountability.policy.model import Policy


@warning
def threshold_of_one(policy: Policy) -> Found:
    """A threshold of one is the event itself."""
    for rule in policy.rules:
        if isinstance(rule, Threshold) and rule.reaches == 1:
            yield (rule.span, f"`{rule.name}` is reached by a single member", "write a prohibition, or a count of 2 or more")


@error
def optional_key(policy: Policy) -> Found:
    """`any T of the same F` needs a field that no event of type T leaves out."""
    for rule in policy.rules:
        for tree in rule.expressions():
            for part in walk(tree):
                declared = policy.vocabulary.get(part.event_type) if isinstance(part, SameKey) else None
                if isinstance(part, SameKey) and declared is not None and declared.fields[part.field].optional:
                    yield (rule.span, f"`{part.field}` may be missing from `{part.event_type}`",
                           f"declare `{part.field}` without «optional»")
