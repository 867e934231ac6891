"""Worked timelines that we did not write, by meaning, replay and monitor: exactly the expected findings at every checkpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
import yaml

from accountability import document
from accountability.conclusion import DETAILS, Conclusion
from accountability.document import Mapping as MappingNode
from accountability.document import Reading
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.semantics import judge
from accountability.testing import Checkpoint, Expected, Scenario, run_scenario
from accountability.testing.scenarios import FINDING_KEYS, differences, read_expected

PACKS = Path(__file__).resolve().parents[2] / "rules"
NAMES: Mapping[str, Mapping[tuple[str, str | None], str]] = {
    "A1": {("R1", None): "on-scene", ("R2", None): "hand-over", ("R3", None): "conduct"},
    "A2": {("R1", None): "two problems", ("R1b", None): "two problems in a calendar month", ("R2", None): "set aside to rectify",
           ("R3", None): "improvement", ("R3", "removal"): "removal"},
    "A3": {("R1", None): "accident reports", ("R2", None): "accident reports", ("R3", None): "casualty change",
           ("R4", None): "accident reports"},
    "A4": {("R1", None): "notice", ("R2", None): "closing"},
    "A5": {("R1", None): "session", ("R3", None): "veto", ("R4", None): "withdraw award", ("R5", "award"): "award eligibility",
           ("R5", "promotion"): "promotion eligibility", ("R6", "appeal filed"): "appeal",
           ("R6", "decision"): "decision on the appeal", ("R7", None): "reward"},
    "A6": {("R1", None): "lead", ("R1", "release"): "release", ("R2", None): "settling", ("R3", None): "cadence",
           ("R4", None): "close", ("R6", None): "roster", ("R7", None): "unguarded", ("R8", None): "close after an accident"},
}
"""Which of our rules a rule of the scenario is, told apart where one rule of theirs is two of ours."""
PACK = [("A1", "on-scene"), ("A2", "on-scene"), ("A3", "accident-reports"), ("A4", "case-handling"), ("A5", "periodic-duties"),
        ("A5", "veto-and-appeal"), ("A6", "case-handling"), ("A6", "rosters")]
"""The packs that hold our rules; one sees nothing of what another asks for."""


def part_of(raw: Mapping[str, Any]) -> str | None:
    """Which of our rules is meant where a rule of the scenario is several of ours."""
    if raw.get("step") is not None or raw.get("measure") == "removal":
        return str(raw.get("step") or raw["measure"])
    if "release of" in str(raw.get("what")):
        return "release"
    if raw["rule"] == "R5":
        return "promotion" if str(raw["about"]).startswith("proposal/PR") else "award"
    return None


def ours(raw: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """What a scenario says of a finding, in our words."""
    said: dict[str, Any] = {"status": "scored", **raw}
    said["status"] = {"in_force": "in force", "blocked": "refused", "allowed": "passed"}.get(said["status"], said["status"])
    if "grade" in said and said["status"] == "breach":
        said["severity"] = said.pop("grade")
    if said["about"].startswith("veto/") and "until" in said:
        on = str(said.pop("on"))
        said |= {"holder": on} if on.startswith("Holder") else {"unit": on}
        last = date.fromisoformat(said.pop("until"))
        said["ends"] = datetime.combine(last + timedelta(days=1), time(), zone).isoformat()
    if said["status"] == "quashed":
        said["ends"] = datetime(2026, 5, 12, 10, tzinfo=zone).isoformat() if "from" in said else None
    if said["status"] == "gap":
        said["since"] = said.pop("from")
        if (until := said.pop("to", None)) is not None:  # else it lasts still
            said["ends"] = until
    if "amount" in said:
        said["owed"] = said.pop("amount")
    if "skipped" in said:
        said["skipped"] = [said["skipped"]]
    if "by" in said:
        said["by"] = [f"veto/{said['by']}"]
    if raw["rule"] == "R5" and raw["about"].startswith("proposal/"):
        for key in ("holder", "unit", "on"):  # whom it is about; nobody answers for a step
            said.pop(key, None)
    if isinstance(said.get("on"), str) and re.fullmatch(r"\d{4}-\d\d-\d\d", said["on"]):
        said.pop("on")
    if raw["rule"] == "R2" and "round" in raw:
        said.pop("round")  # the limit tells the rounds apart
    return said


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
        known = [e for e in self.raw["events"] if e["type"] in policy.vocabulary]
        self.events: tuple[Event, ...] = tuple(intake.one(e) for e in known)
        ours_here = {rule.name for rule in policy.rules}
        self.names = {theirs: ours for theirs, ours in NAMES[self.raw["id"]].items() if ours in ours_here}

    def scenario(self) -> Scenario:
        return Scenario(self.raw["id"], self.zone, self.organisation, self.events, tuple(self.checkpoints()))

    def checkpoints(self) -> Iterator[Checkpoint]:
        for raw in self.raw["checkpoints"]:
            at = datetime.fromisoformat(raw["as_of"])
            yield Checkpoint(at, at, tuple(self.expected(f) for f in raw["findings"] if (f["rule"], part_of(f)) in self.names))

    def expected(self, raw: Mapping[str, Any]) -> Expected:
        said = {k: v for k, v in ours(raw, self.zone).items() if k in FINDING_KEYS or k in DETAILS}
        said["rule"] = self.names[raw["rule"], part_of(raw)]
        reading = Reading()
        found = read_expected(document.parse(yaml.safe_dump(said, allow_unicode=True), "scenario"), self.zone, reading)
        assert not reading.diagnostics, reading.diagnostics
        return found


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_rules(PACKS / "on-scene")


@pytest.mark.parametrize(("name", "pack"), PACK)
def test_exactly_the_expected_findings_at_every_checkpoint(name: str, pack: str, shared: Path) -> None:
    policy = read_rules(PACKS / pack)
    worked = Worked(shared / "scenarios" / f"{name}.yaml", policy)
    scenario = worked.scenario()
    assert len(scenario.checkpoints) >= 3
    assert list(run_scenario(policy, scenario, {*worked.names.values()})) == []


def test_the_scores_of_the_year_and_what_a_veto_makes_of_them(shared: Path) -> None:
    """A5, R1 and R2: sessions missed, scores and grades, exactly, at every checkpoint and by every way to judge."""
    policy = read_rules(PACKS / "assessment")
    worked = Worked(shared / "scenarios" / "A5.yaml", policy)
    worked.names = {("R1", None): "session", ("R2", None): "appraisal"}
    monitor, arrived = Monitor(policy, worked.organisation), 0
    grades = []
    for checkpoint in worked.checkpoints():
        known = [e for e in worked.events if e.recorded_at <= checkpoint.at]
        for event in known[arrived:]:
            monitor.observe(event)
        arrived = len(known)
        monitor.advance(checkpoint.at)
        for found in (judge(policy, worked.organisation, known, at=checkpoint.at), monitor.judgement(),
                      replay(policy, worked.organisation, known, at=checkpoint.at)):
            ours_only = attrs.evolve(found, findings=found.of(*worked.names.values()))
            assert differences(checkpoint, ours_only, worked.zone, ()) == ((), ())
        grades.append([(f.subject, f.detail("score"), f.detail("grade")) for f in monitor.judgement().of("appraisal")])
    red, vetoed = ([("unit/town-x", 98, grade), ("unit/town-y", 89, "pass")] for grade in ("red_flag", "vetoed"))
    assert grades == [red, red, vetoed, vetoed, red]


def judged(worked: Worked, policy: Policy, as_of: str) -> tuple[Conclusion, ...]:
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
