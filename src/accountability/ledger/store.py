"""store: a ledger of judgements. Entries are only added, in whole runs; what is on disk survives a killed process.

What a chain of digests shows, and what it cannot, is said in docs/explanation/ledger.md.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from accountability.conclusion import Conclusion, Judgement, sorted_findings
from accountability.errors import EngineFault, LedgerAhead, LedgerBroken
from accountability.event import utc
from accountability.ledger.chain import GENESIS, Basis, Entry, EntryKind, body, canonical, instant, seal
from accountability.ledger.database import PAST, Database

Change = tuple[EntryKind, str | None, bytes]
"""An entry to be: its kind, the identity of its conclusion if it is about one, and the bytes of its body."""
PAGE = 1000  # rows read at a time, so that no reader holds up a writer
COLUMNS = "number, kind, pack, conclusion_id, at, known_at, body, previous, digest"
STANDING = """SELECT number, conclusion_id, body FROM entries WHERE kind <> 'withdrawn' AND number IN
    (SELECT max(number) FROM entries WHERE pack = ? AND conclusion_id IS NOT NULL GROUP BY conclusion_id) ORDER BY number"""
LAST_BASIS = "SELECT number, body FROM entries WHERE pack = ? AND conclusion_id IS NULL ORDER BY number DESC LIMIT 1"


@attrs.frozen
class Recorded:
    """How many findings one run raised, revised and withdrew in the ledger."""

    raised: int = 0
    revised: int = 0
    withdrawn: int = 0


class Ledger:
    """An append-only ledger of judgements, open for reading and writing. Several processes may have it open at once; within one,
    only the thread that opened it may use it.

    Every method raises LedgerBroken if the file is damaged, and LedgerUnreachable where the file cannot be reached or written, or
    another process holds it for more than 30 seconds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._has_past = False

    @classmethod
    def open(cls, path: Path | str, *, make: bool = True) -> Self:
        """Open the ledger at *path*, new if there is none and one is to *make*. Raises LedgerBroken if the file is something else,
        which an empty one is where none is made."""
        return cls(Database.open(path, make=make))

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def record(self, basis: Basis, judgement: Judgement) -> Recorded:
        """Add what *judgement* changes for the pack of *basis*: all of it or, if anything fails, nothing. On disk when it returns.

        A finding that is new is raised, one with other content revised, one that the judgement no longer holds withdrawn. A basis
        is added only if it differs from the last one of its pack. So the same judgement again, or a later one with the same
        findings, adds nothing. Raises LedgerAhead if *at* or *known_at* is earlier than in a judgement already recorded for the
        pack, ValueError for an instant without a zone or a text that is not Unicode, EngineFault for two findings of one identity.
        """
        texts: dict[str, bytes] = {}
        for finding in sorted_findings(judgement.findings):
            if finding.identity in texts:
                raise EngineFault(f"{basis.pack}: same-identity: `{finding.rule}` gave two findings on `{finding.subject}` for "
                                  f"`{finding.trigger}`; nothing is recorded; report this with the rule file")
            texts[finding.identity] = canonical(body(finding))
        with self._database.writing():
            self._advance(basis.pack, judgement)
            changes = [*self._rebased(basis), *self._changed(basis.pack, texts)]
            self._append(basis.pack, judgement, changes)
        kinds = Counter(kind for kind, _, _ in changes)
        return Recorded(kinds["raised"], kinds["revised"], kinds["withdrawn"])

    def note(self, basis: Basis, at: datetime, stands: Iterable[Conclusion] = (), gone: Iterable[Conclusion] = ()) -> Recorded:
        """Add what a monitor says has changed by its clock *at*: the findings that stand now, and those that are *gone*.

        Unlike `record`, it withdraws nothing else: what a monitor has let go stands on. What the ledger holds already is not added
        again. All of it or, if anything fails, nothing; raises as `record` does.
        """
        texts = {finding.identity: canonical(body(finding)) for finding in sorted_findings(stands)}
        judgement = Judgement(at=at, known_at=at, findings=())
        with self._database.writing():
            self._advance(basis.pack, judgement)
            changes = [*self._rebased(basis)]
            for id, text in texts.items():
                last = self._last(basis.pack, id)
                if last is None:
                    changes.append(("raised", id, text))
                elif self._text(*last) != text:
                    changes.append(("revised", id, text))
            for id in dict.fromkeys(finding.identity for finding in sorted_findings(gone)):
                if id not in texts and (last := self._last(basis.pack, id)) is not None:
                    changes.append(self._withdrawal(id, *last))
            self._append(basis.pack, judgement, changes)
        kinds = Counter(kind for kind, _, _ in changes)
        return Recorded(kinds["raised"], kinds["revised"], kinds["withdrawn"])

    def remember(self, pack: str, number: int, let_go: Iterable[tuple[str, str, str]]) -> None:
        """Note source, id and digest of events that a monitor of *pack* let go, in its round *number*. What is there stays."""
        with self._database.writing():
            self._database.run(PAST)
            self._has_past = True
            for row in let_go:
                self._database.run("INSERT OR IGNORE INTO past (pack, source, id, digest, round) VALUES (?, ?, ?, ?, ?)",
                                   pack, *row, number)

    def forget(self, pack: str, after: int) -> None:
        """Take back what a monitor of *pack* let go in rounds *after* that one: it went on from a snapshot, and gets it again."""
        with self._database.writing():
            self._database.run(PAST)
            self._has_past = True
            self._database.run("DELETE FROM past WHERE pack = ? AND round > ?", pack, after)

    def recall(self, pack: str, source: str, id: str) -> str | None:
        """The digest of an event that a monitor of *pack* has let go; None where it has let go none of that source and id."""
        if not self._has_past:
            self._has_past = bool(self._database.run("SELECT 1 FROM sqlite_master WHERE name = 'past'"))
        if not self._has_past:
            return None
        rows = self._database.run("SELECT digest FROM past WHERE pack = ? AND source = ? AND id = ?", pack, source, id)
        return rows[0][0] if rows else None

    def entries(self, pack: str | None = None) -> Iterator[Entry]:
        """Every entry so far, or those of *pack*, oldest first. They are read as stored: `verify` says whether they are sound."""
        last = self.head()
        after, until = 0, last.number if last else 0
        chosen = (f"SELECT {COLUMNS} FROM entries WHERE number > ? AND number <= ? AND pack = coalesce(?, pack) "
                  "ORDER BY number LIMIT ?")
        while rows := self._database.run(chosen, after, until, pack, PAGE):
            yield from map(self._entry, rows)
            after = rows[-1][0]

    def head(self) -> Entry | None:
        """The last entry. Noted elsewhere, its digest shows later whether anything up to it was cut off or rewritten."""
        rows = self._database.run(f"SELECT {COLUMNS} FROM entries ORDER BY number DESC LIMIT 1")
        return self._entry(rows[0]) if rows else None

    def standing(self, pack: str) -> Mapping[str, Mapping[str, object]]:
        """The findings of *pack* that were raised and not withdrawn, each as last revised, by identity."""
        return {id: self._parsed(number, text) for number, id, text in self._database.run(STANDING, pack)}

    def reached(self, pack: str) -> datetime | None:
        """The instant as of which *pack* is recorded: as of an earlier one nothing can be. None where nothing is recorded."""
        marks = self._marks(pack)
        return max(marks) if marks else None

    def verify(self) -> int:
        """Check every entry against its digest and the one before it. Returns how many there are.

        Raises LedgerBroken, which names the first bad entry, if a byte was changed or an entry is missing before the last.
        """
        count, previous = 0, GENESIS
        latest: dict[str, tuple[str, str]] = {}
        after = -(2**63)
        while rows := self._database.run(f"SELECT {COLUMNS} FROM entries WHERE number > ? ORDER BY number LIMIT ?", after, PAGE):
            for number, kind, pack, conclusion_id, at, known_at, text, named, digest in rows:
                count += 1
                if number != count:
                    raise self._broken(count, "missing-entry", f"entry {number} stands in its place")
                if named != previous:
                    raise self._broken(count, "broken-chain", "it does not name the digest of the entry before it")
                fields = {"kind": kind, "pack": pack, "conclusion_id": conclusion_id, "at": at, "known_at": known_at}
                if not _sealed(digest, number, fields, text, previous):
                    raise self._broken(count, "other-digest", "its content is not what its digest was taken of")
                previous, latest[pack] = digest, (known_at, at)
            after = rows[-1][0]
        for pack, reached in latest.items():
            if not self._progressed(pack, reached):
                raise self._broken(count, "lost-progress", f"`{pack}` has entries later than the instants noted for it")
        if (found := self._database.run("PRAGMA integrity_check(1)")) != [("ok",)]:
            raise self._broken(count, "damaged-file", str(found[0][0]))
        return count

    def _rebased(self, basis: Basis) -> Iterator[Change]:
        text = canonical(basis.body())
        last = self._database.run(LAST_BASIS, basis.pack)
        if not last or self._text(*last[0]) != text:
            yield "basis", None, text

    def _changed(self, pack: str, texts: Mapping[str, bytes]) -> Iterator[Change]:
        standing = {self._text(number, id).decode(): (number, text) for number, id, text in self._database.run(STANDING, pack)}
        for id, text in texts.items():
            if id not in standing:
                yield "raised", id, text
            elif self._text(*standing[id]) != text:
                yield "revised", id, text
        for id, (number, old) in standing.items():
            if id not in texts:
                yield self._withdrawal(id, number, old)

    def _withdrawal(self, id: str, number: int, old: str) -> Change:
        gone = self._parsed(number, old)
        return "withdrawn", id, canonical({name: gone.get(name) for name in ("id", "rule", "subject", "trigger")})

    def _last(self, pack: str, id: str) -> tuple[int, str] | None:
        """The number and body of the entry by which the finding *id* stands, if it does."""
        rows = self._database.run(
            "SELECT number, body, kind FROM entries WHERE pack = ? AND conclusion_id = ? ORDER BY number DESC LIMIT 1", pack, id)
        return None if not rows or rows[0][2] == "withdrawn" else (rows[0][0], rows[0][1])

    def _append(self, pack: str, judgement: Judgement, changes: Iterable[Change]) -> None:
        at, known_at = instant(judgement.at), instant(judgement.known_at)
        tail = self._database.run("SELECT number, digest FROM entries ORDER BY number DESC LIMIT 1")
        number, previous = tail[0] if tail else (0, GENESIS)
        self._text(number, previous)
        for kind, id, text in changes:
            number += 1
            digest = seal(number=number, kind=kind, pack=pack, conclusion_id=id, at=at, known_at=known_at, text=text,
                          previous=previous)
            self._database.run(f"INSERT INTO entries ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               number, kind, pack, id, at, known_at, text.decode(), previous, digest)
            previous = digest

    def _advance(self, pack: str, judgement: Judgement) -> None:
        """Move the pack's mark forward. It is no entry: a clock that moves on says nothing about any authority."""
        known_at, at = utc(judgement.known_at), utc(judgement.at)
        marks = self._marks(pack)
        if marks is not None and (known_at < marks[0] or at < marks[1]):
            told, reached = map(instant, marks)
            raise LedgerAhead(
                f"{self._database.path}: ledger-ahead: `{pack}` is recorded as of {reached}, known at {told}, and this run is as "
                f"of {instant(at)}, known at {instant(known_at)}; judge as of then or later, or record into a ledger of its own")
        if marks != (known_at, at):
            self._database.run("INSERT OR REPLACE INTO progress (pack, known_at, at) VALUES (?, ?, ?)",
                               pack, instant(known_at), instant(at))

    def _marks(self, pack: str) -> tuple[datetime, datetime] | None:
        """How far *pack* is recorded: *known_at* and *at*. None where nothing is."""
        rows = self._database.run("SELECT known_at, at FROM progress WHERE pack = ?", pack)
        try:
            return (utc(_moment(rows[0][0])), utc(_moment(rows[0][1]))) if rows else None
        except (TypeError, ValueError) as error:
            raise LedgerBroken(f"{self._database.path}: lost-progress: what is noted for `{pack}` is no instant; restore the file "
                               "from a copy and find out who wrote to it") from error

    def _progressed(self, pack: str, reached: tuple[str, str]) -> bool:
        marks = self._marks(pack)
        try:
            return marks is not None and all(mark >= _moment(entry) for mark, entry in zip(marks, reached, strict=True))
        except (TypeError, ValueError):  # an entry that is as of no instant
            return False

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        number, kind, pack, conclusion_id, at, known_at, text, previous, digest = row
        return Entry(number, kind, pack, conclusion_id, at, known_at, self._parsed(number, text), previous, digest)

    def _text(self, number: int, stored: object) -> bytes:
        """What entry *number* holds as *stored*; a ledger writes nothing but text, which other programs need not."""
        with suppress(UnicodeEncodeError):  # bytes that are no UTF-8
            if isinstance(stored, str):
                return stored.encode()
        raise self._broken(number, "unreadable-entry", "it holds something else than text")

    def _parsed(self, number: int, text: str) -> dict[str, object]:
        try:
            parsed = json.loads(text)
        except ValueError as error:
            raise self._broken(number, "unreadable-body", "its body is not JSON") from error
        if not isinstance(parsed, dict):
            raise self._broken(number, "unreadable-body", "its body is not a JSON object")
        return parsed

    def _broken(self, number: int, check: str, what: str) -> LedgerBroken:
        way_out = "restore the file from a copy and find out who wrote to it"
        return LedgerBroken(f"{self._database.path}: entry {number}: {check}: {what}; {way_out}")

def _sealed(digest: str, number: int, fields: Mapping[str, Any], text: object, previous: str) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return seal(number=number, text=_bytes(text), previous=previous, **fields) == digest
    except ValueError:  # a field that canonical JSON cannot say, so nothing that was ever sealed
        return False


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
