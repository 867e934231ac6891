"""The organisation as everybody asks it: which unit, which post, who held it when. Read once, never changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import attrs

from accountability import document
from accountability.document import Node, Reading
from accountability.errors import Diagnostic, DocumentError, OrganisationError, Span
from accountability.organisation import checks, succession
from accountability.organisation.draft import Draft, Place
from accountability.organisation.keywords import in_chinese
from accountability.organisation.linked import draft_from_linked
from accountability.organisation.model import Line, Post, Tenure, Unit
from accountability.organisation.reader import draft_from_folder, draft_from_node
from accountability.organisation.roster import Roster, Staff
from accountability.organisation.sealing import digest_of, line_order, post_order, tenure_order, unit_order
from accountability.organisation.versions import ALWAYS, Versions, in_force

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

CHECKS = checks.CHECKS | succession.CHECKS
"""Every check by the name it reports under, in the order in which they run."""


class Organisation:
    """Units, posts, tenures and lines of responsibility that passed every check.

    Queries take and give unprefixed ids and answer None, or nothing, for an id that the organisation does not have: logs
    name such ids, and a rule then finds the value missing. Instants must carry a zone. A query with *at* answers for that instant,
    by what was known at *known_at* (None: by all that is known); without *at*, for the version that holds last. *units* and *posts*
    hold those versions by id, *unit_entries* and *post_entries* all that is stated. *warnings* are diagnostics, in file order, that
    do not stand in the way. *learned* are the instants at which something was recorded, in order; *line_names* the names of lines.
    """

    __slots__ = ("_changing", "_digest", "_levels", "_lines", "_places", "_posts", "_rosters", "_staff", "_tenures", "_turns",
                 "_units",
                 "learned", "line_names", "lines", "post_entries", "posts", "tenures", "unit_entries", "units", "warnings", "zone")

    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    tenures: tuple[Tenure, ...]
    lines: tuple[Line, ...]
    unit_entries: tuple[Unit, ...]
    post_entries: tuple[Post, ...]
    learned: tuple[datetime, ...]
    line_names: set[str]
    warnings: tuple[Diagnostic, ...]
    zone: ZoneInfo
    """Where the dates of the file lie."""

    def __init__(self, draft: Draft, reading: Reading | None = None) -> None:
        """Use `read`, `from_node` or `of`. Raises OrganisationError with everything that the checks have against *draft*."""
        found = run_checks(draft, reading or Reading())
        errors = [d for d in found if d.severity == "error"]
        if errors:
            raise OrganisationError(errors)
        self.warnings = tuple(sorted((d for d in found if d.severity == "warning"), key=lambda d: (d.span, d.check)))
        self.unit_entries = tuple(sorted((u for u, _ in draft.units), key=unit_order))
        self.post_entries = tuple(sorted((p for p, _ in draft.posts), key=post_order))
        self.tenures = tuple(sorted((t for t, _ in draft.tenures), key=tenure_order))
        self.lines = tuple(sorted((line for line, _ in draft.lines), key=line_order))
        self._units = {unit: Versions(own) for unit, own in _grouped(self.unit_entries, lambda u: u.id).items()}
        self._posts = {post: Versions(own) for post, own in _grouped(self.post_entries, lambda p: p.id).items()}
        self._tenures = {post: Versions(own) for post, own in _grouped(self.tenures, lambda t: t.post).items()}
        self._lines = {key: (in_force(own), own) for key, own in _grouped(self.lines, lambda line: (line.name, line.unit)).items()}
        self.line_names = {line.name for line in self.lines}
        self.units = {name: versions.last for name, versions in self._units.items()}
        last = (versions.last for versions in self._posts.values())
        self.posts = {post.id: post for post in sorted(last, key=lambda p: (p.rank, p.id))}
        # Whatever is not here is there at every instant, the same: then nobody need ask for the version.
        self._changing = {name for name, versions in self._units.items() if not versions.always}
        for name, post_versions in self._posts.items():
            if not post_versions.always or any(post.unit in self._changing for post in post_versions.entries):
                self._changing.update((name, *(post.unit for post in post_versions.entries)))
        nobody: Versions[Tenure] = Versions(())
        staff: dict[str, dict[str, Staff]] = {}
        for post in (*self.posts.values(), *self.post_entries):
            staff.setdefault(post.unit, {})[post.id] = (self._posts[post.id], self._tenures.get(post.id, nobody))
        self._staff = {unit: tuple(own.values()) for unit, own in staff.items()}
        self._levels = {level: tuple(u.id for u in own) for level, own in _grouped(self.units.values(), lambda u: u.level).items()}
        self.learned = tuple(sorted({entry.recorded for table in (self.unit_entries, self.post_entries, self.tenures, self.lines)
                                     for entry in table if entry.recorded is not None}))
        self._places: dict[str, Place] = {unit.id: place for unit, place in draft.units}
        self.zone = draft.zone
        self._rosters: dict[tuple[str, ...], Roster] = {}
        self._digest = ""
        self._turns: list[datetime] | None = None

    @classmethod
    def read(cls, path: Path | str, zone: ZoneInfo | None = None) -> Organisation:
        """The organisation in a YAML file, in a W3C ORG file (`.jsonld`), or in a folder of CSV files, at *path*.

        A bare date is the first instant of that day in the file's own `timezone`, else in *zone* (time.md: local day). Raises
        OrganisationError with every mistake of the file.
        """
        path, reading = Path(path), Reading(in_chinese)
        if path.is_dir():
            return cls._checked(draft_from_folder(path, zone, reading), reading)
        if path.suffix == ".jsonld":
            return cls._checked(draft_from_linked(path, zone, reading), reading)
        try:
            node = document.read(path)
        except DocumentError as error:
            raise OrganisationError(error.diagnostics) from None
        return cls._checked(draft_from_node(node, zone, reading), reading)

    @classmethod
    def from_node(cls, node: Node, zone: ZoneInfo | None = None) -> Organisation:
        """The organisation that a YAML tree states, as `read` would. Raises OrganisationError."""
        reading = Reading(in_chinese)
        return cls._checked(draft_from_node(node, zone, reading), reading)

    @classmethod
    def _checked(cls, draft: Draft, reading: Reading) -> Organisation:
        if reading.diagnostics:
            raise OrganisationError([*reading.diagnostics, *(d for d in run_checks(draft, reading) if d.severity == "error")])
        return cls(draft, reading)

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

    def unit_at(self, unit: str, at: datetime, known_at: datetime | None = None) -> Unit | None:
        """The version of *unit* that holds at *at*; None while it does not exist."""
        versions = self._units.get(unit)
        return versions.at(at, known_at) if versions is not None else None

    def existence(self, unit: str, known_at: datetime | None = None) -> list[tuple[datetime | None, datetime | None]]:
        """From when up to but not including when *unit* exists, span by span; None: from the beginning, or for good."""
        versions = self._units.get(unit)
        return versions.spans(known_at) if versions is not None else []

    def post_at(self, post: str, at: datetime, known_at: datetime | None = None) -> Post | None:
        """The version of *post* that holds at *at*; None while it, or its unit, does not exist."""
        versions = self._posts.get(post)
        found = versions.at(at, known_at) if versions is not None else None
        if found is not None and found.unit in self._changing and self.unit_at(found.unit, at, known_at) is None:
            return None
        return found

    def ways(self, unit: str, at: datetime, known_at: datetime | None = None) -> tuple[tuple[str, ...], ...]:
        """The units that stand for *unit* at *at*, each at the end of the way to it: `unit` itself while it exists.

        Else its successors, or theirs where those are gone too. None where it has not begun yet or names no successor.
        """
        if self.unit_at(unit, at, known_at) is not None:
            return ((unit,),)
        found: list[tuple[str, ...]] = []
        met: set[str] = {unit}
        walking: list[tuple[str, ...]] = [(unit,)]
        for way in walking:
            versions = self._units.get(way[-1])
            gone = versions.ended(at, known_at) if versions is not None else None
            for heir in gone.successors if gone is not None else ():
                if heir not in met:
                    met.add(heir)
                    (walking if self.unit_at(heir, at, known_at) is None else found).append((*way, heir))
        return tuple(found)

    def holder(self, post: str, at: datetime, known_at: datetime | None = None) -> Tenure | None:
        """Whoever exercises *post* at *at*, by what was known at *known_at* (None: by all that is known).

        Whoever acts goes before whoever is only appointed: an acting tenure says that the appointed holder does not exercise
        the post. None in a vacancy, declared or not, and while there is no such post. Raises ValueError for an instant without a
        zone.
        """
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no zone; give one, such as +08:00 or Z")
        versions = self._tenures.get(post)
        found = versions.at(at, known_at) if versions is not None else None
        if found is None or found.holder is None or (post in self._changing and self.post_at(post, at, known_at) is None):
            return None
        return found

    @property
    def changes(self) -> bool:
        """Whether anything is said of it that does not hold at all times, or was not always known."""
        return bool(self._changing)

    def fact(self, what: str, of: str, at: datetime, known_at: datetime | None = None) -> str | int | None:
        """The `unit`, `role` or `rank` of a post, or the `level` or `parent` of a unit, at *at*; None while there is none."""
        ask: Callable[..., str | int | None] = _FACTS[what]
        return ask(self, of, at, known_at) if self._changing else ask(self, of)

    def unit_of(self, post: str, at: datetime | None = None, known_at: datetime | None = None) -> str | None:
        found = self.posts.get(post) if at is None else self.post_at(post, at, known_at)
        return found.unit if found is not None else None

    def role_of(self, post: str, at: datetime | None = None, known_at: datetime | None = None) -> str | None:
        found = self.posts.get(post) if at is None else self.post_at(post, at, known_at)
        return found.role if found is not None else None

    def rank_of(self, post: str, at: datetime | None = None, known_at: datetime | None = None) -> int | None:
        found = self.posts.get(post) if at is None else self.post_at(post, at, known_at)
        return found.rank if found is not None else None

    def level_of(self, unit: str, at: datetime | None = None, known_at: datetime | None = None) -> str | None:
        found = self.units.get(unit) if at is None else self.unit_at(unit, at, known_at)
        return found.level if found is not None else None

    def parent_of(self, unit: str, at: datetime | None = None, known_at: datetime | None = None) -> str | None:
        """The unit above *unit*. At an instant at which the parent is gone: the one unit that stands for it, if there is one."""
        found = self.units.get(unit) if at is None else self.unit_at(unit, at, known_at)
        parent = found.parent if found is not None else None
        if parent is None or at is None or parent not in self._changing:
            return parent
        above = self.in_place_of(parent, at, known_at)
        return above if above != unit else None

    def ancestors(self, unit: str, at: datetime | None = None, known_at: datetime | None = None) -> tuple[str, ...]:
        """The units above *unit*, nearest first."""
        if at is not None:
            return tuple(entry.id for entry in self.climb(unit, at, known_at)[1:])
        above: list[str] = []
        parent = self.parent_of(unit)
        while parent is not None and parent not in above and parent != unit:
            above.append(parent)
            parent = self.parent_of(parent)
        return tuple(above)

    def climb(self, unit: str, at: datetime, known_at: datetime | None = None) -> list[Unit]:
        """*unit* and the units above it, nearest first, as they were at *at*. Nothing while *unit* does not exist."""
        found: list[Unit] = []
        met: set[str] = set()
        entry = self.unit_at(unit, at, known_at)
        # What is known now has no circles; an earlier state of knowledge was never checked for them.
        while entry is not None and entry.id not in met:
            found.append(entry)
            met.add(entry.id)
            above = self.in_place_of(entry.parent, at, known_at) if entry.parent is not None else None
            entry = self.unit_at(above, at, known_at) if above is not None else None
        return found

    def in_place_of(self, unit: str, at: datetime, known_at: datetime | None = None) -> str | None:
        """*unit* while it exists, else the one unit that stands for it at *at*; None where none does, or several do."""
        ways = self.ways(unit, at, known_at)
        return ways[0][-1] if len(ways) == 1 else None

    def posts_of(self, unit: str, roles: Iterable[str] | None = None, at: datetime | None = None,
                 known_at: datetime | None = None) -> tuple[str, ...]:
        """The posts of *unit*, all or those with one of *roles*, by rank, then id."""
        wanted = tuple(roles) if roles is not None else ()
        if at is None:
            staff = [posts.last for posts, _ in self._staff.get(unit, ())]
        elif unit not in self._changing or self.unit_at(unit, at, known_at) is not None:
            staff = [post for posts, _ in self._staff.get(unit, ()) if (post := posts.at(at, known_at)) is not None]
        else:
            staff = []
        found = [post for post in staff if post.unit == unit and (roles is None or post.role in wanted)]
        return tuple(post.id for post in sorted(found, key=_by_rank))

    def roster(self, roles: tuple[str, ...]) -> Roster:
        """The posts with one of *roles*, ready to be asked unit by unit."""
        found = self._rosters.get(roles)
        if found is None:
            found = self._rosters[roles] = Roster(roles, self._units, self._staff, self.learned[-1] if self.learned else ALWAYS)
        return found

    def units_at(self, level: str) -> tuple[str, ...]:
        """The units with *level*, by id."""
        return self._levels.get(level, ())

    def up_to(self, unit: str, of: str, at: datetime | None = None, known_at: datetime | None = None) -> str | None:
        """The unit that *of* names, seen from *unit*: see ResponsibilityKind. None where there is none.

        Raises ValueError for an *of* that is none of the three.
        """
        if of == "unit":
            return unit if (unit in self.units if at is None else self.unit_at(unit, at, known_at) is not None) else None
        if of == "parent":
            return self.parent_of(unit, at, known_at)
        if not of.startswith("level:"):
            raise ValueError(f"`{of}` names no unit; write `unit`, `parent` or `level:town`")
        level = of.removeprefix("level:")
        return next((u for u in (unit, *self.ancestors(unit, at, known_at)) if self.level_of(u, at, known_at) == level), None)

    def lines_of(self, name: str, unit: str, at: datetime, known_at: datetime | None = None) -> tuple[Line, ...]:
        """The explicit lines called *name* that cover *unit* at *at*; only while unit and post exist."""
        if name not in self.line_names:
            return ()
        now, stated = self._lines.get((name, unit), ((), ()))
        if known_at is not None and any((line.recorded or ALWAYS) > known_at for line in stated):
            now = in_force(stated, known_at)
        if not now or (unit in self._changing and self.unit_at(unit, at, known_at) is None):
            return ()
        return tuple(line for line in now if line.covers(at)
                     and (line.post not in self._changing or self.post_at(line.post, at, known_at) is not None))

    def turns_of(self, unit: str, line: str = "") -> set[datetime]:
        """The instants at which something stated of *unit* begins or ends: it, its posts, their tenures, lines called *line*."""
        lines = self._lines.get((line, unit), ((), ()))[1]
        posts = {*(own.last.id for own, _ in self._staff.get(unit, ())), *(each.post for each in lines)}
        units = {unit, *(entry.unit for post in posts for entry in self._posts[post].entries)}
        stated: list[Unit | Post | Tenure | Line] = [*lines]
        for name in units:
            stated += self._units[name].entries if name in self._units else ()
        for post in posts:
            stated += self._posts[post].entries
            stated += self._tenures[post].entries if post in self._tenures else ()
        return {instant for entry in stated for instant in (entry.since, entry.until) if instant is not None}

    def line_of_units(self, unit: str) -> tuple[str, ...]:
        """*unit* and every unit that was ever above it, or took the place of one of those, in no state of knowledge left out."""
        met: dict[str, None] = {unit: None}
        walking = [unit]
        for name in walking:
            for entry in self._units[name].entries if name in self._units else ():
                for other in (*([entry.parent] if entry.parent is not None else []), *entry.successors):
                    if other not in met:
                        met[other] = None
                        walking.append(other)
        return tuple(met)

    def turn_after(self, at: datetime) -> datetime | None:
        """The first instant (UTC) after *at* at which a unit, a post, a tenure or a line begins or ends."""
        if self._turns is None:
            spans = [(unit.since, unit.until) for unit in self.unit_entries]
            spans += [(post.since, post.until) for post in self.post_entries]
            spans += [(tenure.since, tenure.until) for tenure in self.tenures] + [(line.since, line.until) for line in self.lines]
            self._turns = sorted({instant for span in spans for instant in span if instant is not None})
        place = bisect_right(self._turns, at)
        return self._turns[place] if place < len(self._turns) else None

    def place_of(self, unit: str) -> Span:
        """Where *unit* is stated last. Raises KeyError for a unit that the organisation does not have."""
        return self._places[unit].span()

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what the organisation states: the same whatever the format, the file order and the zone of dates."""
        self._digest = self._digest or digest_of(self.unit_entries, self.post_entries, self.tenures, self.lines)
        return self._digest


def _by_rank(post: Post) -> tuple[int, str]:
    return (post.rank, post.id)


def run_checks(draft: Draft, reading: Reading) -> list[Diagnostic]:
    """Everything that any check has against *draft*, in the words of whoever wrote what *reading* has read."""
    return [reading.worded(diagnostic) for each in CHECKS.values() for diagnostic in each(draft)]


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


_FACTS: Mapping[str, Callable[..., str | int | None]] = {
    "unit": Organisation.unit_of, "role": Organisation.role_of, "rank": Organisation.rank_of, "level": Organisation.level_of,
    "parent": Organisation.parent_of}
