"""Gates that standings bar: all their steps stand under one key, and of them only those are looked at that something may change.

What becomes of a step hangs on its own fields and on the standings that were in force then on somebody whom it names.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accountability.engine.cell import Cell, Entry
from accountability.engine.host import Host, Key
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.engine.spans import EVER, FOREVER
from accountability.event import Happening
from accountability.judgement.bykey import Outcome
from accountability.judgement.gates import gate
from accountability.policy.kinds import Gate
from accountability.policy.rule import TRIGGER


class Register:
    """What stands in one cell: the bars by whom they are on, and the label of what became of each step, by its trigger."""

    __slots__ = ("bars", "labels")

    def __init__(self) -> None:
        self.bars: dict[tuple[str, object], list[Entry]] = defaultdict(list)
        self.labels: dict[str, str] = {}


class Steps(ByKey[Gate]):
    """Runs `gate` for one step at a time."""

    def __init__(self, engine: Host, rule: Gate) -> None:
        super().__init__(engine, rule, gate)
        assert rule.barred is not None
        self.who = rule.barred.who
        self.kinds = tuple(dict.fromkeys(kind for _, kind in self.who))
        self.registers: dict[Key, Register] = {}

    def refresh(self, cell: Cell[Followed]) -> None:
        register = self.registers[cell.key] = Register()
        for entry in cell.inputs:
            if entry[1] != TRIGGER:
                self._bar(register, entry)
        before, cell.outputs = dict(cell.outputs), {}
        self._judge(cell, self._steps(cell.inputs), before)
        if not cell.inputs:
            self.cells.pop(cell.key, None)
            del self.registers[cell.key]

    def insert(self, role: int, happening: Happening) -> None:
        cell = self.cells.get(self.key_of(role, happening))
        if cell is None:
            super().insert(role, happening)
            return
        entry = (happening.order, role, happening)
        insort(cell.inputs, entry, key=lambda e: e[:2])
        if role == TRIGGER:
            self._judge(cell, [entry])
        else:
            self._bar(self.registers[cell.key], entry)
            self._judge(cell, self._during(cell, happening))

    def remove(self, role: int, happening: Happening) -> None:
        cell = self.cells.get(self.key_of(role, happening))
        left = [] if cell is None else [entry for entry in cell.inputs if entry[:2] != (happening.order, role)]
        if cell is None or not left:
            super().remove(role, happening)
            return
        cell.inputs = left
        register = self.registers[cell.key]
        if role == TRIGGER:
            label = register.labels.pop(happening.key, None)
            self.put(cell, {} if label is None else {label: cell.outputs.pop(label)}, ())
            return
        for kind in self.kinds:
            held = register.bars[kind, happening.fields[kind]]
            held[:] = [entry for entry in held if entry[0] != happening.order]
        self._judge(cell, self._during(cell, happening))

    def touch(self, field: str, value: object, since: datetime = EVER, until: datetime = FOREVER) -> None:
        for cell in self.having(field, value, since):
            self._judge(cell, [e for e in self._steps(cell.inputs)
                               if since <= e[2].occurred_at < until and e[2].get(field) == value])

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        gone = super().let_go(cell, before)
        if gone:
            self.registers.pop(cell.key, None)
        return gone

    def _bar(self, register: Register, entry: Entry) -> None:
        for kind in self.kinds:
            if entry[2].fields[kind] is not None:
                insort(register.bars[kind, entry[2].fields[kind]], entry, key=lambda e: e[:2])

    def _steps(self, inputs: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in inputs if entry[1] == TRIGGER]

    def _during(self, cell: Cell[Followed], bar: Happening) -> list[Entry]:
        """The steps taken while *bar* was in force."""
        until: Any = getattr(bar, "until", None)
        return [e for e in self._steps(cell.inputs) if bar.occurred_at <= e[2].occurred_at and (
            until is None or e[2].occurred_at < until)]

    def _judge(self, cell: Cell[Followed], steps: list[Entry], before: dict[str, Followed] | None = None) -> None:
        """Judges *steps* anew. *before*: what became of all that is not in the cell any more."""
        register, found, gone = self.registers[cell.key], list[Outcome](), before or {}
        for step in steps:
            label = register.labels.pop(step[2].key, None)
            if label is not None:
                gone[label] = cell.outputs.pop(label)
            for outcome in gate(self.rule, self.world, cell.key, [*self._barring(register, step[2]), step]):
                register.labels[step[2].key] = outcome.conclusion.identity
                found.append(outcome)
        self.put(cell, gone, found)

    def _barring(self, register: Register, step: Happening) -> list[Entry]:
        """The bars on those whom *step* names, in order."""
        fields = {**step.fields, "bearer": self.clerk.bearer(self.rule.bearer, step.fields)}
        named = [(kind, fields[name]) for name, kind in self.who if fields.get(name) is not None]
        held = {id(entry[2]): entry for who in named for entry in register.bars.get(who, ())}
        return sorted(held.values(), key=lambda e: e[:2])
