"""A log in Parquet: the same events as its rows would be as lines, and as columns for a sieve. Needs the extra `columnar`.

A column that is named like an attribute of CloudEvents holds that attribute; every other one holds the values of a key of `data`,
and so does every member of a struct `data`. Null is missing. Where there is no `specversion` it is 1.0, where there is no `source`
it is the name of the file. What is nothing unusual is read by columns; every other row is written as a line and read as one, so
that there is one way in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accountability.errors import EventRejected
from accountability.event import Event, make_event
from accountability.intake.arrow import (
    FIRST,
    LAST,
    Texts,
    Values,
    as_it_stands,
    as_json,
    converted,
    digests_of,
    instant_in,
    is_text,
    plain_text,
    sound_ones,
)
from accountability.intake.columns import BAD, MISSING, Booleans, Integers
from accountability.intake.envelope import encode_event
from accountability.intake.files import check_files
from accountability.intake.instants import NO_OFFSET
from accountability.intake.letters import Refused
from accountability.intake.reader import Intake
from accountability.intake.shape import kept_subject
from accountability.intake.tables import Table
from accountability.policy.vocabulary import EventType, Field, Where
from accountability.workdays.localtime import EPOCH, MICROSECOND

PART = 2**17


class ParquetLog:
    """The events of the files at *paths*, in the order of their rows; *intake* counts what becomes of them.

    *occurred* and *recorded* are microseconds since 1970. *odd* marks the rows that cannot be judged by their columns: those that
    are refused, correct or retract, are named by one that does, or come twice; *plain* the events among the others. Raises
    DocumentError where a file cannot be read.
    """

    def __init__(self, paths: Sequence[Path], intake: Intake) -> None:
        check_files(paths)
        self.intake, self._vocabulary = intake, intake.vocabulary
        self._files, self._read = [str(path) for path in paths], Table(paths, intake)
        self._columns: dict[str, pa.Array] = {}
        self.size: int = self._read.table.num_rows
        self._values: dict[object, Values] = {}
        self._rows: dict[str, Integers] = {}
        self._offsets: Values | None = None
        self._odd_ones: dict[int, Event | Refused | None] = {}
        types = self._encoded("type")
        self._types: dict[str, int] = {name: n for n, name in enumerate(types.values) if isinstance(name, str)}
        self._type_of = types.codes
        self.occurred = np.zeros(self.size, np.int64)
        self.occurred, sound = self._instants("time")
        self.recorded, known = self._instants("recordedtime")
        self._immediate = known < 0
        self.recorded = self.occurred if self._immediate.all() else np.where(self._immediate, self.occurred, self.recorded)
        self._sound = (sound > 0) & (known != 0) & self._whole()
        for name in self._read.table.column_names:
            self._column(name)
        with ThreadPoolExecutor(1) as beside:
            second = beside.submit(self._second_thoughts)
            for field in (f for name in self._types if name in self._vocabulary for f in self._vocabulary[name].fields.values()):
                self._typed(field)
            self.odd: Booleans = ~self._sound | second.result()
        for name, code in self._types.items():
            if name in self._vocabulary:
                self._look_at(name)
            elif intake.strict:
                self.odd |= self._type_of == code
        self._count()

    def rows(self, type_: str) -> Integers:
        """The places of the rows of *type_*, ascending."""
        if type_ not in self._rows:
            code = self._types.get(type_, BAD)
            self._rows[type_] = np.nonzero(self._type_of == code)[0]
        return self._rows[type_]

    def typed(self, type_: str, field: str) -> Any:
        """A field of the rows of *type_*, in the order of `rows`: *codes* and *values*."""
        place = "typed", type_, field
        if place not in self._values:
            declared = self._vocabulary[type_].fields.get(field)
            if declared is None:
                self._values[place] = Values(np.full(len(self.rows(type_)), MISSING, np.int32), ())
            else:
                found = self._typed(declared)
                self._values[place] = Values(np.maximum(found.codes[self.rows(type_)], MISSING), found.values)
        return self._values[place]

    def events(self, kept: Integers) -> list[Event | Refused]:
        """The events of the rows at *kept*, which is ascending; those of unknown types, where they are ignored, are left out."""
        found: list[Event | Refused | None] = [None] * len(kept)
        odd = self.odd[kept]
        for name in self._types:
            if name in self._vocabulary:
                places = np.nonzero((self._type_of[kept] == self._types[name]) & ~odd)[0]
                for place, event in zip(places.tolist(), self._plain(name, kept[places]), strict=True):
                    found[place] = event
        for place in np.nonzero(odd)[0].tolist():
            row = int(kept[place])
            if row not in self._odd_ones:
                self._odd_ones[row] = self._line(row)
            found[place] = self._odd_ones[row]
        return [item for item in found if item is not None]

    def ids(self, rows: Integers) -> list[str]:
        """The ids of the events in *rows*, which are not odd."""
        column = self._column("id")
        assert column is not None
        found: list[str] = plain_text(column.take(pa.array(rows))).to_pylist()
        return found

    def _column(self, name: str) -> pa.Array | None:
        if name not in self._columns and name in self._read.table.column_names:
            column = self._read.table.column(name)
            if pa.types.is_dictionary(column.type):
                column = column.unify_dictionaries()
            self._columns[name] = column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
            # The column in parts takes as much room again.
            self._read.table = self._read.table.set_column(self._read.table.column_names.index(name), name, column)
        return self._columns.get(name)

    def _encoded(self, name: str) -> Values:
        """The column *name* with each different value once, as JSON would hold it."""
        if name not in self._values:
            column = self._column(name)
            if column is None or pa.types.is_null(column.type):
                self._values[name] = Values(np.full(self.size, MISSING, np.int32), ())
            elif pa.types.is_nested(column.type):
                held = column.to_pylist()
                there = [n for n, value in enumerate(held) if value is not None]
                codes = np.full(self.size, MISSING, np.int32)
                codes[there] = np.arange(len(there), dtype=np.int32)
                self._values[name] = Values(codes, [held[n] for n in there])
            else:
                found = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
                indices = found.indices.fill_null(MISSING) if found.null_count else found.indices
                codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
                values = found.dictionary
                texts = is_text(values.type)
                self._values[name] = Values(codes, Texts(values) if texts else [as_json(value) for value in values.to_pylist()])
        return self._values[name]

    def _typed(self, field: Field) -> Values:
        """What *field* is read from, typed: the same object for fields that are read alike."""
        key = field.key or field.name
        name = "subject" if field.where is Where.SUBJECT else key if field.where is Where.ATTRIBUTE else f"data.{key}"
        alike = (name, field.type, field.where, field.optional)
        if alike not in self._values:
            raw = self._encoded(name)
            self._values[alike] = raw if as_it_stands(field, raw.values) else converted(field, raw)
        return self._values[alike]

    def _instants(self, name: str) -> tuple[Integers, npt.NDArray[np.int8]]:
        """The instants of an attribute; and for each row 1 where it is sound, 0 where it is not, -1 where it is missing."""
        column = self._column(name)
        if column is None:
            return self.occurred, np.full(self.size, -1, np.int8)
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            whole = pc.cast(column, pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
            if not whole.null_count:
                at = whole.to_numpy()
                return at, ((at >= FIRST) & (at < LAST)).astype(np.int8)
            missing = pc.is_null(column).to_numpy(zero_copy_only=False)
            at = whole.fill_null(0).to_numpy(zero_copy_only=False)
            sound = (at >= FIRST) & (at < LAST)
        else:
            raw = self._encoded(name)
            read = [instant_in(value) for value in raw.values]
            at, missing = np.array([at for at, _ in read] + [0], np.int64)[raw.codes], raw.codes == MISSING
            if name == "time":
                self._offsets = Values(raw.codes, [offset for _, offset in read])
            sound = (at >= FIRST) & (at < LAST)
        return np.where(missing, 0, at), np.where(missing, -1, sound).astype(np.int8)

    def _whole(self) -> Booleans:
        """Which rows have what every CloudEvent has."""
        return sound_ones(self._column)

    def _second_thoughts(self) -> Booleans:
        """The rows that correct or retract, those whose id they name, and those whose id comes again."""
        odd = np.zeros(self.size, np.bool_)
        ids = self._column("id")
        if ids is None or not is_text(ids.type):
            return odd
        ids = plain_text(ids)
        known = np.array([*(name in self._vocabulary for name in self._encoded("type").values), False])[self._type_of]
        named: set[str] = set()
        for word in ("corrects", "retracts"):
            if self._column(f"data.{word}") is None:
                continue
            raw = self._encoded(f"data.{word}")
            odd |= raw.codes != MISSING
            named.update(v if isinstance(v, str) else str(v.get("id")) for v in raw.values if isinstance(v, str | dict))
        if named:
            odd |= pc.is_in(ids, value_set=pa.array(sorted(named), ids.type)).to_numpy(zero_copy_only=False)
        places = np.nonzero(known)[0]
        digests = np.concatenate([digests_of(ids[n : n + PART]) for n in range(0, max(self.size, 1), PART)])[places]
        inorder = np.sort(digests)
        again = inorder[1:][inorder[1:] == inorder[:-1]]
        if len(again):
            # What is alike in its digest need not be alike.
            places = places[np.isin(digests, again)]
            alike = pc.dictionary_encode(ids.take(pa.array(places)))
            codes = alike.indices.fill_null(0).to_numpy(zero_copy_only=False)
            often = np.bincount(codes, minlength=1) > 1
            odd[places[often[codes]]] = True
        return odd

    def _look_at(self, type_: str) -> None:
        """Marks the rows of *type_* that do not hold what is declared."""
        rows = self.rows(type_)
        for field in self._vocabulary[type_].fields.values():
            codes = self._typed(field).codes[rows]
            if len(codes) and codes.min() < 0:
                self.odd[rows[(codes == BAD) | ((codes == MISSING) & (not field.optional))]] = True

    def _count(self) -> None:
        counts = self.intake.counts
        known = np.array([*(name in self._vocabulary for name in self._encoded("type").values), False])[self._type_of]
        self.plain = plain = known & ~self.odd
        counts.accepted += int(plain.sum())
        counts.assumed_immediate += int((plain & self._immediate).sum())
        counts.ignored += int((~known & ~self.odd).sum()) + self._read.ignored
        heard = self.recorded[~self.odd] if self.odd.any() else self.recorded
        if len(heard) or self._read.ignored:
            latest = EPOCH + max(self._read.latest, int(heard.max(initial=FIRST))) * MICROSECOND
            counts.latest_recorded_at = max(latest, counts.latest_recorded_at or latest)

    def _plain(self, type_: str, rows: Integers) -> Iterator[Event]:
        declared, number = self._vocabulary[type_], len(rows)
        about = any(field.where is Where.SUBJECT for field in declared.fields.values())
        texts: list[list[Any]] = [
            plain_text(column.take(pa.array(rows))).to_pylist() if (column := self._column(name)) is not None else [None] * number
            for name in ("id", "source", "subject", "sequence")]
        ids, sources, subjects, sequences = texts
        times, told = self.occurred[rows].tolist(), self.recorded[rows].tolist()
        numbers = self._read.numbers[rows].tolist()
        for n, (row, held) in enumerate(zip(rows.tolist(), self._held(declared, rows), strict=True)):
            at = EPOCH + timedelta(microseconds=times[n])
            known = at if told[n] == times[n] else EPOCH + timedelta(microseconds=told[n])
            sequence, subject = sequences[n], subjects[n]
            offset: Any = NO_OFFSET if self._offsets is None else self._offsets.values[self._offsets.codes[row]]
            yield make_event(ids[n], sources[n], type_, at, known, offset,
                             numbers[n] + 1 if sequence is None or sequence == "" else sequence, held,
                             None if subject is None else kept_subject(subject, about),
                             *((self._files[0], numbers[n] + 1) if len(self._files) == 1 else self._origin(numbers[n])))

    def _held(self, declared: EventType, rows: Integers) -> Iterable[dict[str, object]]:
        """The fields of the plain *rows* of one type."""
        columns = [(self._typed(field), field.name) for field in declared.fields.values()]
        whole = all((column.codes[rows] >= 0).all() for column, _ in columns)
        names, values = [name for _, name in columns], [column.at(rows) for column, _ in columns]
        if columns and whole:
            return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
        lists = list(zip(names, values, strict=True))
        return [{name: held[n] for name, held in lists if held[n] is not None} for n in range(len(rows))]

    def _line(self, row: int) -> Event | Refused | None:
        """The event of the row, read as a line."""
        whole: dict[str, object] = {} if "specversion" in self._read.table.column_names else {"specversion": "1.0"}
        data: dict[str, object] = {}
        for name in self._read.table.column_names:
            value = as_json(self._read.table.column(name)[row].as_py())
            if value is not None and name.startswith("data."):
                data[name[5:]] = value
            elif value is not None:
                whole[name] = value
        place = int(self._read.numbers[row])
        file, number = self._origin(place)
        try:
            line = encode_event({**whole, "data": data})
        except EventRejected as why:
            self.intake.counts.refused += 1
            return Refused(f"{file}:{number}", why.check, why.what, b"")
        return self.intake.placed(line, place + 1, file, number)

    def _origin(self, place: int) -> tuple[str, int]:
        file = bisect_right(self._read.starts, place) - 1
        return self._files[file], place - self._read.starts[file] + 1
