"""`accountability follow` as a script meets it: real processes, a stream on standard input, files that outlive them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from accountability.ledger import Ledger
from accountability.monitor.snapshots import sealed

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


def wait_until(so: Callable[[], bool]) -> None:
    waited = time.monotonic() + 60
    while not so():
        assert time.monotonic() < waited
        time.sleep(0.05)


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


HOURLY = [event(i, REQUEST, i, 2, i) for i in range(1, 9)]


def standing(folder: Path) -> list[tuple[object, object]]:
    with Ledger.open(folder / "book") as book:
        assert book.verify()
        return sorted((f["subject"], f["status"]) for f in book.standing("replies").values())


def test_a_snapshot_older_than_the_ledger_is_gone_on_from(folder: Path) -> None:
    """A process may be killed when it has written the ledger and not the snapshot. The next one files when it has come so far."""
    words = ("--every", "2", "--snapshot", "state", "--ledger", "book")
    assert follow(folder, HOURLY[:2], *words).returncode == 0
    older = (folder / "state").read_bytes()
    assert follow(folder, HOURLY[2:6], *words).returncode == 0
    recorded = standing(folder)
    assert recorded == [(f"case/{i}", "missed") for i in (1, 2, 3)]
    (folder / "state").write_bytes(older)
    short = follow(folder, HOURLY[2:4], *words)
    assert short.returncode == 0, short.stderr
    assert "the ledger records `replies` as of 2026-03-02T06:00:00+00:00, and the clock stands at 2026-03-02T04:00" in short.stderr
    assert "the clock has not come up with the ledger: neither ledger nor snapshot was written" in short.stderr
    assert ((folder / "state").read_bytes(), standing(folder)) == (older, recorded)
    whole = follow(folder, HOURLY[2:], *words)
    assert whole.returncode == 0, whole.stderr
    assert "has not come up" not in whole.stderr
    assert standing(folder) == [(f"case/{i}", "missed") for i in (1, 2, 3, 4, 5)]
    assert b'"place":{"line":8,' in (folder / "state").read_bytes()


def test_what_is_recorded_further_on_may_be_filed_with_a_smaller_every(folder: Path) -> None:
    assert follow(folder, HOURLY, "--ledger", "book").returncode == 0
    done = follow(folder, HOURLY, "--ledger", "book", "--every", "1")
    assert done.returncode == 0, done.stderr


def test_a_run_into_a_ledger_that_is_ahead_stays_a_mistake(folder: Path) -> None:
    assert follow(folder, HOURLY, "--ledger", "book").returncode == 0
    (folder / "log.jsonl").write_text("\n".join(HOURLY))
    words = ["--events", "log.jsonl", "--at", "2026-03-02T05:00:00Z", "--ledger", "book"]
    done = subprocess.run([sys.executable, "-m", "accountability.cli", "run", "replies.yaml", *words], cwd=folder,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "ledger-ahead" in done.stderr


def heeding() -> None:
    """These tests may run where signals are ignored, as in the background or under `nohup`, and processes inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Living:
    """A process that follows a stream which does not end by itself."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, "-m", "accountability.cli", "follow", "replies.yaml", *words], cwd=folder,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=heeding)

    def __enter__(self) -> Living:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def send(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """The exit code, and what was said from now on, of a process that gets a signal and no more to read."""
        self.process.send_signal(number)
        assert self.process.wait(60) is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return self.process.returncode, self.process.stdout.read(), self.process.stderr.read()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_waiting_and_what_was_judged_is_filed(folder: Path, number: signal.Signals, code: int) -> None:
    """Half a line that has not come to its end is none: whoever sends it again sends it whole."""
    with Living(folder, "--snapshot", "state", "--ledger", "book") as living:
        living.send("".join(line + "\n" for line in HOURLY[:4]) + HOURLY[4][:50])
        assert '"case/1"' in living.line()
        returned, _, said = living.end(number)
    assert returned == code
    assert "4 events read, 0 refused; the clock stands at 2026-03-02T04:00:00+00:00" in said
    assert f"stopped by {number.name}: what was judged up to line 4 (event `e4`) is written to ledger and snapshot" in said
    assert standing(folder) == [("case/1", "missed")]
    assert not (folder / "dead-letters.jsonl").exists()
    assert follow(folder, HOURLY[4:], "--snapshot", "state", "--ledger", "book").returncode == 0
    assert standing(folder) == [(f"case/{i}", "missed") for i in (1, 2, 3, 4, 5)]


def test_a_signal_stops_between_two_events(folder: Path) -> None:
    """A file never lets it wait: it is stopped in the midst of the work, and loses and repeats nothing."""
    log = [event(i, REQUEST, i, 2 + i // 24 % 28, i % 24) for i in range(24 * 28)]
    log += [event(10_000 + i, REPLY, i, 30, 9) for i in range(24 * 28)]
    (folder / "log").write_text("".join(line + "\n" for line in log))
    command = [sys.executable, "-m", "accountability.cli", "follow", "replies.yaml", "--snapshot", "state"]
    with (folder / "log").open("rb") as stream, subprocess.Popen(command, cwd=folder, stdin=stream, stdout=subprocess.PIPE,
                                                                 stderr=subprocess.PIPE, text=True, preexec_fn=heeding) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()  # `communicate` would lose what was read ahead with the first line
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 143, said
    place = json.loads((folder / "state").read_text().splitlines()[0])["place"]["line"]
    assert 0 < place < len(log)
    parts = (first + rest).splitlines() + follow(folder, log[place:], "--snapshot", "state").stdout.splitlines()
    assert parts == follow(folder, log).stdout.splitlines()


def test_a_signal_that_is_to_be_ignored_is(folder: Path) -> None:
    """So `nohup` starts a process."""
    command = ["nohup", sys.executable, "-m", "accountability.cli", "follow", "replies.yaml"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for part in (HOURLY[:4], HOURLY[4:]):
            process.stdin.write("".join(line + "\n" for line in part))
            process.stdin.flush()
            assert '"raised"' in process.stdout.readline()
            process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_what_was_judged_is_filed_as_soon_as_nothing_more_comes(folder: Path) -> None:
    """However few events that are: a process that is killed in a quiet hour has nothing left to write down."""
    with Living(folder, "--snapshot", "state", "--ledger", "book") as living:
        living.send("".join(line + "\n" for line in HOURLY[:4]))
        wait_until(lambda: (folder / "state").exists())
        living.send(HOURLY[4] + "\n")
        wait_until(lambda: b'"line":5' in (folder / "state").read_bytes())
        living.process.kill()
    assert standing(folder) == [("case/1", "missed"), ("case/2", "missed")]


def test_a_reader_that_closes_its_end_ends_it(folder: Path) -> None:
    with Living(folder, "--snapshot", "state", "--ledger", "book") as living:
        living.send("".join(line + "\n" for line in HOURLY[:4]))
        assert living.line()
        assert living.process.stdout is not None
        living.process.stdout.close()
        living.send("".join(line + "\n" for line in HOURLY[4:6]))
        assert living.process.wait(60) == 2
        assert living.process.stderr is not None
        said = living.process.stderr.read()
    assert said.splitlines()[1:] == [
        "accountability: standard output takes no more (broken pipe): what was judged up to line 5 (event `e5`) is written to "
        "ledger and snapshot; its last changes may not have been told"]
    assert standing(folder) == [("case/1", "missed"), ("case/2", "missed")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_behind_standard_output_ends_it(folder: Path) -> None:
    command = [sys.executable, "-m", "accountability.cli", "follow", "replies.yaml", "--ledger", "book"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=folder, input="\n".join(HOURLY), stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=120, check=False)
    assert done.returncode == 2
    assert "accountability: standard output takes no more (no space left on device): what was judged up to line 4" in done.stderr
    assert "Traceback" not in done.stderr
    assert standing(folder) == [("case/1", "missed")]


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


@pytest.mark.parametrize("every", ["0", "-1"])
def test_there_is_no_filing_after_less_than_one_event(folder: Path, every: str) -> None:
    done = follow(folder, LOG[:1], "--every", every)
    assert done.returncode == 2
    assert "--every" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_instant_before_the_clock_is_said_to_change_nothing(folder: Path) -> None:
    done = follow(folder, LOG[:3], "--at", "2026-03-02T08:00:00Z")
    assert done.returncode == 0
    assert ("--at 2026-03-02T08:00:00Z is before 2026-03-02T12:00:00+00:00, where the clock stands, and changes nothing: it never "
            "goes back") in done.stderr
    assert "the clock stands at 2026-03-02T12:00:00+00:00" in done.stderr


def test_any_declared_event_moves_the_clock_and_what_is_refused_does_not(folder: Path) -> None:
    """Even where no rule asks for it: something that comes in every minute is enough for what falls due to be told."""
    (folder / "replies.yaml").write_text(PACK.replace("  reply.sent:", "  heart.beat: {}\n  reply.sent:"))
    done = follow(folder, [LOG[0], event(2, "heart.beat", 9, 2, 12)])
    assert told(done) == [("raised", "e2", "case/1 missed")]
    done = follow(folder, [LOG[0], event(2, "heart.attack", 9, 2, 12)])
    assert told(done) == []
    assert "1 refused; the clock stands at 2026-03-02T09:00:00+00:00" in done.stderr


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


SAME_HOUR = [event(1, REQUEST, 9, 2, 8), event(20, REQUEST, 1, 2, 9), event(10, REPLY, 1, 2, 9)]
"""The reply comes last, and its id before that of the request at the same instant."""


@pytest.mark.parametrize("again", [SAME_HOUR[2:], SAME_HOUR], ids=["what came after it", "the whole log"])
def test_a_restart_leaves_events_of_one_instant_in_their_order(folder: Path, again: list[str]) -> None:
    """Without `sequence` the place in the log decides, and the next process counts on from the last one's."""
    words = ("--at", "2026-03-03T00:00:00Z")
    assert told(follow(folder, SAME_HOUR, *words)) == [("raised", None, "case/9 missed")]
    assert follow(folder, SAME_HOUR[:2], "--snapshot", "state").returncode == 0
    assert told(follow(folder, again, "--snapshot", "state", *words)) == [("raised", None, "case/9 missed")]


def test_a_restart_says_how_far_its_snapshot_goes(folder: Path) -> None:
    """The place is that of the last event judged, not of all that was read ahead; at the end it is that of the last line."""
    first = follow(folder, [*LOG[:2], "", ""], "--snapshot", "state")
    assert "going on" not in first.stderr
    done = follow(folder, ["{", LOG[2]], "--snapshot", "state")
    assert ("going on from state, which goes up to line 3 (event `e2`); the clock stands at 2026-03-02T10:00:00+00:00; send again "
            "what came after it\n") in done.stderr
    assert json.loads((folder / "dead-letters.jsonl").read_text())["origin"] == "standard input:4"
    body = json.loads((folder / "state").read_text().splitlines()[0])
    assert body["place"] == {"line": 5, "event": "e3"}


def test_the_place_is_that_of_what_was_judged_and_not_of_what_was_read_ahead(folder: Path) -> None:
    command = [sys.executable, "-m", "accountability.cli", "follow", "replies.yaml", "--snapshot", "left", "--every", "4"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write("".join(line + "\n" for line in LOG).encode())
        process.stdin.flush()
        wait_until((folder / "left").exists)
        process.kill()
    assert json.loads((folder / "left").read_text().splitlines()[0])["place"] == {"line": 4, "event": "e4"}
    assert "line 4 (event `e4`)" in follow(folder, LOG[4:], "--snapshot", "left").stderr


def test_a_snapshot_without_a_place_is_read(folder: Path) -> None:
    """Those of earlier releases do not say how far the log was read."""
    assert follow(folder, LOG[:3], "--snapshot", "state").returncode == 0
    body = json.loads((folder / "state").read_text().splitlines()[0])
    del body["place"], body["format"]
    (folder / "state").write_bytes(sealed(body))
    done = follow(folder, LOG, "--snapshot", "state")
    assert done.returncode == 0, done.stderr
    assert told(done) == [x for x in told(follow(folder, LOG)) if x[1] != "e3"]


def test_a_snapshot_of_another_policy_is_refused(folder: Path) -> None:
    assert follow(folder, LOG[:2], "--snapshot", "state").returncode == 0
    (folder / "replies.yaml").write_text(PACK.replace("2h", "3h"))
    done = follow(folder, LOG[2:], "--snapshot", "state")
    assert done.returncode == 2
    assert "snapshot: other-basis: it was taken under another policy" in done.stderr


def test_names_of_files_are_told_as_they_are(folder: Path) -> None:
    done = follow(folder, [*LOG[:2], "{}"], "--dead-letters", "[/b] [red].jsonl")
    assert done.returncode == 3, done.stderr
    assert "refused events and reasons: [/b] [red].jsonl" in done.stderr


@pytest.mark.parametrize("words", [("--ledger", "one", "--snapshot", "one"), ("--snapshot", "one", "--dead-letters", "one")])
def test_one_file_is_not_written_for_two_uses(folder: Path, words: tuple[str, ...]) -> None:
    done = follow(folder, LOG, *words)
    assert (done.returncode, (folder / "one").exists()) == (2, False)
    assert "name another file" in done.stderr
