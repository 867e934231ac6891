"""Checks on who answers."""

from __future__ import annotations

from collections.abc import Iterator

from accountability.errors import Span, closest
from accountability.organisation import Organisation, ResponsibilityKind
from accountability.policy.checks.registry import WHOLE, Found, beside, warning
from accountability.policy.expression import Compare, Constant, OneOf, OrganisationFact, walk
from accountability.policy.kinds import Coverage, Duty, Effect, Prohibition, Recurring, Reporting, Rule
from accountability.policy.model import Policy
from accountability.policy.rule import Bearer


@warning
def nobody_answers(policy: Policy) -> Found:
    """A finding against an authority names who answers for it; a right is nobody's breach."""
    for rule in policy.rules:
        right = isinstance(rule, Duty) and rule.right
        if isinstance(rule, (Duty, Recurring, Coverage, Reporting, Prohibition)) and not rule.answers and not right:
            moment = "trigger" if isinstance(rule, Coverage) else "due"
            yield (rule.span, f"nobody answers for a breach of `{rule.name}`", f"add «answers: {{RESPONSIBILITY: at {moment}}}»")


@warning
def rung_without_appeal(policy: Policy) -> Found:
    """A rung that bars somebody from something says how that is appealed (SG13)."""
    for rung in (r for ladder in policy.ladders for r in ladder.rungs if r.appeal is None):
        effect = policy.rule(rung.effect)
        if isinstance(effect, Effect) and effect.decision is not None and effect.decision.bars:
            yield (rung.span, f"nobody can appeal against `{rung.effect}`", "add «appeal: {when: …, within: …}»")


@beside
def role_nobody_has(policy: Policy, organisation: Organisation) -> Found:
    """A responsibility whose roles no post has, and no line names, answers for nothing."""
    roles, lines = {post.role for post in organisation.post_entries}, {line.name for line in organisation.lines}
    for kind, rule in _asked(policy):
        if kind.name not in lines and not roles & {*kind.roles}:
            near = closest(kind.roles[0], roles) if kind.roles else "name its `roles`"
            yield (_place(kind, policy), f"no post has a role of `{kind.name}`, so nobody answers for `{rule.name}`", near)


@beside
def level_nobody_has(policy: Policy, organisation: Organisation) -> Found:
    """A responsibility that is sought at a level which no unit has finds nobody."""
    levels, lines = {unit.level for unit in organisation.unit_entries}, {line.name for line in organisation.lines}
    for kind, rule in _asked(policy):
        level = kind.of.partition(":")[2]
        if level and level not in levels and kind.name not in lines:
            yield (_place(kind, policy), f"no unit has the level `{level}`, so nobody answers for `{rule.name}`",
                   closest(level, levels))


@beside
def bearer_nobody_is(policy: Policy, organisation: Organisation) -> Found:
    """A duty of a unit that there is not is nobody's."""
    for rule in policy.rules:
        bearer = getattr(rule, "bearer", None)
        if isinstance(bearer, Bearer) and bearer.unit is not None and bearer.unit not in organisation.units:
            yield (rule.span, f"`{rule.name}` binds `unit/{bearer.unit}`, and the organisation has no such unit",
                   closest(bearer.unit, organisation.units))


@beside
def word_nobody_has(policy: Policy, organisation: Organisation) -> Found:
    """A condition on a role or level that the organisation does not know never holds."""
    known = {"role": {post.role for post in organisation.post_entries}, "level": {unit.level for unit in organisation.unit_entries}}
    for rule in policy.rules:
        for part in (p for tree in rule.expressions() for p in walk(tree)):
            match part:
                case Compare(left=OrganisationFact(what=what), right=Constant(value=str() as word)) if what in known:
                    words = [word]
                case OneOf(left=OrganisationFact(what=what), options=options) if what in known:
                    words = [o.value for o in options if isinstance(o, Constant) and isinstance(o.value, str)]
                case _:
                    continue
            for word in words:
                if word not in known[what]:
                    yield (rule.span, f"`{rule.name}` asks for the {what} `{word}`, which the organisation does not know",
                           closest(word, known[what]))


def _asked(policy: Policy) -> Iterator[tuple[ResponsibilityKind, Rule]]:
    """Every responsibility under which somebody answers, with the first rule that asks."""
    seen: dict[str, tuple[ResponsibilityKind, Rule]] = {}
    for rule in policy.rules:
        for spec in rule.lookups():
            if spec.kind is not None:
                seen.setdefault(spec.kind.name, (spec.kind, rule))
    yield from seen.values()


def _place(kind: ResponsibilityKind, policy: Policy) -> Span:
    return policy.places.get(("responsibility", kind.name), WHOLE)
