"""A decided effect: in force from its decision for its term, unless it is ended, or quashed, which is as if it had never been.

What a decision requires (the competent body, a listed basis, the unit heard: SG13) must hold of it; else it is refused and has no
effect. It may begin again, round after round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from accountability.conclusion import Answer, Fact, Status
from accountability.event import Happening, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, belongs, of_role, triggers_in
from accountability.judgement.running import Running, earlier, ends_of, resolved
from accountability.judgement.standing import ends_at
from accountability.policy.kinds.decided import DecidedEffect, Role
from accountability.policy.kinds.effect import Ending
from accountability.policy.rule import TRIGGER, Made, Term
from accountability.workdays.localtime import MICROSECOND

Ends = Mapping[tuple[str, object], datetime | None]
"""When standings by one decision are over, by whom they are on."""


@attrs.frozen
class Taken:
    """A decision that has effect, with its term, and what quashed it or ended it early."""

    decision: Happening
    unit: str | None
    fields: Mapping[str, object]
    term: Term
    quashed: Happening | None
    over: Happening | None


@attrs.frozen
class Round:
    """One time that it stood: from *begun*, up to but not including *until*."""

    begun: Happening
    until: datetime | None
    by: Happening | None = None
    """What ended it before its term."""


def decided(rule: DecidedEffect, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """What every decision of one key put in force, on whom, and how it stands at the clock."""
    taken: list[Taken] = []
    for decision, unit, fields in triggers_in(rule, world, inputs):
        missing = [label for label, condition in rule.requires if not world.holds(condition, fields, decision.occurred_at)]
        term = resolved(rule.term, world, fields, decision.occurred_at)
        if missing or term is None:
            conclusion = world.clerk.refused(rule, decision, unit, missing or ["term"])
            yield Outcome(conclusion, ((Made.REFUSED, Fact(
                key=f"refused {conclusion.identity}", occurred_at=decision.occurred_at,
                order=following(decision.order, rule.index), fields=fields, evidence=decision.evidence,
                day=getattr(decision, "day", None))),),
                None if rule.term.joins else decision.occurred_at)
            continue
        mine = [i for i in inputs if i[1] != TRIGGER and belongs(rule.same, fields, i[2])] if rule.term.joins else inputs
        quashed = next(endings(rule.quashed, Role.QUASHED, world, decision, decision, fields, mine), None)
        if rule.term.joins:
            over = next(endings(rule.ended, Role.ENDED, world, decision, decision, fields, mine), None)
            taken.append(Taken(decision, unit, fields, term, quashed, over))
            continue
        rounds = list(rounds_of(rule, term, world, decision, fields, mine))
        yield from standings(rule, world, decision, unit, fields, rounds, quashed)
    if taken:
        yield from joined(rule, world, taken)


def joined(rule: DecidedEffect, world: World, taken: list[Taken]) -> Iterator[Outcome]:
    """What decisions put in force whose terms come together where they are on the same unit, post or person."""
    groups: dict[tuple[str, object], dict[int, Running]] = defaultdict(dict)
    for place, one in enumerate(taken):
        for target in world.clerk.targets(rule, one.decision, one.unit):
            over, quashed = (None if h is None else h.occurred_at for h in (one.over, one.quashed))
            groups[whom(rule, one.unit, target)][place] = Running(one.decision.occurred_at, one.term, over, quashed)
    ends = {who: dict(zip(group, ends_of(list(group.values()), rule.zone), strict=True)) for who, group in groups.items()}
    for place, one in enumerate(taken):
        found = {who: group[place] for who, group in ends.items() if place in group}
        last = None if not found or None in found.values() else max(e for e in found.values() if e is not None)
        by = one.over if one.over is not None and one.over.occurred_at == last else None
        yield from standings(rule, world, one.decision, one.unit, one.fields, [Round(one.decision, last, by)], one.quashed, found)


def whom(rule: DecidedEffect, unit: str | None, target: Answer | None) -> tuple[str, object]:
    """Whom a standing is on: a unit, a person, or a post with whoever holds it."""
    if target is None:
        return "unit", unit
    return ("person", target.holder) if rule.follows_person and target.holder is not None else ("post", target.post)


def endings(ending: Ending | None, role: int, world: World, decision: Happening, after: Happening, fields: Mapping[str, object],
            inputs: Inputs) -> Iterator[Happening]:
    """What ends or quashes it, later than *after*."""
    if ending is not None:
        yield from (h for h in of_role(inputs, role)
                    if h.order > after.order and world.holds(ending.provided, fields, decision.occurred_at, h.fields))


def rounds_of(rule: DecidedEffect, term: Term, world: World, decision: Happening, fields: Mapping[str, object],
              inputs: Inputs) -> Iterator[Round]:
    """The times that it stood: from the decision, and again from whatever begins it anew once it is over."""
    begun: Happening | None = decision
    while begun is not None:
        until = ends_at(term, begun.occurred_at, rule.zone)
        by = next(endings(rule.ended, Role.ENDED, world, decision, begun, fields, inputs), None)
        if by is not None and (until is None or by.occurred_at < until):
            yield Round(begun, by.occurred_at, by)
            over = by.order
        elif until is not None:
            yield Round(begun, until)
            over = max(begun.order, (until, 0, ()))  # a term may be of no length
        else:
            yield Round(begun, None)
            return
        begun = next((h for h in of_role(inputs, Role.AGAIN) if h.order > over), None)


def standings(rule: DecidedEffect, world: World, decision: Happening, unit: str | None, fields: Mapping[str, object],
              rounds: list[Round], quashed: Happening | None, ends: Ends | None = None) -> Iterator[Outcome]:
    """One conclusion for each unit or post that it is on; with the first of them what other rules may wait for.

    Where their terms come together with others, each has its own of *ends*.
    """
    last = rounds[-1]
    for one in rounds:
        world.wake(one.begun.occurred_at - MICROSECOND)
        if one.until is not None:
            world.wake(one.until - MICROSECOND)
    over = quashed.occurred_at if quashed is not None else last.until
    status = status_at(world.clock, over, quashed)
    # Once it is over, whoever held the post last while it stood.
    now = world.clock if status is Status.IN_FORCE or over is None else max(over - MICROSECOND, decision.occurred_at)
    facts = [] if status is Status.QUASHED else [standing_fact(rule, decision, fields, n, r) for n, r in enumerate(rounds, 1)]
    targets = tuple({t.post if t else None: t for t in world.clerk.targets(rule, decision, unit, now=now)}.values())
    turn = world.clerk.organisation.turn_after(world.clock)
    if turn is not None and any(on.answer is not None and on.answer.moment == "now" for on in rule.on):
        world.wake(turn - MICROSECOND)
    about = world.clerk.subject(rule, decision.fields, unit)
    gone = quashed if status is Status.QUASHED else None
    mine = [over if quashed is not None else (ends or {}).get(whom(rule, unit, target), over) for target in targets]
    bars = [bar_fact(rule, decision, unit, t, n, one.begun, (ends or {}).get(whom(rule, unit, t), one.until), gone, about)
            for t in targets for n, one in enumerate(rounds, 1)] if rule.bars else []
    for place, (target, end) in enumerate(zip(targets, mine, strict=True)):
        if end is not None and end != over:
            world.wake(end - MICROSECOND)
        conclusion = world.clerk.decided(
            rule, decision, unit, target, status_at(world.clock, end, quashed), end, len(rounds), quashed or last.by)
        yield Outcome(conclusion, (*facts, *bars) if place == 0 else (), closed_after(rule, last, quashed))
        if gone is not None:  # it is quashed as a whole: one conclusion says so
            return


def closed_after(rule: DecidedEffect, last: Round, quashed: Happening | None) -> datetime | None:
    """When it was over for good: where it cannot begin again, and cannot be quashed any more."""
    if rule.term.joins or rule.again or last.until is None or (rule.quashed is not None and quashed is None):
        return None
    return last.until if quashed is None else max(last.until, quashed.occurred_at)


def status_at(clock: datetime, over: datetime | None, quashed: Happening | None) -> Status:
    """How a standing stands that is, or was, *over* at an instant."""
    if over is None or clock < over:
        return Status.IN_FORCE
    return Status.ENDED if quashed is None else Status.QUASHED


def standing_fact(rule: DecidedEffect, decision: Happening, fields: Mapping[str, object], number: int, one: Round
                  ) -> tuple[Made, Fact]:
    """That it stands, from the beginning of a round to its end."""
    begun = one.begun
    return Made.STANDING, Fact(
        key=f"standing {rule.name} {decision.key} {number}", occurred_at=begun.occurred_at,
        order=following(begun.order, rule.index, decision.key),
        fields={**fields, "round": number},
        evidence=tuple(dict.fromkeys((*decision.evidence, *begun.evidence))), until=one.until, lasts=True,
        day=getattr(begun, "day", None))


def began_again(standing: Happening) -> bool:
    """Whether *standing* is a later round of a decided effect, begun by something else than the decision."""
    number = standing.fields.get("round")  # a field of that name may stand in any event
    return isinstance(number, int) and number > 1 and standing.key.startswith("standing ") and standing.key.endswith(f" {number}")


def bar_fact(rule: DecidedEffect, decision: Happening, unit: str | None, target: Answer | None, number: int, begun: Happening,
             until: datetime | None, quashed: Happening | None, about: str) -> tuple[Made, Fact]:
    """What it keeps from whom in one round, *until* that is over or it is quashed. It follows the person, or stays with the post,
    as the rule says."""
    person = target.holder if target is not None and rule.follows_person else None
    post = target.post if target is not None and not rule.follows_person else None
    gone = None if quashed is None else quashed.occurred_at
    return Made.BAR, Fact(
        key=f"bar {rule.name} {decision.key} {target.post if target else ''} {number}", occurred_at=begun.occurred_at,
        order=following(begun.order, rule.index, decision.key, target.post if target else ""),
        fields={"bars": rule.bars, "unit": unit if target is None else None, "post": post, "office-holder": person, "about": about,
                "quashed": gone},
        evidence=decision.evidence, until=earlier(until, gone), lasts=True)
