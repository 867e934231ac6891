"""Static checks on a policy that could be read: one small function each, its name and what it catches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from accountability.errors import Diagnostic, Span, closest
from accountability.policy.expression import (
    And,
    Constant,
    Expression,
    FieldRef,
    ParameterRef,
    Present,
    SameKey,
    may_be_missing,
    walk,
)
from accountability.policy.kinds import Duty, Prohibition, Threshold
from accountability.policy.model import Policy
from accountability.policy.rule import Made, Tier, Trigger
from accountability.policy.vocabulary import Sort
from accountability.workdays import Limit
from accountability.workdays.reckoning import check_arguments

Check = Callable[[Policy], Iterator[Diagnostic]]
CHECKS: dict[str, Check] = {}
WHOLE = Span("", 1, 1, 1, 2)
ANY_LIMIT = tuple(map(Limit.parse, ("1h", "1 day", "1 working day", "1 working day same time")))

PERSONAL_FIELDS = frozenset({
    "name", "fullname", "surname", "petitioner", "complainant", "applicant", "resident", "citizen", "worker", "believer", "person",
    "tipster", "keyperson", "idnumber", "idcard", "passport", "phone", "telephone", "mobile", "email", "address", "faith",
    "religion", "age", "birthday", "birthdate", "gender", "sex", "ethnicity", "nationality", "health", "diagnosis", "disease",
})
PERSONAL_WORDS = ("姓名", "身份证", "电话", "手机", "住址", "地址", "信仰", "宗教", "年龄", "性别", "民族", "健康", "疾病",
                  "信访人", "上访人", "重点人", "举报人")


def check(function: Check) -> Check:
    """Registers a check under its function's name, written with hyphens."""
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


def check_rules(policy: Policy) -> tuple[Diagnostic, ...]:
    """What every check says of *policy*, in file order."""
    found = [d for one in CHECKS.values() for d in one(policy)]
    return tuple(sorted(found, key=lambda d: (d.span, d.check)))


@check
def personal_field(policy: Policy) -> Iterator[Diagnostic]:
    """A vocabulary must not declare a field about a person (SG1)."""
    for event in policy.vocabulary.values():
        for field in event.fields.values():
            plain = re.sub(r"[\W_]", "", field.name).lower()
            last = re.split(r"[\W_]+", field.name.lower())
            about_somebody = any(w in field.name for w in PERSONAL_WORDS) or {"petitioner", "complainant", "resident"} & set(last)
            if plain in PERSONAL_FIELDS or about_somebody:
                yield Diagnostic(field.span or WHOLE, "personal-field",
                                 f"`{field.name}` of `{event.name}` would hold something about a person",
                                 "leave the field out: only duty-holders and cases are modelled (SG1)")


@check
def case_raised_as_breach(policy: Policy) -> Iterator[Diagnostic]:
    """That a case was raised may start an authority's duty and nothing else (SG2, SG3)."""
    raised = {e.name for e in policy.vocabulary.values() if e.raises_case}
    for rule in policy.rules:
        uses = set(rule.waits_for())
        if isinstance(rule, Duty):
            uses = {*rule.must, *(Trigger(Made.EVENT, o.period.event) for o in rule.overlays if o.period.event)}
        for trigger in sorted(uses):
            if trigger.made is Made.EVENT and trigger.name in raised:
                yield Diagnostic(rule.span, "case-raised-as-breach",
                                 f"`{rule.name}` uses `{trigger.name}`, which says that a case was raised",
                                 "let it start a duty of an authority, nothing else (SG2, SG3)")


@check
def uncited_rule(policy: Policy) -> Iterator[Diagnostic]:
    """Every rule names the source it encodes."""
    for rule in policy.rules:
        if not rule.source:
            yield Diagnostic(rule.span, "uncited-rule", f"`{rule.name}` names no source",
                             "add «source: KEY» and declare KEY under «sources»")


@check
def unknown_source(policy: Policy) -> Iterator[Diagnostic]:
    """What a parameter names as its source is declared, as for rules."""
    for parameter in policy.parameters.values():
        if parameter.source and parameter.source not in policy.sources:
            yield Diagnostic(parameter.span or WHOLE, "unknown-source", f"the pack declares no source `{parameter.source}`",
                             closest(parameter.source, policy.sources))


def tiers_of(rule: Duty) -> tuple[Tier, ...]:
    """The tiers of *rule*, those of its overlays included."""
    return (*rule.tiers, *(t for overlay in rule.overlays for t in overlay.tiers))


def known_present(rule: Duty) -> set[Expression]:
    """What `where` asks to be present before *rule* applies."""
    parts = rule.where.parts if isinstance(rule.where, And) else (rule.where,)
    return {p.of for p in parts if isinstance(p, Present) and not p.negated}


@check
def limit_may_be_missing(policy: Policy) -> Iterator[Diagnostic]:
    """A limit or due that some event leaves out needs `where: … is present`, so that leaving it out is meant."""
    for rule in policy.rules:
        if not isinstance(rule, Duty):
            continue
        for amount in [*(t.limit for t in tiers_of(rule)), *([rule.due] if rule.due else [])]:
            if may_be_missing(amount) and not known_present(rule) & set(walk(amount)):
                yield Diagnostic(rule.span, "limit-may-be-missing", f"`{rule.name}` can start without a limit",
                                 "say in «where» that it applies only if the value `is present`")


@check
def unused_parameter(policy: Policy) -> Iterator[Diagnostic]:
    """A parameter that no rule reads is a number that somebody believes to be in force."""
    used = {e.name for rule in policy.rules for tree in rule.expressions() for e in walk(tree) if isinstance(e, ParameterRef)}
    for name, parameter in policy.parameters.items():
        if name not in used:
            yield Diagnostic(parameter.span or WHOLE, "unused-parameter", f"no rule reads the parameter `{name}`",
                             "use it or delete it", "warning")


@check
def late_parameter(policy: Policy) -> Iterator[Diagnostic]:
    """A duty that is in force before its parameter has a value owes nothing until then, and nobody may have meant that."""
    for rule in policy.rules:
        if not isinstance(rule, Duty):
            continue
        read = [e for t in tiers_of(rule) for e in walk(t.limit) if isinstance(e, ParameterRef) and e not in known_present(rule)]
        for name in dict.fromkeys(e.name for e in read):
            first = policy.parameters[name].versions[0].since
            if first != date.min and (rule.effective.since is None or rule.effective.since < first):
                yield Diagnostic(rule.span, "late-parameter",
                                 f"`{name}` has no value before {first}, and `{rule.name}` is in force earlier",
                                 f"give it an earlier value, or say `effective: {{from: {first}}}`", "warning")


@check
def nobody_answers(policy: Policy) -> Iterator[Diagnostic]:
    """A finding against an authority names who answers for it."""
    for rule in policy.rules:
        if isinstance(rule, (Duty, Prohibition)) and not rule.answers and not (isinstance(rule, Duty) and rule.right):
            yield Diagnostic(rule.span, "nobody-answers", f"nobody answers for a breach of `{rule.name}`",
                             "add «answers: {RESPONSIBILITY: at due}»", "warning")


@check
def limit_out_of_terms(policy: Policy) -> Iterator[Diagnostic]:
    """Whatever limit a duty may come to, its calendar, its business hours and `until close of business` must go with it."""
    for rule in policy.rules:
        if not isinstance(rule, Duty):
            continue
        by = rule.reckoning
        for limit in dict.fromkeys(limits_of(rule, policy)):
            try:
                check_arguments(limit, by.calendar, by.roll, by.clock_start, by.hours, by.until_close)
            except ValueError as error:
                what, _, way_out = str(error).partition("; ")
                check = "no-calendar" if "calendar" in what else "no-business-hours" if "hours" in what else "two-ends"
                yield Diagnostic(rule.span, check, f"`{rule.name}`: {what}", way_out)
                break


def limits_of(rule: Duty, policy: Policy) -> Iterator[Limit]:
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


@check
def threshold_of_one(policy: Policy) -> Iterator[Diagnostic]:
    """A threshold of one is the event itself."""
    for rule in policy.rules:
        if isinstance(rule, Threshold) and rule.reaches == 1:
            yield Diagnostic(rule.span, "threshold-of-one", f"`{rule.name}` is reached by a single member",
                             "write a prohibition, or a count of 2 or more", "warning")


@check
def optional_key(policy: Policy) -> Iterator[Diagnostic]:
    """`any T of the same F` needs a field that no event of type T leaves out."""
    for rule in policy.rules:
        for tree in rule.expressions():
            for part in walk(tree):
                declared = policy.vocabulary.get(part.event_type) if isinstance(part, SameKey) else None
                if isinstance(part, SameKey) and declared is not None and declared.fields[part.field].optional:
                    yield Diagnostic(rule.span, "optional-key", f"`{part.field}` may be missing from `{part.event_type}`",
                                     f"declare `{part.field}` without «optional»")
