"""What arises though nobody did wrong: because a case was raised, a crowd came, or a right was used. In: a policy. Out: the events
and conclusions that every one of these brings, however well it is handled (SG2, SG3, SG11, SG13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum

import attrs

from accountability.policy.checks.inside import field_of
from accountability.policy.checks.limits import limits_of
from accountability.policy.deciding import possible, together
from accountability.policy.expression import (
    And,
    Certainly,
    Expression,
    FieldRef,
    LastOf,
    Not,
    Or,
    Present,
    SameKey,
    parts_of,
    walk,
)
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Rule
from accountability.policy.model import Policy
from accountability.policy.rule import Made, Trigger, asked

DUTY_HOLDERS = frozenset({"unit", "post", "office-holder"})
ACTS_OF = {Made.DISCHARGE, Made.PASSED, Made.PROPOSAL, Made.FINDING, Made.STANDING}
"""What a rule that starts without anybody's fault concludes however well it goes; the finding of a threshold is then a merit."""


class Root(Enum):
    """Where it began, in the words in which it is told."""

    CASE = "which every case brings"
    NOBODY = "which comes of what is nobody's fault by itself"
    RIGHT = "which comes of the use of a right"


@attrs.frozen
class Ground:
    """Why something is nobody's fault: its *root*, and the fields that tell of this root alone, not of how it was handled."""

    root: Root
    own: frozenset[str]
    merit: bool = False
    """Whether it comes of a merit: then it may also lead up to an honour."""
    first: bool = False
    """Whether it is the very event that the vocabulary marks."""


Grounds = Mapping[Trigger, Ground]


def grounds_of(policy: Policy) -> Grounds:
    """Everything that arises without a fault, by what it is: followed through all rules until nothing is added."""
    found: dict[Trigger, Ground] = {}
    for event in policy.vocabulary.values():
        if event.raises_case or event.nobodys_fault:
            root = Root.CASE if event.raises_case else Root.NOBODY
            found[Trigger(Made.EVENT, event.name)] = Ground(root, frozenset({*event.fields, "bearer"}), first=True)
    before = -1
    while before != len(found):
        before = len(found)
        for rule in policy.rules:
            for trigger, ground in _brings(rule, found):
                found.setdefault(trigger, ground)
    return found


def _brings(rule: Rule, found: Grounds) -> Iterator[tuple[Trigger, Ground]]:
    """What *rule* makes of what is in *found*."""
    if isinstance(rule, Duty) and rule.right:  # whoever uses a right does no wrong, whatever gave the right
        used = Ground(Root.RIGHT, frozenset({"bearer"}))
        yield from ((t, used) for t in (Trigger(Made.DISCHARGE, rule.name), *_answers(rule)))
        return
    ground = next((found[t] for t in rule.when if t in found), None)
    if ground is None:
        return
    ground = attrs.evolve(ground, first=False)
    for made in ACTS_OF:
        if made is not Made.STANDING or _stands_by_itself(rule):
            yield Trigger(made, rule.name), attrs.evolve(ground, merit=ground.merit or made is Made.FINDING)
    if isinstance(rule, Duty) and ground.root is not Root.RIGHT:  # by one event a body may decide on appeals, and at first
        yield from ((t, ground) for t in _answers(rule))


def _answers(rule: Duty) -> Iterator[Trigger]:
    """The event that meets *rule*, where there is one way alone: every trigger then brings it."""
    if len(rule.must) == 1 and rule.must[0].made is Made.EVENT:
        yield rule.must[0]


def _stands_by_itself(rule: Rule) -> bool:
    """Whether nothing that is asked of a decision could tell of a fault."""
    if isinstance(rule, Effect):
        return rule.decision is not None and rule.decision.provided is None and not rule.joined and not rule.after
    return isinstance(rule, DecidedEffect) and not rule.requires


def tells_of_a_fault(tree: Expression | None, ground: Ground, grounds: Grounds, worse: bool = True) -> bool:
    """Whether a condition, or an amount, asks how it was handled, not only what came without anybody's fault.

    *worse*: whether it is worse for the bearer that the condition holds; then it tells of a fault that nothing was done.
    """
    for question, helps in asks(tree):
        asked_for = grounds.get(what_of(question))
        if asked_for is None or (not asked_for.first and helps is not worse):
            return True
    for part in walk(tree):
        match part:
            case FieldRef(name=name) if name not in ground.own:
                return True
            case LastOf(event_type=event, field=field):
                of = grounds.get(Trigger(Made.EVENT, event))
                if of is None or (not of.first and field not in of.own):
                    return True
            case _:
                pass
    return False


def what_of(question: SameKey) -> Trigger:
    """What *question* asks about."""
    return asked(question.event_type) if question.concluded else Trigger(Made.EVENT, question.event_type)


def asks(tree: Expression | None, holds: bool = True) -> Iterator[tuple[SameKey, bool]]:
    """What *tree* asks of other events and conclusions, each with whether one of them helps it to hold."""
    match tree:
        case SameKey(negated=negated):
            yield tree, holds is not negated
        case Present(of=LastOf(event_type=event, key=key, by_then=by_then), negated=negated):  # there is a last one if there is one
            yield SameKey(event, key, by_then=by_then), holds is not negated
        case Not(part=part):
            yield from asks(part, not holds)
        case Certainly(of=of):
            yield from asks(of, holds)
        case And(parts=parts) | Or(parts=parts):
            for one in parts:
                yield from asks(one, holds)
        case _:
            pass


def of_a_duty_holder(question: SameKey, policy: Policy) -> bool:
    """Whether *question* gathers all that one unit or person had to do with, not what belongs to one matter."""
    declared = field_of(policy, what_of(question), question.field)
    return question.field in ("bearer", "unit") if declared is None else declared.type.kind in DUTY_HOLDERS


def cannot_be_kept(rule: Rule, policy: Policy, ground: Ground) -> bool:
    """Whether whoever owes *rule* breaks it for some trigger whatever is done: no time, or conditions that no act can meet.

    What starts it by the authority's own act may be done at the same instant as what meets it, so no time at all is enough.
    """
    if not isinstance(rule, Duty) or rule.right:
        return False
    at_once = ground.first and not rule.even_before and not rule.turns.keys
    if at_once and any(limit.span == timedelta(0) for limit in limits_of(rule, policy)):
        return True
    wanted = (rule.provided, rule.turns.accepted.provided if rule.turns.accepted else None)
    for part in (part for tree in wanted for part in parts_of(tree)):
        if not possible(part, policy.parameters) or _asks_the_trigger_alone(part, ground):
            return True
    if any(tree is not None and not possible(tree, policy.parameters) for tree in wanted):
        return True
    gates = {Trigger(Made.PASSED, g.name) for g in policy.rules if isinstance(g, Gate)
             and not possible(together((g.where, *(e for _, e in g.requires))), policy.parameters)}
    return all(t in gates for t in rule.must)


def _asks_the_trigger_alone(tree: Expression, ground: Ground) -> bool:
    """Whether no act changes what *tree* says: it asks only what the case, or the crowd, tells of itself."""
    leaves = [p for p in walk(tree) if isinstance(p, FieldRef | SameKey | LastOf)]
    return bool(leaves) and all(isinstance(p, FieldRef) and p.scope == "trigger" and p.name in ground.own for p in leaves)
