"""A standing that began again overrode the grade of the period in which it did, and not only that of the decision."""

from __future__ import annotations

from typing import Any

RULES = """\
  - effect: veto
    source: law
    effective: {from: 2024-01-01}
    when: decided
    same: case
    standing: {term: 1 month}
    again from: fault
  - scorecard: year
    source: law
    effective: {from: 2024-01-01}
    each: unit/u1
    over: calendar year
    start: 100
    items: {faults: {of: fault, same: unit, points: 0}}
    grades: [{grade: good, from: 90}, {otherwise: bad}]
    overridden: [{grade: vetoed, by: standing of veto, same: unit}]
"""


def test_only_the_period_of_the_decision_is_overridden(say: Any) -> None:
    log = [("d", "decided", "2024-03-01T09:00"), ("f", "fault", "2025-05-01T09:00")]
    found = [dict(f.details) for f in say(RULES, log, "2026-02-01T00:00") if f.rule == "year"]
    assert [details["grade"] for details in found] == ["vetoed", "good"]
