"""A threshold that sums an amount or counts different values, that something breaks, or that counts periods in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from accountability.conclusion import Fact, day_of
from accountability.event import Happening, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, triggers_in
from accountability.judgement.windows import in_window
from accountability.policy.kinds.threshold import BROKEN, Fires, Threshold
from accountability.policy.rule import TRIGGER, Made
from accountability.workdays import Period, PeriodName, period_of
from accountability.workdays.localtime import ONE_DAY


@attrs.frozen
class Member:
    """Something that counts, how much it adds, by which values it differs from others, and in which period it lies, where periods
    are counted."""

    happening: Happening
    unit: str | None
    amount: Fraction
    value: tuple[object, ...]
    period: Period | None


def tally(rule: Threshold, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """A finding at every member with which the number is reached. A break lets go of all members before it."""
    known = {m.happening.key: m for m in members_of(rule, world, inputs)}
    held: list[Member] = []
    before: Fraction | int = 0
    for _, role, happening in inputs:
        if role == BROKEN:
            held, before = [], 0
        if role != TRIGGER or happening.key not in known:
            continue
        member = known[happening.key]
        held.append(member)
        inside, number = counted(rule, held)
        stays = before >= rule.reaches and len(inside) > 1  # what counts alone has the number become reached anew
        fires = number >= rule.reaches and not (rule.fires is Fires.RISING and stays)
        before = number
        if not fires:
            continue
        if rule.fires is Fires.ONCE:
            held, before = [m for m in held if m not in inside], 0
        conclusion = world.clerk.threshold(rule, [m.happening for m in inside], member.unit)
        fields = {**{name: happening.fields.get(name) for name in rule.per}, "bearer": member.unit}
        yield Outcome(conclusion, ((Made.FINDING, Fact(
            key=f"finding {conclusion.identity}", occurred_at=happening.occurred_at, order=following(happening.order, rule.index),
            fields=fields, evidence=conclusion.evidence,
            day=getattr(happening, "day", None))),))


def members_of(rule: Threshold, world: World, inputs: Inputs) -> Iterator[Member]:
    """What counts. A member whose amount is missing does not; a due that ends a day belongs to that day."""
    for happening, unit, fields in triggers_in(rule, world, inputs):
        amount = 1 if rule.adds is None else world.value(rule.adds, fields, happening.occurred_at)
        if amount is None:
            continue
        period = None if not rule.in_a_row else period_of(day_of(happening, rule.zone), rule.window.period)
        value = tuple([fields.get(name) for name in rule.different])
        yield Member(happening, unit, Fraction(amount), value, period)  # type: ignore[call-overload]


def counted(rule: Threshold, held: Sequence[Member]) -> tuple[list[Member], Fraction | int]:
    """The members that count together with the last one, and what they come to."""
    now = held[-1]
    if now.period is not None:
        return row(held, now.period, rule.window.period)
    inside = [m for m in held if in_window(rule.window, m.happening, now.happening, rule)]
    if rule.different:
        return inside, len({m.value for m in inside})
    return inside, sum((m.amount for m in inside), Fraction(0))


def row(held: Sequence[Member], last: Period, name: PeriodName) -> tuple[list[Member], int]:
    """The members of the periods that end with *last* and follow each other without a gap, and how many periods those are."""
    periods = {m.period for m in held}
    run: list[Period] = []
    period = last
    while period in periods:
        run.append(period)
        period = period_of(period.first - ONE_DAY, name)
    return [m for m in held if m.period in run], len(run)
