"""Where an effect was about a case, one decision put it in force for one unit alone, and once a year was once for each case."""

from __future__ import annotations

from typing import Any

import pytest

CARD = """\
  - effect: card
    source: law
    when: fault
    about: case
    propose: card
    decided by: decided
    same: case
    standing: {term: 1 month, bars: award}
"""
QUASHED = CARD + "    quashed by: {when: asked}\n"
ONCE = """\
  - effect: card
    source: law
    when: fault
    about: case
    propose: card
    once per: calendar year
"""
ONCE_DECIDED = ONCE + "    decided by: decided\n    same: case\n    standing: {term: 1 month}\n"
GATE = "  - gate: step\n    source: law\n    when: done\n    barred: {from: award, who: unit}\n"
OTHER = {"unit": "u2"}


@pytest.mark.parametrize("rule", [CARD, QUASHED])
def test_what_is_decided_of_two_units_stands_for_both(say: Any, rule: str) -> None:
    """Both proposals were decided, so both stand, and both bar."""
    log = [("e1", "fault", "2026-01-01T09:00"), ("e2", "fault", "2026-01-01T09:00", OTHER), ("e3", "decided", "2026-01-02T09:00"),
           ("e4", "done", "2026-01-03T09:00"), ("e5", "done", "2026-01-03T09:00", OTHER)]
    found = say(rule + GATE, log, at="2026-01-20T09:00")
    assert [(c.unit, c.status) for c in found if c.kind == "standing"] == [("u1", "in force"), ("u2", "in force")]
    assert [c.status for c in found if c.rule == "step"] == ["refused", "refused"]


@pytest.mark.parametrize("rule", [ONCE, ONCE_DECIDED])
def test_once_a_year_is_once_for_each_unit(say: Any, rule: str) -> None:
    """Whatever case it is about: one proposal for each unit in 2026, and one for the first in 2027."""
    log = [("e1", "fault", "2026-01-01T09:00"), ("e2", "fault", "2026-01-02T09:00", OTHER),
           ("e3", "fault", "2026-01-03T09:00", {"case": "c2"}), ("e4", "fault", "2027-01-01T09:00")]
    assert [(c.unit, c.evidence) for c in say(rule, log, at="2027-01-20T09:00")] == [
        ("u1", ("e1",)), ("u2", ("e2",)), ("u1", ("e4",))]
