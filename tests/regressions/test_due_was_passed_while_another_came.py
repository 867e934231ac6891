"""The clock moved past two instants at once: at the first, something came in under the key of what fell due at the second, which
then stayed open for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accountability.event import Event
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy.pack import read_rules_text
from accountability.semantics import judge

RULES = """\
pack: replies
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case, unit: unit}
  answered: {case: case}
  warned: {unit: unit}
  explained: {unit: unit}
rules:
  - {duty: answer, source: law, when: asked, bearer: unit, must: answered, same: case, within: 2h}
  - {duty: explain, source: law, when: warned or breach of answer, bearer: unit, must: explained, same: unit, within: 5h}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_falls_due_meanwhile_is_missed() -> None:
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation)
    events = [Event(id=type_, source="s", type=type_, occurred_at=START, recorded_at=START, fields=fields)
              for type_, fields in (("warned", {"unit": "u"}), ("asked", {"case": "1", "unit": "u"}))]
    for event in events:
        monitor.observe(event)
    monitor.advance(START + timedelta(hours=9))
    assert monitor.judgement() == judge(policy, organisation, events, at=monitor.clock)
