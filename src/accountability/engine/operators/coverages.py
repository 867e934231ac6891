"""Coverage of every instant. A shift that comes in, and the passing of time, change no gap that was over before.

Gaps are looked at again from the first that lasts until the shift begins, or until the clock was read last.
"""

from __future__ import annotations

from bisect import insort
from datetime import datetime

from accountability.engine.cell import Cell, Entry
from accountability.engine.host import Host, Key
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.event import Happening
from accountability.judgement.coverage import coverage
from accountability.policy.kinds import Coverage


class Coverages(ByKey[Coverage]):
    """Runs `coverage` over the end of each cell, and over all of it where anything but a shift or time has changed."""

    def __init__(self, engine: Host, rule: Coverage) -> None:
        super().__init__(engine, rule, coverage)
        self.looked: dict[Key, datetime] = {}
        """When each cell was last looked at: what was over by then stays as it is."""

    def refresh(self, cell: Cell[Followed]) -> None:
        super().refresh(cell)
        self.looked[cell.key] = self.engine.clock

    def insert(self, role: int, happening: Happening) -> None:
        key, begins = self.key_of(role, happening), happening.fields.get(self.rule.since_field)
        if key not in self.members or key not in self.looked or not isinstance(begins, datetime):
            super().insert(role, happening)
            return
        cell = self.cells[key]
        insort(cell.inputs, (happening.order, role, happening), key=lambda e: e[:2])
        self._look(cell, min(begins, self.looked[key]))

    def due(self, key: Key, label: str) -> None:
        cell = self.cells.get(key)
        if cell is not None:
            self._look(cell, self.looked[key])

    def _look(self, cell: Cell[Followed], since: datetime) -> None:
        """Works out anew what of *cell* may have changed, where nothing before the instant *since* has."""
        before: dict[str, Followed] = {}
        start = since
        for label in reversed(cell.outputs):
            gap = cell.outputs[label].outcome.conclusion
            if gap.ends is not None and gap.ends < since:
                break
            before[label] = cell.outputs[label]
            start = min(start, gap.since)
        for label in before:
            del cell.outputs[label]
        inputs = [entry for entry in cell.inputs if self._lasts(entry, start)]
        self.put(cell, before, coverage(self.rule, self.world, cell.key, inputs, start))
        self.looked[cell.key] = self.engine.clock

    def _lasts(self, entry: Entry, start: datetime) -> bool:
        """Whether the shift lasts until *start* or longer."""
        until = entry[2].fields.get(self.rule.until_field)
        return isinstance(until, datetime) and until >= start
