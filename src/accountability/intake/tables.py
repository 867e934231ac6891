"""The files of a log in Parquet as one table, of the rows and columns that somebody may ask for. Needs the extra `columnar`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from accountability.intake.arrow import ATTRIBUTES, FIRST, LAST, holds_of, is_text, plainer, repeated_in, sound_ones, unreadable
from accountability.intake.columns import Booleans, Integers
from accountability.intake.reader import Intake
from accountability.policy.vocabulary import Where

RESERVED = ("corrects", "retracts", "reason")
MANY = 2_000_000
"""So many rows, or a few more, are read at a time."""


class Table:
    """The rows of the files at *paths*, but those that are certainly ignored.

    *numbers* says of each row which of all it is, *starts* where each file begins among all, and where the last ends. *ignored* is
    the number of the others, *latest* when the last of them was recorded, in microseconds since 1970. Raises DocumentError where a
    file cannot be read.
    """

    def __init__(self, paths: Sequence[Path], intake: Intake) -> None:
        self._strict, self._vocabulary = intake.strict, intake.vocabulary
        self.ignored, self.latest, self.starts = 0, FIRST, [0]
        tables, numbers = [], []
        for path in paths:
            place = self.starts[-1]
            for table in self._read(path):
                wanted = self._wanted(table)
                tables.append(table if wanted is None else table.filter(pa.array(wanted)))
                numbers.append((np.arange(table.num_rows) if wanted is None else np.nonzero(wanted)[0]) + place)
                place += table.num_rows
            self.starts.append(place)
        # Nothing else holds the rows: a column that is put in one piece then takes room but once.
        self.table = tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")
        self.numbers: Integers = np.concatenate(numbers)

    def _wanted(self, table: pa.Table) -> Booleans | None:
        """The rows of *table* that are not certainly ignored; None where that is said of none. Ignored ones are counted."""
        columns = {name: table.column(name) for name in table.column_names}
        times = [columns[name] for name in ("time", "recordedtime") if name in columns]
        if self._strict or not all(pa.types.is_timestamp(c.type) and c.type.tz is not None for c in times):
            return None
        if "type" not in columns or not is_text(columns["type"].type):
            return None
        ignored = sound_ones(columns.get) & ~holds_of(columns["type"], lambda texts: pc.is_in(texts, pa.array([*self._vocabulary])))
        for word in RESERVED[:2]:
            if f"data.{word}" in columns:
                ignored &= pc.is_null(columns[f"data.{word}"]).to_numpy()
        at = None
        for column in times:
            held = pc.cast(column, pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
            whole = held.fill_null(FIRST - 1 if at is None else FIRST).to_numpy()
            at = whole if at is None else np.where(held.is_null().to_numpy(), at, whole)
            ignored &= (whole >= FIRST) & (whole < LAST)
        if at is None or not ignored.any():
            return None
        self.ignored += int(ignored.sum())
        self.latest = max(self.latest, int(at[ignored].max()))
        wanted: Booleans = ~ignored
        return wanted

    def _read(self, path: Path) -> Iterator[pa.Table]:
        """The rows of a file, some millions at a time."""
        try:
            repeated = repeated_in(path)
            file = pq.ParquetFile(path, read_dictionary=repeated)
            groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
            after = 0
            while after < len(groups) or not after:
                first, rows = after, 0
                while after < len(groups) and rows < MANY:
                    rows, after = rows + groups[after], after + 1
                yield self._shaped(path, file, repeated, list(range(first, after)))
                after = max(after, 1)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(path, error) from None

    def _shaped(self, path: Path, file: pq.ParquetFile, repeated: Sequence[str], groups: list[int]) -> pa.Table:
        fields = [f for declared in self._vocabulary.values() for f in declared.fields.values()]
        data = {f.key or f.name for f in fields if f.where is Where.DATA} | {*RESERVED}
        extensions = {f.key or f.name for f in fields if f.where is Where.ATTRIBUTE}
        names = [n for n in file.schema_arrow.names if n in {*ATTRIBUTES, *extensions, *data, "data"}]
        table = file.read_row_groups(groups, columns=names)
        if "data" in table.column_names:
            struct = table.column("data")
            table = table.drop_columns(["data"])
            for n in range(struct.type.num_fields if pa.types.is_struct(struct.type) else 0):
                if (key := struct.type.field(n).name) in data:
                    table = table.append_column(f"data.{key}", pc.struct_field(struct, n))
        renamed = [n if n in {*ATTRIBUTES, *extensions} or n.startswith("data.") else f"data.{n}" for n in table.column_names]
        table = table.rename_columns(renamed)
        if "source" not in renamed:
            repeated = [*repeated, "source"]
            source = pa.DictionaryArray.from_arrays(np.zeros(table.num_rows, np.int32), pa.array([f"/{path.name}"]))
            table = table.append_column("source", source)
        for n, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
            if name.removeprefix("data.") not in repeated and (wanted := plainer(column.type)) is not None:
                try:
                    table = table.set_column(n, name, pc.cast(column, wanted, safe=pa.types.is_binary(column.type)))
                except pa.ArrowInvalid as error:
                    raise unreadable(path, error) from None
        return table
