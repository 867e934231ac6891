"""A sensitive period changes limits of duties of authorities, and nothing else (SG4)."""

from __future__ import annotations

import attrs
from hypothesis import event as noted
from hypothesis import given

from accountability.explanation.support import asked_by
from accountability.policy.kinds import Duty
from accountability.policy.model import Policy
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


def without_periods(policy: Policy) -> Policy:
    """*policy* with the limits that its duties have outside of every period."""
    return attrs.evolve(policy, rules=tuple(attrs.evolve(r, overlays=()) if isinstance(r, Duty) else r for r in policy.rules))


def touched(policy: Policy) -> set[str]:
    """The duties that say something of a period, and whatever waits for them or asks about them."""
    found: set[str] = set()
    for rule in policy.rules:  # each comes after those it waits for
        if (isinstance(rule, Duty) and rule.overlays) or {t.rule for t in asked_by(rule)} & found:
            found.add(rule.name)
    return found


@given(worlds(("duty", "duty", "prohibition", "threshold", "gate", "effect")))
def test_a_period_changes_duties_and_what_follows_from_them_alone(world: World) -> None:
    """Without what its duties say of periods, a policy finds the same by every rule that hangs on none of those duties."""
    changed = touched(world.policy)
    noted(f"duties with periods: {'some' if changed else 'none'}")
    whole, plain = (judge(p, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=True)
                    for p in (world.policy, without_periods(world.policy)))
    assert [f for f in whole.findings if f.rule not in changed] == [f for f in plain.findings if f.rule not in changed]
    assert {k: n for k, n in whole.counts.items() if k[0] not in changed} == {
        k: n for k, n in plain.counts.items() if k[0] not in changed}
