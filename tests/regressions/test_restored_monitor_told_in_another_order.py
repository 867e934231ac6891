"""What a monitor lists stood in the order in which it had come in or arisen, which a restored one does not know."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from accountability.event import Event, EventRef
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy.pack import read_rules_text

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


def asked(id: str, hour: int, case: str, unit: str) -> Event:
    at = START + timedelta(hours=hour)
    return Event(id=id, source="s", type="asked", occurred_at=at, recorded_at=at, fields={"case": case, "unit": unit})


def test_what_is_let_go_is_told_in_one_order() -> None:
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation, horizon=timedelta(0))
    # Two obligations of one case have a cell, and the one that is alone has none; a snapshot puts those first.
    for event in (asked("1", 0, "1", "a"), asked("2", 0, "1", "a"), asked("3", 0, "2", "b")):
        monitor.observe(event)
    restored = Monitor.restore(monitor.snapshot(), policy, organisation)
    for one in (monitor, restored):
        one.observe(asked("4", 9, "3", "c"))
    gone = monitor.let_go().let_go
    assert [one.subject for one in gone] == ["unit/a", "unit/a", "unit/b"]
    assert restored.let_go().let_go == gone


def test_what_waits_is_listed_as_it_was_recorded() -> None:
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation)
    waiting = [Event(id=str(n), source=source, type="asked", occurred_at=START, recorded_at=START + timedelta(hours=n),
                     retracts=EventRef("s", "9"), fields={"case": "1", "unit": "a"}) for n, source in enumerate("sts")]
    for event in waiting:
        monitor.observe(event)
    assert monitor.waiting == tuple(waiting)
    assert Monitor.restore(monitor.snapshot(), policy, organisation).waiting == monitor.waiting


def test_a_snapshot_says_in_one_order_when_things_first_happened() -> None:
    gate = "  - {gate: close, source: law, when: asked, bearer: unit, requires: {answer: any answered of the same case}}\n"
    policy, organisation = read_rules_text(RULES + gate), Organisation.empty()
    monitor = Monitor(policy, organisation, horizon=timedelta(hours=3))
    for id, hour in (("1", 2), ("2", 1)):
        monitor.observe(Event(id=id, source="s", type="answered", occurred_at=START + timedelta(hours=hour),
                              recorded_at=START + timedelta(hours=2), fields={"case": id}))
    monitor.observe(asked("3", 9, "3", "a"))
    first = json.loads(monitor.snapshot().splitlines()[0])["first"]
    assert [value for _, _, value, _ in first] == ["1", "2"]
    assert json.loads(Monitor.restore(monitor.snapshot(), policy, organisation).snapshot().splitlines()[0])["first"] == first


def test_what_is_let_go_does_not_rest_on_what_arose_before_it() -> None:
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation, report_all=True, horizon=timedelta(hours=4))
    answered = Event(id="2", source="s", type="answered", occurred_at=START, recorded_at=START, fields={"case": "2"}, sequence=2)
    late = Event(id="1", source="s", type="asked", occurred_at=START, recorded_at=START + timedelta(hours=3), sequence=1,
                 fields={"case": "2", "unit": "a"})
    for event in (answered, asked("3", 3, "1", "a"), late):
        monitor.observe(event)
    restored = Monitor.restore(monitor.snapshot(), policy, organisation)
    for one in (monitor, restored):
        one.advance(START + timedelta(hours=6))
    gone = monitor.let_go().let_go
    assert [one.subject for one in gone] == ["case/2"]
    assert restored.let_go().let_go == gone
