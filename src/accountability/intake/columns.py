"""Very many values at once: instants as `read_time` reads each of them, and fields as their `converter` does. Needs numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from accountability.errors import EventRejected
from accountability.intake.instants import YEARS, offset_of, read_time
from accountability.intake.values import converter
from accountability.policy.vocabulary import Field, Sort
from accountability.workdays.localtime import MICROSECOND, microseconds

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
MISSING, BAD = -1, -2
BY_CLASS = frozenset({Sort.BOOLEAN, Sort.NUMBER})
"""The sorts of which `true` and 1 are two values."""
NO_PLAIN_VALUE = ()
"""Stands for a list or an object, which no field can hold."""
WIDTH = 19
"""The signs of an instant to the second, before its zone."""
SEPARATORS = np.array([4, 7, 10, 13, 16])
DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
SIGNS = np.frombuffer(b"--T::", np.uint8)


def read_times(texts: Sequence[str]) -> tuple[Integers, Booleans]:
    """Microseconds since 1970 (UTC) for each of *texts*, and which of them are instants; where one is not, 0."""
    plain = _alike(texts)
    if plain is not None:
        return plain, np.ones(len(texts), np.bool_)
    found, sound = np.zeros(len(texts), np.int64), np.ones(len(texts), np.bool_)
    for n, text in enumerate(texts):
        try:
            found[n] = microseconds(read_time(text, "`time`")[0])
        except EventRejected:
            sound[n] = False
    return found, sound


def _alike(texts: Sequence[str]) -> Integers | None:
    """The same, where all are written to the second in one zone, as those of one system are; None where one is not."""
    if not texts or set(map(len, texts)) != {len(texts[0])}:
        return None
    end = texts[0][WIDTH:]
    offset = offset_of(end)
    try:
        signs = np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(len(texts), -1)
    except UnicodeEncodeError:
        return None
    if offset is None or not (signs[:, SEPARATORS] == SIGNS).all() or not (signs[:, WIDTH:] == signs[0, WIDTH:]).all():
        return None
    digits = signs[:, DIGITS] - ord("0")
    if (digits > 9).any():  # what lies below the digits has wrapped round
        return None
    tens = (digits[:, 0::2] * 10 + digits[:, 1::2]).astype(np.int64)
    year, month, day, hour, minute, second = tens[:, 0] * 100 + tens[:, 1], *tens[:, 2:].T
    if year.min() < YEARS.start or year.max() >= YEARS.stop - 1 or month.min() < 1 or month.max() > 12:
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    if day.min() < 1 or (days >= after).any() or hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        return None
    found: Integers = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 - offset // MICROSECOND
    return found


@attrs.frozen(eq=False)
class Typed:
    """One field of many rows: for each its place among *values*, which are distinct; MISSING or BAD where there is none."""

    codes: Integers
    values: Sequence[object]


def typed_places(field: Field, raws: Iterable[Any]) -> tuple[list[int], list[object]]:
    """For each of *raws*, typed as *field* declares, its place among the different values that follow; MISSING or BAD where it has
    none."""
    convert, found, places = converter(field), dict[object, int](), list[int]()
    for raw in raws:
        try:
            value = None if raw is None else convert(raw)
        except (EventRejected, ValueError, OverflowError):
            places.append(BAD)
            continue
        places.append(MISSING if value is None else found.setdefault(value, len(found)))
    return places, list(found)


class RawValues:
    """The raw values of *field*, and of others that are read alike, as numbers; typed once all are known."""

    def __init__(self, field: Field) -> None:
        self._field, self._by_class = field, field.type.sort in BY_CLASS
        self._numbers: defaultdict[Any, int] = defaultdict(count().__next__)
        self._typed: tuple[Integers, Sequence[object]] | None = None

    def numbers(self, raw: Sequence[Any]) -> Integers:
        """Those of the values in *raw*, of which None is one."""
        try:
            return np.array(list(map(self._numbers.__getitem__, zip(map(type, raw), raw, strict=True) if self._by_class else raw)))
        except TypeError:  # a list or an object
            return self.numbers([value if value.__hash__ is not None else NO_PLAIN_VALUE for value in raw])

    def typed(self, numbers: Integers) -> Typed:
        """The typed values of what has these *numbers*."""
        if self._typed is None and self._as_they_stand():
            self._typed = np.arange(len(self._numbers)), list(self._numbers)
        if self._typed is None:
            raws = (held[1] for held in self._numbers) if self._by_class else self._numbers
            places, values = typed_places(self._field, raws)
            self._typed = np.array(places, np.int64), values
        return Typed(self._typed[0][numbers], self._typed[1])

    def _as_they_stand(self) -> bool:
        """Whether all are typed values already: text, or ids without a prefix."""
        sort = self._field.type.sort
        if sort is not Sort.TEXT and sort is not Sort.REFERENCE:
            return False
        return set(map(type, self._numbers)) == {str} and (sort is Sort.TEXT or all(map(str.isalnum, self._numbers)))
