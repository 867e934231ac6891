"""Thresholds: members of one key, counted in a window."""

from __future__ import annotations

from collections import deque
from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from accountability.conclusion import Conclusion, Fact, Status, identity
from accountability.engine.cell import NO_FACTS, Cell, Key, Operator, Output, Told
from accountability.event import Happening, following
from accountability.policy.model import Fires, Made, Threshold, Trigger, WindowKind
from accountability.workdays import Period, period_of, plus, window_start

if TYPE_CHECKING:
    from accountability.engine.live import Engine


class Reached(Output):
    """The number was reached by *members*, the last of which it is dated to."""

    __slots__ = ("members",)

    def __init__(self, members: tuple[Happening, ...], unit: str | None) -> None:
        super().__init__(members[-1].key, unit)
        self.members = members


@attrs.define
class Counting:
    """The members in the window, each with the last day on which it counts, and how many there were at the member before."""

    inside: deque[tuple[Happening, date | None]] = attrs.Factory(deque)
    before: int = 0
    period: Period | None = None


class Thresholds(Operator[Threshold, Reached]):
    """So many members of one key in a window give a finding at the member that reaches the number."""

    def __init__(self, engine: Engine, rule: Threshold) -> None:
        super().__init__(engine, rule)
        self.tells = engine.is_awaited(Trigger(Made.FINDING, rule.name))

    def key_of(self, role: int, happening: Happening) -> Key:
        return tuple([happening.fields.get(name) for name in self.rule.per])

    def begin(self, cell: Cell[Reached]) -> None:
        cell.state = Counting()

    def step(self, cell: Cell[Reached], role: int, happening: Happening) -> None:
        counting: Counting = cell.state  # type: ignore[assignment]
        rule = self.rule
        unit = self.clerk.bearer(rule.bearer, happening.fields)
        if not self.holds({**happening.fields, "bearer": unit}, happening.occurred_at):
            return
        self._slide(counting, happening)
        number = len(counting.inside)
        if number >= rule.reaches and not (rule.fires is Fires.RISING and counting.before >= rule.reaches):
            cell.put(Reached(tuple(m for m, _ in counting.inside), unit))
            if rule.fires is Fires.ONCE:
                counting.inside.clear()
                number = 0
        counting.before = number

    def _slide(self, counting: Counting, member: Happening) -> None:
        window, zone, at, inside = self.rule.window, self.rule.zone, member.occurred_at, counting.inside
        until = None
        if window.kind is WindowKind.CALENDAR:
            period = period_of(at.astimezone(zone).date(), window.period)
            if period != counting.period:
                counting.period = period
                inside.clear()
        elif window.kind is WindowKind.DATES:
            assert window.limit is not None
            day = at.astimezone(zone).date()
            until = plus(day, window.limit)
            while inside and (last := inside[0][1]) is not None and last < day:
                inside.popleft()
        else:
            assert window.limit is not None
            edge = window_start(at, window.limit, zone)
            while inside and _outside(inside[0][0].occurred_at, edge, window.edge_included):
                inside.popleft()
        inside.append((member, until))

    def report(self, output: Reached) -> Told:
        if not self.tells:
            return Told(Status.BREACH, output.unit, NO_FACTS)
        rule, last = self.rule, output.members[-1]
        name = identity(rule.name, self.clerk.subject(rule, last.fields, output.unit), last.key)
        evidence = tuple(dict.fromkeys(e for m in output.members for e in m.evidence))
        fields = {**{n: last.fields.get(n) for n in rule.per}, "bearer": output.unit}
        return Told(Status.BREACH, output.unit, {Made.FINDING: Fact(
            key=f"finding {name}", occurred_at=last.occurred_at, order=following(last.order, rule.index, last.key), fields=fields, evidence=evidence)})

    def conclude(self, output: Reached) -> Conclusion:
        return self.clerk.threshold(self.rule, output.members, output.unit)


def _outside(then: datetime, edge: datetime, edge_included: bool) -> bool:
    return then < edge if edge_included else then <= edge
