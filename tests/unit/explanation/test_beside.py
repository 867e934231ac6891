"""What came in beside the members of a finding is told, with the reason why it is no part of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accountability import Intake, Organisation, judge, why
from accountability.explanation import as_text
from accountability.organisation import Unit
from accountability.policy import read_rules_text

POLICY = read_rules_text("""\
pack: accidents
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  accident.happened: {incident: incident from subject, unit: unit, attributable: yes or no}
rules:
  - threshold: often
    source: law
    effective: {from: 2026-01-01}
    count: accident.happened
    where: attributable
    bearer: unit
    per: unit
    within: 30 days rolling by instants
    reaches: 2
    fires: once, used up
""")
TOWN = Organisation.of([Unit("a", "A", "town"), Unit("b", "B", "town")])
FIRST = datetime(2026, 1, 10, tzinfo=UTC)
HAPPENED = (("old", -30, "a", True), ("early", 0, "a", True), ("one", 40, "a", True), ("chance", 41, "a", False),
            ("elsewhere", 41, "b", True), ("two", 42, "a", True), ("next", 43, "a", True))


def test_members_that_do_not_count_are_set_aside_with_the_reason() -> None:
    events = [Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "id": name, "source": "desk", "type": "accident.happened", "subject": f"incident/{name}",
        "time": (FIRST + timedelta(days=days)).isoformat(), "data": {"unit": unit, "attributable": ours},
    }) for name, days, unit, ours in HAPPENED]
    at = FIRST + timedelta(days=60)
    (finding,) = judge(POLICY, TOWN, events, at=at).findings
    explained = why(POLICY, TOWN, events, finding, at=at)
    assert finding.members == ("one", "two")
    assert [(r.values["name"], [p.word for p in r.parts]) for r in explained.set_aside] == [
        ("desk#old", ["not in force then"]), ("desk#early", ["not counted"]), ("desk#chance", ["rule does not apply"]),
        ("desk#next", ["not counted"])]
    assert "not so: “attributable” holds" in as_text(explained)
    assert "同一项下的其他来报" in as_text(explained, "zh")
