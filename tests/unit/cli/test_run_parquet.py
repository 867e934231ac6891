"""`accountability run` on a log in Parquet says what it says of the same log in lines."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow, of the extra `columnar`")
pytest.importorskip("numpy", reason="the sieve needs numpy, of the extra `columnar`")
pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow, of the extra `columnar`")

PACK = """\
pack: replies
timezone: Europe/London
sources: {act: {title: Freedom of Information Act 2000, clause: s 10}}
vocabulary:
  request.received: {raises a case: yes, case: case from subject, unit: unit, size: 'number, optional'}
  reply.sent: {case: case from subject}
rules:
  - duty: reply
    source: act
    when: request.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
  - duty: great request
    source: act
    when: request.received
    where: size > 2.5
    bearer: unit
    must: reply.sent
    same: case
    within: 1h
"""
DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(case: int, minutes: int, type_: str, **more: object) -> dict[str, object]:
    at = DAY + timedelta(days=case, minutes=minutes)
    return {"id": f"{type_[:3]}{case}", "source": "/desk", "type": type_, "time": at, "subject": f"case/c{case}", "unit": None,
            "size": None, "retracts": None, **more}


ROWS = [
    *(row(n, 0, "request.received", unit="office", size=2.0) for n in range(6)),
    row(6, 0, "request.received", unit="office", size=3.0), row(6, 90, "reply.sent"),
    row(0, 30, "reply.sent"), row(1, 120, "reply.sent"), row(2, 121, "reply.sent"), row(3, 10, "reply.sent"),
    row(4, 5, "reply.sent"), row(4, 6, "reply.sent", id="back", retracts="rep4"), row(5, 1, "reply.sent", id="rep3"),
    row(7, 0, "request.received", size=1.0), row(8, 0, "request.sent"),
]


def run(folder: Path, *logs: str) -> subprocess.CompletedProcess[str]:
    events = [word for log in logs for word in ("--events", log)]
    return subprocess.run(
        [sys.executable, "-m", "accountability.cli", "run", "replies.yaml", *events, "--at", "2026-04-01T00:00:00Z",
         "--format", "jsonl"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def write(folder: Path, rows: list[dict[str, object]]) -> None:
    """The same log in both forms."""
    names = dict.fromkeys(name for row in rows for name in row)
    pq.write_table(pa.Table.from_pylist([{n: r.get(n) for n in names} for r in rows]), folder / "log.parquet")
    data = ("unit", "size", "retracts", "name", "level")
    lines = [{"specversion": "1.0"} | {n: v.isoformat() if isinstance(v, datetime) else v for n, v in r.items() if n not in data}
             | {"data": {n: r[n] for n in data if r.get(n) is not None}} for r in rows]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK)
    write(tmp_path, ROWS)
    return tmp_path


def test_parquet_and_lines_give_the_same_findings(folder: Path) -> None:
    columns, lines = run(folder, "log.parquet"), run(folder, "log.jsonl")
    assert columns.stdout == lines.stdout
    assert (columns.returncode, lines.returncode) == (3, 3)
    assert len(columns.stdout.splitlines()) == 4
    said = "8 of those judged were judged by columns, together"
    assert said in columns.stderr
    same = columns.stderr.replace("log.parquet:", "log.jsonl:")
    assert [line for line in same.splitlines() if line != said] == [line for line in lines.stderr.splitlines() if line]


def test_where_the_log_changes_the_organisation_every_event_is_looked_at(folder: Path) -> None:
    write(folder, [*ROWS, row(0, -60, "organisation.unit_changed", unit="office", name="Office", level="town")])
    columns, lines = run(folder, "log.parquet"), run(folder, "log.jsonl")
    assert columns.stdout == lines.stdout
    assert len(columns.stdout.splitlines()) == 4
    assert "13 judged" in columns.stderr
    assert "judged by columns" not in columns.stderr


def test_what_cannot_be_read_together_is_said(folder: Path) -> None:
    done = run(folder, "log.parquet", "log.jsonl")
    assert done.returncode == 2
    assert "log.parquet:1:1: unreadable-log: it cannot be read together with `log.jsonl`" in done.stderr


def test_a_file_that_is_no_parquet_is_refused(folder: Path) -> None:
    (folder / "log.parquet").write_text("{}")
    done = run(folder, "log.parquet")
    assert done.returncode == 2
    assert "log.parquet:1:1: unreadable-log: the log cannot be read" in done.stderr
