"""event: what happened, when it happened and when we were told. The nouns of the log, after intake has typed them."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

import attrs

Order = tuple[datetime, int, tuple[object, ...]]
"""Where something stands in time: its instant; -1 for a state that begins there and a due that ends the day before, 0 for what
is reported, 1 for another due, and with each what follows at once; a tie-break."""

NO_SEQUENCE = (2**63, "")
LARGE: int = 2**62
"""Numbers from here on are ordered as texts, after all others."""


def sequence_key(sequence: str | int | None) -> tuple[int, str]:
    """The place of a CloudEvents `sequence` among others of one instant: numbers by size, then texts, then none."""
    if sequence is None:
        return NO_SEQUENCE
    if type(sequence) is int and sequence >= 0:
        return (sequence, "") if sequence < LARGE else (LARGE, str(sequence))
    text = str(sequence)
    return (int(text), "") if text.isascii() and text.isdigit() and len(text) < 19 else (LARGE, text)


@attrs.frozen
class EventRef:
    """The event that a correction or retraction names."""

    source: str
    id: str


@attrs.frozen(kw_only=True, weakref_slot=False)
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
    _origin: str = attrs.field(default="", eq=False, repr=False)
    _line: int = attrs.field(default=0, eq=False, repr=False)
    versions: tuple[str, ...] = attrs.field(default=(), eq=False)
    """Ids of the corrections that made this version, oldest first."""
    _order: Order | None = attrs.field(default=None, init=False, eq=False, repr=False)

    @property
    def order(self) -> Order:
        """Where it stands among all events (time.md, Order at one instant). Whoever asks asks again, so it is made once; of most
        events nobody asks more than when they happened."""
        found = self._order
        if found is None:
            found = (self.occurred_at, 0, (*sequence_key(self.sequence), self.source, self.id))
            object.__setattr__(self, "_order", found)
        return found

    @property
    def origin(self) -> str:
        """`file:line` of the log, for the dead-letter file; not part of the event."""
        return f"{self._origin}:{self._line}" if self._line else self._origin

    @property
    def line(self) -> int:
        """The number of its line in the log; 0 where it came in otherwise."""
        return self._line

    @property
    def ref(self) -> EventRef:
        return EventRef(self.source, self.id)

    @property
    def key(self) -> str:
        """What tells this event from all others: its source and id."""
        return f"{self.source}#{self.id}"

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids a reader can look up in the log."""
        return (self.id, *self.versions)

    def get(self, name: str) -> object:
        """The field *name*, or None."""
        return self.fields.get(name)

    def content(self) -> tuple[object, ...]:
        """What must be equal for two deliveries of one (source, id) to be the same event. Not when we were told of it."""
        return (self.type, self.subject, self.occurred_at, sorted((k, repr(v)) for k, v in self.fields.items()),
                self.corrects, self.retracts)

    @property
    def digest(self) -> str:
        """16 hex digits of SHA-256 over its content."""
        return hashlib.sha256(repr(self.content()).encode()).hexdigest()[:16]


def unfrozen(frozen: type) -> Any:
    """A class of what is written to until it is one of *frozen*: until `made.__class__ = frozen`. At first it has no attribute set.

    A frozen class pays for every attribute that it sets, and a log has millions of events. It is a subclass, for of classes that
    merely have the same attributes Python compares all of them whenever something changes from the one to the other.
    """
    # All of them, or Python looks up anew how an object is made and how each attribute is set.
    plain = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    return type(f"Unfrozen{frozen.__name__}", (frozen,), {"__slots__": (), **plain})


EventDraft = unfrozen(Event)


def make_event(id: str, source: str, type: str, occurred_at: datetime, recorded_at: datetime, offset: timedelta,
               sequence: str | int | None, fields: Mapping[str, object], subject: str | None, origin: str, line: int = 0,
               corrects: EventRef | None = None, retracts: EventRef | None = None, reason: str | None = None) -> Event:
    """An event as `Event(…)` makes it, by position, in a fifth of the time. *origin* is a file if *line* is not 0."""
    made = EventDraft()
    made.id = id
    made.source = source
    made.type = type
    made.subject = subject
    made.occurred_at = occurred_at
    made.recorded_at = recorded_at
    made.offset = offset
    made.sequence = sequence
    made.fields = fields
    made.corrects = corrects
    made.retracts = retracts
    made.reason = reason
    made._origin = origin
    made._line = line
    made._order = None
    made.versions = ()
    made.__class__ = Event
    return cast("Event", made)


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
    def get(self, name: str, /) -> object: ...


class Gathered(Sequence[Happening]):
    """Happenings of which the evidence is known together."""

    @property
    @abstractmethod
    def evidence(self) -> Sequence[str]:
        """That of each, one behind the other."""


def following(order: Order, *parts: object) -> Order:
    """The place of what follows at once from something at *order*: right behind it, told apart by *parts*.

    Numbers come before words, and words before places, so that what follows from unlike things can still be put in order.
    """
    return (order[0], order[1], (*order[2], *[(RANKS[type(part)], part) for part in parts]))


RANKS: Mapping[type, int] = {int: 0, str: 1, tuple: 2}


def utc(instant: datetime) -> datetime:
    """*instant* in UTC. Raises ValueError if it has no zone: a time without a zone says nothing."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no zone; give one, such as +08:00 or Z")
    return instant.astimezone(UTC)
