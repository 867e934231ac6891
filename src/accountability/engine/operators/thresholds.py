"""Thresholds: members of one key, counted in a window."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import takewhile
from typing import Any, Final

import attrs

from accountability.conclusion import Conclusion, day_of
from accountability.engine.cell import Cell, Entry, Operator, bearer_reader, instant_of
from accountability.engine.derived import Derived, Unworded
from accountability.engine.host import Host, Key
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.engine.spans import (
    FAR_EDGE_STEPS_BACK,
    STEPS_BACK,
    before_day,
    first_of,
    from_day,
    outside,
    reach_of,
    sure_spans,
)
from accountability.event import Happening, following
from accountability.policy.kinds import Threshold
from accountability.policy.kinds.threshold import Fires
from accountability.policy.rule import TRIGGER, Made, Trigger, WindowKind
from accountability.workdays import Period, period_of, plus, window_start

FINDING: Final = Made.FINDING
"""Bound once: in Python 3.11 a member of an enum is found anew by its class each time."""


class Reached(Output):
    """The number was reached by *members*, the last of which it is dated to."""

    __slots__ = ("members",)

    def __init__(self, label: object, members: Sequence[Happening], unit: str | None) -> None:
        self._label, self.members, self.unit = label, members, unit
        self.told = None
        self.facts = NO_FACTS
        self.shown = None


@attrs.define
class Counting:
    """The members that may still count, and how many counted at the member before.

    Each stands with the day that decides: in a calendar period its own, by dates the last one on which it counts.
    """

    held: deque[tuple[Happening, date]] = attrs.Factory(deque)
    before: int = 0
    period: Period | None = None
    """The calendar period of the last one, where all that is held lies in it; for what comes in order."""


@attrs.frozen
class Carried:
    """What a threshold goes on with: the members that may still count, and how many, or how much, counted at the last."""

    members: tuple[Happening, ...]
    before: int | Fraction = 0


class Thresholds(Operator[Threshold, Reached]):
    """So many members of one key in a window give a finding at the member that reaches the number."""

    def __init__(self, engine: Host, rule: Threshold) -> None:
        super().__init__(engine, rule)
        self.makes = FINDING
        self.tells = engine.is_awaited(Trigger(Made.FINDING, rule.name))
        self.bearer = bearer_reader(self.clerk, rule.bearer)
        self.single = rule.per[0] if len(rule.per) == 1 and rule.per[0] != "bearer" else None
        limit = rule.window.limit
        self.sure = sure_spans(limit, rule.zone) if rule.window.kind is WindowKind.INSTANTS and limit is not None else None
        self.in_utc = rule.zone.key == "UTC"
        self.quick = not self.depends and (self.sure is not None or rule.window.kind is WindowKind.CALENDAR)

    def key_of(self, role: int, happening: Happening) -> Key:
        fields = happening.fields
        if self.single is not None:
            return fields.get(self.single)
        if "bearer" in self.rule.per:
            fields = {**fields, "bearer": self.bearer(fields)}
        return tuple([fields.get(name) for name in self.rule.per])

    def taker(self, role: int) -> Callable[[Happening], None]:
        cells, single, limited, advance = self.cells, self.single, self.limited, self.advance

        def take(member: Happening) -> None:
            if limited and not (self.applies(member) and (self.depends or self.starts(member))):
                return
            key = member.fields.get(single) if single is not None else self.key_of(role, member)
            cell = cells.get(key)
            order = member.order
            if cell is None or not cell.inputs or not cell.inputs[-1][0] < order:
                self.insert(role, member)
                return
            cell.inputs.append((order, role, member))
            advance(cell, role, member)
            if cell.changed:
                self.refresh(cell)

        return take

    def advance(self, cell: Cell[Reached], role: int, member: Happening) -> None:
        """`step`, mostly without a look at the calendar."""
        if not self.quick:
            self.step(cell, role, member)
            return
        counting: Counting = cell.state  # type: ignore[assignment]
        sure, held, at = self.sure, counting.held, member.occurred_at
        if sure is None:
            number = self._in_period(counting, member)
        else:
            while held and held[0][0].occurred_at < at - sure[1]:
                held.popleft()
            if held and held[0][0].occurred_at <= at - sure[0]:
                number = self._slide(counting, member)
            else:
                # All that is held surely counts: nearly always, and without a look at the calendar.
                held.append((member, date.min))
                number = len(held)
        self._count(cell, counting, member, number)

    def _in_period(self, counting: Counting, member: Happening) -> int:
        """`_slide`, where mostly all that is held lies in one period."""
        zone, period = self.rule.zone, counting.period
        day = getattr(member, "day", None) or (member.occurred_at.date() if self.in_utc else day_of(member, zone))
        if period is not None and period.first <= day < period.after:
            counting.held.append((member, day))
            return len(counting.held)
        number = self._slide(counting, member)
        counting.period = period_of(day, self.rule.window.period) if number == len(counting.held) else None
        return number

    def begin(self, cell: Cell[Reached]) -> None:
        cell.state = Counting()
        if cell.base is not None:
            cell.state = Counting(deque((m, self._decides(m)) for m in cell.base.members), cell.base.before)

    def _decides(self, member: Happening) -> date:
        """The day that stands with *member* in the state."""
        window = self.rule.window
        if window.kind is WindowKind.INSTANTS or window.limit is None:
            return date.min if window.limit is not None else day_of(member, self.rule.zone)
        return plus(day_of(member, self.rule.zone), window.limit)

    def held(self, cell: Cell[Reached]) -> Carried:
        """The state of *cell*, to start from."""
        counting: Counting = cell.state  # type: ignore[assignment]
        return Carried(tuple(m for m, _ in counting.held), counting.before)

    def close(self, before: datetime) -> Iterator[Reached]:
        self.expired = self._expiring(before)
        return super().close(before)

    def let_go(self, cell: Cell[Reached], before: datetime) -> list[Reached]:
        """The base holds the members that may still count, and how many counted at the last."""
        place = bisect_left(cell.inputs, before, key=instant_of)
        carried: Carried | None = cell.base
        gone = []
        if place:
            carried = self.carried(cell, cell.inputs[:place])
            del cell.inputs[:place]
            gone = [o for o in cell.outputs.values() if o.members[-1].order[0] < before]
            for one in gone:
                del cell.outputs[one.label]
        if carried is not None:
            members = carried.members
            if members and self.expired(members[0]):
                members = tuple([m for m in members if not self.expired(m)])
            carried = Carried(members, carried.before) if members else None
        cell.base = carried
        return gone

    def carried(self, cell: Cell[Reached], past: list[Entry]) -> Carried | None:
        """What there is to go on with after the *past*, which are the first inputs of *cell*."""
        if self.rule.fires is Fires.ONCE:
            return self._folded(cell, cell.base, past)  # what was used up, and when, decides what is left
        return self._taken(cell, cell.base or Carried(()), past)

    def _folded(self, cell: Cell[Reached], base: Carried | None, past: list[Entry]) -> Carried:
        """What the fold of *past* comes to."""
        then: Cell[Reached] = Cell(cell.key, base)
        self.begin(then)
        for _, role, happening in past:
            self.step(then, role, happening)
        return self.held(then)

    def mend(self, cell: Cell[Reached], place: int, changed: Entry) -> None:
        """Folds again as far as *changed* may count, and one more: of that it is asked how many counted before it."""
        rule = self.rule
        reach = None if rule.fires is Fires.ONCE or rule.broken or rule.in_a_row else reach_of(rule.window, rule.zone, changed[2])
        if reach is None or not self.engine.keeps:
            self.refold(cell)
            return
        end = min(bisect_right(cell.inputs, reach, place, key=instant_of) + 1, len(cell.inputs))
        stretch = cell.inputs[place:end]
        before = {key: cell.outputs.pop(key) for key in (changed[2].key, *(h.key for _, _, h in stretch)) if key in cell.outputs}
        last, cell.state, cell.changed = cell.state, self.standing(cell, place), None
        for _, role, happening in stretch:
            self.advance(cell, role, happening)
        if end < len(cell.inputs):
            cell.state = last
        self.replace(cell, before)

    def standing(self, cell: Cell[Reached], place: int) -> object:
        """The state of *cell* when the inputs before *place* are in, as far as anything that comes then can tell."""
        then: Cell[Reached] = Cell(cell.key, cell.base)
        if place:
            since = first_of(self.rule.window, self.rule.zone, cell.inputs[place - 1][2])
            past = cell.inputs[bisect_left(cell.inputs, since, 0, place, key=instant_of):place]
            base = cell.base if cell.base is not None and len(past) == place else Carried(())
            then.base = self._taken(cell, base, past)
        self.begin(then)
        return then.state

    def _taken(self, cell: Cell[Reached], base: Carried, past: Sequence[Entry]) -> Carried:
        """What there is to go on with after *base* and the *past*, nothing of which was used up."""
        came = [m for _, _, m in past if self.counted(m)]
        members = (*base.members, *came)
        if not came:
            return Carried(members, base.before)
        # How many counted at the last of them is asked of it alone; whatever came before it may be held.
        last = (came[-1].order, TRIGGER, came[-1])
        return Carried(members, self._folded(cell, Carried(members[:-1]), [last]).before)

    def counted(self, member: Happening) -> bool:
        """Whether *member*, which has come in, counts."""
        return not self.depends or self._counts(member)

    def _expiring(self, before: datetime) -> Callable[[Happening], bool]:
        """Whether a member surely counts with nothing from an instant on."""
        window, zone = self.rule.window, self.rule.zone
        if window.limit is None:
            first = period_of(before.astimezone(zone).date() - STEPS_BACK, window.period).first - STEPS_BACK
            return lambda member: not self.rule.in_a_row and day_of(member, zone) < first
        spans = sure_spans(window.limit)
        if spans is None:
            return lambda member: False
        edge = before - spans[1]
        return lambda member: member.occurred_at < edge

    def _counts(self, member: Happening) -> bool:
        return self.holds({**member.fields, "bearer": self.bearer(member.fields)}, member.occurred_at)

    def packed(self, cell: Cell[Reached]) -> object:
        return None if cell.base is None else [cell.base.before, *cell.base.members]

    def unpacked(self, key: Key, packed: Any) -> Any:
        return Carried(tuple(packed[1:]), packed[0])

    def step(self, cell: Cell[Reached], role: int, happening: Happening) -> None:
        counting: Counting = cell.state  # type: ignore[assignment]
        if self.depends and not self._counts(happening):
            return
        self._count(cell, counting, happening, self._slide(counting, happening))

    def _count(self, cell: Cell[Reached], counting: Counting, last: Happening, number: int) -> None:
        """Puts a finding if one is due at *last*, which has just come in and is one of a *number* inside the window."""
        rule = self.rule
        if number >= rule.reaches and not (rule.fires is Fires.RISING and counting.before >= rule.reaches and number > 1):
            inside = [m for m, _ in counting.held] if number == len(counting.held) else self._inside(counting, last)
            # Where nothing is corrected, that it is this very member tells it apart as well as the key, and costs no digest.
            cell.put(Reached(last.key if self.engine.keeps else id(last), tuple(inside), self.bearer(last.fields)))
            if rule.fires is Fires.ONCE:
                used = {m.key for m in inside}
                counting.held = deque(held for held in counting.held if held[0].key not in used)
                number = 0
        counting.before = number

    def _slide(self, counting: Counting, member: Happening) -> int:
        """Takes *member* in, lets go what can never count again, and gives how many count now.

        Only those near an edge of the window are looked at: the days that decide are in order but for `STEPS_BACK`.
        """
        window, zone, at, held = self.rule.window, self.rule.zone, member.occurred_at, counting.held
        if window.kind is WindowKind.CALENDAR:
            day = day_of(member, zone)
            period = period_of(day, window.period)
            far = period_of(day - STEPS_BACK, window.period).first - STEPS_BACK
            while held and held[0][1] < far:
                held.popleft()
            held.append((member, day))
            return len(held) - before_day(held, period.first) - from_day(held, period.after)
        assert window.limit is not None
        if window.kind is WindowKind.DATES:
            day = day_of(member, zone)
            while held and held[0][1] < day - STEPS_BACK:
                held.popleft()
            held.append((member, plus(day, window.limit)))
            return len(held) - before_day(held, day)
        edge = window_start(at, window.limit, zone)
        # The far edge of a window in days or months can step back a little, where a month ends or an hour is repeated.
        sure = edge if window.limit.unit.is_clock else edge - FAR_EDGE_STEPS_BACK
        while held and outside(held[0][0].occurred_at, sure, window.edge_included):
            held.popleft()
        held.append((member, date.min))
        return len(held) - sum(1 for _ in takewhile(lambda one: outside(one[0].occurred_at, edge, window.edge_included), held))

    def _inside(self, counting: Counting, last: Happening) -> list[Happening]:
        """Those of what is held that count when *last* happens."""
        window, zone, held = self.rule.window, self.rule.zone, counting.held
        if window.limit is None:
            period = period_of(day_of(last, zone), window.period)
            return [m for m, counted in held if period.first <= counted < period.after]
        if window.kind is WindowKind.DATES:
            day = day_of(last, zone)
            return [m for m, counted in held if counted >= day]
        edge = window_start(last.occurred_at, window.limit, zone)
        return [m for m, _ in held if not outside(m.occurred_at, edge, window.edge_included)]

    def report(self, output: Reached) -> tuple[Told, Facts]:
        rule = self.rule
        if not self.tells:
            return self.told(rule.status, output.unit), NO_FACTS
        last = output.members[-1]
        return self.told(rule.status, output.unit), Unworded(self, output, last.occurred_at, getattr(last, "day", None))

    def peek(self, output: Reached, name: str) -> object:
        """The field *name* of the finding of *output*."""
        if name == "bearer":
            return output.unit
        return output.members[-1].get(name) if name in self.rule.per else None

    def word(self, fact: Unworded) -> Derived:
        """The finding that *fact* is."""
        rule, members = self.rule, fact.output.members
        last, unit = members[-1], fact.output.unit
        fields = {**{name: last.get(name) for name in rule.per}, "bearer": unit}
        subject, order = self.clerk.subject(rule, last, unit), following(last.order, rule.index)
        return Derived(FINDING, rule.name, subject, members, fact.occurred_at, order, fields, distinct=True, day=fact.day)

    def conclude(self, output: Reached) -> Conclusion:
        return self.clerk.threshold(self.rule, output.members, output.unit)
