"""A real city held to its own limits: our findings against its own verdicts, case by case."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import attrs
import pytest

from accountability.conclusion import Conclusion, Judgement, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake, read_mapping
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.semantics import judge

PACK = Path(__file__).resolve().parents[2] / "rules" / "boston-311"
REFERENCE = json.loads((PACK / "data" / "boston311_sample.reference.json").read_text())
P1 = REFERENCE["P1_explicit_deadline"]
AT = datetime.fromisoformat(REFERENCE["as_of"])


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_rules(PACK)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return Organisation.read(PACK / "organisation.yaml")


@pytest.fixture(scope="module")
def events(policy: Policy) -> list[Event]:
    intake = Intake(policy.vocabulary, mapping=read_mapping(PACK / "mapping.yaml", policy.vocabulary))
    found = [e for e in intake.read([PACK / "data" / "boston311_sample.jsonl.gz"]) if isinstance(e, Event)]
    assert (intake.counts.refused, len(found)) == (0, 9990)
    return found


@pytest.fixture(scope="module")
def judgement(policy: Policy, organisation: Organisation, events: list[Event]) -> Judgement:
    return replay(policy, organisation, events, at=AT, report_all=True)


def cases(judgement: Judgement, rule: str) -> dict[str, Conclusion]:
    return {f.subject.removeprefix("case/"): f for f in judgement.of(rule)}


def test_breaches_are_the_citys(judgement: Judgement) -> None:
    found = cases(judgement, "on time")
    late = {case for case, f in found.items() if f.against}
    assert (len(late), len(found), P1["breaches"]) == (475, 4284, 475)
    with (PACK / "data" / "boston311_sample.authority.csv").open() as file:
        verdicts = {
            row["case_id"]: row["authority_verdict"]
            for row in csv.DictReader(file)
            if row["case_id"] in found and row["authority_verdict"]
        }
    assert len(verdicts) == 4283
    assert {case for case, verdict in verdicts.items() if verdict == "OVERDUE"} == late - {"101001856894"}


def test_the_first_breaches_are_the_references_in_its_order(judgement: Judgement, events: list[Event]) -> None:
    found = cases(judgement, "on time")
    by_deadline = sorted((c for c in found if found[c].against), key=lambda c: (found[c].due, c))
    assert by_deadline[:20] == P1["first_20_breaching_case_ids_by_deadline"]
    opened = [e.subject for e in events if e.type == "case.opened"]
    assert [c for c in opened if c in found and found[c].against][:20] == P1["first_20_breaching_case_ids_by_opening_time"]


def test_every_department_has_the_citys_count(judgement: Judgement) -> None:
    late = Counter(f.unit for f in judgement.of("on time") if f.against)
    every = Counter(f.unit for f in judgement.of("on time"))
    assert {unit: [late[unit], n] for unit, n in every.items()} == P1["per_department"]


def test_working_day_dues_are_the_citys_within_five_minutes(judgement: Judgement, events: list[Event]) -> None:
    target = {e.fields["case"]: e.fields.get("target") for e in events if e.type == "case.opened"}
    found = cases(judgement, "service level")
    near = sum(
        isinstance(t := target[case], datetime) and f.due is not None and abs(f.due - t) <= timedelta(minutes=5)
        for case, f in found.items()
    )
    assert (near, len(found)) == (3020, 3130)  # the reference finds 3,018: docs/explanation/time.md says why two more


def test_ten_breaches_in_seven_days_happened_once(judgement: Judgement) -> None:
    (finding,) = judgement.of("cluster")
    wanted = REFERENCE["P3_repetition_per_department"]["results"]["10_in_7d"]["PWDx"]
    assert (finding.unit, finding.since) == ("PWDx", datetime.fromisoformat(wanted["first_rising_edge"]))
    assert wanted["rising_edges"] == 1


def test_every_finding_names_rule_clause_evidence_due_and_holders(judgement: Judgement, organisation: Organisation) -> None:
    late = [f for f in judgement.of("on time", "service level") if f.against]
    assert len(late) == 475 + 271
    for finding in late:
        assert finding.version
        assert finding.clause
        assert len(finding.evidence) == 2
        assert finding.reckoning is not None
        assert finding.reckoning.steps()
        (answer,) = finding.answers
        tenure = organisation.holder(answer.post, answer.at)
        assert answer.at == finding.due
        assert tenure is None or answer.holder == tenure.holder


def test_meaning_agrees_with_the_engine_on_the_first_cases(policy: Policy, organisation: Organisation, events: list[Event]) -> None:
    some = events[:600]
    at = max(e.occurred_at for e in some) - timedelta(days=20)
    assert judge(policy, organisation, some, at=at) == replay(policy, organisation, some, at=at)


def test_a_case_open_at_the_clock_is_open_not_missed(policy: Policy, organisation: Organisation, events: list[Event]) -> None:
    first = next(e for e in events if e.type == "case.opened" and e.fields.get("target"))
    at = first.fields["target"]
    assert isinstance(at, datetime)
    opened = attrs.evolve(first, recorded_at=first.occurred_at)
    (on_the_dot,) = replay(policy, organisation, [opened], at=at, report_all=True).of("on time")
    (after,) = replay(policy, organisation, [opened], at=at + timedelta(microseconds=1), report_all=True).of("on time")
    assert (on_the_dot.status, after.status) == (Status.OPEN, Status.MISSED)
