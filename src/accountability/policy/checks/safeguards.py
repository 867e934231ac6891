"""Checks that hold the safeguards: authorities are judged, never people (SG1, SG2, SG3, SG4, SG11, SG12, SG13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accountability.policy.checks.registry import WHOLE, Found, error, warning
from accountability.policy.expression import Arithmetic, Constant, Expression, ParameterRef, arithmetic, walk
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Prohibition, Reporting, Rule, Scorecard, Threshold
from accountability.policy.kinds.turns import Turn
from accountability.policy.model import Policy
from accountability.policy.persons import about_somebody, brings_somebody
from accountability.policy.rule import TRIGGER, Made, Trigger

BROUGHT = (Made.DISCHARGE, Made.PASSED, Made.PROPOSAL, Made.FINDING)
"""What a rule that starts when a case is raised concludes however well it is handled; the finding of a threshold is a merit."""
MUCH = Fraction(10**9)
"""More than any field of a number holds."""


@error
def personal_field(policy: Policy) -> Found:
    """A vocabulary must not declare a field about a person (SG1)."""
    for event in policy.vocabulary.values():
        for field in event.fields.values():
            # Under whatever name, it holds what stands under the key that it is read from.
            told = field.name if about_somebody(field.name) else field.key if brings_somebody(field.key) else None
            if told is not None:
                yield (field.span or WHOLE, f"`{told}` of `{event.name}` would hold something about a person",
                       "leave the field out: only duty-holders and cases are modelled (SG1)")


@error
def case_raised_as_breach(policy: Policy) -> Found:
    """That a case was raised may start an authority's duty and nothing else (SG2, SG3)."""
    raised = {e.name for e in policy.vocabulary.values() if e.raises_case}
    for rule in (*policy.rules, *policy.invariants):
        uses = set(rule.waits_for())
        if isinstance(rule, Duty):  # what is raised once more may start the same duty once more
            uses = {t for role, t in rule.inputs() if role not in (TRIGGER, Turn.REDO)}
        elif isinstance(rule, Reporting):
            uses = {t for role, t in rule.inputs() if role != TRIGGER}
        uses |= {Trigger(Made.EVENT, period.event) for period in rule.periods() if period.event}
        for trigger in sorted(uses):
            if trigger.made is Made.EVENT and trigger.name in raised:
                yield (rule.span, f"`{rule.name}` uses `{trigger.name}`, which says that a case was raised",
                       "let it start a duty of an authority, nothing else (SG2, SG3)")


@error
def case_handled_as_fault(policy: Policy) -> Found:
    """That a case was handled is held against nobody, or fewer cases would be rewarded (SG3)."""
    raised = {Trigger(Made.EVENT, e.name) for e in policy.vocabulary.values() if e.raises_case}
    for rule in policy.rules:  # each comes after those it waits for
        if {*rule.when} & raised:
            raised |= {Trigger(made, rule.name) for made in BROUGHT}
        for held, trigger, way_out in _against(rule, policy):
            if trigger in raised and trigger.made is not Made.EVENT:
                yield rule.span, f"{held} «{trigger}», which every case brings", f"{way_out} (SG3)"


def _against(rule: Rule, policy: Policy) -> Iterator[tuple[str, Trigger, str]]:
    """What *rule* holds against somebody each time: in words, what it is, and the way out."""
    match rule:
        case Scorecard(items=items):
            for item in items:
                for trigger in item.of if item.points is not None and _takes(item.points, policy) else ():
                    yield (f"`{item.name}` takes points for", trigger,
                           "take them for the breach, or give them for what was done well")
        case Threshold(merit=True, broken=broken):
            yield from ((f"`{rule.name}` counts no merit from before", t, "let the breach break it") for t in broken)
        case Threshold(when=when):
            yield from ((f"`{rule.name}` counts as a fault", t, "count the breach, or say that it is a merit: «merit: yes»")
                        for t in when)
        case Prohibition(when=when, join=None, guard=None):
            yield from ((f"`{rule.name}` forbids", t, "say in «where» what was wrong with it, or wait for the breach")
                        for t in when)
        case Effect(when=when, guard=None, name=name) if any(name == rung.effect for one in policy.ladders for rung in one.rungs):
            yield from ((f"the rung `{name}` follows on", t, "let it follow on the breach") for t in when
                        if t.made in (Made.DISCHARGE, Made.PASSED))  # the finding of a merit may lead up to an honour


def _takes(points: Expression, policy: Policy) -> bool:
    """Whether *points* are on some day less than nothing and never more, if no field holds less than nothing."""
    read = [policy.parameters[e.name] for e in walk(points) if isinstance(e, ParameterRef)]
    ends = (_ends(points, day, policy) for day in {date.min, *(v.since for p in read for v in p.versions)})
    return any(found and min(found) < 0 >= max(found) for found in ends)


def _ends(amount: Expression, day: date, policy: Policy) -> set[Fraction]:
    """The least and the most that *amount* can come to on *day*; nothing where it has no value."""
    match amount:
        case Constant(value=int() | Decimal() as value):
            found = {Fraction(value)}
        case ParameterRef(name=name):
            versions = [v for v in policy.parameters[name].versions if v.since <= day][-1:]
            values = (value for v in versions for value in ((v.value,) if v.table is None else v.table.values()))
            found = {Fraction(value) for value in values if isinstance(value, int | Decimal)}
        case Arithmetic(op=op, left=left, right=right):
            sides = (_ends(left, day, policy), _ends(right, day, policy))
            results = (arithmetic(op, a, b) for a in sides[0] for b in sides[1])
            found = {result for result in results if isinstance(result, Fraction)}
        case _:
            found = {Fraction(0), MUCH}
    return {min(found), max(found)} if found else found


@error
def nobody_at_fault(policy: Policy) -> Found:
    """A mass incident or an escalation alone is nobody's breach: it is one with an authority's own failure (SG11)."""
    innocent = {e.name for e in policy.vocabulary.values() if e.nobodys_fault}
    for rule in policy.rules:
        joined = rule.join is not None if isinstance(rule, Prohibition) else isinstance(rule, Effect) and bool(rule.joined)
        alone = () if isinstance(rule, Duty | Gate | Reporting) or joined else tuple(rule.waits_for())
        failures = tuple(rule.acts()) if joined else ()
        for trigger in sorted({*alone, *failures}):
            if trigger.made is Made.EVENT and trigger.name in innocent:
                yield (rule.span, f"`{trigger.name}` is nobody's fault by itself, and `{rule.name}` holds it against somebody",
                       "name the failure of the authority that must come with it: «joined with» (SG11)")


@error
def bar_changes_hands(policy: Policy) -> Found:
    """What bars a person is on somebody who held the post at one instant, not on whoever holds it at any time (SG12)."""
    for rule in policy.rules:
        if not isinstance(rule, DecidedEffect) or not rule.bars or not rule.follows_person:
            continue
        for on in rule.on:
            if on.answer is not None and on.answer.moment == "now":
                yield (rule.span, f"`{rule.name}` bars a person from `{rule.bars[0]}`, and is on whoever holds the post now",
                       "let it bar the post: «follows: post»; or let it be on who held the post at one instant: "
                       f"«on: {on.answer.line} at trigger» (SG12)")


@warning
def effect_without_decision(policy: Policy) -> Found:
    """A consequence is proposed here and decided by a competent body; one that nobody decides stays on paper (SG13)."""
    decided = {t.name for rule in policy.rules for t in rule.waits_for() if t.made is Made.PROPOSAL}
    if any(isinstance(rule, DecidedEffect) for rule in policy.rules):
        return
    for rule in policy.rules:
        if isinstance(rule, Effect) and rule.decision is None and rule.name not in decided:
            yield (rule.span, f"nobody decides on what `{rule.name}` proposes",
                   "name the event by which the competent body decides: «decided by: EVENT»")


@warning
def effect_without_appeal(policy: Policy) -> Found:
    """What bars somebody from something can be appealed: a right to do so, or an event that quashes it (SG13)."""
    rungs = {rung.effect for ladder in policy.ladders for rung in ladder.rungs}  # a check of their own
    rights = {t for rule in policy.rules if isinstance(rule, Duty) and rule.right for t in rule.when}
    for rule in policy.rules:
        if isinstance(rule, DecidedEffect):
            bars, waits, quashed = rule.bars, {*rule.when}, rule.quashed is not None
        elif isinstance(rule, Effect) and rule.decision is not None:
            bars, waits, quashed = rule.decision.bars, {Trigger(Made.EVENT, rule.decision.by)}, rule.decision.quashed is not None
        else:
            continue
        if bars and not quashed and rule.name not in rungs and not rights & {*waits, Trigger(Made.STANDING, rule.name)}:
            yield (rule.span, f"`{rule.name}` bars from `{bars[0]}`, and nobody can appeal",
                   f"add a duty with «may: EVENT» that waits for «standing of {rule.name}», or «quashed by»")
