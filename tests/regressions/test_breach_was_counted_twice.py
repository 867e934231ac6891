"""An obligation that a horizon left open lost the fact of its breach when its cell was folded again, and it counted twice."""

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
rules:
  - {duty: answer, source: law, when: asked, bearer: unit, must: answered, same: case, within: 2h}
  - {threshold: slow, source: law, count: breach of answer, per: unit, within: 3h rolling by instants, reaches: 1, fires: each}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def told(id: str, type_: str, hour: int, recorded: int) -> Event:
    fields = {"case": "1", "unit": "u"} if type_ == "asked" else {"case": "1"}
    return Event(id=id, source="s", type=type_, occurred_at=START + timedelta(hours=hour), fields=fields,
                 recorded_at=START + timedelta(hours=recorded))


def test_a_breach_is_counted_once_however_often_its_cell_is_folded() -> None:
    events = [told("1", "asked", 0, 0), told("3", "asked", 3, 3), told("2", "answered", 3, 4)]
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation, horizon=timedelta(hours=2))
    for event in events:
        monitor.observe(event)
        monitor.let_go()
    assert monitor.judgement().counts == judge(policy, organisation, events, at=monitor.clock).counts
