"""Histories that are drawn for any policy: they are as real ones, reach what its rules ask about, and print as they are."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accountability import Organisation, read_rules
from accountability.document import parse
from accountability.document.tree import Mapping, Sequence
from accountability.policy import Policy
from accountability.policy.rule import Made
from accountability.policy.spelling import read_as_english
from accountability.testing import DrawnHistory, Scenario, histories_of, run_scenario, scenarios_in
from accountability.testing.edges import Edges
from accountability.testing.offices import organisation_of
from accountability.testing.strategies import organisations, policies

PACKS = sorted(p.parent for p in (Path(__file__).resolve().parents[2] / "rules").glob("*/pack.yaml"))
FEW = settings(max_examples=5, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))


def pasted(history: DrawnHistory, policy: Policy) -> Scenario:
    """The scenario that *history* prints, as it is read where it is pasted into the rule file of *policy*."""
    tree = read_as_english(parse(history.scenario(), "pasted.yaml"))
    assert isinstance(tree, Mapping)
    section = tree.get("scenarios")
    assert isinstance(section, Sequence)
    (found,) = scenarios_in(attrs.evolve(policy, scenarios=section.items))
    return found


@st.composite
def drawn(draw: st.DrawFn) -> DrawnHistory:
    """A history under a random policy, with keywords in English or Chinese, in a random organisation or a made-up one."""
    policy = attrs.evolve(draw(policies()), chinese=draw(st.booleans()))
    return draw(histories_of(policy, draw(st.just(Organisation.empty()) | organisations(policy))))


@given(drawn())
def test_a_history_of_any_policy_reads_back_from_what_it_prints(history: DrawnHistory) -> None:
    """Whatever the policy, a history that is drawn for it prints as a scenario with the same events, organisation and instant."""
    scenario = pasted(history, history.policy)
    assert scenario.events == history.events
    assert scenario.organisation.digest == history.organisation.digest
    assert [c.at for c in scenario.checkpoints] == [history.at]


@given(drawn())
def test_the_scenario_that_a_history_prints_is_as_expected(history: DrawnHistory) -> None:
    """The scenario that is printed expects what meaning, replay and monitor find, so that it plays without a disagreement."""
    assert [d for d in run_scenario(history.policy, pasted(history, history.policy)) if d.engine != "invariants"] == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_histories_of_every_pack(pack: Path) -> None:
    """For every pack histories can be drawn of all that its rules wait for, and print as scenarios that play as expected; some
    hundred hold events of many types."""
    policy = read_rules(pack)
    asked = {t.name for rule in policy.rules for t in rule.waits_for() if t.made is Made.EVENT}
    edges = Edges(policy, organisation_of(policy))
    assert asked <= {declared.name for rule in policy.rules for declared in edges.focus([rule.name]).types}
    seen: set[str] = set()

    @FEW
    @given(histories_of(policy))
    def play(history: DrawnHistory) -> None:
        scenario = pasted(history, policy)
        assert scenario.events == history.events
        assert [d for d in run_scenario(policy, scenario) if d.engine != "invariants"] == []

    @settings(FEW, max_examples=150, derandomize=True)  # what is asked is of the strategy
    @given(histories_of(policy))
    def look(history: DrawnHistory) -> None:
        seen.update(event.type for event in history.events)

    play()
    look()
    assert len(asked & seen) >= len(asked) / 4
