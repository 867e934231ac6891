"""The question of most regressions: what is said of a small log under a small rule file, by meaning, replay and monitor alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from accountability.cli.columns import read_sieved
from accountability.conclusion import Conclusion
from accountability.engine.replay import replay, run
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Line, Organisation, Post, Tenure, Unit
from accountability.policy.model import Policy
from accountability.policy.pack import read_rules_text
from accountability.policy.rendering.voice import Voice
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
  watch: {{unit: unit, from: instant, to: instant}}
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

    def said(rules: str, log: Iterable[Row], at: str, zone: str = "UTC", tenures: Iterable[Tenure] = (), lines: Iterable[Line] = (),
             units: Iterable[Unit] = (Unit("u1", "Town 1", "town"), Unit("u2", "Town 2", "town"))) -> tuple[Conclusion, ...]:
        read, clock = policy(rules, zone), datetime.fromisoformat(f"{at}+00:00")
        organisation = Organisation.of(units, [Post("u1/head", "u1", "head")], tenures, lines)
        events = [event(read, row) for row in log]
        meant = judge(read, organisation, events, at=clock, report_all=True)
        assert replay(read, organisation, events, at=clock, report_all=True) == meant
        monitor = Monitor(read, organisation, report_all=True)
        for one in sorted(events, key=lambda e: e.recorded_at):
            monitor.observe(one)
            assert monitor.next_turn is None or monitor.next_turn > monitor.clock
        monitor.advance(clock)
        assert monitor.judgement() == meant
        return meant.findings

    return said


@pytest.fixture
def agrees_in_columns(policy: Callable[..., Policy], tmp_path: Path) -> Callable[..., None]:
    """Fails where a log of CloudEvents is judged otherwise when columns help, as they do with a large one, than by meaning."""
    pytest.importorskip("numpy", reason="columns need numpy, of the extra `columnar`")
    from accountability.engine.columnar.sieve import Sieve

    def agrees(rules: str, events: Iterable[dict[str, object]], at: str) -> None:
        lines = [json.dumps({"specversion": "1.0", "source": "desk", **event}) for event in events]
        log = tmp_path / "log.jsonl"
        log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        read, organisation = policy(rules), Organisation.of([Unit("u", "Town", "town")])
        intake, clock = Intake(read.vocabulary), datetime.fromisoformat(f"{at}+00:00")
        sieved = read_sieved(
            Sieve(read, organisation), intake, [log], at=clock, known_at=clock, refused=print, said=Console(file=StringIO()),
            voice=Voice("en"))
        found = sieved.whole(run(read, organisation, sieved.history, at=clock, known_at=clock, feeds=sieved.feeds))
        meant = judge(read, organisation, [intake.one(json.loads(line)) for line in lines], at=clock)
        assert [(f.rule, f.since, f.members) for f in found.findings] == [(f.rule, f.since, f.members) for f in meant.findings]

    return agrees
