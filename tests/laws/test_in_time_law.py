"""What is done in time never hurts, and neither does more time. Where that ends is shown by example.

It holds where nothing begins with a discharge, where a threshold counts every member that reaches it and uses none up, and where a
second trigger does not depend on what became of the first.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from foundation import foundation
from hypothesis import assume, event, given, note
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules_text
from accountability.semantics import judge

HEAD = """\
pack: p
timezone: {zone}
calendar: weekdays
roll: {roll}
business hours: {{from: 09:00, to: 17:00}}
sources: {{law: A law}}
vocabulary:
  fault.found: {{case: case from subject, unit: unit}}
  harm.done: {{case: case from subject, unit: unit}}
  report.filed: {{case: case from subject, unit: unit}}
  step.done: {{case: case from subject, unit: unit}}
rules:
"""
DUTY = """\
  - duty: duty {n}
    source: law
    when: {when}
    bearer: unit
    must: {must}
    same: {same}
    within: {limit}
    clock starts: {starts}
    clock runs: {runs}
    again: {again}
"""
THRESHOLD = """\
  - threshold: count {n}
    source: law
    count: breach of duty {n}
    per: unit
    within: {window}
    reaches: {reaches}
    fires: each
"""
TOGETHER = """\
  - prohibition: together {n}
    source: law
    when: harm.done
    bearer: unit
    joined with: breach of duty {n}
    same: unit
    within: 30 days
"""
LONGER = (("0h", "90 min"), ("2h", "26h"), ("26h", "100h"), ("0 days", "1 day"), ("1 day", "2 days"), ("2 days", "1 week"),
          ("1 week", "1 month"), ("1 month", "40 days"), ("3 working days", "5 working days"),
          ("1 working day same time", "2 working days same time"))
"""Limits, each with a longer one."""

WINDOWS = ("30 days rolling by instants", "1 day rolling by instants, edge included", "calendar month", "1 month rolling by dates")
TYPES = ("fault.found", "fault.found", "harm.done", "report.filed", "step.done")
FIRST, END = datetime(2026, 2, 26, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)
HOURS = [FIRST + timedelta(hours=n) for n in (8, 9, 10, 12, 17, 23, 32, 33, 34, 36, 80, 82, 24 * 7, 24 * 30, 24 * 31 + 9)]
cases, units = st.sampled_from(["c1", "c1", "c2"]), st.sampled_from(["u1", "u1", "u2"])


def happened(type_: str, at: datetime, name: str, case: str = "c1", unit: str = "u1") -> Event:
    return Event(id=name, source="desk", type=type_, occurred_at=at, recorded_at=at, subject=f"case/{case}",
                 fields={"case": case, "unit": unit})


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Up to ten things that happened, and up to four acts some time after one of them, about the same."""
    types, moments = st.sampled_from(TYPES), st.sampled_from(HOURS)
    log = [happened(draw(types), draw(moments), f"e{n}", draw(cases), draw(units)) for n in range(draw(st.integers(2, 10)))]
    for n in range(draw(st.integers(0, 4))):
        about, act = draw(st.sampled_from(log)), draw(st.sampled_from(["report.filed", "step.done"]))
        at = about.occurred_at + draw(st.sampled_from([1, 4, 20, 30, 60, 24 * 3, 24 * 6, 24 * 9, 24 * 33])) * timedelta(hours=1)
        log.append(happened(act, at, f"act{n}", str(about.fields["case"]), str(about.fields["unit"])))
    return log


@st.composite
def duties(draw: st.DrawFn, *agains: str) -> tuple[str, list[dict[str, object]]]:
    """The head of a rule file, and what its one to three duties say. No act of one is the trigger of another."""
    head = HEAD.format(zone=draw(st.sampled_from(["Europe/Amsterdam", "Asia/Shanghai"])), roll=draw(st.sampled_from(["yes", "no"])))
    chosen = st.fixed_dictionaries({
        "when": st.sampled_from(["fault.found", "harm.done", "[fault.found, harm.done]"]),
        "must": st.sampled_from(["report.filed", "step.done", "[report.filed, step.done]"]),
        "same": st.sampled_from(["case", "unit", "[case, unit]"]), "limits": st.sampled_from(LONGER),
        "starts": st.sampled_from(["at once", "next opening", "next working day"]),
        "runs": st.sampled_from(["all the time", "in business hours"]), "again": st.sampled_from(agains)})
    return head, [{"n": n, **draw(chosen)} for n in range(draw(st.integers(1, 3)))]


@st.composite
def consequences(draw: st.DrawFn, duty: int) -> str:
    """What may follow from the breaches of that duty."""
    threshold = THRESHOLD.format(n=duty, window=draw(st.sampled_from(WINDOWS)), reaches=draw(st.sampled_from([1, 2, 3])))
    return draw(st.sampled_from(["", threshold, TOGETHER.format(n=duty), threshold + TOGETHER.format(n=duty)]))


def said(policy: Policy, events: list[Event]) -> dict[str, Conclusion]:
    """What is found of *events*, by the meaning and by the engine."""
    found = replay(policy, Organisation.empty(), events, at=END, report_all=True)
    assert found == judge(policy, Organisation.empty(), events, at=END, report_all=True)
    return {f.identity: f for f in found.findings}


def against(found: dict[str, Conclusion]) -> set[str]:
    return {identity for identity, f in found.items() if f.against}


def in_time(f: Conclusion, at: datetime, policy: Policy) -> bool:
    if f.due_date is not None:
        return at < datetime.combine(f.due_date + timedelta(days=1), time(), policy.zone)
    return f.due is not None and at <= f.due


@foundation
@given(duties("new"), logs(), st.data())
def test_to_discharge_a_duty_in_time_never_hurts(drawn: tuple[str, list[dict[str, object]]], log: list[Event],
                                                 data: st.DataObject) -> None:
    """Where one obligation more is discharged in time, it is met, and nothing stands against anybody that did not before."""
    head, owed = drawn
    text = head + "".join(DUTY.format(**{**d, "limit": d["limits"][0]}) for d in owed)  # type: ignore[index]
    text += "".join(data.draw(consequences(n)) for n in range(len(owed)))
    note(text)
    policy = read_rules_text(text, warn=False)
    before = said(policy, log)
    open_to_it = [f for f in before.values() if f.rule.startswith("duty ") and f.status in (Status.MISSED, Status.LATE)]
    assume(open_to_it)
    one = data.draw(st.sampled_from(open_to_it))
    trigger = next(e for e in log if e.id == one.evidence[0])
    at = trigger.occurred_at + data.draw(st.sampled_from([timedelta(microseconds=1), timedelta(minutes=30), timedelta(hours=20)]))
    assume(in_time(one, at, policy))
    must = str(owed[int(one.rule.removeprefix("duty "))]["must"]).strip("[]").split(", ")[0]
    after = said(policy, [*log, happened(must, at, "act", str(trigger.fields["case"]), str(trigger.fields["unit"]))])
    assert after[one.identity].status is Status.MET
    assert against(after) <= against(before)
    event(f"fewer against: {len(against(before)) - len(against(after))}")


@foundation
@given(duties("new", "ignore", "restart"), logs(), st.data())
def test_a_longer_limit_adds_no_breach(drawn: tuple[str, list[dict[str, object]]], log: list[Event], data: st.DataObject) -> None:
    """Where one duty of a rule file has a longer limit, no obligation is late or missed that was not before."""
    head, owed = drawn
    longer = data.draw(st.integers(0, len(owed) - 1))

    def with_limits(given_more: bool) -> Policy:
        limits = [d["limits"][given_more and d["n"] == longer] for d in owed]  # type: ignore[index]
        return read_rules_text(head + "".join(DUTY.format(**{**d, "limit": one}) for d, one in zip(owed, limits, strict=True)))

    before, after = said(with_limits(False), log), said(with_limits(True), log)
    assert against(after) <= against(before)
    event(f"fewer against: {len(against(before)) - len(against(after))}")


def hour(n: float) -> datetime:
    return FIRST + timedelta(hours=n)


PLAIN = {"when": "fault.found", "must": "report.filed", "same": "case", "starts": "at once", "runs": "all the time", "again": "new"}
AMSTERDAM = HEAD.format(zone="Europe/Amsterdam", roll="no")


def found(rules: str, *events: Event) -> list[str]:
    """The rules that find something against somebody, and the hours after the first at which it arose."""
    told = said(read_rules_text(AMSTERDAM + rules), list(events)).values()
    return sorted(f"{f.rule} {(f.since - FIRST) / timedelta(hours=1):g}" for f in told if f.against)


def faults(*hours: float) -> list[Event]:
    return [happened("fault.found", hour(n), f"f{n}", f"c{n}") for n in hours]


def test_not_where_something_begins_with_the_discharge() -> None:
    rules = DUTY.format(**PLAIN | {"n": 0, "limit": "2h"}) + DUTY.format(
        **PLAIN | {"n": 1, "when": "discharge of duty 0", "must": "step.done", "limit": "1h"})
    report = happened("report.filed", hour(1), "act", "c0")
    assert found(rules, *faults(0)) == ["duty 0 2"]
    assert found(rules, *faults(0), report) == ["duty 1 2"]


def test_not_where_a_threshold_fires_as_it_becomes_reached() -> None:
    rules = DUTY.format(**PLAIN | {"n": 0, "limit": "0h"}) + THRESHOLD.format(
        n=0, window="24h rolling by instants", reaches=2).replace("fires: each", "fires: rising")
    many = faults(0, 10, 30, 50, 60)
    report = happened("report.filed", hour(30), "z", "c30")  # at the instant of its fault, after it
    assert [f for f in found(rules, *many) if f.startswith("count")] == ["count 0 10"]
    assert [f for f in found(rules, *many, report) if f.startswith("count")] == ["count 0 10", "count 0 60"]


def test_not_where_members_are_used_up() -> None:
    rules = DUTY.format(**PLAIN | {"n": 0, "limit": "0h"}) + THRESHOLD.format(
        n=0, window="24h rolling by instants", reaches=2).replace("fires: each", "fires: once, used up")
    many = faults(0, 1, 2)
    report = happened("report.filed", hour(0), "z", "c0")
    assert [f for f in found(rules, *many) if f.startswith("count")] == ["count 0 1"]
    assert [f for f in found(rules, *many, report) if f.startswith("count")] == ["count 0 2"]


def test_not_where_a_second_trigger_depends_on_the_first() -> None:
    rules = DUTY.format(**PLAIN | {"n": 0, "limit": "2h", "same": "unit", "again": "ignore"})
    report = happened("report.filed", hour(1), "act")
    assert found(rules, *faults(0, 5)) == ["duty 0 2"]
    assert found(rules, *faults(0, 5), report) == ["duty 0 7"]


def test_more_time_may_bring_breaches_together() -> None:
    both = THRESHOLD.format(n=0, window="24h rolling by instants", reaches=2).replace(
        "breach of duty 0", "breach of duty 0 or breach of duty 1")

    def rules(first: str) -> str:
        owed = ((0, first, "fault.found"), (1, "1h", "harm.done"))
        return "".join(DUTY.format(**PLAIN | {"n": n, "limit": limit, "when": when}) for n, limit, when in owed) + both

    events = [*faults(0), happened("harm.done", hour(60), "h", "c9")]
    assert [f for f in found(rules("1h"), *events) if f.startswith("count")] == []
    assert [f for f in found(rules("50h"), *events) if f.startswith("count")] == ["count 0 61"]
