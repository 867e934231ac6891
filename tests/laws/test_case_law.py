"""Cases that are handled, and withdrawals that nobody confirmed, count for nothing (SG3, SG10): nobody gains by one case fewer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accountability import Intake, Organisation, judge
from accountability.conclusion import Judgement
from accountability.event import Event
from accountability.organisation import Post, Tenure, Unit
from accountability.policy.pack import read_rules_text

POLICY = read_rules_text("""\
pack: cases
timezone: Asia/Shanghai
effective: {from: 2026-01-01}
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject, unit: unit}
  case.withdrawn: {case: case from subject, confirmed: yes or no}
rules:
  - duty: reply
    source: law
    when: case.raised
    bearer: unit
    must: reply.sent
    same: case
    within: 5 days
    void: {when: case.withdrawn, provided: confirmed}
    answers: {head: at due}
  - threshold: often
    source: law
    count: breach of reply
    per: bearer
    within: 30 days rolling by dates
    reaches: 2
    fires: rising
  - {effect: warning, source: law, when: finding of often, propose: warning, on: head at trigger}
  - scorecard: month
    source: law
    each: unit
    over: calendar month
    start: 100
    items: {late: {of: breach of reply, same: bearer, points: -5}}
    grades: [{grade: good, from: 90}, {otherwise: poor}]
    ranks: yes
""")
FIRST = datetime(2026, 1, 2, 3, tzinfo=UTC)
OFFICE = Organisation.of([Unit("a", "A", "town"), Unit("b", "B", "town")],
                         [Post("a/head", "a", "head", 1), Post("b/head", "b", "head", 1)],
                         [Tenure("a/head", "Ann", FIRST - timedelta(days=9)), Tenure("b/head", "Bea", FIRST - timedelta(days=9))])
DAYS = st.integers(0, 80)


def said(kind: str, case: str, unit: str, hours: float, confirmed: bool = False) -> Event:
    return Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "source": "/log", "id": f"{kind} {case} {confirmed}", "type": kind, "subject": f"case/{case}",
        "time": (FIRST + timedelta(hours=hours)).isoformat(), "data": {"unit": unit, "confirmed": confirmed}})


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Up to eight cases of two towns, each answered in time, late or never, and perhaps withdrawn, confirmed or not."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        case, unit, raised = f"c{number}", draw(st.sampled_from("ab")), 24 * draw(DAYS)
        found.append(said("case.raised", case, unit, raised))
        after = draw(st.sampled_from([None, None, 1, 100, 24 * 7]))
        found += [said("reply.sent", case, unit, raised + after)] if after is not None else []
        if draw(st.booleans()):
            found.append(said("case.withdrawn", case, unit, raised + draw(st.integers(0, 300)), draw(st.booleans())))
    return found


def judged(events: list[Event], days: int) -> Judgement:
    return judge(POLICY, OFFICE, events, at=FIRST + timedelta(days=days))


@given(logs(), st.sampled_from("ab"), DAYS, st.integers(0, 96), st.integers(0, 120))
def test_a_case_that_is_handled_in_time_changes_nothing(log: list[Event], unit: str, day: int, later: int, days: int) -> None:
    """With a case more or less that is answered within its limit, what stands against whom, and every score, grade and rank, is the
    same."""
    handled = [said("case.raised", "x", unit, 24 * day), said("reply.sent", "x", unit, 24 * day + later)]
    assert judged([*log, *handled], days).findings == judged(log, days).findings


@given(logs(), st.data(), st.integers(0, 120))
def test_a_withdrawal_that_nobody_confirmed_changes_nothing(log: list[Event], data: st.DataObject, days: int) -> None:
    """With a withdrawal more or less that no other office confirmed to be free, of whatever case, all findings are the same."""
    raised = [e for e in log if e.type == "case.raised"] or [said("case.raised", "c0", "a", 0)]
    one = data.draw(st.sampled_from(raised))
    case, hours = str(one.fields["case"]), (one.occurred_at - FIRST) / timedelta(hours=1)
    fewer = [e for e in log if e.id != f"case.withdrawn {case} False"]
    more = [*fewer, said("case.withdrawn", case, "a", hours + data.draw(st.sampled_from([1, 20, 90, 300])))]
    assert judged(more, days).findings == judged(fewer, days).findings
