"""A log as columns: what a sieve may ask of it. Needs numpy, of the extra `columnar`."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

import attrs
import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Typed:
    """One field of the rows of one event type: for each row the place of its value among *values*, -1 where missing.

    *values* holds distinct typed values, as a rule sees them, and what no row refers to.
    """

    codes: Integers
    values: Sequence[object]


class Columns(Protocol):
    """A log as columns, one row for each delivery of an event. Instants are whole microseconds since 1970 (UTC)."""

    occurred: Integers
    recorded: Integers
    odd: Booleans
    """Rows that cannot be judged by their columns alone: refused ones, corrections, retractions, what they name, and what comes
    twice. Whatever they say may be otherwise."""

    def rows(self, type_: str) -> Integers:
        """The places of the rows of *type_*, ascending."""
        ...

    def typed(self, type_: str, field: str) -> Typed:
        """A field of the rows of *type_*, in the order of `rows`. Of an odd row all may be missing here."""
        ...

    def events(self, rows: Integers) -> Sequence[object]:
        """What *rows*, which are ascending, are read as: events or, among the odd ones, what was refused."""
        ...

    def ids(self, rows: Integers) -> Sequence[str]:
        """The ids of the events in *rows*, which are not odd."""
        ...


def keys_of(parts: Sequence[Sequence[Typed]]) -> list[Integers]:
    """For each of *parts*, which are the fields of a key in several event types, the keys of its rows as numbers: the same number
    for the same key, -1 where a field is missing."""
    ends = np.cumsum([len(fields[0].codes) for fields in parts])
    found = np.zeros(int(ends[-1]), np.int64)
    for place in range(len(parts[0])):
        value = np.concatenate(_numbers([fields[place] for fields in parts]))
        missing = (found < 0) | (value < 0)
        # Numbered anew after each field, so that the numbers stay small.
        whole = found * (int(value.max(initial=0)) + 1) + value
        if place:
            whole = np.unique(whole, return_inverse=True)[1].reshape(-1)
        found = np.where(missing, -1, whole)
    return np.split(found, ends[:-1])


def _numbers(columns: Sequence[Typed]) -> list[Integers]:
    """The values of *columns* as numbers that are equal where these are, -1 where missing."""
    if all(column.values is columns[0].values for column in columns):
        return [column.codes for column in columns]
    numbers: dict[Hashable, int] = {}
    found = []
    for column in columns:
        size = len(column.values)
        mine = np.fromiter((numbers.setdefault(v, len(numbers)) for v in column.values), np.int64, size)
        found.append(np.where(column.codes < 0, -1, mine[column.codes] if size else -1))
    return found


def merged(parts: Sequence[Typed]) -> Typed:
    """*parts* one behind the other, as one column."""
    if all(part.values is parts[0].values for part in parts):
        return parts[0] if len(parts) == 1 else Typed(np.concatenate([part.codes for part in parts]), parts[0].values)
    numbers: dict[object, int] = {}
    codes = []
    for part in parts:
        mine = np.array([*(numbers.setdefault(value, len(numbers)) for value in part.values), -1], np.int64)
        codes.append(mine[part.codes])
    return Typed(np.concatenate(codes), list(numbers))
