"""Every rule of every pack is tried by its scenarios: each input, condition, alternative, exception, row, outcome and limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accountability.policy import read_rules
from accountability.testing import reach, scenarios_of

PACKS = sorted(p.parent for p in (Path(__file__).resolve().parents[2] / "rules").glob("*/pack.yaml"))


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.name)
def test_the_scenarios_of_a_pack_leave_nothing_untried(pack: Path) -> None:
    policy = read_rules(pack)
    goals = reach(policy, [scenario for _, scenario in scenarios_of(pack, policy)])
    assert {goal.rule for goal in goals} == {rule.name for rule in policy.own.rules}
    assert [f"{goal.rule}: {goal.what}" for goal in goals if not goal.reached] == []
    own = re.compile("`[^`]*`|“[^”]*”|‘[^’]*’")
    assert [goal.in_chinese for goal in goals if re.search("[A-Za-z]", own.sub("", goal.in_chinese))] == []
