"""Duties over events that come in order and never again: what is over is counted and forgotten, and nothing is folded twice.

Only the way is another one; what counts, by when, and what is told of it are those of `Duties`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from accountability.engine.closures import NOTHING, Amount, Fields
from accountability.engine.host import Host, Key
from accountability.engine.operators.duties import LATE, MISSED, OPEN, Duties, Obligation
from accountability.engine.outputs import NO_FACTS
from accountability.event import Happening
from accountability.policy.expression import FieldRef, walk
from accountability.policy.kinds import Duty
from accountability.policy.kinds.duty import Again
from accountability.policy.rule import ACT, TRIGGER
from accountability.workdays import Due, Limit

MOST_PAST: Final = 256
"""So many of a queue may be past before they are let go."""


class Owed(Obligation):
    """An obligation that makes what only a breach needs when it is asked for."""

    __slots__ = ("_fields",)

    def __init__(self, trigger: Happening, unit: str | None, limit: Limit | None, last: datetime, due: Due | None) -> None:
        self.trigger, self.unit, self.limit, self.last, self._due = trigger, unit, limit, last, due
        self.told = None
        self.facts = NO_FACTS
        self.shown = None
        self._fields: Fields | None = None
        self.act = None
        self.restarted = None

    @property
    def label(self) -> str:
        return self.trigger.key

    @property
    def due(self) -> Due:
        if self._due is None:
            self._due = Due(self.last, self.last)
        return self._due

    @property
    def fields(self) -> Fields:
        if self._fields is None:
            self._fields = {**self.trigger.fields, "bearer": self.unit}
        return self._fields

    @property
    def over(self) -> bool:
        """Whether its due can no longer change it."""
        return self.act is not None or self.restarted is not None


class Queue:
    """Obligations of one limit, which fall due in the order in which they arise: only the first waits in the engine's heap.

    Of those *waiting*, if there are any, the ones before *first* have fallen due.
    """

    __slots__ = ("first", "operator", "waiting")

    def __init__(self, operator: InOrder) -> None:
        self.operator = operator
        self.waiting: list[Owed] = []
        self.first = 0

    def add(self, obligation: Owed) -> None:
        """Puts *obligation* where its due finds it."""
        waiting = self.waiting
        if not waiting:
            self.operator.engine.wake(obligation.last, self, None, "")
        elif obligation.last < waiting[-1].last:
            self.operator.engine.wake(obligation.last, Queue.of(obligation, self.operator), None, "")
            return
        waiting.append(obligation)

    @classmethod
    def of(cls, obligation: Owed, operator: InOrder) -> Queue:
        """A queue of one, for a due that comes before others of its limit, as where clocks are changed."""
        made = cls(operator)
        made.waiting.append(obligation)
        return made

    def forget(self) -> None:
        """Lets go of those that are over, but for the first, for which the engine is asked to wake."""
        left = self.waiting[self.first:]
        self.waiting, self.first = [*left[:1], *(one for one in left[1:] if not one.over)], 0

    def due(self, key: Key, label: str) -> None:
        """The first has fallen due. Those after it that are over are passed by."""
        waiting, first = self.waiting, self.first
        self.operator.expire(waiting[first])
        first += 1
        while first < len(waiting) and (waiting[first].act is not None or waiting[first].restarted is not None):
            first += 1
        if first == len(waiting) or (first > MOST_PAST and 8 * first > len(waiting)):
            del waiting[:first]
            first = 0
        self.first = first
        if first < len(waiting):
            self.operator.engine.wake(waiting[first].last, self, None, "")


class InOrder(Duties):
    """What both ways have in common."""

    takes: Mapping[int, Callable[[Happening], None]]
    """What takes in the things that come under each role."""

    @abstractmethod
    def expire(self, one: Any) -> None:
        """The clock has passed the due of *one*."""

    def __init__(self, engine: Host, rule: Duty) -> None:
        super().__init__(engine, rule)
        # A discharge by several fields of which one is the bearer of the trigger is rare, and left to `key_of`.
        self.plain_key = None if self.by_bearer else self.single
        self.plain_amount = self._plain_amount()
        self._missed = self.alike(MISSED)

    def insert(self, role: int, happening: Happening) -> None:
        self.takes[role](happening)

    def taker(self, role: int) -> Callable[[Happening], None]:
        return self.takes[role]

    def _plain_amount(self) -> Amount | None:
        """The limit, where it is one for all triggers or a table of it, and asks nobody but the trigger; else None."""
        if len(self.rule.tiers) != 1 or self.carried is not None or self.overlays:
            return None
        tier = self.rule.tiers[0]
        asks = any(isinstance(part, FieldRef) and part.name == "bearer" for part in walk(tier.limit))
        return None if asks or tier.where is not None else self.tiers[0][1]

    def tell_missed(self, one: Owed) -> None:
        """Tells of *one* that its due has passed."""
        self.engine.tell(self, one, self._missed[one.unit], self.breach_of(one) if self.tells_breach else NO_FACTS)


class OrderlyDuties(InOrder):
    """Of the obligations, those that are not discharged are known by their key, and the others by nobody, unless reported."""

    def __init__(self, engine: Host, rule: Duty) -> None:
        super().__init__(engine, rule)
        self.owed: dict[Key, list[Owed]] = {}
        self.takes = {TRIGGER: self._triggered(), ACT: self._acted()}

    def expire(self, one: Owed) -> None:
        if not one.over:
            self.tell_missed(one)

    def _triggered(self) -> Callable[[Happening], None]:
        rule, engine, owed, single, limited = self.rule, self.engine, self.owed, self.plain_key, self.limited
        bearer, amount, queues = self.bearer, self.plain_amount, dict[timedelta | None, Queue]()
        ignore, restart = rule.again is Again.IGNORE, rule.again is Again.RESTART
        field = rule.bearer.field if not self.clerk.organisation.posts and rule.bearer.unit is None else None
        at_once = self.at_once
        opened = self.alike(OPEN)

        def take(trigger: Happening) -> None:
            if limited and not (self.applies(trigger) and self.starts(trigger)):
                return
            fields, at = trigger.fields, trigger.occurred_at
            key = fields.get(single) if single is not None else self.key_of(TRIGGER, trigger)
            earlier = owed.get(key)
            if ignore and earlier is not None:
                return
            unit = fields.get(field) if field is not None else bearer(fields)
            if type(unit) is not str:
                unit = bearer(fields)
            due = None
            if amount is None:
                due, limit = self._reckon({**fields, "bearer": unit}, at)
                if due is None:
                    return
                last = due.last
            else:
                limit = amount(fields, NOTHING, at)  # type: ignore[assignment]
                if type(limit) is not Limit:
                    return
                if at_once and limit.span is not None and at.year < LATE:
                    last = at + limit.span
                else:
                    due = rule.reckoning.due(at, limit)
                    last = due.last
            if restart and earlier is not None:
                for one in owed.pop(key):
                    one.restarted = at
                    engine.tell(self, one, *self.report(one))
                earlier = None
            obligation = Owed(trigger, unit, limit, last, due)
            if earlier is None:
                owed[key] = [obligation]
            else:
                earlier.append(obligation)
            if last < engine.clock:
                engine.tell(self, obligation, *self.report(obligation))
                return
            told = opened[unit]
            if told.reported:
                engine.tell(self, obligation, told)
            else:
                obligation.told = told
                told.number += 1
            span = None if limit is None else limit.span
            queue = queues.get(span)
            if queue is None:
                queue = queues[span] = Queue(self)
            waiting = queue.waiting
            if waiting and not last < waiting[-1].last:
                waiting.append(obligation)
            else:
                queue.add(obligation)

        return take

    def _acted(self) -> Callable[[Happening], None]:
        engine, owed, single, provided = self.engine, self.owed, self.plain_key, self.provided

        def take(act: Happening) -> None:
            key = act.fields.get(single) if single is not None else self.key_of(ACT, act)
            waiting = owed.get(key)
            if waiting is None:
                return
            left = []
            for one in waiting:
                after = one.trigger.occurred_at < act.occurred_at or one.trigger.order < act.order
                if not after or not (provided is None or self._counts(one, act)):
                    left.append(one)
                    continue
                one.act = act
                engine.tell(self, one, *self.report(one))
            if left:
                owed[key] = left
            else:
                del owed[key]

        return take
