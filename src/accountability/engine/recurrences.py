"""A duty that units owe in every calendar period. Only the periods that something may have changed are looked at again.

What was done in one period counts in no other, so neither a late act nor the passing of time reaches farther back.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import datetime, timedelta

from accountability.engine.bykey import ByKey, Followed
from accountability.engine.cell import Cell, Host, Key, instant_of
from accountability.event import Happening
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
        assert self.rule.every is not None
        if since.year <= 1:
            self.refresh(cell)
            return
        zone = self.rule.reckoning.zone
        first = period_of(since.astimezone(zone).date() - STEPS_BACK, self.rule.every).first
        start = local_midnight(first, zone)
        before: dict[str, Followed] = {}
        for label in reversed(cell.outputs):
            conclusion = cell.outputs[label].outcome.conclusion
            # One that was missed is dated to where the next period begins.
            if conclusion.since < start or (conclusion.since == start and conclusion.against):
                break
            before[label] = cell.outputs[label]
        for label in before:
            del cell.outputs[label]
        inputs = cell.inputs[bisect_left(cell.inputs, start, key=instant_of):]
        self.put(cell, before, recurrence(self.rule, self.world, cell.key, inputs, first))
        self.looked[cell.key] = self.engine.clock
