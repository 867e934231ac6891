"""Joined effects: of a trigger that comes in order, beside something that it is joined with, only its own proposals are judged."""

from __future__ import annotations

from datetime import datetime

from accountability.engine.cell import Cell, Entry
from accountability.engine.host import Host, Key
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.event import Happening
from accountability.judgement.joint import joint
from accountability.policy.kinds import Effect
from accountability.policy.rule import ACT, TRIGGER


class Joints(ByKey[Effect]):
    """Runs `joint`, for what comes in order trigger by trigger."""

    def __init__(self, engine: Host, rule: Effect) -> None:
        super().__init__(engine, rule, joint)
        self.firsts: dict[Key, Entry] = {}
        """By key the first thing with which triggers are joined: what comes after it adds nothing."""

    def insert(self, role: int, happening: Happening) -> None:
        cell, entry = self.last_in(role, happening), (happening.order, role, happening)
        first = None if cell is None else self.firsts.get(cell.key)
        if cell is None or first is None:
            super().insert(role, happening)
        elif role != TRIGGER:
            cell.inputs.append(entry)
        elif not self.limited or self.applies(happening):
            cell.inputs.append(entry)
            self.put(cell, {}, joint(self.rule, self.world, cell.key, [first, entry]))

    def refresh(self, cell: Cell[Followed]) -> None:
        self.firsts.pop(cell.key, None)
        first = next((entry for entry in cell.inputs if entry[1] == ACT), None)
        if first is not None:
            self.firsts[cell.key] = first
        super().refresh(cell)

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        gone = super().let_go(cell, before)
        if not cell.inputs:
            self.firsts.pop(cell.key, None)
        return gone
