"""In a large log, columns took a threshold that sums, or counts periods in a row, for one that counts members in a window."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from accountability.cli.columns import read_sieved
from accountability.engine.replay import run
from accountability.intake import Intake
from accountability.organisation import Organisation, Unit
from accountability.policy.model import Policy
from accountability.semantics import judge

RULES = """\
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 2h}
  - {threshold: often, source: law, count: breach of reply, per: unit, reaches: 2, fires: each, COUNTED}
"""


@pytest.mark.parametrize("counted", [
    "within: calendar year, adds: 0.5", "within: calendar year, adds: 2", "in a row: calendar month"])
def test_what_is_no_number_of_members_is_left_to_the_engine(
        counted: str, policy: Callable[..., Policy], tmp_path: Path) -> None:
    pytest.importorskip("numpy", reason="columns need numpy, of the extra `columnar`")
    from accountability.engine.columnar.sieve import Sieve

    read, organisation = policy(RULES.replace("COUNTED", counted)), Organisation.of([Unit("u", "Town", "town")])
    lines = [json.dumps({"specversion": "1.0", "id": case, "source": "desk", "type": "asked", "time": f"2026-03-0{case}T09:00:00Z",
                         "subject": f"case/{case}", "data": {"unit": "u"}}) for case in "123"]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    intake, clock = Intake(read.vocabulary), datetime(2026, 4, 1, tzinfo=UTC)
    sieved = read_sieved(
        Sieve(read, organisation), intake, [log], at=clock, known_at=clock, refused=print, said=Console(file=StringIO()))
    found = sieved.whole(run(read, organisation, sieved.history, at=clock, known_at=clock, feeds=sieved.feeds))
    meant = judge(read, organisation, [intake.one(json.loads(line)) for line in lines], at=clock)
    assert [(f.rule, f.since, f.members) for f in found.findings] == [(f.rule, f.since, f.members) for f in meant.findings]
