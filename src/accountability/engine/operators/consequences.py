"""Prohibitions and effects: what follows from facts that belong together. The joins are the matcher's (durable-rules)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from accountability.conclusion import Answer, Conclusion, Fact, Status, day_of
from accountability.engine.cell import Cell, Entry, Host, Key, Operator, RuleT, instant_of
from accountability.engine.operators.thresholds import STEPS_BACK, sure_spans
from accountability.engine.outputs import Output, OutputT, Told
from accountability.engine.port import LogicFact, LogicRule, Pattern, Ref, Test
from accountability.event import Happening, following
from accountability.judgement.finding import labelled
from accountability.judgement.standing import ends_at
from accountability.policy.kinds import Effect, Prohibition
from accountability.policy.kinds.effect import Decision
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import period_of, window_start
from accountability.workdays.localtime import MICROSECOND, microseconds

EVER = 1 - 2**53
"""The earliest instant that a matcher can be told of, in 1684: before all events."""
FOREVER = -EVER
"""The latest, in 2255: after all events."""


def compile_logic(policy: Policy) -> tuple[LogicRule, ...]:
    """The joins of *policy* as rules for a matcher: two facts of one key `k`, the second later in order `o` than the first.

    For a joined prohibition the failure's instant `t` must also reach the far edge `w` of the event's window; a gap must last, up
    to but not including `u`, at the event's instant `e`. Kinds are numbered by the rule's place in the pack.
    """
    joins = []
    for rule in policy.rules:
        first, second = kinds_of(rule.index)
        later: tuple[Test, ...] = (Test("k", "==", Ref("first", "k")), Test("o", ">", Ref("first", "o")))
        if isinstance(rule, Prohibition) and rule.join is not None:
            later = (*later, Test("e", "<", Ref("first", "u")) if rule.join.gap else Test("w", "<=", Ref("first", "t")))
        elif not (isinstance(rule, Effect) and rule.decision is not None):
            continue
        joins.append(LogicRule(rule.name, (Pattern("first", first), Pattern("second", second, later))))
    return tuple(joins)


def kinds_of(index: int) -> tuple[int, int]:
    """The two kinds of fact that the rule at place *index* joins."""
    return 2 * index + 1, 2 * index + 2


def _end(failure: Happening) -> int:
    """When *failure* is over, for a matcher."""
    until: datetime | None = getattr(failure, "until", None)
    return FOREVER if until is None else min(FOREVER, microseconds(until))


class Joins(Operator[RuleT, OutputT]):
    """An operator whose outputs are worked out anew from all that its cell holds."""

    def begin(self, cell: Cell[OutputT]) -> None:
        """A join keeps no state between inputs."""

    def step(self, cell: Cell[OutputT], role: int, happening: Happening) -> None:
        """A join looks at its inputs together, once they are all in."""

    @abstractmethod
    def match(self, cell: Cell[OutputT]) -> Iterable[OutputT]:
        """Everything that follows from the inputs of *cell*."""

    def refold(self, cell: Cell[OutputT]) -> None:
        self.refresh(cell)

    def refresh(self, cell: Cell[OutputT]) -> None:
        before = cell.outputs
        cell.outputs = {o.label: o for o in self.match(cell)}
        for label, gone in before.items():
            if label not in cell.outputs:
                self.engine.tell(self, gone, None)
        for label, output in cell.outputs.items():
            if label in before:
                output.told = before[label].told
            self.engine.tell(self, output, self.report(output))
        if not cell.inputs:
            self.cells.pop(cell.key, None)

    def due(self, key: Key, label: str) -> None:
        cell = self.cells.get(key)
        if cell is not None:
            self.refresh(cell)

    def _drop(self, cell: Cell[OutputT], inputs: list[Entry], over: Collection[str]) -> list[OutputT]:
        """Leaves *cell* with *inputs*, and without what follows from the triggers whose keys are *over*."""
        cell.inputs = inputs
        gone = [o for o in cell.outputs.values() if o.trigger.key in over]  # type: ignore[attr-defined]
        for one in gone:
            del cell.outputs[one.label]
        return gone

    def pairs(self, facts: Sequence[LogicFact]) -> list[tuple[LogicFact, LogicFact]]:
        """The pairs that belong together, by the order of their facts."""
        matcher = self.engine.matcher
        if len({f.kind for f in facts}) < 2:
            return []
        try:
            return [(f.facts["first"], f.facts["second"]) for f in matcher.add(facts)]
        finally:
            matcher.clear()


def ranks(cell: Cell[Any]) -> list[int]:
    """The place of each input of *cell* among their instants: one that is trigger and act at once is not after itself."""
    found: list[int] = []
    for place, (order, _, _) in enumerate(cell.inputs):
        found.append(found[-1] if place and cell.inputs[place - 1][0] == order else place)
    return found


class Breach(Output):
    """An event that is a breach, with the failures that make it one."""

    __slots__ = ("failures", "trigger")

    def __init__(self, trigger: Happening, unit: str | None, failures: tuple[Happening, ...]) -> None:
        super().__init__(trigger.key, unit)
        self.trigger, self.failures = trigger, failures


class Prohibitions(Joins[Prohibition, Breach]):
    """E is a breach; or E together with an earlier failure of the authority is."""

    def __init__(self, engine: Host, rule: Prohibition) -> None:
        super().__init__(engine, rule)
        self.acts_wait = rule.join is not None
        self.kinds = kinds_of(rule.index)
        self.tells = engine.is_awaited(Trigger(Made.BREACH, rule.name))

    def key_of(self, role: int, happening: Happening) -> Key:
        if self.rule.join is None:
            return happening.key
        fields = happening.fields
        if role == TRIGGER:
            fields = {**fields, "bearer": self.clerk.bearer(self.rule.bearer, fields)}
        return tuple(fields.get(name) for name in self.rule.join.same)

    def match(self, cell: Cell[Breach]) -> Iterable[Breach]:
        if self.rule.join is None:
            return [Breach(h, unit, ()) for _, _, h in cell.inputs for unit, holds in [self._bears(h)] if holds]
        facts, key, places = [], 0, ranks(cell)
        for place, (_, role, h) in enumerate(cell.inputs):
            if role == TRIGGER:
                unit, holds = self._bears(h)
                if holds:
                    told = {"k": key, "o": places[place], "w": self._reach(h), "e": microseconds(h.occurred_at)}
                    facts.append(LogicFact((place,), self.kinds[1], told, (h, unit)))
            else:
                told = {"k": key, "o": places[place], "t": max(EVER, microseconds(h.occurred_at)), "u": _end(h)}
                facts.append(LogicFact((place,), self.kinds[0], told, h))
        found: dict[str, tuple[Happening, str | None, list[Happening]]] = {}
        for failure, event in self.pairs(facts):
            h, unit = event.payload  # type: ignore[misc]
            found.setdefault(h.key, (h, unit, []))[2].append(failure.payload)  # type: ignore[arg-type]
        return [Breach(h, unit, tuple(failures)) for h, unit, failures in found.values()]

    def let_go(self, cell: Cell[Breach], before: datetime) -> list[Breach]:
        """A failure stays as long as an event from then on may be joined with it."""
        left: list[Entry] = []
        over: set[str] = set()
        for entry in cell.inputs:
            _, role, happening = entry
            if instant_of(entry) < before and role == TRIGGER:
                over.add(happening.key)
            elif instant_of(entry) >= before or not self._out_of_reach(happening, before):
                left.append(entry)
        return self._drop(cell, left, over)

    def _out_of_reach(self, failure: Happening, before: datetime) -> bool:
        """Whether *failure* surely lies too far back for everything from an instant on."""
        within = self.rule.join.within if self.rule.join is not None else None
        spans = None if within is None else sure_spans(within)
        return spans is not None and failure.occurred_at < before - spans[1]

    def _bears(self, trigger: Happening) -> tuple[str | None, bool]:
        unit = self.clerk.bearer(self.rule.bearer, trigger.fields)
        return unit, self.holds({**trigger.fields, "bearer": unit}, trigger.occurred_at)

    def _reach(self, event: Happening) -> int:
        assert self.rule.join is not None
        within = self.rule.join.within
        return EVER if within is None else max(EVER, microseconds(window_start(event.occurred_at, within, self.engine.policy.zone)))

    def report(self, output: Breach) -> Told:
        if not self.tells:
            return self.told(Status.BREACH, output.unit)
        conclusion, trigger = self.conclude(output), output.trigger
        fact = Fact(key=f"breach {conclusion.identity}", occurred_at=trigger.occurred_at,
                    order=following(trigger.order, self.rule.index),
                    fields={**trigger.fields, "bearer": output.unit}, evidence=conclusion.evidence,
                    day=getattr(trigger, "day", None))
        return self.told(Status.BREACH, output.unit, {Made.BREACH: fact})

    def conclude(self, output: Breach) -> Conclusion:
        return self.clerk.breach(self.rule, output.trigger, output.unit, output.failures)


class Consequence(Output):
    """A proposal, or (with a *standing*) what a decision made of it."""

    __slots__ = ("decision", "fields", "proposal_label", "standing", "target", "trigger")

    def __init__(self, label: str, unit: str | None, trigger: Happening, fields: Mapping[str, object], proposal_label: str,
                 target: Answer | None) -> None:
        super().__init__(label, unit)
        self.trigger, self.fields, self.proposal_label, self.target = trigger, fields, proposal_label, target
        self.decision: Happening | None = None
        self.standing = False


class Effects(Joins[Effect, Consequence]):
    """Proposals, and what competent bodies decide on them."""

    def __init__(self, engine: Host, rule: Effect) -> None:
        super().__init__(engine, rule)
        self.kinds = kinds_of(rule.index)
        # What a rule concludes is known later than it arises, so a decision may come first that is dated after it.
        self.acts_wait = any(t.made is not Made.EVENT for t in rule.when)
        self.provided = engine.closures.condition(rule.decision.provided) if rule.decision else None
        self.tells = engine.is_awaited(Trigger(Made.STANDING, rule.name))
        self.tells_bar = engine.is_awaited(Trigger(Made.BAR, rule.name)) and rule.decision is not None and bool(rule.decision.bars)
        self.tells_proposal = engine.is_awaited(Trigger(Made.PROPOSAL, rule.name))

    def key_of(self, role: int, happening: Happening) -> Key:
        if self.rule.decision is not None:
            # What a unit gets once a year may be proposed, and decided, under several keys.
            return () if self.rule.once_per is not None else self._same(happening)
        if self.rule.once_per is not None:
            return self.clerk.subject(self.rule, happening.fields, self.clerk.bearer(self.rule.bearer, happening.fields))
        return happening.key

    def _same(self, happening: Happening) -> Key:
        assert self.rule.decision is not None
        return tuple(happening.fields.get(name) for name in self.rule.decision.same)

    def match(self, cell: Cell[Consequence]) -> Iterable[Consequence]:
        proposals: dict[str, tuple[int, Consequence]] = {}
        for place, (_, role, h) in enumerate(cell.inputs):
            if role == TRIGGER:
                for proposal in self._proposals(h):
                    proposals.setdefault(proposal.label, (place, proposal))
        if self.rule.decision is None:
            return [p for _, p in proposals.values()]
        return self._decided(cell, list(proposals.values()), self.rule.decision)

    def _proposals(self, trigger: Happening) -> Iterable[Consequence]:
        rule = self.rule
        unit = self.clerk.bearer(rule.bearer, trigger.fields)
        fields = {**trigger.fields, "bearer": unit}
        if not self.holds(fields, trigger.occurred_at):
            return
        label = trigger.key
        if rule.once_per is not None:
            label = period_of(day_of(trigger, rule.zone), rule.once_per).label
        subject = self.clerk.subject(rule, trigger.fields, unit)
        for target in self.clerk.targets(rule, trigger, unit):
            told_by = labelled(label, target.post if target else None)
            yield Consequence(f"{subject} {told_by}", unit, trigger, fields, told_by, target)

    def _decided(
        self, cell: Cell[Consequence], proposals: list[tuple[int, Consequence]], decision: Decision
    ) -> Iterable[Consequence]:
        places = ranks(cell)
        numbers: dict[Key, int] = {}

        def number(key: Key) -> int:
            return numbers.setdefault(key, len(numbers))

        facts = [
            LogicFact((place,), self.kinds[0], {"k": number(self._same(p.trigger)), "o": places[place]}, p)
            for place, p in proposals
        ]
        facts += [LogicFact((place,), self.kinds[1], {"k": number(self._same(h)), "o": places[place]}, h)
                  for place, (_, role, h) in enumerate(cell.inputs) if role != TRIGGER]
        for first, second in self.pairs(facts):
            proposal, act = cast("Consequence", first.payload), cast("Happening", second.payload)
            if proposal.decision is None and self._disposes(act, proposal):
                proposal.decision = act
        found = {p.label: p for _, p in proposals}
        for _, p in proposals:
            if p.decision is None:
                continue
            post = p.target.post if p.target else None
            subject = self.clerk.subject(self.rule, p.trigger.fields, p.unit)
            label = f"{subject} {labelled(f'decision {p.decision.key}', post)}"
            if label not in found:
                standing = Consequence(label, p.unit, p.trigger, p.fields, p.proposal_label, p.target)
                standing.decision, standing.standing = p.decision, True
                found[label] = standing
                ends = ends_at(decision.term, p.decision.occurred_at, self.rule.zone)
                if ends is not None and ends > self.engine.clock:
                    self.engine.wake(ends - MICROSECOND, self, cell.key, label)
        return found.values()

    def let_go(self, cell: Cell[Consequence], before: datetime) -> list[Consequence]:
        """Where a competent body decides, a proposal is over once it was decided and its standing has ended; what comes once per
        period, once that is over.
        """
        if self.rule.once_per is not None and self.rule.decision is not None:
            return []
        pending: set[str] = set()
        decisions: set[str] = set()
        for one in cell.outputs.values():
            if not self._ended(one, before):
                pending.add(one.trigger.key)
                decisions |= {one.decision.key} if one.decision is not None else set()
        past = [e for e in cell.inputs if instant_of(e) < before]
        over = {h.key for _, role, h in past if role == TRIGGER and h.key not in pending and self._past_period(h, before)}
        acts = {h.key for _, role, h in past if role != TRIGGER and h.key not in decisions}
        left = [e for e in cell.inputs if instant_of(e) >= before or e[2].key not in (over if e[1] == TRIGGER else acts)]
        return self._drop(cell, left, over)

    def _past_period(self, trigger: Happening, before: datetime) -> bool:
        """Whether, where a unit gets a proposal once per period, nothing from an instant on lies in that of *trigger*."""
        if self.rule.once_per is None:
            return True
        period = period_of(day_of(trigger, self.rule.zone), self.rule.once_per)
        return period.after < before.astimezone(self.rule.zone).date() - STEPS_BACK

    def _ended(self, one: Consequence, before: datetime) -> bool:
        """Whether nothing from an instant on changes *one*."""
        if self.rule.decision is None:
            return one.trigger.order[0] < before
        if one.decision is None or not one.decision.order[0] < before:
            return False
        ends = ends_at(self.rule.decision.term, one.decision.occurred_at, self.rule.zone)
        return ends is not None and ends <= before

    def _disposes(self, act: Happening, proposal: Consequence) -> bool:
        return self.provided is None or bool(self.provided(proposal.fields, act.fields, proposal.trigger.occurred_at))

    def report(self, output: Consequence) -> Told:
        if not output.standing:
            status = Status.PROPOSED if output.decision is None else Status.DECIDED
            if not self.tells_proposal:
                return self.told(status, output.unit)
            return self.told(status, output.unit, dict([self.clerk.proposed(self.rule, self.conclude(output), output.trigger)]))
        conclusion, decision = self.conclude(output), output.decision
        assert decision is not None
        facts = {}
        if self.tells:
            facts[Made.STANDING] = self.clerk.stands(self.rule, conclusion, decision, output.trigger.fields)
        if self.tells_bar:
            facts[Made.BAR] = self.clerk.bar(self.rule, conclusion, decision)
        return self.told(conclusion.status, output.unit, facts)

    def conclude(self, output: Consequence) -> Conclusion:
        decided = output.decision is not None
        proposal = self.clerk.proposal(self.rule, output.trigger, output.proposal_label, output.unit, output.target, decided)
        if not output.standing:
            return proposal
        assert output.decision is not None
        assert self.rule.decision is not None
        ends = ends_at(self.rule.decision.term, output.decision.occurred_at, self.rule.zone)
        return self.clerk.standing(self.rule, proposal, output.decision, self.engine.clock, ends)
