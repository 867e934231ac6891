"""Where terms come together, everything is looked at as one: what one unit was told or given was taken for a rung of another."""

from __future__ import annotations

from typing import Any

import pytest

RULES = (
    "  - {prohibition: broke it, source: law, when: fault, bearer: unit}\n"
    "  - {effect: bar, source: law, when: breach of broke it, after: done, same: unit, propose: a bar, decided by: decided,"
    " standing: {term: 1 month%s}}\n"
)
TOGETHER = pytest.mark.parametrize("together", ["", ", together: added, at most: 4 months"])


@TOGETHER
def test_a_warning_of_another_unit_is_no_rung(say: Any, together: str) -> None:
    log = [("w1", "done", "2026-03-02T09:00"), ("f2", "fault", "2026-03-02T10:00", {"unit": "u2"})]
    assert [f for f in say(RULES % together, log, "2026-03-09T00:00") if f.rule == "bar"] == []


@TOGETHER
def test_a_decision_on_another_unit_uses_up_no_rung(say: Any, together: str) -> None:
    log = [
        ("w1", "done", "2026-03-02T09:00"),
        ("w2", "done", "2026-03-02T09:00", {"unit": "u2"}),
        ("f1", "fault", "2026-03-02T10:00"),
        ("d1", "decided", "2026-03-02T11:00"),
        ("f2", "fault", "2026-03-02T12:00", {"unit": "u2"}),
    ]
    found = [(f.unit, f.evidence) for f in say(RULES % together, log, "2026-03-09T00:00") if f.rule == "bar"]
    assert found == [("u1", ("w1", "f1")), ("u1", ("w1", "f1", "d1")), ("u2", ("w2", "f2"))]
