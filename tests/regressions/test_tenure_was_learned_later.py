"""Who held a post may become known after the finding that names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accountability.event import Event
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Post, Tenure, Unit
from accountability.policy.model import Policy

RULES = (
    "  - {prohibition: fault, source: law, when: fault, bearer: unit, answers: {head: at finding}}\n"
    "  - {effect: card, source: law, when: fault, propose: yellow card, on: head at trigger}\n"
)
TENURE = Tenure("u1/head", "A", datetime(2020, 1, 1, tzinfo=UTC), recorded=datetime(2026, 3, 5, tzinfo=UTC))


def test_a_proposal_names_whom_the_organisation_knows_by_now(say: Any) -> None:
    """The monitor went on naming nobody."""
    found = say(RULES, [("f", "fault", "2026-03-02T09:00")], "2026-03-09T00:00", tenures=[TENURE])
    assert [(f.rule, f.holder or f.answers[0].holder) for f in found] == [("card", "A"), ("fault", "A")]


def test_the_monitor_tells_that_it_now_knows(policy: Callable[..., Policy]) -> None:
    """Its findings changed and no change was told."""
    read = policy(RULES)
    monitor = Monitor(read, Organisation.of([Unit("u1", "Town 1", "town")], [Post("u1/head", "u1", "head")], [TENURE]))
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    monitor.observe(Event(id="f", source="desk", type="fault", occurred_at=at, recorded_at=at, fields={"case": "c1", "unit": "u1"}))
    revised = monitor.advance(TENURE.recorded or at).revised
    assert [(before.rule, now.holder or now.answers[0].holder) for before, now in revised] == [("fault", "A"), ("card", "A")]
