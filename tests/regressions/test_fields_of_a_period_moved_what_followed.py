"""What carried the fields of a period counted for that period, whatever it was and whenever it happened."""

from __future__ import annotations

from typing import Any

TALKS = """\
  - {duty: talk, source: law, effective: {from: 2026-01-01, until: 2026-02-01}, every: calendar quarter, each: unit/u1,
     bearer: unit, must: done, same: unit}
"""
SCORES = """\
  - scorecard: month
    source: law
    effective: {from: 2026-01-01}
    each: unit/u1
    over: calendar month
    items: {counted: {of: %s, points: 1}}
    grades: [{otherwise: any}]
"""


def points(findings: Any) -> dict[str, object]:
    return {f.trigger: dict(f.details)["score"] for f in findings if f.rule == "month"}


def test_what_was_done_in_january_belongs_to_january(say: Any) -> None:
    """Though it was owed for the quarter; it counted for March."""
    rules = TALKS + SCORES % "discharge of talk"
    found = points(say(rules, [("d1", "done", "2026-01-05T10:00")], "2026-04-02T00:00"))
    assert found == {"2026-01": 1, "2026-02": 0, "2026-03": 0}


def test_what_is_due_in_april_belongs_to_april(say: Any) -> None:
    """Though it follows from the breach of the first quarter; it counted for March."""
    follows = "  - {duty: explain, source: law, when: breach of talk, bearer: unit, must: fault, same: unit, within: 10 days}\n"
    found = points(say(TALKS + follows + SCORES % "breach of explain", [], "2026-05-02T00:00"))
    assert {month: score for month, score in found.items() if score} == {"2026-04": 1}


def test_the_breach_of_a_period_belongs_to_its_last_day(say: Any) -> None:
    found = points(say(TALKS + SCORES % "breach of talk", [], "2026-05-02T00:00"))
    assert {month: score for month, score in found.items() if score} == {"2026-03": 1}
