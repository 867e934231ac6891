"""A W3C ORG file in JSON-LD on its way to rows. In: a file. Out: a Draft, or diagnostics.

Nothing is fetched. What of ORG and of JSON-LD is read stands in the reference page of the organisation file, and nothing else is:
what the page does not list has no effect, except that whatever could hide an entry of ours is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from accountability.document import Node, Reading, Scalar, Sequence
from accountability.errors import Span
from accountability.organisation.draft import Draft
from accountability.organisation.graph import Graph, Resource
from accountability.organisation.jsonld import read_graph
from accountability.organisation.reader import Cells, draft_of
from accountability.organisation.terms import OUR, TERMS
from accountability.organisation.versions import ALWAYS

UNITS = frozenset({TERMS["org"] + name for name in ("OrganizationalUnit", "Organization", "FormalOrganization")})
NAMES = ("skos:prefLabel", "rdfs:label", "foaf:name")
IDENTIFIERS = ("dcterms:identifier", "org:identifier", "skos:notation")
INSTANTS = ("time:inXSDDateTimeStamp", "time:inXSDDateTime", "time:inXSDDate")
INVERSES = {"org:hasUnit": "org:unitOf", "org:hasSubOrganization": "org:subOrganizationOf", "org:hasPost": "org:postIn",
            "org:hasMembership": "org:member", "org:originalOrganization": "org:changedBy",
            "org:resultedFrom": "org:resultingOrganization", "org:heldBy": "org:holds"}
READ = (
    *NAMES, *INSTANTS, *INVERSES, *INVERSES.values(), "org:classification", "org:purpose", "org:role", "org:organization",
    "org:memberDuring", *IDENTIFIERS, "dcterms:temporal", "dcterms:isVersionOf",
    "dcterms:date", "prov:generatedAtTime", "time:hasBeginning", "time:hasEnd",
    *(f"{OUR}:{name}" for name in ("post", "unit", "name", "rank", "part", "share", "acting", "vacant")),
)
"""Every property that has an effect."""


class LinkedRow:
    """One resource as an entry of a table: the texts under the keys of a table. An absent key has no texts."""

    single: ClassVar[bool] = False

    def __init__(self, texts: dict[str, list[str]], resource: Resource) -> None:
        self._texts, self._resource = {key: own for key, own in texts.items() if own}, resource

    def value(self, key: str) -> str | None:
        own = self._texts.get(key)
        return own[0] if own is not None and len(own) == 1 else None

    def node(self, key: str) -> Node | None:
        own = self._texts.get(key)
        if own is None:
            return None
        scalars = tuple(Scalar(text, self.span(key), quoted=True) for text in own)
        return scalars[0] if len(scalars) == 1 else Sequence(scalars, self.span(key))

    def none(self, key: str) -> bool:
        return False

    def span(self, key: str = "") -> Span:
        return self._resource.span


def draft_from_linked(path: Path, zone: ZoneInfo | None, reading: Reading) -> Draft:
    """The draft that the JSON-LD file at *path* states. Bare dates lie in *zone*."""
    graph = read_graph(path, READ, reading)
    graph.invert(INVERSES)
    tables = Tables(graph, reading)
    return draft_of(tables.units(), tables.posts(), tables.tenures(), tables.lines(), Cells(reading, zone), zone)


class Tables:
    """The resources of *graph* by table. What an entry needs and lacks is written down by the name of its property."""

    def __init__(self, graph: Graph, reading: Reading) -> None:
        self._graph, self._reading = graph, reading

    def units(self) -> Iterator[LinkedRow]:
        for unit in self._graph.of_type(UNITS):
            texts = {
                "id": self._id(unit, "unit/"), "name": unit.texts(*NAMES)[:1],
                "level": self._needed(unit, "org:classification", self._names(unit, "org:classification")),
                "parent": self._ids(unit, "unit/", "org:unitOf", "org:subOrganizationOf"),
                "sector": self._names(unit, "org:purpose"), "successor": [], **self._span(unit, "dcterms:temporal"),
            }
            for change in unit.resources("org:changedBy"):
                texts["successor"] += self._ids(change, "unit/", "org:resultingOrganization")
                texts["to"] = texts["to"] or change.texts("dcterms:date")
            yield LinkedRow(texts, unit)

    def posts(self) -> Iterator[LinkedRow]:
        for post in self._posts:
            yield LinkedRow({
                "id": self._id(post, "post/"), "unit": self._needed(post, "org:postIn", self._ids(post, "unit/", "org:postIn")),
                "role": self._needed(post, "org:role", self._names(post, "org:role")),
                "rank": post.texts(f"{OUR}:rank"), **self._span(post, "dcterms:temporal"),
            }, post)

    @cached_property
    def _posts(self) -> list[Resource]:
        return list(self._graph.of_type({TERMS["org"] + "Post"}))

    def tenures(self) -> Iterator[LinkedRow]:
        named: set[tuple[str, str]] = set()
        for membership in self._graph.of_type({TERMS["org"] + "Membership"}):
            posts, holders = self._post_of(membership), self._ids(membership, "holder/", "org:member")
            named.update((post, holder) for post in posts for holder in holders)
            span = self._span(membership, "org:memberDuring")
            yield LinkedRow({
                "post": posts, "holder": holders, "vacant": membership.texts(f"{OUR}:vacant"),
                "acting": membership.texts(f"{OUR}:acting"), **span,
                "from": self._needed(membership, "org:memberDuring", span["from"]),
            }, membership)
        for agent in self._graph.resources:
            # ORG gives this short form no time, so it holds from the beginning; a membership says the same with more.
            for post in self._ids(agent, "post/", "org:holds"):
                for holder in self._id(agent, "holder/"):
                    if (post, holder) not in named:
                        yield LinkedRow({"post": [post], "holder": [holder], "from": [ALWAYS.isoformat()]}, agent)

    def _post_of(self, membership: Resource) -> list[str]:
        """The post that a membership names, or the one post of its organisation with its role."""
        if posts := self._ids(membership, "post/", f"{OUR}:post"):
            return posts
        units, roles = self._ids(membership, "unit/", "org:organization"), self._names(membership, "org:role")
        found = {post for unit in units for role in roles for post in self._by_role.get((unit, role), ())}
        if len(found) == 1:
            return list(found)
        self._reading.fail(membership.span, "no-post", f"the membership is of {len(found) or 'no'} posts",
                           f"name its post by `{OUR}:post`, or the `org:organization` and `org:role` of one post alone")
        return [""]

    @cached_property
    def _by_role(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for post in self._posts:
            for unit in self._ids(post, "unit/", "org:postIn"):
                for role in self._names(post, "org:role"):
                    found.setdefault((unit, role), set()).update(self._id(post, "post/"))
        return found

    def lines(self) -> Iterator[LinkedRow]:
        for line in self._graph.of_type({TERMS[OUR] + "Line"}):
            span = self._span(line, "dcterms:temporal")
            yield LinkedRow({
                "name": self._needed(line, f"{OUR}:name", line.texts(f"{OUR}:name")),
                "unit": self._needed(line, f"{OUR}:unit", self._ids(line, "unit/", f"{OUR}:unit")),
                "post": self._needed(line, f"{OUR}:post", self._ids(line, "post/", f"{OUR}:post")),
                "part": line.texts(f"{OUR}:part"), "share": line.texts(f"{OUR}:share"), **span,
                "from": self._needed(line, "dcterms:temporal", span["from"]),
            }, line)

    def _needed(self, resource: Resource, term: str, texts: list[str]) -> list[str]:
        if texts:
            return texts
        self._reading.fail(resource.span, "missing-property", f"`{resource.name}` lacks `{term}`", f"write its `{term}`")
        return [""]

    def _span(self, resource: Resource, term: str) -> dict[str, list[str]]:
        return {"from": self._ends(resource, term, "time:hasBeginning"), "to": self._ends(resource, term, "time:hasEnd"),
                "recorded": resource.texts("prov:generatedAtTime")}

    def _ends(self, resource: Resource, term: str, end: str) -> list[str]:
        return [text for interval in resource.resources(term) for instant in interval.resources(end)
                for text in instant.texts(*INSTANTS)]

    def _id(self, resource: Resource, prefix: str) -> list[str]:
        """The id of what *resource* is, or is a version of."""
        base = next(iter(resource.resources("dcterms:isVersionOf")), resource)
        return base.texts(*IDENTIFIERS)[:1] or base.local(prefix) or base.texts(*NAMES)[:1]

    def _ids(self, resource: Resource, prefix: str, *terms: str) -> list[str]:
        return _once(name for term in terms for other in resource.resources(term) for name in self._id(other, prefix))

    def _names(self, resource: Resource, term: str) -> list[str]:
        """Plain texts; or the notations or names of the concepts or roles that are referred to."""
        found = list(resource.texts(term))
        for other in resource.resources(term, texts=False):
            found += other.texts(*IDENTIFIERS, *NAMES)[:1] or other.local("")
        return _once(found)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
