"""What was missed long ago is judged again because of something new, and an alarm is to be set by what is still to come."""

from __future__ import annotations

from typing import Any

RULES = """\
  - duty: reply
    source: law
    when: asked
    bearer: unit
    must: done
    same: case
    within: [{where: no fault of the same case, limit: 1h}, {otherwise: 2h}]
"""


def test_the_instant_of_a_breach_that_is_judged_again_is_no_turn_to_come(say: Any) -> None:
    """The monitor that `say` asks after each event told 10:00, two hours after it."""
    log = [("a1", "asked", "2026-03-02T09:00"), ("f1", "fault", "2026-03-02T12:00")]
    assert [f.status for f in say(RULES, log, "2026-03-02T13:00")] == ["missed"]
