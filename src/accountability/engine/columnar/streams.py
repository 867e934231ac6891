"""What columns have decided, rule by rule, and how it is worded when somebody asks: by the operators of an engine. Needs numpy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np

from accountability.conclusion import Conclusion, Kind
from accountability.engine.cell import Operator
from accountability.engine.columnar.columns import Booleans, Integers, Typed, merged
from accountability.engine.columnar.courses import LATE_ACT, STATUSES, Course
from accountability.engine.columnar.rows import MOST_HELD, Rows, instants, values_at
from accountability.engine.derived import Derived, Unworded
from accountability.engine.operators.orderly import Owed
from accountability.engine.operators.thresholds import Reached
from accountability.event import Event, Gathered, Happening
from accountability.policy.rule import Made
from accountability.workdays import Due, Limit


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

    def __init__(self, operator: Any) -> None:
        self.operator, self.rule = operator, operator.rule
        self._facts: dict[int, Derived | Unworded] = {}
        self._typed: dict[str, Typed] = {}

    def typed(self, name: str) -> Typed:
        """A field of each."""
        if name not in self._typed:
            self._typed[name] = self.read(name)
        return self._typed[name]

    @abstractmethod
    def read(self, name: str) -> Typed:
        """The field that `typed` gives."""

    @abstractmethod
    def subjects(self, places: Integers) -> list[str]:
        """What the conclusions at *places* are about."""

    @abstractmethod
    def rows(self, places: Integers) -> Integers:
        """The rows of the log that are wanted as events for the conclusions, or the facts, at *places*."""

    @abstractmethod
    def sources(self, places: Integers) -> Integers:
        """The rows of the log that are the evidence for those at *places*, one behind the other."""

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
    def told(self, place: int) -> Derived | Unworded:
        """The fact that `fact` gives, made anew."""

    def fact(self, place: int) -> Derived | Unworded:
        """What the rules that wait for it are told of the one at *place*."""
        found = self._facts.get(place)
        if found is None:
            if len(self._facts) > MOST_HELD:
                self._facts.clear()
            found = self._facts[place] = self.told(place)
        return found


class Breaches(Stream):
    """The breaches of one duty: those that its *course* has *decided*, and *doubtful* ones."""

    made = Made.BREACH

    def __init__(self, operator: Operator[Any, Any], course: Course, rows: Rows, decided: Booleans, doubtful: Booleans) -> None:
        super().__init__(operator)
        self.course, self.log_rows, self.blind = course, rows, course.blind
        self.places = np.nonzero(decided | doubtful)[0]
        self.sure = decided[self.places]
        self.at, self.last, self.day = course.falls[self.places], course.last[self.places], course.day[self.places]

    def read(self, name: str) -> Typed:
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

    def sources(self, places: Integers) -> Integers:
        return self.course.triggers[self.places[places]]

    def _trigger(self, place: int) -> tuple[Event, str | None, Limit, Due]:
        """What it begins with, who bears it, and by when it had to be done."""
        course, mine = self.course, int(self.places[place])
        trigger = self.log_rows.event(int(course.triggers[mine]))
        limit = course.limits[course.limit[mine]]
        return trigger, self.operator.bearer(trigger.fields), limit, self.operator.due_of(trigger.occurred_at, limit)

    def conclusion(self, place: int) -> Conclusion:
        trigger, unit, limit, due = self._trigger(place)
        owed, mine = Owed(trigger, unit, limit, due.last, due), int(self.places[place])
        if self.course.becomes[mine] == LATE_ACT:
            owed.act = self.log_rows.event(int(self.course.acts[self.course.first[mine]]))
        found: Conclusion = self.operator.conclude(owed)
        return found

    def told(self, place: int) -> Derived | Unworded:
        trigger, unit, limit, due = self._trigger(place)
        found: Derived | Unworded = self.operator.breach_of(Owed(trigger, unit, limit, due.last, due))
        return found


class Reachings(Stream):
    """The findings of one threshold over *members*: a number was reached at *lasts*, from *starts* on; and doubtful ones.

    *order* holds the members of one key together, in their order; *lasts* and *starts* are places in it.
    """

    made = Made.FINDING

    def __init__(self, operator: Operator[Any, Any], members: Members, order: Integers, lasts: Integers, starts: Integers,
                 doubtful: Integers, rows: Rows) -> None:
        super().__init__(operator)
        self.log_rows = rows
        self.members, self.order, self.lasts, self.starts, self.blind = members, order, lasts, starts, members.blind
        self.places = np.concatenate([order[lasts], doubtful])
        self.sure = np.arange(len(self.places)) < len(lasts)
        self.at, self.last, self.day = members.at[self.places], members.last[self.places], members.day[self.places]

    def read(self, name: str) -> Typed:
        if name != "bearer" and name not in self.rule.per:
            return Typed(np.full(len(self.places), -1, np.int64), ())
        held = self.members.borne(self.operator) if name == "bearer" else self.members.typed(name)
        return Typed(held.codes[self.places], held.values)

    def subjects(self, places: Integers) -> list[str]:
        about = self.rule.about
        if about in ("bearer", *self.rule.per):
            return [f"{self.rule.about_kind}/{value}" for value in values_at(self.typed(about), places)]
        return [f"{self.rule.about_kind}/{value}" for value in values_at(self.members.typed(about), self.places[places])]

    def rows(self, places: Integers) -> Integers:
        named = [self.order[self.lasts[places]], *([self.order[self.starts[places]]] if self.rule.answers else [])]
        return self.members.rows(np.unique(np.concatenate(named)))

    def sources(self, places: Integers) -> Integers:
        return self.members.sources(self._inside(places))

    def _inside(self, places: Integers) -> Integers:
        """The members of those at *places*, one behind the other."""
        firsts, sizes = self.starts[places], self.lasts[places] - self.starts[places] + 1
        before = np.cumsum(sizes) - sizes
        return self.order[np.repeat(firsts - before, sizes) + np.arange(int(sizes.sum()))]

    def column(self, name: str, places: Integers) -> list[Any] | None:
        match name:
            case "kind" | "status":
                return [Kind.THRESHOLD if name == "kind" else self.rule.status] * len(places)
            case "due" | "due_date":
                return [None] * len(places)
        return super().column(name, places)

    def _reached(self, place: int) -> Reached:
        inside = Inside(self.members, self.order[self.starts[place] : self.lasts[place] + 1], self.log_rows)
        return Reached(place, inside, self.operator.bearer(inside[-1].fields))

    def conclusion(self, place: int) -> Conclusion:
        found: Conclusion = self.operator.conclude(self._reached(place))
        return found

    def told(self, place: int) -> Derived | Unworded:
        found: Derived | Unworded = self.operator.report(self._reached(place))[1][self.made]
        return found


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

    def borne(self, operator: Any) -> Typed:
        """Whom the rule of *operator* takes for the bearer of each."""
        index = operator.rule.index
        if index not in self._borne:
            field, size = operator.rule.bearer.field, len(self.at)
            if field is None:
                self._borne[index] = Typed(np.zeros(size, np.int64), [operator.bearer({})])
            else:
                held, numbers = self.typed(field), dict[object, int]()
                read = [operator.bearer({field: value}) for value in held.values]
                places = np.array([*(numbers.setdefault(unit, len(numbers)) for unit in read), -1], np.int64)
                self._borne[index] = Typed(places[held.codes], list(numbers))
        return self._borne[index]

    def _of(self, place: int) -> tuple[Stream, int]:
        number = int(np.searchsorted(self.starts, place, side="right")) - 1
        return self.streams[number], place - int(self.starts[number])

    def fact(self, place: int) -> Derived | Unworded:
        """The member at *place*."""
        if len(self.streams) == 1:
            return self.streams[0].fact(place)
        stream, place = self._of(place)
        return stream.fact(place)

    def rows(self, places: Integers) -> Integers:
        """The rows of the log that are wanted as events for the members at *places*."""
        which = np.searchsorted(self.starts, places, side="right") - 1
        return np.concatenate([s.rows(places[which == n] - self.starts[n]) for n, s in enumerate(self.streams)])

    def sources(self, places: Integers) -> Integers:
        """The rows of the log that are the evidence for the members at *places*, one behind the other."""
        if len(self.streams) == 1:
            return self.streams[0].sources(places)
        each = [stream.sources(np.array([own])) for stream, own in map(self._of, places.tolist())]
        return np.concatenate(each) if each else places


class Inside(Gathered):
    """Some *members*, at *places*. Of most that count, nobody asks more than the last."""

    def __init__(self, members: Members, places: Integers, rows: Rows) -> None:
        self._members, self._places, self._rows = members, places, rows

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: Any) -> Any:
        return self._members.fact(int(self._places[place]))

    def __iter__(self) -> Iterator[Happening]:
        return map(self._members.fact, self._places.tolist())

    @property
    def evidence(self) -> list[str]:
        return self._rows.ids(self._members.sources(self._places))
