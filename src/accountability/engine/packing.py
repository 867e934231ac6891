"""What an engine holds, as JSON values and back: the inputs of its cells, what they start from, and how much was let go.

What follows from the inputs is not packed. It is worked out anew, which gives the same, since the answer never depends on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accountability.conclusion import Fact
from accountability.event import Event, EventRef, Happening, Order
from accountability.workdays import Limit, Unit

SECOND = timedelta(seconds=1)


def packed(value: object) -> Any:
    """A field's value, a key or a place in order as JSON: plain where JSON has it, else a list that begins with its sort."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, datetime):
        return ["instant", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, Decimal):
        return ["decimal", str(value)]
    if isinstance(value, Fraction):
        return ["fraction", str(value)]
    if isinstance(value, Limit):
        return ["limit", str(value.amount), value.unit.value, value.same_time]
    if isinstance(value, (tuple, list)):
        return ["several", *map(packed, value)]
    raise TypeError(f"{value!r} is no value of a field")


def unpacked(value: Any) -> Any:
    """The value that was packed. Raises ValueError or KeyError for what never was one."""
    if not isinstance(value, list):
        return value
    match value:
        case ["several", *rest]:
            return tuple(map(unpacked, rest))
        case ["instant", text]:
            return datetime.fromisoformat(text)
        case ["date", text]:
            return date.fromisoformat(text)
        case ["decimal", text]:
            return Decimal(text)
        case ["fraction", text]:
            return Fraction(text)
        case ["limit", amount, unit, same_time]:
            return Limit(Fraction(amount), Unit(unit), same_time)
    raise ValueError(f"{value!r} was never packed")


class Packer:
    """Puts every happening once in a list, and says where."""

    def __init__(self) -> None:
        self.happenings: list[Any] = []
        self._places: dict[int, int] = {}

    def place(self, happening: Happening) -> int:
        """Where *happening* stands in the list. It must live as long as the packer."""
        place = self._places.get(id(happening))
        if place is None:
            place = self._places[id(happening)] = len(self.happenings)
            self.happenings.append(_event(happening) if isinstance(happening, Event) else _fact(happening))
        return place

    def base(self, base: Any) -> Any:
        """The base of a cell: plain values and happenings in a list."""
        if base is None:
            return None
        return [["happening", self.place(part)] if hasattr(part, "occurred_at") else packed(part) for part in base]


class Unpacker:
    """Finds happenings again. The same place gives the same object."""

    def __init__(self, happenings: list[Any]) -> None:
        self.happenings: list[Happening] = [_as_event(h) if h[0] == "event" else _as_fact(h) for h in happenings]

    @property
    def events(self) -> dict[int, Event]:
        """The events among them, by place."""
        return {place: happening for place, happening in enumerate(self.happenings) if isinstance(happening, Event)}

    def base(self, base: Any) -> Any:
        """The base that was packed."""
        return [self.happenings[part[1]] if isinstance(part, list) and part[0] == "happening" else unpacked(part) for part in base]


def _fields(fields: Mapping[str, object]) -> dict[str, Any]:
    return {name: packed(value) for name, value in fields.items()}


def _as_fields(fields: Mapping[str, Any]) -> dict[str, object]:
    return {name: unpacked(value) for name, value in fields.items()}


def _event(event: Event) -> list[Any]:
    named = [None if ref is None else [ref.source, ref.id] for ref in (event.corrects, event.retracts)]
    at, recorded_at = event.occurred_at.isoformat(), event.recorded_at.isoformat()
    return ["event", event.id, event.source, event.type, event.subject, at, recorded_at, event.offset // SECOND,
            event.offset.microseconds, event.sequence, _fields(event.fields), *named, event.reason, event.origin,
            list(event.versions)]


def _as_event(told: list[Any]) -> Event:
    (_, id, source, type, subject, occurred_at, recorded_at, seconds, micros, sequence, fields, corrects, retracts, reason, origin,
     versions) = told
    return Event(
        id=id, source=source, type=type, subject=subject, occurred_at=datetime.fromisoformat(occurred_at),
        recorded_at=datetime.fromisoformat(recorded_at), offset=timedelta(seconds=seconds, microseconds=micros), sequence=sequence,
        fields=_as_fields(fields), corrects=None if corrects is None else EventRef(*corrects),
        retracts=None if retracts is None else EventRef(*retracts), reason=reason, origin=origin, versions=tuple(versions))


def _fact(fact: Any) -> list[Any]:
    return ["fact", fact.key, packed(fact.occurred_at), packed(fact.order), _fields(fact.fields), list(fact.evidence),
            packed(fact.until), fact.lasts, packed(fact.day)]


def _as_fact(told: list[Any]) -> Fact:
    _, key, occurred_at, order, fields, evidence, until, lasts, day = told
    place: Order = unpacked(order)
    return Fact(key=key, occurred_at=unpacked(occurred_at), order=place, fields=_as_fields(fields), evidence=tuple(evidence),
                until=unpacked(until), lasts=lasts, day=unpacked(day))
