"""Duties over events that come in order and never again, of which nobody is told who meets them: nearly all of a replay.

What is open is a plain tuple, and what was met a number. Only what its due finds still open becomes an obligation of its own. The
way is another one than that of `Duties`; what counts, by when, and what is told of it are the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from accountability.conclusion import Status
from accountability.engine.closures import NOTHING
from accountability.engine.host import Host, Key
from accountability.engine.operators.duties import LATE, Duties
from accountability.engine.operators.lone import LoneDuties
from accountability.engine.operators.orderly import InOrder, OrderlyDuties, Owed
from accountability.engine.questions import asks_organisation, contexts_of, moments_in
from accountability.event import Happening
from accountability.policy.kinds import Duty
from accountability.policy.kinds.duty import Again
from accountability.policy.rule import ACT, TRIGGER, Made, Trigger
from accountability.workdays import Due, Limit


def duties(engine: Host, rule: Duty) -> Duties:
    """The operator of *rule*: an orderly one where nothing that it was told can become otherwise; one of a living log that asks
    nothing which may become known later keeps what is alone without cells."""
    settled = not contexts_of(rule.questions()) and not any(period.event for period in rule.periods())
    in_order = all(trigger.made is Made.EVENT for trigger in rule.waits_for())
    if not settled or rule.even_before is not None:
        return Duties(engine, rule)
    if engine.keeps:
        # What the organisation is known to be later, or what is looked up, is asked of cells.
        later = asks_organisation(rule.questions()) or moments_in(rule.questions()) or any(s.event for s in rule.lookups())
        return Duties(engine, rule) if later else LoneDuties(engine, rule)
    if not in_order:
        return Duties(engine, rule)
    told = rule.report_all or engine.report_all or engine.is_awaited(Trigger(Made.DISCHARGE, rule.name))
    return OrderlyDuties(engine, rule) if told else QuietDuties(engine, rule)


Open = tuple[datetime, Key, Happening, str | None, Limit | None, Due | None]
"""One that is neither met nor past its due: the last allowed instant, its key, its trigger, who owes, and how it was reckoned."""
Counted = tuple[tuple[str, str | None, Status], int]


class Line:
    """Open obligations in the order in which they fall due. Only the first of them waits in the engine's heap."""

    __slots__ = ("operator", "waiting")

    def __init__(self, operator: QuietDuties) -> None:
        self.operator = operator
        self.waiting: deque[Open] = deque()

    def due(self, key: Key, label: str) -> None:
        """The first has fallen due. Those after it that are met by now are passed by."""
        waiting, owed = self.waiting, self.operator.owed
        self.operator.expire(waiting.popleft())
        while waiting:
            first = waiting[0]
            held = owed.get(first[1])
            if held is not None and (type(held) is list or held[2] is first[2]):
                self.operator.engine.wake(first[0], self, None, "")
                return
            waiting.popleft()


class QuietDuties(InOrder):
    """*owed* holds what is open by its key, one or a list of several; *late* what is past its due and may still be done."""

    def __init__(self, engine: Host, rule: Duty) -> None:
        super().__init__(engine, rule)
        self.owed: dict[Key, Open | list[Open]] = {}
        self.late: dict[Key, list[Owed]] = {}
        self.met: dict[str | None, int] = defaultdict(int)
        self.void: dict[str | None, int] = defaultdict(int)
        self.takes = {TRIGGER: self._triggered(), ACT: self._acted()}

    def counts(self) -> Iterator[Counted]:
        yield from super().counts()
        opened = Counter(one[3] for held in self.owed.values() for one in _each(held))
        for status, by_unit in ((Status.MET, self.met), (Status.VOID, self.void), (Status.OPEN, opened)):
            for unit, number in by_unit.items():
                yield (self.rule.name, unit, status), number

    def expire(self, one: Open) -> None:
        """The clock has passed the due of *one*, which is missed if it is still open."""
        last, key, trigger, unit, limit, due = one
        held = self.owed.get(key)
        if type(held) is tuple and held[2] is trigger:
            del self.owed[key]
        elif type(held) is list and any(other[2] is trigger for other in held):
            self.owed[key] = [other for other in held if other[2] is not trigger]
            if not self.owed[key]:
                del self.owed[key]
        else:
            return
        self._miss(key, Owed(trigger, unit, limit, last, due))

    def _miss(self, key: Key, missed: Owed) -> None:
        self.late.setdefault(key, []).append(missed)
        self.tell_missed(missed)

    def _triggered(self) -> Callable[[Happening], None]:
        rule, engine, owed, single, limited = self.rule, self.engine, self.owed, self.plain_key, self.limited
        bearer, amount, lines = self.bearer, self.plain_amount, dict[timedelta | None, Line]()
        again = rule.again is not Again.NEW
        field = rule.bearer.field if not self.clerk.organisation.posts and rule.bearer.unit is None else None
        at_once = self.at_once

        def take(trigger: Happening) -> None:
            if limited and not (self.applies(trigger) and self.starts(trigger)):
                return
            fields, at = trigger.fields, trigger.occurred_at
            key = fields.get(single) if single is not None else self.key_of(TRIGGER, trigger)
            unit = fields.get(field) if field is not None else bearer(fields)
            if type(unit) is not str:
                unit = bearer(fields)
            due = span = None
            if amount is None:
                due, limit = self._reckon({**fields, "bearer": unit}, at)
                if due is None:
                    return
                last = due.last
            else:
                limit = amount(fields, NOTHING, at)  # type: ignore[assignment]
                if type(limit) is not Limit:
                    return
                span = limit.span
                if at_once and span is not None and at.year < LATE:
                    last = at + span
                else:
                    due = rule.reckoning.due(at, limit)
                    last = due.last
            if again and not self._begins(key, at):
                return
            if last < engine.clock:
                self._miss(key, Owed(trigger, unit, limit, last, due))
                return
            one = (last, key, trigger, unit, limit, due)
            held = owed.get(key)
            if held is None:
                owed[key] = one
            elif type(held) is list:
                held.append(one)
            else:
                owed[key] = [held, one]  # type: ignore[list-item]
            line = lines.get(span)
            if line is None:
                line = lines[span] = Line(self)
            waiting = line.waiting
            if waiting:
                if not last < waiting[-1][0]:
                    waiting.append(one)
                    return
                # A due that comes before others of its limit, as where clocks are changed, stands in a line of its own.
                line = Line(self)
                waiting = line.waiting
            waiting.append(one)
            engine.wake(last, line, None, "")

        return take

    def _begins(self, key: Key, at: datetime) -> bool:
        """Whether a trigger at *at* starts an obligation, if there may be one of its *key*; what it restarts is void."""
        earlier, missed = self.owed.get(key), self.late.get(key)
        if self.rule.again is Again.IGNORE:
            return earlier is None and missed is None
        if earlier is not None:
            for one in _each(self.owed.pop(key)):
                self.void[one[3]] += 1
        # What was overdue when it was restarted stays so, and no act is late for it any more.
        self.late.pop(key, None)
        return True

    def _acted(self) -> Callable[[Happening], None]:
        owed, late, single, provided, met = self.owed, self.late, self.plain_key, self.provided, self.met

        def take(act: Happening) -> None:
            key = act.fields.get(single) if single is not None else self.key_of(ACT, act)
            held = owed.pop(key, None)
            if held is not None:
                if type(held) is tuple and held[2] is not act and provided is None:
                    met[held[3]] += 1
                else:
                    self._discharge(key, held, act)
            if late and key in late:
                self._late(key, act)

        return take

    def meets(self, trigger: Happening, unit: str | None, act: Happening) -> bool:
        """Whether *act*, of the same key, discharges what *unit* owes since *trigger*; nothing does what it is itself."""
        if trigger is act:
            return False
        return self.provided is None or bool(self.provided({**trigger.fields, "bearer": unit}, act.fields, trigger.occurred_at))

    def _discharge(self, key: Key, held: Open | list[Open], act: Happening) -> None:
        """Those of *held* that *act* meets are met; the rest is owed on."""
        left = []
        for one in _each(held):
            if not self.meets(one[2], one[3], act):
                left.append(one)
            else:
                self.met[one[3]] += 1
        if left:
            self.owed[key] = left

    def _late(self, key: Key, act: Happening) -> None:
        """What *act* does too late is done; its breach stands as it was told."""
        left = []
        for one in self.late.pop(key):
            if not self.meets(one.trigger, one.unit, act):
                left.append(one)
                continue
            one.act = act
            self.engine.tell(self, one, self.told(Status.LATE, one.unit), one.facts)
        if left:
            self.late[key] = left


def _each(held: Open | list[Open]) -> list[Open]:
    return held if isinstance(held, list) else [held]
