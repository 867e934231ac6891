"""Findings that columns have decided, among those of an engine, each worded when somebody asks for it. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np

from accountability.conclusion import Conclusion
from accountability.engine.columnar.columns import Integers
from accountability.engine.columnar.rows import Rows
from accountability.engine.columnar.streams import Members, Stream
from accountability.engine.live import Engine
from accountability.policy.rule import Trigger
from accountability.workdays.localtime import instant_after, microseconds

PART = 2**14
"""So many findings are worded at a time."""


class Findings(Sequence[Conclusion]):
    """The sure conclusions of *streams* together with *others*, in the order in which findings are always listed.

    It is like the tuple of them, and equal to it. A conclusion is made whenever somebody asks for it, and not kept.
    """

    def __init__(self, streams: Sequence[Stream], others: Sequence[Conclusion], rows: Rows) -> None:
        self._streams, self._others, self._rows = streams, others, rows
        sure = [np.nonzero(s.sure)[0] for s in streams]
        self._which = np.concatenate([*(np.full(len(p), n) for n, p in enumerate(sure)), np.full(len(others), len(streams))])
        self._places = np.concatenate([*sure, np.arange(len(others))])
        names = sorted({*(s.rule.name for s in streams), *(c.rule for c in others)})
        at = np.concatenate([*(s.at[p] for s, p in zip(streams, sure, strict=True)),
                             np.array([microseconds(c.since) for c in others], np.int64)])
        rule = np.array([*(names.index(s.rule.name) for s in streams), 0])[self._which]
        rule[len(rule) - len(others) :] = [names.index(c.rule) for c in others]
        order = np.lexsort((rule, at))
        self._sort_ties(order, at, rule)
        self._which, self._places = self._which[order], self._places[order]

    def _sort_ties(self, order: Integers, at: Integers, rule: Integers) -> None:
        """Puts what one rule found at one instant in order: by subject, then by what it is told apart by."""
        tied = (np.diff(at[order]) == 0) & (np.diff(rule[order]) == 0)
        if not tied.any():
            return
        edges = np.diff(np.concatenate([[0], tied.astype(np.int8), [0]]))
        groups = list(zip(np.nonzero(edges == 1)[0].tolist(), (np.nonzero(edges == -1)[0] + 1).tolist(), strict=True))
        among = np.zeros(len(order), np.bool_)
        among[order[:-1][tied]] = among[order[1:][tied]] = True
        subjects: dict[int, str] = {}
        for number, stream in enumerate(self._streams):
            mine = np.nonzero(among & (self._which == number))[0]
            subjects.update(zip(mine.tolist(), stream.subjects(self._places[mine]), strict=True))
        for place in np.nonzero(among & (self._which == len(self._streams)))[0].tolist():
            subjects[place] = self._others[int(self._places[place])].subject
        for first, after in groups:
            group = order[first:after].tolist()
            if len({subjects[place] for place in group}) == len(group):
                order[first:after] = sorted(group, key=subjects.__getitem__)
            else:
                order[first:after] = sorted(group, key=lambda place: (subjects[place], self._made(place).trigger))

    def _made(self, place: int) -> Conclusion:
        which, where = int(self._which[place]), int(self._places[place])
        return self._others[where] if which == len(self._streams) else self._streams[which].conclusion(where)

    def __len__(self) -> int:
        return len(self._which)

    @overload
    def __getitem__(self, place: int) -> Conclusion: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Conclusion, ...]: ...

    def __getitem__(self, place: int | slice) -> Conclusion | tuple[Conclusion, ...]:
        if isinstance(place, slice):
            return tuple(self._some(np.arange(len(self))[place]))
        return self._made(range(len(self))[place])

    def __iter__(self) -> Iterator[Conclusion]:
        for start in range(0, len(self), PART):
            yield from self._some(np.arange(start, min(start + PART, len(self))))

    def _some(self, places: Integers) -> Iterator[Conclusion]:
        for number, stream in enumerate(self._streams):
            mine = self._places[places[self._which[places] == number]]
            self._rows.prepare(stream.rows(mine))
            self._rows.prepare_ids(stream.sources(mine))
        return map(self._made, places.tolist())

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The attributes *names* of each finding, in order, without wording it where the columns know them."""
        for start in range(0, len(self), PART):
            places = np.arange(start, min(start + PART, len(self)))
            which, where = self._which[places], self._places[places]
            columns = [np.empty(len(places), object) for _ in names]
            for number in np.unique(which).tolist():
                mine = np.nonzero(which == number)[0]
                stream = self._streams[number] if number < len(self._streams) else None
                held = [None if stream is None else stream.column(name, where[mine]) for name in names]
                made = list(self._some(places[mine])) if None in held else []
                for name, column, values in zip(names, columns, held, strict=True):
                    column[mine] = [getattr(one, name) for one in made] if values is None else values
            yield from zip(*(column.tolist() for column in columns), strict=True)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | Findings):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class Telling:
    """Facts of *source* at *places*, told to an engine as its clock passes: to those that wait for what *rule* concludes, and have
    one of the *listeners* for their rule."""

    def __init__(self, source: Stream | Members, places: Integers, triggers: Sequence[Trigger], listeners: frozenset[int],
                 rows: Rows) -> None:
        self.source, self.triggers, self.listeners, self._rows = source, triggers, listeners, rows
        self.places = places[np.argsort(source.last[places], kind="stable")].tolist()
        self._next = 0

    def join(self, engine: Engine) -> None:
        """Waits in *engine* until the first of them is known."""
        self._engine, self._next = engine, 0
        self._takers = {str(trigger): [take for operator, _, take in engine.listeners(trigger.name)[trigger.made]
                                       if operator.rule.index in self.listeners] for trigger in self.triggers}
        self._wait()

    def _wait(self) -> None:
        if self._next < len(self.places):
            self._engine.wake(instant_after(int(self.source.last[self.places[self._next]])), self, None, "")

    def due(self, key: object, label: str) -> None:
        """The first that has not been told is known now."""
        if self._next % PART == 0:
            places = np.array(self.places[self._next : self._next + PART], np.int64)
            self._rows.prepare(self.source.rows(places))
            self._rows.prepare_ids(self.source.sources(places))
        fact = self.source.fact(self.places[self._next])
        self._next += 1
        for take in self._takers[f"{fact.made} of {fact.rule}"]:
            take(fact)
        self._wait()
