"""Prohibitions: an event that is a breach, or is one together with an earlier failure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import itemgetter

from accountability.conclusion import Conclusion, Fact, Status
from accountability.engine.cell import Cell, Entry, instant_of
from accountability.engine.host import Host, Key
from accountability.engine.operators.joins import EVER, FOREVER, Joins, kinds_of, ranks
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.engine.port import LogicFact
from accountability.engine.spans import sure_spans
from accountability.event import Happening, following
from accountability.policy.kinds import Prohibition
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import window_start
from accountability.workdays.localtime import microseconds

TOGETHER = 64
"""How many events are looked for in one go, of the many that a cell may hold."""


class Breach(Output):
    """An event that is a breach, with the failures that make it one."""

    __slots__ = ("failures", "trigger")

    def __init__(self, trigger: Happening, unit: str | None, failures: tuple[Happening, ...]) -> None:
        super().__init__(trigger.key, unit)
        self.trigger, self.failures = trigger, failures


class Prohibitions(Joins[Prohibition, Breach]):
    """E is a breach; or E together with an earlier failure of the authority is."""

    def __init__(self, engine: Host, rule: Prohibition) -> None:
        super().__init__(engine, rule)
        self.acts_wait = rule.join is not None
        self.kinds = kinds_of(rule.index)
        within = None if rule.join is None else rule.join.within
        spans = None if within is None else sure_spans(within)
        self.most = None if spans is None else spans[1]
        self.tells = engine.is_awaited(Trigger(Made.BREACH, rule.name))

    def key_of(self, role: int, happening: Happening) -> Key:
        if self.rule.join is None:
            return happening.key
        fields = happening.fields
        if role == TRIGGER:
            fields = {**fields, "bearer": self.clerk.bearer(self.rule.bearer, fields)}
        return tuple(fields.get(name) for name in self.rule.join.same)

    def step(self, cell: Cell[Breach], role: int, happening: Happening) -> None:
        cell.state = None if self.rule.join is None else cell.inputs[-1]

    def refresh(self, cell: Cell[Breach]) -> None:
        """Looks at what the input that came last has to do with alone, where one has."""
        last, cell.state = cell.state, None
        if last is None:
            super().refresh(cell)
        else:
            self.mend(cell, len(cell.inputs) - 1, last)  # type: ignore[arg-type]

    def mend(self, cell: Cell[Breach], place: int, changed: Entry) -> None:
        """An event is joined with the failures before it; a failure with the events after it that it can be joined with."""
        if self.rule.join is None:
            self.refold(cell)
            return
        if changed[1] == TRIGGER:
            events = [e for e in cell.inputs[place:place + 1] if e[1] == TRIGGER and e[2] is changed[2]]
        else:
            end = self._place(cell.inputs, bisect_right, changed[2].occurred_at, 1)
            events = [e for e in cell.inputs[place:end] if e[1] == TRIGGER]
        keys = dict.fromkeys(h.key for _, role, h in (changed, *events) if role == TRIGGER)
        before = {key: cell.outputs.pop(key) for key in keys if key in cell.outputs}
        self.put(cell, before, self._joined(cell, events))

    def _place(self, inputs: list[Entry], bisect: Callable[..., int], at: datetime, way: int) -> int:
        """The place among *inputs* of the instant as long after *at* (*way* is 1), or before (-1), as a join reaches at most."""
        try:
            edge = None if self.most is None else at + way * self.most
        except OverflowError:
            edge = None
        if edge is None:
            return len(inputs) if way > 0 else 0
        return bisect(inputs, edge, key=instant_of)

    def match(self, cell: Cell[Breach]) -> Iterable[Breach]:
        if self.rule.join is None:
            return [Breach(h, unit, ()) for _, _, h in cell.inputs for unit, holds in [self._bears(h)] if holds]
        events = [e for e in cell.inputs if e[1] == TRIGGER]
        parts = (events[n:n + TOGETHER] for n in range(0, len(events), TOGETHER))
        return [breach for part in parts for breach in self._joined(cell, part)]

    def _joined(self, cell: Cell[Breach], events: Sequence[Entry]) -> Iterable[Breach]:
        """What is a breach of *events*, which are some of the inputs of *cell* in their order."""
        bearing = [(e, unit) for e in events for unit, holds in [self._bears(e[2])] if holds]
        if not bearing:
            return []
        first = self._place(cell.inputs, bisect_left, bearing[0][0][2].occurred_at, -1)
        last = bisect_right(cell.inputs, bearing[-1][0][0], key=itemgetter(0))
        past = [e for e in cell.inputs[first:last] if e[1] != TRIGGER]
        units = {h.key: unit for (_, _, h), unit in bearing}
        part: Cell[Breach] = Cell(cell.key)
        part.inputs = sorted([*past, *(e for e, _ in bearing)], key=lambda e: e[:2])
        facts, key, places = [], 0, ranks(part)
        for place, (_, role, one) in enumerate(part.inputs):
            if role == TRIGGER:
                told = {"k": key, "o": places[place], "w": self._reach(one), "e": microseconds(one.occurred_at)}
                facts.append(LogicFact((place,), self.kinds[1], told, one))
            else:
                told = {"k": key, "o": places[place], "t": max(EVER, microseconds(one.occurred_at)), "u": _end(one)}
                facts.append(LogicFact((place,), self.kinds[0], told, one))
        found: dict[str, tuple[Happening, list[Happening]]] = {}
        for failure, event in self.pairs(facts):
            h: Happening = event.payload  # type: ignore[assignment]
            found.setdefault(h.key, (h, []))[1].append(failure.payload)  # type: ignore[arg-type]
        return [Breach(h, units[h.key], tuple(failures)) for h, failures in found.values()]

    def let_go(self, cell: Cell[Breach], before: datetime) -> list[Breach]:
        """A failure stays as long as an event from then on may be joined with it."""
        left: list[Entry] = []
        over: set[str] = set()
        for entry in cell.inputs:
            _, role, happening = entry
            if instant_of(entry) < before and role == TRIGGER:
                over.add(happening.key)
            elif instant_of(entry) >= before or not self._out_of_reach(happening, before):
                left.append(entry)
        return self._drop(cell, left, over)

    def _out_of_reach(self, failure: Happening, before: datetime) -> bool:
        """Whether *failure* surely lies too far back for everything from an instant on."""
        return self.most is not None and failure.occurred_at < before - self.most

    def _bears(self, trigger: Happening) -> tuple[str | None, bool]:
        unit = self.clerk.bearer(self.rule.bearer, trigger.fields)
        return unit, self.holds({**trigger.fields, "bearer": unit}, trigger.occurred_at)

    def _reach(self, event: Happening) -> int:
        assert self.rule.join is not None
        within = self.rule.join.within
        return EVER if within is None else max(EVER, microseconds(window_start(event.occurred_at, within, self.engine.policy.zone)))

    def report(self, output: Breach) -> tuple[Told, Facts]:
        if not self.tells:
            return self.told(Status.BREACH, output.unit), NO_FACTS
        conclusion, trigger = self.conclude(output), output.trigger
        fact = Fact(key=f"breach {conclusion.identity}", occurred_at=trigger.occurred_at,
                    order=following(trigger.order, self.rule.index),
                    fields={**trigger.fields, "bearer": output.unit}, evidence=conclusion.evidence,
                    day=getattr(trigger, "day", None))
        return self.told(Status.BREACH, output.unit), {Made.BREACH: fact}

    def conclude(self, output: Breach) -> Conclusion:
        return self.clerk.breach(self.rule, output.trigger, output.unit, output.failures)


def _end(failure: Happening) -> int:
    """When *failure* is over, for a matcher."""
    until: datetime | None = getattr(failure, "until", None)
    return FOREVER if until is None else min(FOREVER, microseconds(until))
