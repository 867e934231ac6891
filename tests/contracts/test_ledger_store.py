"""What every store of the ledger must do, then what the SQLite file must withstand."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import attrs
import pytest

from accountability.conclusion import Answer, Conclusion, Judgement, Kind, Status
from accountability.errors import EngineFault, LedgerAhead, LedgerBroken, LedgerUnreachable
from accountability.ledger import Basis, Ledger, Recorded, body, canonical, content_digest

DAY = datetime(2025, 3, 3, tzinfo=UTC)
BASIS = Basis("on-scene", "r1", "o1", {"CN": "c1"})
NEW_RULES = attrs.evolve(BASIS, rules="r2")


def late(case: str, points: int = -2) -> Conclusion:
    return Conclusion(kind=Kind.OBLIGATION, rule="on-scene", subject=f"case/{case}", trigger=f"e-{case}", status=Status.LATE,
                      unit="unit/a", since=DAY, points=points)


def judged(*findings: Conclusion, at: int = 0, known_at: int | None = None) -> Judgement:
    """A judgement as of hour *at*."""
    return Judgement(DAY + timedelta(hours=at), DAY + timedelta(hours=at if known_at is None else known_at), findings)


def kinds(ledger: Ledger) -> list[tuple[str, str | None]]:
    return [(entry.kind, entry.conclusion_id) for entry in ledger.entries()]


@pytest.fixture(params=[Ledger.open], ids=["sqlite"])
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Ledger]:
    """Opens one and the same ledger, as often as it is called."""
    opened: Callable[[Path], Ledger] = request.param
    return lambda: opened(tmp_path / "a.ledger")


@pytest.fixture
def ledger(open_ledger: Callable[[], Ledger]) -> Iterator[Ledger]:
    with open_ledger() as opened:
        yield opened


A, B = late("a"), late("b")


def test_findings_are_raised_revised_withdrawn_and_raised_again(ledger: Ledger) -> None:
    assert ledger.record(BASIS, judged(A, B)) == Recorded(raised=2)
    assert ledger.record(BASIS, judged(late("a", -5), B, at=1)) == Recorded(revised=1)
    assert ledger.record(BASIS, judged(late("a", -5), at=2)) == Recorded(withdrawn=1)
    assert ledger.record(BASIS, judged(late("a", -5), B, at=3)) == Recorded(raised=1)
    assert kinds(ledger) == [("basis", None), ("raised", A.identity), ("raised", B.identity), ("revised", A.identity),
                             ("withdrawn", B.identity), ("raised", B.identity)]
    assert ledger.verify() == 6


def test_what_an_entry_holds(ledger: Ledger) -> None:
    ledger.record(BASIS, judged(A, at=1, known_at=2))
    ledger.record(BASIS, judged(at=3))
    basis, raised, withdrawn = ledger.entries()
    assert (basis.pack, basis.body) == ("on-scene", {"rules": "r1", "organisation": "o1", "calendars": {"CN": "c1"}})
    assert (raised.number, raised.at, raised.known_at) == (2, "2025-03-03T01:00:00Z", "2025-03-03T02:00:00Z")
    assert raised.body == body(A)
    assert withdrawn.body == {"id": A.identity, "rule": "on-scene", "subject": "case/a", "trigger": "e-a"}
    assert [basis.previous, raised.previous, withdrawn.previous] == ["0" * 64, basis.digest, raised.digest]
    assert ledger.head() == withdrawn


def test_the_entries_of_one_run_go_in_the_order_of_findings(ledger: Ledger) -> None:
    ledger.record(BASIS, judged(B, A))
    assert kinds(ledger) == [("basis", None), ("raised", A.identity), ("raised", B.identity)]


def test_a_long_ledger_is_read_whole(ledger: Ledger) -> None:
    ledger.record(BASIS, judged(*(late(str(n)) for n in range(2100))))
    assert [entry.number for entry in ledger.entries("on-scene")] == list(range(1, 2102))
    assert ledger.verify() == 2101


def test_the_same_input_again_adds_nothing(ledger: Ledger) -> None:
    ledger.record(BASIS, judged(A))
    before = list(ledger.entries())
    assert ledger.record(BASIS, judged(A)) == Recorded()
    assert list(ledger.entries()) == before


def test_time_that_passes_without_any_change_adds_nothing_but_is_remembered(ledger: Ledger) -> None:
    ledger.record(BASIS, judged(A))
    ledger.record(BASIS, judged(A, at=5))
    assert len(kinds(ledger)) == 2
    with pytest.raises(LedgerAhead, match="`on-scene` is recorded as of 2025-03-03T05:00:00Z"):
        ledger.record(BASIS, judged(A, at=4))


def test_a_basis_is_added_when_it_differs_from_the_last_one_of_its_pack(ledger: Ledger) -> None:
    for basis in (BASIS, attrs.evolve(BASIS, pack="hotline"), NEW_RULES, NEW_RULES, BASIS):
        ledger.record(basis, judged())
    assert [(e.kind, e.pack, e.body["rules"]) for e in ledger.entries()] == [
        ("basis", "on-scene", "r1"), ("basis", "hotline", "r1"), ("basis", "on-scene", "r2"), ("basis", "on-scene", "r1")]


@pytest.mark.parametrize(("at", "known_at"), [(4, 6), (6, 4), (4, 4)])
def test_neither_of_the_two_times_goes_back(ledger: Ledger, at: int, known_at: int) -> None:
    ledger.record(BASIS, judged(A, at=5))
    with pytest.raises(LedgerAhead, match="judge as of then or later, or record into a ledger of its own"):
        ledger.record(BASIS, judged(at=at, known_at=known_at))
    assert ledger.standing("on-scene") == {A.identity: body(A)}


def test_a_pack_is_recorded_as_of_the_later_of_the_two_times(ledger: Ledger) -> None:
    assert ledger.reached("on-scene") is None
    ledger.record(BASIS, judged(at=3, known_at=5))
    assert ledger.reached("on-scene") == DAY + timedelta(hours=5)
    assert ledger.reached("hotline") is None


def test_packs_do_not_disturb_each_other(ledger: Ledger) -> None:
    hotline = attrs.evolve(BASIS, pack="hotline")
    ledger.record(BASIS, judged(A, at=5))
    assert ledger.record(hotline, judged(B, at=1)) == Recorded(raised=1)
    assert ledger.record(hotline, judged(A, at=2)) == Recorded(raised=1, withdrawn=1)
    assert ledger.standing("on-scene") == {A.identity: body(A)} == ledger.standing("hotline")
    assert [e.number for e in ledger.entries("on-scene")] == [1, 2]
    assert [e.number for e in ledger.entries("hotline")] == [3, 4, 5, 6]
    assert ledger.standing("nothing") == {}


def test_a_run_that_fails_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(EngineFault, match="same-identity: `on-scene` gave two findings on `case/a`"):
        ledger.record(BASIS, judged(A, late("a", -5)))
    with pytest.raises(ValueError, match="non-UTF-8"):
        ledger.record(BASIS, judged(B, attrs.evolve(A, note="\ud800")))
    with pytest.raises(ValueError, match="has no zone"):
        ledger.record(BASIS, attrs.evolve(judged(A), at=datetime(2025, 3, 3)))
    assert ledger.verify() == 0
    assert ledger.record(BASIS, judged(A)) == Recorded(raised=1)


def test_a_ledger_goes_on_where_it_was_left(open_ledger: Callable[[], Ledger]) -> None:
    with open_ledger() as ledger:
        ledger.record(BASIS, judged(A))
    with open_ledger() as ledger:
        assert ledger.record(BASIS, judged(A, B, at=1)) == Recorded(raised=1)
        assert ledger.verify() == 3


def test_entries_may_be_added_while_others_are_read(open_ledger: Callable[[], Ledger]) -> None:
    with open_ledger() as one, open_ledger() as other:
        one.record(BASIS, judged(A))
        reading = one.entries()
        first = next(reading)
        other.record(BASIS, judged(A, B, at=1))
        assert one.record(BASIS, judged(B, at=2)) == Recorded(withdrawn=1)
        assert [first.number, *(entry.number for entry in reading)] == [1, 2]


def test_a_conclusion_as_json() -> None:
    beijing = timezone(timedelta(hours=8))
    conclusion = Conclusion(
        kind=Kind.BREACH, rule="到场", subject="case/1", trigger="e1", status=Status.BREACH,
        since=datetime(2025, 3, 3, 8, tzinfo=beijing), due=datetime(2025, 3, 3, 0, 0, 0, 50, tzinfo=UTC), due_date=date(2025, 3, 4),
        points=-2, evidence=("e1", "e2"), answers=(Answer("first-responsible", "post/p", None, DAY, "due"),),
    )
    assert json.loads(canonical(body(conclusion))) == body(conclusion)
    assert body(conclusion) == {
        "id": conclusion.identity, "kind": "breach", "rule": "到场", "version": "", "clause": "", "subject": "case/1",
        "trigger": "e1", "status": "breach", "since": "2025-03-03T00:00:00Z", "due": "2025-03-03T00:00:00.000050Z",
        "due_date": "2025-03-04", "points": -2, "evidence": ["e1", "e2"], "members": [],
        "answers": [{"line": "first-responsible", "post": "post/p", "at": "2025-03-03T00:00:00Z", "moment": "due",
                     "acting": False}],
    }
    assert content_digest(body(conclusion)) == hashlib.sha256(canonical(body(conclusion))).hexdigest()


def test_the_digests_can_be_checked_without_this_library(tmp_path: Path) -> None:
    path = made(tmp_path)
    previous = "0" * 64
    for number, kind, pack, id, at, known_at, text, named, digest in raw(path, "SELECT * FROM entries ORDER BY number"):
        sealed = {"at": at, "body": hashlib.sha256(text.encode()).hexdigest(), "conclusion_id": id, "kind": kind,
                  "known_at": known_at, "number": number, "pack": pack, "previous": previous}
        written = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (named, digest) == (previous, hashlib.sha256(written.encode()).hexdigest())
        previous = digest


# the SQLite file


def made(folder: Path) -> Path:
    """A ledger of five entries: basis, two raised, one revised, one withdrawn."""
    path = folder / "made.ledger"
    with Ledger.open(path) as ledger:
        for judgement in (judged(A, B), judged(late("a", -5), B, at=1), judged(B, at=2)):
            ledger.record(BASIS, judgement)
    return path


def raw(path: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def unlocked(path: Path) -> Path:
    """*path*, with the triggers that keep honest programs from changing entries gone."""
    for trigger in ("entries_never_change", "entries_never_go", "entries_only_follow"):
        raw(path, f"DROP TRIGGER {trigger}")
    return path


def verified(path: Path) -> int:
    with Ledger.open(path) as ledger:
        return ledger.verify()


@pytest.mark.parametrize(("statement", "message"), [
    ("UPDATE entries SET pack = 'other' WHERE number = 2", "never updated"),
    ("DELETE FROM entries WHERE number = 5", "never deleted"),
    ("INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE number = 2", "only added after the last"),
    ("INSERT INTO entries SELECT 9, kind, pack, conclusion_id, at, known_at, body, previous, digest FROM entries WHERE number = 2",
     "only added after the last"),
])
def test_the_file_itself_refuses_to_change_entries(tmp_path: Path, statement: str, message: str) -> None:
    path = made(tmp_path)
    with pytest.raises(sqlite3.IntegrityError, match=message):
        raw(path, statement)
    assert verified(path) == 5


@pytest.mark.parametrize(("change", "message"), [
    ("kind = 'revised'", "entry 3: other-digest"),
    ("pack = 'on-scent'", "entry 3: other-digest"),
    ("conclusion_id = 'f' || substr(conclusion_id, 2)", "entry 3: other-digest"),
    ("conclusion_id = NULL", "entry 3: other-digest"),
    ("at = '2025-03-03T00:00:01Z'", "entry 3: other-digest"),
    ("known_at = '2025-03-03T00:00:01Z'", "entry 3: other-digest"),
    ("body = replace(body, '-2', '-1')", "entry 3: other-digest"),
    ("body = body || ' '", "entry 3: other-digest"),
    ("body = CAST(body AS BLOB)", "entry 3: other-digest"),
    ("body = CAST(x'ff' || body AS TEXT)", "entry 3: other-digest"),
    ("pack = CAST(x'ff' AS TEXT)", "entry 3: other-digest"),
    ("previous = 'f' || substr(previous, 2)", "entry 3: broken-chain"),
    ("digest = 'f' || substr(digest, 2)", "entry 3: other-digest"),
    ("number = 30", "entry 3: missing-entry: entry 4 stands in its place"),
    ("number = -3", "entry 1: missing-entry: entry -3 stands in its place"),
])
def test_a_changed_entry_is_found_and_named(tmp_path: Path, change: str, message: str) -> None:
    path = unlocked(made(tmp_path))
    raw(path, f"UPDATE entries SET {change} WHERE number = 3")
    with pytest.raises(LedgerBroken, match=message):
        verified(path)


def test_a_missing_entry_is_found_even_if_the_others_are_numbered_anew(tmp_path: Path) -> None:
    path = unlocked(made(tmp_path))
    raw(path, "DELETE FROM entries WHERE number = 3")
    with pytest.raises(LedgerBroken, match="entry 3: missing-entry: entry 4 stands in its place"):
        verified(path)
    for number in (4, 5):
        raw(path, "UPDATE entries SET number = ? WHERE number = ?", number - 1, number)
    with pytest.raises(LedgerBroken, match="entry 3: broken-chain"):
        verified(path)


def test_a_tail_cut_off_shows_only_against_a_digest_noted_elsewhere(tmp_path: Path) -> None:
    path = unlocked(made(tmp_path))
    with Ledger.open(path) as ledger:
        noted = ledger.head()
    raw(path, "DELETE FROM entries WHERE number = 5")
    assert verified(path) == 4
    with Ledger.open(path) as ledger:
        assert noted not in list(ledger.entries())


def test_a_mark_set_back_behind_the_entries_is_found(tmp_path: Path) -> None:
    path = made(tmp_path)
    raw(path, "UPDATE progress SET at = '2025-03-03T01:00:00Z'")
    with pytest.raises(LedgerBroken, match="lost-progress: `on-scene` has entries later"):
        verified(path)
    raw(path, "UPDATE progress SET at = 'yesterday'")
    with pytest.raises(LedgerBroken, match="lost-progress"):
        verified(path)


def test_a_body_that_is_no_json_is_named_when_it_is_read(tmp_path: Path) -> None:
    path = unlocked(made(tmp_path))
    raw(path, "UPDATE entries SET body = '{' WHERE number = 3")
    with Ledger.open(path) as ledger, pytest.raises(LedgerBroken, match="entry 3: unreadable-body"):
        list(ledger.entries())


@pytest.mark.parametrize(("change", "message"), [
    ("UPDATE entries SET body = CAST(body AS BLOB) WHERE number = 1", "entry 1: unreadable-entry"),
    ("UPDATE entries SET body = CAST(body AS BLOB) WHERE number = 2", "entry 2: unreadable-entry"),
    ("UPDATE entries SET conclusion_id = CAST(conclusion_id AS BLOB) WHERE number = 2", "entry 2: unreadable-entry"),
    ("UPDATE entries SET conclusion_id = CAST(x'ff' AS TEXT) WHERE number = 2", "entry 2: unreadable-entry"),
    ("UPDATE entries SET digest = CAST(digest AS BLOB) WHERE number = 3", "entry 3: unreadable-entry"),
    ("UPDATE progress SET at = 'today'", "lost-progress: what is noted for `on-scene` is no instant"),
    ("UPDATE progress SET at = CAST(at AS BLOB)", "lost-progress: what is noted for `on-scene` is no instant"),
    ("UPDATE progress SET known_at = '2025-03-03 00:00'", "lost-progress: what is noted for `on-scene` is no instant"),
])
def test_nothing_is_recorded_behind_what_another_program_wrote(tmp_path: Path, change: str, message: str) -> None:
    path = tmp_path / "a.ledger"
    with Ledger.open(path) as ledger:
        ledger.record(BASIS, judged(A, B))
    raw(unlocked(path), change)
    with Ledger.open(path) as ledger:
        with pytest.raises(LedgerBroken, match=message):
            ledger.record(BASIS, judged(attrs.evolve(A, points=-3), late("c"), at=1))
        with pytest.raises(LedgerBroken):
            ledger.verify()


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = made(tmp_path)
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(LedgerBroken, match="damaged-file"):
        verified(path)


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_text("not a database, and long enough to be looked at\n" * 99)
    raw(other, "CREATE TABLE t (x)")
    before = [text.read_bytes(), other.read_bytes()]
    with pytest.raises(LedgerBroken, match="damaged-file: file is not a database"):
        Ledger.open(text)
    with pytest.raises(LedgerBroken, match="not-a-ledger: the file is another database"):
        Ledger.open(other)
    assert [text.read_bytes(), other.read_bytes()] == before


# several processes, and killed ones

CHILD = """
import os, signal, sqlite3, sys
from datetime import UTC, datetime, timedelta
from accountability.conclusion import Conclusion, Judgement, Kind, Status
from accountability.ledger import Basis, Ledger

DAY = datetime(2025, 3, 3, tzinfo=UTC)

def judged(run, count):
    day = DAY + timedelta(days=run)
    return Judgement(day, day, tuple(
        Conclusion(kind=Kind.BREACH, rule="r", subject="case/1", trigger=f"{run}-{n}", status=Status.BREACH, since=DAY,
                   note="x" * 2000)
        for n in range(count)))
"""
RUNS = CHILD + """
path, pack, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
with Ledger.open(path) as ledger:
    for run in range(runs):
        ledger.record(Basis(pack, "r1", "o1"), judged(run, 1))
        print(run, flush=True)
"""
KILLED = CHILD + """
path, prefix, nth, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
seen = 0

def watch(statement):
    global seen
    if statement.startswith(prefix):
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

def connect(*args, opened=sqlite3.connect, **rest):
    connection = opened(*args, **rest)
    connection.set_trace_callback(watch)
    return connection

sqlite3.connect = connect
with Ledger.open(path) as ledger:
    ledger.record(Basis("p", "r1", "o1"), judged(1, count))
"""


def started(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_write_to_one_new_ledger_at_once(tmp_path: Path) -> None:
    path = tmp_path / "shared.ledger"
    children = [started(RUNS, path, pack, 25) for pack in ("p", "q")]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.communicate("go\n")
    assert [child.returncode for child in children] == [0, 0]
    # A basis, and in each run one finding raised and, but for the first, one withdrawn.
    with Ledger.open(path) as ledger:
        assert ledger.verify() == 2 * (1 + 25 + 24)
        assert [len(list(ledger.entries(pack))) for pack in ("p", "q")] == [50, 50]


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX systems")
def test_a_killed_process_loses_no_run_that_it_had_recorded(tmp_path: Path) -> None:
    path = tmp_path / "killed.ledger"
    with started(RUNS, path, "p", 10_000) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write("go\n")
        child.stdin.flush()
        said = [child.stdout.readline() for _ in range(20)]
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert said[-1] == "18\n"
    with Ledger.open(path) as ledger:
        entries = ledger.verify()
        assert entries >= 1 + 19 + 18
        assert entries % 2 == 0  # whole runs only
        assert len(ledger.standing("p")) == 1


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX systems")
@pytest.mark.parametrize(("prefix", "nth", "count"), [
    ("CREATE TABLE progress", 1, 3), ("INSERT INTO entries", 1, 3), ("INSERT INTO entries", 3, 3), ("COMMIT", 3, 3),
    ("INSERT INTO entries", 2000, 2500),
])
def test_a_process_killed_in_the_middle_of_a_run_leaves_nothing_of_it(tmp_path: Path, prefix: str, nth: int, count: int) -> None:
    path = tmp_path / "killed.ledger"
    with started(KILLED, path, prefix, nth, count) as child:
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    if count == 2500:  # more than SQLite keeps in memory, so part of the run is on disk
        assert path.with_name("killed.ledger-wal").stat().st_size > 2**20
    with Ledger.open(path) as ledger:
        assert ledger.verify() == 0
        assert ledger.record(BASIS, judged(A)) == Recorded(raised=1)
        assert ledger.verify() == 2


def test_a_closed_ledger_is_one_file_that_can_be_copied(tmp_path: Path) -> None:
    path, copy = made(tmp_path), tmp_path / "copy.ledger"
    shutil.copyfile(path, copy)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.ledger", "made.ledger"]
    assert verified(copy) == 5


def test_a_ledger_that_another_process_holds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountability.ledger.database.WAIT", 0.01)
    path = tmp_path / "a.ledger"
    with Ledger.open(path) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnreachable, match=r"a\.ledger: unreachable-ledger: database is locked; wait until"):
            ledger.record(BASIS, judged(A))
        other.close()
        assert ledger.record(BASIS, judged(A)) == Recorded(1)


@pytest.mark.parametrize("path", [".", "absent/a.ledger"])
def test_a_ledger_that_cannot_be_opened_is_named(tmp_path: Path, path: str) -> None:
    with pytest.raises(LedgerUnreachable, match="unreachable-ledger: unable to open database file; check the path"):
        Ledger.open(tmp_path / path)


def test_whoever_only_reads_makes_no_ledger(tmp_path: Path) -> None:
    absent, empty, whole = tmp_path / "absent", tmp_path / "empty", tmp_path / "100% whole?"
    empty.touch()
    with Ledger.open(whole) as ledger:
        ledger.record(BASIS, judged(A))
    held = whole.read_bytes()
    with pytest.raises(LedgerUnreachable, match="absent: unreachable-ledger"):
        Ledger.open(absent, make=False)
    with pytest.raises(LedgerBroken, match="empty: not-a-ledger: there is nothing in it"):
        Ledger.open(empty, make=False)
    with Ledger.open(whole, make=False) as ledger:
        assert ledger.verify() == 2
    assert whole.read_bytes() == held
    assert sorted(file.name for file in tmp_path.iterdir()) == ["100% whole?", "empty"]
    assert not empty.read_bytes()
