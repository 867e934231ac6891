"""Of a standing on whoever holds the post now, the one was named who took over as it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accountability.organisation import Tenure

RULES = """\
  - {effect: watch, source: law, when: decided, bearer: unit, about: unit, same: unit,
     standing: {term: 3 days}, on: [head at now], follows: post}
"""
TURN = datetime(2026, 3, 6, tzinfo=UTC)
HAND_OVER = [Tenure("u1/head", "A", datetime(2020, 1, 1, tzinfo=UTC), TURN), Tenure("u1/head", "B", TURN)]


@pytest.mark.parametrize(("at", "holder"), [("2026-03-05T23:59", "A"), ("2026-03-06T00:00", "A"), ("2026-03-20T00:00", "A")])
def test_who_held_the_post_last_while_it_stood_is_named(say: Any, at: str, holder: str) -> None:
    """Decided on the 2nd, it ends with the 5th, as B takes over."""
    (found,) = say(RULES, [("d", "decided", "2026-03-02T09:00")], at, tenures=HAND_OVER)
    assert found.holder == holder
