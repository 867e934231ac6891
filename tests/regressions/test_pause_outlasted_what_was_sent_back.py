"""A pause that ended after the act, and before the act was sent back, was never over: what was owed again was never due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

RULES = """\
  - duty: reply
    source: law
    when: asked
    bearer: unit
    must: done
    same: case
    within: 10 days
    pauses: {from: fault, to: decided%s}
    redo: {when: decided, provided: unit is unit/u2, within: 1 day}
"""
LOG = [("a1", "asked", "2026-03-02T09:00"), ("f1", "fault", "2026-03-04T09:00"), ("d1", "done", "2026-03-05T09:00"),
       ("e1", "decided", "2026-03-06T09:00"), ("e2", "decided", "2026-03-07T09:00", {"unit": "u2"})]


@pytest.mark.parametrize(
    ("more", "due"), [("", 14), (", with last day: yes", 15), (", at most: 1 day", 13), (", then: restart", 16)])
def test_a_pause_is_over_when_it_ended(say: Any, more: str, due: int) -> None:
    (found,) = say(RULES % more, LOG, "2026-05-01T00:00")
    assert (found.status, found.due_date) == ("missed", date(2026, 3, due))
