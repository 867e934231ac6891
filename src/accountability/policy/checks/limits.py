"""Checks on limits: that there is one, that it can be reckoned, and that two of them do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from accountability.policy.checks.registry import Found, error, warning
from accountability.policy.expression import Constant, Expression, FieldRef, ParameterRef, Present, may_be_missing, parts_of, walk
from accountability.policy.kinds import Duty, Reporting
from accountability.policy.model import Policy
from accountability.policy.rule import RuleBase, Tier
from accountability.policy.vocabulary import Sort
from accountability.workdays import Limit
from accountability.workdays.reckoning import check_arguments

ANY_LIMIT = tuple(map(Limit.parse, ("1h", "1 day", "1 working day", "1 working day same time")))


def tiers_of(rule: Duty | Reporting) -> tuple[Tier, ...]:
    """The tiers of *rule*, those of its overlays included."""
    if isinstance(rule, Reporting):
        return (*rule.first, *rule.each)
    return (*rule.tiers, *(t for overlay in rule.overlays for t in overlay.tiers))


def known_present(rule: RuleBase) -> set[Expression]:
    """What `where` asks to be present before *rule* applies."""
    return {p.of for p in parts_of(rule.where) if isinstance(p, Present) and not p.negated}


@error
def limit_may_be_missing(policy: Policy) -> Found:
    """A limit or due that some event leaves out needs `where: … is present`, so that leaving it out is meant."""
    for rule in policy.rules:
        if not isinstance(rule, (Duty, Reporting)):
            continue
        for amount in [*(t.limit for t in tiers_of(rule)), *([rule.due] if isinstance(rule, Duty) and rule.due else [])]:
            if may_be_missing(amount) and not known_present(rule) & set(walk(amount)):
                yield (rule.span, f"`{rule.name}` can start without a limit",
                       "say in «where» that it applies only if the value `is present`")


@warning
def late_parameter(policy: Policy) -> Found:
    """A duty that is in force before its parameter has a value owes nothing until then, and nobody may have meant that."""
    for rule in policy.rules:
        if not isinstance(rule, (Duty, Reporting)):
            continue
        read = [e for t in tiers_of(rule) for e in walk(t.limit) if isinstance(e, ParameterRef) and e not in known_present(rule)]
        for name in dict.fromkeys(e.name for e in read):
            first = policy.parameters[name].versions[0].since
            if first != date.min and (rule.effective.since is None or rule.effective.since < first):
                yield (rule.span, f"`{name}` has no value before {first}, and `{rule.name}` is in force earlier",
                       f"give it an earlier value, or say `effective: {{from: {first}}}`")


@error
def no_calendar(policy: Policy) -> Found:
    """Working days, and a last day that moves, need a calendar."""
    yield from _out_of_terms(policy, "calendar")


@error
def no_business_hours(policy: Policy) -> Found:
    """`next opening` and `until close of business` need an office that opens and closes."""
    yield from _out_of_terms(policy, "hours")


@error
def two_ends(policy: Policy) -> Found:
    """A limit that ends at a time of its own cannot also end when the office closes."""
    yield from _out_of_terms(policy, "")


def _out_of_terms(policy: Policy, about: str) -> Found:
    """Whatever limit a rule may come to, its calendar, its business hours and `until close of business` must go with it."""
    for rule in policy.rules:
        if not isinstance(rule, (Duty, Reporting)):
            continue
        by = rule.reckoning
        for limit in dict.fromkeys(limits_of(rule, policy)):
            try:
                check_arguments(limit, by.calendar, by.roll, by.clock_start, by.hours, by.until_close)
            except ValueError as error:
                what, _, way_out = str(error).partition("; ")
                if about == ("calendar" if "calendar" in what else "hours" if "hours" in what else ""):
                    yield rule.span, f"`{rule.name}`: {what}", way_out
                break


def limits_of(rule: Duty | Reporting, policy: Policy) -> Iterator[Limit]:
    """The limits that stand in *rule* or its parameters; for a field that carries one, one of each sort."""
    for tier in tiers_of(rule):
        for part in walk(tier.limit):
            if isinstance(part, Constant) and isinstance(part.value, Limit):
                yield part.value
            elif isinstance(part, ParameterRef):
                for version in policy.parameters[part.name].versions:
                    values = [version.value] if version.table is None else version.table.values()
                    yield from (v for v in values if isinstance(v, Limit))
            elif isinstance(part, FieldRef) and part.type.sort is Sort.LIMIT:
                yield from ANY_LIMIT
