"""What a check says of a rule is so in every history."""

from __future__ import annotations

from hypothesis import event, given

from accountability.policy.checks import check_rules
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds

DEAD = {"rule-never-applies", "always-defeated"}


@given(worlds())
def test_a_rule_that_is_called_dead_concludes_nothing(world: World) -> None:
    """A rule of which a check says that it never applies, or that another one always defeats it, concludes nothing."""
    said = [w for w in check_rules(world.policy) if w.check in DEAD or (w.check == "condition-never-holds" and "`where`" in w.what)]
    dead = {rule.name for rule in world.policy.rules if any(w.span == rule.span for w in said)}
    event(f"{len(dead)} dead rules")
    found = judge(world.policy, world.organisation, world.events, at=world.at, report_all=True).findings
    assert {c.rule for c in found} & dead == set()

