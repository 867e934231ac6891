"""Bad conduct helps nobody, and how high or how often a case is raised counts for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import attrs
from hypothesis import event, given
from hypothesis import strategies as st

from accountability import Intake, Organisation, judge
from accountability.conclusion import Conclusion, Judgement, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.organisation import Unit
from accountability.policy.pack import read_rules_text

POLICY = read_rules_text("""\
pack: presence
timezone: Asia/Shanghai
effective: {from: 2026-01-01}
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit}
  post.reached: {case: case from subject}
  case.taken_over: {case: case from subject}
  conduct.upheld: {case: case from subject, unit: unit}
rules:
  - duty: presence
    source: law
    when: case.raised
    bearer: unit
    must: post.reached
    same: case
    provided: no conduct.upheld of the same case
    within: 4h
    again: ignore
  - {duty: hand-over, source: law, when: discharge of presence, bearer: unit, must: case.taken_over, same: case, within: 24h}
  - {prohibition: conduct, source: law, when: conduct.upheld, bearer: unit, breach: {severity: veto},
     answers: {head: at trigger}}
  - scorecard: year
    source: law
    each: unit
    over: calendar year
    start: 100
    items:
      handled: {of: discharge of hand-over, points: 0.5, at most: 5}
      not there: {of: breach of presence, points: -2}
      not handed over: {of: breach of hand-over, points: -2}
      conduct: {of: breach of conduct, points: -10}
    grades: [{grade: good, from: 95}, {grade: fair, from: 80}, {otherwise: poor}]
    ranks: yes
""")
GRADES = ("poor", "fair", "good")
OFFICE = Organisation.of([Unit("county", "County", "county"), Unit("a", "A", "town", "county"), Unit("b", "B", "town", "county")])
FIRST, END = datetime(2026, 1, 2, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
CASES, UNITS, HOURS = st.sampled_from(["1", "2", "3", "4"]), st.sampled_from(["a", "b"]), st.integers(0, 200)
COUNTED = {Status.BREACH, Status.LATE, Status.MISSED}


def said(kind: str, case: str, hours: float, name: str, **data: str) -> Event:
    time = (FIRST + timedelta(hours=hours)).isoformat()
    return Intake(POLICY.vocabulary).one({"specversion": "1.0", "id": f"{kind} {name}", "source": "law", "type": kind,
                                          "subject": f"case/{case}", "time": time, "recordedtime": time, "data": data})


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Cases that are raised at a town, reached and taken over in time, late or never, some with misconduct."""
    found = []
    for case in draw(st.lists(CASES, unique=True, min_size=1)):
        at, unit = draw(HOURS), draw(UNITS)
        found.append(said("case.raised", case, at, case, unit=unit))
        for kind, most in (("post.reached", 6), ("case.taken_over", 36)):
            if draw(st.booleans()):
                at += draw(st.integers(1, most))
                found.append(said(kind, case, at, case))
        if draw(st.integers(0, 4)) == 0:
            found.append(said("conduct.upheld", case, draw(HOURS), case, unit=unit))
    return found


def judged(events: list[Event]) -> Judgement:
    meant = judge(POLICY, OFFICE, events, at=END)
    assert replay(POLICY, OFFICE, events, at=END) == meant
    return meant


def breaches(found: Judgement) -> list[Conclusion]:
    """What stands against a unit as a breach."""
    return [f for f in found.findings if f.status in COUNTED]


@given(histories(), CASES, HOURS)
def test_an_upheld_conduct_finding_improves_nothing_for_its_unit(events: list[Event], case: str, at: int) -> None:
    """One more upheld finding on its conduct lowers the score of a unit, and betters neither grade nor rank (SG7).

    It is a breach, and there are not fewer breaches than before: a hand-over is no longer owed where nobody counts as present, but
    then the presence is missed.
    """
    unit = next((str(e.fields["unit"]) for e in events if e.type == "case.raised" and e.fields["case"] == case), "a")
    before, after = judged(events), judged([*events, said("conduct.upheld", case, at, "more", unit=unit)])
    one, other = (next(f for f in found.of("year") if f.unit == unit) for found in (before, after))
    score, rank = ([Fraction(str(f.detail(name))) for f in (one, other)] for name in ("score", "rank"))
    assert score[1] < score[0]
    assert rank[1] >= rank[0]
    assert GRADES.index(str(other.detail("grade"))) <= GRADES.index(str(one.detail("grade")))
    against = [sum(f.unit == unit for f in breaches(found)) for found in (before, after)]
    assert against[1] >= against[0]
    assert len(after.of("conduct")) == len(before.of("conduct")) + 1
    event(f"undid a presence: {len(after.of('presence')) > len(before.of('presence'))}")


@given(histories(), st.data())
def test_how_high_and_how_often_a_case_is_raised_changes_no_number_of_breaches(events: list[Event], data: st.DataObject) -> None:
    """A case raised with the county, or once more while nobody has come, gives as many breaches, of another unit (SG2, SG3)."""
    raised = data.draw(st.sampled_from([e for e in events if e.type == "case.raised"]))
    higher = attrs.evolve(raised, fields={**raised.fields, "unit": "county"})
    moved = judged([higher if e is raised else e for e in events])
    before = judged(events)
    assert len(breaches(moved)) == len(breaches(before))
    assert {(f.rule, f.subject, f.status) for f in breaches(moved)} == {(f.rule, f.subject, f.status) for f in breaches(before)}
    again = attrs.evolve(raised, id="once more", occurred_at=raised.occurred_at + timedelta(minutes=10),
                         recorded_at=raised.recorded_at + timedelta(minutes=10))
    assert breaches(judged([*events, again])) == breaches(before)
