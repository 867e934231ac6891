"""The JSON Schema of a rule file, for editors: generated from the forms by which the reader reads, in either spelling or both.

It completes and underlines; it is no reader. What it refuses, the reader refuses too; what depends on other parts of a pack (names,
types, whether a condition is well formed) only the reader can tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from accountability.policy.forms import (
    BY_DATE,
    EFFECTIVE,
    FIELDS,
    HOURS,
    LABELLED,
    SCENARIO,
    TIERS,
    WEIGHT,
    Either,
    Expressed,
    Form,
    Many,
    Moment,
    Phrase,
    Plain,
    Record,
    Triggers,
    Words,
)
from accountability.policy.hints import HINTS
from accountability.policy.keywords import MOMENTS, ROLLING
from accountability.policy.keywords import WORDS as CHINESE
from accountability.policy.kinds import FORMS, KINDS, WORDS, Kind
from accountability.policy.sections import FILE, PLAIN_TYPES

Spelling = Literal["en", "zh", "both"]
Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
SHORT = 60
"""A schema of fewer characters is written where it is meant."""
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
PLAIN: Mapping[str, Schema] = {
    "text": SCALAR, "name": SCALAR, "anything": {}, "organisation": {},
    "whole number": {"type": ["integer", "string"], "pattern": "^[+-]?[0-9]+$"},
    "number": {"type": ["number", "string"], "pattern": r"^[+-]?[0-9]"},
    "day or name": {"type": "string"}, "day": {"type": "string", "pattern": f"^{DAY}$"},
    "day of a year": {"type": "string", "pattern": "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"},
    "instant": {"type": "string", "pattern": f"^{DAY}"},
    "time": {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"},
    "closing time": {"type": "string", "pattern": "^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$"},
    "limit": {"type": "string", "pattern": r"^\s*[0-9]"},
}
NAMED: tuple[tuple[str, Form], ...] = (
    ("tiers", TIERS), ("effective", EFFECTIVE), ("hours", HOURS), ("dated", BY_DATE), ("weight", WEIGHT), ("labelled", LABELLED),
    ("fields", FIELDS), ("scenario", SCENARIO), ("triggers", Triggers()), ("moment", Moment()),
)
"""Forms that stand in several places, each written once."""


def schema(spelling: Spelling = "both") -> Schema:
    """The JSON Schema (draft 2020-12) of one file of a pack, with the keywords in *spelling*."""
    return _Writer(spelling).file()


def text_of(found: object, indent: str = "") -> str:
    """*found* as JSON, what fits into a line in one line."""
    line = json.dumps(found, ensure_ascii=False)
    if len(line) + len(indent) <= 120 or not isinstance(found, dict | list) or not found:
        return line
    deeper = indent + " "
    if isinstance(found, dict):
        inner = [f"{deeper}{json.dumps(k, ensure_ascii=False)}: {text_of(v, deeper)}" for k, v in found.items()]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + text_of(v, deeper) for v in found) + f"\n{indent}]"


class _Writer:
    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self.shared: Schema = {}

    def spelt(self, keyword: str) -> list[str]:
        """*keyword* in each spelling that counts."""
        return [*([keyword] if self.spelling != "zh" else []), *([CHINESE[keyword]] if self.spelling != "en" else [])]

    def hint(self, keyword: str, place: str) -> Schema:
        """What an editor says beside the key."""
        known = HINTS.get(f"{place}.{keyword}") or HINTS.get(keyword)
        if known is None:
            return {}
        english, chinese = known
        said = {"en": english, "zh": chinese, "both": f"{chinese}\n\n{english}"}[self.spelling]
        return {"description": said}

    def file(self) -> Schema:
        """A whole file: head, sections, rules. A file without `pack` belongs to one that has it."""
        out = self.record(Record(FILE.keys), "file")
        forms = {word: [k for k in KINDS if k.word == word] for word in WORDS}
        begun = {s: self.hint(word, word) | SCALAR for word in WORDS for s in self.spelt(word)}
        rule: Schema = {
            "type": "object", "properties": begun, "anyOf": [self.has(word) for word in WORDS],
            "allOf": [{"if": self.has(word), "then": self.one_of(word, kinds)} for word, kinds in forms.items()]}
        out["properties"] |= {s: self.hint("rules", "file") | self.many(rule, empty=True) for s in self.spelt("rules")}
        out["allOf"] = [{"if": self.has("pack"), "then": self.has(key)} for key in FILE.required if key != "pack"]
        defs = {_name(word, n): self.record(kind.form, word) for word, kinds in forms.items() for n, kind in enumerate(kinds)}
        defs |= {word: self.record(FORMS[word], word) for word, kinds in forms.items() if not kinds}
        return {"$schema": DRAFT, "title": "accountability", **out, "$defs": defs | dict(sorted(self.shared.items()))}

    def one_of(self, word: str, kinds: list[Kind]) -> Schema:
        """The form that is meant, by the keys that tell forms of one word apart. A word without kinds has one form."""
        found: Schema = {"$ref": f"#/$defs/{_name(word, 0)}"}
        for n, kind in reversed([*enumerate(kinds)]):
            ref = {"$ref": f"#/$defs/{_name(word, n)}"}
            found = ref if not kind.marks else {"if": {"anyOf": [self.has(m) for m in kind.marks]}, "then": ref, "else": found}
        return found

    def has(self, key: str) -> Schema:
        """A mapping that has *key*, in one spelling or the other."""
        found = [{"required": [s]} for s in self.spelt(key)]
        return found[0] if len(found) == 1 else {"anyOf": found}

    def once(self, key: str, form: Form, place: str) -> Schema:
        """The schema of what stands under *key*, written out once, however many keys and spellings lead to it."""
        found = self.of(form, key)
        if len(json.dumps(found)) < SHORT:
            return found
        name = f"{place}.{key}".replace(" ", "-")
        same = next((n for n, known in self.shared.items() if known == found), None)
        while same is None and name in self.shared:
            name += "-"
        self.shared.setdefault(same or name, found)
        return {"$ref": f"#/$defs/{same or name}"}

    def of(self, form: Form, place: str) -> Schema:
        """The schema of a value of *form* that stands in *place*."""
        name = next((n for n, f in NAMED if f == form), None)
        if name is None:
            return self.inline(form, place)
        if name not in self.shared:
            self.shared[name] = self.inline(form, place)
        return {"$ref": f"#/$defs/{name}"}

    def inline(self, form: Form, place: str) -> Schema:
        match form:
            case Plain(what=what):
                return PLAIN[what]
            case Words(free=free):
                known = self.words(form.choices)
                return {"anyOf": [known, SCALAR]} if free else known
            case Expressed(what=what):
                return {"type": ["string", "number"]} if what == "number" else {"type": "string"}
            case Triggers():
                return self.many(SCALAR)
            case Moment(unit=unit):
                return self.known((*MOMENTS, *(("unit",) if unit else ())), r"(^|\s)at\s+\S", "时$")
            case Phrase(what=what):
                return self.phrase(what)
            case Many(of=of, listed=listed, empty=empty):
                one = self.of(of, place)
                return self.many(one, empty) if not listed else {"type": "array", **_items(one, empty)}
            case Either(scalar=Phrase("declaration"), other=other):  # of which a list says the choices
                choices = _items(SCALAR)
                return _told("array", choices, _told("object", self.of(other, place), self.phrase("declaration")))
            case Either(scalar=scalar, other=other):
                return _told(["object", "array", "null"], self.of(other, place), self.of(scalar, place))
            case Record():
                return self.record(form, place)

    def many(self, one: Schema, empty: bool = False) -> Schema:
        """A list, or one alone."""
        return _told("array", _items(one, empty), one)

    def record(self, form: Record, place: str) -> Schema:
        """A mapping of keywords, and, where the form has them, names of the author's own."""
        keys = {s: self.hint(k, place) | self.once(k, f, place) for k, f in form.keys.items() for s in self.spelt(k)}
        # An empty value is an empty mapping.
        out: Schema = {"type": ["object", "null"]} if form.empty else {"type": "object", "minProperties": 1}
        out |= {"properties": keys} if keys else {}
        if form.prefixed:
            out["patternProperties"] = {f"^{re.escape(s)} ": self.hint(k, place) | self.once(k, f, place)
                                        for k, f in form.prefixed.items() for s in self.spelt(k)}
        out["additionalProperties"] = self.of(form.rest, place) if form.rest is not None else False
        if form.required:
            either = {k: {"anyOf": [self.has(k), self.has(other)]} for k, other in form.instead.items()}
            out["allOf"] = [either.get(k) or self.has(k) for k in form.required]
        return out

    def words(self, known: Iterable[str]) -> Schema:
        return {"enum": [s for k in known for s in self.spelt(k)]}

    def known(self, words: Iterable[str], english: str, chinese: str) -> Schema:
        """Keywords that are offered, beside phrases of a pattern."""
        return {"anyOf": [self.words(words), {"type": "string", "pattern": self.either(english, chinese)}]}

    def either(self, english: str, chinese: str) -> str:
        return {"en": english, "zh": chinese, "both": f"{english}|{chinese}"}[self.spelling]

    def alternatives(self, keywords: Iterable[str]) -> str:
        return "(" + "|".join(re.escape(s).replace(r"\ ", " ") for k in keywords for s in self.spelt(k)) + ")"

    def phrase(self, what: str) -> Schema:
        """A value in which keywords stand among others."""
        origin = self.alternatives(("subject", "data", "attribute"))
        match what:
            case "window":
                edge = self.alternatives(("edge included",))
                calendar = tuple(f"calendar {p}" for p in ("day", "week", "month", "quarter", "year"))
                rolling = f"[0-9].*{self.alternatives(ROLLING)}(,\\s*{edge})?$"
                return self.known(calendar, rolling, rolling) if self.spelling != "both" else {
                    "anyOf": [self.words(calendar), {"type": "string", "pattern": rolling}]}
            case "declaration":
                types = sorted(PLAIN_TYPES)
                kinds = self.alternatives(types)
                place = f"(\\s+{self.alternatives(('from',))}\\s+{origin}(\\s+\\S+)?)?"
                pattern = f"^\\s*{kinds}{place}(\\s*,\\s*{self.alternatives(('optional',))})?\\s*$"
                return {"anyOf": [self.words(types), {"type": "string", "pattern": pattern}]}
            case "origin":
                return {"anyOf": [self.words(("subject",)), {"type": "string", "pattern": f"^{origin}(\\s|$)"}]}
            case _:
                pattern = f"^{self.alternatives(('level',))}:"
                return {"anyOf": [self.words(("unit", "parent")), {"type": "string", "pattern": pattern}]}


def _name(word: str, number: int) -> str:
    """What the form of a word is called among the definitions; from the second on, with its number."""
    return f"{word}-{number + 1}" if number else word


def _told(kind: str | list[str], these: Schema, others: Schema) -> Schema:
    """Two schemas told apart by the kind of the value, so that an editor underlines what is wrong inside and not the whole."""
    return {"if": {"type": kind}, "then": these, "else": others}


def _items(one: Schema, empty: bool = False) -> Schema:
    """A list of *one*, with something in it unless it may be *empty*."""
    return {"items": _or_null(one)} if empty else {"items": _or_null(one), "minItems": 1}


def _or_null(one: Schema) -> Schema:
    """In a list, `~` and `null` are words like any other."""
    return {"type": [*SCALAR["type"], "null"]} if one == SCALAR else one
