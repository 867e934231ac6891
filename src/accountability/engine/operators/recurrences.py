"""A duty that units owe in every calendar period. Only the periods that something may have changed are looked at again.

What was done in one period counts in no other, so neither a late act nor the passing of time reaches farther back. Where periods
were let go, the *base* of a cell is the first day of the period with which it goes on.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from accountability.engine.cell import Cell, Host, Key, instant_of
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.event import Happening
from accountability.judgement.bykey import Outcome
from accountability.judgement.recurrence import recurrence
from accountability.policy.kinds import Recurring
from accountability.policy.rule import ACT
from accountability.workdays import local_midnight, period_of

STEPS_BACK = timedelta(days=2)
"""More than a local day can step back, where clocks are put back past midnight."""


def is_periodic(rule: Recurring) -> bool:
    """Whether *rule* is one of these: what stands may begin and end anywhere, and a gap or a day reaches as far as it likes."""
    return rule.each is not None and rule.every is not None


class Recurrences(ByKey):
    """Runs `recurrence` over the end of each cell, and over all of it where anything but an act or time has changed."""

    rule: Recurring

    def __init__(self, engine: Host, rule: Recurring) -> None:
        super().__init__(engine, rule, recurrence)
        self.looked: dict[Key, datetime] = {}
        """When each cell was last looked at: what was over by then stays as it is."""

    def outcomes(self, cell: Cell[Followed]) -> Iterable[Outcome]:
        return recurrence(self.rule, self.world, cell.key, cell.inputs, cell.base)

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

    def packed(self, cell: Cell[Followed]) -> Any:
        return None if cell.base is None else [cell.base]

    def unpacked(self, key: Key, packed: Any) -> Any:
        return packed[0]

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
