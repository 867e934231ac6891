"""A pause that began between the unrolled end and the rolled one left the due on a day on which the clock stood still."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

RULES = """\
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 5 days, roll: yes,
     pauses: {from: fault, to: decided}}
"""


@pytest.mark.parametrize("day", ["08", "09"])
def test_the_last_day_rolls_to_a_day_on_which_the_clock_runs(say: Any, day: str) -> None:
    """Five days from Monday the 2nd end on Saturday the 7th, and roll to Monday the 9th. The pause is over on Wednesday."""
    log = [("a1", "asked", "2026-03-02T09:00"), ("f1", "fault", f"2026-03-{day}T09:00"), ("e1", "decided", "2026-03-11T09:00")]
    (found,) = say(RULES, log, "2026-03-11T10:00")
    assert (found.status, found.due_date) == ("open", date(2026, 3, 11))
