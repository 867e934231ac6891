"""Effects that come after others, or whose standings may be ended, quashed or come together.

Of what comes in order, only what it may change is judged anew. For anything else all of its key is judged again by `climb`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import evolve

from accountability.conclusion import Status
from accountability.engine.cell import Cell, Entry
from accountability.engine.host import Host, Key
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.event import Happening, Order
from accountability.judgement.bykey import Outcome, triggers_in
from accountability.judgement.climbing import (
    Step,
    beside,
    climb,
    disposal,
    identity_of,
    last_before,
    proposal_of,
    proposed,
    standings,
)
from accountability.policy.kinds import Effect
from accountability.policy.kinds.effect import AFTER
from accountability.policy.rule import ACT, TRIGGER

Identity = tuple[str, str | None, str]
Label = tuple[str | None, str]


class Waiting:
    """A trigger on which nothing was decided so far, and what is proposed on it."""

    __slots__ = ("fields", "labels", "trigger")

    def __init__(self, trigger: Happening, fields: Mapping[str, object], labels: list[Label]) -> None:
        self.trigger, self.fields, self.labels = trigger, fields, labels


class Past:
    """What came in under one key, in order, as far as what comes next may hang on it.

    By what belongs to a step: what it may come *after*, and when that was last *climbed* from. By what belongs to a decision: the
    triggers still *waiting* for one, what was *decided*, and what ends or quashes that, the *closing*. Where terms come together,
    what was decided also by those whom it is *on*; of what is *running*, when that is over.
    """

    __slots__ = ("after", "climbed", "closing", "decided", "on", "proposed", "running", "waiting")

    def __init__(self) -> None:
        self.after: dict[Key, list[Happening]] = defaultdict(list)
        self.climbed: dict[Key, Order] = {}
        self.proposed: dict[Label, Step] = {}
        self.waiting: dict[Key, list[Waiting]] = defaultdict(list)
        self.decided: dict[Key, dict[Identity, Step]] = defaultdict(dict)
        self.on: dict[tuple[str, object], list[Step]] = defaultdict(list)
        self.closing: dict[Key, list[Entry]] = defaultdict(list)
        self.running: dict[Identity, tuple[Step, datetime]] = {}


class Climbs(ByKey[Effect]):
    """Runs `climb`, for what comes in order step by step."""

    def __init__(self, engine: Host, rule: Effect) -> None:
        super().__init__(engine, rule, climb)
        self.pasts: dict[Key, Past] = {}

    def insert(self, role: int, happening: Happening) -> None:
        cell = self.last_in(role, happening)
        if cell is None:
            super().insert(role, happening)
        elif role != TRIGGER or not self.limited or self.applies(happening):
            past = self._past(cell)
            cell.inputs.append((happening.order, role, happening))
            self._tell(cell, past, *self._take(past, role, happening))

    def refresh(self, cell: Cell[Followed]) -> None:
        self.pasts.pop(cell.key, None)
        super().refresh(cell)

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        gone = super().let_go(cell, before)
        if not cell.inputs:
            self.pasts.pop(cell.key, None)
        return gone

    def due(self, key: Key, label: str) -> None:
        cell, past = self.cells.get(key), self.pasts.get(key)
        if cell is None or past is None:
            super().due(key, label)
            return
        self._tell(cell, past, (), [step for step, ends in past.running.values() if ends <= self.engine.clock])

    def _past(self, cell: Cell[Followed]) -> Past:
        past = self.pasts.get(cell.key)
        if past is None:
            past = self.pasts[cell.key] = Past()
            for _, role, happening in cell.inputs:
                self._take(past, role, happening)
            # The clock may have come to the end of a term since what is in force was told.
            self._tell(cell, past, (), [step for alike in past.decided.values() for step in alike.values()])
        return past

    def _take(self, past: Past, role: int, happening: Happening) -> tuple[list[Step], list[Step]]:
        """Takes *happening*, which comes next, into *past*; gives the steps that are new or decided only now, and some on whose
        standings it may tell."""
        rule = self.rule
        if role == TRIGGER:
            return self._start(past, happening), []
        if role == AFTER:
            past.after[_key(rule.same, happening.fields)].append(happening)
            return [], []
        assert rule.decision is not None
        key = _key(rule.decision.same, happening.fields)
        if role == ACT:
            fresh = self._decide(past, key, happening)
            return fresh, [step for step in fresh if step is past.decided[key].get(identity_of(step))]
        past.closing[key].append((happening.order, role, happening))
        return [], list(past.decided[key].values()) if key in past.decided else []

    def _start(self, past: Past, happening: Happening) -> list[Step]:
        rule, fresh = self.rule, []
        for trigger, unit, fields in triggers_in(rule, self.world, [(happening.order, TRIGGER, happening)]):
            below, key = None, _key(rule.same, fields)
            if rule.after:
                below = last_before(rule, trigger, past.after[key]) if key in past.after else None
                climbed = past.climbed.get(key)
                if below is None or (climbed is not None and below.order < climbed):
                    continue
            labels: list[Label] = []
            for step in proposed(rule, self.world, trigger, unit, fields, below):
                label = (unit, step.proposal.trigger)
                if label not in past.proposed:
                    past.proposed[label] = step
                    labels.append(label)
                    fresh.append(step)
            if rule.decision is not None:
                past.waiting[_key(rule.decision.same, fields)].append(Waiting(trigger, fields, labels))
        return fresh

    def _decide(self, past: Past, key: Key, act: Happening) -> list[Step]:
        """What *act* decides among what waits for a decision."""
        rule, left, fresh = self.rule, [], []
        assert rule.decision is not None
        for one in past.waiting.pop(key, ()):
            by, term = disposal(rule, self.world, one.trigger, one.fields, [act])
            if by is None:
                left.append(one)
                continue
            past.climbed[_key(rule.same, one.fields)] = act.order
            for label in one.labels:
                step = past.proposed[label] = evolve(past.proposed[label], act=by, term=term)
                fresh.append(step)
                if past.decided[key].setdefault(identity_of(step), step) is step:
                    past.on[beside(rule.decision, step)].append(step)
        if left:
            past.waiting[key] = left
        return fresh

    def _tell(self, cell: Cell[Followed], past: Past, steps: Iterable[Step], decided: Iterable[Step]) -> None:
        found = [proposal_of(self.rule, self.world, step) for step in steps]
        found += self._standings(past, decided)
        labels = (outcome.conclusion.identity for outcome in found)
        self.put(cell, {label: cell.outputs[label] for label in labels if label in cell.outputs}, found)

    def _standings(self, past: Past, decided: Iterable[Step]) -> Iterator[Outcome]:
        """What was put in force by the *decided* steps, and all whose end may hang on theirs."""
        rule, found, todo = self.rule, dict[Identity, Step](), list(decided)
        if not todo:
            return
        assert rule.decision is not None
        closing: dict[Key, list[Entry]] = {}
        while todo:
            step = todo.pop()
            if identity_of(step) not in found:
                found[identity_of(step)] = step
                key = _key(rule.decision.same, step.fields)
                if key not in closing:
                    closing[key] = past.closing.get(key, [])
                    todo += past.decided[key].values()
                todo += past.on[beside(rule.decision, step)]
        steps = list(found.values())
        entries = [entry for held in closing.values() for entry in held]
        entries.sort(key=lambda entry: entry[:2])
        for step, outcome in zip(steps, standings(rule, self.world, steps, entries), strict=True):
            stands = outcome.conclusion
            if stands.status is Status.IN_FORCE and stands.ends is not None:
                past.running[identity_of(step)] = step, stands.ends
            else:
                past.running.pop(identity_of(step), None)
            yield outcome


def _key(names: Iterable[str], fields: Mapping[str, object]) -> Key:
    return tuple([fields.get(name) for name in names])
