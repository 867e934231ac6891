"""Effects: what should follow is proposed, and what competent bodies decide on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from accountability.conclusion import Answer, Conclusion, Fact, Status, day_of
from accountability.engine.cell import Cell, instant_of
from accountability.engine.host import Host, Key
from accountability.engine.operators.joins import Joins, kinds_of, ranks
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.engine.port import LogicFact
from accountability.engine.spans import STEPS_BACK
from accountability.event import Happening
from accountability.judgement.finding import labelled, of_unit
from accountability.judgement.standing import ends_at
from accountability.policy.kinds import Effect
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import period_of
from accountability.workdays.localtime import MICROSECOND


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
            return self.clerk.bearer(self.rule.bearer, happening.fields)
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
        return self._decided(cell, list(proposals.values()))

    def insert(self, role: int, happening: Happening) -> None:
        cell = self.cells.get(self.key_of(role, happening))
        if cell is None or not cell.inputs or not cell.inputs[-1][0] < happening.order:
            super().insert(role, happening)
        elif role != TRIGGER:
            cell.inputs.append((happening.order, role, happening))
            self._dispose(cell, happening)
        elif not self.limited or (self.applies(happening) and (self.depends or self.starts(happening))):
            cell.inputs.append((happening.order, role, happening))
            # What was decided before decides nothing that is proposed only now.
            for proposal in self._proposals(happening):
                if proposal.label not in cell.outputs:
                    cell.outputs[proposal.label] = proposal
                    self.engine.tell(self, proposal, *self.report(proposal))

    def _dispose(self, cell: Cell[Consequence], act: Happening) -> None:
        """Takes note of what *act*, which comes last, decides on."""
        key = self._same(act)
        pending = [one for one in cell.outputs.values()
                   if not one.standing and one.decision is None and self._same(one.trigger) == key]
        facts = [LogicFact((place,), self.kinds[0], {"k": 0, "o": 0}, one) for place, one in enumerate(pending)]
        facts.append(LogicFact((len(pending),), self.kinds[1], {"k": 0, "o": 1}, act))
        for first, _ in self.pairs(facts):
            proposal = cast("Consequence", first.payload)
            if not self._disposes(act, proposal):
                continue
            proposal.decision = act
            self.engine.tell(self, proposal, *self.report(proposal))
            standing = self._standing(cell, proposal, act)
            if standing.label not in cell.outputs:
                cell.outputs[standing.label] = standing
                self.engine.tell(self, standing, *self.report(standing))

    def _proposals(self, trigger: Happening) -> Iterable[Consequence]:
        rule = self.rule
        unit = self.clerk.bearer(rule.bearer, trigger.fields)
        fields = {**trigger.fields, "bearer": unit}
        if not self.holds(fields, trigger.occurred_at):
            return
        label = trigger.key
        if rule.once_per is not None:
            label = of_unit(rule, period_of(day_of(trigger, rule.zone), rule.once_per).label, unit)
        for target in self.clerk.targets(rule, trigger, unit):
            told_by = labelled(label, target.post if target else None)
            yield Consequence(f"{unit} {told_by}", unit, trigger, fields, told_by, target)

    def _decided(self, cell: Cell[Consequence], proposals: list[tuple[int, Consequence]]) -> Iterable[Consequence]:
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
            if p.decision is not None:
                standing = self._standing(cell, p, p.decision)
                found.setdefault(standing.label, standing)
        return found.values()

    def _standing(self, cell: Cell[Consequence], proposal: Consequence, act: Happening) -> Consequence:
        """What *act* makes of *proposal*; the engine will look at it again when its term is over."""
        assert self.rule.decision is not None
        post = proposal.target.post if proposal.target else None
        subject = self.clerk.subject(self.rule, proposal.trigger.fields, proposal.unit)
        label = f"{subject} {labelled(of_unit(self.rule, f'decision {act.key}', proposal.unit), post)}"
        made = Consequence(label, proposal.unit, proposal.trigger, proposal.fields, proposal.proposal_label, proposal.target)
        made.decision, made.standing = act, True
        ends = ends_at(self.rule.decision.term, act.occurred_at, self.rule.zone)
        if ends is not None and ends > self.engine.clock:
            self.engine.wake(ends - MICROSECOND, self, cell.key, label)
        return made

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

    def report(self, output: Consequence) -> tuple[Told, Facts]:
        if not output.standing:
            status = Status.PROPOSED if output.decision is None else Status.DECIDED
            if not self.tells_proposal:
                return self.told(status, output.unit), NO_FACTS
            made = self.clerk.proposed(self.rule, self.conclude(output), output.trigger)
            return self.told(status, output.unit), dict([made])
        conclusion, decision = self.conclude(output), output.decision
        assert decision is not None
        facts: dict[Made, Fact] = {}
        if self.tells:
            facts[Made.STANDING] = self.clerk.stands(self.rule, conclusion, decision, output.trigger.fields)
        if self.tells_bar:
            facts[Made.BAR] = self.clerk.bar(self.rule, conclusion, decision, conclusion.ends)
        return self.told(conclusion.status, output.unit), facts

    def conclude(self, output: Consequence) -> Conclusion:
        decided = output.decision is not None
        proposal = self.clerk.proposal(self.rule, output.trigger, output.proposal_label, output.unit, output.target, decided)
        if not output.standing:
            return proposal
        assert output.decision is not None
        assert self.rule.decision is not None
        ends = ends_at(self.rule.decision.term, output.decision.occurred_at, self.rule.zone)
        return self.clerk.standing(self.rule, proposal, output.decision, self.engine.clock, ends)
