"""What is known of events and conclusions by the value of one field: what conditions ask."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from datetime import datetime

from accountability.conclusion import Fact
from accountability.engine.derived import Derived, Unworded
from accountability.engine.spans import EVER, FOREVER
from accountability.event import Event, Order

KeyIndex = dict[object, int]
"""How many events of one type are known by the value of one field."""
AnyFact = Fact | Derived | Unworded


class FactIndex:
    """What one rule concludes, by the value of one field, as it arose."""

    def __init__(self) -> None:
        self._facts: dict[object, list[AnyFact]] = {}

    def known(self, value: object, at: datetime) -> bool:
        """Whether something of that *value* is known; if it holds for a while, whether it holds at *at*."""
        return any(not f.lasts or (f.occurred_at <= at and (f.until is None or at < f.until)) for f in self._facts.get(value, ()))

    def known_by(self, value: object, at: datetime) -> bool:
        """The same, and what merely happened must have happened by *at*."""
        return any(f.occurred_at <= at and (not f.lasts or f.until is None or at < f.until) for f in self._facts.get(value, ()))

    def replace(self, field: str, gone: AnyFact | None, come: AnyFact | None) -> list[tuple[object, datetime, datetime]]:
        """Puts *come* in the place of *gone*. Gives the values of *field* of which something else may be known now, each with the
        first instant as of which that may be, and the first after."""
        if gone is not None:
            self._facts[gone.fields.get(field)].remove(gone)
        changed: list[tuple[object, datetime, datetime]] = []
        if gone is not None and come is not None and gone.fields.get(field) == come.fields.get(field) and (
                gone.occurred_at == come.occurred_at and gone.lasts == come.lasts):
            first, last = sorted((gone.until or FOREVER, come.until or FOREVER))
            changed.append((come.fields.get(field), first, last))
        else:
            changed += [(f.fields.get(field), *self._mattering(f, f.fields.get(field))) for f in (gone, come) if f is not None]
        if come is not None:
            insort(self._facts.setdefault(come.fields.get(field), []), come, key=_instant)
        return [one for one in changed if one[1] < one[2]]

    def _mattering(self, fact: AnyFact, value: object) -> tuple[datetime, datetime]:
        """As of which instants it may matter to what is known of *value* whether *fact* is, which is not among the others."""
        if fact.lasts:
            return fact.occurred_at, fact.until or FOREVER
        first = next((one for one in self._facts.get(value, ()) if not one.lasts), None)
        return (EVER, FOREVER) if first is None else (fact.occurred_at, first.occurred_at)


class LastIndex:
    """The events of one type, in order, by the value of one field."""

    def __init__(self) -> None:
        self._events: dict[object, list[Event]] = {}

    def value(self, mine: object, field: str) -> object:
        """The value of *field* of the last event whose key is *mine*; None where there is none."""
        events = self._events.get(mine)
        return events[-1].fields.get(field) if events else None

    def value_by(self, mine: object, field: str, at: datetime) -> object:
        """The same, of those that happened by *at*."""
        events = self._events.get(mine, ())
        place = bisect_right(events, at, key=lambda e: e.occurred_at)
        return events[place - 1].fields.get(field) if place else None

    def put(self, value: object, event: Event) -> None:
        insort(self._events.setdefault(value, []), event, key=_order)

    def drop(self, value: object, event: Event) -> None:
        events = self._events[value]
        del events[bisect_left(events, event.order, key=_order)]
        if not events:
            del self._events[value]


def _order(event: Event) -> Order:
    return event.order


def _instant(fact: AnyFact) -> datetime:
    return fact.occurred_at
