"""history: what a whole log comes to, plainly. `Timeline` must agree with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

import attrs

from accountability.event import Event
from accountability.timeline.corrections import (
    Key,
    Refusal,
    above,
    as_recorded,
    conflict,
    distinct,
    is_original,
    key_of,
    settle,
    target_of,
    unusable,
)


@attrs.frozen(kw_only=True)
class History:
    """A log as it stands. *events* are effective and in the order of `Event.order`; the other events in the order recorded.

    *refused* holds each refused content once. *waiting* holds the corrections and retractions whose target is not known, or was
    refused. *duplicates* counts the deliveries that repeat another one of the same source, id and content.
    """

    events: tuple[Event, ...] = ()
    refused: tuple[Refusal, ...] = ()
    waiting: tuple[Event, ...] = ()
    duplicates: int = 0

    @classmethod
    def of(cls, events: Iterable[Event], refused: Iterable[Refusal], waiting: Iterable[Event], duplicates: int) -> History:
        """A history of these, put in order."""
        return cls(
            events=tuple(in_order(events)),
            refused=tuple(sorted(refused, key=lambda r: as_recorded(r.event))),
            waiting=tuple(sorted(waiting, key=as_recorded)),
            duplicates=duplicates,
        )


def effective(events: Iterable[Event], *, known_at: datetime, at: datetime) -> History:
    """The log *events* as of the instant *at*, by what was recorded up to and including *known_at*.

    Both instants carry a zone. *at* is compared with the time of the standing version, so a correction can move an event into
    view or out of it; refusals, waiting events and duplicates do not depend on *at*. The order of *events* does not matter.
    An effective version keeps id, source and sequence of its original and takes subject, fields, reason and time of the
    correction that stands; it is recorded when both were. Source: time.md, "Order at one instant", "Two times", "Corrections".
    """
    events = list(events)
    plain = [e for e in events if e.corrects is None and e.retracts is None and e.recorded_at <= known_at]
    if len(plain) == len(events) == len({e.id for e in plain}):
        # Nothing comes twice, names another event or is not known yet: nearly every log.
        return History.of([e for e in plain if e.occurred_at <= at], (), (), 0)
    standing: dict[Key, Event] = {}
    again: dict[Key, list[Event]] = {}
    for event in events:
        if event.recorded_at <= known_at:
            first = standing.setdefault(key_of(event), event)
            if first is not event:
                again.setdefault(key_of(event), [first]).append(event)
    refused: list[Refusal] = []
    duplicates = 0
    for key, copies in again.items():
        holders = distinct(copies)
        standing[key] = holders[0]
        refused.extend(conflict(event) for event in holders[1:])
        duplicates += len(copies) - len(holders)

    naming: dict[Key, dict[Key, Event]] = {}
    for key, event in standing.items():
        if (target := target_of(event)) is not None:
            naming.setdefault(target, {})[key] = event
    found: list[Event] = []
    loose: dict[Key, Event] = {}
    named: list[Event] = []
    for key, event in standing.items():
        if not is_original(event):
            loose[key] = event
        elif key in naming:
            named.append(event)
        elif event.occurred_at <= at:
            found.append(event)
    for event in named:
        settled = settle(event, naming)
        refused.extend(settled.refused)
        for part in (*settled.reached[1:], *(refusal.event for refusal in settled.refused)):
            del loose[key_of(part)]
        if settled.standing is not None and settled.standing.occurred_at <= at:
            found.append(settled.standing)

    waiting: list[Event] = []
    for key, event in loose.items():
        refusal = unusable(event, circular=key in above(key, standing))
        if refusal is None:
            waiting.append(event)
        else:
            refused.append(refusal)
    return History.of(found, refused, waiting, duplicates)


def in_order(events: Iterable[Event]) -> list[Event]:
    """*events* by their `order`, of which only those are asked that happened at one instant with others."""
    found = sorted(events, key=attrgetter("occurred_at"))
    first = 0
    for place in range(1, len(found) + 1):
        if place == len(found) or found[place].occurred_at != found[first].occurred_at:
            if place - first > 1:
                found[first:place] = sorted(found[first:place], key=attrgetter("order"))
            first = place
    return found
