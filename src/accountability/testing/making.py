"""Steps on their way to a history: when each happens and what it carries, by what has happened till then. Out: events taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

import attrs

from accountability.conclusion import Conclusion, Status
from accountability.event import Event
from accountability.intake import Intake
from accountability.policy.vocabulary import EventType, Field, Sort, Where
from accountability.semantics import conclude
from accountability.testing.edges import DAY, Edges, Focus, Home, Own, Shift
from accountability.testing.sending import sent
from accountability.testing.telling import SOURCE
from accountability.workdays.localtime import local_midnight

HOUR = timedelta(hours=1)
WAITING = frozenset({Status.OPEN, Status.CONDITIONAL, Status.PROPOSED, Status.IN_FORCE, Status.DECIDED, Status.GAP, Status.MISSED})
FIRST, LAST = datetime(1850, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC)
"""Between them intake takes every instant."""


@attrs.frozen
class After:
    """So long after the event before."""

    gap: timedelta


@attrs.frozen
class Turn:
    """Beside the *number*-th instant from the event before on at which, as things stand, something arises, falls due or ends."""

    number: int
    side: timedelta


@attrs.frozen
class Limited:
    """Beside the end of the *limit*-th of the limits that the rules state, counted from the *back*-th event before."""

    limit: int
    back: int
    side: timedelta


@attrs.frozen
class Edge:
    """At the *number*-th of the instants at which something begins or ceases to hold."""

    number: int


When = After | Turn | Limited | Edge


@attrs.frozen
class Told:
    """How late an event is told, and whether it *says* something of the last one of its type: corrects, retracts or repeats it."""

    late: timedelta = timedelta()
    says: str = ""


@attrs.frozen
class Step:
    """One event as it is drawn, before it is known what lies before it.

    It is of the *number*-th type. Where it *answers* something, the latest matter that waits for an event of this type or an
    earlier one, it is about the same. *picks* say which values it carries, by their places. What is not *told* did not happen: an
    event is left out by one choice, where to take it out of the list would take several at once.
    """

    number: int
    answers: int
    when: When
    told: Told | None
    picks: tuple[int, ...]


class Making:
    """A history while it is made, of events that are about the unit *home*, from *start* on."""

    def __init__(self, edges: Edges, focus: Focus, home: str, start: datetime) -> None:
        self.edges, self.focus, self.home, self.start = edges, focus, home, start
        self.clock = start
        self.intake = Intake(edges.policy.vocabulary)
        self.events: list[Event] = []
        self.clouds: list[dict[str, object]] = []
        self.concluded: tuple[int, Sequence[Conclusion]] = (-1, ())

    def wait(self, step: Step) -> None:
        """Lets time pass where an event is left out, so that the next one, an hour later as ever, happens when this one would have.

        Otherwise no event could be left out of a history that only marks the time at which another one happens."""
        if self.events:
            self.clock = max(self.clock, self.instant(step.when) - HOUR)

    def add(self, step: Step, told: Told) -> None:
        """Lets the next event happen."""
        at, name = self.instant(step.when), f"e{len(self.events) + 1}"
        self.clock = at
        declared = self.focus.types[step.number]
        given: Mapping[str, object] = {}
        if step.answers and (waits := self.waiting(declared)):
            given = self.given(waits[(step.answers - 1) % len(waits)], declared)
        former = next((n for n in reversed(range(len(self.events))) if self.events[n].type == declared.name), None)
        says = told.says if former is not None else ""
        if says == "repeats" and former is not None:
            cloud = self.clouds[former] | {"recordedtime": (self.events[former].recorded_at + told.late).isoformat()}
        else:
            zone = self.edges.policy.zone
            recorded = min(max(at + told.late, FIRST), LAST)
            cloud = sent(declared, self.values(declared, step.picks, given, at), name, SOURCE, at.astimezone(zone), recorded)
            if says and former is not None:
                cloud["data"] |= {says: self.clouds[former]["id"]}  # type: ignore[operator]
        self.clouds.append(cloud)
        self.events.append(self.intake.one(cloud | {"sequence": str(len(self.clouds))}))

    def arrived(self) -> tuple[Event, ...]:
        """The events in the order of arrival, numbered by it."""
        order = sorted(range(len(self.events)), key=lambda n: self.events[n].recorded_at)
        named: dict[object, str] = {}
        for number, n in enumerate(order, 1):
            named.setdefault(self.clouds[n]["id"], f"e{number}")
        found = []
        for number, n in enumerate(order, 1):
            cloud = self.clouds[n]
            data: dict[str, object] = dict(cloud["data"])  # type: ignore[call-overload]
            data |= {says: named[data[says]] for says in ("corrects", "retracts") if says in data}
            found.append(self.intake.one(cloud | {"id": named[cloud["id"]], "sequence": str(number), "data": data}))
        return tuple(found)

    def values(self, declared: EventType, picks: Sequence[int], given: Mapping[str, object], at: datetime) -> dict[str, object]:
        """The values of an event that happens *at*, as JSON carries them; mostly those that are *given*, where some are."""
        found: dict[str, object] = {}
        for field, pick in zip_longest(declared.fields.values(), picks[:len(declared.fields)], fillvalue=0):
            assert isinstance(field, Field)
            assert isinstance(pick, int)
            if field.name in given and pick % 4 != 3:
                found[field.name] = given[field.name]
                continue
            options = self.edges.values(declared, field)
            drawn = options[pick % len(options)]
            if drawn is not None:
                found[field.name] = self.value(drawn, field, at, found)
        subjects = [f for f in declared.fields.values() if f.where is Where.SUBJECT and f.name in found]
        for other in sorted(subjects, key=lambda f: f.optional)[1:]:  # one subject is the id of one thing
            del found[other.name]
        return found

    def value(self, drawn: object, field: Field, at: datetime, so_far: Mapping[str, object]) -> object:
        match drawn:
            case Home(above=above):
                return self.edges.superior(self.home) if above else self.home
            case Own(number=number):
                staff = next((s for u in so_far.values() if (s := self.edges.staff.get(str(u)))), None)
                posts = staff or self.edges.staff.get(self.home) or self.edges.posts or (f"{self.home}/head",)
                return posts[number % len(posts)]
            case Shift(by=by, day=day):
                shifted = min(max(at + by, FIRST), LAST).astimezone(self.edges.policy.zone)
                return shifted.date().isoformat() if day else shifted.isoformat()
        return drawn

    def instant(self, when: When) -> datetime:
        """The instant (UTC) that *when* names, as things stand after the events so far."""
        if not self.events:
            return self.start
        before = self.clock
        match when:
            case After(gap=gap):
                found = before + gap
            case Turn(number=number, side=side):
                turns = self.turns(before)
                found = turns[number % len(turns)] + side if turns else before + HOUR
            case Limited(limit=limit, back=back, side=side):
                since = self.events[max(len(self.events) - 1 - back, 0)].occurred_at
                limits = self.focus.limits
                ended = self.focus.ended(since, limits[limit % len(limits)]) if limits else None
                found = since + HOUR if ended is None else ended + side
            case Edge(number=number):
                later = [t for t in self.focus.turns if t > before]
                found = later[number % len(later)] if later else before + HOUR
        return min(max(found, FIRST), LAST)

    def conclusions(self) -> Sequence[Conclusion]:
        """All that follows from the events so far."""
        if self.concluded[0] != len(self.events):
            clock = max((max(e.occurred_at, e.recorded_at) for e in self.events), default=self.start)
            _, found = conclude(self.focus.policy, self.edges.organisation, self.events, at=clock)
            self.concluded = len(self.events), found
        return self.concluded[1]

    def turns(self, before: datetime) -> list[datetime]:
        """The instants at which something arises, falls due or ends by the events so far: those from *before* on, else all."""
        zone, conclusions = self.edges.policy.zone, self.conclusions()
        found = {at for c in conclusions for at in (c.since, c.due, c.ends) if at is not None}
        found |= {local_midnight(c.due_date + DAY, zone) for c in conclusions if c.due_date is not None}
        return sorted(t for t in found if t > before) or sorted(found)

    def waiting(self, declared: EventType) -> list[Conclusion]:
        """What waits for an event of this type as things stand, the latest first."""
        return [c for c in reversed(self.conclusions()) if c.status in WAITING and declared in self.focus.answers.get(c.rule, ())]

    def given(self, conclusion: Conclusion, declared: EventType) -> dict[str, object]:
        """The references of what *conclusion* rests on, as far as an event of this type has such fields."""
        carried: dict[str, object] = {"unit": conclusion.unit} if conclusion.unit is not None else {}
        for event in self.events:
            if event.id in conclusion.evidence:
                carried |= event.fields
        return {f.name: carried[f.name] for f in declared.fields.values()
                if f.type.sort is Sort.REFERENCE and isinstance(carried.get(f.name), str)}
