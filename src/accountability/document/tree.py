"""The nouns of a document: a scalar, a list, a mapping, each with its place."""

from __future__ import annotations

import re
from bisect import bisect_right

import attrs

from accountability.errors import Span

BREAK = re.compile(r"\r\n|\r|\n")
BLANK = " \t\r\n"
BACKSLASH_LENGTHS = {"x": 4, "u": 6, "U": 10}


@attrs.frozen
class Scalar:
    """One value, as written. *quoted* tells `"5"` from `5`, and is true of `|` and `>` too.

    *source* is what stands in the file, where that is more than *text*: quotes, escapes, several lines.
    *written* is what stands there where *text* is another spelling of it: a keyword.
    """

    text: str
    span: Span
    quoted: bool = False
    source: str | None = attrs.field(default=None, eq=False, repr=False)
    written: str | None = attrs.field(default=None, eq=False, repr=False)

    def part(self, start: int, end: int) -> Span:
        """Where the characters *start* to *end* of the text stand in the file; *start* = *end* is a place between two."""
        if self.source is not None:
            places = _places(self)
            line, column, _ = places[min(start, len(places) - 1)]
            end_line, end_column, width = places[min(max(end - 1, start), len(places) - 1)]
            return Span(self.span.file, line, column, end_line, end_column + (width if end > start else 0))
        if self.span.line != self.span.end_line:
            return self.span
        column, last = self.span.column, self.span.end_column
        return Span(self.span.file, self.span.line, min(column + start, last), self.span.line, min(column + end, last))


@attrs.frozen
class Sequence:
    items: tuple[Node, ...]
    span: Span


@attrs.frozen
class Mapping:
    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping
NAMES: dict[type, str] = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping of `key: value`"}


def _places(scalar: Scalar) -> list[tuple[int, int, int]]:
    """Line, column and width of every character of the text, and of the end. What a line break stands for has no width."""
    source = scalar.source or ""
    starts = [0, *(m.end() for m in BREAK.finditer(source))]
    places = []
    for at in _offsets(source, scalar.text):
        row = bisect_right(starts, at) - 1
        width = 0 if source[at : at + 1] in ("", "\r", "\n") else 1
        places.append((scalar.span.line + row, at - starts[row] + (scalar.span.column if row == 0 else 1), width))
    return places


def _offsets(source: str, text: str) -> list[int]:
    """Where in *source* each character of *text* comes from. They differ in quotes, escapes, and in white space alone."""
    style = source[:1]
    header = BREAK.search(source) if style in ("|", ">") else None
    at = header.end() if header else 1 if style in ("'", '"') else 0
    found = []
    for sign in text:
        while at < len(source):
            escape = style == '"' and source[at] == "\\"
            if escape and source[at + 1 : at + 2] in ("\r", "\n"):
                at += 1
            elif source[at] == sign or escape or sign in BLANK or source[at] not in BLANK:
                break
            else:
                at += 1
        found.append(min(at, len(source)))
        if style == '"' and source[at : at + 1] == "\\":
            at += BACKSLASH_LENGTHS.get(source[at + 1 : at + 2], 2)
        elif source[at : at + 1] == sign:
            at += 2 if style == sign == "'" else 1
    return [*found, min(at, len(source))]
