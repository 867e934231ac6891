"""What drafts would find is shown apart by the command line, and recorded nowhere."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from accountability import cli

RULES = """\
pack: trial
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.received: {case: case from subject, unit: unit}
  reply.sent: {case: case from subject, unit: unit}
rules:
  - duty: reply
    source: law
    when: case.received
    bearer: unit
    must: reply.sent
    same: case
    within: 5 days
    answers: {head: at due}
  - duty: quick reply
    source: law
    draft: yes
    when: case.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2 days
    answers: {head: at due}
"""
EVENT = {"specversion": "1.0", "source": "/log", "id": "1", "type": "case.received", "subject": "case/1",
         "time": "2026-03-01T08:00:00+08:00", "data": {"unit": "town"}}


def run(folder: Path, command: str, *options: str, at: str = "2026-03-05T00:00:00+08:00") -> str:
    rules, events = folder / "trial.yaml", folder / "events.jsonl"
    rules.write_text(RULES, encoding="utf-8")
    events.write_text(json.dumps(EVENT) + "\n", encoding="utf-8")
    done = CliRunner().invoke(cli.app, [command, str(rules), "--events", str(events), "--at", at, *options])
    assert done.exit_code == 0, done.output
    return done.output


def lines(text: str) -> list[tuple[str, bool]]:
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [(one["rule"], one.get("draft", False)) for one in found]


def test_a_draft_is_shown_apart_and_neither_counted_nor_recorded(tmp_path: Path) -> None:
    shown = run(tmp_path, "run", "--ledger", str(tmp_path / "book.sqlite"))
    assert "no findings" in shown
    assert "drafts would have found as of" in shown
    assert "quick reply" not in shown.partition("counts by rule and unit")[2]
    assert "ledger: 0 raised" in shown
    assert lines(run(tmp_path, "run", "--format", "jsonl")) == [("quick reply", True)]


def test_a_forecast_tells_what_drafts_would_find_last(tmp_path: Path) -> None:
    soon = "2026-03-03T12:00:00+08:00"
    coming = run(tmp_path, "forecast", "--hours", "96", "--format", "jsonl", at=soon)
    assert lines(coming) == [("reply", False), ("quick reply", True)]
    assert "drafts: in the 96 hours" in run(tmp_path, "forecast", "--hours", "96", at=soon)
