"""A window need not move on with time: at month ends its far edge steps back, and a local day may begin twice."""

from __future__ import annotations

from typing import Any

MONTH = (
    "  - {threshold: many, source: law, count: fault, per: unit, within: 1 month rolling by instants, reaches: 2, fires: each}\n"
)
DAY = "  - {threshold: many, source: law, count: fault, per: unit, within: calendar day, reaches: 2, fires: each}\n"


def test_a_member_that_had_left_the_window_counts_again(say: Any) -> None:
    """A month before 30 March 14:00 is 28 February 14:00; before 31 March 09:00 it is 28 February 09:00. The engine had forgotten
    the member of 10:00."""
    log = [("a", "fault", "2026-02-28T10:00"), ("b", "fault", "2026-03-30T14:00"), ("c", "fault", "2026-03-31T09:00")]
    assert [f.members for f in say(MONTH, log, "2026-05-01T00:00")] == [("a", "b", "c")]


def test_a_day_that_began_was_broken_off_and_began_again(say: Any) -> None:
    """In St John's, 7 November 2010 lasted one minute before the clocks went back to 23:01 of the 6th."""
    log = [("a", "fault", "2010-11-07T02:30:30"), ("b", "fault", "2010-11-07T03:00"), ("c", "fault", "2010-11-07T04:00")]
    assert [f.members for f in say(DAY, log, "2010-12-01T00:00", zone="America/St_Johns")] == [("a", "c")]


def test_a_rule_in_force_from_a_day_that_began_twice(say: Any) -> None:
    """A rule in force from the 7th does not cover the 6th, which came back."""
    rules = "  - {prohibition: fault, source: law, when: fault, bearer: unit, effective: {from: 2010-11-07}}\n"
    log = [("a", "fault", "2010-11-07T02:30:30"), ("b", "fault", "2010-11-07T03:00"), ("c", "fault", "2010-11-07T04:00")]
    assert [f.evidence for f in say(rules, log, "2010-12-01T00:00", zone="America/St_Johns")] == [("a",), ("c",)]
