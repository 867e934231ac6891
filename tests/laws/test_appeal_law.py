"""An appeal that is upheld never makes anything worse for anybody (SG13; Law on Administrative Sanctions 2020, arts 55 to 60)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import event as noted
from hypothesis import given
from hypothesis import strategies as st

from accountability import Intake, Organisation, eligible, judge
from accountability.conclusion import Judgement, Status
from accountability.event import Event
from accountability.organisation import Post, Tenure, Unit
from accountability.policy.pack import read_rules_text

RULES = """\
pack: appeals
timezone: Asia/Shanghai
sources: {{law: A law}}
responsibility: {{head: {{roles: [head]}}}}
vocabulary:
  fault.found: {{unit: unit from subject, post: post, grave: yes or no}}
  body.decided: {{unit: unit from subject}}
  sanction.decided: {{sanction: decision from subject, unit: unit, post: post, grave: yes or no}}
  appeal.decided: {{unit: unit from subject, upheld: yes or no}}
  sanction.reviewed: {{sanction: decision from subject, upheld: yes or no}}
  award.proposed: {{award: award from subject, unit: unit, post: post}}
rules:
  - ladder: faults
    source: law
    bearer: unit
    same: unit
    decided in: unit/u0
    decide within: 15 days
    answers: {{head: at due}}
    quashed by: {{when: appeal.decided, provided: upheld}}
    rungs:
      - rung: talk
        when: fault.found
        propose: talk
        on: [unit, head at trigger]
        decided by: body.decided
        standing: {{term: 3 months, bars: award, meanwhile: {meanwhile}}}
      - {{rung: listing, when: fault.found, after: talk, propose: listing, decided by: body.decided, standing: {{term: 1 year}}}}
  - effect: sanction
    source: law
    when: sanction.decided
    bearer: unit
    about: sanction
    same: sanction
    on: post at trigger
    standing: {{term: {term}, bars: award, together: {together}, meanwhile: {meanwhile}{most}}}
    quashed by: {{when: sanction.reviewed, provided: upheld}}
  - threshold: often
    source: law
    count: standing of sanction
    per: unit
    within: 3 months rolling by instants
    reaches: 2
    fires: each
  - gate: award
    source: law
    when: award.proposed
    barred: {{from: award, who: [unit, post]}}
"""
FIRST = datetime(2026, 1, 5, 2, tzinfo=UTC)
MOVED = FIRST + timedelta(days=120)
OFFICE = Organisation.of(
    [Unit("u0", "", "county"), Unit("u1", "", "town", "u0"), Unit("u2", "", "town", "u0")],
    [Post(f"{unit}/head", unit, "head", 1) for unit in ("u1", "u2")],
    [Tenure("u1/head", "A", FIRST - timedelta(days=9), MOVED), Tenure("u1/head", "B", MOVED), Tenure("u2/head", "A", MOVED)])
HOWS = st.sampled_from(["apart", "heaviest", "added", "equal added"])
APPEALS = {"body.decided": "appeal.decided", "sanction.decided": "sanction.reviewed"}
KINDS = ("fault.found", "fault.found", "body.decided", "body.decided", "sanction.decided", "sanction.decided", "award.proposed")


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[dict[str, object]], dict[str, object]]:
    """Rules, a log of up to twelve reports, and an appeal that is upheld."""
    together, meanwhile = draw(HOWS), draw(HOWS)
    most = ", at most: 2 years" if "added" in f"{together}{meanwhile}" and draw(st.booleans()) else ""
    term = draw(st.sampled_from(["6 months", "30 days"]))
    rules = RULES.format(together=together, meanwhile=meanwhile, most=most, term=term)
    log = [_report(draw, n, draw(st.sampled_from(KINDS))) for n in range(draw(st.integers(1, 12)))]
    decisions = [one for one in log if one["type"] in APPEALS]
    appealed = draw(st.sampled_from(decisions)) if decisions else _report(draw, len(log), "body.decided")
    at = datetime.fromisoformat(str(appealed["time"])) + draw(st.sampled_from([timedelta(hours=3), timedelta(days=20)]))
    return rules, log, appealed | {"id": "appeal", "type": APPEALS[str(appealed["type"])], "time": at.isoformat()}


def _report(draw: st.DrawFn, number: int, kind: str) -> dict[str, object]:
    unit = draw(st.sampled_from(["u1", "u1", "u2"]))
    about = {"sanction.decided": f"decision/s{number}", "award.proposed": f"award/{number}"}.get(kind, f"unit/{unit}")
    at = FIRST + draw(st.sampled_from([timedelta(hours=3), timedelta(days=1)])) * draw(st.integers(0, 250))
    data = {"unit": unit, "post": f"{unit}/head", "grave": draw(st.booleans()), "upheld": True}
    return {"specversion": "1.0", "source": "/log", "id": str(number), "type": kind, "subject": about, "time": at.isoformat(),
            "data": data}


def bad(found: Judgement) -> dict[str, datetime]:
    """What stands against somebody, and until when; what was refused and is to be reconsidered no longer does."""
    ever = datetime.max.replace(tzinfo=UTC)
    gone = (Status.QUASHED, Status.RECONSIDER)
    return {f.identity: f.ends or ever for f in found.findings if f.against and f.status not in gone}


@given(cases(), st.integers(0, 500))
def test_an_upheld_appeal_worsens_nothing(drawn: tuple[str, list[dict[str, object]], dict[str, object]], days: int) -> None:
    """With one upheld appeal more in a log, nothing new stands against anybody, nothing lasts longer, and nobody is barred who was
    not before."""
    rules, log, appeal = drawn
    policy, at = read_rules_text(rules), FIRST + timedelta(days=days)
    intake = Intake(policy.vocabulary)
    events: list[Event] = [intake.one(raw) for raw in log]
    before = judge(policy, OFFICE, events, at=at)
    after = judge(policy, OFFICE, [*events, intake.one(appeal)], at=at)
    were, are = bad(before), bad(after)
    assert are.keys() <= were.keys()
    assert all(are[name] <= were[name] for name in are)
    for who in ("unit/u1", "unit/u2", "office-holder/A", "office-holder/B"):
        assert eligible(policy, after, who, "award") or not eligible(policy, before, who, "award")
    noted(f"quashed: {any(f.status is Status.QUASHED for f in after.findings)}")
