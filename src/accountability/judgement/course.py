"""The course of an obligation on whose way something may happen: pauses, an extension, acceptance, redo, an end without discharge.

A right (`may`) takes the same course; used too late it is refused, and not used at all it lapses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from accountability.conclusion import Conclusion, Fact, Status
from accountability.event import Happening, Order, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, triggers_in
from accountability.judgement.clock import Clock, Standstill
from accountability.policy.kinds.duty import Again, Duty
from accountability.policy.kinds.turns import Event, Pause, Turn
from accountability.policy.rule import ACT, TRIGGER, Made
from accountability.workdays import Due, Limit, due_at, local_midnight, window_start
from accountability.workdays.localtime import MICROSECOND
from accountability.workdays.moving import stands_until

OF_ACTS = (Turn.ACCEPTED, Turn.REDO)
"""What happens to an act, and with it before the trigger where the act may come before it."""


def course(rule: Duty, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """What becomes of every obligation of one key."""
    courses: list[Course] = []
    for trigger, unit, fields in triggers_in(rule, world, inputs):
        one = Course.begin(rule, world, trigger, unit, fields)
        if one is None:
            continue
        undischarged = [c for c in courses if c.run(inputs, before=trigger.order).owed]
        if rule.again is Again.IGNORE and undischarged:
            continue
        if rule.again is Again.RESTART:
            for earlier in undischarged:
                earlier.restarted = trigger
        courses.append(one)
    for one in courses:
        yield one.run(inputs).outcome()


def due_of(rule: Duty, fields: Mapping[str, object], at: datetime, world: World) -> tuple[Due | None, Limit | None]:
    """The due of an obligation and its limit; no due, no obligation. The tier is chosen, and the limit read, at the trigger."""
    if rule.due is not None:
        carried = world.value(rule.due, fields, at)
        return (due_at(carried), None) if isinstance(carried, datetime) else (None, None)
    tiers = rule.tiers
    for overlay in rule.overlays:
        if any(since <= at < until for since, until in world.spans(overlay.period)):
            tiers = overlay.tiers
            break
    tier = next((t for t in tiers if world.holds(t.where, fields, at)), None)
    limit = world.value(tier.limit, fields, at) if tier else None
    return (rule.reckoning.due(at, limit), limit) if isinstance(limit, Limit) else (None, None)


def amount_of(rule: Duty, fields: Mapping[str, object], at: datetime, world: World) -> Fraction | None:
    """What is owed, a number, within its bounds; None where nothing is, or where the event does not tell."""
    amount = rule.turns.amount
    if amount is None:
        return None
    found, low, high = (None if e is None else world.value(e, fields, at) for e in (amount.of, amount.at_least, amount.at_most))
    if not isinstance(found, (int, Decimal, Fraction)):
        return None
    value = Fraction(found)
    if isinstance(low, (int, Decimal, Fraction)):
        value = max(value, Fraction(low))
    return min(value, Fraction(high)) if isinstance(high, (int, Decimal, Fraction)) else value


@attrs.define
class Course:
    """One obligation on its way. `run` walks through what came in, in order."""

    rule: Duty
    world: World
    trigger: Happening
    unit: str | None
    fields: Mapping[str, object]
    due: Due
    limit: Limit | None
    restarted: Happening | None = None
    clocks: list[Clock] = attrs.Factory(list)
    """The limit of its own, and that of every redo; the one that runs out last decides."""
    done: Happening | None = None
    pending: list[Happening] = attrs.Factory(list)
    open_pauses: dict[int, Standstill] = attrs.Factory(dict)
    paused: list[tuple[datetime, datetime]] = attrs.Factory(list)
    over: dict[int, datetime] = attrs.Factory(dict)
    """When open pauses ended after it was done, which matters only if it is sent back."""
    voided: Happening | None = None
    redone: int = 0
    note: str | None = None

    @classmethod
    def begin(cls, rule: Duty, world: World, trigger: Happening, unit: str | None, fields: Mapping[str, object]) -> Course | None:
        """The obligation that *trigger* opens, if it has a due."""
        owed = amount_of(rule, fields, trigger.occurred_at, world)
        if owed is not None:
            fields = {**fields, "owed": owed}
        due, limit = due_of(rule, fields, trigger.occurred_at, world)
        return None if due is None else cls(rule, world, trigger, unit, fields, due, limit)

    @property
    def owed(self) -> bool:
        """Whether it is still to be discharged."""
        return self.done is None and self.voided is None and self.restarted is None

    def run(self, inputs: Inputs, before: Order | None = None) -> Course:
        """Where it stands after *inputs*, or those *before* an instant. The course itself is not changed."""
        own = Clock(self.trigger.occurred_at, self.limit, self.due.last if self.limit is None else None)
        at = attrs.evolve(self, pending=[], open_pauses={}, paused=[], over={}, clocks=[own])
        for order, role, happening in inputs:
            if before is not None and order >= before:
                break
            if self.restarted is not None and order >= self.restarted.order:
                break
            at.expire(happening.occurred_at)
            if role == ACT and order != self.trigger.order and at.in_reach(order, happening):
                at.act(happening)
            elif role not in (TRIGGER, ACT) and (order > self.trigger.order or role in OF_ACTS) and at.voided is None:
                at.turn(role, happening)
        others = (before[0] if before else None, self.restarted.occurred_at if self.restarted else None)
        at.expire(min([self.world.clock, *(o for o in others if o is not None)]))
        return at

    def expire(self, now: datetime) -> None:
        """Ends the pauses whose bound has come by *now*, in the order in which it came."""
        if self.open_pauses and self.done is None and self.voided is None:
            bounds = sorted((p.until, n) for n, p in self.open_pauses.items() if p.until is not None)
            for until, number in [b for b in bounds if b[0] <= now]:
                self.go_on(number, until)

    def go_on(self, number: int, stood: datetime) -> None:
        """The pause of that *number* is over: the clock, which *stood* still until an instant, goes on or starts anew then."""
        self.paused.append((self.open_pauses.pop(number).since, stood))
        if self.rule.turns.pauses[number].restarts:
            clock, by = self.running(), self.rule.reckoning
            anew = Clock(stood, clock.limit)
            # Whoever had more time left, by an extension, keeps it.
            if clock.limit is not None and anew.due(by, self.paused).last >= clock.due(by, self.paused).last:
                clock.since, clock.extended = stood, []

    def in_reach(self, order: Order, act: Happening) -> bool:
        """Whether *act* comes after the trigger, or not longer before it than the rule allows."""
        if order > self.trigger.order:
            return True
        before = self.rule.even_before
        return before is not None and act.occurred_at >= window_start(self.trigger.occurred_at, before, self.world.policy.zone)

    def running(self) -> Clock:
        """The clock that decides."""
        return max(self.clocks, key=lambda clock: clock.due(self.rule.reckoning, self.paused).last)

    def now_due(self) -> Due | None:
        """The due by what is known so far; None while the clock stands still."""
        return None if self.open_pauses else self.running().due(self.rule.reckoning, self.paused)

    def in_time(self, at: datetime) -> bool:
        """Whether the due, by what is known so far, has not passed at *at*."""
        due = self.now_due()
        return due is None or at <= due.last

    def counts(self, event: Event | None, happening: Happening) -> bool:
        provided = event.provided if event is not None else None
        return self.world.holds(provided, self.fields, self.trigger.occurred_at, happening.fields)

    def act(self, act: Happening) -> None:
        """Takes in what may discharge it: at once, or, where it must be accepted, once it is."""
        over = self.done is not None or self.voided is not None
        if over or not self.world.holds(self.rule.provided, self.fields, self.trigger.occurred_at, act.fields):
            return
        if self.rule.turns.accepted is None:
            self.done = act
        else:
            self.pending.append(act)

    def turn(self, role: int, happening: Happening) -> None:
        """Takes in what happens to it on its way."""
        turns = self.rule.turns
        if role == Turn.REDO and turns.redo is not None and self.counts(turns.redo.by, happening):
            self.redo(happening)
        elif role == Turn.ACCEPTED and self.counts(turns.accepted, happening):
            act = self.meant(turns.accepted, happening)
            if act is not None and (self.done is None or act.order < self.done.order):
                self.done = act
        elif role >= Turn.PAUSE:
            self.pause(*divmod(role - Turn.PAUSE, 2), happening)
        elif role == Turn.VOID and self.counts(turns.void, happening):
            self.voided = happening
        elif self.done is None and role == Turn.EXTENSION and turns.extension is not None and (
                self.counts(turns.extension.by, happening)):
            self.extend(happening)

    def pause(self, number: int, ends: int, happening: Happening) -> None:
        """Takes in what begins the pause of that *number*, while the clock runs, or *ends* it."""
        if ends:
            self.resume(number, happening.occurred_at)
            return
        pause = self.rule.turns.pauses[number]
        if self.done is None and self.counts(pause.since, happening) and self.in_time(happening.occurred_at):
            until = self.bound(pause, happening)
            earlier = self.open_pauses.get(number)
            self.open_pauses[number] = Standstill(happening.occurred_at, until) if earlier is None else earlier.with_bound(until)

    def resume(self, number: int, at: datetime) -> None:
        """Takes in what ends the pause of that *number*."""
        if number not in self.open_pauses:
            return
        stood = self.day_after(at) if self.rule.turns.pauses[number].with_last_day else at
        stood = min(stood, self.open_pauses[number].until or stood)
        if self.done is None:
            self.go_on(number, stood)
        else:
            self.over.setdefault(number, stood)

    def catch_up(self, now: datetime) -> None:
        """Ends, as of when they were over, the pauses that ended while it was done."""
        for number, pause in self.open_pauses.items():
            if pause.until is not None and pause.until <= now:
                self.over[number] = min(self.over.get(number, now), pause.until)
        for stood, number in sorted((stood, number) for number, stood in self.over.items()):
            self.go_on(number, stood)
        self.over = {}

    def bound(self, pause: Pause, happening: Happening) -> datetime | None:
        """When *pause*, which *happening* begins, ends by itself."""
        if pause.at_most is None:
            return None
        most = self.world.value(pause.at_most, self.fields, self.trigger.occurred_at, happening.fields)
        at = happening.occurred_at
        return max(at, stands_until(at, most, self.rule.reckoning)) if isinstance(most, Limit) else None  # no days: over at once

    def day_after(self, at: datetime) -> datetime:
        """When the local day of *at* is over."""
        zone = self.rule.reckoning.zone
        return local_midnight(at.astimezone(zone).date() + timedelta(days=1), zone)

    def meant(self, event: Event | None, happening: Happening) -> Happening | None:
        """The act that an acceptance or return is about: by its fields, else the last one."""
        same = event.same if event is not None else ()
        acts = self.pending if self.done is None else [*self.pending, self.done]
        return next((a for a in reversed(acts) if all(a.fields.get(n) == happening.fields.get(n) for n in same)), None)

    def redo(self, happening: Happening) -> None:
        """What was done is sent back: owed again, by the later of its due and the redo's. What was late stays late."""
        redo = self.rule.turns.redo
        assert redo is not None
        act = self.meant(redo.by, happening)
        if act is None:
            return
        limit = self.world.value(redo.within, self.fields, self.trigger.occurred_at, happening.fields)
        in_time = self.in_time(act.occurred_at)
        self.pending = [p for p in self.pending if p.order > act.order or (redo.by.same and p is not act)]
        if self.done is act:
            self.done = None
            self.catch_up(happening.occurred_at)
        self.redone += 1
        if in_time and isinstance(limit, Limit):
            self.clocks.append(Clock(happening.occurred_at, limit))

    def extend(self, happening: Happening) -> None:
        """More time for the clock that runs, if it was granted before that ran out, and not too often."""
        extension = self.rule.turns.extension
        assert extension is not None
        at = self.trigger.occurred_at
        tier = next((t for t in extension.tiers if self.world.holds(t.where, self.fields, at, happening.fields)), None)
        limit = self.world.value(tier.limit, self.fields, at, happening.fields) if tier else None
        clock = self.running()
        if not isinstance(limit, Limit) or (clock.limit is not None and (limit.span is None) is not (clock.limit.span is None)):
            return
        if not self.in_time(happening.occurred_at):
            self.note = "an extension came after the due and has no effect"
        elif len(clock.extended) >= extension.at_most:
            self.note = "an extension came too often and has no effect"
        elif not clock.bears(limit, self.rule.reckoning, self.paused):
            self.note = "an extension leads beyond all time and has no effect"
        else:
            clock.extended.append(limit)

    def status(self, due: Due | None) -> Status:
        """Where it stands at the clock."""
        last = None if due is None else due.last
        overdue = last is not None and self.world.clock > last
        if self.done is not None:
            late = last is not None and self.done.occurred_at > last
            return (Status.REFUSED if self.rule.right else Status.LATE) if late else Status.MET
        ended = self.voided or self.restarted
        handed_in = bool(self.pending) and (last is None or self.pending[0].occurred_at <= last)
        if ended is not None and (last is None or ended.occurred_at <= last or handed_in):
            return Status.VOID
        if handed_in:
            return Status.CONDITIONAL
        if overdue:
            return Status.LAPSED if self.rule.right else Status.MISSED
        return Status.OPEN

    def outcome(self) -> Outcome:
        """The conclusion, and what it gives to other rules."""
        rule, world, trigger, due = self.rule, self.world, self.trigger, self.now_due()
        status = self.status(due)
        if due is not None and self.done is None:
            world.wake(due.last)
        bounds = [p.until for p in self.open_pauses.values() if p.until is not None]
        if bounds and self.owed:
            world.wake(min(bounds) - MICROSECOND)
        details: list[tuple[str, object]] = [("redo", self.redone)] if self.redone else []
        details += [("owed", self.fields["owed"])] if "owed" in self.fields else []
        conclusion = world.clerk.obligation(
            rule, trigger, self.unit, due, self.limit, status, self.pending[0] if status is Status.CONDITIONAL else self.done,
            details=tuple(details), note="the clock stands still" if due is None and self.done is None else self.note)
        return Outcome(conclusion, tuple(self.facts(conclusion, due)), self.closed)

    @property
    def closed(self) -> datetime | None:
        """When it ended without being done, or was done where nothing can be sent back and no earlier act be accepted."""
        if (ended := self.voided or self.restarted) is not None:
            return ended.occurred_at
        done = self.done
        if done is None or self.rule.turns.redo is not None or any(act.order < done.order for act in self.pending):
            return None
        return done.occurred_at

    def facts(self, conclusion: Conclusion, due: Due | None) -> Iterator[tuple[Made, Fact]]:
        """`discharge of` at the act, if it is one; `breach of` when the due passed."""
        rule, trigger, act = self.rule, self.trigger, self.done
        if act is not None and conclusion.status is not Status.REFUSED:
            yield Made.DISCHARGE, Fact(
                key=f"discharge {conclusion.identity}", occurred_at=act.occurred_at,
                order=following(act.order, rule.index, trigger.order), fields=self.fields,
                evidence=(*trigger.evidence, *act.evidence))
        if due is not None and conclusion.status in (Status.LATE, Status.MISSED):
            yield Made.BREACH, Fact(
                key=f"breach {conclusion.identity}", occurred_at=due.falls,
                order=(due.falls, due.place, (rule.index, conclusion.subject, trigger.order)), fields=self.fields,
                evidence=trigger.evidence, day=due.day)
