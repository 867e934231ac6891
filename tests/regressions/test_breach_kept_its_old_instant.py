"""What follows from a breach stood where it had been first, when it became known late that the limit had been another one."""

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
  urged: {case: case}
rules:
  - duty: answer
    source: law
    when: asked
    bearer: unit
    must: answered
    same: case
    within: [{where: any urged of the same case, limit: 2h}, {otherwise: 10h}]
  - {effect: card, source: law, when: breach of answer, propose: yellow card}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def told(id: str, type_: str, hour: int, recorded: int, case: str = "1", **fields: object) -> Event:
    return Event(id=id, source="s", type=type_, occurred_at=START + timedelta(hours=hour), fields={"case": case, **fields},
                 recorded_at=START + timedelta(hours=recorded))


def test_what_follows_from_a_breach_moves_with_it() -> None:
    events = [told("2", "asked", 1, 1, unit="u"), told("3", "answered", 20, 20, case="2"), told("1", "urged", 0, 21)]
    policy, organisation = read_rules_text(RULES), Organisation.empty()
    monitor = Monitor(policy, organisation)
    changes = [monitor.observe(event) for event in events]
    assert [one.since.hour for one in changes[1].raised] == [11, 11]
    assert [after.since.hour for _, after in changes[2].revised] == [3, 3]
    assert monitor.judgement().findings == judge(policy, organisation, events, at=monitor.clock).findings
