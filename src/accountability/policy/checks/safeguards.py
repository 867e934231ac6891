"""Checks that hold the safeguards: authorities are judged, never people (SG1, SG2, SG3, SG4, SG11, SG12, SG13)."""

from __future__ import annotations

from accountability.policy.checks.grounds import asks, what_of
from accountability.policy.checks.registry import WHOLE, Found, error, warning
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Prohibition, Rule
from accountability.policy.model import Policy
from accountability.policy.persons import about_somebody, brands_somebody, brings_somebody, is_somebody
from accountability.policy.rule import Bearer, Made, Trigger, Weight
from accountability.policy.vocabulary import BOOLEAN, NUMBER

VETO_GRADE = frozenset({"veto", "否决", "一票否决"})
"""How the gravest severity is called."""


@error
def personal_field(policy: Policy) -> Found:
    """A vocabulary must not declare a field about a person, nor a pack sort people (SG1)."""
    leave = "leave the field out: only duty-holders and cases are modelled (SG1)"
    for event in policy.vocabulary.values():
        if brands_somebody(event.name):
            yield (event.span or WHOLE, f"`{event.name}` would sort people", "name it for what the authority does (SG1)")
        for field in event.fields.values():
            # Under whatever name, it holds what stands under the key that it is read from.
            counted = field.type in (NUMBER, BOOLEAN)
            told = (field.name if about_somebody(field.name, counted) else
                    field.key if brings_somebody(field.key, counted) else None)
            if told is not None:
                yield field.span or WHOLE, f"`{told}` of `{event.name}` would hold something about a person", leave
            for choice in sorted(filter(brands_somebody, field.type.choices)):
                yield field.span or WHOLE, f"`{choice}` of `{event.name}` would sort people", leave
    for parameter in policy.parameters.values():
        rows = {row for version in parameter.versions for row in version.table or ()}
        for word in sorted(filter(brands_somebody, {parameter.name, *rows})):
            yield (parameter.span or WHOLE, f"`{word}` would sort people", "let it say what is asked of an authority (SG1)")
    for rule in policy.rules:
        bearer = getattr(rule, "bearer", None)
        if isinstance(bearer, Bearer) and bearer.unit is not None and is_somebody(bearer.unit):
            yield rule.span, f"`{rule.name}` would bind a person, `unit/{bearer.unit}`", "let it bind a unit of the authority (SG1)"


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


@error
def veto_without_hearing(policy: Policy) -> Found:
    """A veto has effect only where its decision is as it must be: a competent body, a listed basis, the unit heard (SG13)."""
    for rule in policy.rules:
        if isinstance(rule, DecidedEffect):
            checked, decisions = bool(rule.requires), rule.when
        elif isinstance(rule, Effect) and rule.decision is not None:
            checked, decisions = rule.decision.provided is not None, (Trigger(Made.EVENT, rule.decision.by),)
        else:
            continue
        fields = (f for t in decisions if t.made is Made.EVENT for f in policy.vocabulary[t.name].fields.values())
        if not checked and any(f.type.kind == "veto" for f in fields):
            key = "requires: {competent body: …, listed basis: …, heard: …}" if isinstance(rule, DecidedEffect) else "provided: …"
            yield rule.span, f"`{rule.name}` puts a veto in force, whoever decided it and on whatever ground", f"add «{key}» (SG13)"


@error
def veto_grade_weakened(policy: Policy) -> Found:
    """A breach of veto grade is somebody's, yields to no lesser rule, and is not cured by what is done later (SG7, SG8)."""
    rules = {rule.name: rule for rule in policy.rules}
    performed = {act for rule in policy.rules if isinstance(rule, Duty) and not rule.right for act in rule.must}
    for rule in policy.rules:
        if not _of_veto_grade(rule):
            continue
        if not rule.answers:
            yield (rule.span, f"`{rule.name}` is of veto grade, and nobody answers for it",
                   "add «answers: {RESPONSIBILITY: at trigger}» (SG7)")
        for name, _ in rule.defeated_by:
            if name in rules and not _of_veto_grade(rules[name]):
                yield (rules[name].span, f"`{name}` defeats `{rule.name}`, which is of veto grade",
                       "leave «defeats» out, or give both one grade (SG7)")
        for exemption in rule.exemptions:
            for question, helps in asks(exemption.where):
                if helps and (what_of(question) in performed or what_of(question).made is Made.DISCHARGE):
                    yield (rule.span, f"`{rule.name}` is of veto grade, and «{what_of(question)}» would cure it, however late",
                           "say in «where» what makes it a breach (SG7)")


def _of_veto_grade(rule: Rule) -> bool:
    weight = getattr(rule, "weight", None)
    return isinstance(rule, Prohibition | Duty) and isinstance(weight, Weight) and weight.severity in VETO_GRADE


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
