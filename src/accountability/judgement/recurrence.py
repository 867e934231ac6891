"""A duty that comes again and again: in every period, without too long a gap, or once by a day.

Each period or leg is an obligation of its own. It is void where what it was owed for ended before its due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice

import attrs

from accountability.conclusion import Conclusion, Fact, Status
from accountability.event import Happening, Order, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, of_role
from accountability.judgement.finding import labelled
from accountability.judgement.running import earlier
from accountability.policy.kinds.population import Each
from accountability.policy.kinds.recurring import Recurring, Role
from accountability.policy.rule import ACT, Made
from accountability.workdays import Due, Limit, local_midnight, period_of
from accountability.workdays.localtime import MICROSECOND, ONE_DAY


@attrs.frozen
class Binding:
    """What it is owed for: a unit, or something while it stands, from *since* up to but not including *until*.

    *label* tells it from other bindings whose conclusions are about the same subject; of what the rule is about alone it is empty.
    """

    fields: Mapping[str, object]
    since: datetime
    order: Order
    until: datetime | None = None
    label: str | None = None
    evidence: tuple[str, ...] = ()

    def takes(self, act: Happening) -> bool:
        """Whether *act* may count for it."""
        return act.order > self.order and act.occurred_at >= self.since and (self.until is None or act.occurred_at < self.until)


@attrs.frozen
class Stretch:
    """A period or leg from *start*, told apart by *label*; its due, and what else is to be said of it."""

    label: str
    start: datetime
    due: Due
    evidence: tuple[str, ...] = ()
    limit: Limit | None = None
    period: str | None = None
    closes: bool = False
    """Whether nothing counts once the due has passed: what belongs to February cannot be done in March."""


def recurrence(rule: Recurring, world: World, key: Key, inputs: Inputs, since: date | None = None) -> Iterator[Outcome]:
    """What becomes of every period or leg that has begun, for all that one key binds; what is by days, from *since* on."""
    for binding in bindings(rule, world, key, inputs):
        if binding.since > world.clock:
            world.wake(binding.since - MICROSECOND)
            continue
        acts = [a for a in of_role(inputs, ACT) if binding.takes(a)]
        if rule.limit is not None:
            yield from (outcome for _, outcome in legs(rule, world, binding, acts, first_leg(rule, binding)) if outcome is not None)
        else:
            for stretch in (by_days if rule.every is None else periods)(rule, world, binding, since):
                yield from judged(rule, world, binding, stretch, acts)


def bindings(rule: Recurring, world: World, key: Key, inputs: Inputs) -> Iterator[Binding]:
    """The unit of the key, while it exists, or what stands; never from before the rule is in force."""
    first = rule.effective.since
    begins = local_midnight(first, rule.reckoning.zone) if first is not None else None
    if rule.each is not None:
        assert begins is not None
        unit = unit_of(rule.each, key, world)
        spans = [] if unit is None else existence(rule.each, unit, world)
        if rule.limit is None:  # of periods and days it owes those at whose beginning it is there
            spans = [(None, spans[-1][1])] if spans else []
        for founded, until in spans:
            since = begins if founded is None else max(begins, founded)
            if until is None or since < until:
                yield Binding({"unit": unit}, since, (since, -1, ()), until, label=None if rule.about == "unit" else unit)
        return
    for standing in of_role(inputs, Role.BINDING):
        since = standing.occurred_at if begins is None else max(standing.occurred_at, begins)
        until = getattr(standing, "until", None)
        if until is None or since < until:
            yield Binding(standing.fields, since, standing.order, until, standing.key, standing.evidence)


def unit_of(each: Each, key: Key, world: World) -> str | None:
    """The unit that *key* stands for, if the rule is about it."""
    assert isinstance(key, tuple)
    (unit,) = key
    return str(unit) if (unit in world.clerk.organisation.units if each.unit is None else unit == each.unit) else None


def existence(each: Each, unit: str, world: World) -> list[tuple[datetime | None, datetime | None]]:
    """From when up to when *unit* exists, where the rule is about every unit there is; one that is named always does."""
    return [(None, None)] if each.unit is not None else world.clerk.organisation.existence(unit, world.clerk.known_at)


def life(each: Each | None, fields: Mapping[str, object], at: datetime, world: World
         ) -> tuple[datetime | None, datetime | None] | None:
    """The time around *at* in which the unit exists, where the rule is about every unit there is; None where it does not then."""
    if each is None:
        return None, None
    spans = existence(each, str(fields["unit"]), world)
    return next(((a, b) for a, b in spans if (a is None or a <= at) and (b is None or at < b)), None)


def periods(rule: Recurring, world: World, binding: Binding, since: date | None = None) -> Iterator[Stretch]:
    """Every whole calendar period whose first instant lies in the binding, and whose first day under the rule, as far as begun.

    Those before the one in which *since* lies are left out.
    """
    assert rule.every is not None
    zone, until = rule.reckoning.zone, rule.effective.until
    first = binding.since.astimezone(zone).date()
    period = period_of(first if since is None else max(first, since), rule.every)
    while period.after.year < date.max.year:
        start, end = local_midnight(period.first, zone), local_midnight(period.after, zone)
        if (binding.until is not None and start >= binding.until) or (until is not None and period.first >= until):
            return
        if start > world.clock:
            world.wake(start - MICROSECOND)
            return
        if start >= binding.since and rule.effective.covers(period.first):
            yield Stretch(labelled(period.label, binding.label), start, Due(end - MICROSECOND, end, period.after - ONE_DAY),
                          binding.evidence, period=period.label, closes=True)
        period = period_of(period.after, rule.every)


def by_days(rule: Recurring, world: World, binding: Binding, since: date | None = None) -> Iterator[Stretch]:
    """One stretch up to each day: the first from where the binding begins, each further one from the day after.

    Those up to a day before *since* are left out.
    """
    zone, start = rule.reckoning.zone, binding.since
    for last in days_of(rule, world, start.astimezone(zone).date()):
        first = start.astimezone(zone).date()
        if last.start is not None and last.start > first:
            start, first = local_midnight(last.start, zone), last.start
        if binding.until is not None and start >= binding.until:
            return
        if start > world.clock:
            world.wake(start - MICROSECOND)
            return
        end = local_midnight(last.day + ONE_DAY, zone)
        if first <= last.day and rule.effective.covers(first) and (since is None or since <= last.day):
            label = last.day.isoformat()
            yield Stretch(labelled(label, binding.label), start, Due(end - MICROSECOND, end, last.day), binding.evidence,
                          period=label)
        start = max(start, end)


@attrs.frozen
class Last:
    """A last *day*; its stretch begins on *start* if that is later than where the one before ended."""

    day: date
    start: date | None = None


def days_of(rule: Recurring, world: World, first: date) -> Iterator[Last]:
    """The days by which it must be done. A parameter is read on the first day of each stretch."""
    if rule.day is None:
        yield from map(Last, rule.days)
        return
    versions = world.policy.parameters[rule.day.name].versions
    while True:
        day = next((v.value for v in reversed(versions) if v.since <= first), None)
        if isinstance(day, date) and day >= first:
            yield Last(day, first)
            first = day + ONE_DAY
            continue
        later = next((v.since for v in versions if v.since > first), None)
        if later is None:
            return
        first = later


@attrs.frozen
class Leg:
    """A leg from *start*, told apart by *label*; those acts may count in it that stand at *place* or later."""

    label: str
    start: datetime
    place: int
    evidence: tuple[str, ...]


def first_leg(rule: Recurring, binding: Binding) -> Leg:
    """The leg from the beginning of *binding*; within a day its instant tells it apart, for a unit may be founded twice in one."""
    zone = rule.reckoning.zone
    day = binding.since.astimezone(zone).date()
    begun = day.isoformat() if binding.since == local_midnight(day, zone) else binding.since.isoformat()
    label = binding.label if rule.each is None else labelled(begun, binding.label)
    assert label is not None
    return Leg(label, binding.since, 0, binding.evidence)


def legs(rule: Recurring, world: World, binding: Binding, acts: Sequence[Happening], leg: Leg | None
         ) -> Iterator[tuple[Leg, Outcome | None]]:
    """Every leg from *leg* on, one from each of *acts* that counts and up to the next, with what becomes of it if the rule applies.

    What became of a leg stays, whatever acts come after those there are, once it was done and another has begun.
    """
    assert rule.limit is not None
    zone = rule.reckoning.zone
    while leg is not None:
        fields: dict[str, object] = {**binding.fields, "from": leg.start}
        fields["bearer"] = world.clerk.bearer(rule.bearer, fields)
        limit = world.value(rule.limit, fields, leg.start)
        outcome = None
        if isinstance(limit, Limit):
            stretch = Stretch(leg.label, leg.start, rule.reckoning.due(leg.start, limit), leg.evidence, limit)
            fields["to"] = stretch.due.falls
            if rule.effective.covers(leg.start.astimezone(zone).date()):
                outcome = next(judged(rule, world, binding, stretch, acts, leg.place), None)
        yield leg, outcome
        start, later = leg.start, range(leg.place, len(acts))
        place = next((n for n in later if world.holds(rule.provided, fields, start, acts[n].fields)), None)
        leg = None if place is None else Leg(
            labelled(acts[place].key, binding.label), acts[place].occurred_at, place + 1, acts[place].evidence)


def judged(rule: Recurring, world: World, binding: Binding, stretch: Stretch, acts: Sequence[Happening], place: int = 0
           ) -> Iterator[Outcome]:
    """The obligation of one stretch, if the rule applies to it, and what it gives to other rules. Of *acts*, those from *place* on
    may count."""
    start, due = stretch.start, stretch.due
    fields: dict[str, object] = {**binding.fields, "from": start, "to": due.falls}
    if stretch.period is not None:
        fields["period"] = stretch.period
    fields["bearer"] = unit = world.clerk.bearer(rule.bearer, fields)
    exists = life(rule.each, fields, start, world)
    if exists is None or not world.holds(rule.guard, fields, start):
        return
    until = earlier(binding.until, exists[1])
    late = (acts[n] for n in range(place, len(acts)))
    fit = (a for a in late if start <= a.occurred_at and (until is None or a.occurred_at < until)
           and not (stretch.closes and a.occurred_at > due.last) and world.holds(rule.provided, fields, start, a.fields))
    counting = list(islice(fit, rule.at_least))
    done = counting[-1] if len(counting) == rule.at_least else None
    status = status_of(world, due, done, until)
    evidence = tuple(dict.fromkeys((*stretch.evidence, *(e for a in counting for e in a.evidence))))
    conclusion = world.clerk.recurrence(rule, fields, unit, stretch.label, start, due, stretch.limit, status,
                                        None if done is None else done.occurred_at, evidence, stretch.period)
    yield Outcome(conclusion, tuple(facts(rule, conclusion, fields, stretch, done, evidence)))


def status_of(world: World, due: Due, done: Happening | None, until: datetime | None) -> Status:
    """Where a stretch stands at the clock; *until* is where what it is owed for ends."""
    if done is not None:
        return Status.MET if done.occurred_at <= due.last else Status.LATE
    if until is not None and until <= due.last:
        if until <= world.clock:
            return Status.VOID
        world.wake(until - MICROSECOND)
    if world.clock > due.last:
        return Status.MISSED
    world.wake(due.last)
    return Status.OPEN


def facts(rule: Recurring, conclusion: Conclusion, fields: Mapping[str, object], stretch: Stretch, done: Happening | None,
          evidence: tuple[str, ...]) -> Iterator[tuple[Made, Fact]]:
    """`discharge of` at the act that completed it; `breach of` when the due passed, which belongs to the day that the due ends."""
    due, own = stretch.due, (rule.index, conclusion.subject, conclusion.trigger)
    if done is not None:
        yield Made.DISCHARGE, Fact(
            key=f"discharge {conclusion.identity}", occurred_at=done.occurred_at, order=following(done.order, *own), fields=fields,
            evidence=evidence)
    if conclusion.against:
        yield Made.BREACH, Fact(
            key=f"breach {conclusion.identity}", occurred_at=due.falls, order=(due.falls, due.place, own), fields=fields,
            evidence=evidence, day=due.day)
