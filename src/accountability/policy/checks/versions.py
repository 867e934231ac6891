"""Checks on rules that follow each other in time: the old one ends where the new one begins."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from accountability.policy.checks.inside import are_versions, both_apply, family
from accountability.policy.checks.registry import Found, warning
from accountability.policy.kinds import Rule
from accountability.policy.model import Policy


def families(policy: Policy) -> list[list[Rule]]:
    """Rules of one kind that wait for the same and differ in name only by a number, each family in order of its days."""
    found: dict[object, list[Rule]] = {}
    for rule in policy.rules:
        found.setdefault((type(rule).__name__, rule.when, family(rule)), []).append(rule)
    return [sorted(group, key=lambda r: (r.effective.since or date.min, r.index)) for group in found.values() if len(group) > 1]


@warning
def version_gap(policy: Policy) -> Found:
    """Between the last day of one version of a rule and the first of the next, nothing is owed."""
    for group in families(policy):
        for one, other in pairwise(group):
            until, since = one.effective.until, other.effective.since
            if until is not None and since is not None and until < since and all(r.effective.until != since for r in group):
                yield (other.span, f"neither `{one.name}` nor `{other.name}` is in force from {until} to {since}",
                       f"let the one end on the day the other begins: «effective: {{until: {since}}}»")


@warning
def version_overlap(policy: Policy) -> Found:
    """Two versions of a rule on the same days oblige twice."""
    for group in families(policy):
        for one, other in pairwise(group):
            if are_versions(one, other) and both_apply(one, other, policy):
                since = other.effective.since
                yield (other.span, f"`{one.name}` and `{other.name}` are versions of one rule and in force on the same days",
                       f"end the older one: «effective: {{until: {since}}}»" if since else "give each of them its days")
