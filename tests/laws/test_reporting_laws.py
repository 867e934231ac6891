"""What holds of reports that climb, and that engine and monitor say the same of them: histories of one incident, close together."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
from hypothesis import event, given
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Kind, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy import read_rules
from accountability.semantics import judge

PACK = Path(__file__).resolve().parents[2] / "rules" / "accident-reports"
POLICY = read_rules(PACK)
ORGANISATION = Organisation.read(PACK / "organisation.yaml", POLICY.zone)
START = datetime(2026, 4, 30, 12, tzinfo=UTC)  # the head of county 1 changes four hours later
HOPS = [("ent-1", "county-1"), ("county-1", "city"), ("city", "province"), ("province", "ministry"), ("county-1", "province"),
        ("county-1", "city"), ("ent-1", "city"), ("ent-3", "county-3"), ("county-3", "province"), ("ent-4", "far-city"),
        ("city", "county-1"), ("county-1", "county-3"), ("ent-1", "county-1"), ("ent-1", "county-1")]
RULES = ("accident reports", "casualty change")
END = START + timedelta(days=40)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Up to sixteen events of one or two incidents, most of them reports, some hours after each other, or a month."""
    intake = Intake(POLICY.vocabulary)
    events, at, last = [], START, "ent-1"
    for number in range(draw(st.sampled_from([4, 8, 12, 16, 3]))):
        at += draw(st.sampled_from([0, 30, 60, 60, 90, 120, 150, -30, 30, 15, 30 * 24 * 60])) * timedelta(minutes=1)
        at += draw(st.sampled_from([0, 0, 0, 1, -1])) * timedelta(seconds=1)
        type_ = draw(st.sampled_from(
            ["report.sent"] * 8 + ["unit.informed"] * 3 + ["incident.occurred", "fact.verified", "report.found"]))
        type_ = ["incident.occurred", "unit.informed"][number] if number < 2 else type_
        data: dict[str, object] = {}
        if type_ in ("unit.informed", "report.sent", "incident.occurred"):
            data["deaths"] = draw(st.sampled_from([None, 0, 2, 3, 10]))
        if type_ in ("unit.informed", "report.sent"):
            data["change"] = draw(st.sampled_from([None, None, True]))
        if type_ == "report.sent":
            # Whoever was told last is who mostly tells next; else nothing would climb far.
            data["from"], data["to"] = draw(st.sampled_from([h for h in HOPS if h[0] == last] * 4 + HOPS))
            last = str(data["to"])
            data["necessity"] = draw(st.sampled_from([None, None, "the line is down"]))
        else:
            data["unit"] = draw(st.sampled_from(["ent-1", "ent-1", "ent-1", "ent-3", "ent-4", "county-1", "city"]))
        if type_ == "unit.informed":
            last = str(data["unit"])
        if type_ == "report.found":
            data["kind"] = draw(st.sampled_from(["omission", "untruth"]))
        events.append(intake.one({
            "specversion": "1.0", "id": f"e{number}", "source": "desk", "type": type_, "time": at.isoformat(),
            "subject": "incident/" + draw(st.sampled_from(["X-1", "X-1", "X-1", "X-1", "X-1", "X-2"])),
            "recordedtime": (at + timedelta(hours=draw(st.sampled_from([0, 0, 1, 48])))).isoformat(),
            "data": {k: v for k, v in data.items() if v is not None}}))
    return events


def found(events: list[Event], at: datetime = END) -> list[Conclusion]:
    """What is concluded of hops and of reports past a superior."""
    return list(judge(POLICY, ORGANISATION, events, at=at, report_all=True).of(*RULES))


@given(histories(), st.integers(0, 30), st.randoms(use_true_random=False))
def test_reports_are_judged_alike_by_meaning_replay_and_monitor(events: list[Event], hours: int, random) -> None:  # type: ignore[no-untyped-def]
    """Read at any hour, and fed in the order recorded or in any other, replay and monitor give what `judge` gives."""
    at = START + timedelta(hours=hours)
    for moment in (at, END):
        meant = judge(POLICY, ORGANISATION, events, at=moment, report_all=True)
        assert replay(POLICY, ORGANISATION, events, at=moment, report_all=True) == meant
    for c in meant.of(*RULES):
        event(f"{c.status}: {c.detail('class')}")
    monitor, so_far = Monitor(POLICY, ORGANISATION), list[Event]()
    for one in sorted(events, key=lambda e: e.recorded_at):
        monitor.observe(one)
        so_far.append(one)
        assert monitor.judgement().findings == judge(POLICY, ORGANISATION, so_far, at=monitor.clock).findings
    shuffled = random.sample(events, len(events))
    other = Monitor(POLICY, ORGANISATION, report_all=True)
    other.advance(END)
    for one in shuffled:
        other.observe(one)
    assert other.judgement().findings == judge(POLICY, ORGANISATION, events, at=other.clock, report_all=True).findings


@given(histories())
def test_every_report_and_every_hop_has_one_conclusion_and_one_class(events: list[Event]) -> None:
    """A report is discharge of at most one hop of a rule, or one breach past the superior, and never both; no hop is owed twice.

    A void hop is owed by nobody: what its unit learns later opens another."""
    for rule in RULES:
        mine = [c for c in found(events) if c.rule == rule]
        by_report = [c.evidence[-1] for c in mine if c.detail("class") == "skip_level"]
        made = [c for c in mine if c.detail("class") in ("on_time", "late", "lawful_direct") and c.done is not None]
        by_report += [c.evidence[1] for c in made]
        assert len(by_report) == len(set(by_report))
        assert len({c.identity for c in mine}) == len(mine)
        for unit, subject in {(c.unit, c.subject) for c in mine}:
            owed = sorted((news_of(c, events).occurred_at, c.done or END) for c in mine
                          if (c.unit, c.subject) == (unit, subject) and c.detail("class") != "skip_level" and c.status != "void")
            assert all(done <= begun for (_, done), (begun, _) in itertools.pairwise(owed))


def news_of(conclusion: Conclusion, events: list[Event]) -> Event:
    """What reached the unit of a hop, by the first of its evidence."""
    return next(e for e in events if e.id == conclusion.evidence[0])


@given(histories())
def test_the_clock_of_a_hop_starts_with_what_its_own_level_received(events: list[Event]) -> None:
    """A hop is due one hour after the bearer was informed, two after a change, and two hours after its own level's receipt, however
    long the levels below took."""
    for c in found(events):
        if c.detail("class") == "skip_level":
            continue
        news = news_of(c, events)
        first = news.type == "unit.informed"
        assert news.fields["unit" if first else "to"] == c.unit
        assert c.due == news.occurred_at + timedelta(hours=1 if first and c.rule == "accident reports" else 2)


@given(histories())
def test_a_report_past_the_superior_discharges_nothing(events: list[Event]) -> None:
    """Without the reports that went past an immediate superior, what their senders owe is the same."""
    past = [e for e in events if e.type == "report.sent"
            and e.fields["to"] in ORGANISATION.ancestors(str(e.fields["from"]))[1:]]
    senders = {e.fields["from"] for e in past}
    below = [u for u in senders if not any(u == e.fields["to"] for e in past)]
    kept = [e for e in events if e not in past]
    def owed(history: list[Event]) -> set[tuple[object, ...]]:
        return {(c.identity, c.due, c.done) for c in found(history) if c.unit in below and c.detail("class") != "skip_level"}
    assert owed(events) == owed(kept)
    event(f"past a superior: {'some' if past else 'none'}")


@given(histories())
def test_what_is_stated_as_necessary_is_no_skip(events: list[Event]) -> None:
    """Once every report states its necessity, none is a breach for the levels that it passed over, and nothing else changes its
    status."""
    because = {"necessity": "the line is down"}
    stated = [attrs.evolve(e, fields={**e.fields, **because}) if e.type == "report.sent" else e for e in events]
    after = found(stated)
    assert [c for c in after if c.detail("class") == "skip_level"] == []
    assert ({(c.identity, c.status) for c in found(events) if c.detail("class") != "skip_level"}
            == {(c.identity, c.status) for c in after})


@given(histories())
def test_a_report_found_wanting_is_a_breach_and_nothing_made_after_a_limit_is_on_time(events: list[Event]) -> None:
    """Class and status say the same: on time is met by the due, late is after it, concealed is after it and verified, omitted and
    false are breaches; what is missed has no class until it is verified."""
    verified = {e.subject for e in events if e.type == "fact.verified"}
    for c in found(events):
        overdue = c.due is not None and (c.done or END) > c.due
        match c.detail("class"):
            case "on_time":
                assert (c.status, overdue) == (Status.MET, False)
            case "late":
                assert (c.status, overdue) == (Status.LATE, True)
            case "concealed":
                assert (c.status in (Status.LATE, Status.MISSED), overdue, c.subject in verified) == (True, True, True)
            case "omitted" | "false":
                assert (c.kind, c.status) == (Kind.BREACH, Status.BREACH)
                assert c.done is not None
            case "skip_level":
                assert (c.due, c.status) == (None, Status.BREACH)
            case "lawful_direct":
                assert c.status in (Status.MET, Status.OPEN)
                assert c.detail("direct")
            case None:
                assert c.status in (Status.MISSED, Status.OPEN, Status.VOID)
