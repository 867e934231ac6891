"""Whether a member still counts in a window."""

from __future__ import annotations

from accountability.conclusion import day_of
from accountability.event import Happening
from accountability.policy.kinds import Threshold
from accountability.policy.rule import Window, WindowKind
from accountability.workdays import period_of, plus, window_start


def in_window(window: Window, member: Happening, now: Happening, rule: Threshold) -> bool:
    """Whether *member* still counts when *now* happens (time.md, window rolling and calendar)."""
    then, here = (day_of(h, rule.zone) for h in (member, now))
    if window.kind is WindowKind.CALENDAR:
        return period_of(then, window.period) == period_of(here, window.period)
    assert window.limit is not None
    if window.kind is WindowKind.DATES:
        return here <= plus(then, window.limit)
    edge = window_start(now.occurred_at, window.limit, rule.zone)
    return member.occurred_at >= edge if window.edge_included else member.occurred_at > edge
