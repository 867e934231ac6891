"""`accountability follow` as a script meets it: real processes, a stream on standard input, files that outlive them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from accountability.ledger import Ledger

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
REQUEST, REPLY = "request.received", "reply.sent"


def event(number: int, type_: str, case: int, day: int, hour: int, **other: object) -> str:
    at = f"2026-03-{day:02}T{hour:02}:00:00Z"
    return json.dumps({"specversion": "1.0", "id": f"e{number}", "source": "/test", "type": type_, "subject": f"case/{case}",
                       "time": at, "recordedtime": at, "data": {"unit": "office"}} | other)


LOG = [event(1, REQUEST, 1, 2, 9), event(2, REQUEST, 2, 2, 10), event(3, REPLY, 1, 2, 12), event(4, REQUEST, 3, 20, 9),
       event(5, REPLY, 2, 20, 10), event(6, REPLY, 3, 20, 12)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK)
    return tmp_path


def follow(folder: Path, log: Iterable[str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "accountability.cli", "follow", "replies.yaml", *words], cwd=folder,
                          input="\n".join(log), capture_output=True, text=True, timeout=120, check=False)


def told(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str | None, str]]:
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [(x["change"], x["cause"], f"{x['finding']['subject']} {x['finding']['status']}") for x in lines if "finding" in x]


def test_every_change_is_a_line_that_names_the_event_that_did_it(folder: Path) -> None:
    done = follow(folder, LOG[:3], "--at", "2026-03-03T00:00:00Z")
    assert done.returncode == 0, done.stderr
    assert told(done) == [("raised", "e3", "case/1 late"), ("raised", None, "case/2 missed")]
    assert "3 events read, 0 refused; the clock stands at 2026-03-03T00:00:00+00:00" in done.stderr


def test_a_stream_that_is_broken_off_goes_on_from_its_snapshot(folder: Path) -> None:
    whole = follow(folder, LOG, "--horizon", "7 days")
    parts = [follow(folder, log, "--horizon", "7 days", "--snapshot", "state") for log in (LOG[:2], LOG[2:4], LOG[4:])]
    assert [p.returncode for p in parts] == [0, 0, 0]
    changes = [x for part in parts for x in told(part)]
    assert [x for x in changes if x[0] != "let go"] == [x for x in told(whole) if x[0] != "let go"]


def test_what_was_judged_is_filed_while_nothing_more_comes(folder: Path) -> None:
    """A stream may pause for hours. What was due to be filed does not wait for the next event."""
    command = [sys.executable, "-m", "accountability.cli", "follow", "replies.yaml", "--snapshot", "left", "--every", "2"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write("".join(line + "\n" for line in LOG[:4]).encode())
        process.stdin.flush()
        waited = time.monotonic() + 60
        while not (folder / "left").exists() or b'"e4"' not in (folder / "left").read_bytes():
            assert time.monotonic() < waited
            time.sleep(0.05)
        process.stdin.close()
        assert process.wait(60) == 0


def test_what_is_let_go_stands_in_the_ledger(folder: Path) -> None:
    for log in (LOG[:4], LOG[4:]):
        done = follow(folder, log, "--horizon", "7 days", "--snapshot", "state", "--ledger", "ledger.sqlite")
        assert done.returncode == 0, done.stderr
    assert ("let go", None, "case/1 late") in told(follow(folder, LOG, "--horizon", "7 days"))
    with Ledger.open(folder / "ledger.sqlite") as book:
        standing = sorted((f["subject"], f["status"]) for f in book.standing("replies").values())
        assert book.verify() == book.head().number  # type: ignore[union-attr]
    assert standing == [("case/1", "late"), ("case/2", "late"), ("case/3", "late")]


def test_too_late_is_refused_with_the_reason_and_known_again_by_the_ledger(folder: Path) -> None:
    words = ("--horizon", "7 days", "--snapshot", "state", "--ledger", "ledger.sqlite", "--dead-letters", "dead.jsonl")
    assert follow(folder, LOG, *words).returncode == 0
    again = follow(folder, [LOG[0]], *words)
    assert (again.returncode, again.stdout) == (0, "")
    late = follow(folder, [event(7, REQUEST, 4, 3, 9, recordedtime="2026-03-20T13:00:00Z")], *words)
    assert late.returncode == 3
    (letter,) = (folder / "dead.jsonl").read_text().splitlines()
    assert "too-old" in letter
    assert "`e7` happened before 2026-03-13T13:00:00Z, where the horizon is" in letter
    assert "judge the whole log anew, or declare a longer horizon" in letter


@pytest.mark.parametrize(("words", "said"), [
    (("--horizon", "2 months"), "no length of time"),
    (("--horizon", "soon"), "a number and a unit"),
    (("--horizon", "8 days", "--snapshot", "state"), "which stays"),
])
def test_what_cannot_be_a_horizon_is_refused(folder: Path, words: tuple[str, ...], said: str) -> None:
    assert follow(folder, LOG[:1], "--horizon", "7 days", "--snapshot", "state").returncode == 0
    done = follow(folder, LOG[1:], *words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_a_snapshot_of_another_policy_is_refused(folder: Path) -> None:
    assert follow(folder, LOG[:2], "--snapshot", "state").returncode == 0
    (folder / "replies.yaml").write_text(PACK.replace("2h", "3h"))
    done = follow(folder, LOG[2:], "--snapshot", "state")
    assert done.returncode == 2
    assert "snapshot: other-basis: it was taken under another policy" in done.stderr
