"""A change told beforehand: what came in at its instant was counted twice, and that it had no effect nobody was told."""

from __future__ import annotations

from datetime import datetime

from accountability import Intake, Organisation, judge
from accountability.event import Event
from accountability.monitor import Monitor
from accountability.organisation import Post, Tenure, Unit
from accountability.policy.pack import read_rules_text

POLICY = read_rules_text("""\
pack: twice
timezone: UTC
sources: {law: A law}
vocabulary: {fault: {case: case from subject, unit: unit}}
rules:
  - {threshold: two, source: law, count: fault, per: unit, within: 1 day rolling by instants, reaches: 2, fires: each}
""")
START = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
OFFICE = Organisation.of([Unit("u1", "Town", "town")], [Post("u1/head", "u1", "head")], [Tenure("u1/head", "A", START)])


def event(name: str, type_: str, at: str, recorded: str, **data: object) -> Event:
    day = "2026-03-02T{}:00Z"
    return Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "source": "desk", "id": name, "type": type_, "subject": "case/1" if type_ == "fault" else None,
        "time": day.format(at), "recordedtime": day.format(recorded), "data": data})


FAULT = event("f", "fault", "09:00", "09:00", unit="u1")


def told_beforehand(holder: str) -> Event:
    return event("o", "organisation.tenure_ended", "08:00", "05:00", post="u1/head", holder=holder)


def test_one_fault_is_one_fault() -> None:
    monitor = Monitor(POLICY, OFFICE)
    changes = [monitor.observe(one) for one in (told_beforehand("A"), FAULT)]
    assert [change.raised for change in changes] == [(), ()]
    assert monitor.judgement().counts == judge(POLICY, OFFICE, [told_beforehand("A"), FAULT], at=monitor.clock).counts


def test_that_a_change_has_no_effect_is_told_when_its_instant_has_come() -> None:
    by_event, by_clock = Monitor(POLICY, OFFICE), Monitor(POLICY, OFFICE)
    assert by_event.observe(told_beforehand("Z")).refused == by_clock.observe(told_beforehand("Z")).refused == ()
    for changes in (by_event.observe(FAULT), by_clock.advance(FAULT.occurred_at)):
        assert [(refusal.event.id, refusal.check) for refusal in changes.refused] == [("o", "no-change")]
    assert by_event.advance(FAULT.occurred_at).refused == ()
