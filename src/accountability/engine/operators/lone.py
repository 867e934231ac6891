"""Duties of a living log: an obligation that is alone under its key stands without a cell, as nearly all do.

It was triggered once and at most one act has come in for it, which discharged it. Whatever else comes in under its key, is taken
back or is asked makes a cell of it, in which it is as `Duties` would have made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from accountability.engine.cell import Cell, Entry, Operator
from accountability.engine.closures import NOTHING
from accountability.engine.derived import Unworded
from accountability.engine.host import Host, Key
from accountability.engine.operators.duties import LATE, MET, OPEN, TOO_LATE, Obligation
from accountability.engine.operators.orderly import InOrder, Owed, Queue
from accountability.engine.outputs import NO_FACTS
from accountability.engine.spans import EVER
from accountability.event import Happening
from accountability.policy.kinds import Duty
from accountability.policy.rule import ACT, TRIGGER
from accountability.workdays import Due, Limit

FEW: Final = 64
Term = tuple[Limit, timedelta | None, Queue]
"""A limit, its length where that is all there is to reckon, and the queue of those that have it."""


class Lone(Owed):
    """An obligation under its *key*, which is *alone* there until it gets a cell."""

    __slots__ = ("alone", "key")

    @property
    def due(self) -> Due:
        return Due(self.last, self.last) if self._due is None else self._due

    def __init__(self, key: Key, trigger: Happening, unit: str | None, limit: Limit | None, last: datetime,
                 due: Due | None) -> None:
        self.key, self.trigger, self.unit, self.limit, self.last, self._due = key, trigger, unit, limit, last, due
        self.alone = True
        self.told = None
        self.facts = NO_FACTS
        self.shown = None
        self._fields = None
        self.act = None
        self.restarted = None


class LoneDuties(InOrder):
    """Duties that ask nothing that may become known later, over events that come in any order."""

    def __init__(self, engine: Host, rule: Duty) -> None:
        super().__init__(engine, rule)
        self.lone: dict[Key, Lone] = {}
        self._queues: dict[timedelta | None, Queue] = {}
        self.latest = EVER
        """No trigger that came in is later."""
        self.takes = {TRIGGER: self._triggered(), ACT: self._acted()}

    @property
    def size(self) -> int:
        return len(self.cells) + len(self.lone)

    def insert(self, role: int, happening: Happening) -> None:
        self._house(self.key_of(role, happening))
        Operator.insert(self, role, happening)

    def remove(self, role: int, happening: Happening) -> None:
        self._house(self.key_of(role, happening))
        super().remove(role, happening)

    def again(self) -> None:
        for key in list(self.lone):
            self._house(key)
        super().again()

    def _house(self, key: Key) -> None:
        """Gives the obligation that is alone under *key*, if one is, a cell."""
        one = self.lone.pop(key, None)
        if one is None:
            return
        one.alone = False
        cell: Cell[Obligation] = Cell(key)
        cell.inputs = inputs_of(one)
        cell.outputs[one.label] = one
        self.cells[key] = cell
        if one.act is None:
            cell.state = one
            if one.told is self.told(OPEN, one.unit):  # the clock may be past its due, and be about to tell so
                self.engine.wake(one.last, self, key, one.label)

    def expire(self, one: Lone) -> None:
        """The clock has passed the due of *one*. What has a cell by now is woken by itself."""
        if one.act is not None or not one.alone:
            return
        before = one.told
        if before is None or before.reported:
            self.tell_missed(one)
            return
        before.number -= 1
        due = one._due
        fact = None if not self.tells_breach else Unworded(self, one, one.last) if due is None else self.breach_of(one)
        self.engine.arise(self, one, self._missed[one.unit], fact)

    def close(self, before: datetime) -> Iterator[Obligation]:
        lone = self.lone
        over = [one for one in lone.values() if one.act is not None and one.act.occurred_at < before]
        for one in over:
            del lone[one.key]
        if over:
            for queue in self._queues.values():
                queue.forget()
        yield from over
        yield from super().close(before)

    def contents(self) -> Iterator[tuple[Key, object, list[Entry]]]:
        for one in self.lone.values():
            yield one.key, None, inputs_of(one)
        yield from super().contents()

    def restore(self, key: Key, base: Any, inputs: list[Entry]) -> None:
        if base is None and [role for _, role, _ in inputs] in ([TRIGGER], [TRIGGER, ACT]):
            for _, role, happening in inputs:
                self.takes[role](happening)
        else:
            super().restore(key, base, inputs)

    def _triggered(self) -> Callable[[Happening], None]:
        rule, engine, lone, cells, single, limited = self.rule, self.engine, self.lone, self.cells, self.plain_key, self.limited
        bearer, amount, queues, opened = self.bearer, self.plain_amount, self._queues, self.alike(OPEN)
        field = rule.bearer.field if not self.clerk.organisation.posts and rule.bearer.unit is None else None
        at_once = self.at_once
        asked = amount and engine.closures.hangs_on(rule.tiers[0].limit)
        by = None if asked is None or len(asked) > 1 else "".join(asked)
        terms: dict[object, Term] = {}

        def term_of(fields: Mapping[str, object], at: datetime) -> Term | None:
            """The term of what has these *fields*; few are in force, and each has very many obligations."""
            limit = amount(fields, NOTHING, at)  # type: ignore[misc]
            if type(limit) is not Limit:
                return None
            found = (limit, limit.span if at_once else None, queues.setdefault(limit.span, Queue(self)))
            if by is not None and len(terms) < FEW:
                terms[fields.get(by)] = found
            return found

        def take(trigger: Happening) -> None:
            fields, at = trigger.fields, trigger.occurred_at
            if limited and not (self.applies(trigger) and self.starts(trigger)):
                return
            key = fields.get(single) if single is not None else self.key_of(TRIGGER, trigger)
            if key in lone or (cells and key in cells):
                self.insert(TRIGGER, trigger)
                return
            unit: Any = fields.get(field) if field is not None else bearer(fields)
            if type(unit) is not str:
                unit = bearer(fields)
            due = queue = None
            if amount is None:
                due, limit = self._reckon({**fields, "bearer": unit}, at)
                if due is None:
                    self.insert(TRIGGER, trigger)  # nothing is owed, by what is known
                    return
                last = due.last
            else:
                term = terms.get(fields.get(by)) if by is not None else None
                if term is None:
                    term = term_of(fields, at)
                if term is None:
                    self.insert(TRIGGER, trigger)
                    return
                limit, span, queue = term
                if span is not None and at.year < LATE:
                    last = at + span
                else:
                    due = rule.reckoning.due(at, limit)
                    last = due.last
            if self.latest < at:
                self.latest = at
            one = lone[key] = Lone(key, trigger, unit, limit, last, due)
            if last < engine.clock:
                engine.tell(self, one, *self.report(one))
                return
            told = opened[unit]
            if told.reported:
                engine.tell(self, one, told)
            else:
                one.told = told
                told.number += 1
            if queue is None:
                queue = queues.setdefault(None, Queue(self))
            waiting = queue.waiting
            if waiting and not last < waiting[-1].last:
                waiting.append(one)
            else:
                queue.add(one)

        return take

    def _acted(self) -> Callable[[Happening], None]:
        engine, lone, single, provided = self.engine, self.lone, self.plain_key, self.provided
        met, late, tells_breach, tells = self.alike(MET), self.alike(TOO_LATE), self.tells_breach, self.tells_discharge

        def take(act: Happening) -> None:
            key = act.fields.get(single) if single is not None else self.key_of(ACT, act)
            one, at = lone.get(key), act.occurred_at
            if one is None or one.act is not None or not (
                    self.latest < at or one.trigger.occurred_at < at or one.trigger.order < act.order) or not (
                    provided is None or self._counts(one, act)):
                self.insert(ACT, act)
                return
            one.act = act
            before, facts = one.told, one.facts
            if tells or before is None or (at > one.last and tells_breach and not facts):
                engine.tell(self, one, *self.report(one))
            elif at > one.last:
                engine.tell(self, one, late[one.unit], facts)  # that it was not done in time was told, and stays so
            elif facts or before.reported or met.reported:
                engine.tell(self, one, met[one.unit])
            else:
                before.number -= 1
                one.told = told = met[one.unit]
                told.number += 1

        return take


def inputs_of(one: Lone) -> list[Entry]:
    """What has come in for *one*, in order."""
    found: list[Entry] = [(one.trigger.order, TRIGGER, one.trigger)]
    return found if one.act is None else [*found, (one.act.order, ACT, one.act)]
