"""Whether a local day has begun, asked of very many instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.workdays import local_midnight

STEP_BACK = timedelta(hours=3)
"""More than clocks were ever put back. St John's put them back at 00:01: a day began, was broken off, and began again."""


class Beginning:
    """The beginning of *day* in *zone*. Agrees with the date that the clocks show, mostly without asking them."""

    __slots__ = ("day", "first", "sure", "zone")

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self.day, self.zone = day, zone
        # The first year begins, in some zones, before all instants.
        self.first = local_midnight(day, zone) if day.year > 1 else datetime.min.replace(tzinfo=UTC)
        self.sure = self.first + STEP_BACK if day.year > 1 else self.first

    def before(self, at: datetime) -> bool:
        """Whether it lies at or before *at*: the local date of *at* is the day or a later one."""
        return at >= self.sure or (at >= self.first and at.astimezone(self.zone).date() >= self.day)
