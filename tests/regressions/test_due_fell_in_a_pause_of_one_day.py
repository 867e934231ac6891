"""A due at closing time, or at the time of day of its start, stood in a pause: it was missed while the clock stood still."""

from __future__ import annotations

from typing import Any

import pytest

RULES = """\
  - {{duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: {limit}{more},
     pauses: {{from: fault, to: decided}}}}
"""
CLOSING = ", business hours: {from: 09:00, to: 17:30}, until close of business: yes"
FRIDAY, LOG = "2026-03-06", [("a1", "asked", "2026-03-03T16:30")]


def paused(since: str, until: str) -> list[tuple[str, str, str]]:
    """Asked for on Tuesday the 3rd: three days end on Friday the 6th."""
    return [*LOG, ("f1", "fault", since), ("e1", "decided", until)]


@pytest.mark.parametrize(("limit", "more", "due"), [
    ("3 days", CLOSING, "2026-03-07T17:30"),
    ("3 days", CLOSING + ", roll: yes", "2026-03-09T17:30"),
    ("3 working days", CLOSING, "2026-03-09T17:30"),
    ("3 working days same time", "", "2026-03-09T16:30"),
    ("3 days", "", None),
])
def test_a_due_in_a_pause_of_one_day_is_that_of_the_next_day(say: Any, limit: str, more: str, due: str | None) -> None:
    """The clock stands still on Friday from 16:00 to 18:00."""
    rules = RULES.format(limit=limit, more=more)
    (found,) = say(rules, paused(f"{FRIDAY}T16:00", f"{FRIDAY}T18:00"), f"{FRIDAY}T19:00")
    assert found.status == "open"
    if due is None:
        assert str(found.due_date) == FRIDAY
    else:
        assert found.due.isoformat() == f"{due}:00+00:00"


def test_what_ends_with_the_pause_is_due_then(say: Any) -> None:
    """From inclusive, to exclusive: at the end of the pause the clock runs."""
    rules = RULES.format(limit="3 days", more=CLOSING)
    (found,) = say(rules, paused(f"{FRIDAY}T16:00", f"{FRIDAY}T17:30"), f"{FRIDAY}T17:31")
    assert found.status == "missed"
    assert found.due.isoformat() == f"{FRIDAY}T17:30:00+00:00"


def test_a_pause_over_nights_moves_by_its_days_and_further_unless_the_clock_runs_then(say: Any) -> None:
    """Friday 16:00 to Monday 10:00 is three days, Friday to Sunday; to Monday 18:00, Monday's closing time lies in it."""
    rules = RULES.format(limit="3 days", more=CLOSING)
    for until, at, due in (("T10:00", "T12:00", "2026-03-09"), ("T18:00", "T18:01", "2026-03-10")):
        (found,) = say(rules, paused(f"{FRIDAY}T16:00", f"2026-03-09{until}"), f"2026-03-09{at}")
        assert found.status == "open"
        assert found.due.isoformat() == f"{due}T17:30:00+00:00"


def test_two_pauses_of_one_day_each_move_it_twice(say: Any) -> None:
    rules = RULES.format(limit="3 days", more=CLOSING)
    log = [*paused(f"{FRIDAY}T16:00", f"{FRIDAY}T18:00"),
           ("f2", "fault", "2026-03-07T17:00"), ("e2", "decided", "2026-03-07T18:00")]
    (found,) = say(rules, log, "2026-03-08T10:00")
    assert found.due.isoformat() == "2026-03-08T17:30:00+00:00"
