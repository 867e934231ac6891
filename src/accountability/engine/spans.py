"""How far a window of a threshold reaches, as far as that can be said without a look at each member."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from accountability.conclusion import day_of
from accountability.event import Happening
from accountability.policy.rule import Window
from accountability.workdays import Limit, Unit, local_midnight, period_of

EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
FAR_EDGE_STEPS_BACK = timedelta(days=4)
"""By so much, at most, does the far edge of a window step back from one member to the next, and differ from so many days before."""
STEPS_BACK = timedelta(days=2)
"""By so much, at most, does the day of a member step back: where clocks are put back past midnight, at a due that ends a day."""
DAYS = {Unit.DAY: (1, 1), Unit.WEEK: (7, 7), Unit.MONTH: (28, 31), Unit.YEAR: (365, 366)}


def sure_spans(limit: Limit, zone: ZoneInfo | None = None) -> tuple[timedelta, timedelta] | None:
    """How far back a window of *limit* reaches at least and at most, whenever clocks in *zone* (None: anywhere) are changed; None
    where nobody can say."""
    if limit.span is not None:
        return limit.span, limit.span
    if limit.unit not in DAYS:
        return None
    fewest, most = (n * limit.count for n in DAYS[limit.unit])
    # In UTC every day has 24 hours.
    unsure = timedelta(0) if zone is not None and zone.key == "UTC" and fewest == most else FAR_EDGE_STEPS_BACK
    return timedelta(fewest) - unsure, timedelta(most) + unsure


def reach_of(window: Window, zone: ZoneInfo, member: Happening) -> datetime | None:
    """The instant after which nothing that happens counts with *member*; None where nobody can say."""
    try:
        spans = None if window.limit is None else sure_spans(window.limit)
        if window.limit is None:
            return local_midnight(period_of(day_of(member, zone), window.period).after, zone) + FAR_EDGE_STEPS_BACK
        return None if spans is None else member.occurred_at + spans[1] + FAR_EDGE_STEPS_BACK
    except (OverflowError, ValueError):
        return None


def first_of(window: Window, zone: ZoneInfo, member: Happening) -> datetime:
    """An instant before which nothing counts with *member*, or with what comes after it."""
    try:
        spans = None if window.limit is None else sure_spans(window.limit)
        if window.limit is None:
            return local_midnight(period_of(day_of(member, zone) - STEPS_BACK, window.period).first, zone) - FAR_EDGE_STEPS_BACK
        return EVER if spans is None else member.occurred_at - spans[1] - FAR_EDGE_STEPS_BACK
    except (OverflowError, ValueError):
        return EVER


def before_day(held: Iterable[tuple[Happening, date]], day: date) -> int:
    """How many of those *held* have a day before *day*."""
    sure = day + FAR_EDGE_STEPS_BACK + STEPS_BACK  # by dates, a step back over the end of a month is longer
    return sum(counted < day for _, counted in takewhile(lambda one: one[1] < sure, held))


def from_day(held: deque[tuple[Happening, date]], day: date) -> int:
    """How many of those *held* have that *day* or a later one."""
    sure = day - STEPS_BACK
    return sum(counted >= day for _, counted in takewhile(lambda one: one[1] >= sure, reversed(held)))


def outside(then: datetime, edge: datetime, edge_included: bool) -> bool:
    """Whether an instant lies before the far *edge* of a window."""
    return then < edge if edge_included else then <= edge
