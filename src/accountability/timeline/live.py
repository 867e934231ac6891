"""live: the same as `effective`, kept up to date event by event."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import attrs

from accountability.event import Event
from accountability.timeline.corrections import (
    Key,
    Refusal,
    above,
    as_recorded,
    claim,
    conflict,
    is_original,
    key_of,
    repeats,
    settle,
    target_of,
    too_old,
    unusable,
)
from accountability.timeline.deliveries import Deliveries
from accountability.timeline.history import History
from accountability.timeline.rivals import Rivals

T = TypeVar("T")
EVER = datetime.min.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Delta:
    """What one more delivery changes in the set of effective events. An event that is revised stands in both tuples.

    *refused* names what is refused from now on: the new delivery, or an older one that it displaces. *duplicate* says that the
    delivery repeats one already known.
    """

    removed: tuple[Event, ...] = ()
    added: tuple[Event, ...] = ()
    refused: tuple[Refusal, ...] = ()
    duplicate: bool = False


class _Outcome:
    """What some groups of events that name one another come to, by key."""

    def __init__(self) -> None:
        self.originals: dict[Key, Event | None] = {}
        self.refused: dict[Key, Refusal] = {}
        self.waiting: dict[Key, Event] = {}


class Timeline:
    """`effective` of everything added so far, for a live monitor. It has no *at*, and knows all that it was given.

    Adding an event that names nothing and is named by nothing takes constant time; otherwise the time is proportional to the
    number of corrections and retractions of the same original. Every event is kept, since any may yet be corrected, until `let_go`.
    """

    def __init__(self) -> None:
        self._known = Deliveries()
        self._by_source = self._known.by_source
        self._rivals: dict[Key, Rivals] = {}
        self._naming: dict[Key, dict[Key, Event]] = {}
        # Only the originals whose standing version is not the event as delivered; None for a retracted one.
        self._versions: dict[Key, Event | None] = {}
        self._refused: dict[Key, Refusal] = {}
        self._waiting: dict[Key, Event] = {}
        self._duplicates = 0

    def __len__(self) -> int:
        """How many deliveries are kept, repeated ones once."""
        return len(self._known)

    def knows(self, key: Key) -> bool:
        """Whether a delivery of that source and id is kept."""
        return key in self._known

    def put(self, event: Event, since: datetime | None = None) -> bool:
        """Takes *event* if it is the first of its key, names nothing and is named by nothing; False where `add` must look."""
        if event.corrects is not None or event.retracts is not None or self._waiting:
            return False
        if since is not None and event.occurred_at < since:
            return False
        if self._naming and (event.source, event.id) in self._naming:
            return False
        its = self._by_source.get(event.source)
        if its is None:
            return False
        held = len(its)
        its.setdefault(event.id, event)
        return len(its) > held

    def add(self, event: Event, *, since: datetime = EVER) -> Delta:
        """Take one delivery, whatever was recorded before or after it, and say what it changes.

        Before *since* nothing changes any more: what happened there, or would change what did, is refused and forgotten.
        """
        key = (event.source, event.id)
        if self._waiting and since > EVER:
            in_vain = [refusal for k in (key, target_of(event)) if k is not None for refusal in self._give_up(k, since)[1]]
            if in_vain:
                delta = self._add(key, event, since)
                return attrs.evolve(delta, refused=(*in_vain, *delta.refused))
        return self._add(key, event, since)

    def _add(self, key: Key, event: Event, since: datetime) -> Delta:
        known = self._known.get(key)
        if known is not None:
            return self._add_again(key, known, event, since)
        if event.occurred_at < since and event.retracts is None:
            return Delta(refused=(too_old(event, since),))
        if key not in self._naming and is_original(event):
            self._known[key] = event
            return Delta(added=(event,))
        return self._let_stand(key, event, since) or Delta(refused=(too_old(event, since),))

    def repeated(self, times: int = 1) -> None:
        """Counts deliveries that repeat what was let go."""
        self._duplicates += times

    def deliveries(self) -> Iterator[Event]:
        """Every delivery that is kept, one for each content."""
        for key, event in self._known.items():
            yield event
            yield from self._others(key)

    @property
    def waiting(self) -> Sequence[Event]:
        """The corrections and retractions whose target is not known, as they were recorded."""
        return sorted(self._waiting.values(), key=as_recorded)

    @property
    def duplicates(self) -> int:
        """How many deliveries repeated another one."""
        return self._duplicates

    def let_go(self, before: datetime, but: Container[str]) -> tuple[list[Event], list[Refusal]]:
        """Forget what happened, and was recorded, before an instant, with all that names it; events of types in *but* stay.

        Gives the deliveries that are forgotten, and the refusals of those among them that waited in vain. When that is done makes
        no difference to what comes later, as long as `add` is told of the instant.
        """
        alone: list[Key] = []
        for source, its in self._known.by_source.items():
            for id, event in its.items():
                if event.recorded_at >= before:
                    break  # they come about as they are recorded; what came after it goes when this one does
                if event.occurred_at < before and is_original(event) and event.type not in but:
                    alone.append((source, id))
        gone = [self._known.pop(key) for key in alone if key not in self._naming and key not in self._rivals]
        if not (self._naming or self._rivals or self._refused):
            return gone, []
        refused: list[Refusal] = []
        kept: set[Key] = set()
        for key, event in list(self._known.items()):
            if key not in self._known or key in kept or not _over(event, before):
                continue
            if is_original(event) and key not in self._naming and key not in self._rivals:
                continue
            group = self._group(self._top(key))
            if not any(map(is_original, group.values())):
                parts, in_vain = self._give_up(key, before)
                gone += parts
                refused += in_vain
            elif all(_over(part, before) and part.type not in but for part in self._parts(group)):
                gone += self._parts(group)
                for one in group:
                    self._forget(one)
            kept.update(group)
        return gone, sorted(refused, key=lambda r: as_recorded(r.event))

    def _give_up(self, key: Key, before: datetime) -> tuple[list[Event], list[Refusal]]:
        """Forget what waits together with *key*, or for it, if all of it was recorded before an instant."""
        group = self._group(self._top(key))
        parts = self._parts(group)
        if not parts or any(map(is_original, group.values())) or not all(_over(part, before) for part in parts):
            return [], []
        waiting = sorted((one for key, one in group.items() if key in self._waiting), key=as_recorded)
        in_vain = [too_old(one, before, one.corrects or one.retracts) for one in waiting]
        for one in group:
            self._forget(one)
        return parts, in_vain

    def _parts(self, group: Mapping[Key, Event]) -> list[Event]:
        """Every delivery of *group*, those of another content included."""
        return [part for key, one in group.items() for part in (one, *self._others(key))]

    def _others(self, key: Key) -> list[Event]:
        """The deliveries of *key* that another one keeps from holding it."""
        return self._rivals[key].others if key in self._rivals else []

    def _forget(self, key: Key) -> None:
        target = target_of(self._known.pop(key))
        if target is not None:
            self._part(key, target)
        for state in (self._rivals, self._versions, self._refused, self._waiting):
            state.pop(key, None)

    def _part(self, key: Key, target: Key) -> None:
        del self._naming[target][key]
        if not self._naming[target]:
            del self._naming[target]

    def events(self) -> tuple[Event, ...]:
        """The effective events, in order."""
        return self.history().events

    def history(self) -> History:
        """The effective events, and what is refused, waits or was repeated."""
        versions = (self._versions.get(key, event) for key, event in self._known.items() if is_original(event))
        conflicts = (conflict(event) for rivals in self._rivals.values() for event in rivals.others)
        return History.of((e for e in versions if e is not None), (*self._refused.values(), *conflicts),
                          self._waiting.values(), self._duplicates)

    def _add_again(self, key: Key, known: Event, event: Event, since: datetime) -> Delta:
        displaces = claim(event) < claim(known)
        delta = self._let_stand(key, event, since) if displaces else Delta()
        if delta is None:
            return Delta(refused=(too_old(event, since),))
        rivals = self._rivals.get(key) or Rivals(known)
        duplicate = event in rivals
        self._duplicates += duplicate
        rivals.take(event)
        if rivals.others:
            self._rivals[key] = rivals
        # Of the other contents, only that of the one which is displaced was not refused before.
        conflicts = [] if repeats(event, known) else [conflict(known)] if displaces else [] if duplicate else [conflict(event)]
        return attrs.evolve(delta, refused=(*conflicts, *delta.refused), duplicate=duplicate)

    def _let_stand(self, key: Key, event: Event, since: datetime) -> Delta | None:
        """Let *event* hold *key* in place of whatever held it, and settle all that this may touch.

        None where that would change something before *since*; then everything is as it was.
        """
        previous = self._known.get(key)
        # A changed reference can join or part only the groups of these.
        seeds = {key, target_of(event), None if previous is None else target_of(previous)} - {None}
        before = self._outcome(seeds)
        self._hold(key, previous, event)
        after = self._outcome(seeds)
        removed, added = _lacking(before.originals, after.originals), _lacking(after.originals, before.originals)
        if any(changed.occurred_at < since for changed in (*removed, *added)):
            self._hold(key, event, previous)
            return None

        _swap(self._refused, before.refused, after.refused)
        _swap(self._waiting, before.waiting, after.waiting)
        _swap(self._versions, before.originals, {k: e for k, e in after.originals.items() if e is not self._known[k]})
        refused = [refusal for k, refusal in after.refused.items() if not _still(refusal, before.refused.get(k))]
        return Delta(removed=removed, added=added, refused=tuple(sorted(refused, key=lambda r: as_recorded(r.event))))

    def _hold(self, key: Key, previous: Event | None, event: Event | None) -> None:
        """Let *event*, or nobody, hold *key* in place of *previous*."""
        if previous is not None and (target := target_of(previous)) is not None:
            self._part(key, target)
        if event is None:
            del self._known[key]
            return
        if (target := target_of(event)) is not None:
            self._naming.setdefault(target, {})[key] = event
        self._known[key] = event

    def _outcome(self, seeds: Iterable[Key | None]) -> _Outcome:
        outcome = _Outcome()
        for top in {self._top(seed) for seed in seeds if seed is not None}:
            original = self._known.get(top)
            group = self._group(top)
            if original is not None and is_original(original):
                settled = settle(original, self._naming)
                outcome.originals[top] = settled.standing
                for event in settled.reached:
                    del group[key_of(event)]
                for refusal in settled.refused:
                    outcome.refused[key_of(refusal.event)] = refusal
                    del group[key_of(refusal.event)]
            circle = above(top, self._known)
            for key, event in group.items():
                if (unused := unusable(event, circular=key in circle)) is None:
                    outcome.waiting[key] = event
                else:
                    outcome.refused[key] = unused
        return outcome

    def _top(self, key: Key) -> Key:
        """Where the references of *key* end; in a circle, some event of it."""
        return next(reversed(above(key, self._known)), key)

    def _group(self, top: Key) -> dict[Key, Event]:
        """Every known event whose references lead to *top*."""
        group = {top: self._known[top]} if top in self._known else {}
        named = [top]
        for key in named:
            fresh = {k: event for k, event in self._naming.get(key, {}).items() if k not in group}
            group.update(fresh)
            named.extend(fresh)
        return group


def _swap(state: MutableMapping[Key, T], old: Mapping[Key, object], new: Mapping[Key, T]) -> None:
    for key in old:
        state.pop(key, None)
    state.update(new)


def _lacking(these: Mapping[Key, Event | None], those: Mapping[Key, Event | None]) -> tuple[Event, ...]:
    """The versions among *these* that are not among *those*, in order."""
    found = []
    for key, event in these.items():
        other = those.get(key)
        # Which corrections made a version is evidence, though no part of the event's content.
        if event is not None and (other is None or event != other or event.versions != other.versions):
            found.append(event)
    return tuple(sorted(found, key=lambda e: e.order))


def _still(refusal: Refusal, before: Refusal | None) -> bool:
    return before is not None and before.check == refusal.check and repeats(before.event, refusal.event)


def _over(event: Event, before: datetime) -> bool:
    """Whether *event* was recorded before an instant and happened before it. How one that retracts is dated does not matter."""
    return event.recorded_at < before and (event.occurred_at < before or event.retracts is not None)
