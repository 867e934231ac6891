"""Worked timelines that we did not write, by meaning, replay and monitor: exactly the expected findings at every checkpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from accountability import document
from accountability.conclusion import Conclusion
from accountability.document import Mapping as MappingNode
from accountability.document import Reading
from accountability.event import Event
from accountability.intake import Intake
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.testing import Checkpoint, Expected, Scenario, run_scenario
from accountability.testing.scenarios import FINDING_KEYS, read_expected

PACKS = Path(__file__).resolve().parents[2] / "rules"
NAMES: Mapping[str, Mapping[tuple[str, str | None], str]] = {
    "A1": {("R1", None): "on-scene", ("R2", None): "hand-over", ("R3", None): "conduct"},
    "A2": {("R1", None): "two problems", ("R1b", None): "two problems in a calendar month", ("R2", None): "set aside to rectify",
           ("R3", None): "improvement", ("R3", "removal"): "removal"},
}
"""Which of our rules a rule of the scenario is, by its measure where one rule of theirs is two of ours."""


class Worked:
    """One of the shared scenarios, in our terms."""

    def __init__(self, path: Path, policy: Policy) -> None:
        text = path.read_text(encoding="utf-8")
        self.raw: dict[str, Any] = yaml.safe_load(text)
        # Its findings are written with aliases, which we do not read; its organisation is not.
        (part,) = re.findall(r"^org:\n(?:[ #-].*\n|\n)+", text, re.MULTILINE)
        tree = document.parse(part, str(path))
        assert isinstance(tree, MappingNode)
        self.zone = ZoneInfo(self.raw["timezone"])
        org = tree.get("org")
        assert org is not None
        self.organisation = Organisation.from_node(org, self.zone)
        intake = Intake(policy.vocabulary)
        self.events: tuple[Event, ...] = tuple(intake.one(e) for e in self.raw["events"])
        self.names = NAMES[self.raw["id"]]

    def scenario(self) -> Scenario:
        return Scenario(self.raw["id"], self.zone, self.organisation, self.events, tuple(self.checkpoints()))

    def checkpoints(self) -> Iterator[Checkpoint]:
        for raw in self.raw["checkpoints"]:
            at = datetime.fromisoformat(raw["as_of"])
            yield Checkpoint(at, at, tuple(self.expected(f) for f in raw["findings"]))

    def expected(self, raw: Mapping[str, Any]) -> Expected:
        renamed = {"grade": "severity"}
        said = {renamed.get(k, k): v for k, v in raw.items() if renamed.get(k, k) in FINDING_KEYS}
        said["rule"] = self.names.get((raw["rule"], raw.get("measure")), self.names[raw["rule"], None])
        reading = Reading()
        found = read_expected(document.parse(yaml.safe_dump(said, allow_unicode=True), "scenario"), self.zone, reading)
        assert not reading.diagnostics, reading.diagnostics
        return found


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_rules(PACKS / "on-scene")


@pytest.mark.parametrize("name", ["A1", "A2"])
def test_exactly_the_expected_findings_at_every_checkpoint(name: str, shared: Path, policy: Policy) -> None:
    worked = Worked(shared / "scenarios" / f"{name}.yaml", policy)
    scenario = worked.scenario()
    assert len(scenario.checkpoints) >= 4
    assert list(run_scenario(policy, scenario)) == []


def judged(worked: Worked, policy: Policy, as_of: str) -> tuple[Conclusion, ...]:
    from accountability.semantics import judge

    return judge(policy, worked.organisation, worked.events, at=datetime.fromisoformat(as_of)).findings


def test_the_upheld_finding_names_the_kind_of_conduct(shared: Path, policy: Policy) -> None:
    worked = Worked(shared / "scenarios" / "A1.yaml", policy)
    (conduct,) = [f for f in judged(worked, policy, "2026-03-21T00:00:00+08:00") if f.rule == "conduct"]
    kinds = {e.id: e.fields.get("kind") for e in worked.events}
    assert [kinds[e] for e in conduct.evidence] == ["restraint_of_liberty"]


@pytest.mark.parametrize(("as_of", "incidents", "holder_at_first"), [
    ("2026-07-12T00:00:00+08:00", ["I-1", "I-2"], "Holder-Z"),
    ("2026-08-11T00:00:00+08:00", ["I-2", "I-3"], "Holder-Q"),
])
def test_two_problems_name_their_incidents_and_who_was_in_office_at_the_first(
        as_of: str, incidents: list[str], holder_at_first: str, shared: Path, policy: Policy) -> None:
    worked = Worked(shared / "scenarios" / "A2.yaml", policy)
    (finding,) = [f for f in judged(worked, policy, as_of) if f.rule == "two problems"]
    about: Callable[[str], object] = {e.id: e.fields.get("incident") for e in worked.events}.get
    assert [about(m) for m in finding.members] == incidents
    assert [a.holder for a in finding.answers if a.moment == "first"] == [holder_at_first]
