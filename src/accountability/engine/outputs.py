"""What follows in a cell, and what the rest of the engine has been told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Final, TypeVar

from accountability.conclusion import Conclusion, Status
from accountability.engine.derived import Unworded
from accountability.engine.indexes import AnyFact

Facts = Mapping[Any, AnyFact] | Unworded
"""Under what each is made of, or, where there are several of one sort, under that and its key. A fact that is alone is its own."""
NO_FACTS: Final[Facts] = {}


class Told:
    """What the rest of the engine is told of all outputs of a rule that are alike: under what they are counted, whether they are
    reported, and their *number*."""

    __slots__ = ("counted", "number", "reported")

    def __init__(self, counted: tuple[str, str | None, Status], reported: bool) -> None:
        self.counted, self.reported = counted, reported
        self.number = 0


class Alike(dict[str | None, Told]):
    """What is told of the outputs of one rule and *status*, by unit."""

    def __init__(self, rule: str, status: Status, reported: bool) -> None:
        self.rule, self.status, self.reported = rule, status, reported

    def __missing__(self, unit: str | None) -> Told:
        made = self[unit] = Told((self.rule, unit, self.status), self.reported)
        return made


class Output:
    """One thing that follows in a cell: an obligation, a breach, a finding, a proposal, a standing.

    What the engine has been *told* of it, with the *facts* that other rules were told, and the conclusion that was last *shown*
    to somebody.
    """

    __slots__ = ("_label", "facts", "shown", "told", "unit")

    def __init__(self, label: Any, unit: str | None) -> None:
        self._label, self.unit = label, unit
        self.told: Told | None = None
        self.facts: Facts = NO_FACTS
        self.shown: Conclusion | None = None

    @property
    def label(self) -> Any:
        """What tells it from the other outputs of its cell."""
        return self._label


OutputT = TypeVar("OutputT", bound=Output)


class Outputs(MutableMapping[Any, OutputT]):
    """Outputs by their labels, in the order in which they were put. Very many cells have one, and that one needs no dict."""

    __slots__ = ("_more", "_one")

    def __init__(self) -> None:
        self._one: OutputT | None = None
        self._more: dict[Any, OutputT] | None = None

    def __getitem__(self, label: object) -> OutputT:
        if self._more is not None:
            return self._more[label]
        if self._one is None or self._one.label != label:
            raise KeyError(label)
        return self._one

    def __contains__(self, label: object) -> bool:
        return label in self._more if self._more is not None else self._one is not None and self._one.label == label

    def __setitem__(self, label: object, output: OutputT) -> None:
        if self._more is not None:
            self._more[label] = output
        elif self._one is None or self._one.label == label:
            self._one = output
        else:
            self._more, self._one = {self._one.label: self._one, label: output}, None

    def __delitem__(self, label: object) -> None:
        if self._more is not None:
            del self._more[label]
        elif label in self:
            self._one = None
        else:
            raise KeyError(label)

    def __iter__(self) -> Iterator[Any]:
        if self._more is not None:
            return iter(self._more)
        labels: tuple[Any, ...] = () if self._one is None else (self._one.label,)
        return iter(labels)

    def __reversed__(self) -> Iterator[Any]:
        return iter(list(self)[::-1])

    def __len__(self) -> int:
        return len(self._more) if self._more is not None else int(self._one is not None)
