"""The nouns of an organisation. Ids are unprefixed (`town-a`, `town-a/principal`); spans of time are half-open, in UTC.

A span of time may be given in any zone; ValueError says that one was given without. Every noun has *recorded*, when the
organisation learned of it (None: always known). Entries with the same *key* are versions of one statement: of those known, the one
recorded last replaces the others, and one that ends where it begins says that it never was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

import attrs

from accountability.event import utc

UNRANKED = 1000
"""The rank of a post whose rank is not stated: after every stated one, so that it is never taken for a leading post."""


def _optional_utc(instant: datetime | None) -> datetime | None:
    return utc(instant) if instant is not None else None


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


class Part(StrEnum):
    """The part of a post that answers by a line: 牵头 or 配合."""

    LEAD = "lead"
    JOINT = "joint"


@attrs.frozen
class Unit:
    """A part of the organisation that can owe something. *level* is a word of the organisation's own, such as `town`.

    It exists from *since* (None: from the beginning) up to but not including *until* (None: for good). Several entries with one id
    and different spans say that name, level, parent or sector changed. *successors* are the units that answer for it from *until*
    on: one where it was merged, several where it was split.
    """

    id: str
    name: str
    level: str
    parent: str | None = None
    sector: str | None = None
    since: datetime | None = attrs.field(default=None, converter=_optional_utc)
    until: datetime | None = attrs.field(default=None, converter=_optional_utc)
    recorded: datetime | None = attrs.field(default=None, converter=_optional_utc)
    successors: tuple[str, ...] = attrs.field(default=(), converter=_names)

    @property
    def key(self) -> tuple[object, ...]:
        """What its versions share."""
        return (self.id, self.since)


@attrs.frozen
class Post:
    """A place in a unit that one person at a time holds. *rank* 1 is the highest of its unit; ranks may be shared.

    It exists while its unit does, from *since* up to but not including *until*. Several entries with one id and different spans
    say that unit, role or rank changed.
    """

    id: str
    unit: str
    role: str
    rank: int = UNRANKED
    since: datetime | None = attrs.field(default=None, converter=_optional_utc)
    until: datetime | None = attrs.field(default=None, converter=_optional_utc)
    recorded: datetime | None = attrs.field(default=None, converter=_optional_utc)

    @property
    def key(self) -> tuple[object, ...]:
        """What its versions share."""
        return (self.id, self.since)


@attrs.frozen
class Tenure:
    """One person in one post, from *since* up to but not including *until* (time.md: tenures are half-open).

    *holder* None is a declared vacancy. *acting* marks a stand-in. It counts only while the post exists.
    """

    post: str
    holder: str | None
    since: datetime = attrs.field(converter=utc)
    until: datetime | None = attrs.field(default=None, converter=_optional_utc)
    acting: bool = False
    recorded: datetime | None = attrs.field(default=None, converter=_optional_utc)

    @property
    def key(self) -> tuple[object, ...]:
        """What its versions share."""
        return (self.post, self.holder, self.since, self.acting)

    def covers(self, at: datetime) -> bool:
        """Whether *at*, which must carry a zone, lies in the span."""
        return self.since <= at and (self.until is None or at < self.until)


@attrs.frozen
class Line:
    """An explicit line of responsibility: *post* answers for *unit* under *name*, from *since* up to but not including *until*.

    The post may belong to another unit (属地管理, 谁主管谁负责). *part* says whether it leads or joins. *share* is its part of the
    whole where one is fixed, over 0 and at most 1. A line counts only while its unit and its post exist.
    """

    name: str
    unit: str
    post: str
    since: datetime = attrs.field(converter=utc)
    until: datetime | None = attrs.field(default=None, converter=_optional_utc)
    part: Part = attrs.field(default=Part.LEAD, converter=Part)
    share: Fraction | None = None
    recorded: datetime | None = attrs.field(default=None, converter=_optional_utc)

    @property
    def key(self) -> tuple[object, ...]:
        """What its versions share."""
        return (self.name, self.unit, self.post, self.since)

    def covers(self, at: datetime) -> bool:
        """Whether *at*, which must carry a zone, lies in the span."""
        return self.since <= at and (self.until is None or at < self.until)


@attrs.frozen
class ResponsibilityKind:
    """Who answers under *name*: the posts with one of *roles* in the unit that *of* names, seen from the unit of the finding.

    *of* is `unit` (itself), `parent`, or `level:X` (the nearest unit upward, itself included, with level X).
    """

    name: str
    roles: tuple[str, ...]
    of: str = "unit"
    source: str = attrs.field(default="", eq=False)
    """The key of the source that says so, in the pack that declares it."""
