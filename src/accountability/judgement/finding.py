"""From what a rule found to the conclusion that says so: subject, bearer, who answers, how the due was reckoned.

Meaning and engine find on their own *that* something follows; both word it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import attrs

from accountability.conclusion import AGAINST, Answer, Conclusion, Fact, Kind, Status, draft, written
from accountability.event import Gathered, Happening, following
from accountability.judgement.attribution import answering, answering_post
from accountability.organisation import Organisation
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
from accountability.policy.model import Policy
from accountability.policy.rule import AnswerSpec, Bearer, Made
from accountability.workdays import Due, Limit, Reckoned
from accountability.workdays.localtime import MICROSECOND

LATE: Final = Status.LATE
MISSED: Final = Status.MISSED
OBLIGATION: Final = Kind.OBLIGATION
THRESHOLD: Final = Kind.THRESHOLD
"""Bound once: in Python 3.11 a member of an enum is found anew by its class each time."""


class Fielded(Protocol):
    """Fields by name, or something that has them."""

    def get(self, name: str, /) -> object: ...


class Clerk:
    """Words the conclusions of one policy over one organisation, as the organisation was known at *known_at*."""

    def __init__(self, policy: Policy, organisation: Organisation, known_at: datetime | None = None) -> None:
        self.policy, self.organisation, self.known_at = policy, organisation, known_at
        self.happened: Callable[[str, str, object], Iterable[datetime]] = lambda event_type, field, value: ()
        """Tells when the known events of a type with this value of a field happened; whoever knows the log sets it."""
        self._clauses = {r.name: str(policy.sources[r.source]) if r.source in policy.sources else r.source for r in policy.rules}

    def first(self, event_type: str, field: str, value: object) -> datetime | None:
        """When the first known event of *event_type* happened whose *field* is *value*."""
        return min(self.happened(event_type, field, value), default=None)

    def bearer(self, bearer: Bearer, fields: Mapping[str, object]) -> str | None:
        """The unit that owes: a post in the bearer's field stands for its unit."""
        if bearer.unit is not None:
            return bearer.unit
        found = fields.get(bearer.field or "")
        if found is None:
            return None
        unit = str(found)
        return self.organisation.unit_of(unit) or unit

    def subject(self, rule: Rule, fields: Fielded, unit: str | None) -> str:
        """What a conclusion is about, as `kind/id`."""
        value = unit if rule.about == "bearer" else fields.get(rule.about)
        return f"{rule.about_kind}/{value}"

    def answers(
        self, rule: Rule, fields: Mapping[str, object], unit: str | None, moments: Mapping[str, datetime]
    ) -> tuple[Answer, ...]:
        """The posts that answer, each with its holder at the moment that the rule names."""
        if not rule.answers:
            return ()
        return tuple(a for spec in rule.answers for a in self.answer(spec, fields, unit, moments))

    def answer(
        self, spec: AnswerSpec, fields: Mapping[str, object], unit: str | None, moments: Mapping[str, datetime]
    ) -> tuple[Answer, ...]:
        """The posts that one line of `answers` or `on` names; none where what it asks for is missing."""
        if spec.event is not None:
            at: object = self.first(*spec.event, fields.get(spec.event[1]))
        else:
            at = moments.get(spec.moment) or fields.get(spec.moment)
        if not isinstance(at, datetime):
            return ()
        if spec.post is not None:
            if (post := fields.get(spec.post)) is None:
                return ()
            return (answering_post(self.organisation, str(post), at, line=spec.line, moment=spec.moment, known_at=self.known_at),)
        if spec.kind is None or unit is None:
            return ()
        return answering(self.organisation, spec.kind, unit, at, moment=spec.moment, known_at=self.known_at)

    def obligation(
        self, rule: Duty, trigger: Happening, unit: str | None, due: Due | datetime | None, limit: Limit | None, status: Status,
        act: Happening | None, *, details: tuple[tuple[str, object], ...] = (), note: str | None = None
    ) -> Conclusion:
        """An obligation with its status; who answers, and what it weighs, only where it was not met.

        Without a *due*, which may be a mere instant, its clock stands still.
        """
        against = status is LATE or status is MISSED
        fields, at = trigger.fields, trigger.occurred_at
        last, falls = (due.last, due.falls) if isinstance(due, Due) else (due, due)
        since = falls if against and falls is not None else at
        behind = (trigger,) if act is None else (trigger, act)
        made = draft(OBLIGATION, rule.name, self.subject(rule, fields, unit), unit, status, since, self, (rule, behind, limit))
        if isinstance(due, Due):
            made.due, made.due_date, made.provisional = None if due.day else last, due.day, due.provisional
        else:
            made.due = last
        if act is not None:
            made.done = act.occurred_at
        if against and rule.answers:
            moments = {"trigger": at, "due": since if last is None else last, "finding": since}
            moments |= {"act": act.occurred_at} if act is not None else {}
            made.answers = self.answers(rule, fields, unit, moments)
        if details or note is not None:
            made.details, made.note = details, note
        return written(made)

    def recurrence(
        self, rule: Recurring, fields: Mapping[str, object], unit: str | None, label: str, start: datetime, due: Due,
        limit: Limit | None, status: Status, done: datetime | None, evidence: tuple[str, ...], period: str | None
    ) -> Conclusion:
        """One period or leg of a duty that recurs, from *start*."""
        against = status in (Status.LATE, Status.MISSED)
        since = due.falls if against else start
        moments = {"trigger": start, "due": due.last, "finding": since}
        return self._conclude(
            rule, Kind.OBLIGATION, fields, unit, trigger=label, status=status, since=since,
            due=due.last if due.day is None else None, due_date=due.day, done=done,
            severity=rule.weight.severity if against else None, points=rule.weight.points if against else None, evidence=evidence,
            answers=self.answers(rule, fields, unit, moments) if against else (),
            reckoning=None if limit is None else Reckoned(start, limit, rule.reckoning), provisional=due.provisional,
            details=() if period is None else (("period", period),),
            note="what it was owed for ended before it was due" if status is Status.VOID else None)

    def gap(self, rule: Coverage, fields: Mapping[str, object], unit: str | None, since: datetime, ends: datetime | None,
            evidence: tuple[str, ...]) -> Conclusion:
        """A stretch in which too few were there; it is told apart by its beginning."""
        moments = {"trigger": since, "finding": since}
        label = since.isoformat() if rule.about == "unit" else f"{since.isoformat()} {fields['unit']}"
        return self._conclude(
            rule, Kind.GAP, fields, unit, trigger=label, status=Status.GAP, since=since, ends=ends, severity=rule.weight.severity,
            points=rule.weight.points, evidence=evidence, answers=self.answers(rule, fields, unit, moments))

    def breach(self, rule: Prohibition, trigger: Happening, unit: str | None, failures: Iterable[Happening] = ()) -> Conclusion:
        """A breach by an event, with the failures that make it one."""
        moments = {"trigger": moment_of(trigger), "finding": trigger.occurred_at}
        return self._conclude(
            rule, Kind.BREACH, trigger.fields, unit, trigger=trigger.key, status=Status.BREACH, since=trigger.occurred_at,
            severity=rule.weight.severity, points=rule.weight.points,
            evidence=(*trigger.evidence, *(e for f in failures for e in f.evidence)),
            answers=self.answers(rule, trigger.fields, unit, moments))

    def threshold(self, rule: Threshold, members: Sequence[Happening], unit: str | None) -> Conclusion:
        """A number reached by *members*, dated to the last of them."""
        last = members[-1]
        subject = self.subject(rule, last, unit)
        made = draft(THRESHOLD, rule.name, subject, unit, rule.status, last.occurred_at, self, (rule, members, None))
        if type(members) is not list and isinstance(members, Gathered):
            # It is at hand now, and later it would have to be fetched.
            made.trigger = last.key
            made.evidence = made.members = tuple(dict.fromkeys(members.evidence))
        if rule.answers:
            moments = {"first": moment_of(members[0]), "last": moment_of(last), "finding": last.occurred_at}
            made.answers = self.answers(rule, last.fields, unit, moments)
        return written(made)

    def left_out(self, conclusion: Conclusion, name: str, default: object, rule: Duty | Threshold, behind: Sequence[Happening],
                 limit: Limit | None) -> object:
        """What an obligation or threshold says beside what is asked at once; *behind* it is what it rests on."""
        reached = conclusion.kind is Kind.THRESHOLD
        match name:
            case "version":
                return rule.version
            case "clause":
                return self._clauses[rule.name]
            case "trigger":
                return behind[-1 if reached else 0].key
            case "severity" | "points":
                against = reached or conclusion.status is Status.LATE or conclusion.status is Status.MISSED
                return getattr(rule.weight, name) if against else None
            case "evidence":
                found = [e for one in behind for e in one.evidence]
                return tuple(dict.fromkeys(found) if reached else found)
            case "members" if reached:
                return conclusion.evidence
            case "reckoning" if isinstance(rule, Duty):
                return Reckoned(behind[0].occurred_at, limit, rule.reckoning)
        return default

    def targets(self, rule: Effect | DecidedEffect, trigger: Happening, unit: str | None,
                **moment: datetime) -> tuple[Answer | None, ...]:
        """Whom the proposals or standings of *trigger* are about: None for the unit itself, else a post with its holder."""
        moments = {"trigger": moment_of(trigger), "finding": trigger.occurred_at, **moment}
        found: list[Answer | None] = []
        for on in rule.on:
            found.extend((None,) if on.answer is None else self.answer(on.answer, trigger.fields, unit, moments))
        return tuple(found)

    def proposal(
        self, rule: Effect, trigger: Happening, label: str, unit: str | None, target: Answer | None, decided: bool
    ) -> Conclusion:
        """What *rule* says should follow for *target*, told apart by *label*."""
        moments = {"trigger": moment_of(trigger), "finding": trigger.occurred_at}
        return self._conclude(
            rule, Kind.PROPOSAL, trigger.fields, unit, trigger=label, status=Status.DECIDED if decided else Status.PROPOSED,
            since=trigger.occurred_at, post=target.post if target else None, holder=target.holder if target else None,
            measure=rule.measure, evidence=trigger.evidence, answers=self.answers(rule, trigger.fields, unit, moments))

    def proposed(self, rule: Effect, proposal: Conclusion, trigger: Happening) -> tuple[Made, Fact]:
        """That something was proposed, for rules that wait for it."""
        return Made.PROPOSAL, Fact(
            key=f"proposal {proposal.identity}", occurred_at=trigger.occurred_at,
            order=following(trigger.order, rule.index, proposal.subject, proposal.trigger),
            fields={**trigger.fields, "bearer": proposal.unit}, evidence=proposal.evidence, day=getattr(trigger, "day", None))

    def gate(self, rule: Gate, trigger: Happening, unit: str | None, status: Status, missing: Sequence[str],
             by: Sequence[str]) -> Conclusion:
        """A step that passed or was refused: for want of what is *missing*, or *by* standings."""
        moments = {"trigger": moment_of(trigger), "finding": trigger.occurred_at}
        against = status is not Status.PASSED
        details = [("missing", tuple(missing))] if missing else []
        details += [("by", tuple(by))] if by else []
        return self._conclude(
            rule, Kind.GATE, trigger.fields, unit, trigger=trigger.key, status=status, since=trigger.occurred_at,
            severity=rule.weight.severity if against else None, points=rule.weight.points if against else None,
            evidence=trigger.evidence, answers=self.answers(rule, trigger.fields, unit, moments) if against else (),
            details=tuple(details))

    def hop(self, rule: Reporting, fields: Mapping[str, object], unit: str, news: Happening, due: Due, limit: Limit, kind: Kind,
            status: Status, since: datetime, done: Happening | None, evidence: Sequence[str], *, label: str,
            details: tuple[tuple[str, object], ...], note: str | None) -> Conclusion:
        """One hop of a report, which *unit* owes since *news* reached it."""
        against = status in AGAINST
        moments = {"trigger": news.occurred_at, "due": due.last, "finding": since}
        return self._conclude(
            rule, kind, fields, unit, trigger=f"{news.key} {label}", status=status, since=since,
            due=None if due.day else due.last, due_date=due.day, done=done.occurred_at if done else None,
            severity=rule.weight.severity if against else None, points=rule.weight.points if against else None,
            evidence=tuple(dict.fromkeys(evidence)), answers=self.answers(rule, fields, unit, moments) if against else (),
            reckoning=Reckoned(news.occurred_at, limit, rule.reckoning), provisional=due.provisional, details=details, note=note)

    def skip(self, rule: Reporting, report: Happening, fields: Mapping[str, object], sender: str, receiver: str,
             skipped: tuple[str, ...]) -> Conclusion:
        """A report past the immediate superior of its *sender*, without a lawful reason."""
        at = report.occurred_at
        return self._conclude(
            rule, Kind.BREACH, fields, sender, trigger=f"{report.key} {sender} -> {receiver}", status=Status.BREACH, since=at,
            severity=rule.weight.severity, points=rule.weight.points, evidence=report.evidence,
            answers=self.answers(rule, fields, sender, dict.fromkeys(("trigger", "due", "finding"), at)),
            details=(("hop", f"{sender} -> {receiver}"), ("class", "skip_level"), ("skipped", skipped)))

    def refused(self, rule: DecidedEffect, decision: Happening, unit: str | None, missing: Sequence[str]) -> Conclusion:
        """A decision without effect, for want of what is *missing*."""
        return self._conclude(
            rule, Kind.STANDING, decision.fields, unit, trigger=f"decision {decision.key}", status=Status.REFUSED,
            since=decision.occurred_at, evidence=decision.evidence, details=(("missing", tuple(missing)),))

    def decided(self, rule: DecidedEffect, decision: Happening, unit: str | None, target: Answer | None, status: Status,
                ends: datetime | None, rounds: int, by: Happening | None) -> Conclusion:
        """What *decision* put in force on the unit, or on a post and its holder."""
        moments = {"trigger": moment_of(decision), "finding": decision.occurred_at}
        evidence = (*decision.evidence, *(by.evidence if by is not None and status is not Status.IN_FORCE else ()))
        return self._conclude(
            rule, Kind.STANDING, decision.fields, unit,
            trigger=labelled(f"decision {decision.key}", target.post if target else None), status=status,
            since=decision.occurred_at, ends=ends, post=target.post if target else None,
            holder=target.holder if target else None, evidence=evidence,
            answers=self.answers(rule, decision.fields, unit, moments), details=(("round", rounds),) if rounds > 1 else (),
            note="bars: " + ", ".join(rule.bars) if rule.bars else None)

    def score(self, rule: Scorecard, unit: str, period: str, ended: datetime, evidence: Iterable[str],
              details: tuple[tuple[str, object], ...]) -> Conclusion:
        """What *unit* is given for *period*, raised when it has *ended*."""
        return self._conclude(
            rule, Kind.SCORE, {"unit": unit}, unit, trigger=period, status=Status.SCORED, since=ended,
            evidence=tuple(dict.fromkeys(evidence)), details=details,
            answers=self.answers(rule, {"unit": unit}, unit, {"trigger": ended - MICROSECOND, "finding": ended}))

    def standing(self, rule: Effect, proposal: Conclusion, decision: Happening, at: datetime, ends: datetime | None,
                 quashed: Happening | None = None, by: Happening | None = None) -> Conclusion:
        """What *decision* made of *proposal*, read at the instant *at*; perhaps *quashed*, or ended early *by* something."""
        assert rule.decision is not None
        status = Status.QUASHED if quashed is not None else Status.ENDED if ends is not None and ends <= at else Status.IN_FORCE
        last = quashed or by
        return attrs.evolve(
            proposal, kind=Kind.STANDING, status=status,
            trigger=labelled(of_unit(rule, f"decision {decision.key}", proposal.unit), proposal.post),
            since=decision.occurred_at, ends=ends,
            evidence=(*proposal.evidence, *decision.evidence,
                      *(last.evidence if last is not None and status is not Status.IN_FORCE else ())),
            note="bars: " + ", ".join(rule.decision.bars) if rule.decision.bars else None)

    def stands(self, rule: Effect, standing: Conclusion, decision: Happening, fields: Mapping[str, object]) -> Fact:
        """That *standing* stands, for rules that wait for it; *fields* are those of what was proposed."""
        assert rule.decision is not None
        return Fact(
            key=f"standing {standing.identity}", occurred_at=decision.occurred_at,
            order=following(decision.order, rule.index, standing.subject, standing.trigger),
            fields={**{name: fields.get(name) for name in rule.decision.same}, "bearer": standing.unit},
            evidence=standing.evidence, until=standing.ends, lasts=True)

    def bar(self, rule: Effect, standing: Conclusion, decision: Happening, until: datetime | None) -> Fact:
        """What *standing* keeps from whom *until* an instant, for gates. It follows the person, or stays with the post, as the rule
        says."""
        assert rule.decision is not None
        person, quashed = rule.decision.follows_person, standing.status is Status.QUASHED
        return Fact(
            key=f"bar {standing.identity}", occurred_at=decision.occurred_at,
            order=following(decision.order, rule.index, standing.subject, standing.trigger),
            fields={"bars": rule.decision.bars, "unit": standing.unit if standing.post is None else None,
                    "post": None if person else standing.post, "office-holder": standing.holder if person else None,
                    "about": standing.subject, "quashed": standing.ends if quashed else None},
            evidence=standing.evidence, until=until, lasts=True)

    def _conclude(self, rule: Rule, kind: Kind, fields: Mapping[str, object], unit: str | None, **content: Any) -> Conclusion:
        return Conclusion(kind=kind, rule=rule.name, version=rule.version, clause=self._clauses[rule.name],
                          subject=self.subject(rule, fields, unit), unit=unit, **content)


def moment_of(member: Happening) -> datetime:
    """The instant at which is looked up who answers for *member*: the last one of the day that a due ends, as for that due."""
    return member.occurred_at if getattr(member, "day", None) is None else member.occurred_at - MICROSECOND


def of_unit(rule: Effect, label: str, unit: str | None) -> str:
    """*label*, of a period or a decision, for one *unit*: where the subject is another, several units may have the same of both."""
    return label if rule.about == "bearer" else f"{label} {unit}"


def labelled(label: str, post: str | None) -> str:
    """What tells one proposal or standing from the others of its rule and subject: its trigger or period, and its post."""
    return label if post is None else f"{label} {post}"
