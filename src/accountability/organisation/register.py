"""The organisation as everybody asks it: which unit, which post, who held it when. Read once, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import attrs
import rfc8785

from accountability import document
from accountability.document import Node, Reading
from accountability.errors import Diagnostic, DocumentError, OrganisationError, Span
from accountability.organisation.checks import Draft, run_checks
from accountability.organisation.model import Line, Post, Tenure, Unit
from accountability.organisation.occupancy import ALWAYS, NEVER, Occupancy
from accountability.organisation.reader import draft_from_folder, draft_from_node

T = TypeVar("T")
K = TypeVar("K")
Json = list["Json"] | str | int | bool | None


class Organisation:
    """Units, posts, tenures and lines of responsibility that passed every check.

    Queries take and give unprefixed ids and answer None, or nothing, for an id that the organisation does not have: logs
    name such ids, and a rule then finds the value missing. Instants must carry a zone. *warnings* are diagnostics, in file
    order, that do not stand in the way.
    """

    __slots__ = ("_children", "_digest", "_levels", "_lines", "_occupancies", "_staff", "lines", "posts", "tenures", "units",
                 "warnings")

    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    tenures: tuple[Tenure, ...]
    lines: tuple[Line, ...]
    warnings: tuple[Diagnostic, ...]

    def __init__(self, draft: Draft) -> None:
        """Use `read`, `from_node` or `of`. Raises OrganisationError with everything that the checks have against *draft*."""
        found = run_checks(draft)
        errors = [d for d in found if d.severity == "error"]
        if errors:
            raise OrganisationError(errors)
        self.warnings = tuple(sorted((d for d in found if d.severity == "warning"), key=lambda d: (d.span, d.check)))
        self.units = {unit.id: unit for unit in sorted((u for u, _ in draft.units), key=lambda u: u.id)}
        self.posts = {post.id: post for post in sorted((p for p, _ in draft.posts), key=lambda p: (p.rank, p.id))}
        self.tenures = tuple(sorted((t for t, _ in draft.tenures), key=_tenure_order))
        self.lines = tuple(sorted((line for line, _ in draft.lines), key=_line_order))
        self._occupancies = {post: Occupancy(tuple(own)) for post, own in _grouped(self.tenures, lambda t: t.post).items()}
        self._lines = _grouped(self.lines, lambda line: (line.name, line.unit))
        self._staff = _grouped(self.posts.values(), lambda post: post.unit)
        self._levels = {level: tuple(u.id for u in own) for level, own in _grouped(self.units.values(), lambda u: u.level).items()}
        self._digest = ""

    @classmethod
    def read(cls, path: Path | str, zone: ZoneInfo | None = None) -> Organisation:
        """The organisation in a YAML file, or in a folder of CSV files, at *path*.

        A bare date is the first instant of that day in the file's own `timezone`, else in *zone* (time.md: local day). Raises
        OrganisationError with every mistake of the file.
        """
        path, reading = Path(path), Reading()
        if path.is_dir():
            return cls._checked(draft_from_folder(path, zone, reading), reading)
        try:
            node = document.read(path)
        except DocumentError as error:
            raise OrganisationError(error.diagnostics) from None
        return cls._checked(draft_from_node(node, zone, reading), reading)

    @classmethod
    def from_node(cls, node: Node, zone: ZoneInfo | None = None) -> Organisation:
        """The organisation that a YAML tree states, as `read` would. Raises OrganisationError."""
        reading = Reading()
        return cls._checked(draft_from_node(node, zone, reading), reading)

    @classmethod
    def _checked(cls, draft: Draft, reading: Reading) -> Organisation:
        if reading.diagnostics:
            raise OrganisationError([*reading.diagnostics, *(d for d in run_checks(draft) if d.severity == "error")])
        return cls(draft)

    @classmethod
    def of(cls, units: Iterable[Unit] = (), posts: Iterable[Post] = (), tenures: Iterable[Tenure] = (),
           lines: Iterable[Line] = ()) -> Organisation:
        """The organisation that these nouns make up. Raises OrganisationError as `read` does, by table and place in it."""
        return cls(Draft(_stated("units", units), _stated("posts", posts), _stated("tenures", tenures), _stated("lines", lines),
                         ZoneInfo("UTC")))

    @classmethod
    def empty(cls) -> Organisation:
        """The organisation without units: nobody answers for anything."""
        return cls.of()

    def holder(self, post: str, at: datetime, known_at: datetime | None = None) -> Tenure | None:
        """Whoever exercises *post* at *at*, by what was known at *known_at* (None: by all that is known).

        Whoever acts goes before whoever is only appointed: an acting tenure says that the appointed holder does not exercise
        the post. None in a vacancy, declared or not. Raises ValueError for an instant without a zone.
        """
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no zone; give one, such as +08:00 or Z")
        occupancy = self._occupancies.get(post)
        if occupancy is None:
            return None
        if known_at is None or known_at >= occupancy.last_learned:
            return occupancy.at(at)
        return occupancy.as_known(at, known_at)

    def unit_of(self, post: str) -> str | None:
        found = self.posts.get(post)
        return found.unit if found is not None else None

    def role_of(self, post: str) -> str | None:
        found = self.posts.get(post)
        return found.role if found is not None else None

    def rank_of(self, post: str) -> int | None:
        found = self.posts.get(post)
        return found.rank if found is not None else None

    def level_of(self, unit: str) -> str | None:
        found = self.units.get(unit)
        return found.level if found is not None else None

    def parent_of(self, unit: str) -> str | None:
        found = self.units.get(unit)
        return found.parent if found is not None else None

    def ancestors(self, unit: str) -> tuple[str, ...]:
        """The units above *unit*, nearest first."""
        above: list[str] = []
        at = self.parent_of(unit)
        while at is not None:
            above.append(at)
            at = self.units[at].parent
        return tuple(above)

    def posts_of(self, unit: str, roles: Iterable[str] | None = None) -> tuple[str, ...]:
        """The posts of *unit*, all or those with one of *roles*, by rank, then id."""
        staff = self._staff.get(unit, ())
        if roles is None:
            return tuple(post.id for post in staff)
        wanted = frozenset(roles)
        return tuple(post.id for post in staff if post.role in wanted)

    def units_at(self, level: str) -> tuple[str, ...]:
        """The units with *level*, by id."""
        return self._levels.get(level, ())

    def up_to(self, unit: str, of: str) -> str | None:
        """The unit that *of* names, seen from *unit*: see ResponsibilityKind. None where there is none.

        Raises ValueError for an *of* that is none of the three.
        """
        if of == "unit":
            return unit if unit in self.units else None
        if of == "parent":
            return self.parent_of(unit)
        if not of.startswith("level:"):
            raise ValueError(f"`{of}` names no unit; write `unit`, `parent` or `level:town`")
        level, found = of.removeprefix("level:"), self.units.get(unit)
        while found is not None and found.level != level:
            found = self.units.get(found.parent) if found.parent is not None else None
        return found.id if found is not None else None

    def lines_of(self, name: str, unit: str, at: datetime) -> tuple[Line, ...]:
        """The explicit lines called *name* that cover *unit* at *at*."""
        return tuple(line for line in self._lines.get((name, unit), ()) if line.covers(at))

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what the organisation states: the same whatever the format, the file order and the zone of dates."""
        if not self._digest:
            stated: dict[str, Json] = {
                "units": [[u.id, u.name, u.level, u.parent, u.sector] for u in self.units.values()],
                "posts": [[p.id, p.unit, p.role, p.rank] for p in self.posts.values()],
                "tenures": [[t.post, t.holder, _text(t.since), _text(t.until), t.acting, _text(t.recorded)] for t in self.tenures],
                "lines": [[line.name, line.unit, line.post, _text(line.since), _text(line.until)] for line in self.lines],
            }
            self._digest = hashlib.sha256(rfc8785.dumps(stated)).hexdigest()
        return self._digest


@attrs.frozen
class Numbered:
    """The place of a noun that no file states: its number in its table."""

    table: str
    number: int

    def span(self, key: str = "") -> Span:
        return Span(self.table, self.number, 1, self.number, 2)


def _stated(table: str, nouns: Iterable[T]) -> tuple[tuple[T, Numbered], ...]:
    return tuple((noun, Numbered(table, number)) for number, noun in enumerate(nouns, 1))


def _grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, tuple[T, ...]]:
    groups: dict[K, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return {name: tuple(group) for name, group in groups.items()}


def _tenure_order(tenure: Tenure) -> tuple[object, ...]:
    return (tenure.post, tenure.since, tenure.until or NEVER, tenure.holder or "", tenure.acting, tenure.recorded or ALWAYS)


def _line_order(line: Line) -> tuple[object, ...]:
    return (line.name, line.unit, line.since, line.post, line.until or NEVER)


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
