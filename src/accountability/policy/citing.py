"""The list of clauses: which there are, and which a pack cites. In: `clauses.yaml`. Out: clauses, or diagnostics.

A clause is known by its id, such as `S2.1-06`, and by a digest of its words: the words themselves stay where they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from accountability import document
from accountability.document import Node, Reading
from accountability.errors import Diagnostic, DocumentError, Span, closest
from accountability.policy.model import Policy

LIST = "clauses.yaml"
CLAUSE_ID = re.compile(r"\b[A-Z]{1,3}\d+(?:\.\d+)*-\w+")
"""What a citation calls a clause by: a document in capital letters and digits, a hyphen, and a number in it."""
START = (1, 1, 1, 2)


@attrs.frozen
class Clause:
    """One clause of a source: what kind of rule it asks for, its name in a few words, the digest of its own words."""

    id: str
    document: str
    kind: str
    name: str
    digest: str
    open: bool = False
    """Whether it leaves a number open (`promptly`), so that whoever encodes it must choose one."""
    excluded: str = ""
    """Why it is out of scope; empty where it binds an authority."""
    repeats: tuple[str, ...] = ()
    """The clauses that say the same elsewhere."""
    span: Span = attrs.field(default=Span("", *START), eq=False)


@attrs.frozen
class ClauseList:
    """Every clause of every document, by id, in the order of the documents."""

    clauses: Mapping[str, Clause]

    def cited(self, text: str) -> tuple[str, ...]:
        """The ids of listed clauses in *text*, such as the clause of a source."""
        return tuple(one for one in dict.fromkeys(CLAUSE_ID.findall(text)) if one in self.clauses)


def list_for(pack: Path) -> Path | None:
    """The list of clauses in the folder of *pack*, or in the folder that holds it; None where there is none."""
    folder = pack if pack.is_dir() else pack.parent
    above = folder.parent if folder.name not in ("", "..") else folder / ".."
    return next((path for path in (folder / LIST, above / LIST) if path.is_file()), None)


def read_clauses(path: Path) -> ClauseList:
    """The list of clauses at *path*. Raises DocumentError with every mistake."""
    reading = Reading()
    entries = reading.mapping(document.read(path), "a list of clauses", ("documents", "clauses"), ("documents", "clauses"))
    titles = {key: reading.text(title, f"the title of `{key}`") or "" for key, title in
              reading.mapping(entries.get("documents"), "`documents`").items()}
    clauses = {}
    for name, node in reading.mapping(entries.get("clauses"), "`clauses`").items():
        clauses[name] = _clause(name, node, titles, reading)
    for clause in clauses.values():
        for other in clause.repeats:
            if other not in clauses:
                reading.fail(clause.span, "unknown-clause", f"`{clause.id}` repeats `{other}`, which is not listed",
                             closest(other, clauses))
    if reading.diagnostics:
        raise DocumentError(reading.diagnostics)
    return ClauseList(clauses)


def _clause(name: str, node: Node, titles: Mapping[str, str], reading: Reading) -> Clause:
    what = f"the clause `{name}`"
    keys = ("kind", "name", "digest", "leaves open", "out of scope", "repeats")
    entries = reading.mapping(node, what, keys, ("name", "digest"))
    where = name.rpartition("-")[0]
    if not CLAUSE_ID.fullmatch(name) or where not in titles:
        reading.fail(node.span, "unknown-document", f"`{name}` belongs to no document of the list", closest(where, titles))
    texts = {key: reading.text(entries.get(key), f"`{key}`") or "" for key in ("kind", "name", "digest", "out of scope")}
    is_open = bool(reading.boolean(entries.get("leaves open"), "«leaves open»"))
    repeats = reading.names(entries.get("repeats"), "`repeats`")
    return Clause(name, titles.get(where, ""), texts["kind"], texts["name"], texts["digest"], is_open, texts["out of scope"],
                  repeats, node.span)


def misquoted(policy: Policy, listed: ClauseList) -> Iterator[Diagnostic]:
    """Every citation of a clause that is not listed, or that is out of scope and that no rule may therefore encode."""
    for key, source in policy.sources.items():
        place = policy.places.get(("sources", key), Span(policy.pack, *START))
        for one in dict.fromkeys(CLAUSE_ID.findall(source.clause)):
            clause = listed.clauses.get(one)
            if clause is None:
                yield Diagnostic(place, "unknown-clause", f"`{key}` cites `{one}`, which is no clause of the list",
                                 closest(one, listed.clauses))
            elif clause.excluded:
                yield Diagnostic(place, "excluded-clause", f"`{key}` cites `{one}`, which is out of scope: {clause.excluded}",
                                 "encode only what binds an authority")


def quote_digest(quote: str) -> str:
    """12 hex digits that change whenever the words of a clause do, but for space at either end."""
    return hashlib.sha256(quote.strip().encode()).hexdigest()[:12]


def drifted(listed: ClauseList, where: Path, against: Path) -> Iterator[Diagnostic]:
    """Where the list at *where* and the sources have come apart.

    *against* is a YAML list of clauses as the sources have them now, each with its `id` and its `quote`. Raises DocumentError.
    """
    reading = Reading()
    quotes: dict[str, tuple[str, Span]] = {}
    for item in reading.items(document.read(against), "the sources"):
        entries = reading.mapping(item, "a clause", None, ("id", "quote"))
        one, quote = reading.text(entries.get("id"), "`id`"), reading.text(entries.get("quote"), "`quote`")
        if one is not None and quote is not None:
            quotes[one] = (quote_digest(quote), item.span)
    if reading.diagnostics:
        raise DocumentError(reading.diagnostics)
    for clause in listed.clauses.values():
        if clause.id not in quotes:
            yield Diagnostic(clause.span, "clause-gone", f"the sources no longer hold `{clause.id}`",
                             "retire the rules that encode it, and list the clauses anew")
        elif quotes[clause.id][0] != clause.digest:
            yield Diagnostic(clause.span, "clause-changed", f"the words of `{clause.id}` have changed",
                             "read it again, mend the rules that encode it, and list the clauses anew")
    for one, (_, span) in quotes.items():
        if one not in listed.clauses:
            yield Diagnostic(span, "clause-not-listed", f"`{one}` is not in `{where}`", "list the clauses anew, and encode it")
