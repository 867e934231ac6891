"""Why a case was answered late was explained by the event `e1`, where the duty began with `e1 x`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from accountability.explanation.acts import search_of
from accountability.intake import Intake
from accountability.organisation import Organisation
from accountability.policy.model import Policy
from accountability.semantics import conclude

DUTY = "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 2h}\n"
EFFECT = ("  - {effect: warning, source: law, when: asked, propose: a warning, on: unit, decided by: decided, same: case,"
          " standing: {term: 1 month}}\n")


@pytest.mark.parametrize("rules", [DUTY, EFFECT])
def test_each_finding_is_explained_by_its_own_event(policy: Callable[..., Policy], rules: str) -> None:
    read = policy(rules)
    events = [Intake(read.vocabulary).one({
        "specversion": "1.0", "id": name, "source": "desk", "type": "asked", "subject": f"case/{case}",
        "time": f"2026-03-02T0{n}:00:00Z", "data": {"unit": "u1"}})
        for n, (name, case) in enumerate([("e1", "c1"), ("e1 x", "c2")])]
    known, found = conclude(read, Organisation.empty(), events, at=datetime(2026, 4, 1, tzinfo=UTC))
    searches = [(finding, search_of(read.rules[0], finding, known)) for finding in found]
    assert [(finding.trigger, search.trigger.key) for finding, search in searches if search is not None] == [
        ("desk#e1", "desk#e1"), ("desk#e1 x", "desk#e1 x")]
