"""In a large log, columns took a breach that only the engine can date for one from before the law, and counted without it."""

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
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}
  - {threshold: of a case, source: law, count: breach of reply, per: case, within: 30 days rolling by instants, reaches: 1,
     fires: each, effective: {from: 2026-03-03}}
  - {threshold: of a unit, source: law, count: finding of of a case, per: bearer, within: 30 days rolling by instants, reaches: 1,
     fires: each}
"""


def test_what_only_the_engine_can_date_counts_with_what_columns_have_found(policy: Callable[..., Policy], tmp_path: Path) -> None:
    pytest.importorskip("numpy", reason="columns need numpy, of the extra `columnar`")
    from accountability.engine.columnar.sieve import Sieve

    read, organisation = policy(RULES), Organisation.of([Unit("u", "Town", "town")])
    lines = [
        json.dumps({"specversion": "1.0", "id": id, "source": "desk", "type": "asked", "time": f"2026-03-02T0{9 - later}:00:00Z",
                    "recordedtime": f"2026-03-0{2 + later}T09:00:00Z", "subject": f"case/{case}", "data": {"unit": "u"} | data})
        for id, case, later, data in [("1", "1", 0, {}), ("2", "2", 0, {}), ("3", "2", 2, {"corrects": "2", "reason": "mistyped"})]]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    intake, clock = Intake(read.vocabulary), datetime(2026, 4, 1, tzinfo=UTC)
    sieved = read_sieved(
        Sieve(read, organisation), intake, [log], at=clock, known_at=clock, refused=print, said=Console(file=StringIO()))
    found = sieved.whole(run(read, organisation, sieved.history, at=clock, known_at=clock, feeds=sieved.feeds))
    meant = judge(read, organisation, [intake.one(json.loads(line)) for line in lines], at=clock)
    assert [(f.rule, f.since, f.members) for f in found.findings] == [(f.rule, f.since, f.members) for f in meant.findings]
