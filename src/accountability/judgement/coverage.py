"""Coverage: at every instant of a window those on duty add up to a number; every stretch in which they do not is a gap.

Shifts and windows are half-open: where one ends and the next begins, nobody is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import attrs

from accountability.conclusion import Conclusion, Fact
from accountability.event import Happening
from accountability.judgement.bykey import Inputs, Key, Outcome, World, of_role
from accountability.judgement.recurrence import existence, unit_of
from accountability.policy.kinds.coverage import Coverage
from accountability.policy.rule import ACT, Made
from accountability.workdays import local_midnight
from accountability.workdays.localtime import MICROSECOND


@attrs.frozen
class Span:
    """From *since* up to but not including *until*; None: for good."""

    since: datetime
    until: datetime | None


@attrs.frozen
class Shift:
    """A span in which so many are there."""

    span: Span
    number: Fraction
    event: Happening


def coverage(rule: Coverage, world: World, key: Key, inputs: Inputs, since: datetime | None = None) -> Iterator[Outcome]:
    """The gaps of one unit that have begun by the clock; those from *since* on, where none lasts from before until then."""
    unit = unit_of(rule.each, key, world)
    if unit is None:
        return
    shifts = [s for event in of_role(inputs, ACT) if (s := shift(rule, event)) is not None]
    exists = existence(rule.each, unit, world)
    for window in (part for whole in windows(rule, world) for part in while_it_exists(whole, exists)):
        if since is not None and window.until is not None and window.until < since:
            continue
        fields: dict[str, object] = {"unit": unit, "from": window.since, "to": window.until}
        fields["bearer"] = bearer = world.clerk.bearer(rule.bearer, fields)
        if not world.holds(rule.guard, fields, window.since):
            continue
        counting = [s for s in shifts if world.holds(rule.provided, fields, window.since, s.event.fields)]
        part = window if since is None else Span(max(since, window.since), window.until)
        for gap in gaps(part, counting, rule.at_least):
            if gap.since >= world.clock:
                world.wake(gap.since)
                break
            yield outcome(rule, world, fields, bearer, gap, counting)


def shift(rule: Coverage, event: Happening) -> Shift | None:
    """What *event* covers; nothing where it ends before it begins, or does not say how many were there."""
    since, until = event.fields.get(rule.since_field), event.fields.get(rule.until_field)
    number = 1 if rule.of is None else event.fields.get(rule.of)
    if not isinstance(since, datetime) or not isinstance(until, datetime) or since >= until:
        return None
    return Shift(Span(since, until), Fraction(number), event) if isinstance(number, (int, Decimal, Fraction)) else None


def windows(rule: Coverage, world: World) -> Iterator[Span]:
    """When it must be covered: the period, or always, as far as the rule is in force. Those that touch are one."""
    first, after = (None if day is None else local_midnight(day, rule.zone) for day in (rule.effective.since, rule.effective.until))
    spans: Sequence[tuple[datetime, datetime | None]]
    if rule.period is not None:
        spans = sorted(world.spans(rule.period))
    else:
        assert first is not None
        spans = [(first, None)]
    joined: Span | None = None
    for begins, ends in spans:
        since = begins if first is None else max(begins, first)
        until = after if ends is None else ends if after is None else min(ends, after)
        if until is not None and since >= until:
            continue
        if joined is not None and joined.until is not None and since <= joined.until:
            joined = Span(joined.since, None if until is None else max(joined.until, until))
            continue
        if joined is not None:
            yield joined
        joined = Span(since, until)
    if joined is not None:
        yield joined


def while_it_exists(window: Span, spans: Iterable[tuple[datetime | None, datetime | None]]) -> Iterator[Span]:
    """The parts of *window* that lie in *spans*."""
    for begins, ends in spans:
        since = max(window.since, begins or window.since)
        until = min((end for end in (window.until, ends) if end is not None), default=None)
        if until is None or since < until:
            yield Span(since, until)


def gaps(window: Span, shifts: Sequence[Shift], wanted: int) -> Iterator[Span]:
    """The longest stretches of *window* in which the shifts that cover an instant add up to less than *wanted*, in order."""
    change: dict[datetime, Fraction] = defaultdict(Fraction)
    for one in shifts:
        since, until = max(one.span.since, window.since), one.span.until
        assert until is not None
        if since < until:
            change[since] += one.number
            change[until] -= one.number
    there, begun = Fraction(0), None
    for at in sorted({window.since, *change}):
        if window.until is not None and at >= window.until:
            break
        there += change.get(at, 0)
        if there < wanted:
            begun = begun or at
        elif begun is not None:
            yield Span(begun, at)
            begun = None
    if begun is not None:
        yield Span(begun, window.until)


def outcome(rule: Coverage, world: World, fields: Mapping[str, object], bearer: str | None, gap: Span,
            shifts: Sequence[Shift]) -> Outcome:
    """A gap that has begun. While it lasts nobody knows its end, whatever is planned."""
    ends = gap.until
    if ends is not None and ends > world.clock:
        world.wake(ends - MICROSECOND)
        ends = None
    beside = [s.event for s in shifts if s.span.until == gap.since or (ends is not None and s.span.since == ends)]
    evidence = tuple(dict.fromkeys(e for event in beside for e in event.evidence))
    known = {**fields, "from": gap.since, "to": ends}
    conclusion = world.clerk.gap(rule, known, bearer, gap.since, ends, evidence)
    return Outcome(conclusion, ((Made.GAP, gap_fact(rule, conclusion, known)),))


def gap_fact(rule: Coverage, conclusion: Conclusion, fields: Mapping[str, object]) -> Fact:
    """That there is a gap, for rules that wait for it. It stands before everything that happens at its first instant."""
    since = conclusion.since
    return Fact(key=f"gap {conclusion.identity}", occurred_at=since,
                order=(since, -1, (rule.index, conclusion.subject, conclusion.trigger)),
                fields=fields, evidence=conclusion.evidence, until=conclusion.ends, lasts=True)
