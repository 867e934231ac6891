"""Checks that hold the safeguards: authorities are judged, never people (SG1, SG2, SG3, SG4, SG11, SG13)."""

from __future__ import annotations

import re
from decimal import Decimal

from accountability.policy.checks.registry import WHOLE, Found, error
from accountability.policy.expression import Constant
from accountability.policy.kinds import Duty, Reporting, Scorecard
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
            uses = {*rule.must, *(Trigger(Made.EVENT, o.period.event) for o in rule.overlays if o.period.event)}
        elif isinstance(rule, Reporting):
            uses = {t for role, t in rule.inputs() if role != TRIGGER}
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
