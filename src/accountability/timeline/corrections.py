"""corrections: which delivery holds an id, and what the corrections and retractions of one event come to.

The rules are those of time.md, "Corrections". Beside that table:

* duplicates are settled before references: the delivery recorded first holds the id, however late it arrives;
* a correction of a correction is a correction of the original in its own right: retracting the one leaves the other;
* a retraction may be retracted but not corrected, for there is nothing in it to correct;
* a refused event is as if it had never come, so whatever names it waits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import cast

import attrs

from accountability.event import Event, EventRef, sequence_key

Key = tuple[str, str]
"""Source and id: what one event is told apart by."""

Naming = Mapping[Key, Mapping[Key, Event]]
"""The corrections and retractions by the event that they name."""


@attrs.frozen
class Refusal:
    """One delivery that has no effect, which *check* found it, and *what* is wrong with the way out."""

    event: Event
    check: str
    what: str


@attrs.frozen
class Settled:
    """What an original comes to: the version that stands, None if retracted; who had a say; who was refused."""

    standing: Event | None
    reached: tuple[Event, ...]
    refused: tuple[Refusal, ...]


def key_of(event: Event) -> Key:
    return (event.source, event.id)


def is_original(event: Event) -> bool:
    """Whether *event* reports something itself, and does not only correct or retract."""
    return event.corrects is None and event.retracts is None


def target_of(event: Event) -> Key | None:
    """What *event* corrects or retracts; None for an original and for one that says both."""
    if event.corrects is not None:
        return None if event.retracts is not None else (event.corrects.source, event.corrects.id)
    return None if event.retracts is None else (event.retracts.source, event.retracts.id)


def repeats(one: Event, other: Event) -> bool:
    """Whether two deliveries of one id are the same event."""
    return one.content() == other.content()


def content_of(event: Event) -> Hashable:
    """The content of *event*: the same for what `repeats` it, and for nothing else."""
    *what, fields, corrects, retracts = event.content()
    return (*what, tuple(cast("list[object]", fields)), corrects, retracts)


def distinct(deliveries: Iterable[Event]) -> list[Event]:
    """Of several deliveries of one id the first of each content, best claim first: the first of all holds the id."""
    holders: dict[Hashable, Event] = {}
    for event in sorted(deliveries, key=claim):
        holders.setdefault(content_of(event), event)
    return list(holders.values())


def claim(event: Event) -> tuple[datetime, tuple[int, str], str, tuple[str, ...]]:
    """By when it was recorded, then sequence, then content. The rest only makes the choice among equals independent of arrival."""
    rest = (repr(event.sequence), str(event.offset), event.reason or "", event.origin)
    return (event.recorded_at, sequence_key(event.sequence), repr(event.content()), rest)


def as_recorded(event: Event) -> tuple[object, ...]:
    """The order in which deliveries are listed: by when they were recorded, then as events of one instant are."""
    return (event.recorded_at, sequence_key(event.sequence), event.source, event.id, claim(event))


def above(key: Key, standing: Mapping[Key, Event]) -> dict[Key, None]:
    """What *key* leads to by its reference and theirs, nearest first. It holds *key* itself only if that is part of a circle."""
    path: dict[Key, None] = {}
    while (event := standing.get(key)) is not None and (target := target_of(event)) is not None and target not in path:
        path[target] = None
        key = target
    return path


def settle(original: Event, naming: Naming) -> Settled:
    """What *original* comes to, by all that names it, directly or not (time.md, Corrections, rows 1 and 3 to 6)."""
    reached = [original]
    refused: list[Refusal] = []
    for named in reached:  # grows as it goes: whatever names an event comes after it
        for event in naming.get(key_of(named), {}).values():
            refusal = _misdirected(event, named, original)
            if refusal is None:
                reached.append(event)
            else:
                refused.append(refusal)

    # From the end, so that a retraction which is itself retracted is known to be gone before it can remove anything.
    gone: set[Key] = set()
    for event in reversed(reached):
        if event.retracts is not None and key_of(event) not in gone:
            gone.add((event.retracts.source, event.retracts.id))
    if key_of(original) in gone:
        return Settled(None, tuple(reached), tuple(refused))
    corrections = [event for event in reached if event.corrects is not None and key_of(event) not in gone]
    return Settled(_version(original, corrections), tuple(reached), tuple(refused))


def _version(original: Event, corrections: list[Event]) -> Event:
    if not corrections:
        return original
    corrections.sort(key=lambda c: (c.recorded_at, sequence_key(c.sequence), c.id, c.source))
    last = corrections[-1]
    return attrs.evolve(
        original, subject=last.subject, fields=last.fields, reason=last.reason, occurred_at=last.occurred_at, offset=last.offset,
        recorded_at=max(original.recorded_at, last.recorded_at), versions=tuple(c.id for c in corrections),
    )


def _misdirected(event: Event, named: Event, original: Event) -> Refusal | None:
    if event.corrects is None:
        return None
    if named.retracts is not None:
        return Refusal(event, "correction-of-retraction",
                       f"`{event.id}` corrects `{named.id}`, which is a retraction; retract `{named.id}` instead")
    if event.type != original.type:
        what = f"`{event.id}` is a `{event.type}` but corrects `{original.id}`, a `{original.type}`"
        way_out = f"retract `{original.id}` and report the other event under an id of its own"
        return Refusal(event, "type-changed", f"{what}; {way_out}")
    return None


def conflict(event: Event) -> Refusal:
    """Why *event* is refused when another one holds its id."""
    what = f"`{event.source}` uses the id `{event.id}` for two different events"
    way_out = "give each its own id, and let the second name the first in `corrects` if it replaces it"
    return Refusal(event, "conflicting-duplicate", f"{what}; {way_out}")


def unusable(event: Event, *, circular: bool) -> Refusal | None:
    """Why *event*, which leads to no original, is refused; None if it waits."""
    if event.corrects is not None and event.retracts is not None:
        return Refusal(event, "corrects-and-retracts", f"`{event.id}` both corrects and retracts; report the two as two events")
    if circular:
        return Refusal(event, "circular-reference",
                       f"what `{event.id}` names leads back to `{event.id}`; name the event that was first reported")
    return None


def too_old(event: Event, since: datetime, named: EventRef | None = None) -> Refusal:
    """Why *event* is refused where the log is closed up to *since*: for its own time, or for what it *named* in vain."""
    closed = since.isoformat().replace("+00:00", "Z")
    if named is not None:
        what = f"`{event.id}` names `{named.id}`, which happened before {closed} or was never reported"
    elif event.retracts is None and event.occurred_at < since:
        what = f"`{event.id}` happened before {closed}"
    else:
        what = f"`{event.id}` would change what happened before {closed}"
    return Refusal(event, "too-old", f"{what}, where the horizon is; judge the whole log anew, or declare a longer horizon")
