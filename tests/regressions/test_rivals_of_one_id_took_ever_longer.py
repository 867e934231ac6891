"""Every further event under an id that others used before had all of them compared with all: 400 took most of a minute."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from accountability.event import Event
from accountability.timeline import Timeline, effective

DAY = datetime(2026, 3, 2, tzinfo=UTC)
MANY = 2000
LOG = [Event(id="e1", source="/test", type="request.received", occurred_at=then, recorded_at=then)
       for then in (DAY + timedelta(seconds=n) for n in range(MANY))]


@pytest.mark.parametrize("order", ["as recorded", "backwards", "any"])
def test_each_rival_costs_no_more_than_the_one_before(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = {"as recorded": LOG, "backwards": LOG[::-1], "any": random.Random(1).sample(LOG, MANY)}[order]
    expected = effective(LOG, known_at=DAY + timedelta(days=1), at=DAY + timedelta(days=1))
    looked, content = Counter[str](), Event.content

    def counted(event: Event) -> tuple[object, ...]:
        looked["content"] += 1
        return content(event)

    monkeypatch.setattr(Event, "content", counted)
    timeline = Timeline()
    refused = sum(len(timeline.add(event).refused) for event in log)
    assert looked["content"] < 40 * MANY
    monkeypatch.undo()
    assert refused == MANY - 1
    assert timeline.history() == expected


def test_a_whole_log_looks_at_each_rival_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, content = Counter[str](), Event.content

    def counted(event: Event) -> tuple[object, ...]:
        looked["content"] += 1
        return content(event)

    monkeypatch.setattr(Event, "content", counted)
    effective(LOG, known_at=DAY + timedelta(days=1), at=DAY + timedelta(days=1))
    assert looked["content"] < 10 * MANY
