"""A folder of CSV files on its way to rows of cells that know their place. In: a folder. Out: rows, or diagnostics."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from accountability.document import Node, Reading, Scalar
from accountability.errors import Span, closest

CELL = re.compile(r'(?:^|,)[ \t]*((?:"[^"]*"|[^,"])*)')


class Sheet:
    """The text of one CSV file, kept so that a cell's place can be worked out when somebody asks for it."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self._text = file, text
        self._lines: list[str] = []

    def span(self, line: int, cell: int | None) -> Span:
        """The place of *cell*, counted from 0, in the record that begins in *line*; of its first line without a cell."""
        self._lines = self._lines or self._text.split("\n")
        record, last = self._lines[line - 1], line
        if cell is None:
            return Span(self.file, line, 1, line, len(record) + 1)
        while record.count('"') % 2 and last < len(self._lines):
            record, last = record + "\n" + self._lines[last], last + 1
        start, end = [match.span(1) for match in CELL.finditer(record)][cell]
        return Span(self.file, *_place(record, line, start), *_place(record, line, max(end, start + 1)))


def _place(record: str, line: int, offset: int) -> tuple[int, int]:
    before = record[:offset]
    return line + before.count("\n"), offset - before.rfind("\n")


class CsvRow:
    """One record of a CSV file. An empty cell is an absent one."""

    __slots__ = ("_cells", "_columns", "_line", "_sheet")
    single: ClassVar[bool] = True

    def __init__(self, cells: list[str], columns: Mapping[str, int], sheet: Sheet, line: int) -> None:
        self._cells, self._columns, self._sheet, self._line = cells, columns, sheet, line

    def value(self, key: str) -> str | None:
        column = self._columns.get(key)
        return (self._cells[column] or None) if column is not None else None

    def node(self, key: str) -> Node | None:
        text = self.value(key)
        return Scalar(text, self.span(key), quoted=True) if text is not None else None

    def none(self, key: str) -> bool:
        """Never: a CSV file has no sign for an explicit `null`."""
        return False

    def span(self, key: str = "") -> Span:
        return self._sheet.span(self._line, self._columns.get(key))


def read_sheets(folder: Path, known: Mapping[str, tuple[str, ...]], required: Mapping[str, tuple[str, ...]],
                reading: Reading) -> dict[str, list[CsvRow]]:
    """The rows of `<table>.csv` for every table of *known*, which maps it to its columns; *required* names those it cannot lack.

    A table without a file has no rows, except the first. What is wrong is written down in *reading*.
    """
    names = {f"{table}.csv" for table in known}
    here = Span(str(folder), 1, 1, 1, 2)
    for path in sorted(folder.glob("*.csv")):
        if path.name not in names:
            reading.fail(Span(str(path), 1, 1, 1, 2), "unknown-file", f"an organisation has no table `{path.name}`",
                         closest(path.name, names))
    first = next(iter(known))
    if not (folder / f"{first}.csv").exists():
        reading.fail(here, "missing-file", f"the folder has no `{first}.csv`", "add it, or name a YAML file instead")
    tables: dict[str, list[CsvRow]] = {table: [] for table in known}
    for table, columns in known.items():
        path = folder / f"{table}.csv"
        if path.exists():
            tables[table] = _read_sheet(path, columns, required[table], reading)
    return tables


def _read_sheet(path: Path, known: tuple[str, ...], required: tuple[str, ...], reading: Reading) -> list[CsvRow]:
    start = Span(str(path), 1, 1, 1, 2)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        reading.fail(start, "encoding", "the file is not UTF-8 text", "save it as `CSV UTF-8`")
        return []
    except OSError as error:
        reading.fail(start, "unreadable-file", f"the file cannot be opened: {error.strerror}", "check its path and its rights")
        return []
    sheet = Sheet(str(path), text)
    records = csv.reader(io.StringIO(text), strict=True)
    rows: list[CsvRow] = []
    columns: dict[str, int] | None = None
    width, ended = 0, 0
    try:
        for record in records:
            line, ended = ended + 1, records.line_num
            cells = [cell.strip() for cell in record]
            if not any(cells):
                continue
            if columns is None:
                columns, width = _header(cells, sheet, line, known, required, reading), len(cells)
            elif len(cells) != width:
                reading.fail(sheet.span(line, None), "row-length", f"the row has {len(cells)} cells under {width} columns",
                             "give every column one cell; put a value that holds a comma in double quotes")
            else:
                rows.append(CsvRow(cells, columns, sheet, line))
    except csv.Error as error:
        line = ended + 1
        reading.fail(Span(str(path), line, 1, line, 2), "csv-syntax", f"the row cannot be read: {error}",
                     "check the double quotes of this row")
    if columns is None:
        reading.fail(start, "empty-file", "the file says nothing", "write its first line: " + ",".join(known))
    return rows


def _header(cells: list[str], sheet: Sheet, line: int, known: tuple[str, ...], required: tuple[str, ...],
            reading: Reading) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, name in enumerate(cells):
        if name in columns:
            reading.fail(sheet.span(line, place), "duplicate-key", f"the column `{name}` stands here a second time",
                         "keep one of the two")
        elif name not in known:
            reading.fail(sheet.span(line, place), "unknown-key", f"the table has no column `{name}`", closest(name, known))
        else:
            columns[name] = place
    for name in required:
        if name not in columns:
            reading.fail(sheet.span(line, None), "missing-key", f"the table lacks the column `{name}`", f"add a column `{name}`")
    return columns
