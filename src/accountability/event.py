"""event: what happened, when it happened and when we were told. The nouns of the log, after intake has typed them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Protocol

import attrs

Order = tuple[datetime, int, tuple[object, ...]]
"""Where something stands in time: its instant; 0 for what is reported and what follows at once, 1 for a due; a tie-break."""

NO_SEQUENCE = (2**63, "")


def sequence_key(sequence: str | int | None) -> tuple[int, str]:
    """The place of a CloudEvents `sequence` among others of one instant: numbers by size, then texts, then none."""
    if sequence is None:
        return NO_SEQUENCE
    if type(sequence) is int and sequence >= 0:
        return (sequence, "") if sequence < 2**62 else (2**62, str(sequence))
    text = str(sequence)
    return (int(text), "") if text.isascii() and text.isdigit() and len(text) < 19 else (2**62, text)


@attrs.frozen
class EventRef:
    """The event that a correction or retraction names."""

    source: str
    id: str


@attrs.frozen(kw_only=True)
class Event:
    """One event of the log, a CloudEvent 1.0 whose declared fields are typed and whose other fields are gone (SG1).

    *occurred_at* and *recorded_at* are UTC with microseconds; *offset* is the original offset of `time`. *fields* holds the
    typed values by the names of the vocabulary. *corrects* and *retracts* name an earlier event (time.md, Corrections).
    """

    id: str
    source: str
    type: str
    subject: str | None = None
    occurred_at: datetime
    recorded_at: datetime
    offset: timedelta = timedelta(0)
    sequence: str | int | None = None
    fields: Mapping[str, object] = attrs.field(factory=dict)
    corrects: EventRef | None = None
    retracts: EventRef | None = None
    reason: str | None = None
    origin: str = attrs.field(default="", eq=False)
    """`file:line` of the log, for the dead-letter file; not part of the event."""
    versions: tuple[str, ...] = attrs.field(default=(), eq=False)
    """Ids of the corrections that made this version, oldest first."""

    @property
    def ref(self) -> EventRef:
        return EventRef(self.source, self.id)

    @cached_property
    def key(self) -> str:
        """What tells this event from all others: its source and id."""
        return f"{self.source}#{self.id}"

    @cached_property
    def order(self) -> Order:
        return (self.occurred_at, 0, (*sequence_key(self.sequence), self.source, self.id))

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids a reader can look up in the log."""
        return (self.id, *self.versions)

    def content(self) -> tuple[object, ...]:
        """What must be equal for two deliveries of one (source, id) to be the same event. Not when we were told of it."""
        return (self.type, self.subject, self.occurred_at, sorted((k, repr(v)) for k, v in self.fields.items()),
                self.corrects, self.retracts)


class Happening(Protocol):
    """What a rule can wait for: an event, or a fact that another rule derived."""

    @property
    def key(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def order(self) -> Order: ...
    @property
    def fields(self) -> Mapping[str, object]: ...
    @property
    def evidence(self) -> tuple[str, ...]: ...


def following(order: Order, *parts: object) -> Order:
    """The place of what follows at once from something at *order*: right behind it, told apart by *parts*."""
    return (order[0], order[1], (*order[2], *parts))


def utc(instant: datetime) -> datetime:
    """*instant* in UTC. Raises ValueError if it has no zone: a time without a zone says nothing."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no zone; give one, such as +08:00 or Z")
    return instant.astimezone(UTC)
