"""What must hold of an organisation that changes: of the versions of units and posts, and of who takes the place of a unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction

from accountability.errors import Diagnostic, closest
from accountability.organisation.draft import Check, Draft, Stated, checking
from accountability.organisation.model import Line, Post, Unit
from accountability.organisation.versions import ALWAYS, NEVER, in_force

FOR_EVER = (ALWAYS, NEVER)
CHECKS: dict[str, Check] = {}
check = checking(CHECKS)


@check("overlapping-versions")
def overlapping_versions(draft: Draft) -> Iterator[Diagnostic]:
    """A unit or post is one thing at a time: the spans of its versions do not overlap."""
    yield from _overlaps(draft, "unit", draft.current_units.values())
    yield from _overlaps(draft, "post", draft.current_posts.values())


def _overlaps(draft: Draft, noun: str, groups: Iterable[list[Stated[Unit]] | list[Stated[Post]]]) -> Iterator[Diagnostic]:
    for versions in groups:
        reach: datetime | None = None
        for entry, place in versions if len(versions) > 1 else ():
            since = entry.since or ALWAYS
            if reach is not None and since < reach:
                yield Diagnostic(place.span("from"), "overlapping-versions",
                                 f"the {noun} `{entry.id}` is already described from {draft.date(since)}"
                                 f" {'on' if reach == NEVER else f'to {draft.date(reach)}'}",
                                 "end the one version on the day the other begins")
            reach = max(reach or ALWAYS, entry.until or NEVER)


@check("circle-of-parents")
def circle_of_parents(draft: Draft) -> Iterator[Diagnostic]:
    """No unit stands above itself at any instant. One report a circle."""
    above: dict[str, set[str]] = {}
    for unit, versions in draft.current_units.items():
        above[unit] = {u.parent for u, _ in versions if u.parent is not None}
    suspects = _on_circles(above)
    told: set[frozenset[str]] = set()
    # A circle of one instant stands from the instant at which the last of its versions begins.
    for instant in sorted({u.since or ALWAYS for unit in suspects for u, _ in draft.current_units[unit]}):
        now = {unit: version for unit in suspects if (version := _version_at(draft.current_units[unit], instant)) is not None}
        for circle in _circles({name: unit.parent for name, (unit, _) in now.items()}):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                yield Diagnostic(now[circle[0]][1].span("parent"), "circle-of-parents",
                                 "these units stand above each other in a circle: "
                                 + " → ".join(f"`{name}`" for name in [*circle, circle[0]]),
                                 "give one of them a parent outside the circle, or none")


def _on_circles(above: dict[str, set[str]]) -> list[str]:
    """The units that could stand on a circle, whatever the instants: what is left when those above nobody, or below nobody, go."""
    left = {unit: {parent for parent in parents if parent in above} for unit, parents in above.items()}
    below: dict[str, list[str]] = {unit: [] for unit in left}
    for unit, parents in left.items():
        for parent in parents:
            below[parent].append(unit)
    open_parents = {unit: len(parents) for unit, parents in left.items()}
    free = [unit for unit, number in open_parents.items() if not number]
    while free:
        for child in below[free.pop()]:
            open_parents[child] -= 1
            if not open_parents[child]:
                free.append(child)
    return [unit for unit, number in open_parents.items() if number]


def _circles(parents: dict[str, str | None]) -> Iterator[list[str]]:
    walked: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in parents and at not in walked and at not in path:
            path[at] = None
            at = parents[at]
        if at is not None and at in path:
            steps = list(path)
            yield steps[steps.index(at):]
        walked.update(path)


def _version_at(versions: list[Stated[Unit]], at: datetime) -> Stated[Unit] | None:
    return next((v for v in versions if (v[0].since or ALWAYS) <= at < (v[0].until or NEVER)), None)


@check("successor-without-end")
def successor_without_end(draft: Draft) -> Iterator[Diagnostic]:
    """A successor takes over on the day `to`, so there must be one."""
    for unit, place in draft.units:
        if unit.successors and unit.until is None:
            yield Diagnostic(place.span("successor"), "successor-without-end",
                             f"`{unit.id}` has a successor and does not end",
                             "write the day on which the successor takes over as «to»")


@check("unknown-successor")
def unknown_successor(draft: Draft) -> Iterator[Diagnostic]:
    """A successor is another unit that is there when the unit ends; else nobody would answer."""
    known = {unit.id for unit, _ in draft.units}
    for unit, place in draft.units:
        for heir in unit.successors:
            if heir == unit.id or heir not in known:
                yield Diagnostic(place.span("successor"), "unknown-successor",
                                 f"`{unit.id}` has the successor `{heir}`, which is no other unit",
                                 closest(heir, known - {unit.id}))
    for versions in draft.current_units.values():
        for unit, place in versions:
            end = unit.until or NEVER
            for heir in unit.successors if end != NEVER else ():
                if heir != unit.id and heir in known and _version_at(draft.current_units.get(heir, []), end) is None:
                    yield Diagnostic(place.span("successor"), "unknown-successor",
                                     f"`{unit.id}` ends on {draft.date(end)}, when its successor `{heir}` is not there",
                                     f"let `{heir}` begin by that day, or name who takes over")


@check("shares-do-not-add-up")
def shares_do_not_add_up(draft: Draft) -> Iterator[Diagnostic]:
    """At every instant the shares on the lines of one name for one unit make one whole; lines without a share split the rest."""
    places = dict(draft.lines)
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in in_force(places):
        groups.setdefault((line.name, line.unit), []).append(line)
    for group in groups.values():
        if all(line.share is None for line in group) or not all(0 < line.share <= 1 for line in group if line.share is not None):
            continue
        told: set[frozenset[str]] = set()
        for instant in sorted({line.since for line in group} | {line.until for line in group if line.until is not None}):
            present = [line for line in group if line.covers(instant)]
            stated = [line.share for line in present if line.share is not None]
            total = sum(stated, Fraction(0))
            who = frozenset(line.post for line in present)
            if stated and not (total == 1 if len(stated) == len(present) else total < 1) and who not in told:
                told.add(who)
                last = max((line for line in present if line.share is not None), key=lambda line: (line.since, line.post))
                yield Diagnostic(places[last].span("share"), "shares-do-not-add-up",
                                 f"the shares of the lines `{last.name}` of `{last.unit}` add up to {total}"
                                 f" on {draft.date(instant)}",
                                 "let them make 1, or less than 1 where a line without a share takes the rest")


@check("share-out-of-range")
def share_out_of_range(draft: Draft) -> Iterator[Diagnostic]:
    """A share is over 0 and at most 1: a post with no share does not answer and needs no line."""
    for line, place in draft.lines:
        if line.share is not None and not 0 < line.share <= 1:
            yield Diagnostic(place.span("share"), "share-out-of-range", f"the share of `{line.post}` is {line.share}",
                             "write a part of the whole such as `1/3`, `0.4` or `40%`")


@check("outside-post")
def outside_post(draft: Draft) -> Iterator[Diagnostic]:
    """Nobody enters a post that is not there. A warning only: the tenure does not count then."""
    lasting = {name: [_span_of(unit) for unit, _ in versions] for name, versions in draft.current_units.items()}
    for name, versions in draft.current_posts.items():
        spans = [(max(since, begins), min(until, ends)) for post, _ in versions for since, until in [_span_of(post)]
                 for begins, ends in lasting.get(post.unit, ())]
        for tenure, place in draft.current.get(name, ()) if spans != [FOR_EVER] else ():
            if not any(since <= tenure.since < until for since, until in spans):
                yield Diagnostic(place.span("from"), "outside-post",
                                 f"the tenure of `{tenure.post}` begins on {draft.date(tenure.since)}, when there is no such post",
                                 "check the «from» and «to» of the tenure, of the post and of its unit", severity="warning")


def _span_of(entry: Unit | Post) -> tuple[datetime, datetime]:
    return (entry.since or ALWAYS, entry.until or NEVER)


@check("parent-gone")
def parent_gone(draft: Draft) -> Iterator[Diagnostic]:
    """A unit outlives its parent only where one unit takes the parent's place. A warning only: the way up ends there."""
    for versions in draft.current_units.values():
        for unit, place in versions:
            parents = draft.current_units.get(unit.parent or "", [])
            since, until = unit.since or ALWAYS, unit.until or NEVER
            for instant in sorted({max(since, parent.until) for parent, _ in parents if parent.until is not None}):
                over = [parent for parent, _ in parents if (parent.until or NEVER) <= instant]
                last = max(over, key=lambda parent: parent.until or NEVER)
                if instant < until and _version_at(parents, instant) is None and len(last.successors) != 1:
                    yield Diagnostic(place.span("parent"), "parent-gone",
                                     f"`{unit.id}` has the parent `{unit.parent}`, which is gone from {draft.date(instant)}",
                                     "add a version of it from that day with its new parent", severity="warning")
