"""Who exercises a post at each instant, worked out once per post and state of knowledge, then found by bisection."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime

from accountability.organisation.model import Tenure

ALWAYS = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)

Key = tuple[str, str | None, datetime, bool]


def version_key(tenure: Tenure) -> Key:
    """What the versions of one tenure share."""
    return (tenure.post, tenure.holder, tenure.since, tenure.acting)


def in_force(tenures: Iterable[Tenure], known_at: datetime | None = None) -> list[Tenure]:
    """The tenures as known at *known_at* (None: all that is known): of each, the version recorded last, unless it annuls."""
    latest: dict[Key, Tenure] = {}
    for tenure in tenures:
        if known_at is not None and tenure.recorded is not None and tenure.recorded > known_at:
            continue
        key = version_key(tenure)
        other = latest.get(key)
        if other is None or (tenure.recorded or ALWAYS) >= (other.recorded or ALWAYS):
            latest[key] = tenure
    return [tenure for tenure in latest.values() if tenure.until is None or tenure.since < tenure.until]


def _precedence(tenure: Tenure) -> tuple[bool, datetime, datetime, str]:
    return (tenure.acting, tenure.since, tenure.recorded or ALWAYS, tenure.holder or "")


Stretches = tuple[list[datetime], list[Tenure | None]]
"""Instants at which the occupancy changes, and who exercises the post from each on (one more: before the first)."""


def stretches(tenures: Iterable[Tenure]) -> Stretches:
    """The occupancy of one post. Whoever acts goes before whoever is only appointed.

    Checked organisations have no other overlap in what is known now; in what was known earlier a tenure that began later
    goes before one whose end had not been recorded yet.
    """
    ordered = sorted(tenures, key=_precedence, reverse=True)
    if len(ordered) == 1:
        only = ordered[0]
        holder = only if only.holder is not None else None
        return ([only.since], [None, holder]) if only.until is None else ([only.since, only.until], [None, holder, None])
    starting: dict[datetime, list[int]] = {}
    changes: set[datetime] = set()
    for place, tenure in enumerate(ordered):
        starting.setdefault(tenure.since, []).append(place)
        changes.add(tenure.since)
        if tenure.until is not None:
            changes.add(tenure.until)
    instants = sorted(changes)
    who: list[Tenure | None] = [None]
    present: list[int] = []
    for instant in instants:
        for place in starting.get(instant, ()):
            heapq.heappush(present, place)
        while present and (ordered[present[0]].until or NEVER) <= instant:
            heapq.heappop(present)
        first = ordered[present[0]] if present else None
        who.append(first if first is not None and first.holder is not None else None)
    return instants, who


class Occupancy:
    """The tenures of one post, ready to be asked."""

    __slots__ = ("_earlier", "_instants", "_learned", "_who", "last_learned", "tenures")

    def __init__(self, tenures: tuple[Tenure, ...]) -> None:
        self.tenures = tenures
        self._learned = sorted({t.recorded for t in tenures if t.recorded is not None})
        self.last_learned = self._learned[-1] if self._learned else ALWAYS
        self._instants, self._who = stretches(in_force(tenures) if len(tenures) > 1 else tenures)
        self._earlier: dict[int, Stretches] = {}

    def at(self, at: datetime) -> Tenure | None:
        """Who exercises the post at *at*, by all that is known."""
        return self._who[bisect_right(self._instants, at)]

    def as_known(self, at: datetime, known_at: datetime) -> Tenure | None:
        """Who exercised it at *at* by what was known at *known_at*; the states of knowledge asked for are kept."""
        state = bisect_right(self._learned, known_at)
        if state == len(self._learned):
            return self.at(at)
        if state not in self._earlier:
            self._earlier[state] = stretches(in_force(self.tenures, known_at))
        instants, who = self._earlier[state]
        return who[bisect_right(instants, at)]
