"""Columns of Arrow on their way to typed values: what repeats, what is the same, what is sound. Needs the extra `columnar`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from accountability.errors import Diagnostic, DocumentError, EventRejected, Span
from accountability.intake.columns import MISSING, Booleans, Integers, typed_places
from accountability.intake.instants import NO_OFFSET, YEARS, read_time
from accountability.policy.vocabulary import Field, Sort
from accountability.workdays.localtime import EPOCH, MICROSECOND

Codes = npt.NDArray[np.int32]
FEW_BYTES = 3
"""A column of texts that takes fewer bytes in each row holds few different ones."""
MIX = np.uint64(0x9E3779B97F4A7C15)
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "recordedtime", "sequence", "datacontenttype")
FIRST, LAST = ((datetime(year, 1, 2, tzinfo=UTC) - EPOCH) // MICROSECOND for year in (YEARS.start, YEARS.stop - 1))


class Texts(Sequence[Any]):
    """The texts of an Arrow array. There may be millions, so they are made when they are asked for."""

    def __init__(self, array: pa.Array) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, place: Any) -> Any:
        return self.array[place].as_py()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array.to_pylist())

    def some(self, codes: Codes) -> list[Any]:
        """The texts at the places *codes*, None where one is negative."""
        held: list[Any] = self.array.take(pa.array(codes, mask=codes < 0)).to_pylist()
        return held


class Values:
    """Distinct typed values, by the places that codes refer to; *codes* are for all rows, MISSING or BAD where there is none."""

    def __init__(self, codes: Codes, values: Sequence[Any]) -> None:
        self.codes, self.values = codes, values

    def at(self, rows: Integers) -> list[Any]:
        """The values of *rows*, None where there is none."""
        codes = self.codes[rows]
        if isinstance(self.values, Texts):
            return self.values.some(codes)
        return [None if code < 0 else self.values[code] for code in codes.tolist()]


def unreadable(path: Path, error: Exception) -> DocumentError:
    """Says that the log at *path* cannot be read."""
    what = f"the log cannot be read: {str(error).splitlines()[0].lower()}"
    way_out = "check the path, its rights and whether the copy is whole"
    return DocumentError([Diagnostic(Span(str(path), 1, 1, 1, 2), "unreadable-log", what, way_out)])


def plainer(type_: pa.DataType) -> pa.DataType | None:
    """The type in which a column of *type_* is read, where that is another one."""
    if pa.types.is_dictionary(type_):
        return type_.value_type
    if pa.types.is_binary(type_) or pa.types.is_large_binary(type_):
        # Some writers do not say that their texts are texts.
        return pa.string() if pa.types.is_binary(type_) else pa.large_string()
    if pa.types.is_timestamp(type_) and type_.unit == "ns":
        # Digits beyond the microsecond are cut off (time.md, Instants).
        return pa.timestamp("us", type_.tz)
    return None


def sound_ones(column_of: Callable[[str], pa.ChunkedArray | None]) -> Booleans:
    """Which rows have what every CloudEvent has."""
    ids = column_of("id")
    if ids is None:
        return np.zeros(1, np.bool_)
    whole = np.ones(len(ids), np.bool_)
    for name in ("id", "source", "type", "specversion"):
        column = column_of(name)
        if column is None and name == "specversion":
            continue
        if column is None or not is_text(column.type):
            return np.zeros(len(ids), np.bool_)
        if name == "specversion":
            whole &= holds_of(column, lambda texts: pc.equal(texts, "1.0"))
        else:
            whole &= holds_of(column, lambda texts: pc.not_equal(texts, ""))
    for name in ("subject", "sequence", "datacontenttype"):
        column = column_of(name)
        if column is not None and not (is_text(column.type) or pa.types.is_null(column.type)
                                       or (name == "sequence" and pa.types.is_integer(column.type))):
            whole &= np.asarray(pc.is_null(column))
    return whole


def holds_of(column: pa.ChunkedArray, test: Callable[[pa.Array], pa.Array]) -> Booleans:
    """Of which texts in *column* the *test* holds; not of what is missing."""
    found = []
    for part in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        if pa.types.is_dictionary(part.type):
            each = np.append(test(part.dictionary).fill_null(False).to_numpy(zero_copy_only=False), False)
            found.append(each[part.indices.fill_null(-1).to_numpy(zero_copy_only=False)])
        else:
            found.append(test(part).fill_null(False).to_numpy(zero_copy_only=False))
    return np.concatenate(found) if found else np.zeros(0, np.bool_)


def repeated_in(path: Path) -> list[str]:
    """The columns of texts in the file at *path* that stand there in few bytes each: of them, few are different."""
    file = pq.ParquetFile(path)
    held = file.metadata
    places = {held.schema.column(n).path: n for n in range(held.num_columns)}
    texts = [f.name for f in file.schema_arrow if not pa.types.is_dictionary(f.type) and is_text(f.type) and f.name in places]
    return [name for name in texts
            if sum(held.row_group(n).column(places[name]).total_uncompressed_size for n in range(held.num_row_groups))
            < FEW_BYTES * held.num_rows]


def digests_of(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """A number for each of *texts*: equal ones have the same, and others nearly always another."""
    found = np.zeros(len(texts), np.uint64)
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return found
    ends = np.frombuffer(offsets, width)[texts.offset : texts.offset + len(texts) + 1]
    held = np.concatenate([np.frombuffer(data, np.uint8)[int(ends[0]) : int(ends[-1])], np.zeros(8, np.uint8)])
    words = np.ndarray(len(held) - 7, np.dtype("<u8"), held, strides=(1,))
    starts, sizes = ends[:-1] - ends[0], np.diff(ends)
    for place in range(0, int(sizes.max()), 8):
        rows = np.nonzero(sizes > place)[0] if place else slice(None)
        left = np.minimum(sizes[rows] - place, 8).astype(np.uint64)
        word = words[starts[rows] + place]
        word = np.where(left == 8, word, word & ((np.uint64(1) << (left * np.uint64(8) % np.uint64(64))) - np.uint64(1)))
        mixed = (found[rows] ^ word) * MIX
        found[rows] = mixed ^ (mixed >> np.uint64(29))
    return found + sizes.astype(np.uint64)


def plain_text(column: pa.Array) -> pa.Array:
    """*column* with each text in its place."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def is_text(type_: pa.DataType) -> bool:
    """Whether a column of *type_* holds texts."""
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def as_json(value: object) -> object:
    """*value* as a JSON decoder of ours would give it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {key: as_json(held) for key, held in value.items() if held is not None}
    return value


def instant_in(value: object) -> tuple[int, timedelta]:
    """Microseconds since 1970, and the offset it was written with; before all that is allowed where it is no instant."""
    try:
        at, offset = read_time(value if isinstance(value, str) else "", "`time`")
    except EventRejected:
        return FIRST - 1, NO_OFFSET
    return (at - EPOCH) // MICROSECOND, offset


def as_it_stands(field: Field, values: Sequence[Any]) -> bool:
    """Whether all *values* are typed already, each of them another one."""
    if not isinstance(values, Texts) or field.type.sort not in (Sort.TEXT, Sort.REFERENCE):
        return False
    if field.type.sort is Sort.TEXT:
        return True
    array = values.array
    # A slash may stand behind the kind of the id, and a text of spaces is missing.
    bare = not pc.any(pc.match_substring(array, "/")).as_py()
    return bool(bare and pc.all(pc.match_substring_regex(array, "[0-9A-Za-z]")).as_py())


def converted(field: Field, raw: Values) -> Values:
    """*raw* values, typed as *field* declares."""
    places, values = typed_places(field, raw.values)
    return Values(np.array([*places, MISSING], np.int32)[raw.codes], values)
