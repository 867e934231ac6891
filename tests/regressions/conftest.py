"""The question of most regressions: what is said of a small log under a small rule file, by meaning, replay and monitor alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest

from accountability.conclusion import Conclusion
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Post, Tenure, Unit
from accountability.policy.model import Policy
from accountability.policy.pack import read_rules_text
from accountability.semantics import judge

HEAD = """\
pack: small
timezone: {zone}
calendar: weekdays
sources: {{law: A law}}
responsibility: {{head: {{roles: [head]}}}}
vocabulary:
  asked: {{case: case from subject, unit: unit, by: 'instant, optional', size: 'number, optional', grace: 'limit, optional'}}
  done: {{case: case from subject, unit: unit}}
  fault: {{case: case from subject, unit: unit}}
  decided: {{case: case from subject, unit: unit}}
rules:
"""
Row = tuple[str, str, str] | tuple[str, str, str, dict[str, object]]
"""Id, event type and time (UTC), and the fields; `case` is c1 and `unit` u1 unless they say otherwise."""
Say = Callable[..., tuple[Conclusion, ...]]


@pytest.fixture
def policy() -> Callable[..., Policy]:
    return lambda rules, zone="UTC": read_rules_text(HEAD.format(zone=zone) + rules)


def event(policy: Policy, row: Row) -> Event:
    name, type_, at = row[:3]
    fields = {"case": "c1", "unit": "u1", **(row[3] if len(row) == 4 else {})}
    return Intake(policy.vocabulary).one(
        {
            "specversion": "1.0",
            "id": name,
            "source": "desk",
            "type": type_,
            "subject": f"case/{fields.pop('case')}",
            "time": datetime.fromisoformat(f"{at}+00:00").isoformat(),
            "data": fields,
        }
    )


@pytest.fixture
def say(policy: Callable[..., Policy]) -> Say:
    """The findings of a log, met obligations included, at an instant (UTC); fails where the three ways to judge do not agree."""

    def said(rules: str, log: Iterable[Row], at: str, zone: str = "UTC", tenures: Iterable[Tenure] = ()) -> tuple[Conclusion, ...]:
        read, clock = policy(rules, zone), datetime.fromisoformat(f"{at}+00:00")
        organisation = Organisation.of(
            [Unit("u1", "Town 1", "town"), Unit("u2", "Town 2", "town")], [Post("u1/head", "u1", "head")], tenures
        )
        events = [event(read, row) for row in log]
        meant = judge(read, organisation, events, at=clock, report_all=True)
        assert replay(read, organisation, events, at=clock, report_all=True) == meant
        monitor = Monitor(read, organisation, report_all=True)
        for one in sorted(events, key=lambda e: e.recorded_at):
            monitor.observe(one)
        monitor.advance(clock)
        assert monitor.judgement() == meant
        return meant.findings

    return said
