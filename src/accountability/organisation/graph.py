"""What a JSON-LD file says: resources, each with its types, its values and its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from urllib.parse import unquote

import attrs

from accountability.errors import Span
from accountability.organisation.terms import full

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]')
PLAIN_INSTANT = "time:inXSDDateTimeStamp"


class Text:
    """The text of the file, kept so that an object's place can be worked out when somebody asks for it."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text = file, text

    def span(self, number: int) -> Span:
        """The place where the object *number* begins."""
        start = self._starts[number] if number < len(self._starts) else 0
        line = self._text.count("\n", 0, start) + 1
        column = start - self._text.rfind("\n", 0, start)
        return Span(self._file, line, column, line, column + 1)

    @cached_property
    def _starts(self) -> list[int]:
        found, opened = [], []
        for token in TOKEN.finditer(self._text):
            if token[0] == "{":
                opened.append(token.start())
            elif token[0] == "}":
                found.append(opened.pop())
        return found


@attrs.define(eq=False)
class Resource:
    """One resource: its types and, by the full name of each property, its values, which are texts or resources."""

    id: str
    number: int
    graph: Graph = attrs.field(repr=False)
    types: set[str] = attrs.field(factory=set)
    values: dict[str, list[str | Resource]] = attrs.field(factory=dict, repr=False)

    @property
    def span(self) -> Span:
        return self.graph.text.span(self.number)

    @property
    def name(self) -> str:
        """What a message calls it."""
        return next(iter(self.texts("dcterms:identifier")), self.id)

    def texts(self, *terms: str) -> list[str]:
        """The texts under the first of *terms* that has any."""
        for term in terms:
            if found := [value for value in self.values.get(full(term), ()) if isinstance(value, str)]:
                return found
        return []

    def resources(self, term: str, *, texts: bool = True) -> Iterator[Resource]:
        """The resources under *term*. A plain text is taken for the id of one, or for an instant, unless *texts* says otherwise."""
        for value in self.values.get(full(term), ()):
            if isinstance(value, Resource):
                yield value
            elif texts:
                known = self.graph.find(value)
                yield known or Resource(value, self.number, self.graph, values={full(PLAIN_INSTANT): [value]})

    def local(self, prefix: str) -> list[str]:
        """Its id without *prefix*, read as people write it; none for a resource without one."""
        return [] if self.id.startswith("_:") else [unquote(self.id.removeprefix(prefix))]


class Graph:
    """All resources of a file, in the order in which they are first met. *resolve* gives the id that a written one stands for."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.resolve: Callable[[str], str] = str
        self._by_id: dict[str, Resource] = {}

    @property
    def resources(self) -> list[Resource]:
        return list(self._by_id.values())

    def find(self, written: str) -> Resource | None:
        return self._by_id.get(self.resolve(written))

    def resource(self, name: str, number: int) -> Resource:
        """The resource with the id *name*, made where there is none."""
        if name not in self._by_id:
            self._by_id[name] = Resource(name, number, self)
        return self._by_id[name]

    def of_type(self, types: Collection[str]) -> Iterator[Resource]:
        """The resources with one of *types*."""
        return (each for each in self._by_id.values() if not each.types.isdisjoint(types))

    def invert(self, inverses: Mapping[str, str]) -> None:
        """Lets every `a inverse b` also say `b property a`."""
        for inverse, term in inverses.items():
            for each in self.resources:
                for value in each.values.get(full(inverse), ()):
                    other = value if isinstance(value, Resource) else self.resource(self.resolve(value), each.number)
                    own = other.values.setdefault(full(term), [])
                    if each not in own:
                        own.append(each)
