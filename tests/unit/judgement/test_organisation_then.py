"""What a condition asks about a unit or post is as it was at the instant of the trigger, by what is known of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accountability import Intake, Monitor, Organisation, judge
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.organisation import Post, Unit
from accountability.policy.pack import read_rules_text

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(tzinfo=ZONE)


POLICY = read_rules_text("""\
pack: then
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.received: {case: case from subject, unit: unit}
  leader.arrived: {case: case from subject, post: post}
rules:
  - duty: presence
    source: law
    when: case.received
    where: level of unit is town
    bearer: unit
    must: leader.arrived
    same: case
    provided: rank of post <= 1
    within: 2 days
    answers: {head: at due}
""")
OFFICE = Organisation.of(
    [Unit("a", "A", "village", until=at("03-01")), Unit("a", "A", "town", since=at("03-01"))],
    [Post("a/deputy", "a", "deputy", 2), Post("a/deputy", "a", "deputy", 2, until=at("04-01"), recorded=at("05-01")),
     Post("a/deputy", "a", "head", 1, since=at("04-01"), recorded=at("05-01"))])


def log(day: str) -> list[Event]:
    intake = Intake(POLICY.vocabulary)
    return [intake.one({"specversion": "1.0", "source": "/log", "id": kind, "type": kind, "subject": "case/1",
                        "time": at(day).replace(hour=hour).isoformat(), "data": data})
            for kind, hour, data in (("case.received", 8, {"unit": "a"}), ("leader.arrived", 9, {"post": "a/deputy"}))]


@pytest.mark.parametrize(
    ("day", "known", "status"),
    [
        ("02-10", "06-01", []),  # a village then
        ("03-10", "06-01", ["missed"]),  # a deputy then
        ("04-10", "04-20", ["missed"]),  # promoted, and nobody knows yet
        ("04-10", "06-01", ["met"]),
    ],
)
def test_ranks_and_levels_are_those_of_the_trigger(day: str, known: str, status: list[str]) -> None:
    found = judge(POLICY, OFFICE, log(day), at=at(known), report_all=True)
    assert [f.status for f in found.findings] == status
    assert replay(POLICY, OFFICE, log(day), at=at(known), report_all=True) == found


def test_a_monitor_judges_again_when_a_promotion_becomes_known() -> None:
    monitor = Monitor(POLICY, OFFICE, report_all=True)
    for one in log("04-10"):
        monitor.observe(one)
    monitor.advance(at("04-20"))
    [before] = monitor.judgement().findings
    changes = monitor.advance(at("05-02"))
    assert [(old.status, new.status) for old, new in changes.revised] == [(before.status, "met")]
