"""A report that was due by the end of a day counted, once it was missed, for the day after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
     first within: 1 day, each within: 1 day, levels: [county], up to: county}
  - {threshold: often, source: law, count: breach of reports, per: unit, within: calendar year, reaches: 2, fires: each}
  - scorecard: year
    source: law
    effective: {from: 2025-01-01}
    each: unit/town
    over: calendar year
    items: {missed: {of: breach of reports, points: -1}}
    grades: [{otherwise: any}]
"""


def test_what_was_due_on_the_last_day_of_a_year_counts_for_it() -> None:
    policy = read_rules_text(RULES)
    organisation = Organisation.of([Unit("town", "Town", "town", parent="county"), Unit("county", "County", "county")])
    learned = [datetime(2025, 12, 30, 10, tzinfo=UTC) - timedelta(days=n) for n in (9, 0)]
    events = [Event(id=str(n), source="s", type="learned", occurred_at=at, recorded_at=at,
                    fields={"incident": str(n), "unit": "town"}) for n, at in enumerate(learned)]
    at = datetime(2026, 1, 2, tzinfo=UTC)
    judgement = judge(policy, organisation, events, at=at)
    assert replay(policy, organisation, events, at=at) == judgement
    assert [f.rule for f in judgement.findings if f.kind == "threshold"] == ["often"]
    assert [dict(f.details)["score"] for f in judgement.findings if f.rule == "year"] == [-2]
