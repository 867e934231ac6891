"""scorecard: what a unit is given for a period: points, capped and weighted, a grade by their sum, a rank among all units.

The score is exact: start + Σ weight × (the item's points, at most so many up or down), in fractions. It is raised when its period
has ended, and judged again whenever something learned later changes an item. What overrides a grade leaves score and rank alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import attrs

from accountability.conclusion import Fact
from accountability.event import Happening
from accountability.judgement.bykey import Fields, Inputs, Key, Outcome, World
from accountability.judgement.decided import began_again
from accountability.policy.kinds.scorecard import Grade, Item, Override, Scorecard
from accountability.policy.rule import Made
from accountability.workdays import Period
from accountability.workdays.localtime import MICROSECOND, ONE_DAY

Member = tuple[Happening, Fields]
"""What counts, with its fields and as `bearer` the unit for which it does."""
Shares = Mapping[tuple[str, str, str], list[Member]]
"""What counts for a unit, in a period, under an item or overriding grade."""


@attrs.frozen
class Line:
    """What one item gives: how many counted, and their points after cap and weight."""

    name: str
    count: int
    points: Fraction
    evidence: tuple[str, ...] = ()


@attrs.frozen
class Sheet:
    """The scorecard of one unit for one period, filled in."""

    unit: str
    lines: tuple[Line, ...]
    score: Fraction
    grade: str


def capped(points: Fraction, at_most: Fraction | None) -> Fraction:
    """*points*, but not more than *at_most* up or down."""
    return points if at_most is None else max(-at_most, min(at_most, points))


def graded(score: Fraction, grades: Iterable[Grade]) -> str:
    """The first of *grades* that *score* reaches."""
    return next((g.name for g in grades if g.since is None or score >= g.since), "")


def ranked(scores: Mapping[str, Fraction]) -> dict[str, int]:
    """The rank of each: 1 and how many have a higher score, so that ties share one: 1, 1, 3."""
    return {unit: 1 + sum(other > score for other in scores.values()) for unit, score in scores.items()}


def plain(number: Fraction) -> int | Decimal | Fraction:
    """*number* as a whole number or decimal where it is one, else as a fraction; always exactly."""
    if number.denominator == 1:
        return number.numerator
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    return number if rest > 1 or places > 12 else Decimal(int(number * 10**places)).scaleb(-places)


def assess(rule: Scorecard, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """The scores of every unit of one key, for every period that has ended."""
    keys = rule.each.keys(world.clerk.organisation)
    units = tuple(unit for (unit,) in keys if rule.ranks or key == (unit,))
    shares = shared_out(rule, world, units, inputs)
    period = None
    for period in rule.ended(world.clock):
        sheets = [sheet(rule, world, unit, period, shares) for unit in units if belongs(rule, world, unit, period)]
        ranks = ranked({s.unit: s.score for s in sheets}) if rule.ranks else {}
        for one in sheets:
            yield outcome(rule, world, one, period, ranks.get(one.unit))
    following = rule.next_of(period)
    if units and following is not None:
        world.wake(rule.ends(following) - MICROSECOND)


def belongs(rule: Scorecard, world: World, unit: str, period: Period) -> bool:
    """Whether *unit* is one of those that are assessed, as the organisation is at the last moment of *period*."""
    last = rule.ends(period) - MICROSECOND
    fields = {"unit": unit, "bearer": unit, "period": period.label}
    exists = rule.each.unit is not None or world.clerk.organisation.unit_at(unit, last, world.clerk.known_at) is not None
    return exists and world.holds(rule.guard, fields, last)


def shared_out(rule: Scorecard, world: World, units: Sequence[str], inputs: Inputs) -> Shares:
    """What counts, by the unit and period to which it belongs and the item or grade for which it counts."""
    found: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
    known = set(units)
    for _, role, happening in inputs:
        what = rule.of_role(role)
        unit = happening.fields.get(what.member)
        if unit not in known:
            continue
        if isinstance(what, Item):
            fields = {**happening.fields, "bearer": unit}
            if world.holds(what.where, fields, happening.occurred_at):
                found[str(unit), rule.period_of(happening).label, f"item {what.name}"].append((happening, fields))
        elif (label := named_period(rule, what, happening)) is not None:
            found[str(unit), label, f"grade {what.grade}"].append((happening, happening.fields))
    return found


def named_period(rule: Scorecard, override: Override, happening: Happening) -> str | None:
    """The label of the period that an overriding standing is about, by the field that tells it."""
    if override.period is None:  # that of the decision
        return None if began_again(happening) else rule.period_of(happening).label
    match happening.fields.get(override.period):
        case datetime() as at:
            return rule.period_at(at).label
        case date() as day:
            return rule.period_on(day).label
        case str() as label:
            return label
        case int() | Decimal() | Fraction() as year:
            return f"{int(year):04}" if year == int(year) else None
        case _:
            return None


def sheet(rule: Scorecard, world: World, unit: str, period: Period, shares: Shares) -> Sheet:
    """What *unit* has earned in *period*."""
    before = rule.before(period).label
    lines = tuple(
        line(item, shares.get((unit, period.label, f"item {item.name}"), []),
             shares.get((unit, before, f"item {item.name}"), []), world)
        for item in rule.items)
    score = rule.start + sum((one.points for one in lines), Fraction(0))
    overriding = (o.grade for o in rule.overrides if shares.get((unit, period.label, f"grade {o.grade}")))
    return Sheet(unit, lines, score, next(overriding, None) or graded(score, rule.grades))


def line(item: Item, members: Sequence[Member], before: Sequence[Member], world: World) -> Line:
    """What *members* give; for a comparison with the period *before*, what was reported there."""
    if item.kpi is not None:
        points, counting = reached(item, members, before, world)
    else:
        assert item.points is not None
        amounts = [(m, world.value(item.points, fields, m.occurred_at)) for m, fields in members]
        counting = [m for m, amount in amounts if amount is not None]
        points = sum((Fraction(a) for _, a in amounts if a is not None), Fraction(0))  # type: ignore[call-overload]
    return Line(item.name, len(counting), item.weight * capped(points, item.at_most),
                tuple(e for m in counting for e in m.evidence))


def reached(item: Item, members: Sequence[Member], before: Sequence[Member], world: World
            ) -> tuple[Fraction, list[Happening]]:
    """The points of a KPI, and the report that tells it: the last of the period. Without one, or without a target, none."""
    kpi = item.kpi
    assert kpi is not None

    def told(reports: Sequence[Member]) -> tuple[Happening, Fields, Fraction] | None:
        values = ((r, fields, world.value(kpi.value, fields, r.occurred_at)) for r, fields in reversed(reports))
        return next(((r, fields, Fraction(v)) for r, fields, v in values if v is not None), None)  # type: ignore[call-overload]

    now, last = told(members), told(before)
    if now is None:
        return Fraction(0), []
    report, fields, value = now
    fields = {**fields, "last period": None if last is None else last[2]}
    target = world.value(kpi.target, fields, report.occurred_at)
    if target is None:
        return Fraction(0), []
    good = value >= Fraction(target) if kpi.least else value <= Fraction(target)  # type: ignore[call-overload]
    amount = kpi.points if good else kpi.shortfall
    points = None if amount is None else world.value(amount, {**fields, "target": target}, report.occurred_at)
    return Fraction(points) if points is not None else Fraction(0), [report]  # type: ignore[call-overload]


def outcome(rule: Scorecard, world: World, one: Sheet, period: Period, rank: int | None) -> Outcome:
    """The conclusion on one sheet, and `score of` for other rules."""
    ended, score = rule.ends(period), plain(one.score)
    details: list[tuple[str, object]] = [("score", score), ("grade", one.grade)]
    details += [("rank", rank)] if rank is not None else []
    details.append(("items", tuple((line.name, line.count, plain(line.points)) for line in one.lines)))
    evidence = tuple(dict.fromkeys(e for line in one.lines for e in line.evidence))
    conclusion = world.clerk.score(rule, one.unit, period.label, ended, evidence, tuple(details))
    fields = {"unit": one.unit, "bearer": one.unit, "score": score, "grade": one.grade, "period": period.label}
    return Outcome(conclusion, ((Made.SCORE, Fact(
        key=f"score {conclusion.identity}", occurred_at=ended, order=(ended, -1, (rule.index, conclusion.subject, period.label)),
        fields=fields if rank is None else {**fields, "rank": rank}, evidence=evidence, day=period.after - ONE_DAY)),))
