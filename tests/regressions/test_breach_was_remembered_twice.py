"""A restored monitor noted a breach once as it was missed and once as it was done late; when it was gone, one of them was left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accountability.event import Event, EventRef
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
  rated: {case: case, unit: unit}
rules:
  - {duty: answer, source: law, when: asked, bearer: unit, must: answered, same: case, within: 2h}
  - {effect: note, source: law, when: discharge of answer, propose: note}
  - {effect: praise, source: law, when: rated, bearer: unit, where: no breach of answer of the same unit, propose: praise}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def told(id: str, type_: str, hour: int, retracts: str | None = None) -> Event:
    at = START + timedelta(hours=hour)
    fields = {"case": "1", "unit": "u"} if type_ != "answered" else {"case": "1"}
    return Event(id=id, source="s", type=type_, occurred_at=at, recorded_at=at, fields=fields,
                 retracts=None if retracts is None else EventRef("s", retracts))


def test_a_breach_that_is_gone_is_not_known_any_more() -> None:
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation)
    events = [told("1", "asked", 0), told("2", "answered", 5), told("3", "rated", 6), told("4", "asked", 7, retracts="1")]
    for event in events[:3]:
        monitor.observe(event)
    restored = Monitor.restore(monitor.snapshot(), policy, organisation)
    changes = restored.observe(events[3])
    assert [one.rule for one in changes.raised] == ["praise"]
    assert restored.judgement() == judge(policy, organisation, events, at=restored.clock)
