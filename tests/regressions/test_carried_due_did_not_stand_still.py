"""A due that the event carries passed while the clock stood still, and its extension had no effect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accountability.conclusion import Status

RULE = """\
  - {duty: reply, source: law, when: asked, where: by is present, bearer: unit, must: done, same: case, due: by, report: all,
     pauses: {from: fault, to: decided}, extension: {when: more, limit: grace}}
"""
BY = {"by": "2026-03-10T00:00:00Z"}
PAUSED = [("a", "asked", "2026-03-02T12:00", BY), ("f", "fault", "2026-03-08T00:00"), ("d", "decided", "2026-03-12T00:00")]


def test_it_moves_by_as_long_as_the_clock_stood(say: Any) -> None:
    (found,) = say(RULE.replace("more", "done"), PAUSED, "2026-03-13T00:00")
    assert (found.status, found.due) == (Status.OPEN, datetime.fromisoformat("2026-03-14T00:00:00+00:00"))


@pytest.mark.parametrize(("by", "grace", "due"), [
    ("2026-03-10T00:00:00Z", "2 days", "2026-03-12T00:00:00+00:00"), ("2026-03-10T00:00:00Z", "3h", "2026-03-10T03:00:00+00:00"),
    ("9999-12-31T00:00:00Z", "2 days", "9999-12-31T00:00:00+00:00"),
])
def test_it_is_extended(say: Any, by: str, grace: str, due: str) -> None:
    rule = RULE.replace("{when: more, limit: grace}", "{when: asked, provided: grace is present, limit: grace}").replace(
        "by is present", "by is present and grace is missing")
    log = [("a", "asked", "2026-03-02T12:00", {"by": by}), ("g", "asked", "2026-03-09T12:00", {"grace": grace})]
    (found,) = say(rule, log, "2026-03-09T13:00")
    assert found.due == datetime.fromisoformat(due)
