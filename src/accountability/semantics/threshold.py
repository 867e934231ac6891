"""threshold: so many of one key in a window are a finding."""

from __future__ import annotations

from collections import defaultdict

from accountability.conclusion import Fact
from accountability.event import Happening, following
from accountability.policy.kinds import Threshold
from accountability.policy.kinds.threshold import Fires
from accountability.policy.rule import Made, Window, WindowKind
from accountability.semantics.known import Follows, Known, key_of
from accountability.workdays import period_of, plus, window_start


def threshold(rule: Threshold, known: Known) -> Follows:
    """So many members of one key in a window give a finding at the member that reaches the number."""
    groups: dict[tuple[object, ...], list[tuple[Happening, str | None]]] = defaultdict(list)
    for member, unit, _ in known.triggers(rule):
        groups[key_of(rule.per, {**member.fields, "bearer": unit})].append((member, unit))
    for group in groups.values():
        used: set[str] = set()
        before = 0
        for place, (member, unit) in enumerate(group):
            inside = [m for m, _ in group[: place + 1] if m.key not in used and in_window(rule.window, m, member, rule)]
            fires = len(inside) >= rule.reaches and not (rule.fires is Fires.RISING and before >= rule.reaches)
            before = len(inside)
            if not fires:
                continue
            if rule.fires is Fires.ONCE:
                used.update(m.key for m in inside)
                before = 0
            conclusion = known.clerk.threshold(rule, inside, unit)
            yield conclusion, [(Made.FINDING, Fact(
                key=f"finding {conclusion.identity}", occurred_at=member.occurred_at, order=following(member.order, rule.index),
                fields={**{name: member.fields.get(name) for name in rule.per}, "bearer": unit}, evidence=conclusion.evidence))]


def in_window(window: Window, member: Happening, now: Happening, rule: Threshold) -> bool:
    """Whether *member* still counts when *now* happens (time.md, window rolling and calendar)."""
    then, here = (h.occurred_at.astimezone(rule.zone).date() for h in (member, now))
    if window.kind is WindowKind.CALENDAR:
        return period_of(then, window.period) == period_of(here, window.period)
    assert window.limit is not None
    if window.kind is WindowKind.DATES:
        return here <= plus(then, window.limit)
    edge = window_start(now.occurred_at, window.limit, rule.zone)
    return member.occurred_at >= edge if window.edge_included else member.occurred_at > edge
