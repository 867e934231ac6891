"""What is read of a log of lines: when its events were, and, type by type, the raw values of their fields. Needs numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from accountability.intake.columns import BAD, MISSING, Booleans, Integers, RawValues, Typed
from accountability.intake.reader import Intake
from accountability.policy.vocabulary import Field, Where

RESERVED = ("corrects", "retracts")
Get = Callable[[Any], Any]


class Times:
    """What is known of every row, block by block."""

    def __init__(self) -> None:
        self.occurred: list[Integers] = []
        self.recorded: list[Integers] = []
        self.sound: list[Booleans] = []
        self.immediate: list[Booleans] = []

    def add(self, occurred: Integers, recorded: Integers, sound: Booleans, immediate: Booleans) -> None:
        self.occurred.append(occurred)
        self.recorded.append(recorded)
        self.sound.append(sound)
        self.immediate.append(immediate)


class Kind:
    """The rows of one event type, and the raw values of its fields as they are read."""

    def __init__(self, intake: Intake, name: str, code: int, alike: dict[object, RawValues]) -> None:
        fields = intake.vocabulary[name].fields
        self.code = code
        in_data = (field.key or field.name for field in fields.values() if field.where is Where.DATA)
        self.keys = list(dict.fromkeys([*RESERVED, *in_data]))
        self._fields: list[tuple[Field, RawValues, Get, list[Integers]]] = [
            (field, alike.setdefault((field.type, field.where is Where.SUBJECT, field.optional), RawValues(field)),
             self._getter(field, name, intake.held), []) for field in fields.values()]
        self._rows: list[Integers] = []

    def _getter(self, field: Field, type_: str, held: Mapping[str, str]) -> Get:
        """What reads the raw value of *field* from a decoded row, or from its data."""
        key = field.key or field.name
        if field.where is Where.DATA:
            return attrgetter(f"f{self.keys.index(key)}")
        name = "subject" if field.where is Where.SUBJECT else key
        return (lambda row: type_) if name == "type" else attrgetter(held[name])

    @property
    def rows(self) -> Integers:
        """Their places, ascending."""
        found: Integers = joined(self._rows, np.int64)
        return found

    def take(self, places: Integers, rows: list[Any]) -> list[tuple[int, object]]:
        """Takes in *rows*, which stand at *places*; gives the places of those that correct or retract, with what they name."""
        self._rows.append(places)
        data = [row.data for row in rows]
        if None in data:
            data = [_NO_DATA if one is None else one for one in data]
        for field, values, get, numbers in self._fields:
            numbers.append(values.numbers(list(map(get, data if field.where is Where.DATA else rows))))
        return [(place, named) for word in _WORDS for named_all in [list(map(word, data))] if named_all.count(None) < len(named_all)
                for place, named in zip(places.tolist(), named_all, strict=True) if named is not None]

    def take_unread(self, row: int) -> None:
        """Takes in a row of which nothing is known but the type."""
        self._rows.append(np.array([row]))
        for _, values, _, numbers in self._fields:
            numbers.append(values.numbers([None]))

    def typed(self, name: str) -> Typed | None:
        """The field of that *name*, if there is one."""
        found = ((values, numbers) for field, values, _, numbers in self._fields if field.name == name)
        return next((values.typed(joined(numbers, np.int64)) for values, numbers in found), None)

    def lacking(self) -> Integers:
        """The rows that do not hold what is declared."""
        rows, lacking = self.rows, np.zeros(len(self.rows), np.bool_)
        for field, values, _, numbers in self._fields:
            codes = values.typed(joined(numbers, np.int64)).codes
            lacking |= (codes == BAD) | ((codes == MISSING) & (not field.optional))
        found: Integers = rows[lacking]
        return found


class _NoData:
    """The data of an event that has none."""

    def __getattr__(self, name: str) -> None:
        return None


_NO_DATA = _NoData()
_WORDS = (attrgetter("f0"), attrgetter("f1"))


def joined(parts: Sequence[Any], kind: Any) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, kind)
