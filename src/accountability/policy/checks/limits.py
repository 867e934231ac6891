"""Checks on limits: that there is one, that it can be reckoned, and that two of them do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from accountability.errors import closest
from accountability.policy.checks.inside import are_versions, both_apply, field_of
from accountability.policy.checks.registry import WHOLE, Found, error, warning
from accountability.policy.expression import (
    Constant,
    Expression,
    FieldRef,
    LastOf,
    ParameterRef,
    Present,
    may_be_missing,
    parts_of,
    walk,
)
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Recurring, Reporting, Rule, Scorecard, Threshold
from accountability.policy.model import Policy
from accountability.policy.rule import Made, RuleBase, Tier, Weight
from accountability.policy.vocabulary import Sort
from accountability.workdays import Limit, Unit
from accountability.workdays.reckoning import check_arguments

ANY_LIMIT = tuple(map(Limit.parse, ("1h", "1 day", "1 working day", "1 working day same time")))

MOST_ALIKE = 30
"""So many duties of one trigger, act and bearer are compared with each other."""
AGAINST = (Made.BREACH, Made.GAP, Made.REFUSED, Made.FINDING)


def tiers_of(rule: Rule) -> tuple[Tier, ...]:
    """The tiers of *rule*, those of its overlays included."""
    match rule:
        case Duty():
            return (*rule.tiers, *(t for overlay in rule.overlays for t in overlay.tiers))
        case Reporting():
            return (*rule.first, *rule.each)
        case Recurring():
            return rule.tiers
        case _:
            return ()


def present_in(*conditions: Expression | None) -> set[Expression]:
    """What is present wherever all of *conditions* hold."""
    return {p.of for c in conditions for p in parts_of(c) if isinstance(p, Present) and not p.negated}


def known_present(rule: RuleBase, policy: Policy) -> set[Expression]:
    """What is present before *rule* applies: its `where` asks for it, or every gate that it waits to see passed requires it."""
    passed = [required_by(policy.rule(t.name)) if t.made is Made.PASSED else set() for t in rule.when]
    return present_in(rule.where) | (set.intersection(*passed) if passed else set())


def required_by(rule: Rule) -> set[Expression]:
    """What is present wherever *rule*, if it is a gate, is passed."""
    return present_in(*(condition for _, condition in rule.requires)) if isinstance(rule, Gate) else set()


@error
def limit_may_be_missing(policy: Policy) -> Found:
    """A limit or due that some event leaves out needs `where: … is present`, so that leaving it out is meant."""
    for rule in policy.rules:
        carried = [rule.due] if isinstance(rule, Duty) and rule.due else []
        decision = rule.decision if isinstance(rule, Effect) else None
        term = rule.term if isinstance(rule, DecidedEffect) else decision.term if decision is not None else None
        carried += [term.amount] if term is not None and term.amount is not None else []
        for amount in [*(t.limit for t in tiers_of(rule)), *carried]:
            if may_be_missing(amount):
                known = known_present(rule, policy) | present_in(decision.provided if decision is not None else None)
                if not known & set(walk(amount)):
                    yield (rule.span, f"`{rule.name}` can start without a limit",
                           "say in «where» that it applies only if the value `is present`")


@warning
def late_parameter(policy: Policy) -> Found:
    """A duty that is in force before its parameter has a value owes nothing until then, and nobody may have meant that."""
    for rule in policy.rules:
        known = known_present(rule, policy)
        read = [e for t in tiers_of(rule) for e in walk(t.limit) if isinstance(e, ParameterRef) and e not in known]
        for name in dict.fromkeys(e.name for e in read):
            first = policy.parameters[name].versions[0].since
            if first != date.min and (rule.effective.since is None or rule.effective.since < first):
                yield (rule.span, f"`{name}` has no value before {first}, and `{rule.name}` is in force earlier",
                       f"give it an earlier value, or say «effective: {{from: {first}}}»")


@error
def no_calendar(policy: Policy) -> Found:
    """Working days, and a last day that moves, need a calendar."""
    yield from _out_of_terms(policy, "calendar")
    for rule in policy.rules:
        if isinstance(rule, Duty) and rule.reckoning.calendar is None:
            limits = (limit for tree in rule.turns.limits() for limit in limits_in(tree, policy))
            for limit in dict.fromkeys(limit for limit in limits if limit.unit is Unit.WORKING_DAY):
                yield rule.span, f"`{rule.name}`: `{limit}` needs a calendar", "name one, such as `calendar: CN`"


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
        if not isinstance(rule, (Duty, Recurring, Reporting)):
            continue
        by = rule.reckoning
        redo = rule.turns.redo if isinstance(rule, Duty) and about != "calendar" else None  # `no_calendar` asks for all turns
        again = limits_in(redo.within, policy) if redo is not None else ()
        for limit in dict.fromkeys((*limits_of(rule, policy), *again)):
            try:
                check_arguments(limit, by.calendar, by.roll, by.clock_start, by.hours, by.until_close, by.in_hours)
            except ValueError as error:
                what, _, way_out = str(error).partition("; ")
                if about == ("calendar" if "calendar" in what else "hours" if "hours" in what else ""):
                    yield rule.span, f"`{rule.name}`: {what}", way_out
                break


def limits_of(rule: Rule, policy: Policy) -> Iterator[Limit]:
    """The limits that stand in *rule* or its parameters; for a field that carries one, one of each sort."""
    for tier in tiers_of(rule):
        yield from limits_in(tier.limit, policy)


def limits_in(amount: Expression, policy: Policy) -> Iterator[Limit]:
    """The limits that *amount* may come to, as far as they stand in it."""
    for part in walk(amount):
        if isinstance(part, Constant) and isinstance(part.value, Limit):
            yield part.value
        elif isinstance(part, ParameterRef):
            for version in policy.parameters[part.name].versions:
                values = [version.value] if version.table is None else version.table.values()
                yield from (v for v in values if isinstance(v, Limit))
        elif isinstance(part, (FieldRef, LastOf)) and part.type.sort is Sort.LIMIT:
            yield from ANY_LIMIT


@warning
def zero_limit(policy: Policy) -> Found:
    """A limit of no time at all is missed before anybody can act. `0 days` is meant: until the end of the day."""
    for rule in policy.rules:
        if isinstance(rule, Duty) and any(limit.span == timedelta(0) for limit in limits_of(rule, policy)):
            yield rule.span, f"`{rule.name}` leaves no time", "write a limit that can be kept, or `0 days` for the rest of the day"


@warning
def conflicting_limits(policy: Policy) -> Found:
    """Two duties that ask the same act of the same bearer for the same trigger, with different limits: which one holds?"""
    alike: dict[object, list[Duty]] = {}
    for rule in policy.rules:
        if isinstance(rule, Duty) and not rule.right and rule.tiers:
            alike.setdefault((rule.when, rule.must, rule.bearer, rule.provided), []).append(rule)
    for group in alike.values():
        told: set[str] = set()
        for one, other in combinations(group[:MOST_ALIKE], 2):
            same = (one.tiers, one.overlays) == (other.tiers, other.overlays) or other.name in told
            if not same and not are_versions(one, other) and both_apply(one, other, policy):
                told.add(other.name)
                yield (other.span, f"`{other.name}` and `{one.name}` ask for the same act within different limits",
                       f"say which one goes before: «defeats: {one.name}»")


@warning
def moment_may_be_missing(policy: Policy) -> Found:
    """Nobody can look up who held a post at an instant that the event leaves out."""
    for rule in policy.rules:
        present = {e.name for e in known_present(rule, policy) if isinstance(e, FieldRef)}
        for name in dict.fromkeys(spec.moment for spec in rule.lookups()):
            fields = [field_of(policy, trigger, name) for trigger in rule.when]
            if name not in present and any(f is not None and f.optional for f in fields):
                yield (rule.span, f"`{rule.name}` looks up its answers at `{name}`, which may be missing",
                       f"declare `{name}` without «optional», or say in «where» that it `is present`")


@warning
def points_for_a_breach(policy: Policy) -> Found:
    """A breach that earns points: the minus was forgotten."""
    merits = {rule.name for rule in policy.rules if isinstance(rule, Threshold) and rule.merit}
    for rule in policy.rules:
        weight = getattr(rule, "weight", None)
        against = not isinstance(rule, Threshold) or (not rule.merit and all(t.made in AGAINST for t in rule.when))
        if isinstance(weight, Weight) and against and (weight.points or 0) > 0:
            yield rule.span, f"a breach of `{rule.name}` earns {weight.points} points", f"write «points: -{weight.points}»"
        for item in rule.items if isinstance(rule, Scorecard) else ():
            earned = item.points.value if isinstance(item.points, Constant) else None
            faults = all(t.made in AGAINST and t.name not in merits for t in item.of)
            if isinstance(earned, (int, Decimal)) and earned > 0 and faults:
                yield rule.span, f"`{item.name}` of `{rule.name}` gives {earned} points for a breach", f"write «points: -{earned}»"


@warning
def period_never_applies(policy: Policy) -> Found:
    """Other limits for a period that lies outside the days on which the rule is in force."""
    for rule in policy.rules:
        for period in dict.fromkeys(rule.periods()):
            reached = [1 for since, until in period.declared if (rule.effective.since or since) < until
                       and (rule.effective.until is None or since < rule.effective.until)]
            if period.event is None and not reached:
                yield (rule.span, f"the period `{period.name}` lies outside the days on which `{rule.name}` is in force",
                       "leave it out, or mend the days")


@warning
def row_never_read(policy: Policy) -> Found:
    """A row of a table that no choice of the field selects: it was renamed here and not there."""
    choices: dict[str, set[str]] = {}
    free: set[str] = set()
    for part in policy.parts:
        if isinstance(part, ParameterRef) and part.key is not None:
            if isinstance(part.key, FieldRef) and part.key.type.choices:
                choices.setdefault(part.name, set()).update(part.key.type.choices)
            else:
                free.add(part.name)
    for name, known in choices.items():
        rows = dict.fromkeys(row for v in policy.parameters[name].versions for row in v.table or ())
        for row in rows if name not in free else ():
            if row not in known:
                yield policy.parameters[name].span or WHOLE, f"no rule reads the row `{row}` of `{name}`", closest(row, known)
