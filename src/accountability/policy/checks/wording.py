"""Checks on what acts, measures and numbers are called, where that says against whom they are meant (SG2, SG3, SG5, SG7, SG10)."""

from __future__ import annotations

from collections.abc import Iterator

from accountability.policy.checks.cases import takes
from accountability.policy.checks.grounds import asks
from accountability.policy.checks.inside import events_behind, field_of
from accountability.policy.checks.registry import WHOLE, Found, error
from accountability.policy.expression import Arithmetic, Compare, Constant, Expression, FieldRef, LastOf, children, walk
from accountability.policy.kinds import (
    Coverage,
    DecidedEffect,
    Duty,
    Effect,
    Gate,
    Recurring,
    Reporting,
    Rule,
    Scorecard,
    Threshold,
)
from accountability.policy.measures import counts_petitions, gives_up, holds_back, is_raising
from accountability.policy.model import Policy
from accountability.policy.rule import Made, Trigger
from accountability.policy.vocabulary import NUMBER


@error
def aimed_at_people(policy: Policy) -> Found:
    """No duty, measure or merit is that people are kept or fetched back, listed, or brought to give up a case (SG5, SG7, SG10)."""
    raised = any(e.raises_case for e in policy.vocabulary.values())
    for rule in policy.rules:
        handled = any(_on_a_case(t, policy) for t in rule.when)
        told = set()
        for text, event in _wanted(rule, policy):
            on_a_case = handled or (event and _on_a_case(Trigger(Made.EVENT, text), policy))
            if text not in told and holds_back(text, raised, on_a_case):
                told.add(text)
                yield (rule.span, f"`{rule.name}` wants `{text}`, which is done to people",
                       "ask for what the authority does for the case: presence, a hand-over, a reply (SG5, SG7)")
        if isinstance(rule, Duty) and not rule.right and rule.provided is None and rule.turns.accepted is None:
            for act in rule.must:
                if act.made is Made.EVENT and gives_up(act.name):
                    yield (rule.span, f"`{rule.name}` is met by `{act.name}`: that somebody gave up a case",
                           "let an outcome meet it; one that was checked may end it: «void: {when: …, provided: …}» (SG10)")


def _wanted(rule: Rule, policy: Policy) -> Iterator[tuple[str, bool]]:
    """What *rule* asks for, proposes or gives credit for, in its own words; and whether that is an event."""
    events: tuple[Trigger, ...] = ()
    match rule:
        case Duty(right=False, must=must) | Recurring(must=must) | Coverage(covered_by=must):
            yield from ((rule.name, False), (rule.title, False))
            events = must
        case Effect(measure=measure):
            yield from ((measure, False), (rule.name, False), (rule.title, False))
        case DecidedEffect():
            yield from ((rule.name, False), (rule.title, False))
        case Threshold(merit=True, when=when):
            yield from ((rule.name, False), (rule.title, False))
            events = when
        case Scorecard(items=items):
            events = tuple(t for item in items if item.points is None or not takes(item.points, policy) for t in item.of)
        case Gate(requires=requires):
            asked = (question for _, tree in requires for question, helps in asks(tree) if helps)
            yield from ((question.event_type, True) for question in asked if not question.concluded)
    yield from ((t.name, True) for t in events if t.made is Made.EVENT)


def _on_a_case(trigger: Trigger, policy: Policy) -> bool:
    """Whether what *trigger* comes of is about a case."""
    return any(f.type.kind == "case" for event in events_behind(policy, trigger) for f in event.fields.values())


@error
def case_not_marked(policy: Policy) -> Found:
    """An event that is called by the raising of a case says so: `raises a case: yes` (SG2)."""
    for event in policy.vocabulary.values():
        if is_raising(event.name) and not event.raises_case:
            yield (event.span or WHOLE, f"`{event.name}` says that a case was raised, and is not marked so",
                   "add «raises a case: yes»; if it is an act of the authority, name it for what was done (SG2)")


@error
def petitions_counted(policy: Policy) -> Found:
    """How many cases people raised gives no points and no finding; a share of what was raised does (SG3)."""
    for rule in policy.rules:
        if isinstance(rule, Duty | Recurring | Coverage | Reporting):
            continue
        told = set()
        for name in (name for tree in _weighed(rule) for name in _bare(tree, rule, policy)):
            if name not in told:
                told.add(name)
                yield (rule.span, f"`{rule.name}` weighs `{name}`, how many cases were raised",
                       "weigh how they were handled: the share in time, done again, carried out (SG3)")


def _weighed(rule: Rule) -> Iterator[Expression]:
    """The conditions and amounts by which *rule* finds something, or gives and takes points."""
    if isinstance(rule, Scorecard):
        for item in rule.items:
            kpi = item.kpi
            parts = (item.where, item.points, *((kpi.value, kpi.points, kpi.shortfall) if kpi else ()))
            yield from (tree for tree in parts if tree is not None)
        return
    trees = [rule.guard]
    if isinstance(rule, Threshold):
        trees.append(rule.adds)
    if isinstance(rule, Gate | DecidedEffect):
        trees += [tree for _, tree in rule.requires]
    yield from (tree for tree in trees if tree is not None)


def _bare(tree: Expression, rule: Rule, policy: Policy) -> Iterator[str]:
    """The fields of *tree* that count cases and are weighed: not as that of which something is a share, nor as any at all."""
    match tree:
        case Arithmetic(op="/", left=left, right=right) if any(isinstance(p, FieldRef | LastOf) for p in walk(right)):
            yield from _bare(left, rule, policy)
        case Compare(left=FieldRef(), right=Constant(value=0)):
            return
        case FieldRef(name=name, type=kind):
            declared = (field_of(policy, t, name) for t in rule.waits_for())
            if kind == NUMBER and any(map(counts_petitions, (name, *(d.key for d in declared if d is not None)))):
                yield name
        case LastOf(field=name, event_type=event, type=kind):
            if kind == NUMBER and any(map(counts_petitions, (name, policy.vocabulary[event].fields[name].key))):
                yield name
        case _:
            for child in children(tree):
                yield from _bare(child, rule, policy)
