"""A folder of CSV files on its way to rows of cells that know their place. In: a folder. Out: rows, or diagnostics."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from accountability.document import Node, Reading, Scalar
from accountability.document.spelling import keyword
from accountability.errors import Span, closest
from accountability.organisation.keywords import COLUMNS, REQUIRED, WORDS, in_chinese

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


def read_sheets(folder: Path, reading: Reading) -> dict[str, list[CsvRow]]:
    """The rows of every table, from `units.csv` or `单位.csv` and so on.

    A table without a file has no rows, except the first. What is wrong is written down in *reading*.
    """
    tables: dict[str, list[CsvRow]] = {table: [] for table in COLUMNS}
    spelt = keyword(WORDS, COLUMNS)
    read: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        table = spelt(path.stem, "en")
        if table not in COLUMNS:
            names = COLUMNS if path.stem.isascii() else map(in_chinese, COLUMNS)
            reading.fail(_start(path), "unknown-file", f"an organisation has no table `{path.name}`",
                         closest(path.name, [f"{name}.csv" for name in names]))
        elif table in read:
            reading.fail(_start(path), "duplicate-key", f"`{path.name}` says the same as `{read[table]}`", "keep one of the two")
        else:
            read[table] = path.name
            tables[table] = _read_sheet(path, table, reading)
    first = next(iter(COLUMNS))
    if first not in read:
        name = in_chinese(first) if read and not any(map(str.isascii, read.values())) else first
        reading.fail(Span(str(folder), 1, 1, 1, 2), "missing-file", f"the folder has no `{name}.csv`",
                     "add it, or name a YAML file instead")
    return tables


def _start(path: Path) -> Span:
    return Span(str(path), 1, 1, 1, 2)


def _read_sheet(path: Path, table: str, reading: Reading) -> list[CsvRow]:
    start = _start(path)
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
                columns, width = _header(cells, sheet, line, table, reading), len(cells)
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
        names = COLUMNS[table] if path.stem.isascii() else map(in_chinese, COLUMNS[table])
        reading.fail(start, "empty-file", "the file says nothing", "write its first line: " + ",".join(names))
    return rows


def _header(cells: list[str], sheet: Sheet, line: int, table: str, reading: Reading) -> dict[str, int]:
    """The place of each column, by its English name."""
    known = COLUMNS[table]
    spelt = keyword(WORDS, known)
    names = [spelt(cell, "en") for cell in cells]
    written = {name: cell for name, cell in zip(names, cells, strict=True) if name in known}
    reading.written |= written
    reading.foreign |= 2 * sum(name != cell for name, cell in written.items()) > len(written)
    columns: dict[str, int] = {}
    for place, (name, cell) in enumerate(zip(names, cells, strict=True)):
        if name not in known:
            reading.fail(sheet.span(line, place), "unknown-key", f"the table has no column `{cell}`", reading.closest(cell, known))
        elif name not in columns:
            columns[name] = place
        elif cell == cells[columns[name]]:
            reading.fail(sheet.span(line, place), "duplicate-key", f"the column `{cell}` stands here a second time",
                         "keep one of the two")
        else:
            reading.fail(sheet.span(line, place), "duplicate-key", f"`{cell}` says the same as `{cells[columns[name]]}`",
                         "keep one of the two")
    for name in REQUIRED[table]:
        if name not in columns:
            reading.fail(sheet.span(line, None), "missing-key", f"the table lacks the column «{name}»", f"add a column «{name}»")
    return columns
