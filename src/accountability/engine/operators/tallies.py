"""Thresholds that sum or count different values, that something breaks, or that count periods in a row: one look at each member.

What they mean is `judgement.tallying`; here every member is put where the next one finds the sum ready, so that many of one key
cost no more each than few.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial

import attrs

from accountability.conclusion import day_of
from accountability.engine.cell import Cell, Entry
from accountability.engine.closures import NOTHING
from accountability.engine.host import Host, Key
from accountability.engine.operators.thresholds import Carried, Reached, Thresholds
from accountability.engine.spans import outside, sure_spans
from accountability.event import Happening, Order
from accountability.judgement.bykey import key_in
from accountability.policy.kinds import Threshold
from accountability.policy.kinds.threshold import BROKEN, Fires
from accountability.policy.rule import WindowKind
from accountability.workdays import Period, period_of, plus, window_start
from accountability.workdays.localtime import ONE_DAY

Number = int | Fraction
FIRST_SPARE = 64
"""How many members that can never count again are carried along before the list is made anew."""


@attrs.frozen
class Member:
    """Something that counts, how much it adds, and by which values it differs from others."""

    happening: Happening
    amount: Number
    value: tuple[object, ...] = ()

    @property
    def at(self) -> datetime:
        return self.happening.occurred_at


class Held:
    """The members that may still count, in order, and what counted at the one before."""

    def __init__(self, rule: Threshold) -> None:
        self.rule = rule
        self.before: Number = 0

    @abstractmethod
    def add(self, member: Member) -> tuple[Callable[[], Sequence[Member]], Number, bool]:
        """Takes *member* in, which comes after all others. Gives what counts with it, if asked, what that comes to, and whether it
        counts alone."""

    @abstractmethod
    def members(self) -> Iterable[Member]:
        """Everything that may still count, in order."""

    @abstractmethod
    def without(self, used: Sequence[Member]) -> None:
        """Lets go of the members that were *used* up: those that counted with the last one."""


class Rolling(Held):
    """In a rolling window: found by their instants, with a close look only at those near the far edge."""

    def __init__(self, rule: Threshold, members: Iterable[Member] = ()) -> None:
        super().__init__(rule)
        assert rule.window.limit is not None
        spans = sure_spans(rule.window.limit)
        assert spans is not None
        self.fewest, self.most = spans
        self.limit, self.by_dates = rule.window.limit, rule.window.kind is WindowKind.DATES
        self._hold(list(members))

    def _hold(self, members: list[Member]) -> None:
        self.held: list[Member] = []
        self.lasts: list[date] = []
        self.first, self.sums = 0, [Fraction(0)]
        for member in members:
            self._put(member)

    def _put(self, member: Member) -> None:
        self.held.append(member)
        self.sums.append(self.sums[-1] + member.amount)
        if self.by_dates:
            self.lasts.append(plus(day_of(member.happening, self.rule.zone), self.limit))

    def add(self, member: Member) -> tuple[Callable[[], Sequence[Member]], Number, bool]:
        self._put(member)
        self.first = bisect_left(self.held, _before(member.at, self.most), self.first, key=_at)
        if self.first > max(FIRST_SPARE, len(self.held) // 2):
            self._hold(self.held[self.first:])
        sure = bisect_right(self.held, _before(member.at, self.fewest), self.first, len(self.held) - 1, key=_at)
        near = self._near(member, sure) if self.first < sure else []
        return partial(self._inside, near, sure), self._number(near, sure), not near and sure == len(self.held) - 1

    def _near(self, now: Member, sure: int) -> list[Member]:
        """Those before the place *sure* that count when *now* happens."""
        near = self.held[self.first:sure]
        if self.by_dates:
            day = day_of(now.happening, self.rule.zone)
            return [m for m, last in zip(near, self.lasts[self.first:sure], strict=True) if day <= last]
        edge, included = window_start(now.at, self.limit, self.rule.zone), self.rule.window.edge_included
        return [m for m in near if not outside(m.at, edge, included)]

    def _number(self, near: list[Member], sure: int) -> Number:
        """What those come to that are *near* the far edge, and all from the place *sure* on."""
        first = sure - len(near)
        if not near or self.held[first] is near[0]:  # one after the other, as nearly always
            return self.sums[-1] - self.sums[first]
        return self.sums[-1] - self.sums[sure] + sum(m.amount for m in near)

    def _inside(self, near: list[Member], sure: int) -> list[Member]:
        return [*near, *self.held[sure:]]

    def members(self) -> Iterable[Member]:
        return self.held[self.first:]

    def without(self, used: Sequence[Member]) -> None:
        gone = {m.happening.key for m in used}
        self._hold([m for m in self.members() if m.happening.key not in gone])


class Different(Rolling):
    """In a rolling window, by how many values they have that differ."""

    def _hold(self, members: list[Member]) -> None:
        super()._hold(members)
        # How many members have each value, of those from a place on that only moves forward.
        self.values = Counter[tuple[object, ...]]()
        self.since = self.until = 0

    def _number(self, near: list[Member], sure: int) -> Number:
        self.values.update(m.value for m in self.held[max(self.until, sure):])
        for member in self.held[self.since:min(sure, self.until)]:
            self.values[member.value] -= 1
            if not self.values[member.value]:
                del self.values[member.value]
        self.since, self.until = sure, len(self.held)
        return len(self.values) + len({m.value for m in near} - self.values.keys())


class Calendared(Held):
    """By calendar periods: those of one period, or of so many periods one after the other."""

    def __init__(self, rule: Threshold, members: Iterable[Member] = ()) -> None:
        super().__init__(rule)
        self.periods: dict[Period, list[Member]] = {}
        self.sums: dict[Period, Number] = {}
        self.values: dict[Period, set[tuple[object, ...]]] = {}
        for member in members:
            self._put(member)

    def _put(self, member: Member) -> Period:
        period = period_of(day_of(member.happening, self.rule.zone), self.rule.window.period)
        self.periods.setdefault(period, []).append(member)
        if self.rule.different:
            values = self.values.setdefault(period, set())
            values.add(member.value)
            self.sums[period] = len(values)
        else:
            self.sums[period] = self.sums.get(period, 0) + member.amount
        return period

    def add(self, member: Member) -> tuple[Callable[[], Sequence[Member]], Number, bool]:
        period = self._put(member)
        alone = len(self.periods[period]) == 1
        if not self.rule.in_a_row:
            return partial(self._of, [period]), self.sums[period], alone
        run = [period]
        while (earlier := period_of(run[-1].first - ONE_DAY, self.rule.window.period)) in self.periods:
            run.append(earlier)
        return partial(self._of, run), len(run), alone and len(run) == 1

    def _of(self, periods: Iterable[Period]) -> list[Member]:
        return sorted((m for period in periods for m in self.periods[period]), key=_order)

    def members(self) -> Iterable[Member]:
        return self._of(self.periods)

    def without(self, used: Sequence[Member]) -> None:
        for period in {period_of(day_of(m.happening, self.rule.zone), self.rule.window.period) for m in used}:
            del self.periods[period], self.sums[period]
            self.values.pop(period, None)


class Tallies(Thresholds):
    """A finding at every member with which the sum is reached."""

    def __init__(self, engine: Host, rule: Threshold) -> None:
        super().__init__(engine, rule)
        self.adds = None if rule.adds is None else engine.closures.amount(rule.adds)

    def key_of(self, role: int, happening: Happening) -> Key:
        return key_in(self.rule, role, happening, self.clerk)

    def taker(self, role: int) -> Callable[[Happening], None]:
        return partial(self.insert, role)

    def advance(self, cell: Cell[Reached], role: int, member: Happening) -> None:
        self.step(cell, role, member)

    def counted(self, member: Happening) -> bool:
        return self.member(member) is not None

    def begin(self, cell: Cell[Reached]) -> None:
        base: Carried | None = cell.base
        held = self._held(m for m in map(self.member, base.members if base is not None else ()) if m is not None)
        held.before = 0 if base is None else base.before
        cell.state = held

    def held(self, cell: Cell[Reached]) -> Carried:
        held: Held = cell.state  # type: ignore[assignment]
        return Carried(tuple(m.happening for m in held.members()), held.before)

    def carried(self, cell: Cell[Reached], past: list[Entry]) -> Carried | None:
        return self._folded(cell, cell.base, past)

    def _held(self, members: Iterable[Member] = ()) -> Held:
        if self.rule.window.limit is None:
            return Calendared(self.rule, members)
        return (Different if self.rule.different else Rolling)(self.rule, members)

    def step(self, cell: Cell[Reached], role: int, happening: Happening) -> None:
        if role == BROKEN:
            cell.state = self._held()
            return
        member = self.member(happening)
        if member is None:
            return
        held: Held = cell.state  # type: ignore[assignment]
        inside, number, alone = held.add(member)
        stays = held.before >= self.rule.reaches and not alone
        fires = number >= self.rule.reaches and not (self.rule.fires is Fires.RISING and stays)
        held.before = number
        if not fires:
            return
        counted = inside()
        cell.put(Reached(happening.key, tuple(m.happening for m in counted), self.bearer(happening.fields)))
        if self.rule.fires is Fires.ONCE:
            held.without(counted)
            held.before = 0

    def member(self, happening: Happening) -> Member | None:
        """What *happening* adds; None where it does not count, or does not say how much."""
        different = self.rule.different
        if self.adds is None and not self.depends and not different:
            return Member(happening, 1)
        fields, at = {**happening.fields, "bearer": self.bearer(happening.fields)}, happening.occurred_at
        if self.depends and not self.holds(fields, at):
            return None
        amount = 1 if self.adds is None else self.adds(fields, NOTHING, at)
        if amount is None:
            return None
        return Member(happening, Fraction(amount), tuple([fields.get(name) for name in different]))  # type: ignore[call-overload]


def _at(member: Member) -> datetime:
    return member.at


def _order(member: Member) -> Order:
    return member.happening.order


def _before(at: datetime, span: timedelta) -> datetime:
    """So long before *at*, or as far back as instants reach."""
    return at - span if at - datetime.min.replace(tzinfo=at.tzinfo) > span else datetime.min.replace(tzinfo=at.tzinfo)
