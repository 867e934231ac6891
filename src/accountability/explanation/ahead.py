"""What would be: if the log were another one, and if nothing more were done for a while. Both are worked out by judging twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import attrs

from accountability.conclusion import Conclusion
from accountability.event import Event, EventRef, utc
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.semantics import judge

MOMENT = timedelta(microseconds=1)
THREE_DAYS = timedelta(hours=72)


@attrs.frozen(kw_only=True)
class Difference:
    """What one judgement has that the other has not: findings that are *raised*, *revised* (before, after), or *withdrawn*."""

    raised: tuple[Conclusion, ...] = ()
    revised: tuple[tuple[Conclusion, Conclusion], ...] = ()
    withdrawn: tuple[Conclusion, ...] = ()


def difference(before: Iterable[Conclusion], after: Iterable[Conclusion]) -> Difference:
    """What the findings *after* have that those *before* have not, told apart by their identity."""
    old, new = ({c.identity: c for c in findings} for findings in (before, after))
    return Difference(
        raised=tuple(c for name, c in new.items() if name not in old),
        revised=tuple((old[name], c) for name, c in new.items() if name in old and old[name] != c),
        withdrawn=tuple(c for name, c in old.items() if name not in new))


def what_if(policy: Policy, organisation: Organisation, events: Iterable[Event], *, added: Iterable[Event] = (),
            removed: Collection[EventRef] = (), moved: Mapping[EventRef, datetime] | None = None, at: datetime,
            known_at: datetime | None = None) -> Difference:
    """How the findings at *at*, by what was known at *known_at* (else at *at*), would differ if *events* were others.

    *added* are events besides; *removed* are left out, with every delivery of theirs; *moved* happened at another instant, and were
    recorded then at the earliest. Corrections and retractions count as the events they are. Raises ValueError for an instant
    without a zone, and for a removed or moved event that is not in *events*.
    """
    log, places = list(events), {ref: utc(place) for ref, place in (moved or {}).items()}
    known = {e.ref for e in log}
    for ref in (*removed, *places):
        if ref not in known:
            raise ValueError(f"the log has no event `{ref.id}` of `{ref.source}`; name one that it has")
    changed = [attrs.evolve(e, occurred_at=places[e.ref], recorded_at=max(e.recorded_at, places[e.ref])) if e.ref in places else e
               for e in log if e.ref not in removed]
    before, after = (judge(policy, organisation, each, at=at, known_at=known_at).findings for each in (log, [*changed, *added]))
    return difference(before, after)


@attrs.frozen(kw_only=True)
class Ahead:
    """Something that will stand against somebody unless something is done: the *finding* as it will be, and what it is *now*.

    *now* is None where nothing is concluded yet. Who answers stands in the finding, as far as the organisation is known.
    """

    finding: Conclusion
    now: Conclusion | None = None
    draft: bool = False
    """Whether a rule finds it that is only tried out: then nothing follows from it."""

    @property
    def when(self) -> datetime:
        """The instant at which it arises: when the due passes, for what falls due."""
        return self.finding.since


def forecast(policy: Policy, organisation: Organisation, events: Iterable[Event], *, at: datetime, known_at: datetime | None = None,
             within: timedelta = THREE_DAYS) -> tuple[Ahead, ...]:
    """What will stand against somebody at the end of *within* from *at*, and does not now, if nothing more is reported.

    Everything known at *known_at* (else at *at*) counts, events that are known to happen later included, and nothing else. In order
    of the instants at which it arises, what drafts would find last. Raises ValueError for an instant without a zone and for a
    length that is not positive.
    """
    clock, knowledge, log = utc(at), utc(known_at or at), list(events)
    if within <= timedelta(0):
        raise ValueError("a forecast looks forward; give a length of time that is more than nothing")
    present = judge(policy, organisation, log, at=clock, known_at=knowledge, report_all=True)
    now = {c.identity: c for c in (*present.findings, *present.would)}
    # What is due at the very end can be met until then, so it is looked at one moment later.
    then = judge(policy, organisation, log, at=clock + within + MOMENT, known_at=knowledge)
    coming = [Ahead(finding=c, now=now.get(c.identity), draft=c.rule in policy.drafts) for c in (*then.findings, *then.would)
              if c.against and not (c.identity in now and now[c.identity].against)]
    return tuple(sorted(coming, key=lambda a: (a.draft, a.finding.order)))
