"""A made-up year: the same seed gives the same log, the engine judges it as the meaning does, and its report shows no case."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from accountability import Monitor, Organisation, read_rules
from accountability.engine.replay import replay
from accountability.intake import Intake
from accountability.semantics import judge

ROOT = Path(__file__).resolve().parents[2]
PACKS = ("case-supervision", "gdpr", "hazards", "leadership", "on-scene", "periodic-duties", "rosters")


@pytest.mark.parametrize("name", PACKS)
def test_a_year_is_judged_alike_by_meaning_replay_and_monitor(name: str, tmp_path: Path) -> None:
    pack, log = ROOT / "rules" / name, tmp_path / "year.jsonl"
    run = [sys.executable, str(ROOT / "examples" / "year.py"), str(pack), "--events", str(log), "--seed", "3"]
    page = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    policy = read_rules(pack)
    organisation = Organisation.read(pack / "organisation.yaml", policy.zone)
    events = [Intake(policy.vocabulary).one(line) for line in log.read_bytes().splitlines()]
    at = max(e.occurred_at for e in events).replace(month=12, day=31, hour=12)
    meant = judge(policy, organisation, events, at=at)
    assert meant.findings
    assert replay(policy, organisation, events, at=at) == meant
    monitor = Monitor(policy, organisation)
    for event in events:
        monitor.observe(event)
    monitor.advance(at)
    assert monitor.judgement() == meant
    assert {f"`{f.rule}`" for f in meant.findings} <= {line.split(" | ")[0].removeprefix("| ") for line in page.splitlines()}
    assert [f.subject for f in meant.findings if "/" in f.subject and not f.subject.startswith(("unit/", "post/", "office-holder/"))
            and f" {f.subject} " in page] == []


def test_the_same_seed_gives_the_same_year(tmp_path: Path) -> None:
    logs = [tmp_path / "one.jsonl", tmp_path / "again.jsonl", tmp_path / "other.jsonl"]
    for log, seed in zip(logs, ("5", "5", "6"), strict=True):
        year, pack = str(ROOT / "examples" / "year.py"), str(ROOT / "rules" / "nis2")
        subprocess.run([sys.executable, year, pack, "--events", str(log), "--seed", seed], capture_output=True, check=True)
    assert logs[0].read_bytes() == logs[1].read_bytes() != logs[2].read_bytes()
