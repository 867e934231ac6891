"""What was void after it had been done, was owed again when the act was sent back."""

from __future__ import annotations

from typing import Any

RULES = """\
  - duty: reply
    source: law
    when: asked
    bearer: unit
    must: done
    same: case
    within: 10 days
    void: {when: fault}
    redo: {when: decided, within: 1 day}
"""
LOG = [("a1", "asked", "2026-03-02T09:00"), ("d1", "done", "2026-03-05T09:00"), ("f1", "fault", "2026-03-06T09:00"),
       ("e1", "decided", "2026-03-07T09:00")]


def test_what_is_void_is_not_owed_again(say: Any) -> None:
    """It was done, and of what came after it was void nothing counts."""
    (found,) = say(RULES, LOG, "2026-05-01T00:00")
    assert found.status == "met"


def test_what_was_sent_back_first_may_be_void(say: Any) -> None:
    """The other way round it is owed, until it is void."""
    (found,) = say(RULES, [*LOG[:2], LOG[3], ("f2", "fault", "2026-03-08T07:00")], "2026-05-01T00:00")
    assert found.status == "void"
