"""Thresholds of a living log over members that come in order, as nearly all do: a run of them stands without a cell.

What comes late, is taken back or is asked makes a cell of its key, in which all is as `Thresholds` would have made it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from accountability.conclusion import day_of
from accountability.engine.cell import Cell, Entry
from accountability.engine.derived import Unworded
from accountability.engine.host import Host, Key
from accountability.engine.operators.thresholds import Carried, Reached, Thresholds
from accountability.engine.outputs import NO_FACTS
from accountability.engine.questions import asks_organisation, contexts_of, moments_in
from accountability.engine.spans import EVER
from accountability.event import Happening
from accountability.policy.kinds import Threshold
from accountability.policy.kinds.threshold import Fires
from accountability.policy.rule import TRIGGER, WindowKind
from accountability.workdays import local_midnight, period_of

instant = attrgetter("occurred_at")


class Run:
    """The *members* of one *key* in order, and what they *reached*. Those from place *first* on counted with the last one; *before*
    is their number. The first *closed* of them lie before the horizon, at the last of which *base* counted.

    Of a calendar window *day* is that of the last member that was looked up in the calendar, and *after* the first day behind its
    period, in UTC the instant *until*: what has no day of its own and comes before that belongs to it.
    """

    __slots__ = ("after", "base", "before", "closed", "day", "first", "key", "members", "reached", "until")

    def __init__(self, key: Key, carried: Carried | None = None) -> None:
        self.key = key
        self.members: list[Happening] = [] if carried is None else list(carried.members)
        self.reached: list[InRun] = []
        self.first, self.closed = 0, len(self.members)
        self.before = self.base = 0 if carried is None else carried.before
        self.day = self.after = date.min
        self.until = EVER


class InRun(Reached):
    """The number was reached in a run. Its label is made when somebody asks."""

    __slots__ = ("key",)

    def __init__(self, key: Key, members: Sequence[Happening], unit: str | None) -> None:
        self.key, self.members, self.unit = key, members, unit
        self.told = self.shown = None
        self.facts = NO_FACTS

    @property
    def label(self) -> str:
        return self.members[-1].key


def thresholds(engine: Host, rule: Threshold) -> Thresholds:
    """The operator of *rule*, which is plain: one with runs in a living log, where it asks nothing that may become known later and
    the window is found without a calendar, or is a period of it."""
    exact = rule.window.kind is WindowKind.CALENDAR
    made = Thresholds(engine, rule)
    if made.sure is not None:
        exact = made.sure[0] == made.sure[1]
    asks = contexts_of(rule.questions()) or moments_in(rule.questions()) or asks_organisation(rule.questions())
    later = asks or any(rule.periods()) or any(spec.event for spec in rule.lookups())
    if not engine.keeps or not exact or later or rule.fires is Fires.ONCE:
        return made
    return Runs(engine, rule)


class Runs(Thresholds):
    """So many members of one key in a window give a finding, where the members come in order."""

    def __init__(self, engine: Host, rule: Threshold) -> None:
        super().__init__(engine, rule)
        self.runs: dict[Key, Run] = {}
        self.take = self._taker()

    def taker(self, role: int) -> Callable[[Happening], None]:
        return self.take

    def _taker(self) -> Callable[[Happening], None]:
        runs, cells, single, limited, reaches = self.runs, self.cells, self.single, self.limited, self.rule.reaches
        housed = super().taker(TRIGGER)
        rising, included, bearer, engine = self.rule.fires is Fires.RISING, self.rule.window.edge_included, self.bearer, self.engine
        span = None if self.sure is None else self.sure[0]
        alike, tells = self.alike(self.rule.status), self.tells
        owes = single is not None and self.rule.bearer.field == single and not self.clerk.organisation.posts

        def take(member: Happening) -> None:
            if limited and not (self.applies(member) and self.starts(member)):
                return
            at = member.occurred_at
            key = member.get(single) if single is not None else self.key_of(TRIGGER, member)
            run = runs.get(key)
            if run is None:
                if key in cells:
                    housed(member)
                    return
                run = runs[key] = Run(key)
            members = run.members
            if members:
                last = members[-1]
                if not last.occurred_at < at and not last.order < member.order:
                    self.insert(TRIGGER, member)
                    return
            day = member.day if type(member) is Unworded else getattr(member, "day", None)
            if span is None:
                if (day is not None or at >= run.until) and not self._dated(run, member, day):
                    self.insert(TRIGGER, member)
                    return
                members.append(member)
                first = run.first
            else:
                members.append(member)
                first, edge = run.first, at - span
                while members[first].occurred_at < edge or (not included and members[first].occurred_at == edge):
                    first += 1
                run.first = first
            number = len(members) - first
            if number >= reaches and not (rising and run.before >= reaches and number > 1):
                one = InRun(key, members[first:], key if owes and type(key) is str else bearer(member.fields))
                run.reached.append(one)
                engine.arise(self, one, alike[one.unit], Unworded(self, one, at, day) if tells else None)
            run.before = number

        return take

    def _dated(self, run: Run, member: Happening, day: date | None) -> bool:
        """Brings *run* to the calendar period of *member*, which comes next; False where its day lies before that of the last."""
        zone = self.rule.zone
        if day is None:
            day = member.occurred_at.date() if self.in_utc else day_of(member, zone)
        if day < run.day:
            return False
        run.day = day
        if day >= run.after:
            period = period_of(day, self.rule.window.period)
            run.after, run.until = period.after, local_midnight(period.after, zone) if self.in_utc else EVER
            members, first = run.members, run.first
            while first < len(members) and day_of(members[first], zone) < period.first:
                first += 1
            run.first = first
        return True

    def peek(self, output: Reached, name: str) -> object:
        return output.key if name == self.single and type(output) is InRun else super().peek(output, name)

    @property
    def size(self) -> int:
        return len(self.cells) + len(self.runs)

    def insert(self, role: int, happening: Happening) -> None:
        self._house(self.key_of(role, happening))
        super().insert(role, happening)

    def remove(self, role: int, happening: Happening) -> None:
        self._house(self.key_of(role, happening))
        super().remove(role, happening)

    def again(self) -> None:
        for key in list(self.runs):
            self._house(key)
        super().again()

    def _house(self, key: Key) -> None:
        """Gives the run of *key*, if there is one, a cell."""
        run = self.runs.pop(key, None)
        if run is None:
            return
        cell: Cell[Reached] = Cell(key, self._carried(run))
        cell.inputs = inputs_of(run)
        cell.outputs.update({one.label: one for one in run.reached})
        cell.state = self.standing(cell, len(cell.inputs))
        self.cells[key] = cell

    def _carried(self, run: Run) -> Carried | None:
        return Carried(tuple(run.members[:run.closed]), run.base) if run.closed else None

    def close(self, before: datetime) -> Iterator[Reached]:
        self.expired = self._expiring(before)
        for run in list(self.runs.values()):
            yield from self._close(run, before)
        yield from super().close(before)

    def _close(self, run: Run, before: datetime) -> list[InRun]:
        """Lets go of what *run* reached before an instant, and of the members that can count with nothing from then on."""
        members, closed = run.members, bisect_left(run.members, before, key=instant)
        if closed > run.closed:
            run.closed = closed
            if self.rule.fires is Fires.RISING:
                run.base = self._number(members[:closed])
        over = bisect_left(run.reached, before, key=lambda one: one.members[-1].occurred_at)
        gone, run.reached = run.reached[:over], run.reached[over:]
        expired = 0
        while expired < closed and self.expired(members[expired]):
            expired += 1
        if expired:
            del members[:expired]
            run.closed, run.first = closed - expired, max(0, run.first - expired)
        if not members:
            del self.runs[run.key]
        return gone

    def _number(self, members: list[Happening]) -> int:
        """How many of *members* count at the last of them."""
        then: Cell[Reached] = Cell(None, Carried(tuple(members[:-1])))
        return self._folded(then, then.base, [(members[-1].order, TRIGGER, members[-1])]).before  # type: ignore[return-value]

    def contents(self) -> Iterator[tuple[Key, Any, list[Entry]]]:
        for run in self.runs.values():
            carried = self._carried(run)
            yield run.key, None if carried is None else [carried.before, *carried.members], inputs_of(run)
        yield from super().contents()

    def restore(self, key: Key, base: Any, inputs: list[Entry]) -> None:
        self.runs[key] = Run(key, base)
        for _, _, member in inputs:
            self.take(member)


def inputs_of(run: Run) -> list[Entry]:
    """What has come in for *run* and is not closed, in order."""
    return [(member.order, TRIGGER, member) for member in run.members[run.closed:]]
