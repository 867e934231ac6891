"""The clock of an obligation: how long it runs, when it stands still, and when it runs out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from accountability.workdays import Due, Limit, Reckoning, due_at
from accountability.workdays.moving import moved_due, moved_instant
from accountability.workdays.office import Span

LAST_YEAR = 8000
"""To what runs out later nothing is added: years have four digits."""


@attrs.frozen
class Standstill:
    """A pause that is not over: since when, and until when at most; None where there is no bound."""

    since: datetime
    until: datetime | None = None

    def with_bound(self, until: datetime | None) -> Standstill:
        """The same pause, caused once more before it was over: it lasts until the later of both bounds."""
        return Standstill(self.since, None if self.until is None or until is None else max(self.until, until))


@attrs.define
class Clock:
    """The time that there is: a *limit* from an instant on, or up to the instant that the trigger *carried*, and by what it was
    *extended*."""

    since: datetime
    limit: Limit | None
    carried: datetime | None = None
    extended: list[Limit] = attrs.Factory(list)

    def due(self, by: Reckoning, paused: Sequence[Span]) -> Due:
        """When it runs out, if it stood still during *paused*."""
        if self.limit is not None:
            return moved_due(self.since, self.limit, by, paused, self.extended)
        assert self.carried is not None
        return due_at(moved_instant(self.carried, by, paused, self.extended))

    def bears(self, more: Limit, by: Reckoning, paused: Sequence[Span]) -> bool:
        """Whether it can be extended by *more* and still runs out in a year that leaves room for pauses."""
        try:
            return attrs.evolve(self, extended=[*self.extended, more]).due(by, paused).last.year < LAST_YEAR
        except (ValueError, OverflowError):
            return False
