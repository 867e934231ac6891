"""The unit of work of every operator: a cell holds what has come in under one key, in order, and what follows from it.

What follows is a fold over the inputs in their order. An input that comes last is one more step; one that comes late, is taken
away, or changes what a condition knows, makes the fold take its steps again: all of them, or those that a rule knows to be enough.
So the answer never depends on arrival.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from accountability.conclusion import AGAINST, Conclusion, Status
from accountability.engine.days import Beginning
from accountability.engine.heard import Heard
from accountability.engine.host import Host, Key
from accountability.engine.outputs import Alike, Facts, Outputs, OutputT, Told
from accountability.engine.questions import asks_organisation, contexts_of
from accountability.engine.spans import EVER, FOREVER
from accountability.event import Happening, Order
from accountability.judgement.finding import Clerk
from accountability.policy.expression import FieldRef, walk
from accountability.policy.kinds import Rule
from accountability.policy.rule import ACT, TRIGGER, Bearer, Made

Entry = tuple[Order, int, Happening]


RuleT = TypeVar("RuleT", bound=Rule)


class Cell(Generic[OutputT]):
    """The inputs of one key in order, what follows from them by label, and what of it may have changed since it was told.

    Where the oldest inputs were let go, *base* is what the fold had come to by then, and it starts from there; else it is None.
    """

    __slots__ = ("base", "changed", "inputs", "key", "outputs", "state")

    def __init__(self, key: Key, base: Any = None) -> None:
        self.key, self.base = key, base
        self.inputs: list[Entry] = []
        self.outputs: dict[Any, OutputT] | Outputs[OutputT] = Outputs()
        self.changed: list[OutputT] | None = None
        self.state: object = None

    def put(self, output: OutputT) -> None:
        self.outputs[output.label] = output
        self.change(output)

    def change(self, output: OutputT) -> None:
        """Notes that *output* may have changed. There are very many cells, and nearly always nothing has: then there is no list."""
        if self.changed is None:
            self.changed = [output]
        else:
            self.changed.append(output)


class Operator(Generic[RuleT, OutputT]):
    """One rule, run over its cells."""

    def __init__(self, engine: Host, rule: RuleT) -> None:
        self.engine, self.rule, self.clerk = engine, rule, engine.clerk
        self.index: int = rule.index
        self.makes = Made.EVENT
        """What the fact is made of that it gives where it gives one alone."""
        self.acts_wait = False
        """Whether an act that comes before any trigger of its key still matters."""
        self.listeners = engine.listeners(rule.name)
        self.cells: dict[Key, Cell[OutputT]] = {}
        self.lets_go = False
        """Whether what it concluded before a horizon may be let go; the engine says so."""
        self.shows = False
        """Whether what it reports is noted when it changes; the engine says so."""
        self.gone: Counter[tuple[Status, str | None]] = Counter()
        """How many outputs were let go, which still count, by status and unit."""
        self._told: dict[Status, Alike] = {}
        self.heard = Heard()
        zone = engine.policy.zone
        self.since = Beginning(rule.effective.since, zone) if rule.effective.since else None
        self.until = Beginning(rule.effective.until, zone) if rule.effective.until else None
        self.where = engine.closures.condition(rule.guard)
        asked = [rule.guard] if rule.guard else []
        learns = engine.keeps and bool(engine.clerk.organisation.learned)
        self.depends = bool(contexts_of(asked)) or (learns and asks_organisation(asked))
        """Whether `where` asks what else is known, so that what does not start the rule now may still do so."""
        self.asks_bearer = rule.guard is not None and any(isinstance(e, FieldRef) and e.name == "bearer" for e in walk(rule.guard))
        self.limited = self.where is not None or self.since is not None or self.until is not None

    @abstractmethod
    def key_of(self, role: int, happening: Happening) -> Key:
        """The cell in which *happening* belongs."""

    @abstractmethod
    def begin(self, cell: Cell[OutputT]) -> None:
        """Sets the state of the fold before the first input, and puts the outputs that stand by then."""

    @abstractmethod
    def step(self, cell: Cell[OutputT], role: int, happening: Happening) -> None:
        """Takes the next input into the state, and puts the outputs that it makes or changes."""

    @abstractmethod
    def report(self, output: OutputT) -> tuple[Told, Facts]:
        """What stands of *output* at the engine's clock, and the facts that other rules are to be told of it."""

    @abstractmethod
    def conclude(self, output: OutputT) -> Conclusion:
        """The conclusion that *output* stands for."""

    def alike(self, status: Status) -> Alike:
        """What to tell of outputs with *status*, by unit: one object for all that are alike."""
        found = self._told.get(status)
        if found is None:
            everything = self.rule.report_all or self.engine.report_all
            reported = (status in AGAINST or everything) and status not in self.rule.silent
            found = self._told[status] = Alike(self.rule.name, status, reported)
        return found

    def told(self, status: Status, unit: str | None) -> Told:
        """What to tell of an output."""
        return self.alike(status)[unit]

    def counts(self) -> Iterator[tuple[tuple[str, str | None, Status], int]]:
        """How many outputs stand, by rule, unit and status."""
        return ((told.counted, told.number) for alike in self._told.values() for told in alike.values() if told.number)

    def taker(self, role: int) -> Callable[[Happening], None]:
        """What takes in the things that come under *role*; `insert`, or something quicker that does the same."""
        return partial(self.insert, role)

    def finished(self, cell: Cell[OutputT]) -> bool:
        """Whether nothing that is still to come, in order, can change *cell*."""
        return False

    def let_go(self, cell: Cell[OutputT], before: datetime) -> list[OutputT]:
        """Takes from *cell* the inputs before an instant, and the outputs that nothing from then on can change; gives the latter.

        Only asked where *lets_go*. The next fold must come to what it would have come to.
        """
        return []

    @property
    def size(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    def close(self, before: datetime) -> Iterator[OutputT]:
        """Lets go of what nothing from an instant on can change, cell by cell; gives the outputs among it."""
        for cell in list(self.cells.values()):
            yield from self.let_go(cell, before)
            if self.is_over(cell):
                del self.cells[cell.key]

    def is_over(self, cell: Cell[OutputT]) -> bool:
        """Whether nothing is left in *cell* that anybody need remember."""
        return not (cell.inputs or cell.base or cell.outputs)

    def contents(self) -> Iterator[tuple[Key, Any, list[Entry]]]:
        """What is held under each key, to be packed: the base, and the inputs."""
        return ((cell.key, self.packed(cell), cell.inputs) for cell in self.cells.values())

    def restore(self, key: Key, base: Any, inputs: list[Entry]) -> None:
        """Holds under *key* what was held there when it was packed."""
        cell = self.cells.setdefault(key, Cell(key))
        cell.base, cell.inputs = base, inputs
        self.refold(cell)

    def packed(self, cell: Cell[OutputT]) -> Any:
        """The base of *cell* as plain values and happenings; None where it has none."""
        return cell.base

    def unpacked(self, key: Key, packed: Any) -> Any:
        """The base that was packed, for a cell under *key*."""
        return packed

    def applies(self, happening: Happening) -> bool:
        """Whether the rule is in force at *happening*."""
        at = happening.occurred_at
        return (self.since is None or self.since.before(at)) and (self.until is None or not self.until.before(at))

    def starts(self, trigger: Happening) -> bool:
        """Whether `where` holds of *trigger*."""
        if self.where is None:
            return True
        if not self.asks_bearer:
            return self.holds(trigger.fields, trigger.occurred_at)
        return self.holds({**trigger.fields, "bearer": self.clerk.bearer(self.rule.bearer, trigger.fields)}, trigger.occurred_at)

    def holds(self, trigger: Mapping[str, object], at: datetime) -> bool:
        return self.where is None or bool(self.where(trigger, {}, at))

    def insert(self, role: int, happening: Happening) -> None:
        """Takes in something that happened, late or in order."""
        if role == TRIGGER and self.limited and not (self.applies(happening) and (self.depends or self.starts(happening))):
            return
        key = self.key_of(role, happening)
        cell = self.cells.get(key)
        if cell is None:
            if role == ACT and not (self.engine.keeps or self.acts_wait):
                return
            cell = self.cells[key] = Cell(key)
            self.begin(cell)
        order, inputs = happening.order, cell.inputs
        if not inputs or inputs[-1][0] < order or inputs[-1][:2] < (order, role):
            if inputs:
                inputs.append((order, role, happening))
            else:
                cell.inputs = [(order, role, happening)]  # no room to grow: most cells see no more than a few
            self.step(cell, role, happening)
            self.refresh(cell)
        else:
            place = bisect_right(inputs, (order, role), key=_place)
            entry = (order, role, happening)
            inputs.insert(place, entry)
            self.mend(cell, place, entry)

    def remove(self, role: int, happening: Happening) -> None:
        """Takes back something that was taken in."""
        cell = self.cells.get(self.key_of(role, happening))
        if cell is None:
            return
        place = bisect_left(cell.inputs, (happening.order, role), key=_place)
        if place < len(cell.inputs) and cell.inputs[place][:2] == (happening.order, role):
            self.mend(cell, place, cell.inputs.pop(place))

    def mend(self, cell: Cell[OutputT], place: int, changed: Entry) -> None:
        """Folds again what may be another now that *changed* has come in at *place* among the inputs, or is gone from there.

        That is everything, unless a kind of rule knows how far it reaches.
        """
        self.refold(cell)

    def refold(self, cell: Cell[OutputT]) -> None:
        """Folds *cell* again from its inputs; an output that is still there keeps what was told of it."""
        before, cell.outputs = cell.outputs, Outputs()
        cell.changed = None
        self.begin(cell)
        for _, role, happening in cell.inputs:
            self.step(cell, role, happening)
        self.replace(cell, before)

    def replace(self, cell: Cell[OutputT], before: Mapping[Any, OutputT]) -> None:
        """Tells of what has come in the place of the outputs that there were *before*."""
        for label, gone in before.items():
            if label in cell.outputs:
                self.engine.succeed(gone, cell.outputs[label])
        for label, gone in before.items():
            if label not in cell.outputs:
                self.engine.tell(self, gone, None)
        self.refresh(cell)

    def refresh(self, cell: Cell[OutputT]) -> None:
        """Tells the engine what has changed in *cell*, and lets the cell go once nothing can change it."""
        if changed := cell.changed:
            cell.changed = None
            for output in changed:
                self.engine.tell(self, output, *self.report(output))
        if not (cell.inputs or cell.base) or (not self.engine.keeps and self.finished(cell)):
            self.cells.pop(cell.key, None)

    def due(self, key: Key, label: str) -> None:
        """The clock has passed an instant at which the output may change by itself."""
        cell = self.cells.get(key)
        if cell is not None and label in cell.outputs:
            cell.change(cell.outputs[label])
            self.refresh(cell)

    def note(self, role: int, happening: Happening) -> None:
        """Notes under which key *happening* comes in, for whoever asks of it later."""
        self.heard.note(self.key_of(role, happening), happening)

    def note_all(self) -> None:
        """Notes anew under which keys something is held."""
        self.heard.clear()
        for cell in self.cells.values():
            for _, _, happening in cell.inputs:
                self.heard.note(cell.key, happening)

    def having(self, field: str, value: object, since: datetime = EVER) -> list[Cell[OutputT]]:
        """The cells in which something that happened at *since* or later may have *value* in *field*."""
        keys = self.heard.keys(field, value, since)
        return list(self.cells.values()) if keys is None else [self.cells[key] for key in keys if key in self.cells]

    def touch(self, field: str, value: object, since: datetime = EVER, until: datetime = FOREVER) -> None:
        """Folds again the cells in which some trigger in [since, until) has *value* in *field*: what is known of it has changed."""
        self._again(c for c in self.having(field, value, since) if any(
            r == TRIGGER and since <= h.occurred_at < until and h.get(field) == value for _, r, h in c.inputs))

    def touch_span(self, since: datetime, until: datetime) -> None:
        """Folds again the cells in which some trigger lies in [since, until): a period was opened there, or taken back."""
        self._again(c for c in self.cells.values() if any(r == TRIGGER and since <= h.occurred_at < until for _, r, h in c.inputs))

    def again(self) -> None:
        """Folds every cell again."""
        self._again(self.cells.values())

    def _again(self, cells: Iterable[Cell[OutputT]]) -> None:
        for cell in list(cells):
            self.refold(cell)


def _place(entry: Entry) -> tuple[Order, int]:
    return entry[:2]


def instant_of(entry: Entry) -> datetime:
    """Where an input stands in time."""
    return entry[0][0]


def bearer_reader(clerk: Clerk, bearer: Bearer) -> Callable[[Mapping[str, object]], str | None]:
    """The same as `clerk.bearer` for one *bearer*, prepared."""
    if bearer.unit is not None:
        return lambda fields: bearer.unit
    field, units = bearer.field or "", {post.id: post.unit for post in clerk.organisation.posts.values()}

    def read(fields: Mapping[str, object]) -> str | None:
        found = fields.get(field)
        if found is None:
            return None
        unit = found if type(found) is str else str(found)
        return units.get(unit) or unit

    return read
