"""The nearest miss may lie in a field of the last event that a condition asks about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accountability import Intake, Organisation
from accountability.explanation import why_not
from accountability.explanation.changes import How
from accountability.policy.pack import read_rules_text

RULES = """\
pack: last
timezone: UTC
sources: {{law: A law}}
responsibility: {{head: {{roles: [head]}}}}
vocabulary:
  survey.made: {{hazard: hazard from subject, size: number, grade: [minor, major], closed: yes or no}}
  fire.broke_out: {{hazard: hazard from subject, unit: unit}}
rules:
  - prohibition: fire
    source: law
    when: fire.broke_out
    where: {where}
    bearer: unit
    answers: {{head: at trigger}}
"""
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("where", "field", "value"), [
    ("size of last survey.made of the same hazard >= 5", "size", 5),
    ("grade of last survey.made of the same hazard is major", "grade", "major"),
    ("not closed of last survey.made of the same hazard", "closed", False),
])
def test_a_field_of_the_last_event_would_flip_it(where: str, field: str, value: object) -> None:
    policy = read_rules_text(RULES.format(where=where))
    data = {"size": 2, "grade": "minor", "closed": True, "unit": "a"}
    log = [Intake(policy.vocabulary).one({
        "specversion": "1.0", "source": "/log", "id": kind, "type": kind, "subject": "hazard/1",
        "time": (START + timedelta(days=n)).isoformat(), "data": data}) for n, kind in enumerate(("survey.made", "fire.broke_out"))]
    found = why_not(policy, Organisation.empty(), log, "fire", "hazard/1", at=START + timedelta(days=9))
    assert found.flip is not None
    change = found.flip.change
    assert (change.how, change.field) == (How.FIELD, field)
    assert change.event is log[0]
    assert change.into is not None
    assert change.into.fields[field] == value
