"""Who stood in the posts with certain roles, unit by unit and stretch by stretch; what was asked once is kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from datetime import datetime

from accountability.organisation.model import Post, Tenure, Unit
from accountability.organisation.versions import Versions

Staff = tuple[Versions[Post], Versions[Tenure]]
"""A post that is or was in a unit, and its tenures."""
Held = tuple[str, str | None, bool]
"""A post at an instant, who exercised it then (None in a vacancy), and whether they acted."""
Moment = tuple[Unit | None, tuple[Held, ...]]
"""A unit as it was at an instant, None where it did not exist, and its posts by rank, then id."""


class Roster:
    """The posts with one of *roles* in *units*, which have *staff*; the last that was recorded was recorded at *learned*."""

    __slots__ = ("_kept", "_learned", "_roles", "_staff", "_units")

    def __init__(self, roles: Collection[str], units: Mapping[str, Versions[Unit]], staff: Mapping[str, tuple[Staff, ...]],
                 learned: datetime) -> None:
        self._roles, self._units, self._staff, self._learned = roles, units, staff, learned
        self._kept: dict[str, tuple[list[datetime], list[Moment | None]]] = {}

    def at(self, unit: str, at: datetime, known_at: datetime | None = None) -> Moment:
        """*unit* and its posts at *at*, by what was known at *known_at* (None: by all that is known)."""
        if known_at is not None and known_at < self._learned:
            return self._moment(unit, at, known_at)
        kept = self._kept.get(unit)
        if kept is None:
            staff = [versions.instants for own in self._staff.get(unit, ()) for versions in own]
            turns = sorted({*(self._units[unit].instants if unit in self._units else ()), *(turn for own in staff for turn in own)})
            kept = self._kept[unit] = (turns, [None] * (len(turns) + 1))
        place = bisect_right(kept[0], at)
        moment = kept[1][place]
        if moment is None:
            moment = kept[1][place] = self._moment(unit, at, None)
        return moment

    def _moment(self, unit: str, at: datetime, known_at: datetime | None) -> Moment:
        entry = self._units[unit].at(at, known_at) if unit in self._units else None
        if entry is None:
            return (None, ())
        found: list[tuple[int, Held]] = []
        for posts, tenures in self._staff.get(unit, ()):
            post = posts.at(at, known_at)
            if post is not None and post.unit == unit and post.role in self._roles:
                tenure = tenures.at(at, known_at)
                held = (post.id, tenure.holder, tenure.acting) if tenure is not None else (post.id, None, False)
                found.append((post.rank, held))
        found.sort(key=lambda each: (each[0], each[1][0]))
        return (entry, tuple(held for _, held in found))
