"""Where a local day or time of day stands among instants, also on days when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def microseconds(instant: datetime) -> int:
    """*instant*, with a zone, in microseconds since 1970 (UTC)."""
    return (instant - EPOCH) // MICROSECOND


def instant_after(number: int) -> datetime:
    """The instant (UTC) so many microseconds after 1970."""
    return EPOCH + number * MICROSECOND


def instant_at(day: date, clock: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant (UTC) at which clocks in *zone* show *clock* on *day*.

    A time that the clocks skip stands for the first instant after the gap; of a time that they show twice, *fold* 0 is the
    first and 1 the second.
    """
    if clock.fold:
        clock = clock.replace(fold=0)
    local = datetime.combine(day, clock, zone)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    wall = datetime.combine(day, clock, UTC)
    if before < after:
        return _end_of_gap(wall, before, after, zone)
    return wall - (after if fold else before)


def _end_of_gap(wall: datetime, before: timedelta, after: timedelta, zone: ZoneInfo) -> datetime:
    """When the clocks jumped over *wall*. PEP 495 maps a skipped time to an instant on either side of the jump."""
    low, high = (wall - after).replace(microsecond=0), (wall - before).replace(microsecond=0) + _SECOND
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=65_536)
def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of *day* in *zone*: 00:00, or the end of the gap where the clocks skip it."""
    return instant_at(day, time.min, zone)
