"""What a gate or a decided effect said of the end of a day counted for the next, and so did a due at a closing time of 24:00."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accountability.organisation import Tenure

BREACH = "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}\n"
GATE = """\
  - {gate: step, source: law, when: breach of reply, bearer: unit, requires: {large: size > 3}, breach: {severity: ordinary},
     report: all, answers: {head: at trigger}}
"""
VETO = """\
  - {effect: veto, source: law, when: breach of reply, bearer: unit, about: unit, same: unit, standing: {term: 1 year},
     on: [unit, head at trigger], answers: {head: at trigger}}
"""
TWICE = "  - {threshold: twice, source: law, count: COUNTED, per: unit, within: calendar year, reaches: 2, fires: each}\n"
MARKS = """\
  - {scorecard: marks, source: law, effective: {from: 2026-01-01}, each: unit, over: calendar year, start: 100,
     items: {late: {of: breach of reply, points: -1}}, grades: [otherwise: good],
     overridden: [{grade: vetoed, by: standing of veto, same: unit}]}
"""
TURN = datetime(2027, 1, 1, tzinfo=UTC)
HAND_OVER = [Tenure("u1/head", "Li", datetime(2020, 1, 1, tzinfo=UTC), TURN), Tenure("u1/head", "Wu", TURN)]


def asked(*days: str) -> list[tuple[str, str, str, dict[str, object]]]:
    return [(f"a{n}", "asked", f"{day}T09:00", {"case": f"c{n}", "size": 1}) for n, day in enumerate(days)]


@pytest.mark.parametrize(("rule", "counted"), [(GATE, "refused of step"), (VETO, "standing of veto")])
def test_it_counts_for_the_year_that_ends(say: Any, rule: str, counted: str) -> None:
    """Asked for on the 30th, and missed at 24:00 of the 31st."""
    rules = BREACH + rule + TWICE.replace("COUNTED", counted)
    found = {days: [f for f in say(rules, asked(*days), "2027-01-20T00:00") if f.rule == "twice"]
             for days in (("2026-12-10", "2026-12-30"), ("2026-12-30", "2027-01-10"))}
    assert [[f.since.date() for f in one] for one in found.values()] == [[date(2027, 1, 1)], []]


@pytest.mark.parametrize("rule", [GATE, VETO])
def test_whoever_held_the_post_on_that_day_answers(say: Any, rule: str) -> None:
    found = [f for f in say(BREACH + rule, asked("2026-12-30"), "2027-01-02T00:00", tenures=HAND_OVER) if f.rule != "reply"]
    assert found
    assert {a.holder for f in found for a in f.answers} == {"Li"}
    assert {f.holder for f in found} <= {"Li", None}


def test_a_grade_is_overridden_in_the_year_of_the_day(say: Any) -> None:
    found = say(BREACH + VETO + MARKS, asked("2026-12-30"), "2028-01-01T00:00")
    grades = {f.since.year - 1: dict(f.details)["grade"] for f in found if f.rule == "marks" and f.unit == "u1"}
    assert grades == {2026: "vetoed", 2027: "good"}


def test_a_closing_time_of_24_00_ends_the_day(say: Any) -> None:
    """Until close of business is until the end of the day then, as it is without."""
    hours = "within: 1 day, business hours: {from: 09:00, to: 24:00}, until close of business: yes, answers: {head: at due}"
    found = say(BREACH.replace("within: 1 day", hours), [("a", "asked", "2026-12-30T09:00")], "2027-01-01T00:00", tenures=HAND_OVER)
    assert [(f.status, f.due_date, [a.holder for a in f.answers]) for f in found] == [("missed", date(2026, 12, 31), ["Li"])]
    paused = hours + ", pauses: {from: fault, to: decided}"
    log = [("a", "asked", "2026-12-30T09:00"), ("f", "fault", "2026-12-30T10:00"), ("e", "decided", "2026-12-31T10:00")]
    found = say(BREACH.replace("within: 1 day", paused), log, "2027-01-01T12:00")
    assert [(f.status, f.due_date) for f in found] == [("open", date(2027, 1, 1))]
