"""Which of several statements holds at each instant, worked out once per state of knowledge, then found by bisection."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from accountability.organisation.model import Tenure

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The first instant of the calendar: the beginning of what has none."""
NEVER = datetime.max.replace(tzinfo=UTC)


class Stated(Protocol):
    """Something that holds for a span of time and was learned of at some instant."""

    @property
    def key(self) -> tuple[object, ...]: ...
    @property
    def since(self) -> datetime | None: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def recorded(self) -> datetime | None: ...


S = TypeVar("S", bound=Stated)
Stretches = tuple[tuple[datetime, ...], tuple[S | None, ...]]
"""Instants at which the answer changes, and the answer from each on (one more: before the first)."""


def in_force(entries: Iterable[S], known_at: datetime | None = None) -> list[S]:
    """The entries as known at *known_at* (None: all that is known): of each key, the version recorded last, unless it annuls."""
    latest: dict[tuple[object, ...], S] = {}
    for entry in entries:
        if known_at is not None and entry.recorded is not None and entry.recorded > known_at:
            continue
        key = entry.key
        other = latest.get(key)
        if other is None or (entry.recorded or ALWAYS) >= (other.recorded or ALWAYS):
            latest[key] = entry
    return [e for e in latest.values() if e.until is None or (e.since or ALWAYS) < e.until]


def _precedence(entry: Stated) -> tuple[bool, datetime, datetime, str]:
    if isinstance(entry, Tenure):
        return (entry.acting, entry.since, entry.recorded or ALWAYS, entry.holder or "")
    return (False, entry.since or ALWAYS, entry.recorded or ALWAYS, "")


def stretches(entries: list[S]) -> Stretches[S]:
    """Which of the entries of one unit, of one post, or of one post's tenures, holds when.

    Whoever acts goes before whoever is only appointed. Checked organisations have no other overlap in what is known now; in what
    was known earlier an entry that began later goes before one whose end had not been recorded yet.
    """
    if len(entries) == 1:
        only = entries[0]
        if only.since is None:
            return ((), (only,)) if only.until is None else ((only.until,), (only, None))
        return ((only.since,), (None, only)) if only.until is None else ((only.since, only.until), (None, only, None))
    ordered = sorted(entries, key=_precedence, reverse=True)
    starting: dict[datetime, list[int]] = {}
    changes: set[datetime] = set()
    for place, entry in enumerate(ordered):
        since = entry.since or ALWAYS
        starting.setdefault(since, []).append(place)
        changes.add(since)
        if entry.until is not None:
            changes.add(entry.until)
    instants = sorted(changes)
    which: list[S | None] = [None]
    present: list[int] = []
    for instant in instants:
        for place in starting.get(instant, ()):
            heapq.heappush(present, place)
        while present and (ordered[present[0]].until or NEVER) <= instant:
            heapq.heappop(present)
        which.append(ordered[present[0]] if present else None)
    return tuple(instants), tuple(which)


class Versions(Generic[S]):
    """The entries of one unit, of one post, or of one post's tenures, ready to be asked.

    By all that is known the answer changes at *instants*; *which* holds it from each on, and first of all before the first.
    """

    __slots__ = ("_earlier", "_learned", "always", "entries", "instants", "last_learned", "which")

    def __init__(self, entries: tuple[S, ...]) -> None:
        self.entries = entries
        self._learned = tuple(sorted({e.recorded for e in entries if e.recorded is not None}))
        self.last_learned = self._learned[-1] if self._learned else ALWAYS
        self.instants, self.which = stretches(in_force(entries) if len(entries) > 1 else list(entries))
        self._earlier: dict[int, Stretches[S]] | None = None
        # Whether one entry holds at every instant in every state of knowledge.
        self.always = not self.instants and not self._learned

    def at(self, at: datetime, known_at: datetime | None = None) -> S | None:
        """The entry that holds at *at* by what was known at *known_at* (None: by all that is known).

        The states of knowledge that were asked for are kept.
        """
        instants, which = self._as_known(known_at)
        return which[bisect_right(instants, at)]

    def spans(self, known_at: datetime | None = None) -> list[tuple[datetime | None, datetime | None]]:
        """From when up to but not including when any entry holds, by what was known at *known_at*; None: without such a bound."""
        found: list[tuple[datetime | None, datetime | None]] = []
        instants, which = self._as_known(known_at)
        for since, until, entry in zip((None, *instants), (*instants, None), which, strict=True):
            if entry is not None:
                joins = bool(found) and found[-1][1] == since
                found.append((found.pop()[0] if joins else since, until))
        return found

    def _as_known(self, known_at: datetime | None) -> Stretches[S]:
        """Which entry holds when, by what was known then."""
        if known_at is None or known_at >= self.last_learned:
            return self.instants, self.which
        state = bisect_right(self._learned, known_at)
        if self._earlier is None:
            self._earlier = {}
        if state not in self._earlier:
            self._earlier[state] = stretches(in_force(self.entries, known_at))
        return self._earlier[state]

    @property
    def last(self) -> S:
        """The entry that holds last by all that is known; the one stated last where each was annulled."""
        return next((entry for entry in reversed(self.which) if entry is not None), self.entries[-1])

    def ended(self, at: datetime, known_at: datetime | None = None) -> S | None:
        """Of the entries over by *at*, by what was known at *known_at*, the one that ended last."""
        over = [e for e in in_force(self.entries, known_at) if e.until is not None and e.until <= at]
        return max(over, key=lambda e: e.until or NEVER, default=None)
