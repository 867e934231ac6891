"""What had been found of a unit stood on, for whoever reads the changes, when the organisation became another one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accountability.event import Event
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Unit
from accountability.policy.pack import read_rules_text

RULES = """\
pack: rounds
timezone: UTC
sources: {law: A law}
vocabulary:
  inspected: {unit: unit}
  closed: {day: date}
rules:
  - {duty: inspect, source: law, each: unit, bearer: unit, must: inspected, same: unit, no gap over: 2 days,
     effective: {from: 2026-01-01, until: 2026-01-10}}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def told(id: str, type_: str, day: int, recorded: int, **fields: object) -> Event:
    return Event(id=id, source="s", type=type_, occurred_at=START + timedelta(days=day), fields=fields,
                 recorded_at=START + timedelta(days=recorded))


def test_a_unit_that_had_ended_owes_nothing_any_more() -> None:
    organisation = Organisation.of(units=[Unit(one, one, "town") for one in "ab"])
    monitor = Monitor(read_rules_text(RULES), organisation)
    raised = monitor.observe(told("1", "closed", 20, 20)).raised
    assert sorted(one.subject for one in raised) == ["unit/a", "unit/b"]
    changes = monitor.observe(told("2", "organisation.unit_ended", -1, 21, unit="a"))
    assert [one.subject for one in changes.withdrawn] == ["unit/a"]
    assert [one.subject for one in monitor.judgement().findings] == ["unit/b"]


def test_so_does_one_that_was_learned_to_have_ended_as_another_changes() -> None:
    """Both become known by one event: first what the files record late, and then what it says itself."""
    learned = Unit("a", "a", "town", until=START - timedelta(days=1), recorded=START + timedelta(days=21))
    organisation = Organisation.of(units=[learned, *(Unit(one, one, "town") for one in "abc")])
    monitor = Monitor(read_rules_text(RULES.replace("each: unit,", "each: unit, where: level of unit is town,")), organisation)
    assert len(monitor.observe(told("1", "closed", 20, 20)).raised) == 3
    changes = monitor.observe(told("2", "organisation.unit_ended", -1, 22, unit="c"))
    assert sorted(one.subject for one in changes.withdrawn) == ["unit/a", "unit/c"]
