"""What follows at one instant is told apart by numbers here and by words there; putting both in one order failed."""

from __future__ import annotations

from datetime import UTC, datetime

from accountability.event import following


def test_numbers_words_and_places_can_be_put_in_one_order() -> None:
    event = (datetime(2026, 3, 2, tzinfo=UTC), 0, (0, 1, "desk", "e1"))
    parts = [("case/1", "decision"), (3, "case/1"), (3, event), (2,), ()]
    ordered = sorted(following(event, *one) for one in parts)
    assert ordered == [following(event, *one) for one in [(), (2,), (3, "case/1"), (3, event), ("case/1", "decision")]]
