"""What rules that are in force hear: reports, and each other; of what is only tried out, nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import attrs

from accountability.errors import Span
from accountability.policy.expression import SameKey, walk
from accountability.policy.kinds import Rule
from accountability.policy.kinds.gate import Barred
from accountability.policy.rule import Made, RuleBase, Trigger
from accountability.workdays import Reckoning

NOWHERE = "draft "
"""Before the name of a rule: something that no rule concludes."""


def deaf(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """*rules*, of which those in force wait for nothing that a draft concludes, and ask for none of it."""
    drafts = {rule.name for rule in rules if rule.draft}
    return tuple(rule if rule.draft else _without(rule, drafts) for rule in rules) if drafts else rules


def drafts_heard(rule: RuleBase, drafts: Collection[str]) -> set[str]:
    """The *drafts* that *rule* names: what it waits for there, or asks about."""
    heard = {t.name for t in rule.waits_for() if t.made not in (Made.EVENT, Made.BAR)} & {*drafts}
    asked = {p.event_type.partition(" of ")[2] for e in rule.questions() for p in walk(e) if isinstance(p, SameKey) and p.concluded}
    return heard | asked & {*drafts}


def _without(thing: Any, drafts: Collection[str]) -> Any:
    """*thing*, and everything in it, with another name for whatever one of *drafts* concludes; the same where there is nothing."""
    match thing:
        case str() | Span() | Reckoning():
            return thing
        case Trigger(made=made, name=name) if made is not Made.EVENT and name in drafts:
            return attrs.evolve(thing, name=NOWHERE + name)
        case SameKey(concluded=True, event_type=asked) if asked.partition(" of ")[2] in drafts:
            what, _, rule = asked.partition(" of ")
            return attrs.evolve(thing, event_type=f"{what} of {NOWHERE}{rule}")
        case Barred(effects=effects):
            return attrs.evolve(thing, effects=tuple(e for e in effects if e not in drafts))
        case tuple():
            found = tuple(_without(one, drafts) for one in thing)
            return thing if all(a is b for a, b in zip(found, thing, strict=True)) else found
    if not attrs.has(type(thing)):
        return thing
    parts = {field.name: getattr(thing, field.name) for field in attrs.fields(type(thing)) if field.init}
    changed = {name.lstrip("_"): new for name, old in parts.items() if (new := _without(old, drafts)) is not old}
    return attrs.evolve(thing, **changed) if changed else thing
