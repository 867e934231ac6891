"""Who took over at 00:00 answered in a threshold for the breach of the day before, for which the duty named who held the post."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accountability.conclusion import Kind
from accountability.organisation import Tenure

ASKED = """\
  - duty: asked to do
    source: law
    when: asked
    bearer: unit
    must: done
    same: case
    within: 3 days
    answers: {head: at due}
  - threshold: twice
    source: law
    count: breach of asked to do
    per: unit
    within: calendar month
    reaches: 2
    fires: each
    answers: {head: %s}
"""
EVERY_MONTH = """\
  - duty: every month
    source: law
    effective: {from: 2026-01-01, until: 2026-03-01}
    every: calendar month
    each: unit/u1
    must: done
    same: unit
    answers: {head: at due}
  - threshold: two months
    source: law
    count: breach of every month
    per: unit
    in a row: calendar month
    reaches: 2
    fires: rising
    answers: {head: %s}
"""
LOG = [("a", "asked", "2026-02-20T09:00"), ("b", "asked", "2026-02-25T09:00", {"case": "c2"})]
"""Due on 23 and 28 February."""
HAND_OVER = [Tenure("u1/head", "A", datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
             Tenure("u1/head", "B", datetime(2026, 3, 1, tzinfo=UTC))]


@pytest.mark.parametrize(("moment", "holder"), [("at first", "A"), ("at last", "A"), ("at finding", "B")])
@pytest.mark.parametrize(("rules", "log"), [(ASKED, LOG), (EVERY_MONTH, [])])
def test_who_held_the_post_on_the_day_answers_for_it(say: Any, rules: str, log: list[Any], moment: str, holder: str) -> None:
    """A breach of 28 February belongs to that day; only the finding is of 1 March."""
    found = say(rules % moment, log, at="2026-03-02T09:00", tenures=HAND_OVER)
    *breaches, reached = sorted(found, key=lambda f: f.kind is Kind.THRESHOLD)
    assert [[a.holder for a in breach.answers] for breach in breaches] == [["A"], ["A"]]
    assert [a.holder for a in reached.answers] == [holder]


@pytest.mark.parametrize(("moment", "holder"), [("at trigger", "A"), ("at finding", "B")])
def test_what_is_proposed_on_a_breach_is_on_whom_it_was_a_breach_of(say: Any, moment: str, holder: str) -> None:
    """It is proposed at the 00:00 at which the successor begins."""
    rules = ASKED % "at last" + f"""\
  - {{effect: talk, source: law, when: breach of asked to do, bearer: unit, propose: a talk, on: head {moment},
     answers: {{head: {moment}}}}}
  - {{prohibition: let lie, source: law, when: breach of asked to do, bearer: unit, answers: {{head: {moment}}}}}
"""
    found = say(rules, LOG[1:], at="2026-03-02T09:00", tenures=HAND_OVER)
    assert [f.holder for f in found if f.rule == "talk"] == [holder]
    assert [a.holder for f in found if f.rule in ("talk", "let lie") for a in f.answers] == [holder] * 2


def test_a_due_at_an_instant_is_its_own(say: Any) -> None:
    """What is due at 00:00, to the instant, is due on the day that begins."""
    rules = ASKED.replace("3 days", "72h") % "at last"
    log = [("a", "asked", "2026-02-26T00:00"), ("b", "asked", "2026-02-26T00:00", {"case": "c2"})]
    assert {a.holder for f in say(rules, log, at="2026-03-02T09:00", tenures=HAND_OVER) for a in f.answers} == {"B"}
