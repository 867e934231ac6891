"""The sections of a pack beside its rules: vocabulary, parameters, periods, sources, responsibility."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from accountability.document import Mapping, Node, Reading, Scalar, Sequence
from accountability.errors import closest
from accountability.organisation import ResponsibilityKind
from accountability.policy.expression import FieldRef, Parameter, ParameterVersion
from accountability.policy.forms import (
    DAY,
    EFFECTIVE,
    HOURS,
    INVARIANT,
    NAME,
    SCENARIO,
    YES,
    Either,
    Many,
    Phrase,
    Plain,
    Record,
    Words,
)
from accountability.policy.keywords import WORDS
from accountability.policy.rule import Period, Source
from accountability.policy.scope import limit_type
from accountability.policy.triggers import misread
from accountability.policy.vocabulary import CLOCK, DATE, NUMBER, REFERENCES, TEXT, EventType, Field, Sort, Type, Where
from accountability.workdays import Limit

PLAIN = Plain()
PARAMETER = Record({"source": NAME, "author's choice": YES}, rest=Either(PLAIN, Record(rest=PLAIN)))
FILE = Record({
    "pack": PLAIN, "title": PLAIN, "imports": Many(PLAIN), "draft": YES, "effective": EFFECTIVE, "timezone": PLAIN,
    "calendar": PLAIN, "roll": YES, "business hours": HOURS,
    "unknown events": Words(("refuse", "ignore")),
    "sources": Record(rest=Either(PLAIN, Record(
        {"title": PLAIN, "clause": PLAIN, "address": PLAIN, "unverified": YES, "leaves open": YES}, ("title",))), empty=True),
    "vocabulary": Record(empty=True, rest=Record({"raises a case": YES, "nobody's fault": YES}, empty=True, rest=Either(
        Phrase("declaration"),
        Record({"choices": Many(NAME, listed=True), "from": Phrase("origin"), "optional": YES}, ("choices",))))),
    "parameters": Record(rest=Either(PLAIN, PARAMETER), empty=True),
    "periods": Record(rest=Record(
        {"opened by": NAME, "from": NAME, "to": NAME, "source": NAME,
         "dates": Many(Record({"from": DAY, "to": DAY}, ("from", "to")))}), empty=True),
    # A responsibility without roles is named line by line in the organisation.
    "responsibility": Record(rest=Record({"roles": Many(NAME), "of": Phrase("above"), "source": NAME}, empty=True), empty=True),
    "invariants": Record(rest=INVARIANT, empty=True), "scenarios": Many(SCENARIO, empty=True),
}, ("pack", "timezone"))
"""The head and the sections of a pack, but for its rules."""
PLAIN_TYPES = {
    "yes or no": Type(Sort.BOOLEAN), "number": NUMBER, "text": TEXT, "instant": Type(Sort.INSTANT), "date": DATE, "limit": CLOCK,
    **{kind: Type(Sort.REFERENCE, kind=kind) for kind in REFERENCES},
}
RESERVED = ("corrects", "retracts", "reason", "bearer", WORDS["bearer"])
DECLARATION = re.compile(
    r"(?P<type>.+?)(?:\s+from\s+(?P<where>subject|data|attribute)(?:\s+(?P<key>\S+?))?)?(?P<optional>\s*,\s*optional)?")


def read_vocabulary(node: Node | None, reading: Reading, into: dict[str, EventType]) -> None:
    """`event type: {field: type from …, optional}` into *into*."""
    if node is None:
        return
    if not isinstance(node, Mapping):
        reading.wrong_kind(node, "the vocabulary", "`event.type: {field: type}` lines")
        return
    for key, body in node.entries:
        if not reading.once(key.span, f"the event type `{key.text}`"):
            continue
        if misread(key):
            reading.fail(key.span, "reserved-name", f"where a rule waits for `{key.text}`, it is read as something else",
                         "choose a name without `or` and `或` between its words, which does not begin like «breach of RULE»")
            continue
        entries = reading.mapping(body, f"the event type `{key.text}`")
        raises = reading.boolean(entries.pop("raises a case", None), "«raises a case»")
        nobodys = reading.boolean(entries.pop("nobody's fault", None), "«nobody's fault»")
        names = {k.text: k for k, _ in body.entries} if isinstance(body, Mapping) else {}
        fields = {}
        for name, declaration in entries.items():
            field = _field(name, names[name], declaration, reading)
            if field is not None:
                fields[name] = field
        into[key.text] = EventType(key.text, fields, bool(raises), bool(nobodys), key.span)


def _field(name: str, key: Scalar, node: Node, reading: Reading) -> Field | None:
    if name in RESERVED:
        reading.fail(key.span, "reserved-name", f"`{name}` is reserved", "choose another name for the field")
        return None
    if isinstance(node, Sequence):
        return Field(name, _choices(node, reading), key=name, span=key.span)
    if isinstance(node, Mapping):
        entries = reading.mapping(node, f"the field `{name}`", ("choices", "from", "optional"))
        optional = bool(reading.boolean(entries.get("optional"), "«optional»"))
        if "choices" in entries and isinstance(entries["choices"], Sequence):
            kind: Type | None = _choices(entries["choices"], reading)
            origin = reading.text(entries.get("from"), "«from»")
            where, data_key = _where(origin, name)
            if origin is not None and origin.split()[:1] != [where.value]:
                reading.fail(entries["from"].span, "unknown-choice", f"«from» is `{origin}`",
                             "write «subject», «data KEY» or «attribute NAME»")
            return Field(name, kind, where, data_key, optional, key.span) if kind else None
        reading.fail(node.span, "missing-key", f"the field `{name}` lacks «choices»",
                     "write «{choices: [a, b], optional: yes}» or «type, optional»")
        return None
    text = reading.text(node, f"the type of `{name}`")
    if text is None:
        return None
    match = DECLARATION.fullmatch(text.strip())
    words = match["type"].strip() if match else text.strip()
    if match is None or words not in PLAIN_TYPES:
        way_out = "write `, ` with an ASCII comma" if "，" in words else reading.closest(words, PLAIN_TYPES)
        reading.fail(node.span, "unknown-type", f"`{words}` is no type of a field", way_out)
        return None
    origin = f"{match['where'] or 'data'} {match['key'] or ''}".strip()
    where, data_key = _where(origin, name)
    return Field(name, PLAIN_TYPES[words], where, data_key, bool(match["optional"]), key.span)


def _where(text: str | None, name: str) -> tuple[Where, str]:
    part, _, key = (text or "data").partition(" ")
    return (Where(part) if part in ("data", "subject", "attribute") else Where.DATA), key.strip() or name


def _choices(node: Sequence, reading: Reading) -> Type:
    if not node.items:
        reading.fail(node.span, "empty-value", "there is nothing to choose from", "write `[a, b]`")
    return Type(Sort.CHOICE, frozenset(reading.names(node, "a choice")))


def read_parameters(node: Node | None, reading: Reading, into: dict[str, Parameter]) -> None:
    """`name: {first day: value or table, …, source: key}`, or `name: value or table` in force at all times, into *into*."""
    if node is None:
        return
    if not isinstance(node, Mapping):
        reading.wrong_kind(node, "parameters", "`name: {2022-05-01: value}` lines")
        return
    for key, body in node.entries:
        if not reading.once(key.span, f"the parameter `{key.text}`"):
            continue
        versions: list[ParameterVersion] = []
        kinds: set[Type] = set()
        source, chosen = "", False
        if isinstance(body, Mapping) and any(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", k.text) for k, _ in body.entries):
            for when, value in body.entries:
                if when.text == "source":
                    source = reading.text(value, "«source»") or ""
                    continue
                if when.text == "author's choice":
                    chosen = bool(reading.boolean(value, "«author's choice»"))
                    continue
                since = reading.day(when, f"the first day of `{key.text}`")
                version = _version(since or date.min, value, key.text, reading, kinds)
                versions.append(version)
        else:
            versions.append(_version(date.min, body, key.text, reading, kinds))
        if [v.since for v in versions] != sorted({v.since for v in versions}):
            reading.fail(key.span, "unordered-versions", f"the versions of `{key.text}` are not in order of their days",
                         "write the earliest first")
        if len({v.table is None for v in versions}) > 1 or (len(kinds) > 1 and not all(k.sort is Sort.LIMIT for k in kinds)):
            reading.fail(key.span, "mixed-types", f"the values of `{key.text}` are of different types", "give all of them one type")
        elif kinds:
            kind = next(iter(kinds)) if len(kinds) == 1 else Type(Sort.LIMIT, kind="calendar")
            into[key.text] = Parameter(key.text, kind, tuple(versions), source, key.span, chosen)


def _version(since: date, node: Node, name: str, reading: Reading, kinds: set[Type]) -> ParameterVersion:
    if isinstance(node, Mapping):
        table = {}
        if not node.entries:
            reading.fail(node.span, "empty-value", f"the table `{name}` has no rows", "write `{row: value}`")
        for row, value in node.entries:
            table[row.text] = _value(value, name, reading, kinds)
        return ParameterVersion(since, None, table)
    return ParameterVersion(since, _value(node, name, reading, kinds))


def _value(node: Node, name: str, reading: Reading, kinds: set[Type]) -> object:
    text = reading.text(node, f"a value of `{name}`")
    if text is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            kinds.add(DATE)
            return date.fromisoformat(text)
        if re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?", text):
            kinds.add(NUMBER)
            return Decimal(text) if "." in text else int(text)
        if re.match(r"[+-]?\d", text):
            limit = Limit.parse(text)
            kinds.add(limit_type(limit))
            return limit
    except ValueError as error:
        what, _, way_out = str(error).partition("; ")
        reading.fail(node.span, "not-a-value", f"`{text}` is neither a number, a date nor a limit: {what}",
                     way_out or "write one such as `2`, `2026-03-01` or `2h`")
        return None
    kinds.add(TEXT)
    return text


def read_periods(node: Node | None, reading: Reading, vocabulary: dict[str, EventType], into: dict[str, Period]) -> None:
    """`name: {opened by: event type, from: field, to: field, source}` or `name: {dates: [{from, to}], source}` into *into*."""
    for name, body in reading.mapping(node, "periods").items():
        entries = reading.mapping(body, f"the period `{name}`", ("opened by", "from", "to", "source", "dates"))
        reading.once(body.span, f"the period `{name}`")
        if "opened by" not in entries and "dates" not in entries:
            reading.fail(body.span, "missing-key", f"the period `{name}` never begins",
                         "add «opened by: EVENT» or «dates: [{from: …, to: …}]»")
        spans = []
        for item in reading.items(entries.get("dates"), "«dates»"):
            pair = reading.mapping(item, "a period", ("from", "to"), ("from", "to"))
            since, until = reading.day(pair.get("from"), "«from»"), reading.day(pair.get("to"), "«to»")
            if since and until and since >= until:
                reading.fail(item.span, "empty-period", f"the period ends on {until}, not after it begins",
                             "«to» is the first day that no longer counts")
            elif since and until:
                spans.append((since, until))
        event = reading.text(entries.get("opened by"), "«opened by»")
        fields = [reading.text(entries.get(k), f"`{k}`") or k for k in ("from", "to")]
        if event is not None:
            if event not in vocabulary:
                reading.fail(entries["opened by"].span, "unknown-event", f"no event type is named `{event}`",
                             closest(event, vocabulary))
                continue
            for field in fields:
                declared = vocabulary[event].fields.get(field)
                if declared is None or declared.type.sort is not Sort.INSTANT or declared.optional:
                    reading.fail(entries["opened by"].span, "unknown-name", f"`{event}` has no required instant `{field}`",
                                 f"declare `{field}: instant`")
        source = reading.text(entries.get("source"), "«source»") or ""
        into[name] = Period(name, event, fields[0], fields[1], tuple(spans), source)


def read_sources(node: Node | None, reading: Reading, into: dict[str, Source]) -> None:
    """`key: {title, clause, address}` or `key: title` into *into*."""
    for key, body in reading.mapping(node, "sources").items():
        reading.once(body.span, f"the source `{key}`")
        if isinstance(body, Scalar):
            into[key] = Source(key, body.text)
            continue
        entries = reading.mapping(body, f"the source `{key}`",
                                  ("title", "clause", "address", "unverified", "leaves open"), ("title",))
        title, clause, address = (reading.text(entries.get(k), f"`{k}`") for k in ("title", "clause", "address"))
        unverified, is_open = (bool(reading.boolean(entries.get(k), f"«{k}»")) for k in ("unverified", "leaves open"))
        into[key] = Source(key, title or "", clause or "", address or "", unverified, is_open)


def read_responsibility(node: Node | None, reading: Reading, into: dict[str, ResponsibilityKind]) -> None:
    """`name: {roles: […], of: unit | parent | level:…, source}` into *into*."""
    for name, body in reading.mapping(node, "responsibility").items():
        reading.once(body.span, f"the responsibility `{name}`")
        entries = reading.mapping(body, f"the responsibility `{name}`", ("roles", "of", "source"))
        roles = reading.names(entries.get("roles"), "«roles»")
        of = reading.text(entries.get("of"), "«of»") or "unit"
        if of not in ("unit", "parent") and not of.startswith("level:"):
            reading.fail(entries["of"].span, "unknown-choice", f"«of» is `{of}`", "write «unit», «parent» or «level:LEVEL»")
        into[name] = ResponsibilityKind(name, roles, of, reading.text(entries.get("source"), "«source»") or "")


def fields_of_event(declared: EventType) -> dict[str, FieldRef]:
    """The fields of an event type, as a rule sees them."""
    return {name: FieldRef("trigger", name, field.type, field.optional) for name, field in declared.fields.items()}
