"""On which events a conclusion rests: a minimal set of them that gives it by itself, found by judging again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import attrs

from accountability.conclusion import Conclusion
from accountability.event import Event, EventRef
from accountability.organisation import Organisation, changed, is_change
from accountability.policy import Policy
from accountability.policy.expression import LastOf, SameKey, walk
from accountability.policy.rule import Made, Trigger, asked
from accountability.semantics import conclude
from accountability.timeline import effective

T = TypeVar("T")
Report = tuple[Event, ...]
"""One event as it was delivered, with whatever corrects or retracts it: these come and go together."""


def settled(policy: Policy, organisation: Organisation, events: Iterable[Event], *, at: datetime, known_at: datetime
            ) -> tuple[Organisation, list[Event]]:
    """The organisation as *events* had changed it by then, and the other events: who answers is explained by entries, as of files.

    Changes for which rules of the policy wait stay among the events.
    """
    raw = list(events)
    organisation, _ = changed(organisation, effective(raw, at=at, known_at=known_at).events)
    return organisation, [e for e in raw if not is_change(e) or e.type in policy.vocabulary]


def leaning(policy: Policy, name: str) -> Policy:
    """*policy* with no other rules than *name* and those that it waits for or asks about. Raises KeyError for an unknown rule."""
    wanted = {policy.rule(name).name}
    for rule in reversed(policy.rules):
        if rule.name in wanted:
            wanted.update(t.rule for t in asked_by(rule) if t.rule is not None)
    return attrs.evolve(policy, rules=tuple(r for r in policy.rules if r.name in wanted), invariants=(), ladders=())


def asked_by(rule: object) -> Iterable[Trigger]:
    """Everything that *rule* waits for, and what its conditions ask about."""
    yield from rule.waits_for()  # type: ignore[attr-defined]
    yield from (Trigger(Made.EVENT, p.event) for p in rule.periods() if p.event)  # type: ignore[attr-defined]
    for tree in (*rule.expressions(), *(c for _, c in rule.defeated_by)):  # type: ignore[attr-defined]
        for part in walk(tree):
            if isinstance(part, SameKey):
                yield asked(part.event_type) if part.concluded else Trigger(Made.EVENT, part.event_type)
            elif isinstance(part, LastOf):
                yield Trigger(Made.EVENT, part.event_type)
    yield from (Trigger(Made.EVENT, a.event[0]) for a in rule.lookups() if a.event is not None)  # type: ignore[attr-defined]


def reports_in(events: Iterable[Event]) -> list[Report]:
    """*events* as reports, in the order in which the first of each happened; deliveries of one id are of one report."""
    parent: dict[EventRef, EventRef] = {}

    def top(ref: EventRef) -> EventRef:
        while (above := parent.setdefault(ref, ref)) != ref:
            ref = above
        return ref

    listed = list(events)
    for event in listed:
        for other in (event.corrects, event.retracts):
            if other is not None:
                parent[top(event.ref)] = top(other)
    groups: dict[EventRef, list[Event]] = {}
    for event in sorted(listed, key=lambda e: (e.order, e.recorded_at)):
        groups.setdefault(top(event.ref), []).append(event)
    return [tuple(group) for group in groups.values()]


def events_in(reports: Iterable[Report]) -> list[Event]:
    """The events of *reports*."""
    return [event for report in reports for event in report]


def smallest(parts: Sequence[T], enough: Callable[[Sequence[T]], bool]) -> list[T]:
    """A part of *parts*, which are *enough*, that is enough and of which no single one can be left out.

    Larger pieces are tried before single ones, so that most of a long log goes in a few steps.
    """
    kept, size = list(parts), max(1, len(parts) // 2)
    while kept:
        place, dropped = 0, False
        while place < len(kept):
            rest = kept[:place] + kept[place + size:]
            if enough(rest):
                kept, dropped = rest, True
            else:
                place += size
        if size == 1 and not dropped:
            break
        size = max(1, size // 2)
    return kept


def support_of(policy: Policy, organisation: Organisation, events: Iterable[Event], finding: Conclusion, *, at: datetime,
               known_at: datetime | None = None) -> list[Report]:
    """The reports on which *finding* rests: they alone give it as it stands, and without any one of them it is not given so.

    The other arguments are those of `judge` that gave it, met and open ones included. Where several sets would do, one is found
    that holds what the finding names as its evidence. Raises ValueError where *events* do not give *finding*.
    """
    lean, knowledge = leaning(policy, finding.rule), known_at or at

    def gives(reports: Sequence[Report]) -> bool:
        return finding in conclude(lean, organisation, events_in(reports), at=at, known_at=knowledge)[1]

    types = {t.name for rule in lean.rules for t in asked_by(rule) if t.made is Made.EVENT}
    every = [r for r in reports_in(e for e in events if e.recorded_at <= knowledge)
             if any(e.type in types or e.retracts is not None for e in r)]
    named = {*finding.evidence, *finding.members}
    close = [r for r in every if any(e.id in named for e in r)]
    about = [r for r in every if r in close or any(_speaks_of(finding, e) for e in r)]
    for reports in (close, about, every):
        if gives(reports):
            return smallest(reports, gives)
    raise ValueError(f"the events do not give this finding of `{finding.rule}` about `{finding.subject}` at {at.isoformat()}")


def _speaks_of(finding: Conclusion, event: Event) -> bool:
    """Whether *event* names what *finding* is about, or whose it is."""
    name = finding.subject.partition("/")[2]
    return any(value in (name, finding.unit) for value in event.fields.values())
