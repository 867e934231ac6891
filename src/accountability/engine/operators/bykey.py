"""The operator of every kind of rule whose meaning is one function of what came in under one key: it calls that function anew."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from accountability.conclusion import Conclusion
from accountability.engine.cell import Cell, Operator, RuleT, instant_of
from accountability.engine.closures import NOTHING, Amount, Condition, Fields
from accountability.engine.host import Host, Key
from accountability.engine.outputs import Facts, Output, Told
from accountability.engine.spans import EVER, FOREVER
from accountability.event import Happening
from accountability.judgement.bykey import Outcome, key_in
from accountability.judgement.meanings import Meaning
from accountability.policy.expression import Expression
from accountability.policy.kinds import Effect, Gate
from accountability.policy.rule import Made, Period, RuleBase, Trigger

Span = tuple[datetime, datetime]


class Followed(Output):
    """One conclusion of such a function, with its facts."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.conclusion.identity, outcome.conclusion.unit)
        self.outcome = outcome


class Asking:
    """What such a function may ask, answered by the engine; and where it says when to look again."""

    def __init__(self, engine: Host, rule: RuleBase) -> None:
        self.engine, self.policy, self.clerk = engine, engine.policy, engine.clerk
        self.keys = list(rule.members(engine.clerk.organisation))
        self.waking: list[datetime] = []
        self._conditions: dict[int, tuple[Expression, Condition]] = {}
        self._amounts: dict[int, tuple[Expression, Amount]] = {}

    @property
    def clock(self) -> datetime:
        """The instant at which everything is read (UTC)."""
        return self.engine.clock

    def holds(self, condition: Expression | None, trigger: Fields, at: datetime, act: Fields = NOTHING) -> bool:
        """Whether *condition* certainly holds of these fields."""
        if condition is None:
            return True
        known = self._conditions.get(id(condition))
        if known is None:
            closure = self.engine.closures.condition(condition)
            assert closure is not None
            known = self._conditions[id(condition)] = (condition, closure)
        return bool(known[1](trigger, act, at))

    def value(self, amount: Expression, trigger: Fields, at: datetime, act: Fields = NOTHING) -> object:
        """The value of *amount*, or None where it is missing."""
        known = self._amounts.get(id(amount))
        if known is None:
            known = self._amounts[id(amount)] = (amount, self.engine.closures.amount(amount))
        return known[1](trigger, act, at)

    def spans(self, period: Period) -> Sequence[Span]:
        """When *period* is open, as far as it is known."""
        return self.engine.spans(period.name)

    def members(self, rule: RuleBase) -> Iterable[Key]:
        """The keys that the rule looks at from the start."""
        return self.keys

    def wake(self, last: datetime) -> None:
        """Notes an instant after which the cell that is being looked at may change by itself."""
        self.waking.append(last)


class ByKey(Operator[RuleT, Followed]):
    """Runs *meaning* over each cell."""

    def __init__(self, engine: Host, rule: RuleT, meaning: Meaning) -> None:
        super().__init__(engine, rule)
        self.acts_wait = True
        self.meaning = meaning
        self.world = Asking(engine, rule)
        self.members = frozenset(self.world.keys)
        self.depends = True
        self.by_triggers = isinstance(rule, Gate) or (
            isinstance(rule, Effect) and (rule.decision is None or rule.decision.term.amount is None))
        """Whether it asks all its questions as of the instants of its triggers."""
        self._awaited = {made for made in Made if engine.is_awaited(Trigger(made, rule.name))}

    def open(self) -> None:
        """Looks at the keys that the rule has from the start."""
        for key in self.world.keys:
            cell = self.cells[key] = Cell(key)
            self.begin(cell)
            self.refresh(cell)

    def starts(self, trigger: Happening) -> bool:
        return True

    def key_of(self, role: int, happening: Happening) -> Key:
        return key_in(self.rule, role, happening, self.clerk)

    def last_in(self, role: int, happening: Happening) -> Cell[Followed] | None:
        """The cell of *happening*, if something is in it and *happening* comes after all of that."""
        cell = self.cells.get(self.key_of(role, happening))
        return cell if cell is not None and cell.inputs and cell.inputs[-1][:2] < (happening.order, role) else None

    def insert(self, role: int, happening: Happening) -> None:
        if not self.rule.rests(role, happening, self.engine.clock):
            super().insert(role, happening)
            return
        key = self.key_of(role, happening)
        cell = self.cells.setdefault(key, Cell(key))
        self.begin(cell)
        insort(cell.inputs, (happening.order, role, happening), key=lambda e: e[:2])

    def touch(self, field: str, value: object, since: datetime = EVER, until: datetime = FOREVER) -> None:
        """Looks again at the keys that the rule has from the start, and where something with *value* in *field* came in; in
        [since, until), if the rule asks of no other instants than those of its triggers."""
        if not self.by_triggers:
            since, until = EVER, FOREVER
        # What a rule has from the start is units, or all of them at once.
        members = self.members if field != "unit" else self.members.intersection(((value,), ()))
        cells = {key: self.cells[key] for key in members if key in self.cells}
        cells |= {c.key: c for c in self.having(field, value, since)
                  if any(since <= h.occurred_at < until and h.get(field) == value for _, _, h in c.inputs)}
        self._again(cells.values())

    def begin(self, cell: Cell[Followed]) -> None:
        if cell.state is None:
            cell.state = set()

    def step(self, cell: Cell[Followed], role: int, happening: Happening) -> None:
        """The inputs are looked at together, once they are all in."""

    def refold(self, cell: Cell[Followed]) -> None:
        self.begin(cell)
        self.refresh(cell)

    def refresh(self, cell: Cell[Followed]) -> None:
        before, cell.outputs = cell.outputs, {}
        self.put(cell, before, self.outcomes(cell))
        if not cell.inputs and cell.key not in self.members:
            self.cells.pop(cell.key, None)

    def outcomes(self, cell: Cell[Followed]) -> Iterable[Outcome]:
        """What the inputs of *cell* come to."""
        return self.meaning(self.rule, self.world, cell.key, cell.inputs)

    def put(self, cell: Cell[Followed], before: Mapping[str, Followed], outcomes: Iterable[Outcome]) -> None:
        """Puts *outcomes* into *cell* in place of what was there *before*, and tells the engine of the difference."""
        now = {output.label: output for output in map(Followed, outcomes)}
        cell.outputs.update(now)
        self._schedule(cell)
        for label, gone in before.items():
            if label not in now:
                self.engine.tell(self, gone, None)
        for label, output in now.items():
            if label in before:
                self.engine.succeed(before[label], output)
        for output in sorted(now.values(), key=_tells):
            self.engine.tell(self, output, *self.report(output))

    def _schedule(self, cell: Cell[Followed]) -> None:
        scheduled: set[datetime] = cell.state  # type: ignore[assignment]
        waking, self.world.waking = self.world.waking, []
        for last in waking:
            if last >= self.engine.clock and last not in scheduled:
                scheduled.add(last)
                self.engine.wake(last, self, cell.key, "")

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        """A cell goes as a whole, once all of it lies before the instant and every outcome was closed by then."""
        if cell.key in self.members or (cell.inputs and instant_of(cell.inputs[-1]) >= before):
            return []
        closed = [output.outcome.closed for output in cell.outputs.values()]
        if any(at is None or at >= before for at in closed):
            return []
        gone = list(cell.outputs.values())
        cell.inputs, cell.outputs = [], {}
        return gone

    def is_over(self, cell: Cell[Followed]) -> bool:
        return cell.key not in self.members and super().is_over(cell)

    def due(self, key: Key, label: str) -> None:
        cell = self.cells.get(key)
        if cell is not None:
            self.refresh(cell)

    def touch_span(self, since: datetime, until: datetime) -> None:
        self.again()

    def report(self, output: Followed) -> tuple[Told, Facts]:
        conclusion = output.outcome.conclusion
        facts = {(made, fact.key): fact for made, fact in output.outcome.facts if made in self._awaited}
        return self.told(conclusion.status, conclusion.unit), facts

    def conclude(self, output: Followed) -> Conclusion:
        return output.outcome.conclusion


def _tells(output: Followed) -> bool:
    """Whether anything is told with it: those that tell nothing come first, for what they told before another may tell now."""
    return bool(output.outcome.facts)
