"""mapping.yaml: which events of a foreign log are which of ours. In: a file. Out: an EventMapping, or diagnostics.

A pack holds no Python, so a log that other people keep is brought near its vocabulary by tables only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import attrs

from accountability import document
from accountability.document import Node, Reading, Scalar
from accountability.errors import DocumentError, EventRejected, RuleFileError, closest
from accountability.intake.selection import Selection
from accountability.intake.values import converter, fitting
from accountability.policy.persons import brings_somebody
from accountability.policy.vocabulary import Field, Sort, Type, Vocabulary, Where

RESERVED = ("corrects", "retracts", "reason")
"""Keys of `data` that belong to every event type (time.md, Corrections)."""

_origin = re.compile(r"(?P<where>subject)|(?P<part>data|attribute)[. ]\s*(?P<key>\S.*)").fullmatch


@attrs.frozen
class MappedField:
    """How one field of ours is made: from the first of *origins* that holds something, or from a *constant*."""

    origins: tuple[tuple[Where, str], ...] = ()
    constant: str | None = None
    prefix: str = ""
    replace: Mapping[str, str] = attrs.field(factory=dict)
    zone: ZoneInfo | None = None
    empty_is_missing: bool = False

    def prepared(self, value: object) -> object:
        """*value* with its prefix stripped, then replaced, then, where the mapping says so, missing if it is empty."""
        if isinstance(value, str):
            value = value.removeprefix(self.prefix)
        if self.replace and (written := _written(value)) is not None:
            value = self.replace.get(written, value)
        return None if self.empty_is_missing and isinstance(value, str) and not value.strip() else value


@attrs.frozen
class MappedType:
    """What a foreign event becomes: an event type of ours, and where its fields come from.

    A field that is not here is missing, for a key of the same name in a foreign log may mean anything.
    """

    type: str
    fields: Mapping[str, MappedField] = attrs.field(factory=dict)


Treatment = MappedType | Literal["drop"]


@attrs.frozen
class EventMapping:
    """The whole of a mapping file. *prefixes* stand longest first; *sources* renames sources of the foreign log."""

    exact: Mapping[str, Treatment]
    prefixes: tuple[tuple[str, Treatment], ...] = ()
    sources: Mapping[str, str] = attrs.field(factory=dict)
    selection: Selection = Selection()

    def find(self, foreign: str) -> Treatment | None:
        """What becomes of the type *foreign*: the exact name decides before a prefix, a longer prefix before a shorter one."""
        return self.exact.get(foreign) or next((said for prefix, said in self.prefixes if foreign.startswith(prefix)), None)

    @property
    def attributes(self) -> frozenset[str]:
        """The extension attributes that some field is made from."""
        treatments = (*self.exact.values(), *(said for _, said in self.prefixes))
        fields = (field for said in treatments if said != "drop" for field in said.fields.values())
        return frozenset(key for field in fields for where, key in field.origins if where is Where.ATTRIBUTE)


def read_mapping(path: Path, vocabulary: Vocabulary) -> EventMapping:
    """The mapping at *path*, onto the event types of *vocabulary*.

    Raises RuleFileError with every mistake, in file order: unknown keys, types, fields and zones, a type mapped twice, a required
    field without an origin, a constant or a replacement that its field cannot hold.
    """
    try:
        root = document.read(path)
    except DocumentError as error:
        raise RuleFileError(error.diagnostics) from None
    reader = _Reader(vocabulary)
    found = reader.read(root)
    if reader.reading.diagnostics:
        raise RuleFileError(reader.reading.diagnostics)
    return found


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary, self.reading = vocabulary, Reading()
        self.fail = self.reading.fail
        self.exact: dict[str, Treatment] = {}
        self.prefixes: dict[str, Treatment] = {}

    def read(self, root: Node) -> EventMapping:
        top = self.reading.mapping(root, "the mapping", ("source", "events", "drop", "one of", "closed cases"), ("events",))
        sources = self.table(top.get("source"), "`source`")
        for item in self.reading.items(top.get("events"), "`events`"):
            said = self.reading.mapping(item, "a mapped event", ("foreign", "type", "fields"), ("foreign", "type"))
            self.put(said.get("foreign"), "`foreign`", self.mapped(said))
        self.put(top.get("drop"), "`drop`", "drop")
        longest_first = sorted(self.prefixes.items(), key=lambda item: -len(item[0]))
        return EventMapping(self.exact, tuple(longest_first), sources, self.selection(top))

    def selection(self, top: Mapping[str, Node]) -> Selection:
        """`one of: [{type, first | last: FIELD}]` and `closed cases: {by: FIELD, closed by: TYPES}`."""
        one_of: dict[str, tuple[Literal["first", "last"], str]] = {}
        for item in self.reading.items(top.get("one of"), "`one of`"):
            said = self.reading.mapping(item, "a choice of one", ("type", "first", "last"), ("type",))
            name, first, last = (self.reading.text(said.get(k), f"`{k}`") for k in ("type", "first", "last"))
            if (first is None) is (last is None):
                self.fail(item.span, "clashing-keys", "a choice of one is of the first or of the last",
                          "write `first: FIELD` or `last: FIELD`")
            elif name is not None and self.has(name, first or last or "", item):
                one_of[name] = ("first", first) if first is not None else ("last", last or "")
        if "closed cases" not in top:
            return Selection(one_of)
        said = self.reading.mapping(top["closed cases"], "`closed cases`", ("by", "closed by"), ("by", "closed by"))
        field = self.reading.text(said.get("by"), "`by`") or ""
        ends = self.reading.names(said.get("closed by"), "`closed by`")
        known = [name for name in ends if self.has(name, field, top["closed cases"])]
        return Selection(one_of, (field, frozenset(known)))

    def has(self, name: str, field: str, node: Node) -> bool:
        """Whether the vocabulary has an event type of that *name* with that required *field*."""
        declared = self.vocabulary.get(name)
        if declared is None:
            self.fail(node.span, "unknown-event", f"no event type is named `{name}`", closest(name, self.vocabulary))
            return False
        if field not in declared.fields or declared.fields[field].optional:
            self.fail(node.span, "unknown-field", f"`{name}` has no field `{field}` that is never missing",
                      closest(field, [n for n, f in declared.fields.items() if not f.optional]))
            return False
        return True

    def put(self, node: Node | None, what: str, said: Treatment) -> None:
        for item in self.reading.items(node, what):
            whole = isinstance(item, Scalar)
            name = item if whole else self.reading.mapping(item, what, ("starts with",), ("starts with",)).get("starts with")
            text = self.reading.text(name, what)
            if text is None:
                continue
            known = self.exact if whole else self.prefixes
            if text in known:
                self.fail(item.span, "duplicate-name", f"`{text}` is mapped or dropped a second time", "keep one of the two")
            elif not text:
                self.fail(item.span, "empty-value", f"{what} is empty", "write the type, or how it begins")
            known.setdefault(text, said)

    def mapped(self, said: Mapping[str, Node]) -> MappedType:
        name = self.reading.text(said.get("type"), "`type`") or ""
        declared = self.vocabulary.get(name)
        if declared is None:
            if name:
                way_out = closest(name, self.vocabulary)
                self.fail(said["type"].span, "unknown-event", f"no event type is named `{name}`", way_out)
            return MappedType(name)
        known = {**{word: Field(word, Type(Sort.TEXT)) for word in RESERVED}, **declared.fields}
        fields = self.reading.mapping(said.get("fields"), f"`{name}`", known)
        made = {key: self.field(node, known[key]) for key, node in fields.items()}
        absent = [f"`{key}`" for key, field in declared.fields.items() if key not in made and not field.optional]
        if absent and "retracts" not in made:
            place = said["fields"] if "fields" in said else said["type"]
            self.fail(place.span, "missing-field", f"`{name}` lacks {', '.join(absent)}", "say under `fields:` where it is read")
        return MappedType(name, made)

    def field(self, node: Node, field: Field) -> MappedField:
        what = f"`{field.name}`"
        if not isinstance(node, document.Mapping):
            return MappedField(self.origins(node, what))
        said = self.reading.mapping(node, what, ("from", "constant", "strip prefix", "replace", "timezone", "empty means missing"))
        constant = self.reading.text(said.get("constant"), f"the constant of {what}")
        if "constant" in said and len(said) > 1:
            self.fail(node.span, "clashing-keys", f"{what} is a constant and has other keys", "keep `constant:` alone, or drop it")
        elif "constant" not in said and "from" not in said:
            way_out = "add `from: data.KEY` or `constant: …`"
            self.fail(node.span, "missing-key", f"{what} does not say what it is made from", way_out)
        zone = self.reading.zone(said.get("timezone"), f"the time zone of {what}")
        if "timezone" in said and field.type.sort is not Sort.INSTANT:
            self.fail(said["timezone"].span, "misplaced-key", f"{what} is no instant and has a `timezone`", "leave it out")
        made = MappedField(
            self.origins(said.get("from"), what),
            constant,
            self.reading.text(said.get("strip prefix"), "`strip prefix`") or "",
            self.table(said.get("replace"), f"`replace` of {what}"),
            zone,
            bool(self.reading.boolean(said.get("empty means missing"), "`empty means missing`")),
        )
        if constant is not None:
            self.fits(constant, field, made, said["constant"])
        if isinstance(table := said.get("replace"), document.Mapping):
            for _, to in table.entries:
                if isinstance(to, Scalar) and not (made.empty_is_missing and not to.text.strip()):
                    self.fits(to.text, field, made, to)
        return made

    def fits(self, text: str, field: Field, made: MappedField, node: Node) -> None:
        try:
            typed = converter(field, made.zone)(fitting(field.type)(text))
        except EventRejected as error:
            self.fail(node.span, error.check, error.what, "write a value that the field can hold")
            return
        if typed is None:
            self.fail(node.span, "empty-value", f"`{field.name}` becomes empty, which counts as missing",
                              "write a value, or add `empty means missing: yes`")

    def origins(self, node: Node | None, what: str) -> tuple[tuple[Where, str], ...]:
        found = []
        for item in self.reading.items(node, what):
            text = self.reading.text(item, what)
            match = _origin(text or "")
            if match is not None and brings_somebody(match["key"] or ""):
                self.fail(item.span, "personal-field", f"{what} is made from `{text}`, which would hold something about a person",
                          "leave the field out: only duty-holders and cases are modelled (SG1)")
            elif match is not None:
                found.append((Where(match["where"] or match["part"]), (match["key"] or "").strip()))
            elif text is not None:
                self.fail(item.span, "unknown-origin", f"{what} is made from `{text}`",
                                  "write `data.KEY`, `subject` or `attribute NAME`")
        return tuple(found)

    def table(self, node: Node | None, what: str) -> dict[str, str]:
        rows = self.reading.mapping(node, what)
        return {key: text for key, value in rows.items() if (text := self.reading.text(value, what)) is not None}


def _written(value: object) -> str | None:
    """How a table in a mapping file would write the value; None for what no table can hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | Decimal) else None
