"""Duties: obligations by key, discharged by acts, breached when their due passes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from accountability.conclusion import Conclusion, Status
from accountability.engine.cell import Cell, Operator, bearer_reader, instant_of
from accountability.engine.closures import NOTHING
from accountability.engine.derived import Derived, Unworded
from accountability.engine.host import Host, Key
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.event import Happening, following
from accountability.policy.kinds import Duty
from accountability.policy.kinds.duty import Again
from accountability.policy.rule import ACT, TRIGGER, Made, Tier, Trigger
from accountability.workdays import ClockStart, Due, Limit, due_at, window_start

OPEN: Final = Status.OPEN
MET: Final = Status.MET
TOO_LATE: Final = Status.LATE
MISSED: Final = Status.MISSED
VOID: Final = Status.VOID
BREACH: Final = Made.BREACH
DISCHARGE: Final = Made.DISCHARGE
"""A member of an enum is found anew by its class each time, in Python 3.11 by several calls: here it is asked for very often."""
LATE: Final = 8000
"""The year up to which no limit leads out of the calendar; it is a thousand years at most."""


class Obligation(Output):
    """One instance of a duty."""

    __slots__ = ("_due", "act", "last", "limit", "restarted", "trigger")

    def __init__(self, trigger: Happening, unit: str | None, due: Due, limit: Limit | None) -> None:
        super().__init__(trigger.key, unit)
        self.trigger, self.limit, self.last = trigger, limit, due.last
        # There are very many: what can be made again when it is asked for is not kept.
        self._due = None if due == Due(due.last, due.last) else due
        self.act: Happening | None = None
        self.restarted: datetime | None = None

    @property
    def due(self) -> Due:
        """By when it must be done."""
        return Due(self.last, self.last) if self._due is None else self._due

    @property
    def fields(self) -> Mapping[str, object]:
        """Those of its trigger, and who bears it."""
        return {**self.trigger.fields, "bearer": self.unit}


class Duties(Operator[Duty, Obligation]):
    """When E, its bearer must D within L. The state of a cell are its undischarged obligations, in a list if there are several."""

    def __init__(self, engine: Host, rule: Duty) -> None:
        super().__init__(engine, rule)
        self.makes = BREACH
        compiled = engine.closures
        self.in_order = all(t.made is Made.EVENT for t in rule.waits_for())
        """Whether all it waits for comes in order in a replay. What a rule concludes comes when it is known, which may be later."""
        self.acts_wait = not self.in_order
        self.provided = compiled.condition(rule.provided)
        self.bearer = bearer_reader(self.clerk, rule.bearer)
        by = rule.reckoning
        self.at_once = by.clock_start is ClockStart.AT_ONCE and not by.until_close and not by.in_hours
        self.carried = compiled.amount(rule.due) if rule.due is not None else None
        self.tiers = self._compile(rule.tiers)
        self.single = rule.same[0] if len(rule.same) == 1 else None
        self.by_bearer = "bearer" in rule.same
        self.overlays = [(o.period, self._compile(o.tiers)) for o in rule.overlays]
        self.tells_breach = engine.is_awaited(Trigger(Made.BREACH, rule.name))
        self.tells_discharge = engine.is_awaited(Trigger(Made.DISCHARGE, rule.name))

    def _compile(self, tiers: tuple[Tier, ...]):  # type: ignore[no-untyped-def]
        compiled = self.engine.closures
        return [(compiled.condition(t.where), compiled.amount(t.limit)) for t in tiers]

    def key_of(self, role: int, happening: Happening) -> Key:
        fields = happening.fields
        if self.by_bearer and role == TRIGGER:
            fields = {**fields, "bearer": self.bearer(fields)}
        if self.single is not None:
            return fields.get(self.single)
        return tuple([fields.get(name) for name in self.rule.same])

    def begin(self, cell: Cell[Obligation]) -> None:
        cell.state = _several(list(cell.base or ()))
        for obligation in cell.base or ():
            obligation.act = obligation.restarted = None
            cell.put(obligation)

    def let_go(self, cell: Cell[Obligation], before: datetime) -> list[Obligation]:
        """The base holds the obligations that were undischarged by then, in order."""
        place = bisect_left(cell.inputs, before, key=instant_of)
        if not place:
            return []
        del cell.inputs[:place]
        gone: list[Obligation] = []
        left: list[Obligation] = []
        for one in cell.outputs.values():
            if one.trigger.order[0] >= before:
                continue
            over = one.act is not None and one.act.order[0] < before
            (gone if over or (one.restarted is not None and one.restarted < before) else left).append(one)
        for one in gone:
            del cell.outputs[one.label]
        cell.base = left or None
        return gone

    def packed(self, cell: Cell[Obligation]) -> object:
        return None if cell.base is None else [one.trigger for one in cell.base]

    def unpacked(self, key: Key, packed: Any) -> Any:
        found = []
        for trigger in packed:
            unit = self.bearer(trigger.fields)
            fields = {**trigger.fields, "bearer": unit}
            due, limit = self._reckon(fields, trigger.occurred_at)
            assert due is not None
            one = Obligation(trigger, unit, due, limit)
            found.append(one)
            self.engine.wake(one.last, self, key, one.label)
        return found

    def step(self, cell: Cell[Obligation], role: int, happening: Happening) -> None:
        undischarged = _each(cell)
        if role == TRIGGER:
            self._open(cell, undischarged, happening)
            cell.state = _several(undischarged)
            return
        left = []
        for obligation in undischarged:
            if happening.order > obligation.trigger.order and self._counts(obligation, happening):
                obligation.act = happening
                cell.change(obligation)
            else:
                left.append(obligation)
        cell.state = _several(left)

    def _counts(self, obligation: Obligation, act: Happening) -> bool:
        return self.provided is None or bool(self.provided(obligation.fields, act.fields, obligation.trigger.occurred_at))

    def _open(self, cell: Cell[Obligation], undischarged: list[Obligation], trigger: Happening) -> None:
        unit = self.bearer(trigger.fields)
        fields = {**trigger.fields, "bearer": unit}
        if self.depends and not self.holds(fields, trigger.occurred_at):
            return
        due, limit = self._reckon(fields, trigger.occurred_at)
        if due is None or (undischarged and self.rule.again is Again.IGNORE):
            return
        if self.rule.again is Again.RESTART:
            for earlier in undischarged:
                earlier.restarted = trigger.occurred_at
                cell.change(earlier)
            undischarged.clear()
        obligation = Obligation(trigger, unit, due, limit)
        obligation.act = self._earlier_act(cell, obligation)
        if obligation.act is None:
            undischarged.append(obligation)
            self.engine.wake(obligation.last, self, cell.key, obligation.label)
        cell.put(obligation)

    def _earlier_act(self, cell: Cell[Obligation], obligation: Obligation) -> Happening | None:
        """The first act that came before the trigger and still counts."""
        if self.rule.even_before is None:
            return None
        trigger = obligation.trigger
        since = window_start(trigger.occurred_at, self.rule.even_before, self.engine.policy.zone)
        return next((h for order, role, h in cell.inputs if role == ACT and order < trigger.order and h.occurred_at >= since
                     and self._counts(obligation, h)), None)

    def _reckon(self, fields: dict[str, object], at: datetime) -> tuple[Due | None, Limit | None]:
        if self.carried is not None:
            carried = self.carried(fields, NOTHING, at)
            return (due_at(carried), None) if isinstance(carried, datetime) else (None, None)
        tiers = next((t for period, t in self.overlays if self.engine.is_open(period.name, at)), self.tiers)
        for where, amount in tiers:
            if where is None or where(fields, NOTHING, at):
                limit = amount(fields, NOTHING, at)
                if not isinstance(limit, Limit):
                    return None, None
                return self.due_of(at, limit), limit
        return None, None

    def due_of(self, at: datetime, limit: Limit) -> Due:
        """As the rule's `reckoning.due`, which has nothing to reckon where a limit in hours runs from the trigger on."""
        if self.at_once and limit.span is not None and at.year < LATE:
            last = at + limit.span
            return Due(last, last)
        return self.rule.reckoning.due(at, limit)

    def due(self, key: Key, label: str) -> None:
        # Most are done by then, and of what is done or restarted the clock changes nothing.
        cell = self.cells.get(key)
        output = None if cell is None else cell.outputs.get(label)
        if output is not None and output.act is None and output.restarted is None:
            super().due(key, label)

    def report(self, output: Obligation) -> tuple[Told, Facts]:
        status = self.status(output)
        late = status is TOO_LATE or status is MISSED
        if (late and self.tells_breach) or (output.act is not None and self.tells_discharge):
            return self.told(status, output.unit), self._facts(output, late)
        return self.told(status, output.unit), NO_FACTS

    def status(self, output: Obligation) -> Status:
        last = output.last
        if output.act is not None:
            return MET if output.act.occurred_at <= last else TOO_LATE
        if output.restarted is not None and output.restarted <= last:
            return VOID
        return MISSED if self.engine.clock > last else OPEN

    def _facts(self, output: Obligation, late: bool) -> Facts:
        rule, trigger, act = self.rule, output.trigger, output.act
        breach = self.breach_of(output) if late and self.tells_breach else None
        if act is None or not self.tells_discharge:
            return NO_FACTS if breach is None else breach
        subject = self.clerk.subject(rule, output.fields, output.unit)
        discharge = Derived(DISCHARGE, rule.name, subject, (trigger, act), act.occurred_at,
                            following(act.order, rule.index, trigger.order), output.fields)
        return {DISCHARGE: discharge} if breach is None else {BREACH: breach, DISCHARGE: discharge}

    def breach_of(self, output: Obligation) -> Unworded:
        """That *output* was not done in time: the fact that was told, as long as it still says what there is to say."""
        told, due = output.facts, output._due
        at, day = (output.last, None) if due is None else (due.falls, due.day)
        if type(told) is Unworded and told.occurred_at == at and told.day == day:
            of = told.output
            if of.trigger is output.trigger and of.unit == output.unit:
                return told
        return Unworded(self, output, at, day)

    def peek(self, output: Obligation, name: str) -> object:
        """The field *name* of the breach of *output*."""
        return output.unit if name == "bearer" else output.trigger.fields.get(name)

    def word(self, fact: Unworded) -> Derived:
        """The breach that *fact* is."""
        trigger, fields, at = fact.output.trigger, fact.output.fields, fact.occurred_at
        subject = self.clerk.subject(self.rule, fields, fact.output.unit)
        order = (at, 1 if fact.day is None else -1, (self.rule.index, subject, trigger.order))
        return Derived(BREACH, self.rule.name, subject, (trigger,), at, order, fields, day=fact.day)

    def conclude(self, output: Obligation) -> Conclusion:
        return self.clerk.obligation(
            self.rule, output.trigger, output.unit, output._due or output.last, output.limit, self.status(output), output.act
        )

    def finished(self, cell: Cell[Obligation]) -> bool:
        return self.in_order and not cell.state


def _each(cell: Cell[Obligation]) -> list[Obligation]:
    """The undischarged obligations of *cell*, in order."""
    if cell.state is None:
        return []
    return cell.state if isinstance(cell.state, list) else [cell.state]  # type: ignore[list-item]


def _several(obligations: list[Obligation]) -> list[Obligation] | Obligation | None:
    """*obligations* as a state: nearly always there is one, or none."""
    return obligations if len(obligations) > 1 else obligations[0] if obligations else None
