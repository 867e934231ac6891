"""What a standing bars, it barred also while the standing was over: between its rounds, and from its end until it was quashed."""

from __future__ import annotations

from typing import Any

import pytest

STANDING = """\
  - effect: bar
    source: law
    when: decided
    bearer: unit
    same: case
    standing: {term: 1 month, bars: award}
    quashed by: {when: fault}
"""
PROPOSED = STANDING.replace("    when: decided\n", "    when: asked\n    propose: bar\n    decided by: decided\n")
BEGUN_AGAIN = """\
  - effect: bar
    source: law
    when: decided
    bearer: unit
    same: case
    standing: {term: until ended, bars: award}
    ended by: {when: done}
    quashed by: {when: asked}
    again from: fault
"""
GATE = """\
  - gate: step
    source: law
    when: asked
    barred: {from: award, who: unit}
"""


@pytest.mark.parametrize("rule", [STANDING, PROPOSED])
def test_what_passed_once_the_term_was_over_is_not_refused_for_its_being_quashed(say: Any, rule: str) -> None:
    """Only what was refused on its day is listed for reconsideration."""
    log = [("e0", "asked", "2026-01-01T09:00"), ("e1", "decided", "2026-01-02T09:00"), ("e2", "asked", "2026-01-20T09:00"),
           ("e3", "asked", "2026-03-02T09:00"), ("e4", "fault", "2026-06-01T09:00")]
    steps = [c for c in say(rule + GATE, log, at="2026-07-01T09:00") if c.rule == "step"]
    assert [c.status for c in steps] == ["passed", "reconsider", "passed"]


def test_between_two_rounds_nothing_is_barred(say: Any) -> None:
    """That it began again on the 10th says nothing of the 7th, when it was over."""
    log = [("e1", "decided", "2026-01-01T09:00"), ("e2", "done", "2026-01-05T09:00"),
           ("e3", "asked", "2026-01-07T09:00", {"case": "c2"}), ("e4", "fault", "2026-01-10T09:00"),
           ("e5", "asked", "2026-01-12T09:00", {"case": "c2"})]
    steps = [c for c in say(BEGUN_AGAIN + GATE, log, at="2026-01-20T09:00") if c.rule == "step"]
    assert [c.status for c in steps] == ["passed", "refused"]


def test_what_was_ended_and_then_quashed_names_what_quashed_it(say: Any) -> None:
    """And not what had ended it."""
    log = [("e1", "decided", "2026-01-01T09:00"), ("e2", "done", "2026-01-05T09:00"), ("e3", "asked", "2026-01-07T09:00")]
    [standing] = say(BEGUN_AGAIN, log, at="2026-01-20T09:00")
    assert (standing.status, standing.evidence) == ("quashed", ("e1", "e3"))
