"""Checks that hold the safeguards: authorities are judged, never people (SG1, SG2, SG3, SG4, SG11, SG13)."""

from __future__ import annotations

import re
from decimal import Decimal

from accountability.policy.checks.registry import WHOLE, Found, error, warning
from accountability.policy.expression import Constant
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Prohibition, Reporting, Scorecard
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Trigger

PERSONAL_FIELDS = frozenset({
    "name", "fullname", "surname", "petitioner", "complainant", "applicant", "resident", "citizen", "worker", "believer", "person",
    "tipster", "keyperson", "idnumber", "idcard", "passport", "phone", "telephone", "mobile", "email", "address", "faith",
    "religion", "age", "birthday", "birthdate", "gender", "sex", "ethnicity", "nationality", "health", "diagnosis", "disease",
})
PERSONAL_WORDS = ("姓名", "身份证", "电话", "手机", "住址", "地址", "信仰", "宗教", "年龄", "性别", "民族", "健康", "疾病",
                  "信访人", "上访人", "重点人", "举报人")


@error
def personal_field(policy: Policy) -> Found:
    """A vocabulary must not declare a field about a person (SG1)."""
    for event in policy.vocabulary.values():
        for field in event.fields.values():
            plain = re.sub(r"[\W_]", "", field.name).lower()
            last = re.split(r"[\W_]+", field.name.lower())
            about_somebody = any(w in field.name for w in PERSONAL_WORDS) or {"petitioner", "complainant", "resident"} & set(last)
            if plain in PERSONAL_FIELDS or about_somebody:
                yield (field.span or WHOLE, f"`{field.name}` of `{event.name}` would hold something about a person",
                       "leave the field out: only duty-holders and cases are modelled (SG1)")


@error
def case_raised_as_breach(policy: Policy) -> Found:
    """That a case was raised may start an authority's duty and nothing else (SG2, SG3)."""
    raised = {e.name for e in policy.vocabulary.values() if e.raises_case}
    for rule in policy.rules:
        uses = set(rule.waits_for())
        if isinstance(rule, Duty):
            uses = {*rule.must}
        elif isinstance(rule, Reporting):
            uses = {t for role, t in rule.inputs() if role != TRIGGER}
        uses |= {Trigger(Made.EVENT, period.event) for period in rule.periods() if period.event}
        for trigger in sorted(uses):
            if trigger.made is Made.EVENT and trigger.name in raised:
                yield (rule.span, f"`{rule.name}` uses `{trigger.name}`, which says that a case was raised",
                       "let it start a duty of an authority, nothing else (SG2, SG3)")


@error
def case_handled_as_fault(policy: Policy) -> Found:
    """No scorecard takes points for a case that was handled, or fewer cases would be rewarded (SG3)."""
    raised = {Trigger(Made.EVENT, e.name) for e in policy.vocabulary.values() if e.raises_case}
    for rule in policy.rules:  # each comes after those it waits for
        if {*rule.when} & raised:
            raised |= {Trigger(made, rule.name) for made in (Made.DISCHARGE, Made.PASSED)}
        for item in rule.items if isinstance(rule, Scorecard) else ():
            points = item.points.value if isinstance(item.points, Constant) else None
            for trigger in item.of if isinstance(points, (int, Decimal)) and points < 0 else ():
                if trigger in raised and trigger.made is not Made.EVENT:
                    yield (rule.span, f"`{item.name}` takes points for «{trigger}», which every case brings",
                           "take them for the breach, or give them for what was done well (SG3)")


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
