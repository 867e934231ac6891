"""A correction that names another case gave `revised` with two identities, so a ledger of changes kept the first for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from accountability import Event, Monitor, Organisation
from accountability.event import EventRef
from accountability.policy import read_rules_text

RULES = """\
pack: one
timezone: UTC
sources: {law: A law}
vocabulary:
  fault.upheld: {case: case from subject, unit: unit}
rules:
  - {prohibition: fault, source: law, when: fault.upheld, bearer: unit}
"""


def test_a_corrected_subject_withdraws_one_conclusion_and_raises_another() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    event = Event(id="e", source="desk", type="fault.upheld", occurred_at=at, recorded_at=at,
                  fields={"case": "c1", "unit": "office"})
    monitor = Monitor(read_rules_text(RULES), Organisation.empty())
    (raised,) = monitor.observe(event).raised
    changes = monitor.observe(attrs.evolve(event, id="k", fields={"case": "c2", "unit": "office"}, corrects=EventRef("desk", "e")))
    assert (changes.withdrawn, changes.revised) == ((raised,), ())
    assert [c.subject for c in changes.raised] == ["case/c2"]
