"""Laws of the ledger."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Judgement, Kind, Status
from accountability.errors import LedgerBroken
from accountability.ledger import Basis, Entry, Ledger, Recorded, body, canonical

DAY = datetime(2025, 3, 3, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@st.composite
def findings(draw: st.DrawFn) -> Conclusion:
    return Conclusion(
        kind=Kind.BREACH, rule="r", subject="case/1", trigger=draw(st.sampled_from("abcd")), since=DAY,
        status=draw(st.sampled_from([Status.BREACH, Status.WITHDRAWN])), points=draw(st.none() | st.integers(-1, 0)),
        note=draw(st.none() | texts),
    )


steps = st.tuples(
    st.builds(Basis, st.sampled_from(["p", "q"]), st.sampled_from(["r1", "r2"]), st.just("o1")),
    st.lists(findings(), max_size=4, unique_by=lambda f: f.identity),
    st.integers(0, 2),
)


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[Basis, Judgement]]:
    """Judgements of two packs, one after the other in time or as of the same instant."""
    now, made = DAY, []
    for basis, found, hours in draw(st.lists(steps, max_size=6)):
        now += timedelta(hours=hours)
        made.append((basis, Judgement(now, now, tuple(found))))
    return made


def filled(history: list[tuple[Basis, Judgement]]) -> Ledger:
    ledger = Ledger.open(":memory:")
    for basis, judgement in history:
        ledger.record(basis, judgement)
    return ledger


@given(runs())
def test_what_stands_is_what_was_judged_last(history: list[tuple[Basis, Judgement]]) -> None:
    """After any runs the standing findings of a pack are those of its last judgement."""
    last = {basis.pack: judgement for basis, judgement in history}
    with filled(history) as ledger:
        for pack in ("p", "q"):
            expected = last[pack].findings if pack in last else ()
            assert ledger.standing(pack) == {finding.identity: body(finding) for finding in expected}


@given(runs(), st.integers(0, 9))
def test_a_judgement_without_news_adds_nothing(history: list[tuple[Basis, Judgement]], hours: int) -> None:
    """Recording the last judgement of a pack again, as of the same instant or a later one, adds no entry."""
    with filled(history) as ledger:
        before = list(ledger.entries())
        for basis, judgement in history[-1:]:
            now = judgement.at + timedelta(hours=hours)
            assert ledger.record(basis, attrs.evolve(judgement, at=now, known_at=now)) == Recorded()
        assert list(ledger.entries()) == before


@given(runs())
def test_the_entries_alone_tell_the_story(history: list[tuple[Basis, Judgement]]) -> None:
    """Read in order, entries raise only what does not stand, revise only to other content, withdraw only what stands."""
    held: dict[tuple[str, str], object] = {}
    with filled(history) as ledger:
        for entry in ledger.entries():
            if entry.conclusion_id is None:
                continue
            key = (entry.pack, entry.conclusion_id)
            assert (key in held) == (entry.kind != "raised")
            assert held.get(key) != entry.body
            held[key] = entry.body
            if entry.kind == "withdrawn":
                del held[key]
        standing = {(pack, id): content for pack in ("p", "q") for id, content in ledger.standing(pack).items()}
        assert held == standing


@given(runs())
def test_a_ledger_depends_on_nothing_but_what_was_recorded(history: list[tuple[Basis, Judgement]]) -> None:
    """The same runs make the same entries, digests included, and they verify."""
    with filled(history) as one, filled(history) as other:
        entries = list(one.entries())
        assert entries == list(other.entries())
        assert one.verify() == len(entries)


@given(findings(), findings())
def test_conclusions_are_equal_where_their_canonical_bytes_are(one: Conclusion, other: Conclusion) -> None:
    """Two conclusions have the same canonical bytes exactly if they are equal, and reading the bytes gives the body back."""
    assert (canonical(body(one)) == canonical(body(other))) == (one == other)
    assert json.loads(canonical(body(one))) == body(one)


COLUMNS = ("kind", "pack", "conclusion_id", "at", "known_at", "body", "previous", "digest")


@pytest.fixture(scope="module")
def sound() -> Iterator[Path]:
    """A ledger of six entries whose triggers are gone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.ledger"
        one = Conclusion(kind=Kind.BREACH, rule="到场", subject="case/1", trigger="a", status=Status.BREACH, since=DAY)
        found = [one, attrs.evolve(one, trigger="b")]
        with Ledger.open(path) as ledger:
            for n, part in enumerate(([], found, [attrs.evolve(one, points=-1), found[1]], found[:1])):
                now = DAY + timedelta(hours=n)
                ledger.record(Basis("p", "r1", "o1"), Judgement(now, now, tuple(part)))
        connection = sqlite3.connect(path, isolation_level=None)
        for trigger in ("entries_never_change", "entries_never_go", "entries_only_follow"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.close()
        yield path


@given(st.integers(1, 6), st.sampled_from(COLUMNS), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_of_an_entry_is_found(sound: Path, number: int, column: str, place: int, change: int) -> None:
    """Whichever byte of whichever entry is changed, `verify` names that entry."""
    path = sound.with_name("changed.ledger")
    shutil.copyfile(sound, path)
    connection = sqlite3.connect(path, isolation_level=None)
    (content,) = connection.execute(f"SELECT CAST({column} AS BLOB) FROM entries WHERE number = ?", (number,)).fetchone()
    changed = bytearray(content or b"\0")
    changed[place % len(changed)] ^= change
    connection.execute(f"UPDATE entries SET {column} = CAST(? AS TEXT) WHERE number = ?", (bytes(changed), number))
    connection.close()
    with Ledger.open(path) as ledger, pytest.raises(LedgerBroken, match=f"entry {number}: "):
        ledger.verify()


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_one_changed_byte_of_the_file_changes_no_entry_unseen(sound: Path, place: int, change: int) -> None:
    """Whichever byte of the whole file is changed, either it is found or every entry still reads as it did."""
    path = sound.with_name("flipped.ledger")
    content = bytearray(sound.read_bytes())
    content[place % len(content)] ^= change
    for left in (path, path.with_name("flipped.ledger-wal"), path.with_name("flipped.ledger-shm")):
        left.unlink(missing_ok=True)
    path.write_bytes(content)
    assert verified(path) in (None, verified(sound))


def verified(path: Path) -> list[Entry] | None:
    """The entries of the ledger at *path*; None if it is found to be broken."""
    try:
        with Ledger.open(path) as ledger:
            ledger.verify()
            return list(ledger.entries())
    except LedgerBroken:
        return None
