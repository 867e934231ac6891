"""Why something was not found: the nearest miss, and the smallest change under which it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

import attrs

from accountability.conclusion import Conclusion
from accountability.event import Event, utc
from accountability.explanation.acts import failing, looked_for
from accountability.explanation.changes import Change, How, changes_of
from accountability.explanation.reason import Reason, reason
from accountability.explanation.support import asked_by, leaning, settled
from accountability.explanation.why import rule_told
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.policy.expression import holds
from accountability.policy.kinds import Rule, Threshold
from accountability.policy.rule import Made
from accountability.semantics import Known, conclude
from accountability.semantics.known import Case
from accountability.timeline import effective
from accountability.workdays import local_midnight
from accountability.workdays.localtime import ONE_DAY

TRIED = 400
"""How many changes are judged before it is said that none was found."""
NEAR = 12
"""How many events are thought of as near."""


@attrs.frozen(kw_only=True)
class Flip:
    """A change under which *finding* stands, of the log as it stood (`effective`), shown by judging again."""

    change: Change
    finding: Conclusion
    known_at: datetime


@attrs.frozen(kw_only=True)
class WhyNot:
    """Why nothing stands against anybody by *rule* about *subject*: reasons under *tree*, and the smallest *flip* found."""

    rule: str
    subject: str
    at: datetime
    known_at: datetime
    policy: Policy
    tree: Reason
    flip: Flip | None


def why_not(policy: Policy, organisation: Organisation, events: Iterable[Event], rule: str, subject: str, *, at: datetime,
            known_at: datetime | None = None) -> WhyNot:
    """Why *events* give no finding against an authority by *rule* about *subject* (`case/C-101`) at *at*.

    The nearest miss is what the rule did conclude, or what kept its triggers from counting. The flip is the first of the small
    changes, in the order of `How`, under which judging again gives such a finding; some hundreds near the subject are tried, and
    None says that none of those does. Raises KeyError for an unknown rule, and ValueError where there is such a finding, and for an
    instant without a zone.
    """
    clock, knowledge = utc(at), utc(known_at or at)
    organisation, raw = settled(policy, organisation, events, at=clock, known_at=knowledge)
    lean, asked = leaning(policy, rule), policy.rule(rule)
    standing = effective(raw, at=clock, known_at=knowledge).events
    known, conclusions = conclude(lean, organisation, standing, at=clock, known_at=knowledge)
    mine = [c for c in conclusions if c.rule == rule and c.subject == subject]
    if any(c.against for c in mine):
        raise ValueError(f"`{rule}` does find something about `{subject}` at {clock.isoformat()}; ask why")
    types = {t.name for r in lean.rules for t in asked_by(r) if t.made is Made.EVENT}
    near = near_to(subject, [e for e in standing if e.type in types])
    flip = None
    for change in islice(changes_of(lean, known, near, knowledge, list(_dues(mine, policy))), TRIED):
        then = max(knowledge, change.at)
        _, found = conclude(lean, organisation, change.of(standing), at=change.at, known_at=then)
        against = next((c for c in found if c.rule == rule and c.subject == subject and c.against), None)
        if against is not None:
            flip = Flip(change=change, finding=against, known_at=then)
            break
    tree = reason(
        "nothing found", rule_told(policy, asked), *_missed(asked, subject, mine, known, raw),
        reason("no flip") if flip is None else _told(flip), rule=rule, about=subject, at=clock, known_at=knowledge)
    return WhyNot(rule=rule, subject=subject, at=clock, known_at=knowledge, policy=policy, tree=tree, flip=flip)


def near_to(subject: str, events: Sequence[Event]) -> list[Event]:
    """The events that name *subject*, then those that share a name with one of these; the last ones first of each, a few."""
    name = subject.partition("/")[2]
    about = [e for e in events if name in map(str, e.fields.values())]
    names = {v for e in about for v in e.fields.values() if isinstance(v, str)}
    beside = [e for e in events if e not in about and any(v in names for v in e.fields.values() if isinstance(v, str))]
    return [*reversed(about), *reversed(beside)][:NEAR]


def _dues(conclusions: Iterable[Conclusion], policy: Policy) -> Iterator[datetime]:
    for one in conclusions:
        if one.due is not None:
            yield one.due
        elif one.due_date is not None:
            zone = one.reckoning.by.zone if one.reckoning is not None else policy.zone
            yield local_midnight(one.due_date + ONE_DAY, zone)


def _missed(rule: Rule, subject: str, mine: Sequence[Conclusion], known: Known, raw: Sequence[Event]) -> Iterator[Reason]:
    for one in mine:
        yield reason("nearest", *looked_for(rule, one, known, raw), status=one.status, since=one.since,
                     due=one.due_date or one.due, done=one.done, details=tuple(f"{k}: {v}" for k, v in one.details))
    starts = []
    for happening in known.all(rule.when):
        unit = known.clerk.bearer(rule.bearer, happening.fields)
        fields = {**happening.fields, "bearer": unit}
        if known.clerk.subject(rule, fields, unit) == subject:
            starts.append((happening, Case(known, fields, happening.occurred_at)))
    counting = []
    for happening, case in starts:
        if not rule.effective.covers(happening.occurred_at.astimezone(known.policy.zone).date()):
            yield reason("not in force", name=happening.key, at=happening.occurred_at)
        elif not holds(rule.guard, case):
            yield reason("does not start it", *failing(rule.guard, case), name=happening.key, at=happening.occurred_at)
        else:
            counting.append(happening)
    if isinstance(rule, Threshold) and counting:
        yield reason("not enough", members=tuple(h.key for h in counting), reaches=rule.reaches, window=str(rule.window))
    if not starts and not mine and rule.when:
        yield reason("no trigger", types=tuple(map(str, rule.when)), about=subject)


def _told(flip: Flip) -> Reason:
    change = flip.change
    then = reason("then", status=flip.finding.status, since=flip.finding.since)
    event, into = change.event, change.into
    if event is None:
        return reason("flip time", then, at=change.at)
    if change.how is How.FIELD and into is not None and change.field is not None:
        return reason("flip field" if change.field in into.fields else "flip no field", then, name=event.key, field=change.field,
                      was=event.fields.get(change.field), now=into.fields.get(change.field))
    if change.how is How.MOVE and into is not None:
        return reason("flip move", then, name=event.key, was=event.occurred_at, now=into.occurred_at)
    return reason("flip leave out" if change.how is How.LEAVE_OUT else "flip one more", then, name=event.key, at=event.occurred_at)
