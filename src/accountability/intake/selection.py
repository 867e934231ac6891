"""Which events of a whole log count: the first or last of a type in each case, and those of closed cases alone.

A foreign log may tell of one step several times, or of cases that were still running when it was taken. A mapping says what is
meant. Only a log that is read from beginning to end can be selected from; a monitor takes every event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

from accountability.event import Event, Order


@attrs.frozen
class Selection:
    """*one_of*: the event types of which one counts for each value of a field, the first or the last in order. *closed_by*: the
    field that names the case, and the types of which one must be there for the case to count."""

    one_of: Mapping[str, tuple[Literal["first", "last"], str]] = attrs.field(factory=dict)
    closed_by: tuple[str, frozenset[str]] | None = None

    def of(self, events: Iterable[Event]) -> list[Event]:
        """Those of *events* that count, in their order. Without anything to select all of them do, and corrections always do."""
        kept = list(events)
        if self.closed_by is not None:
            field, ends = self.closed_by
            closed = {e.fields.get(field) for e in kept if e.type in ends}
            kept = [e for e in kept if field not in e.fields or e.fields[field] in closed]
        free = {id(e) for e in kept if e.type not in self.one_of or e.corrects is not None or e.retracts is not None}
        chosen: dict[tuple[str, object], tuple[Order, Event]] = {}
        for event in kept:
            if id(event) in free:
                continue
            which, field = self.one_of[event.type]
            key = event.type, event.fields.get(field)
            if key not in chosen or (event.order < chosen[key][0]) is (which == "first"):
                chosen[key] = event.order, event
        counted = free | {id(event) for _, event in chosen.values()}
        return [e for e in kept if id(e) in counted]
