"""Checks that nothing is held against anybody for a raised case, a crowd or the use of a right (SG2, SG3, SG11, SG13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accountability.policy.checks.grounds import (
    Ground,
    Grounds,
    Root,
    asks,
    cannot_be_kept,
    grounds_of,
    of_a_duty_holder,
    tells_of_a_fault,
    what_of,
)
from accountability.policy.checks.inside import field_of
from accountability.policy.checks.registry import Found, error
from accountability.policy.expression import (
    Arithmetic,
    Constant,
    Expression,
    ParameterRef,
    arithmetic,
    walk,
)
from accountability.policy.kinds import (
    Coverage,
    DecidedEffect,
    Duty,
    Effect,
    Gate,
    Prohibition,
    Recurring,
    Reporting,
    Rule,
    Scorecard,
    Threshold,
)
from accountability.policy.kinds.scorecard import Item
from accountability.policy.kinds.turns import Turn
from accountability.policy.measures import blames
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Trigger

MUCH = Fraction(10**9)
"""More than any field of a number holds."""
HELD = tuple[str, Trigger, str]
"""What is held against somebody: in words, what it is, and the way out."""


@error
def case_raised_as_breach(policy: Policy) -> Found:
    """That a case was raised may start an authority's duty and nothing else (SG2, SG3)."""
    raised = {e.name for e in policy.vocabulary.values() if e.raises_case}
    grounds = grounds_of(policy)
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
    yield from _unkept(policy, grounds, Root.CASE, "(SG2)")


@error
def case_handled_as_fault(policy: Policy) -> Found:
    """That a case was handled is held against nobody, or fewer cases would be rewarded (SG3)."""
    yield from _held(policy, grounds_of(policy), Root.CASE, "(SG3)")


@error
def nobody_at_fault(policy: Policy) -> Found:
    """A mass incident or an escalation alone is nobody's breach: it is one with an authority's own failure (SG11)."""
    innocent = {e.name for e in policy.vocabulary.values() if e.nobodys_fault}
    grounds = grounds_of(policy)
    for rule in policy.rules:
        joined = rule.join is not None if isinstance(rule, Prohibition) else isinstance(rule, Effect) and bool(rule.joined)
        alone = () if isinstance(rule, Duty | Gate | Reporting) or joined else tuple(rule.waits_for())
        failures = tuple(rule.acts()) if joined else ()
        for trigger in sorted({*alone, *failures}):
            if trigger.made is Made.EVENT and trigger.name in innocent:
                yield (rule.span, f"`{trigger.name}` is nobody's fault by itself, and `{rule.name}` holds it against somebody",
                       "name the failure of the authority that must come with it: «joined with» (SG11)")
    yield from _unkept(policy, grounds, Root.NOBODY, "(SG11)")
    yield from _held(policy, grounds, Root.NOBODY, "(SG11)")


@error
def right_held_against(policy: Policy) -> Found:
    """That somebody used a right, such as to appeal, is held against nobody: an appeal does not worsen (SG13)."""
    yield from _held(policy, grounds_of(policy), Root.RIGHT, "(SG13)")


def _unkept(policy: Policy, grounds: Grounds, root: Root, safeguard: str) -> Found:
    """Duties that nobody can keep: what starts them is then the breach."""
    for rule in policy.rules:
        mine = sorted(t for t in rule.when if t in grounds and grounds[t].root is root)
        trigger = next((t for t in mine if grounds[t].first), mine[0] if mine else None)
        if trigger is not None and cannot_be_kept(rule, policy, grounds[trigger]):
            yield (rule.span, f"`{rule.name}` cannot be kept, so «{trigger}» would itself be the breach",
                   f"ask for what can be done whatever it is about, in a time in which it can be done {safeguard}")


def _held(policy: Policy, grounds: Grounds, root: Root, safeguard: str) -> Found:
    """All that *policy* holds against somebody, of what began with *root*."""
    for rule in policy.rules:
        told = set()
        for held, trigger, way_out in (*_against(rule, grounds, policy), *_asked(rule, grounds, policy)):
            ground = grounds.get(trigger)
            if ground is None or ground.root is not root:
                continue
            if ground.first and trigger in {*rule.waits_for()} and not isinstance(rule, Gate):
                continue  # told already: what is marked is used for something else than to start a duty
            if (held, trigger) not in told:
                told.add((held, trigger))
                why = root.value if not ground.first else "which is nobody's fault by itself"
                yield rule.span, f"{held} «{trigger}», {why}", f"{way_out} {safeguard}"


def _against(rule: Rule, grounds: Grounds, policy: Policy) -> Iterator[HELD]:
    """What *rule* holds against somebody each time, and tells of no fault beside."""
    def plain(triggers: tuple[Trigger, ...], *also: Expression | None) -> Iterator[tuple[Trigger, Ground]]:
        for one in triggers:
            ground = grounds.get(one)
            if ground is not None and not any(tells_of_a_fault(tree, ground, grounds) for tree in (rule.guard, *also)):
                yield one, ground

    rungs = {rung.effect for ladder in policy.ladders for rung in ladder.rungs}
    match rule:
        case Scorecard(items=items, overrides=overrides):
            for item in items:
                yield from _items(item, grounds, policy)
            for override in overrides:
                for t in override.by:
                    if t in grounds and (not grounds[t].merit or _harsh(policy.rule(t.name))):
                        yield f"the grade `{override.grade}` follows on", t, "let it follow on a decision about a breach"
        case Threshold(merit=True, broken=broken, weight=weight) if (weight.points or 0) >= 0:
            yield from ((f"`{rule.name}` counts no merit from before", t, "let the breach break it") for t in broken)
        case Threshold(when=when, adds=adds):
            yield from ((f"`{rule.name}` counts as a fault", t, "count the breach, or say that it is a merit: «merit: yes»")
                        for t, _ in plain(when, adds))
        case Prohibition(when=when, join=None):
            yield from ((f"`{rule.name}` forbids", t, "say in «where» what was wrong with it, or wait for the breach")
                        for t, _ in plain(when))
        case Prohibition(when=when, join=join) if join is not None:
            # Of two acts on one case the second may be the failure. What nobody did is none, nor is all that a unit handled.
            blameless = any(t.made is not Made.EVENT or ground.first for t, ground in plain(when))
            apart = _no_matter(rule, join.same, policy)
            yield from ((f"`{rule.name}` takes for a failure", t, "join it with a breach") for t in join.with_
                        if blameless or (apart and t.made is not Made.EVENT))
        case Effect(when=when, name=name):
            harsh, rung = _harsh(rule), name in rungs
            for t, ground in plain(when):
                if harsh:
                    yield f"`{name}` is held against somebody for", t, "let it follow on the breach"
                elif rung and not ground.merit:  # the finding of a merit may lead up to an honour
                    yield f"the rung `{name}` follows on", t, "let it follow on the breach"
            # What it follows on may be a fault, and come after something that was done right for the same case.
            if harsh and (any(plain(when)) or _no_matter(rule, rule.same, policy)):
                yield from ((f"`{name}` is held against somebody for", t, "join it with a breach, or let it come after one")
                            for t in (*rule.joined, *rule.after))
        case DecidedEffect(when=when, again=again) if rule.bars:
            yield from ((f"`{rule.name}` bars somebody for", t, "let it follow on the breach")
                        for t, _ in plain((*when, *again), *(tree for _, tree in rule.requires)))
        case Gate(when=when, requires=requires) if requires:  # a step that is refused is a finding, too
            for t in when:
                if t in grounds and not any(tells_of_a_fault(tree, grounds[t], grounds, worse=False) for _, tree in requires):
                    yield f"`{rule.name}` refuses for no failure", t, "ask for what the authority must have done"
        case _:
            pass


def _items(item: Item, grounds: Grounds, policy: Policy) -> Iterator[HELD]:
    for trigger in item.of:
        ground = grounds.get(trigger)
        if ground is None or tells_of_a_fault(item.where, ground, grounds):
            continue
        if item.points is not None and takes(item.points, policy) and not tells_of_a_fault(item.points, ground, grounds):
            yield f"`{item.name}` takes points for", trigger, "take them for the breach, or give them for what was done well"
        kpi = item.kpi
        if kpi is not None and not kpi.least and not tells_of_a_fault(kpi.value, ground, grounds):
            yield f"`{item.name}` wants less of", trigger, "measure how well it was handled"


def _harsh(rule: Rule) -> bool:
    """Whether an effect bars somebody from something, or is called by a word of blame."""
    if isinstance(rule, DecidedEffect):
        return bool(rule.bars) or blames(rule.name)
    if isinstance(rule, Effect):
        return bool(rule.decision and rule.decision.bars) or blames(rule.measure) or blames(rule.name)
    return False


def _no_matter(rule: Rule, same: tuple[str, ...], policy: Policy) -> bool:
    """Whether nothing but a unit, post or person, and perhaps a plain value, ties what is joined together."""
    fields = [field_of(policy, t, name) for name in same for t in rule.when[:1]]
    return all(f is None or f.type.kind in ("", "unit", "post", "office-holder") for f in fields)


def _asked(rule: Rule, grounds: Grounds, policy: Policy) -> Iterator[HELD]:
    """What makes it worse for a unit, post or person that such a thing happened at all: a condition asks for all that it had."""
    for tree, better in _conditions(rule, grounds, policy):
        for question, helps in asks(tree):
            what = what_of(question)
            ground = grounds.get(what)
            if ground is None or ground.root is Root.RIGHT or helps is better or not of_a_duty_holder(question, policy):
                continue  # that something waits for an appeal is no harm
            if better or question.concluded or ground.first:  # that something was done may tell how grave a failure is
                yield (f"`{rule.name}` makes it worse for «{question.field}» that there was", what,
                       "ask for the breach, or for what belongs to one matter")


def _conditions(rule: Rule, grounds: Grounds, policy: Policy) -> Iterator[tuple[Expression | None, bool]]:
    """The conditions of *rule*, each with whether it is better for the bearer that it holds."""
    match rule:
        case Scorecard(items=items):
            for item in items:
                if item.points is not None:
                    yield item.where, not takes(item.points, policy)
        case Threshold(merit=merit):
            yield rule.guard, merit
        case Prohibition():
            yield rule.guard, False
        case Effect() if _harsh(rule):
            yield rule.guard, False
        case DecidedEffect(requires=requires, ended=ended, quashed=quashed) if rule.bars:
            yield rule.guard, False
            yield from ((tree, False) for _, tree in requires)
            yield from ((ending.provided, True) for ending in (ended, quashed) if ending is not None)
        case Gate(requires=requires):
            yield from ((tree, True) for _, tree in requires)
        case Duty(right=False) | Recurring() | Coverage():
            yield rule.provided, True
            if isinstance(rule, Duty) and rule.turns.accepted is not None:
                yield rule.turns.accepted.provided, True
        case _:
            pass


def takes(points: Expression, policy: Policy) -> bool:
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
