"""A clock that is moved far on passes a breach and the end of a term at once, and is past both when it looks at the first."""

from __future__ import annotations

from typing import Any

RULES = """\
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 2h}
  - effect: bar
    source: law
    when: fault
    bearer: unit
    same: case
    propose: a bar
    decided by: decided
    standing: {term: 1 month, together: added, at most: 4 months}
    quashed by: {when: breach of reply}
"""


def test_a_term_that_was_over_when_a_breach_was_looked_at_is_told_to_be_over(say: Any) -> None:
    """The breach is of another case, and what came late at the instant of the decision had made the key be judged as a whole."""
    log = [("f1", "fault", "2026-03-02T09:00"), ("d1", "decided", "2026-03-02T10:00"),
           ("b1", "fault", "2026-03-02T10:00", {"case": "c2"}), ("q1", "asked", "2026-03-02T10:00", {"case": "c3"})]
    standing = [f.status for f in say(RULES, log, "2026-05-01T00:00") if f.rule == "bar" and f.ends is not None]
    assert standing == ["ended"]
