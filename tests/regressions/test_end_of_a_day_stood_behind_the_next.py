"""A breach of a due that ends a day stood behind what happened at the 00:00 after it, though it belongs to the day before."""

from __future__ import annotations

from typing import Any

import pytest

REPLY = "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}\n"
MONTHS = """\
  - {threshold: months, source: law, count: [breach of reply, fault], per: unit, in a row: calendar month, reaches: 3,
     fires: rising}
"""
RISING = """\
  - {threshold: twice, source: law, count: [breach of reply, fault], per: unit, within: calendar month, reaches: 2, fires: rising}
"""
CARD = """\
  - {effect: card, source: law, when: breach of reply, bearer: unit, about: unit, propose: card,
     decided by: decided, same: unit, standing: {term: 1 year}}
"""
MIDNIGHT = ["2027-01-01T00:00:00", "2027-01-01T00:00:01"]


def asked(*days: str) -> list[tuple[str, str, str, dict[str, object]]]:
    return [(f"a{n}", "asked", f"{day}T09:00", {"case": f"c{n}"}) for n, day in enumerate(days)]


@pytest.mark.parametrize("at", MIDNIGHT)
def test_a_row_of_months_goes_on_at_the_first_instant_of_the_next(say: Any, at: str) -> None:
    """November, December – missed with the end of the 31st – and January."""
    log = [*asked("2026-11-10", "2026-12-30"), ("f", "fault", at)]
    assert [f.rule for f in say(REPLY + MONTHS, log, "2027-01-02T00:00") if f.rule == "months"] == ["months"]


@pytest.mark.parametrize("at", MIDNIGHT)
def test_what_has_been_reached_is_not_reached_anew(say: Any, at: str) -> None:
    """Twice in December; the third of December is no second beginning, whatever happens as January begins."""
    log = [*asked("2026-12-10", "2026-12-12", "2026-12-30"), ("f", "fault", at)]
    found = [f.since.isoformat()[:10] for f in say(REPLY + RISING, log, "2027-01-02T00:00") if f.rule == "twice"]
    assert found == ["2026-12-14"]


@pytest.mark.parametrize("at", MIDNIGHT)
def test_what_is_decided_as_the_next_day_begins_disposes_of_it(say: Any, at: str) -> None:
    log = [*asked("2026-12-30"), ("d", "decided", at)]
    assert [f.status for f in say(REPLY + CARD, log, "2027-01-02T00:00") if f.rule == "card"] == ["decided", "in force"]
