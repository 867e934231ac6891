"""semantics: what a policy means. In: a policy, an organisation, a whole history. Out: everything that follows from it.

This page is the definition. It looks at the history as a whole, says for each kind of rule what follows, and takes no care to be
fast. The engine works event by event and must give the same answer; a law checks that it does. Neither imports the other; what
both use (reckoning of time, who held a post, how a conclusion is worded) lies below them and has tests of its own.

Reading order: `judge`, then the four kinds of rule.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from accountability.conclusion import Conclusion, Fact, Judgement, Status, sorted_findings
from accountability.event import Event, Happening, following, utc
from accountability.judgement.finding import Clerk, labelled
from accountability.organisation import Organisation
from accountability.policy.expression import evaluate, holds
from accountability.policy.model import (
    Again,
    Decision,
    Duty,
    Effect,
    Fires,
    Join,
    Made,
    Period,
    Policy,
    Prohibition,
    Rule,
    Threshold,
    Tier,
    Trigger,
    Window,
    WindowKind,
)
from accountability.timeline import effective
from accountability.workdays import Due, Limit, due_at, local_midnight, period_of, plus, window_start


def judge(policy: Policy, organisation: Organisation, events: Iterable[Event], *, at: datetime, known_at: datetime | None = None,
          report_all: bool = False) -> Judgement:
    """What follows from *events* under *policy*, read at the instant *at* by what was known at *known_at*.

    Both instants need a zone; *known_at* defaults to *at*. Only events recorded by *known_at* count, after their corrections and
    retractions, and of these only what happened by *at* (time.md, Two times). A rule reports what stands against an authority,
    or everything with `report: all`; *report_all* asks that of every rule. What is not reported is counted.
    """
    clock, knowledge = utc(at), utc(known_at or at)
    history = effective(events, at=clock, known_at=knowledge)
    known = Known(policy, organisation, history.events, clock, knowledge)
    conclusions: list[Conclusion] = []
    for rule in policy.rules:
        for conclusion, facts in follow(rule, known):
            conclusions.append(conclusion)
            for made, fact in facts:
                known.happenings[Trigger(made, rule.name)].append(fact)
    reported = {r.name for r in policy.rules if r.report_all or report_all}
    return Judgement(
        at=clock, known_at=knowledge,
        findings=sorted_findings(c for c in conclusions if c.against or c.rule in reported),
        counts=dict(Counter((c.rule, c.unit, c.status) for c in conclusions)))


Follows = Iterator[tuple[Conclusion, Sequence[tuple[Made, Fact]]]]
"""Conclusions, each with the facts that it gives to other rules."""


class Known:
    """All that is known by the clock: what was reported, and what the rules before this one concluded."""

    def __init__(self, policy: Policy, organisation: Organisation, events: Sequence[Event], at: datetime,
                 known_at: datetime) -> None:
        self.policy, self.organisation, self.at = policy, organisation, at
        self.clerk = Clerk(policy, organisation, known_at)
        self.happenings: dict[Trigger, list[Happening]] = defaultdict(list)
        for event in events:
            self.happenings[Trigger(Made.EVENT, event.type)].append(event)

    def all(self, triggers: Iterable[Trigger]) -> list[Happening]:
        """Everything that any of *triggers* names, in order."""
        return sorted((h for t in dict.fromkeys(triggers) for h in self.happenings[t]), key=lambda h: h.order)

    def triggers(self, rule: Rule) -> Iterator[tuple[Happening, str | None, Case]]:
        """What *rule* waits for, where it is in force and its condition holds, each with the unit that bears it."""
        for happening in self.all(rule.when):
            day = happening.occurred_at.astimezone(self.policy.zone).date()
            unit = self.clerk.bearer(rule.bearer, happening.fields)
            case = Case(self, {**happening.fields, "bearer": unit}, happening.occurred_at)
            if rule.effective.covers(day) and holds(rule.where, case):
                yield happening, unit, case

    def is_open(self, period: Period, at: datetime) -> bool:
        """Whether *period* is open at the instant *at*: opened by an event, or declared in local days."""
        opened = self.happenings[Trigger(Made.EVENT, period.event)] if period.event else []
        spans = [(e.fields[period.since_field], e.fields[period.until_field]) for e in opened]
        spans += [(local_midnight(a, self.policy.zone), local_midnight(b, self.policy.zone)) for a, b in period.declared]
        return any(since <= at < until for since, until in spans)  # type: ignore[operator]


@attrs.frozen
class Case:
    """The world that an expression of a rule sees: one trigger, perhaps one act, and everything known."""

    known: Known
    trigger: Mapping[str, object]
    at: datetime
    act: Mapping[str, object] = attrs.field(factory=dict)

    def field(self, scope: str, name: str) -> object:
        return (self.act if scope == "act" else self.trigger).get(name)

    def parameter(self, name: str, key: object, has_key: bool) -> object:
        return self.known.policy.parameters[name].at(self.at.astimezone(self.known.policy.zone).date(), key)

    def organisation(self, what: str, of: object) -> object:
        organisation, name = self.known.organisation, str(of)
        return {"unit": organisation.unit_of, "role": organisation.role_of, "rank": organisation.rank_of,
                "level": organisation.level_of, "parent": organisation.parent_of}[what](name)

    def same_key(self, event_type: str, field: str) -> bool:
        mine = self.trigger.get(field)
        return any(e.fields.get(field) == mine for e in self.known.happenings[Trigger(Made.EVENT, event_type)])

    def acting(self, act: Happening) -> Case:
        return attrs.evolve(self, act=act.fields)


def follow(rule: Rule, known: Known) -> Follows:
    """What *rule* concludes from what is known."""
    match rule:
        case Duty():
            return duty(rule, known)
        case Prohibition():
            return prohibition(rule, known)
        case Threshold():
            return threshold(rule, known)
        case Effect():
            return effect(rule, known)


@attrs.define
class Obligation:
    """One instance of a duty while it is being judged."""

    trigger: Happening
    unit: str | None
    case: Case
    due: Due
    limit: Limit | None
    act: Happening | None = None
    restarted: datetime | None = None

    def discharged_before(self, other: Happening) -> bool:
        return self.act is not None and self.act.order < other.order

    def status(self, at: datetime) -> Status:
        """Open until the due has passed unmet; late if done after it. What was overdue when restarted stays overdue."""
        if self.act is not None:
            return Status.MET if self.act.occurred_at <= self.due.last else Status.LATE
        if self.restarted is not None and self.restarted <= self.due.last:
            return Status.VOID
        return Status.MISSED if at > self.due.last else Status.OPEN


def duty(rule: Duty, known: Known) -> Follows:
    """When E, its bearer must D within L.

    Each trigger opens an obligation of its key. The first later act of the same key for which `provided` holds discharges it; with
    `even before`, so does an act that came not more than so long before. Whether `provided` holds is judged by everything known, so
    that a later fact may undo a discharge. A breach arises at the instant the due passes, whether the act comes late or not at all.
    """
    acts = defaultdict(list)
    for act in known.all(rule.must):
        acts[key_of(rule.same, act.fields)].append(act)
    obligations: dict[tuple[object, ...], list[Obligation]] = defaultdict(list)
    for trigger, unit, case in known.triggers(rule):
        key = key_of(rule.same, {**trigger.fields, "bearer": unit})
        due, limit = due_of(rule, trigger, case, known)
        undischarged = [o for o in obligations[key] if not o.discharged_before(trigger) and o.restarted is None]
        if due is None or (rule.again is Again.IGNORE and undischarged):
            continue
        if rule.again is Again.RESTART:
            for earlier in undischarged:
                earlier.act, earlier.restarted = None, trigger.occurred_at
        counting = (a for a in acts[key] if in_reach(rule, trigger, a, known) and holds(rule.provided, case.acting(a)))
        obligations[key].append(Obligation(trigger, unit, case, due, limit, next(counting, None)))
    for obligation in (o for group in obligations.values() for o in group):
        status = obligation.status(known.at)
        conclusion = known.clerk.obligation(rule, obligation.trigger, obligation.unit, obligation.due, obligation.limit, status,
                                            obligation.act)
        yield conclusion, list(duty_facts(rule, obligation, conclusion))


def in_reach(rule: Duty, trigger: Happening, act: Happening, known: Known) -> bool:
    """Whether *act* comes after *trigger*, or not longer before it than the rule allows."""
    if rule.even_before is None or act.order >= trigger.order:
        return act.order > trigger.order
    return act.occurred_at >= window_start(trigger.occurred_at, rule.even_before, known.policy.zone)


def duty_facts(rule: Duty, obligation: Obligation, conclusion: Conclusion) -> Iterator[tuple[Made, Fact]]:
    """`discharge of` at the act that met it; `breach of` when the due passed, after everything reported at that instant."""
    trigger, act, due = obligation.trigger, obligation.act, obligation.due
    fields = {**trigger.fields, "bearer": obligation.unit}
    if act is not None:
        yield Made.DISCHARGE, Fact(
            key=f"discharge {conclusion.identity}", occurred_at=act.occurred_at,
            order=following(act.order, rule.index, trigger.order), fields=fields, evidence=(*trigger.evidence, *act.evidence))
    if conclusion.against:
        yield Made.BREACH, Fact(
            key=f"breach {conclusion.identity}", occurred_at=due.falls,
            order=(due.falls, 1, (rule.index, conclusion.subject, trigger.order)), fields=fields, evidence=trigger.evidence)


def due_of(rule: Duty, trigger: Happening, case: Case, known: Known) -> tuple[Due | None, Limit | None]:
    """The due of an obligation and its limit; no due, no obligation. The tier is chosen, and the limit read, at the trigger."""
    if rule.due is not None:
        carried = evaluate(rule.due, case)
        return (due_at(carried), None) if isinstance(carried, datetime) else (None, None)
    tiers: Sequence[Tier] = rule.tiers
    for overlay in rule.overlays:
        if known.is_open(overlay.period, trigger.occurred_at):
            tiers = overlay.tiers
            break
    tier = next((t for t in tiers if holds(t.where, case)), None)
    limit = evaluate(tier.limit, case) if tier else None
    if not isinstance(limit, Limit):
        return None, None
    return rule.reckoning.due(trigger.occurred_at, limit), limit


def prohibition(rule: Prohibition, known: Known) -> Follows:
    """E is a breach. Where E alone is nobody's fault, only together with an earlier failure of the authority (SG11)."""
    for trigger, unit, _ in known.triggers(rule):
        failures = failures_of(rule.join, trigger, unit, known) if rule.join else []
        if rule.join and not failures:
            continue
        conclusion = known.clerk.breach(rule, trigger, unit, failures)
        yield conclusion, [(Made.BREACH, Fact(
            key=f"breach {conclusion.identity}", occurred_at=trigger.occurred_at, order=following(trigger.order, rule.index),
            fields={**trigger.fields, "bearer": unit}, evidence=conclusion.evidence))]


def failures_of(join: Join, trigger: Happening, unit: str | None, known: Known) -> list[Happening]:
    """The failures of the same key before *trigger*, and not longer before it than the rule says."""
    key, at = key_of(join.same, {**trigger.fields, "bearer": unit}), trigger.occurred_at
    return [f for f in known.all(join.with_) if f.order < trigger.order and key_of(join.same, f.fields) == key
            and (join.within is None or f.occurred_at >= window_start(at, join.within, known.policy.zone))]


def threshold(rule: Threshold, known: Known) -> Follows:
    """So many members of one key in a window give a finding at the member that reaches the number."""
    groups: dict[tuple[object, ...], list[tuple[Happening, str | None]]] = defaultdict(list)
    for member, unit, _ in known.triggers(rule):
        groups[key_of(rule.per, {**member.fields, "bearer": unit})].append((member, unit))
    for group in groups.values():
        used: set[str] = set()
        before = 0
        for place, (member, unit) in enumerate(group):
            inside = [m for m, _ in group[: place + 1] if m.key not in used and in_window(rule.window, m, member, rule)]
            fires = len(inside) >= rule.reaches and not (rule.fires is Fires.RISING and before >= rule.reaches)
            before = len(inside)
            if not fires:
                continue
            if rule.fires is Fires.ONCE:
                used.update(m.key for m in inside)
                before = 0
            conclusion = known.clerk.threshold(rule, inside, unit)
            yield conclusion, [(Made.FINDING, Fact(
                key=f"finding {conclusion.identity}", occurred_at=member.occurred_at, order=following(member.order, rule.index),
                fields={**{name: member.fields.get(name) for name in rule.per}, "bearer": unit}, evidence=conclusion.evidence))]


def in_window(window: Window, member: Happening, now: Happening, rule: Threshold) -> bool:
    """Whether *member* still counts when *now* happens (time.md, window rolling and calendar)."""
    then, here = (h.occurred_at.astimezone(rule.zone).date() for h in (member, now))
    if window.kind is WindowKind.CALENDAR:
        return period_of(then, window.period) == period_of(here, window.period)
    assert window.limit is not None
    if window.kind is WindowKind.DATES:
        return here <= plus(then, window.limit)
    edge = window_start(now.occurred_at, window.limit, rule.zone)
    return member.occurred_at >= edge if window.edge_included else member.occurred_at > edge


def effect(rule: Effect, known: Known) -> Follows:
    """What a rule says should follow is proposed; it stands only once a competent body's decision disposes of it (SG13).

    A decision disposes of every proposal of its key that is pending when it comes; one that finds none pending has no effect.
    """
    proposals: dict[str, tuple[Conclusion, Happening, str | None]] = {}
    for trigger, unit, _ in known.triggers(rule):
        label = trigger.key
        if rule.once_per is not None:
            label = period_of(trigger.occurred_at.astimezone(rule.zone).date(), rule.once_per).label
        for target in known.clerk.targets(rule, trigger, unit):
            told_by = labelled(label, target.post if target else None)
            proposal = known.clerk.proposal(rule, trigger, told_by, unit, target, decided=False)
            proposals.setdefault(proposal.identity, (proposal, trigger, unit))
    standings: dict[str, tuple[Conclusion, Fact]] = {}
    for proposal, trigger, unit in proposals.values():
        act = disposal(rule.decision, trigger, unit, known) if rule.decision else None
        if rule.decision is None or act is None:
            yield proposal, ()
            continue
        yield attrs.evolve(proposal, status=Status.DECIDED), ()
        standing = known.clerk.standing(rule, proposal, act, known.at)
        fact = Fact(
            key=f"standing {standing.identity}", occurred_at=act.occurred_at,
            order=following(act.order, rule.index, standing.subject, standing.trigger),
            fields={**{name: trigger.fields.get(name) for name in rule.decision.same}, "bearer": unit}, evidence=standing.evidence)
        standings.setdefault(standing.identity, (standing, fact))
    for standing, fact in standings.values():
        yield standing, [(Made.STANDING, fact)]


def disposal(decision: Decision, trigger: Happening, unit: str | None, known: Known) -> Happening | None:
    """The first event after *trigger* by which the competent body decides on what was proposed."""
    case = Case(known, {**trigger.fields, "bearer": unit}, trigger.occurred_at)
    key = key_of(decision.same, trigger.fields)
    return next((a for a in known.all((Trigger(Made.EVENT, decision.by),)) if a.order > trigger.order
                 and key_of(decision.same, a.fields) == key and holds(decision.provided, case.acting(a))), None)


def key_of(names: Sequence[str], fields: Mapping[str, object]) -> tuple[object, ...]:
    """The values by which two happenings belong together."""
    return tuple(fields.get(name) for name in names)
