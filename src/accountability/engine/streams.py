"""What columns have decided, rule by rule, and how it is worded when somebody asks: by the operators of an engine. Needs numpy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from accountability.conclusion import Conclusion, Kind
from accountability.engine.asking import instant
from accountability.engine.cell import Operator
from accountability.engine.columns import Booleans, Columns, Integers, Typed, merged
from accountability.engine.courses import LATE_ACT, STATUSES, Course
from accountability.engine.derived import Derived
from accountability.engine.orderly import Owed
from accountability.engine.outputs import Facts
from accountability.engine.thresholds import Reached
from accountability.event import Event, Happening
from accountability.policy.rule import Made
from accountability.workdays import Due

MOST_HELD = 200_000
"""So many events, and so many facts of one rule, are kept made at a time."""


class Rows:
    """The rows of *log* as events, made when they are asked for."""

    def __init__(self, log: Columns) -> None:
        self.log = log
        self._made: dict[int, Event] = {}

    def prepare(self, rows: Integers) -> None:
        """Makes the events of *rows* at once, which is quicker."""
        if len(self._made) > MOST_HELD:
            self._made.clear()
        wanted = np.array(sorted({*rows.tolist()} - self._made.keys()), np.int64)
        self._made.update(zip(wanted.tolist(), self.log.events(wanted), strict=True))  # type: ignore[arg-type]

    def event(self, row: int) -> Event:
        """The event of a row that is nothing unusual."""
        if row not in self._made:
            self.prepare(np.array([row], np.int64))
        return self._made[row]


class Stream(ABC):
    """What one rule concludes, each with its instant, *at*; where it is not *sure*, it may be that the engine concludes it.

    *last* is the last instant at which it is not known yet; *day* the ordinal of the day it belongs to, 0 where its instant says
    it.
    """

    made: Made
    at: Integers
    last: Integers
    day: Integers
    sure: Booleans
    blind: bool
    """Whether the engine may conclude more of them, nobody knows of what."""

    def __init__(self, operator: Operator[Any, Any]) -> None:
        self.operator, self.rule = operator, operator.rule
        self._facts: dict[int, Derived] = {}

    @abstractmethod
    def typed(self, name: str) -> Typed:
        """A field of each."""

    @abstractmethod
    def subjects(self, places: Integers) -> list[str]:
        """What the conclusions at *places* are about."""

    @abstractmethod
    def rows(self, places: Integers) -> Integers:
        """The rows of the log from which those at *places* follow."""

    @abstractmethod
    def conclusion(self, place: int) -> Conclusion:
        """The conclusion at *place*, which is sure."""

    def column(self, name: str, places: Integers) -> list[Any] | None:
        """The attribute *name* of the conclusions at *places*; None where the columns do not know it."""
        match name:
            case "rule" | "version":
                return [getattr(self.rule, "name" if name == "rule" else name)] * len(places)
            case "subject":
                return self.subjects(places)
            case "unit":
                return values_at(self.typed("bearer"), places)
            case "since":
                return instants(self.at[places])
        return None

    @abstractmethod
    def told(self, place: int) -> Facts:
        """What the one at *place* tells the rules that wait for it."""

    def fact(self, place: int) -> Derived:
        """What the rules that wait for it are told of the one at *place*."""
        found = self._facts.get(place)
        if found is None:
            if len(self._facts) > MOST_HELD:
                self._facts.clear()
            found = self._facts[place] = self.told(place)[self.made]  # type: ignore[assignment]
        return found  # type: ignore[return-value]


class Breaches(Stream):
    """The breaches of one duty: those that its *course* has *decided*, and *doubtful* ones."""

    made = Made.BREACH

    def __init__(self, operator: Operator[Any, Any], course: Course, rows: Rows, decided: Booleans, doubtful: Booleans) -> None:
        super().__init__(operator)
        self.course, self.log_rows, self.blind = course, rows, course.blind
        self.places = np.nonzero(decided | doubtful)[0]
        self.sure = decided[self.places]
        self.at, self.last, self.day = course.falls[self.places], course.last[self.places], course.day[self.places]

    def typed(self, name: str) -> Typed:
        held = self.course.bearers if name == "bearer" else self.course.typed(name)
        return Typed(held.codes[self.places], held.values)

    def subjects(self, places: Integers) -> list[str]:
        held = self.typed("bearer" if self.rule.about == "bearer" else self.rule.about)
        return [f"{self.rule.about_kind}/{value}" for value in values_at(held, places)]

    def rows(self, places: Integers) -> Integers:
        course, mine = self.course, self.places[places]
        late = mine[course.becomes[mine] == LATE_ACT]
        return np.concatenate([course.triggers[mine], course.acts[course.first[late]]])

    def column(self, name: str, places: Integers) -> list[Any] | None:
        mine, day = self.places[places], self.day[places]
        match name:
            case "kind":
                return [Kind.OBLIGATION] * len(places)
            case "status":
                return [STATUSES[became] for became in self.course.becomes[mine].tolist()]
            case "due":
                found = instants(self.last[places])
                return [None if d else due for d, due in zip(day.tolist(), found, strict=True)] if day.any() else found
            case "due_date":
                return [date.fromordinal(d) if d else None for d in day.tolist()]
        return super().column(name, places)

    def _owed(self, place: int) -> Owed:
        course, mine = self.course, int(self.places[place])
        trigger = self.log_rows.event(int(course.triggers[mine]))
        limit = course.limits[course.limit[mine]]
        last, falls = instant(int(course.last[mine])), instant(int(course.falls[mine]))
        due = self.operator.due_of(trigger.occurred_at, limit) if course.day[mine] else Due(last, falls)  # type: ignore[attr-defined]
        owed = Owed(trigger, self.operator.bearer(trigger.fields), limit, last, due)  # type: ignore[attr-defined]
        if course.becomes[mine] == LATE_ACT:
            owed.act = self.log_rows.event(int(course.acts[course.first[mine]]))
        return owed

    def conclusion(self, place: int) -> Conclusion:
        return self.operator.conclude(self._owed(place))

    def told(self, place: int) -> Facts:
        found: Facts = self.operator.facts(self._owed(place), True)  # type: ignore[attr-defined]
        return found


class Reachings(Stream):
    """The findings of one threshold over *members*: a number was reached at *lasts*, from *starts* on; and doubtful ones.

    *order* holds the members of one key together, in their order; *lasts* and *starts* are places in it.
    """

    made = Made.FINDING

    def __init__(self, operator: Operator[Any, Any], members: Members, order: Integers, lasts: Integers, starts: Integers,
                 doubtful: Integers) -> None:
        super().__init__(operator)
        self.members, self.order, self.lasts, self.starts, self.blind = members, order, lasts, starts, members.blind
        self.places = np.concatenate([order[lasts], doubtful])
        self.sure = np.arange(len(self.places)) < len(lasts)
        self.at, self.last, self.day = members.at[self.places], members.last[self.places], members.day[self.places]

    def typed(self, name: str) -> Typed:
        if name != "bearer" and name not in self.rule.per:
            return Typed(np.full(len(self.places), -1, np.int64), ())
        held = self.members.borne(self.operator) if name == "bearer" else self.members.typed(name)
        return Typed(held.codes[self.places], held.values)

    def subjects(self, places: Integers) -> list[str]:
        about = self.rule.about
        held = self.members.borne(self.operator) if about == "bearer" else self.members.typed(about)
        return [f"{self.rule.about_kind}/{value}" for value in values_at(held, self.places[places])]

    def rows(self, places: Integers) -> Integers:
        found = [self.order[self.starts[n] : self.lasts[n] + 1] for n in places.tolist()]
        return self.members.rows(np.unique(np.concatenate(found))) if found else np.zeros(0, np.int64)

    def column(self, name: str, places: Integers) -> list[Any] | None:
        match name:
            case "kind" | "status":
                return [Kind.THRESHOLD if name == "kind" else self.rule.status] * len(places)
            case "due" | "due_date":
                return [None] * len(places)
        return super().column(name, places)

    def _reached(self, place: int) -> Reached:
        inside = Inside(self.members, self.order[self.starts[place] : self.lasts[place] + 1])
        return Reached(place, inside, self.operator.bearer(inside[-1].fields))  # type: ignore[attr-defined]

    def conclusion(self, place: int) -> Conclusion:
        return self.operator.conclude(self._reached(place))

    def told(self, place: int) -> Facts:
        return self.operator.report(self._reached(place)).facts


class Members:
    """What several *streams* conclude, as the members of a threshold."""

    def __init__(self, streams: Iterable[Stream]) -> None:
        self.streams = list(streams)
        self.starts = np.cumsum([0, *(len(s.at) for s in self.streams)])
        self.at, self.last, self.day = (
            np.concatenate([getattr(s, name) for s in self.streams]) for name in ("at", "last", "day"))
        self.sure: Booleans = np.concatenate([s.sure for s in self.streams])
        self.blind = any(s.blind for s in self.streams)
        self._borne: dict[int, Typed] = {}

    def typed(self, name: str) -> Typed:
        """A field of each."""
        return merged([s.typed(name) for s in self.streams])

    def borne(self, operator: Operator[Any, Any]) -> Typed:
        """Whom the rule of *operator* takes for the bearer of each."""
        index = operator.rule.index
        if index not in self._borne:
            field, size = operator.rule.bearer.field, len(self.at)
            if field is None:
                self._borne[index] = Typed(np.zeros(size, np.int64), [operator.bearer({})])  # type: ignore[attr-defined]
            else:
                held, numbers = self.typed(field), dict[object, int]()
                read = [operator.bearer({field: value}) for value in held.values]  # type: ignore[attr-defined]
                places = np.array([*(numbers.setdefault(unit, len(numbers)) for unit in read), -1], np.int64)
                self._borne[index] = Typed(places[held.codes], list(numbers))
        return self._borne[index]

    def _of(self, place: int) -> tuple[Stream, int]:
        number = int(np.searchsorted(self.starts, place, side="right")) - 1
        return self.streams[number], place - int(self.starts[number])

    def fact(self, place: int) -> Derived:
        """The member at *place*."""
        if len(self.streams) == 1:
            return self.streams[0].fact(place)
        stream, place = self._of(place)
        return stream.fact(place)

    def rows(self, places: Integers) -> Integers:
        """The rows of the log from which the members at *places* follow."""
        which = np.searchsorted(self.starts, places, side="right") - 1
        return np.concatenate([s.rows(places[which == n] - self.starts[n]) for n, s in enumerate(self.streams)])


class Inside(Sequence[Happening]):
    """Some *members*, at *places*. Of most that count, nobody asks more than the last."""

    def __init__(self, members: Members, places: Integers) -> None:
        self._members, self._places = members, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: Any) -> Any:
        return self._members.fact(int(self._places[place]))

    def __iter__(self) -> Iterator[Happening]:
        return map(self._members.fact, self._places.tolist())


def values_at(held: Typed, places: Integers) -> list[Any]:
    """The values of *held* at *places*, None where missing."""
    codes, size = held.codes[places], len(held.values)
    if (some := getattr(held.values, "some", None)) is not None:
        found: list[Any] = some(codes)
        return found
    few, which = np.unique(codes, return_inverse=True) if size > len(codes) else (np.arange(-1, size), codes + 1)
    read = [None if code < 0 else held.values[code] for code in few.tolist()]
    return [read[n] for n in which.reshape(-1).tolist()]


def instants(numbers: Integers) -> list[datetime]:
    """The instants so many microseconds after 1970, in UTC."""
    return [at.replace(tzinfo=UTC) for at in numbers.astype("datetime64[us]").tolist()]
