"""An item of a scorecard called `grade vetoed` was taken for what overrides with the grade `vetoed`."""

from __future__ import annotations

from typing import Any

CARD = """\
  - effect: veto
    source: law
    when: decided
    bearer: unit
    standing: {term: 1 year}
  - scorecard: month
    source: law
    effective: {from: 2026-01-01, until: 2026-02-01}
    each: unit/u1
    over: calendar month
    items: {grade vetoed: {of: fault, points: -1}}
    grades: [{grade: good, from: -1}, {otherwise: bad}]
    overridden: [{grade: vetoed, by: standing of veto, same: unit}]
"""


def test_what_counts_for_an_item_overrides_nothing(say: Any) -> None:
    """The name of an item is free."""
    [score] = say(CARD, [("e1", "fault", "2026-01-02T09:00")], at="2026-02-20T09:00")
    assert score.detail("grade") == "good"
