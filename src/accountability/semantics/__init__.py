"""semantics: what a policy means. In: a policy, an organisation, a whole history. Out: everything that follows from it.

These pages are the definition. They look at the history as a whole, say for each kind of rule what follows, and take no care to be
fast. The engine works event by event and must give the same answer; a law checks that it does. Neither imports the other; what
both use (reckoning of time, who held a post, how a conclusion is worded) lies below them and has tests of its own.

Reading order: `judge` here; what is `known`; then the page of each kind. The engine works out `duty`, `prohibition`,
`threshold` and `effect` in its own way. Every other kind (`by_key`) is a pure function of what came in under one key; its page
lies in `judgement`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from accountability.conclusion import Conclusion, Judgement, sorted_findings
from accountability.event import Event, utc
from accountability.judgement.bykey import Inputs, Key, key_in
from accountability.judgement.meanings import meaning_of
from accountability.organisation import Organisation, changed
from accountability.policy.kinds import Duty, Effect, Prohibition, Rule, Threshold
from accountability.policy.model import Policy
from accountability.policy.rule import Trigger
from accountability.semantics.duty import duty
from accountability.semantics.effect import effect
from accountability.semantics.known import Follows, Known
from accountability.semantics.prohibition import prohibition
from accountability.semantics.threshold import threshold
from accountability.timeline import effective

__all__ = ["Known", "conclude", "judge"]


def judge(policy: Policy, organisation: Organisation, events: Iterable[Event], *, at: datetime, known_at: datetime | None = None,
          report_all: bool = False) -> Judgement:
    """What follows from *events* under *policy*, read at the instant *at* by what was known at *known_at*.

    Both instants need a zone; *known_at* defaults to *at*. Only events recorded by *known_at* count, after their corrections and
    retractions, and of these only what happened by *at* (time.md, Two times). A rule reports what stands against an authority,
    or everything with `report: all`; *report_all* asks that of every rule. What is not reported is counted. Raises ValueError for
    an instant without a zone.
    """
    known, conclusions = conclude(policy, organisation, events, at=at, known_at=known_at)
    clock, knowledge = known.clock, utc(known_at or at)
    reported = {r.name for r in policy.rules if r.report_all or report_all}
    silent = {r.name: r.silent for r in policy.rules if r.silent}
    found = sorted_findings(c for c in conclusions if (c.against or c.rule in reported) and c.status not in silent.get(c.rule, ()))
    return Judgement(
        at=clock, known_at=knowledge, findings=tuple(c for c in found if c.rule not in policy.drafts),
        counts=dict(Counter((c.rule, c.unit, c.status) for c in conclusions if c.rule not in policy.drafts)),
        would=tuple(c for c in found if c.rule in policy.drafts))


def conclude(policy: Policy, organisation: Organisation, events: Iterable[Event], *, at: datetime,
             known_at: datetime | None = None, knowing: type[Known] = Known) -> tuple[Known, list[Conclusion]]:
    """All that is known once every rule has been followed, and all that follows, reported or not; arguments as of `judge`.

    *knowing* may be a `Known` that also takes note of what it is asked.
    """
    clock, knowledge = utc(at), utc(known_at or at)
    happened = effective(events, at=clock, known_at=knowledge).events
    organisation, _ = changed(organisation, happened)
    known = knowing(policy, organisation, happened, clock, knowledge)
    conclusions: list[Conclusion] = []
    for rule in policy.judged:
        for conclusion, facts in follow(rule, known):
            conclusions.append(conclusion)
            for made, fact in facts:
                known.happenings[Trigger(made, rule.name)].append(fact)
    return known, conclusions


def follow(rule: Rule, known: Known) -> Follows:
    """What *rule* concludes from what is known."""
    if meaning_of(rule) is not None:
        return by_key(rule, known)
    match rule:
        case Duty():
            return duty(rule, known)
        case Prohibition():
            return prohibition(rule, known)
        case Threshold():
            return threshold(rule, known)
        case Effect():
            return effect(rule, known)
    raise AssertionError(rule)


def by_key(rule: Rule, known: Known) -> Follows:
    """What *rule* concludes from all that belongs together, for every key."""
    meaning = meaning_of(rule)
    assert meaning is not None
    groups: dict[Key, Inputs] = defaultdict(list, {key: [] for key in known.members(rule)})
    for role, trigger in rule.inputs():
        for happening in known.all([trigger]):
            groups[key_in(rule, role, happening, known.clerk)].append((happening.order, role, happening))
    for key, inputs in groups.items():
        for outcome in meaning(rule, known, key, sorted(inputs, key=lambda i: i[:2])):
            yield outcome.conclusion, outcome.facts
