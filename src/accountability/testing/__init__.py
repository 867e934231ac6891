"""testing: what a policy is held against. In: a policy and a scenario. Out: where they disagree."""

from accountability.testing.expecting import Expectation, expectations, scenarios_of
from accountability.testing.invariants import broken_invariants
from accountability.testing.reach import Goal, reach
from accountability.testing.scenarios import (
    Checkpoint,
    Disagreement,
    Expected,
    Scenario,
    read_scenario,
    run_scenario,
    scenarios_in,
)

__all__ = [
    "Checkpoint", "Disagreement", "Expectation", "Expected", "Goal", "Scenario", "broken_invariants", "expectations", "reach",
    "read_scenario", "run_scenario", "scenarios_in", "scenarios_of",
]
