"""The nouns of an organisation. Ids are unprefixed (`town-a`, `town-a/principal`); spans of time are half-open, in UTC.

A span of time may be given in any zone; ValueError says that one was given without.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from accountability.event import utc

UNRANKED = 1000
"""The rank of a post whose rank is not stated: after every stated one, so that it is never taken for a leading post."""


@attrs.frozen
class Unit:
    """A part of the organisation that can owe something. *level* is a word of the organisation's own, such as `town`."""

    id: str
    name: str
    level: str
    parent: str | None = None
    sector: str | None = None


@attrs.frozen
class Post:
    """A place in a unit that one person at a time holds. *rank* 1 is the highest of its unit; ranks may be shared."""

    id: str
    unit: str
    role: str
    rank: int = UNRANKED


@attrs.frozen
class Tenure:
    """One person in one post, from *since* up to but not including *until* (time.md: tenures are half-open).

    *holder* None is a declared vacancy. *acting* marks a stand-in. *recorded* is when the organisation learned of it (None:
    always known); of several tenures of one post, holder, start and kind, the one recorded last replaces the others.
    """

    post: str
    holder: str | None
    since: datetime = attrs.field(converter=utc)
    until: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(utc))
    acting: bool = False
    recorded: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(utc))

    def covers(self, at: datetime) -> bool:
        """Whether *at*, which must carry a zone, lies in the span."""
        return self.since <= at and (self.until is None or at < self.until)


@attrs.frozen
class Line:
    """An explicit line of responsibility: *post* answers for *unit* under *name*, from *since* up to but not including *until*.

    The post may belong to another unit (属地管理, 谁主管谁负责).
    """

    name: str
    unit: str
    post: str
    since: datetime = attrs.field(converter=utc)
    until: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(utc))

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
