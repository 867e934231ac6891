"""An act may come before its trigger; that it was accepted, or sent back, before the trigger, too, was not heard."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

RULES = """\
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 5 days, even before: 5 days, %s}
"""
LOG = [("d1", "done", "2026-03-01T09:00"), ("e1", "decided", "2026-03-02T09:00"), ("a1", "asked", "2026-03-03T09:00")]


def test_it_counts_where_it_was_accepted_before_the_trigger(say: Any) -> None:
    (found,) = say(RULES % "accepted by: {when: decided}", LOG, "2026-03-04T00:00")
    assert (found.status, found.done) == ("met", datetime(2026, 3, 1, 9, tzinfo=UTC))


def test_it_counts_no_more_where_it_was_sent_back_before_the_trigger(say: Any) -> None:
    (found,) = say(RULES % "redo: {when: decided, within: 1 day}", LOG, "2026-03-10T00:00")
    assert (found.status, found.due_date) == ("missed", date(2026, 3, 8))
