"""A gate with nothing under `requires` was read, and let every step pass; so were a duty due on no day and a ladder of no rungs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accountability.errors import RuleFileError
from accountability.policy.model import Policy

GATE = "  - {gate: g, source: law, when: asked, about: case, requires: {small: size < 2}}\n"
BARRED = "  - {gate: g, source: law, when: asked, about: case, barred: {from: award, who: unit}}\n"
DECIDED = "  - {effect: e, source: law, when: decided, bearer: unit, requires: {one: unit is u1}, standing: {term: 1 year}}\n"
ONCE = "  - {duty: d, source: law, effective: {from: 2026-01-01}, once by: [2026-03-31], each: unit, must: done, same: unit}\n"
LADDER = """\
  - ladder: l
    source: law
    same: case
    decided in: unit/u1
    decide within: 3 days
    rungs: [{rung: r, when: fault, propose: talk, decided by: decided, standing: {term: 1 year}}]
"""
CARD = """\
  - scorecard: s
    source: law
    effective: {from: 2026-01-01}
    each: unit
    over: calendar year
    items: {a: {of: fault, points: -1}}
    grades: [{grade: good, from: 0}, {otherwise: bad}]
"""
HELD = [(GATE, "requires", "{small: size < 2}"), (BARRED, "from", "award"), (BARRED, "who", "unit"),
        (DECIDED, "requires", "{one: unit is u1}"),
        (ONCE, "once by", "[2026-03-31]"), (CARD, "items", "{a: {of: fault, points: -1}}"),
        (LADDER, "rungs", "[{rung: r, when: fault, propose: talk, decided by: decided, standing: {term: 1 year}}]")]


@pytest.mark.parametrize("empty", ["{}", "[]", ""])
@pytest.mark.parametrize(("rules", "key", "held"), HELD)
def test_what_asks_for_nothing_is_refused(policy: Callable[..., Policy], rules: str, key: str, held: str, empty: str) -> None:
    """With what it holds it is read; with nothing in it, it is refused where it stands."""
    assert policy(rules).rules
    with pytest.raises(RuleFileError) as refused:
        policy(rules.replace(f"{key}: {held}", f"{key}: {empty}"))
    # One rung alone need not be a list, so `{}` is a rung that lacks everything.
    wanted = "a rung of `l` lacks `rung`" if (key, empty) == ("rungs", "{}") else f"`{key}` is empty"
    assert wanted in str(refused.value)


def test_a_period_of_no_days_is_refused(policy: Callable[..., Policy]) -> None:
    """It would never begin."""
    with pytest.raises(RuleFileError, match="`dates` is empty"):
        policy("  - {duty: d, source: law, when: asked, bearer: unit, must: done, same: case, within: 3 days,"
               " during p: {within: 1 day}}\nperiods:\n  p: {dates: []}\n")
