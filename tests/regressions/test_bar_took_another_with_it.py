"""What one standing barred was taken back, and what another barred that began with the same thing went with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accountability.organisation import Line

ORDER = """\
  - effect: order
    source: law
    when: decided
    bearer: unit
    same: case
    standing: {term: 2h}
    quashed by: {when: fault}
"""
BAR = """\
  - effect: bar
    source: law
    when: asked
    bearer: unit
    same: unit
    standing: {term: 2h, bars: award}
    again from: standing of order
"""
ON_WHOEVER_LEADS = """\
  - effect: bar
    source: law
    when: asked
    bearer: unit
    same: unit
    standing: {term: 1 month, bars: award}
    follows: post
    on: [head at now, unit]
"""
GATE = """\
  - gate: step
    source: law
    when: done
    barred: {from: award, who: unit}
"""


def test_the_third_round_is_the_second_once_what_began_that_is_quashed(say: Any) -> None:
    """It began when the third had begun. It bars as the third did."""
    log = [("e1", "asked", "2026-01-05T09:00"), ("e2", "decided", "2026-01-06T09:00"),
           ("e3", "decided", "2026-01-07T09:00", {"case": "c2"}), ("e4", "fault", "2026-01-07T09:30"),
           ("e5", "done", "2026-01-07T10:00")]
    assert [c.status for c in say(BAR + ORDER + GATE, log, at="2026-01-08T09:00") if c.rule == "step"] == ["refused"]


def test_what_is_told_with_the_first_whom_it_is_on_may_come_to_be_told_with_another(say: Any) -> None:
    """From the 10th somebody answers for the unit, and is named before it."""
    lines = [Line("head", "u2", "u1/head", datetime(2026, 1, 10, tzinfo=UTC))]
    log = [("e1", "asked", "2026-01-05T09:00", {"unit": "u2"}), ("e2", "done", "2026-01-12T09:00", {"unit": "u2"})]
    found = say(ON_WHOEVER_LEADS + GATE, log, at="2026-01-20T09:00", lines=lines)
    assert [c.status for c in found if c.rule == "step"] == ["refused"]
