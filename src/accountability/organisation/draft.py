"""An organisation as written, not yet checked, and what a check on it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import attrs

from accountability.errors import Diagnostic, Span
from accountability.organisation.model import Line, Post, Tenure, Unit
from accountability.organisation.versions import ALWAYS, NEVER, S, in_force

T = TypeVar("T")


class Place(Protocol):
    """Where an entry was written."""

    def span(self, key: str = "") -> Span:
        """The place of the value of *key*, or of the whole entry where it has none."""


Stated = tuple[T, Place]


@attrs.frozen
class Draft:
    """An organisation as written, not yet checked. *zone* is the one in which dates are shown."""

    units: tuple[Stated[Unit], ...]
    posts: tuple[Stated[Post], ...]
    tenures: tuple[Stated[Tenure], ...]
    lines: tuple[Stated[Line], ...]
    zone: ZoneInfo

    def date(self, instant: datetime) -> str:
        return date_of(instant, self.zone)

    @cached_property
    def current(self) -> dict[str, list[Stated[Tenure]]]:
        """The tenures in force by all that is known, by post, in order of their beginning."""
        return _current(self.tenures, lambda t: t.post)

    @cached_property
    def current_units(self) -> dict[str, list[Stated[Unit]]]:
        """The versions of each unit in force by all that is known, in order of their beginning."""
        return _current(self.units, lambda u: u.id)

    @cached_property
    def current_posts(self) -> dict[str, list[Stated[Post]]]:
        """The versions of each post in force by all that is known, in order of their beginning."""
        return _current(self.posts, lambda p: p.id)


def date_of(instant: datetime, zone: ZoneInfo) -> str:
    """*instant* as an author in *zone* would write it: a date where it is the first moment of one."""
    # An instant at either end of the calendar has no local form.
    local = instant if instant in (ALWAYS, NEVER) else instant.astimezone(zone)
    whole_day = local.timetz().replace(tzinfo=None) == datetime.min.time()
    return local.date().isoformat() if whole_day else local.isoformat()


def _current(stated: Iterable[Stated[S]], group: Callable[[S], str]) -> dict[str, list[Stated[S]]]:
    places = dict(stated)
    found: dict[str, list[Stated[S]]] = {}
    for entry in in_force(places):
        found.setdefault(group(entry), []).append((entry, places[entry]))
    for own in found.values():
        if len(own) > 1:
            own.sort(key=lambda s: (s[0].since or ALWAYS, s[0].until or NEVER))
    return found


Check = Callable[[Draft], Iterator[Diagnostic]]


def checking(into: dict[str, Check]) -> Callable[[str], Callable[[Check], Check]]:
    """What enters a check into *into*, by the name it reports under, in the order in which they are written."""

    def check(name: str) -> Callable[[Check], Check]:
        def enter(function: Check) -> Check:
            into[name] = function
            return function
        return enter

    return check
