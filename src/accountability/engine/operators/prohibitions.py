"""Prohibitions: an event that is a breach, or is one together with an earlier failure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accountability.conclusion import Conclusion, Fact, Status
from accountability.engine.cell import Cell, Entry, Host, Key, instant_of
from accountability.engine.operators.joins import EVER, FOREVER, Joins, kinds_of, ranks
from accountability.engine.operators.thresholds import sure_spans
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.engine.port import LogicFact
from accountability.event import Happening, following
from accountability.policy.kinds import Prohibition
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import window_start
from accountability.workdays.localtime import microseconds


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
        self.tells = engine.is_awaited(Trigger(Made.BREACH, rule.name))

    def key_of(self, role: int, happening: Happening) -> Key:
        if self.rule.join is None:
            return happening.key
        fields = happening.fields
        if role == TRIGGER:
            fields = {**fields, "bearer": self.clerk.bearer(self.rule.bearer, fields)}
        return tuple(fields.get(name) for name in self.rule.join.same)

    def match(self, cell: Cell[Breach]) -> Iterable[Breach]:
        if self.rule.join is None:
            return [Breach(h, unit, ()) for _, _, h in cell.inputs for unit, holds in [self._bears(h)] if holds]
        facts, key, places = [], 0, ranks(cell)
        for place, (_, role, h) in enumerate(cell.inputs):
            if role == TRIGGER:
                unit, holds = self._bears(h)
                if holds:
                    told = {"k": key, "o": places[place], "w": self._reach(h), "e": microseconds(h.occurred_at)}
                    facts.append(LogicFact((place,), self.kinds[1], told, (h, unit)))
            else:
                told = {"k": key, "o": places[place], "t": max(EVER, microseconds(h.occurred_at)), "u": _end(h)}
                facts.append(LogicFact((place,), self.kinds[0], told, h))
        found: dict[str, tuple[Happening, str | None, list[Happening]]] = {}
        for failure, event in self.pairs(facts):
            h, unit = event.payload  # type: ignore[misc]
            found.setdefault(h.key, (h, unit, []))[2].append(failure.payload)  # type: ignore[arg-type]
        return [Breach(h, unit, tuple(failures)) for h, unit, failures in found.values()]

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
        within = self.rule.join.within if self.rule.join is not None else None
        spans = None if within is None else sure_spans(within)
        return spans is not None and failure.occurred_at < before - spans[1]

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
