"""Rows on their way to a draft organisation. In: a YAML tree or a folder of CSV files. Out: a Draft, or diagnostics.

A draft is whole even where it is wrong (an unreadable value has a stand-in), so that the checks can report the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from accountability.document import Mapping, Node, Reading, Scalar, Sequence
from accountability.document.spelling import every_key, is_chinese, keyword
from accountability.errors import Span
from accountability.organisation.draft import Draft
from accountability.organisation.keywords import COLUMNS, REQUIRED, WORDS, respelled
from accountability.organisation.model import UNRANKED, Line, Part, Post, Tenure, Unit
from accountability.organisation.sheets import read_sheets

PART = keyword(WORDS, Part)
SHARE = re.compile(r"(\d{1,9})/(\d{1,9})|(\d{1,3}(?:\.\d{1,9})?)(%?)")


class Row(Protocol):
    """One entry as written: a mapping of a YAML list, a record of a CSV file, or a resource of a W3C ORG file.

    *single* says that every value is single, so that where there is none there is nothing else either.
    """

    single: ClassVar[bool]

    def value(self, key: str) -> str | None:
        """The characters of a single value; None where there is none or it is not single."""

    def node(self, key: str) -> Node | None:
        """The value as a node; None where the key is absent or explicitly null."""

    def none(self, key: str) -> bool:
        """Whether the value is explicitly null."""

    def span(self, key: str = "") -> Span:
        """The place of the value, or of the entry where it has none."""


class YamlRow:
    """One mapping of a YAML list. An unquoted `null` says that there is no value."""

    single: ClassVar[bool] = False

    def __init__(self, entries: dict[str, Node], whole: Span) -> None:
        self._entries, self._whole = entries, whole

    def value(self, key: str) -> str | None:
        node = self.node(key)
        return (node.text.strip() or None) if isinstance(node, Scalar) else None

    def node(self, key: str) -> Node | None:
        return None if self.none(key) else self._entries.get(key)

    def none(self, key: str) -> bool:
        node = self._entries.get(key)
        return isinstance(node, Scalar) and node.text == "null" and not node.quoted

    def span(self, key: str = "") -> Span:
        return self._entries[key].span if key in self._entries else self._whole


class Cells:
    """Reads typed values out of rows. A text that was understood once is not read again."""

    def __init__(self, reading: Reading, zone: ZoneInfo | None) -> None:
        self._reading, self._zone = reading, zone
        self._instants: dict[str, datetime] = {}
        self._ranks: dict[str, int] = {}
        self._yes: dict[str, bool] = {}

    def text(self, row: Row, key: str, noun: str) -> str | None:
        """A value that must be there."""
        text = row.value(key)
        if text is None:
            node = row.node(key)
            if node is None:
                self._reading.fail(row.span(), "missing-key", f"{noun} lacks «{key}»", f"write its «{key}»")
            else:
                self._mistake(node, key, noun)
        return text

    def optional(self, row: Row, key: str, noun: str) -> str | None:
        text = row.value(key)
        if text is None and not row.single:
            node = row.node(key)
            if node is not None:
                self._mistake(node, key, noun)
        return text

    def _mistake(self, node: Node, key: str, noun: str) -> None:
        if not isinstance(node, Scalar):
            self._reading.wrong_kind(node, f"«{key}» of {noun}", "a single value")
        else:
            self._reading.fail(node.span, "empty-value", f"«{key}» of {noun} is empty", "write a value, or `null` for none")

    def instant(self, row: Row, key: str, noun: str, required: bool = False) -> datetime | None:
        """An instant in UTC; a bare date is the first instant of that day in the zone."""
        text = self.text(row, key, noun) if required else self.optional(row, key, noun)
        if text is None or text in self._instants:
            return self._instants[text] if text is not None else None
        found = self._reading.instant(row.node(key), f"«{key}» of {noun}", self._zone)
        if found is None:
            return None
        try:
            self._instants[text] = found.astimezone(UTC)
        except OverflowError:
            self._reading.fail(row.span(key), "not-an-instant", f"«{key}» of {noun} is `{text}`, beyond the calendar",
                               "write an instant of the years 2 to 9998" if required or key not in ("from", "to")
                               else f"leave «{key}» out where the time has no beginning" if key == "from"
                               else f"leave «{key}» out where the time has no end")
            return None
        return self._instants[text]

    def rank(self, row: Row) -> int:
        text = self.optional(row, "rank", "a post")
        if text is None:
            return UNRANKED
        if text not in self._ranks:
            # A number of any length is read as one that is out of range.
            number = 0 if len(text) > 9 and text.isdigit() else self._reading.integer(row.node("rank"), "«rank» of a post")
            if number is None:
                return UNRANKED
            self._ranks[text] = number
        return self._ranks[text]

    def yes(self, row: Row, key: str, noun: str) -> bool:
        """A yes or no; no where it is absent."""
        text = self.optional(row, key, noun)
        if text is None:
            return False
        if text not in self._yes:
            said = self._reading.boolean(row.node(key), f"«{key}» of {noun}")
            if said is None:
                return False
            self._yes[text] = said
        return self._yes[text]

    def names(self, row: Row, key: str, noun: str) -> tuple[str, ...]:
        """Several values: a list, or one text in which `;` parts them."""
        node = row.node(key)
        if isinstance(node, Sequence):
            texts = [item.text.strip() if isinstance(item, Scalar) else "" for item in node.items]
            if "" in texts:
                self._reading.fail(node.span, "wrong-kind", f"«{key}» of {noun} is not a list of single values", "write `[a, b]`")
        else:
            texts = [text.strip() for text in (self.optional(row, key, noun) or "").split(";")]
        return tuple(text for text in texts if text)

    def part(self, row: Row) -> Part:
        text = self.optional(row, "part", "a line")
        part = PART(text or Part.LEAD, "en")
        if part not in set(Part):
            self._reading.fail(row.span("part"), "unknown-choice", f"«part» of a line is `{text}`",
                               self._reading.closest(part, Part))
            return Part.LEAD
        return Part(part)

    def share(self, row: Row) -> Fraction | None:
        """A part of the whole, exactly: `1/3`, `0.4` or `40%`."""
        text = self.optional(row, "share", "a line")
        if text is None:
            return None
        match = SHARE.fullmatch(text)
        if match is None or (match[2] is not None and not int(match[2])):
            self._reading.fail(row.span("share"), "not-a-share", f"«share» of a line is `{text}`",
                               "write a part of the whole such as `1/3`, `0.4` or `40%`")
            return None
        return Fraction(int(match[1]), int(match[2])) if match[1] else Fraction(match[3]) / (100 if match[4] else 1)

    def holder(self, row: Row, acting: bool) -> str | None:
        """The holder of a tenure; None for a vacancy, which is declared by `vacant: yes` or `holder: null`, never by silence."""
        holder, vacant = self.optional(row, "holder", "a tenure"), self.yes(row, "vacant", "a tenure")
        if vacant and holder is not None:
            self._reading.fail(row.span("vacant"), "vacant-and-held", f"the tenure is vacant and held by `{holder}`",
                               "keep one of the two")
        elif (vacant or row.none("holder")) and acting:
            self._reading.fail(row.span("acting"), "acting-vacancy", "the tenure is acting and vacant",
                               "name who acts, or drop «acting»")
        elif holder is None and not vacant and not row.none("holder") and row.node("holder") is None:
            self._reading.fail(row.span(), "missing-key", "a tenure lacks «holder»", "write its «holder», or «vacant: yes»")
        return holder


def draft_from_node(node: Node, zone: ZoneInfo | None, reading: Reading) -> Draft:
    """The draft that a YAML tree states, at its root or under `org:` (then the other keys are somebody else's).

    *zone* is where bare dates lie unless `timezone:` says it.
    """
    node = respelled(node, "en")
    reading.foreign = is_chinese(key for key in every_key(node) if key.text in WORDS)
    return _draft(node, zone, reading)


def _draft(node: Node, zone: ZoneInfo | None, reading: Reading) -> Draft:
    if isinstance(node, Mapping) and node.get("org") is not None:
        entries = reading.mapping(node, "the organisation")
        reading.written |= {key.text: key.written for key, _ in node.entries if key.written is not None}
        for key, _ in node.entries:
            if key.text in COLUMNS:
                reading.fail(key.span, "misplaced-key", f"`{key.written or key.text}` stands beside «org»",
                             "indent it under «org:»")
        return _draft(entries["org"], reading.zone(entries.get("timezone"), "«timezone»") or zone, reading)
    root = reading.mapping(node, "the organisation", (*COLUMNS, "timezone"))
    zone = reading.zone(root.get("timezone"), "«timezone»") or zone
    tables = {name: list(_yaml_rows(root.get(name), name, reading)) for name in COLUMNS}
    return draft_of(tables["units"], tables["posts"], tables["tenures"], tables["lines"], Cells(reading, zone), zone)


def _yaml_rows(node: Node | None, table: str, reading: Reading) -> Iterable[Row]:
    noun = f"an entry of «{table}»"
    for item in reading.items(node, f"«{table}»"):
        if isinstance(item, Mapping):
            yield YamlRow(reading.mapping(item, noun, COLUMNS[table]), item.span)
        else:
            reading.wrong_kind(item, noun, "a mapping such as «{" + ": …, ".join(REQUIRED[table]) + ": …}»")


def draft_from_folder(folder: Path, zone: ZoneInfo | None, reading: Reading) -> Draft:
    """The draft that `units.csv`, `posts.csv`, `tenures.csv` and `lines.csv` of *folder* state. Bare dates lie in *zone*."""
    tables = read_sheets(folder, reading)
    return draft_of(tables["units"], tables["posts"], tables["tenures"], tables["lines"], Cells(reading, zone), zone)


def draft_of(units: Iterable[Row], posts: Iterable[Row], tenures: Iterable[Row], lines: Iterable[Row], cells: Cells,
           zone: ZoneInfo | None) -> Draft:
    """The draft that the rows of the four tables state; bare dates are shown in *zone*."""
    return Draft(
        tuple((unit, row) for row in units if (unit := _unit(row, cells))),
        tuple((post, row) for row in posts if (post := _post(row, cells))),
        tuple((tenure, row) for row in tenures if (tenure := _tenure(row, cells))),
        tuple((line, row) for row in lines if (line := _line(row, cells))),
        zone or ZoneInfo("UTC"),
    )


def _span(row: Row, cells: Cells, noun: str) -> tuple[datetime | None, datetime | None, datetime | None]:
    return cells.instant(row, "from", noun), cells.instant(row, "to", noun), cells.instant(row, "recorded", noun)


def _unit(row: Row, cells: Cells) -> Unit | None:
    name = cells.text(row, "id", "a unit")
    level = cells.text(row, "level", "a unit") or ""
    title, parent, sector = (cells.optional(row, key, "a unit") for key in ("name", "parent", "sector"))
    span, successors = _span(row, cells, "a unit"), cells.names(row, "successor", "a unit")
    return Unit(name, title or name, level, parent, sector, *span, successors) if name else None


def _post(row: Row, cells: Cells) -> Post | None:
    name, unit, role = (cells.text(row, key, "a post") for key in ("id", "unit", "role"))
    rank, span = cells.rank(row), _span(row, cells, "a post")
    return Post(name, unit or "", role or "", rank, *span) if name else None


def _tenure(row: Row, cells: Cells) -> Tenure | None:
    post, acting = cells.text(row, "post", "a tenure"), cells.yes(row, "acting", "a tenure")
    holder, since = cells.holder(row, acting), cells.instant(row, "from", "a tenure", required=True)
    until, recorded = cells.instant(row, "to", "a tenure"), cells.instant(row, "recorded", "a tenure")
    return Tenure(post, holder, since, until, acting, recorded) if post and since else None


def _line(row: Row, cells: Cells) -> Line | None:
    name, unit, post = (cells.text(row, key, "a line") for key in ("name", "unit", "post"))
    since, until = cells.instant(row, "from", "a line", required=True), cells.instant(row, "to", "a line")
    part, share, recorded = cells.part(row), cells.share(row), cells.instant(row, "recorded", "a line")
    return Line(name, unit, post, since, until, part, share, recorded) if name and unit and post and since else None
