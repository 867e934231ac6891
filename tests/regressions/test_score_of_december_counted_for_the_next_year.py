"""A score, and what is proposed on a breach of a day's end, counted for the day after: that of December for the new year."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accountability.organisation import Tenure

BREACH = "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}\n"
CARD = "  - {effect: card, source: law, when: breach of reply, propose: card, on: unit, about: unit}\n"
SCORE = """\
  - {scorecard: marks, source: law, effective: {from: 2026-11-01}, each: unit, over: calendar PERIOD, start: 100,
     items: {late: {of: breach of reply, points: -1}}, grades: [otherwise: good]}
"""
YEAR = "  - {threshold: twice, source: law, count: COUNTED, per: unit, within: calendar year, reaches: 2, fires: each}\n"


def found(say: Any, rules: str, log: Any, at: str, rule: str, **how: Any) -> list[tuple[str, str]]:
    return [(c.unit, c.since.isoformat()[:10]) for c in say(rules, log, at, **how) if c.rule == rule and c.unit == "u1"]


def asked(*days: str) -> list[tuple[str, str, str, dict[str, object]]]:
    return [(f"a{n}", "asked", f"{day}T09:00", {"case": f"c{n}"}) for n, day in enumerate(days)]


def test_what_is_proposed_on_the_last_day_of_a_year_counts_for_it(say: Any) -> None:
    """Asked for on the 30th, missed at 24:00 of the 31st, proposed on then: with the one of 10 December two of that year."""
    rules = BREACH + CARD + YEAR.replace("COUNTED", "proposal of card")
    assert found(say, rules, asked("2026-12-10", "2026-12-30"), "2027-01-02T00:00", "twice") == [("u1", "2027-01-01")]
    assert found(say, rules, asked("2026-12-30", "2027-01-10"), "2027-01-20T00:00", "twice") == []


def test_the_score_of_december_counts_for_its_year(say: Any) -> None:
    rules = SCORE.replace("PERIOD", "month") + BREACH + YEAR.replace("COUNTED", "score of marks")
    assert found(say, rules, asked("2026-11-03"), "2027-02-02T00:00", "twice") == [("u1", "2027-01-01")]
    assert found(say, rules, asked("2026-11-03"), "2027-03-02T00:00", "twice") == [("u1", "2027-01-01"), ("u1", "2027-03-01")]


def test_whoever_held_the_post_in_the_year_answers_for_its_score_and_what_is_proposed_on_it(say: Any) -> None:
    """A new head takes over at the 00:00 at which the year ends."""
    rules = SCORE.replace("PERIOD", "year").replace("-11-", "-01-") + BREACH
    rules += ("  - {effect: praise, source: law, when: score of marks, bearer: unit, about: unit, propose: praise, "
              "on: head at trigger, once per: calendar year}\n")
    turn = datetime(2027, 1, 1, tzinfo=UTC)
    tenures = [Tenure("u1/head", "Li", datetime(2020, 1, 1, tzinfo=UTC), turn), Tenure("u1/head", "Wu", turn)]
    said = [c for c in say(rules, asked("2026-11-03"), "2027-01-02T00:00", tenures=tenures) if c.rule == "praise"]
    assert [c.holder for c in said if c.unit == "u1"] == ["Li"]
    for moment, holder in (("trigger", "Li"), ("finding", "Wu")):
        rules = (SCORE + BREACH).replace("PERIOD", "year").replace("-11-", "-01-")
        rules = rules.replace("start: 100", f"start: 100, answers: {{head: at {moment}}}")
        said = say(rules, asked("2026-11-03"), "2027-01-02T00:00", tenures=tenures)
        assert [a.holder for c in said if c.rule == "marks" and c.unit == "u1" for a in c.answers] == [holder]
