"""What was decided on a rung of a ladder can be quashed or ended early, and what hung on it comes back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accountability import Intake, Organisation, eligible, judge
from accountability.conclusion import Judgement
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.organisation import Post, Tenure, Unit
from accountability.policy.pack import read_rules_text

ZONE = ZoneInfo("Asia/Shanghai")
POLICY = read_rules_text("""\
pack: rungs
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  fault.found: {unit: unit from subject}
  body.decided: {unit: unit from subject}
  appeal.decided: {unit: unit from subject, upheld: yes or no}
  measure.lifted: {unit: unit from subject}
  award.proposed: {award: award from subject, unit: unit, holder: office-holder}
rules:
  - ladder: faults
    source: law
    bearer: unit
    same: unit
    decided in: unit/county
    decide within: 15 days
    answers: {head: at due}
    quashed by: {when: appeal.decided, provided: upheld}
    ended by: {when: measure.lifted}
    rungs:
      - {rung: talk, when: fault.found, propose: talk, on: [unit, head at trigger], decided by: body.decided,
         standing: {term: 1 year, bars: award}}
      - {rung: listing, when: fault.found, after: talk, propose: listing, decided by: body.decided, standing: {term: 1 year}}
  - gate: award
    source: law
    when: award.proposed
    barred: {from: award, who: [unit, holder]}
""")
OFFICE = Organisation.of([Unit("town", "Town", "town")], [Post("town/head", "town", "head", 1)],
                         [Tenure("town/head", "A", datetime(2026, 1, 1, tzinfo=ZONE))])
LOG = [("fault.found", "unit/town", "02-01"), ("body.decided", "unit/town", "02-10"), ("award.proposed", "award/1", "02-20"),
       ("fault.found", "unit/town", "03-01")]


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(tzinfo=ZONE)


def judged(*more: tuple[str, str, str], when: str = "06-01") -> Judgement:
    """The log with *more*, judged, and the same by replay."""
    intake = Intake(POLICY.vocabulary)
    data = {"upheld": True, "unit": "town", "holder": "A"}
    events: list[Event] = [
        intake.one({"specversion": "1.0", "source": "/log", "id": str(n), "type": kind, "subject": subject,
                    "time": at(day).isoformat(), "data": data if kind in ("appeal.decided", "award.proposed") else {}})
        for n, (kind, subject, day) in enumerate((*LOG, *more))]
    found = judge(POLICY, OFFICE, events, at=at(when))
    assert replay(POLICY, OFFICE, events, at=at(when)).findings == found.findings
    return found


def states(found: Judgement, rule: str) -> list[str]:
    return [str(f.status) for f in found.of(rule) if f.kind != "proposal"]


APPEAL = ("appeal.decided", "unit/town", "04-01")


def test_while_it_stands_it_bars_the_unit_and_its_holder_and_the_next_rung_is_proposed() -> None:
    found = judged()
    assert states(found, "faults / talk") == ["in force", "in force"]
    assert [f.status for f in found.of("award")] == ["refused"]
    assert [f.status for f in found.of("faults / listing")] == ["proposed"]
    assert not eligible(POLICY, found, "office-holder/A", "award")


def test_quashed_it_is_as_if_it_had_never_been_and_what_it_barred_is_reconsidered() -> None:
    found = judged(APPEAL)
    assert states(found, "faults / talk") == ["quashed", "quashed"]
    assert [f.status for f in found.of("award")] == ["reconsider"]
    assert found.of("faults / listing") == ()
    assert [p.status for p in found.of("faults / talk") if p.kind == "proposal" and p.since < at("03-01")] == ["decided"] * 2
    assert eligible(POLICY, found, "office-holder/A", "award")
    assert eligible(POLICY, found, "unit/town", "award")


def test_ended_early_it_stood_until_then() -> None:
    found = judged(("measure.lifted", "unit/town", "02-15"))
    assert states(found, "faults / talk") == ["ended", "ended"]
    assert [f.ends for f in found.of("faults / talk") if f.ends] == [at("02-15")] * 2
    assert [f.status for f in found.of("faults / listing")] == ["proposed"]
    assert found.of("award") == ()


@pytest.mark.parametrize(("decided", "others"), [("05-01", "in force"), ("03-10", "in force")])
def test_an_appeal_quashes_what_was_decided_last_before_it(decided: str, others: str) -> None:
    found = judged(("body.decided", "unit/town", decided), APPEAL)
    stand = [f for f in found.of("faults / talk") if f.kind == "standing"]
    last = max(f.since for f in stand if f.since < at("04-01"))
    assert {f.since for f in stand if f.status == "quashed"} == {last}
    assert {str(f.status) for f in stand if f.since != last} == {others}
