"""What stands, what of it was touched, and who else is told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from accountability.conclusion import Conclusion
from accountability.engine.cell import Operator
from accountability.engine.closures import Compiler
from accountability.engine.derived import Unworded
from accountability.engine.host import Host
from accountability.engine.indexes import AnyFact
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.policy.rule import Trigger

AnyOperator = Operator[Any, Any]


class Board(Host):
    """Holds what the operators report, and passes their facts on to those that wait for them or ask about them."""

    def __init__(self, closures: Compiler) -> None:
        self.closures = closures
        self.touched: dict[Output, AnyOperator] = {}
        """The reported outputs of which something may have changed, until somebody takes them; none where nothing is kept."""
        self._reported: dict[Output, AnyOperator] = {}
        self._restoring = False
        self._asking: dict[tuple[str, str], list[AnyOperator]] = defaultdict(list)
        """Who asks in a condition about the events of a type, or what a rule concludes, by a field."""

    def tell(self, operator: AnyOperator, output: Output, told: Told | None, facts: Facts = NO_FACTS) -> None:
        """Takes note of what stands of *output* now (None: nothing), and passes the difference on to the rules that wait for it."""
        before, old = output.told, output.facts
        output.told, output.facts = told, facts
        if told is not None and told.reported:
            self._reported[output] = operator
            if operator.shows:
                self.touched[output] = operator
        elif before is not None and before.reported:
            del self._reported[output]
            if operator.shows:
                self.touched[output] = operator
        if before is not told:
            if before is not None:
                before.number -= 1
            if told is not None:
                told.number += 1
        if old is facts:
            return
        if old or self._restoring or self.closures.concluded:
            self._pass_on(operator, old, facts)
        else:
            for label, fact in facts.items():
                for _, _, take in operator.listeners[label[0] if type(label) is tuple else label]:
                    take(fact)

    def arise(self, operator: AnyOperator, output: Output, told: Told, fact: Unworded | None) -> None:
        """`tell` of an *output* of which nothing is reported and no fact was told so far, and which gives at most one."""
        output.told = told
        told.number += 1
        if told.reported:
            self._reported[output] = operator
            if operator.shows:
                self.touched[output] = operator
        if fact is None:
            return
        output.facts = fact
        if self._restoring or self.closures.concluded:
            self._pass_on(operator, NO_FACTS, fact)
        else:
            for _, _, take in operator.listeners[operator.makes]:
                take(fact)

    def succeed(self, before: Output, output: Output) -> None:
        """Takes note that *output* stands in the place of *before*, made anew unless it is the same."""
        if output is before:
            return
        output.told, output.facts, output.shown = before.told, before.facts, before.shown
        before.facts = NO_FACTS  # which may hold what it is a fact of
        for noted in (self._reported, self.touched):
            if before in noted:
                noted[output] = noted.pop(before)

    def _pass_on(self, sender: AnyOperator, old: Facts, new: Facts) -> None:
        """Tells of the difference between *old* and *new*. While cells are restored only conditions are to be told: the rules that
        wait have their own inputs back."""
        before, now = dict(old.items()), dict(new.items())
        differ = [(label[0] if type(label) is tuple else label, before.get(label), now.get(label)) for label in {**before, **now}]
        differ = [(made, gone, come) for made, gone, come in differ if gone is not come and gone != come]
        if not self._restoring:
            for made, gone, _ in differ:  # all of them first: what comes may stand at the very place of what goes
                if gone is not None:
                    for operator, role, _ in sender.listeners[made]:
                        operator.remove(role, gone)
            for made, _, come in differ:
                if come is not None:
                    for _, _, take in sender.listeners[made]:
                        take(come)
        if self.closures.concluded:
            for made, gone, come in differ:
                self._conclude(str(Trigger(made, sender.rule.name)), gone, come)

    def _conclude(self, concluded: str, gone: AnyFact | None, come: AnyFact | None) -> None:
        """Lets conditions know of what a rule concludes, or no longer."""
        for (name, field), index in self.closures.concluded.items():
            if name != concluded:
                continue
            changed = index.replace(field, gone, come)
            for operator in () if self._restoring else self._asking[name, field]:
                for value, since, until in changed:
                    operator.touch(field, value, since, until)

    def reported(self) -> Iterable[tuple[Output, AnyOperator]]:
        """All that is reported, and by whom, but for what drafts report."""
        return ((output, operator) for output, operator in self._reported.items() if operator.shows)

    def taken(self) -> Iterable[tuple[Output, AnyOperator]]:
        """What was touched until now, and by whom, by rule, unit and label; from now on nothing is."""
        touched, self.touched = self.touched, {}
        last = -1
        for operator in touched.values():
            if operator.index <= last:
                break
            last = operator.index
        else:
            return touched.items()  # nearly always
        found = sorted(touched.items(), key=lambda one: (one[1].index, one[0].unit or ""))
        if any(one[1] is other[1] and one[0].unit == other[0].unit for one, other in pairwise(found)):  # labels have to be made
            found.sort(key=lambda one: (one[1].index, one[0].unit or "", one[0].label))
        return found

    def conclusions(self, drafts: bool = False) -> Iterable[Conclusion]:
        """Every reported conclusion, as it stands at the clock: of the rules in force, or of the drafts."""
        return (operator.conclude(output) for output, operator in self._reported.items() if operator.rule.draft is drafts)


def place_of(operator: AnyOperator, output: Output) -> tuple[int, Any]:
    """What tells *output* from all that stand at one time: its rule and label."""
    return operator.index, output.label
