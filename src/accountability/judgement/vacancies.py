"""Where nobody answers, or more than one: the stretches of time in which a responsibility is not held as it should be.

A vacancy is a finding of its own, about the organisation and not about a person; it is told with its dates and never filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

import attrs

from accountability.event import utc
from accountability.judgement.attribution import answering
from accountability.organisation import ALWAYS, Organisation, Part, ResponsibilityKind


class Lack(StrEnum):
    """What is amiss. NOBODY: not one person answers. VACANT: one of several posts has nobody. SEVERAL: two persons in one place."""

    NOBODY = "nobody"
    VACANT = "vacant"
    SEVERAL = "several"


@attrs.frozen
class Gap:
    """A stretch of time, in UTC, from *since* up to but not including *until* (None: for good), in which *unit* lacks something.

    *posts* are those without a holder; for SEVERAL, those held at once. None where the unit has no such post.
    """

    unit: str
    since: datetime
    until: datetime | None
    lack: Lack
    posts: tuple[str, ...]


def gaps(organisation: Organisation, kind: ResponsibilityKind, since: datetime | None = None, until: datetime | None = None, *,
         known_at: datetime | None = None) -> tuple[Gap, ...]:
    """For each unit, by id, the stretches from *since* to before *until* in which not exactly one person answers under *kind*.

    Exactly one for each role: where a unit has a party and a government principal, both answer, and each post has its one holder.
    Where lines name the posts: exactly one that leads, however many join. While a unit does not exist it lacks nobody. *since*
    None: what lies before the first who ever answered for a unit is not counted, since there the register is silent; where
    nobody ever did, the stretch begins at the first instant of the calendar. Raises ValueError for an instant without a zone.
    """
    first, last = utc(since) if since is not None else ALWAYS, utc(until) if until is not None else None
    found = (gap for unit in organisation.units for gap in _gaps(organisation, kind, unit, first, last, known_at))
    return tuple(gap for gap in found if since is not None or not _silent(gap))


def _silent(gap: Gap) -> bool:
    return gap.since == ALWAYS and gap.until is not None and gap.lack is Lack.NOBODY


def _gaps(organisation: Organisation, kind: ResponsibilityKind, unit: str, since: datetime, until: datetime | None,
          known_at: datetime | None) -> Iterator[Gap]:
    units = (unit,) if kind.of == "unit" else organisation.line_of_units(unit)
    turns = {turn for name in units for turn in organisation.turns_of(name, kind.name)}
    cuts = [since, *sorted(turn for turn in turns if since < turn and (until is None or turn < until))]
    going: Gap | None = None
    for start, end in pairwise([*cuts, until]):
        assert start is not None
        found = _lack(organisation, kind, unit, start, known_at) if until is None or start < until else None
        if going is not None and (found is None or found != (going.lack, going.posts)):
            yield going
            going = None
        if found is not None:
            going = Gap(unit, start, end, *found) if going is None else attrs.evolve(going, until=end)
    if going is not None:
        yield going


def _lack(organisation: Organisation, kind: ResponsibilityKind, unit: str, at: datetime,
          known_at: datetime | None) -> tuple[Lack, tuple[str, ...]] | None:
    if organisation.unit_at(unit, at, known_at) is None:
        return None
    answers = answering(organisation, kind, unit, at, moment="at", known_at=known_at)
    held = [answer for answer in answers if answer.holder is not None]
    vacant = tuple(answer.post for answer in answers if answer.holder is None)
    if not held:
        return (Lack.NOBODY, vacant)
    places: dict[str | None, list[str]] = {}
    for answer in held:
        if answer.part != Part.JOINT:
            place = organisation.role_of(answer.post, at, known_at) if answer.part is None else answer.part
            places.setdefault(place, []).append(answer.post)
    crowded = tuple(post for posts in places.values() if len(posts) > 1 for post in posts)
    if crowded:
        return (Lack.SEVERAL, crowded)
    return (Lack.VACANT, vacant) if vacant else None
