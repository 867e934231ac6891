"""What follows from facts that belong together, from all that a cell holds. The joins are the matcher's (durable-rules)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from accountability.engine.cell import Cell, Entry, Operator, RuleT
from accountability.engine.host import Key
from accountability.engine.outputs import OutputT
from accountability.engine.port import LogicFact, LogicRule, Pattern, Ref, Test
from accountability.event import Happening
from accountability.policy.kinds import Effect, Prohibition
from accountability.policy.model import Policy

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
        before, cell.outputs = cell.outputs, {}
        self.put(cell, before, self.match(cell))

    def put(self, cell: Cell[OutputT], before: Mapping[str, OutputT], found: Iterable[OutputT]) -> None:
        """Tells of what was *found* in the place of the outputs that there were *before*, and that *cell* has no more."""
        now = {o.label: o for o in found}
        cell.outputs.update(now)
        for label, gone in before.items():
            if label not in now:
                self.engine.tell(self, gone, None)
        for label, output in now.items():
            if label in before:
                self.engine.succeed(before[label], output)
            self.engine.tell(self, output, *self.report(output))
        if not cell.inputs:
            self.cells.pop(cell.key, None)

    def due(self, key: Key, label: str) -> None:
        """Tells of one output, which joins nothing else because time has passed."""
        cell = self.cells.get(key)
        output = None if cell is None else cell.outputs.get(label)
        if output is not None:
            self.engine.tell(self, output, *self.report(output))

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
