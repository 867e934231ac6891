"""Checks on where rules come from: every rule, exception and number names the clause that it encodes."""

from __future__ import annotations

from accountability.errors import closest
from accountability.policy.checks.limits import tiers_of
from accountability.policy.checks.registry import WHOLE, Found, error, warning
from accountability.policy.expression import FieldRef, ParameterRef, walk
from accountability.policy.kinds import Duty
from accountability.policy.model import Policy


@error
def uncited_rule(policy: Policy) -> Found:
    """Every rule names the source it encodes."""
    for rule in policy.rules:
        if not rule.source:
            yield (rule.span, f"`{rule.name}` names no source", "add «source: KEY» and declare KEY under «sources»")


@error
def unknown_source(policy: Policy) -> Found:
    """What a parameter, a period or a responsibility names as its source is declared, as for rules."""
    named = [(p.source, p.span) for p in policy.parameters.values()]
    named += [(p.source, policy.places.get(("periods", name))) for name, p in policy.periods.items()]
    named += [(r.source, policy.places.get(("responsibility", name))) for name, r in policy.responsibility.items()]
    for source, place in named:
        if source and source not in policy.sources:
            yield place or WHOLE, f"the pack declares no source `{source}`", closest(source, policy.sources)


@warning
def uncited_exception(policy: Policy) -> Found:
    """An exception without a source of its own: who allowed it?"""
    for rule in policy.rules:
        for exemption in rule.exemptions:
            if not exemption.source:
                yield (rule.span, f"the exception `{exemption.label}` of `{rule.name}` names no source",
                       f"write «where: …» and «source: KEY» below `{exemption.label}`")


@warning
def unverified_source(policy: Policy) -> Found:
    """A source that was cited from memory binds nobody until somebody has looked it up."""
    for key, source in policy.sources.items():
        if source.unverified:
            yield (policy.places.get(("sources", key), WHOLE), f"`{key}` is cited from memory and not verified",
                   "look it up, mend the rules, and delete «unverified»")


@warning
def limit_left_open(policy: Policy) -> Found:
    """Where the source says `promptly`, the number is the author's, and must say so."""
    for rule in policy.rules:
        source = policy.sources.get(rule.source)
        if not isinstance(rule, Duty) or source is None or not source.open:
            continue
        for tier in tiers_of(rule):
            read = [part for part in walk(tier.limit) if isinstance(part, ParameterRef | FieldRef)]
            if not any(isinstance(p, FieldRef) or policy.parameters[p.name].chosen for p in read):
                yield (rule.span, f"`{rule.source}` leaves the limit of `{rule.name}` open",
                       "take the limit from a parameter with «author's choice: yes»")
                break
