"""Duties that units owe in every calendar period, or once by a day. Only periods that may have changed are looked at again.

What was done in one period counts in no other, so neither a late act nor the passing of time reaches farther back. Where some of
what was owed was let go, the *base* of a cell is the first day with which it goes on.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from accountability.engine.cell import Cell, instant_of
from accountability.engine.host import Host, Key
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.engine.spans import STEPS_BACK
from accountability.event import Happening
from accountability.judgement.bykey import Outcome
from accountability.judgement.recurrence import recurrence
from accountability.policy.kinds import Recurring
from accountability.policy.rule import ACT
from accountability.workdays import local_midnight, period_of
from accountability.workdays.localtime import ONE_DAY


class Dated(ByKey[Recurring]):
    """Runs `recurrence` from a day on, the base of each cell."""

    def __init__(self, engine: Host, rule: Recurring) -> None:
        super().__init__(engine, rule, recurrence)

    def outcomes(self, cell: Cell[Followed]) -> Iterable[Outcome]:
        return recurrence(self.rule, self.world, cell.key, cell.inputs, cell.base)

    def packed(self, cell: Cell[Followed]) -> Any:
        return None if cell.base is None else [cell.base]

    def unpacked(self, key: Key, packed: Any) -> Any:
        return packed[0]


class OnceBy(Dated):
    """A duty that units owe once by a day, and again by further days."""

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        """What was owed by a day goes, if it was done before the instant, as was all that was owed by an earlier day. Whatever is
        owed next can be done only after that day."""
        if cell.key not in self.members:
            return super().let_go(cell, before)
        gone = list(takewhile(lambda one: was_done(one, before), cell.outputs.values()))
        if gone:
            last = gone[-1].outcome.conclusion.due_date
            assert last is not None
            cell.base = last + ONE_DAY
            for one in gone:
                del cell.outputs[one.label]
        if cell.base is not None:
            start = min(before, local_midnight(cell.base, self.rule.reckoning.zone))
            del cell.inputs[:bisect_left(cell.inputs, start, key=instant_of)]
        return gone


class Recurrences(Dated):
    """Runs `recurrence` over the end of each cell, and over all of it where anything but an act or time has changed."""

    def __init__(self, engine: Host, rule: Recurring) -> None:
        super().__init__(engine, rule)
        self.looked: dict[Key, datetime] = {}
        """When each cell was last looked at: what was over by then stays as it is."""

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        """The periods that were over before the instant go, with what was done in them."""
        if cell.key not in self.members:
            return super().let_go(cell, before)
        first = self._first(before)
        if first is None or (cell.base is not None and first <= cell.base):
            return []
        start = local_midnight(first, self.rule.reckoning.zone)
        gone = list(takewhile(lambda one: is_over(one, start), cell.outputs.values()))
        for one in gone:
            del cell.outputs[one.label]
        del cell.inputs[:bisect_left(cell.inputs, start, key=instant_of)]
        cell.base = first
        return gone

    def _first(self, since: datetime) -> date | None:
        """The first day of the earliest period that what happens at the instant *since* or later may belong to."""
        if since.year <= 1 or self.rule.every is None:
            return None
        return period_of(since.astimezone(self.rule.reckoning.zone).date() - STEPS_BACK, self.rule.every).first

    def refresh(self, cell: Cell[Followed]) -> None:
        super().refresh(cell)
        self.looked[cell.key] = self.engine.clock

    def insert(self, role: int, happening: Happening) -> None:
        key = self.key_of(role, happening)
        if role != ACT or key not in self.members or key not in self.looked:
            super().insert(role, happening)
            return
        cell = self.cells[key]
        insort(cell.inputs, (happening.order, role, happening), key=lambda e: e[:2])
        self._look(cell, min(happening.occurred_at, self.looked[key]))

    def due(self, key: Key, label: str) -> None:
        cell = self.cells.get(key)
        if cell is not None:
            self._look(cell, self.looked[key])

    def _look(self, cell: Cell[Followed], since: datetime) -> None:
        """Works out anew what of *cell* may have changed, where nothing before the instant *since* has."""
        first = self._first(since)
        if first is None:
            self.refresh(cell)
            return
        if cell.base is not None:
            first = max(first, cell.base)
        start = local_midnight(first, self.rule.reckoning.zone)
        before: dict[str, Followed] = {}
        for label in reversed(cell.outputs):
            if is_over(cell.outputs[label], start):
                break
            before[label] = cell.outputs[label]
        for label in before:
            del cell.outputs[label]
        inputs = cell.inputs[bisect_left(cell.inputs, start, key=instant_of):]
        self.put(cell, before, recurrence(self.rule, self.world, cell.key, inputs, first))
        self.looked[cell.key] = self.engine.clock


def is_over(one: Followed, start: datetime) -> bool:
    """Whether *one* is of a period before the one that begins at *start*. What was missed is dated to where the next begins."""
    conclusion = one.outcome.conclusion
    return conclusion.since < start or (conclusion.since == start and conclusion.against)


def was_done(one: Followed, before: datetime) -> bool:
    """Whether what *one* is about was done before an instant."""
    done = one.outcome.conclusion.done
    return done is not None and done < before
