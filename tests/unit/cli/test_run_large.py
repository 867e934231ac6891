"""`accountability run` reads a large log of lines by columns, and says what it says of it line by line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accountability.cli import app
from accountability.cli import columns as by_columns

pytest.importorskip("numpy", reason="the sieve needs numpy, of the extra `columnar`")

PACK = """\
pack: replies
timezone: Europe/London
unknown events: ignore
sources: {act: {title: Freedom of Information Act 2000, clause: s 10}}
vocabulary:
  request.received: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject}
rules:
  - duty: reply
    source: act
    when: request.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
    report: REPORT
"""
BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


def line(id: str, type_: str, minutes: int, case: int, **data: object) -> str:
    at = BEGINNING + timedelta(minutes=minutes)
    return json.dumps({"specversion": "1.0", "id": id, "source": "/desk", "type": type_, "time": at.isoformat(),
                       "subject": f"case/c{case}", "data": data})


def log(cases: int) -> str:
    """Requests, most of them answered in time; one correction, one retraction, one duplicate, one line that is refused."""
    out = []
    for n in range(cases):
        out += [line(f"r{n}", "request.received", n, n, unit=f"office{n % 7}"), line(f"x{n}", "weather.told", n, n, rain=True)]
        if n % 10:
            out.append(line(f"s{n}", "reply.sent", n + 150 if n % 100 == 1 else n + 30, n))
    out += [line("fix", "reply.sent", 400, 3, corrects="s3"), line("gone", "reply.sent", 400, 4, retracts="s4"),
            line("s5", "reply.sent", 35, 5), line("bad", "request.received", 1, 1)]
    return "\n".join(out) + "\n"


@pytest.mark.parametrize(("report", "counted", "at"), [
    ("exceptions", True, "2026-04-01T00:00:00Z"), ("exceptions", True, "2026-03-02T12:30:00Z"),
    ("all", False, "2026-04-01T00:00:00Z")])
def test_a_large_log_is_judged_as_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: str, counted: bool,
                                              at: str) -> None:
    (tmp_path / "replies.yaml").write_text(PACK.replace("REPORT", report))
    (tmp_path / "log.jsonl").write_text(log(300))
    monkeypatch.chdir(tmp_path)
    said = []
    for large in (10**9, 1):
        monkeypatch.setattr(by_columns, "LARGE", large)
        said.append(CliRunner().invoke(app, ["run", "replies.yaml", "--events", "log.jsonl", "--at", at, "--format", "jsonl"]))
    plainly, sifted = said
    assert plainly.stdout == sifted.stdout
    assert plainly.stdout.count('"rule":"reply"') > 5
    assert plainly.exit_code == sifted.exit_code == 3
    together = [text for text in sifted.stderr.splitlines() if "were judged by columns" in text]
    assert bool(together) is counted
    assert [text for text in sifted.stderr.splitlines() if text not in together] == plainly.stderr.splitlines()


def test_the_counts_show_the_units_against_which_most_stands(tmp_path: Path) -> None:
    (tmp_path / "replies.yaml").write_text(PACK.replace("REPORT", "exceptions"))
    requests = [(f"office{unit}", n) for unit, number in enumerate([1, 3, 2]) for n in range(number)]
    lines = [line(f"r{unit}{n}", "request.received", n, n + 10 * int(unit[-1]), unit=unit) for unit, n in requests]
    (tmp_path / "log.jsonl").write_text("\n".join(lines))
    command = ["run", str(tmp_path / "replies.yaml"), "--events", str(tmp_path / "log.jsonl"), "--at", "2026-04-01T00:00:00Z"]
    limited = CliRunner().invoke(app, [*command, "--limit", "1"]).stdout.partition("counts by rule")[2]
    assert [row.split("│")[2:5:1] for row in limited.splitlines() if "│ reply" in row] == [
        [" office1 ", "      3 ", "   3 "], [" 2 more  ", "      3 ", "   3 "], [" all     ", "      6 ", "   6 "]]
    assert "more" not in CliRunner().invoke(app, [*command, "--limit", "0"]).stdout
