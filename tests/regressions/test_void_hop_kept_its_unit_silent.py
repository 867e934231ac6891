"""A unit that had nobody to report to owed nothing for what it learned once there was somebody."""

from __future__ import annotations

from datetime import UTC, datetime

from accountability.engine.replay import replay
from accountability.event import Event
from accountability.organisation import Organisation, Unit
from accountability.policy.pack import read_rules_text
from accountability.semantics import judge

RULES = """\
pack: reports
timezone: UTC
sources: {law: A law}
vocabulary:
  learned: {incident: incident from subject, unit: unit}
  sent: {incident: incident from subject, from: unit, to: unit}
rules:
  - {reporting: reports, source: law, when: learned, bearer: unit, same: incident, sent by: sent, from: from, to: to,
     first within: 1h, each within: 1h, levels: [county], up to: county}
"""
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)


def test_what_is_learned_after_a_void_hop_opens_the_next() -> None:
    policy = read_rules_text(RULES)
    organisation = Organisation.of([
        Unit("town", "Town", "town", until=FEBRUARY), Unit("town", "Town", "town", parent="county", since=FEBRUARY),
        Unit("county", "County", "county")])
    learned = [datetime(2026, 1, 30, 10, tzinfo=UTC), datetime(2026, 2, 3, 10, tzinfo=UTC)]
    events = [Event(id=str(n), source="s", type="learned", occurred_at=at, recorded_at=at, fields={"incident": "1", "unit": "town"})
              for n, at in enumerate(learned)]
    judgement = judge(policy, organisation, events, at=datetime(2026, 2, 4, tzinfo=UTC), report_all=True)
    assert replay(policy, organisation, events, at=datetime(2026, 2, 4, tzinfo=UTC), report_all=True) == judgement
    assert [f.status for f in judgement.findings] == ["void", "missed"]


def test_what_comes_to_a_unit_in_two_ways_opens_one_void_hop() -> None:
    """A report may be a trigger, too. What it opened it opened twice under one identity, and the two were counted differently."""
    policy = read_rules_text(RULES.replace("when: learned, bearer: unit,", "when: sent, bearer: unit/town,"))
    organisation = Organisation.of([Unit("town", "Town", "town"), Unit("station", "Station", "station", parent="town")])
    at = datetime(2026, 1, 30, 10, tzinfo=UTC)
    sent = Event(id="1", source="s", type="sent", occurred_at=at, recorded_at=at,
                 fields={"incident": "1", "from": "station", "to": "town"})
    judgement = judge(policy, organisation, [sent], at=at, report_all=True)
    assert replay(policy, organisation, [sent], at=at, report_all=True) == judgement
    assert [f.status for f in judgement.findings] == ["void"]
