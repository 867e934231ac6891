"""The rows of a log as events, and the values of its columns, made when they are asked for. Needs numpy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from accountability.engine.columnar.columns import Columns, Integers, Typed
from accountability.event import Event
from accountability.workdays.localtime import EPOCH

MOST_HELD = 200_000
"""So many events, and so many facts of one rule, are kept made at a time."""


class Rows:
    """The rows of *log* as events, made when they are asked for."""

    def __init__(self, log: Columns) -> None:
        self.log = log
        self._made: dict[int, Event] = {}
        self._ids: dict[int, str] = {}

    def ids(self, rows: Integers) -> list[str]:
        """The ids of the events in *rows*."""
        wanted = rows.tolist()
        if not all(row in self._ids for row in wanted):
            self.prepare_ids(rows)
        return [self._ids[row] for row in wanted]

    def prepare_ids(self, rows: Integers) -> None:
        """Reads the ids of *rows* at once, which is quicker."""
        if len(self._ids) > MOST_HELD:
            self._ids.clear()
        wanted = np.unique(rows)
        self._ids.update(zip(wanted.tolist(), self.log.ids(wanted), strict=True))

    def prepare(self, rows: Integers) -> None:
        """Makes the events of *rows* at once, which is quicker."""
        if len(self._made) > MOST_HELD:
            self._made.clear()
        wanted = np.array(sorted({*rows.tolist()} - self._made.keys()), np.int64)
        self._made.update(zip(wanted.tolist(), self.log.events(wanted), strict=True))  # type: ignore[arg-type]

    def event(self, row: int) -> Event:
        """The event of a row that is nothing unusual."""
        if row not in self._made:
            self.prepare(np.array([row], np.int64))
        return self._made[row]


def values_at(held: Typed, places: Integers) -> list[Any]:
    """The values of *held* at *places*, None where missing."""
    codes, size = held.codes[places], len(held.values)
    if (some := getattr(held.values, "some", None)) is not None:
        found: list[Any] = some(codes)
        return found
    few, which = np.unique(codes, return_inverse=True) if size > len(codes) else (np.arange(-1, size), codes + 1)
    read = [None if code < 0 else held.values[code] for code in few.tolist()]
    return [read[n] for n in which.reshape(-1).tolist()]


def instants(numbers: Integers) -> list[datetime]:
    """The instants so many microseconds after 1970, in UTC."""
    return [EPOCH + since for since in numbers.astype("timedelta64[us]").tolist()]
