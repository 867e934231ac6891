"""Small changes of a log: one event moved, left out or repeated, or one of its fields changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import attrs

from accountability.event import Event
from accountability.policy import Policy
from accountability.policy.expression import Compare, Expression, FieldRef, LastOf, OneOf, Present, children, evaluate, walk
from accountability.policy.vocabulary import Field, Sort
from accountability.semantics import Known
from accountability.semantics.known import Case

MOMENT = timedelta(microseconds=1)


class How(StrEnum):
    """What a change does, in the order in which they are called small."""

    TIME = "time"
    FIELD = "field"
    MOVE = "move"
    LEAVE_OUT = "leave out"
    ONE_MORE = "one more"


@attrs.frozen(kw_only=True)
class Change:
    """One change of a log, read at *at*: of *event*, which becomes *into* (None: it is left out, or only time passes).

    *field* is the one that is changed.
    """

    how: How
    at: datetime
    event: Event | None = None
    into: Event | None = None
    field: str | None = None

    def of(self, events: Iterable[Event]) -> list[Event]:
        """*events* with this change."""
        kept = [e for e in events if self.how is How.ONE_MORE or e is not self.event]
        return kept if self.into is None else [*kept, self.into]


def changes_of(policy: Policy, known: Known, near: Sequence[Event], known_at: datetime,
               dues: Sequence[datetime]) -> Iterator[Change]:
    """The changes of the events *near* a finding that may matter to *policy*, the smallest first.

    Fields are set to what they are compared with, and just beside it; events are moved to the instants of others and to *dues*, and
    just beside those, shortest way first, never beyond the clock.
    """
    clock = known.clock
    for due in sorted(dues):
        if due >= clock:
            yield Change(how=How.TIME, at=due + MOMENT)
    trees = [tree for rule in policy.rules for tree in rule.expressions()]
    for event in near:
        for name, value in _fields(policy, known, event, trees):
            fields = {k: v for k, v in event.fields.items() if k != name} | ({} if value is None else {name: value})
            yield Change(how=How.FIELD, at=clock, event=event, into=attrs.evolve(event, fields=fields), field=name)
    places = {instant + shift for instant in (*dues, *(e.occurred_at for e in near)) for shift in (-MOMENT, timedelta(0), MOMENT)}
    ways = [(abs(place - e.occurred_at), number, place) for number, e in enumerate(near) for place in places
            if place != e.occurred_at and place <= clock]
    for _, number, place in sorted(ways):
        event = near[number]
        recorded = max(event.recorded_at, place)
        if recorded <= known_at:
            yield Change(how=How.MOVE, at=clock, event=event, into=attrs.evolve(event, occurred_at=place, recorded_at=recorded))
    for event in near:
        yield Change(how=How.LEAVE_OUT, at=clock, event=event)
    for event in near:
        yield Change(how=How.ONE_MORE, at=clock, event=event, into=attrs.evolve(event, id=f"{event.id}, once more"))


def _fields(policy: Policy, known: Known, event: Event, trees: Sequence[Expression]) -> Iterator[tuple[str, object]]:
    """The fields of *event* that conditions and amounts read, each with other values that it might have."""
    declared = policy.vocabulary[event.type].fields if event.type in policy.vocabulary else {}
    case = Case(known, event.fields, event.occurred_at, event.fields)
    met: set[tuple[str, object]] = set()
    for tree in trees:
        for part in walk(tree):
            for name, value in _beside(part, event.type, declared, case):
                if (name, value) not in met and event.fields.get(name) != value:
                    met.add((name, value))
                    yield name, value


def _beside(part: Expression, type_: str, declared: Mapping[str, Field], case: Case) -> Iterator[tuple[str, object]]:
    """The fields of an event of *type_* that *part* reads, of its trigger or act or of the last event, with other values."""
    read = [(c, c.field if isinstance(c, LastOf) else c.name) for c in (part, *children(part))
            if isinstance(c, FieldRef) or (isinstance(c, LastOf) and c.event_type == type_)]
    for ref, name in ((ref, name) for ref, name in read if name in declared):
        field = declared[name]
        others: list[Expression] = []
        match part:
            case Compare(left=left, right=right):
                others = [right if left is ref else left]
            case OneOf(options=options):
                others = list(options)
            case Present() if field.optional:
                yield name, None
        if field.type.sort is Sort.BOOLEAN:
            yield from ((name, value) for value in (True, False))
        elif field.type.sort is Sort.CHOICE:
            yield from ((name, choice) for choice in sorted(field.type.choices))
        else:
            yield from ((name, near) for other in others for near in _near(evaluate(other, case), field))


def _near(value: object, field: Field) -> Iterator[object]:
    """*value* and what lies just beside it, as far as *field* can hold that."""
    if isinstance(value, datetime) and field.type.sort is Sort.INSTANT:
        yield from (value, value - MOMENT, value + MOMENT)
    elif isinstance(value, int | Decimal | Fraction) and field.type.sort is Sort.NUMBER:
        number = Fraction(value)
        for n in (number, number - 1, number + 1):
            yield int(n) if n.denominator == 1 else Decimal(n.numerator) / n.denominator
    elif isinstance(value, str) and field.type.sort in (Sort.TEXT, Sort.REFERENCE):
        yield value
