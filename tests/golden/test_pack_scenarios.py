"""The scenarios that lie beside the rules of a pack: exactly what they say, by meaning, replay and monitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from accountability.policy import read_rules
from accountability.testing import read_scenario, run_scenario

PACKS = Path(__file__).resolve().parents[2] / "rules"
SCENARIOS = sorted(PACKS.glob("*/scenarios/*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: f"{p.parent.parent.name}/{p.stem}")
def test_a_scenario_of_a_pack_is_as_it_says(path: Path) -> None:
    policy = read_rules(path.parent.parent)
    scenario = read_scenario(path, policy)
    assert scenario.checkpoints
    assert list(run_scenario(policy, scenario)) == []
