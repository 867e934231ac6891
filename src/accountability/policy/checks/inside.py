"""What stands in a rule, of whatever kind: its parts, and the fields of what it waits for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from accountability.policy.deciding import possible
from accountability.policy.expression import (
    And,
    Certainly,
    Compare,
    Constant,
    Expression,
    FieldRef,
    InForce,
    LastOf,
    Not,
    OneOf,
    Or,
    Present,
    SameKey,
)
from accountability.policy.kinds import Rule
from accountability.policy.model import Policy
from accountability.policy.rule import Made, RuleBase, Trigger
from accountability.policy.vocabulary import BOOLEAN, EventType, Field

VERSION = re.compile(
    r"[\s\-_.(（]*(?:v(?:ersion)?\s*|第)?\d[\d.\-]*[版年]?[)）]?$"
    r"|[\s\-_.(（]+(?:old|new)[)）]?$|[\s(（]*[旧新]版?[)）]?$")
"""What ends the name of a rule that has several versions."""


def is_condition(tree: Expression) -> bool:
    """Whether *tree* is true, false or unknown, and no amount."""
    match tree:
        case And() | Or() | Not() | Compare() | OneOf() | Present() | SameKey() | Certainly() | InForce():
            return True
        case FieldRef(type=kind) | Constant(type=kind) | LastOf(type=kind):
            return kind == BOOLEAN
        case _:
            return False


def in_force(rule: RuleBase) -> InForce:
    """The days on which triggers fall under *rule*."""
    return InForce(rule.effective.since, rule.effective.until)


def events_behind(policy: Policy, trigger: Trigger) -> Iterator[EventType]:
    """The event types that *trigger* is or comes of, through whatever rules."""
    seen: set[Trigger] = set()
    left = [trigger]
    rules = {rule.name: rule for rule in policy.rules}
    while left:
        one = left.pop()
        if one in seen:
            continue
        seen.add(one)
        if one.made is not Made.EVENT:
            left.extend(rules[one.name].when if one.name in rules else ())
        elif one.name in policy.vocabulary:
            yield policy.vocabulary[one.name]


def field_of(policy: Policy, trigger: Trigger, name: str) -> Field | None:
    """The declared field that *name* is, for whoever waits for *trigger*; None where no event declares it."""
    return next((event.fields[name] for event in events_behind(policy, trigger) if name in event.fields), None)


def renamed(tree: Expression, name: Callable[[FieldRef], FieldRef]) -> Expression:
    """*tree* with another field in the place of each."""
    def again(inner: Any) -> Any:
        if isinstance(inner, FieldRef):
            return name(inner)
        if isinstance(inner, tuple):
            return tuple(again(i) for i in inner)
        if attrs.has(type(inner)) and isinstance(inner, Expression):
            return attrs.evolve(inner, **{a.name: again(getattr(inner, a.name)) for a in attrs.fields(type(inner))})
        return inner
    found: Expression = again(tree)
    return found


def by_name(policy: Policy) -> Mapping[str, Rule]:
    """The rules of *policy* by their names."""
    return {rule.name: rule for rule in policy.rules}


def family(rule: RuleBase) -> str:
    """What the name of *rule* shares with its other versions: `reply 2022` and `reply 2026` are `reply`."""
    return VERSION.sub("", rule.name) or rule.name


def are_versions(one: RuleBase, other: RuleBase) -> bool:
    """Whether both are the same rule at different times: one family, other days."""
    return one.effective != other.effective and family(one) == family(other)


def both_apply(one: RuleBase, other: RuleBase, policy: Policy) -> bool:
    """Whether some trigger falls under both, neither of which defeats the other."""
    applies = [in_force(one), in_force(other), *(g for g in (one.guard, other.guard) if g is not None)]
    return possible(And(tuple(applies)), policy.parameters)
