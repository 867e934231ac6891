"""Why a conclusion was reached: its rule and clause, its events, how the due was reckoned, who answered by which tenure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from accountability.conclusion import Conclusion, Kind, Status, lateness
from accountability.event import Event, utc
from accountability.explanation.acts import looked_for
from accountability.explanation.beside import beside
from accountability.explanation.holders import holders
from accountability.explanation.reason import Reason, reason
from accountability.explanation.support import Report, events_in, leaning, settled, support_of
from accountability.judgement.bykey import key_in
from accountability.judgement.course import Course
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.policy.kinds import Duty, Rule, Threshold
from accountability.policy.rendering.pages import kind, said
from accountability.policy.rendering.voice import Voice
from accountability.policy.rule import TRIGGER
from accountability.semantics import Known, conclude
from accountability.timeline import effective


@attrs.frozen(kw_only=True)
class Explanation:
    """Why *finding* holds at *at* by what was known at *known_at*: a tree of reasons under *tree*.

    *support* are the reports it rests on: they alone give it, and without any one of them it is not given as it stands.
    """

    finding: Conclusion
    at: datetime
    known_at: datetime
    policy: Policy
    support: tuple[Report, ...]
    tree: Reason

    @property
    def set_aside(self) -> tuple[Reason, ...]:
        """What was considered and does not count, each with the reason."""
        return tuple(self.tree.all("set aside"))


def why(policy: Policy, organisation: Organisation, events: Iterable[Event], finding: Conclusion, *, at: datetime,
        known_at: datetime | None = None) -> Explanation:
    """Why *events* give *finding* at *at* by what was known at *known_at* (else at *at*); both instants need a zone.

    Conclusions that are not reported, such as a duty that was met, can be asked about too. The support is worked out by judging
    again (`support_of`), so that it takes as long as some tens of judgements of what is near the finding. Raises ValueError where
    *events* do not give *finding*, and for an instant without a zone.
    """
    clock, knowledge = utc(at), utc(known_at or at)
    organisation, raw = settled(policy, organisation, events, at=clock, known_at=knowledge)
    rule = policy.rule(finding.rule)
    support = support_of(policy, organisation, raw, finding, at=clock, known_at=knowledge)
    lean = leaning(policy, finding.rule)
    known, _ = conclude(lean, organisation, raw, at=clock, known_at=knowledge)
    alone, below = conclude(lean, organisation, events_in(support), at=clock, known_at=knowledge)
    parts = [
        rule_told(policy, rule),
        reason("rests on", *(_report(r, clock, knowledge) for r in support)) if support else reason("rests on nothing"),
        *_below(finding, below),
        *_reckoned(finding), *(_turned(rule, finding, alone) if isinstance(rule, Duty) and not rule.straight else ()),
        *looked_for(rule, finding, known, raw), *beside(rule, finding, known), *_late(finding, clock, policy),
        *_counted(rule, finding), *_details(finding),
        *holders(finding, organisation, knowledge),
    ]
    if finding.note:
        parts.append(reason("note", text=finding.note))
    if finding.provisional:
        parts.append(reason("provisional", text=finding.provisional))
    tree = reason("finding", *parts, rule=finding.rule, about=finding.subject, kind=finding.kind, status=finding.status,
                  unit=finding.unit, since=finding.since, measure=finding.measure, at=clock, known_at=knowledge,
                  id=finding.identity)
    return Explanation(finding=finding, at=clock, known_at=knowledge, policy=policy, support=tuple(support), tree=tree)


def rule_told(policy: Policy, rule: Rule) -> Reason:
    """*rule* with its version, its sentence and where it comes from."""
    words = {script: said(rule, Voice(script)).lead for script in ("en", "zh")}
    source = policy.sources.get(rule.source)
    cited = [] if source is None else [reason("source", title=source.title, clause=source.clause, address=source.address)]
    if source is not None and source.unverified:
        cited.append(reason("unverified source"))
    return reason("rule", reason("sentence", **words), *cited, kind=kind(rule), name=rule.name, title=rule.title,
                  version=rule.version)


def _report(report: Report, at: datetime, known_at: datetime) -> Reason:
    """An event of the support as it stands, and what was delivered to make it stand so."""
    history = effective(report, at=at, known_at=known_at)
    standing, idle = history.events, [*(refusal.event for refusal in history.refused), *history.waiting]
    named = standing[0] if standing else report[0]
    others = [(e, e.corrects or e.retracts) for e in report if e not in idle]
    return reason(
        "event" if standing else "event that does not stand",
        *(reason("correction" if e.corrects else "retraction", id=e.id, at=e.occurred_at, recorded=e.recorded_at, text=e.reason,
                 of=None if ref.id == named.id else ref.id)
          for e, ref in others if ref is not None),
        type=named.type, id=named.id, source=named.source, at=named.occurred_at, recorded=named.recorded_at, fields=named.fields)


def _below(finding: Conclusion, conclusions: Iterable[Conclusion]) -> Iterator[Reason]:
    """What other rules concluded on the way, from the same events or from none."""
    for one in conclusions:
        if one.rule != finding.rule:
            yield reason("follows from", rule=one.rule, about=one.subject, kind=one.kind, status=one.status, since=one.since,
                         clause=one.clause, id=one.identity)


def _reckoned(finding: Conclusion) -> Iterator[Reason]:
    if finding.reckoning is not None:
        yield reason("due reckoned", *(reason("step", text=step) for step in finding.reckoning.steps()),
                     due=finding.due_date or finding.due)


def _turned(rule: Duty, finding: Conclusion, known: Known) -> Iterator[Reason]:
    """What happened to the obligation on its way, and where that leaves its due."""
    for trigger, unit, case in known.triggers(rule):
        course = Course.begin(rule, known, trigger, unit, case.trigger) if trigger.key == finding.trigger else None
        if course is None:
            continue
        key = key_in(rule, TRIGGER, trigger, known.clerk)
        inputs = sorted(((h.order, role, h) for role, t in rule.inputs() for h in known.happenings[t]
                         if key_in(rule, role, h, known.clerk) == key), key=lambda i: i[:2])
        ran = course.run(inputs)
        turns = [reason("paused", since=since, until=until) for since, until in ran.paused]
        turns += [reason("paused at most", since=p.since, until=p.until) if p.until else reason("paused still", since=p.since)
                  for p in ran.open_pauses.values()]
        own, *redone = ran.clocks
        turns += [reason("extended", limit=limit) for clock in ran.clocks for limit in clock.extended]
        turns += [reason("restarted", at=own.since)] if own.since != trigger.occurred_at else []
        redo_due = redone[-1].due(rule.reckoning, ran.paused).last if redone else None
        turns += [reason("redo", times=ran.redone, due=redo_due)] if ran.redone else []
        turns += [reason("voided", at=ran.voided.occurred_at)] if ran.voided is not None else []
        if turns:
            yield reason("on its way", *turns, due=finding.due_date or finding.due)


def _late(finding: Conclusion, at: datetime, policy: Policy) -> Iterator[Reason]:
    late = lateness(finding, at, policy.zone)
    if late is not None:
        yield reason("late by" if finding.status is Status.LATE else "overdue by", span=late, done=finding.done)


def _counted(rule: Rule, finding: Conclusion) -> Iterator[Reason]:
    if finding.kind is Kind.THRESHOLD:
        reaches, window = (rule.reaches, str(rule.window)) if isinstance(rule, Threshold) else (None, None)
        yield reason("counted", members=finding.members, reaches=reaches, window=window)


def _details(finding: Conclusion) -> Iterator[Reason]:
    for name, value in finding.details:
        if name == "items" and isinstance(value, tuple):
            yield reason("items", *(reason("item", name=item[0], count=item[1], points=item[2]) for item in value))
        else:
            yield reason(f"detail {name}", value=value)
