"""Files that cannot be read or written, and instants beyond the calendar: exit code 2 with words, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACK = """\
pack: replies
timezone: Europe/London
sources: {act: An act}
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
"""
ORG = """\
units: [{id: office, name: Office, level: department}]
posts: [{id: office/head, unit: office, role: head, rank: 1}]
tenures: [{post: office/head, holder: Holder A, from: 2020-01-01}]
"""
RECEIVED = {"specversion": "1.0", "id": "e1", "source": "/test", "type": "request.received", "subject": "case/1",
            "time": "2026-03-02T09:00:00Z", "data": {"unit": "office"}}
LOG = ("replies.yaml", "--events", "log.jsonl")
AT = ("--at", "2026-03-03T00:00:00Z")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK)
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "log.jsonl").write_text(json.dumps(RECEIVED) + "\nno json\n")
    (tmp_path / "empty").touch()
    return tmp_path


def accountability(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "accountability.cli", *words], cwd=folder, capture_output=True, encoding="utf-8",
                          timeout=120, check=False, env={**os.environ, "COLUMNS": "300"})


@pytest.mark.parametrize(("words", "said"), [
    (("run", *LOG, *AT, "--ledger", "."), ".: unreachable-ledger: unable to open database file; check the path"),
    (("run", *LOG, *AT, "--ledger", "absent/ledger"), "absent/ledger: unreachable-ledger: unable to open database file"),
    (("run", *LOG, *AT, "--dead-letters", "."), "accountability: .: Is a directory; check the path"),
    (("run", *LOG, *AT, "--dead-letters", "log.jsonl/letters"), "accountability: log.jsonl: "),
    (("ledger", "."), ".: unreachable-ledger: unable to open database file"),
    (("ledger", "absent"), "absent:1:1: no-ledger: there is no such file"),
    (("ledger", "empty"), "empty: not-a-ledger: there is nothing in it"),
    (("org", "org.yaml", "--write", "log.jsonl"), "log.jsonl:1:1: cannot-write: the file cannot be written: File exists"),
    (("org", "org.yaml", "--write", "absent/org.jsonld"), "absent/org.jsonld:1:1: cannot-write: the file cannot be written"),
    (("org", "org.yaml", "--from", "0001-01-01", "--timezone", "Asia/Shanghai"), "not-a-date: `0001-01-01` is no day of the"),
    (("run", *LOG, "--at", "0001-01-01T00:00:00+08:00"), "`0001-01-01T00:00:00+08:00` is no instant"),
    (("run", *LOG, "--at", "9999-12-31T23:59:59-08:00"), "`9999-12-31T23:59:59-08:00` is no instant"),
    (("forecast", *LOG, "--at", "9999-12-31T23:00:00Z"), "`9999-12-31T23:00:00Z` is too near to the ends of the calendar"),
    (("forecast", *LOG, *AT, "--hours", "999999999"), "999999999 hours from then the calendar has ended"),
    (("run", *LOG, *AT, "--dead-letters", "./log.jsonl"), "`log.jsonl` is `log.jsonl`, which is read or written as something else"),
    (("run", *LOG, *AT, "--ledger", "empty", "--dead-letters", "empty"), "`empty` is `empty`, which is read or written"),
    (("run", "replies.yaml", "--events", "empty", *AT, "--ledger", "empty"), "`empty` is `empty`, which is read or written"),
    (("why", *LOG, *AT, "--finding", ""), "say which finding is meant"),
    pytest.param(("run", *LOG, *AT, "--dead-letters", "/dev/full"), "/dev/full: No space left on device", marks=needs_full),
])
def test_what_cannot_be_done_makes_2_with_words(folder: Path, words: tuple[str, ...], said: str) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    done = accountability(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.name != "dead-letters.jsonl"} == before


def test_a_dead_letter_of_a_log_whose_name_is_not_utf_8(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jsonl")
    shutil.copy(folder / "log.jsonl", folder / name)
    done = accountability(folder, "run", "replies.yaml", "--events", name, *AT)
    assert done.returncode == 3, done.stderr
    letter = json.loads((folder / "dead-letters.jsonl").read_text())
    assert letter["origin"] == r"caf\udce9.jsonl:2"


def test_a_path_that_is_not_utf_8_is_told(folder: Path) -> None:
    done = accountability(folder, "run", "replies.yaml", "--events", os.fsdecode(b"caf\xe9.jsonl"), *AT)
    assert done.returncode == 2
    assert r"caf\udce9.jsonl:1:1: unreadable-log" in done.stderr


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="this system has no /dev/stdin")
def test_a_log_may_come_through_a_pipe(folder: Path) -> None:
    log = (folder / "log.jsonl").read_text()
    words = [sys.executable, "-m", "accountability.cli", "run", "replies.yaml", "--events", "/dev/stdin", *AT, "--format", "jsonl"]
    done = subprocess.run(words, cwd=folder, input=log, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 3, done.stderr
    assert json.loads(done.stdout)["subject"] == "case/1"
    assert "2 events read: 1 judged" in done.stderr


def test_a_packed_log_with_nothing_in_it_is_no_log(folder: Path) -> None:
    (folder / "empty").rename(folder / "log.jsonl.gz")
    done = accountability(folder, "run", "replies.yaml", "--events", "log.jsonl.gz", *AT)
    assert done.returncode == 2
    assert "log.jsonl.gz:1:1: unreadable-log: the log cannot be read: it ends before it has begun" in done.stderr
