"""threshold: so many of one key in a window are a finding."""

from __future__ import annotations

from collections import defaultdict

from accountability.conclusion import Fact
from accountability.event import Happening, following
from accountability.judgement.windows import in_window
from accountability.policy.kinds import Threshold
from accountability.policy.kinds.threshold import Fires
from accountability.policy.rule import Made
from accountability.semantics.known import Follows, Known, key_of


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
            stays = before >= rule.reaches and len(inside) > 1  # what counts alone has the number become reached anew
            fires = len(inside) >= rule.reaches and not (rule.fires is Fires.RISING and stays)
            before = len(inside)
            if not fires:
                continue
            if rule.fires is Fires.ONCE:
                used.update(m.key for m in inside)
                before = 0
            conclusion = known.clerk.threshold(rule, inside, unit)
            yield conclusion, [(Made.FINDING, Fact(
                key=f"finding {conclusion.identity}", occurred_at=member.occurred_at, order=following(member.order, rule.index),
                fields={**{name: member.fields.get(name) for name in rule.per}, "bearer": unit}, evidence=conclusion.evidence,
                day=getattr(member, "day", None)))]
