"""What the scenarios of a pack expect of each rule. In: a policy. Out: every expected finding with its scenario, by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import attrs

from accountability.errors import Span
from accountability.policy.model import Policy
from accountability.testing.scenarios import Scenario, read_scenario, scenarios_in


@attrs.frozen
class Expectation:
    """A finding that *scenario* expects as of *at*: its status, and the place where it is written."""

    scenario: str
    at: datetime
    status: str
    span: Span


def scenarios_of(pack: Path, policy: Policy) -> Iterator[tuple[str, Scenario]]:
    """Every scenario of *policy*, in `scenarios/` where *pack* is a folder and in its rule files, each with where it is.

    Raises ScenarioError with every mistake of the first one that has any.
    """
    for path in sorted((pack / "scenarios").glob("*.yaml")) if pack.is_dir() else ():
        yield str(path), read_scenario(path, policy)
    for scenario in scenarios_in(policy):
        yield f"{pack}: {scenario.name}", scenario


def expectations(pack: Path, policy: Policy) -> Mapping[str, tuple[Expectation, ...]]:
    """What the scenarios of *policy*, read from *pack*, expect, by rule; a rule that none of them names is left out."""
    found: dict[str, list[Expectation]] = defaultdict(list)
    for _, scenario in scenarios_of(pack, policy):
        for checkpoint in scenario.checkpoints:
            for expected in checkpoint.findings:
                rule, status = str(expected.values.get("rule", "")), str(expected.values.get("status", ""))
                found[rule].append(Expectation(scenario.name, checkpoint.at, status, expected.span))
    return {rule: tuple(those) for rule, those in found.items()}
