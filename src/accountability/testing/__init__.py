"""testing: what a policy is held against. In: a policy and a scenario. Out: where they disagree.

`histories_of`, `breaks` and `Break` need the extra `testing`; nothing else here does, and it is not loaded before one is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from accountability.errors import ExtraMissing
from accountability.testing.drawn import DrawnHistory
from accountability.testing.expecting import Expectation, expectations, scenarios_of
from accountability.testing.goals import Goal
from accountability.testing.invariants import broken_invariants
from accountability.testing.reach import reach
from accountability.testing.scenarios import (
    Checkpoint,
    Disagreement,
    Expected,
    Scenario,
    read_scenario,
    run_scenario,
    scenarios_in,
)

if TYPE_CHECKING:
    from accountability.testing.drawing import histories_of
    from accountability.testing.searching import Break, breaks

__all__ = [
    "Break", "Checkpoint", "Disagreement", "DrawnHistory", "Expectation", "Expected", "Goal", "Scenario", "breaks",
    "broken_invariants", "expectations", "histories_of", "reach", "read_scenario", "run_scenario", "scenarios_in", "scenarios_of",
]
DRAWN = {"histories_of": "drawing", "breaks": "searching", "Break": "searching"}
"""What draws, and so needs Hypothesis, by the module in which it stands."""


def __getattr__(name: str) -> object:
    """What is in `DRAWN`, once it is asked for. Raises ExtraMissing if Hypothesis is not installed."""
    if name not in DRAWN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found: object = getattr(import_module(f"{__name__}.{DRAWN[name]}"), name)
    except ModuleNotFoundError as missing:
        if missing.name != "hypothesis":
            raise
        raise ExtraMissing("hypothesis", "testing") from None
    return found
