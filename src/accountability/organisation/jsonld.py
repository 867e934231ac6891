"""JSON-LD on its way to a graph, without fetching anything. In: a file. Out: a Graph; what cannot be read is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from accountability.document import Reading
from accountability.errors import Span
from accountability.organisation.graph import Graph, Resource, Text
from accountability.organisation.terms import TERMS

WORDS = {"true": "yes", "false": "no"}
MAX_DEPTH = 40
REFUSED = ("@reverse", "@included", "@nest", "@index", "@direction")
CONTAINERS = ("@set", "@list")


class Members(dict[str, Any]):
    """One JSON object. *number* counts objects by where they end."""

    number = 0


def read_graph(path: Path, terms: Iterable[str], reading: Reading) -> Graph:
    """The graph in the JSON-LD file at *path*. A name of *terms* (`prefix:name`) that has no prefix there is a mistake."""
    start, content = Span(str(path), 1, 1, 1, 2), ""
    numbers = count()
    doubled: list[tuple[int, str]] = []

    def members(pairs: list[tuple[str, Any]]) -> Members:
        each = Members(pairs)
        each.number = next(numbers)
        if len(each) < len(pairs):
            keys = [key for key, _ in pairs]
            doubled.append((each.number, next(key for place, key in enumerate(keys) if key in keys[:place])))
        return each

    graph = Graph(Text(str(path), ""))
    try:
        content = path.read_text(encoding="utf-8-sig")
        found = json.loads(content, object_pairs_hook=members, parse_int=str, parse_float=str, parse_constant=str)
        graph = Graph(Text(str(path), content))
        Reader(graph, reading, {term.partition(":")[2]: term for term in terms}).document(found)
    except UnicodeDecodeError:
        reading.fail(start, "encoding", "the file is not UTF-8 text", "save it as UTF-8")
    except OSError as error:
        reading.fail(start, "unreadable-file", f"the file cannot be opened: {error.strerror}", "check its path and its rights")
    except json.JSONDecodeError as error:
        reading.fail(Span(str(path), error.lineno, error.colno, error.lineno, error.colno + 1), "json-syntax",
                     f"the file is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", "check the brackets, commas and quotes here")
    except RecursionError:
        reading.fail(start, "too-deep", f"the file is nested more than {MAX_DEPTH} deep",
                     "let entries name each other by `@id` instead of standing in each other")
    for number, key in doubled:
        reading.fail(graph.text.span(number), "duplicate-key", f"the key `{key}` stands here a second time", "keep one of the two")
    return graph


class Reader:
    """Walks JSON-LD into *graph* with the terms that the file's own context declares."""

    def __init__(self, graph: Graph, reading: Reading, terms: Mapping[str, str]) -> None:
        self._graph, self._text, self._reading, self._terms = graph, graph.text, reading, terms
        self._context: dict[str, str] = {}
        self._blank = self._depth = 0
        graph.resolve = self._id

    def document(self, found: object) -> None:
        if isinstance(found, Members):
            self._read_context(found.pop("@context", None), found.number)
        for each in found if isinstance(found, list) else [found]:
            self._node(each)

    def _read_context(self, context: object, number: int) -> None:
        for part in context if isinstance(context, list) else [context]:
            if isinstance(part, str):
                self._reading.fail(self._text.span(number), "remote-context", f"the context `{part}` is not fetched",
                                   "write the prefixes and terms that the file uses into its own `@context`")
            for term, meaning in part.items() if isinstance(part, Members) else ():
                if isinstance(meaning, Members):
                    for key in ("@container", "@reverse", "@context"):
                        if key in meaning and meaning[key] not in CONTAINERS:
                            self._reading.fail(self._text.span(meaning.number), "unknown-context",
                                               f"`{key}` of the term `{term}` is not read", "write the file without it")
                    meaning = meaning.get("@id", term)
                if isinstance(meaning, str):
                    self._context[term] = meaning

    def _term(self, word: str, tries: int = 8) -> str:
        """What *word* stands for: a keyword, an IRI, or nothing that is known, and then it stays as it is."""
        if word.startswith("@"):
            return word
        if word in self._context and self._context[word] != word and tries:
            return self._term(self._context[word], tries - 1)
        prefix, colon, name = word.partition(":")
        if colon and not name.startswith("//") and prefix != "_":
            if prefix in self._context and tries:
                return self._term(self._context[prefix], tries - 1) + name
            return TERMS[prefix] + name if prefix in TERMS else word
        return word if colon or "@vocab" not in self._context else self._context["@vocab"] + word

    def _id(self, written: object) -> str:
        if not isinstance(written, str):
            self._blank += 1
            return f"_:{self._blank} of this file"
        name = self._term(written) if ":" in written else written
        base = self._context.get("@base", "")
        return name.removeprefix(base) if base else name

    def _node(self, found: object) -> Resource | None:
        if not isinstance(found, Members):
            if found is not None:
                self._reading.fail(self._text.span(0), "not-a-resource", "the file holds something that is no resource",
                                   "write objects with an `@id` or a `@type`")
            return None
        entries = [(self._term(key), value) for key, value in found.items()]
        keywords = {term: value for term, value in entries if term.startswith("@")}
        for word in REFUSED:
            if word in keywords:
                self._reading.fail(self._text.span(found.number), "unknown-keyword", f"`{word}` is not read",
                                   "say the same without it")
        if "@context" in keywords:
            self._reading.fail(self._text.span(found.number), "nested-context", "an inner `@context` is not read",
                               "move its terms to the one at the head of the file")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        try:
            return self._resource(found, entries, keywords)
        finally:
            self._depth -= 1

    def _resource(self, found: Members, entries: list[tuple[str, Any]], keywords: dict[str, Any]) -> Resource | None:
        if "@graph" in keywords:
            for each in _listed(keywords["@graph"]):
                self._node(each)
            if len(keywords) == len(entries) and "@id" not in keywords:
                return None
        resource = self._graph.resource(self._id(keywords.get("@id")), found.number)
        kinds = {self._term(kind) for kind in _listed(keywords.get("@type")) if isinstance(kind, str)}
        if kinds and not resource.types:
            resource.number = found.number
        resource.types |= kinds
        for (term, value), key in zip(entries, found, strict=True):
            if term.startswith("@"):
                continue
            if term in self._terms:
                self._reading.fail(self._text.span(found.number), "unknown-term", f"`{key}` has no meaning in this file",
                                   f"write `{self._terms[term]}`, or say in `@context` what it stands for")
            own = resource.values.setdefault(term, [])
            own.extend(v for v in self._values(value) if v not in own)
        return resource

    def _values(self, found: object) -> Iterator[str | Resource]:
        if isinstance(found, list):
            for each in found:
                yield from self._values(each)
        elif isinstance(found, bool):
            yield "yes" if found else "no"
        elif isinstance(found, str):
            yield found
        elif isinstance(found, Members):
            keywords = {self._term(key): value for key, value in found.items()}
            inner = next((keywords[word] for word in ("@value", "@list", "@set") if word in keywords), None)
            if inner is None:
                if (resource := self._node(found)) is not None:
                    yield resource
            elif isinstance(inner, str) and str(keywords.get("@type")).endswith("boolean"):
                yield WORDS.get(inner, inner)
            else:
                yield from self._values(inner)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
