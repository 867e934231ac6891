"""database: the SQLite file of a ledger. Made by whoever comes first, open to several processes, written in whole runs.

The one module that knows sqlite3.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from accountability.errors import LedgerBroken, LedgerUnreachable

APPLICATION = 0x41434C47  # "ACLG", in the header of the file
FORMAT = 1
WAIT = 30.0  # seconds that one process waits for another to finish its run

SCHEMA = (
    """CREATE TABLE entries (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, pack TEXT NOT NULL, conclusion_id TEXT, at TEXT NOT NULL,
        known_at TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, digest TEXT NOT NULL)""",
    "CREATE INDEX entries_by_conclusion ON entries (pack, conclusion_id, number)",
    "CREATE TABLE progress (pack TEXT PRIMARY KEY, known_at TEXT NOT NULL, at TEXT NOT NULL)",
    """CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never updated'); END""",
    """CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never deleted'); END""",
    # INSERT OR REPLACE would delete without asking the trigger above.
    """CREATE TRIGGER entries_only_follow BEFORE INSERT ON entries
        WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries)
        BEGIN SELECT RAISE(ABORT, 'entries of the ledger are only added after the last'); END""",
)
# No entries, and not sealed: it says nothing about any authority. Made by the first monitor that lets go.
PAST = """CREATE TABLE IF NOT EXISTS past (pack TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, digest TEXT NOT NULL,
    round INTEGER NOT NULL, PRIMARY KEY (pack, source, id)) WITHOUT ROWID"""
# An error in one of our own statements can only mean that the tables are no longer those of SCHEMA.
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


class Database:
    """The open file at *path*. Only the thread that opened it may use it.

    Every method raises LedgerBroken if the file is damaged, and LedgerUnreachable where it cannot be reached or written, or another
    process holds it for longer than WAIT.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path | str, *, make: bool = True) -> Self:
        """Open the file at *path*, new if there is none and one is to *make*. Raises LedgerBroken if it is no ledger."""
        file = path if make else f"{Path(path).absolute().as_uri()}?mode=rw"
        with ExitStack() as undo:
            try:
                connection = sqlite3.connect(file, timeout=WAIT, isolation_level=None, uri=not make)
            except sqlite3.OperationalError as error:
                raise _unreachable(Path(path), error) from error
            undo.callback(connection.close)
            # A changed byte must reach `verify` as it is, even where it is no longer UTF-8.
            connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
            database = cls(connection, Path(path))
            database._prepare(make)
            undo.pop_all()
        return database

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows that *statement* gives, with *values* in its places."""
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter from a complaint that quotes a damaged schema
            if isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
                raise LedgerBroken(f"{self.path}: damaged-file: {error}; restore the file from a copy") from error
            if isinstance(error, sqlite3.OperationalError):
                raise _unreachable(self.path, error) from error
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A run of entries: commits, or rolls back if anything is raised."""
        try:
            with self._connection:
                self.run("BEGIN IMMEDIATE")
                yield
        except sqlite3.OperationalError as error:  # from the commit: the disk is full
            raise _unreachable(self.path, error) from error

    def _prepare(self, make: bool) -> None:
        self.run("PRAGMA synchronous = FULL")
        self.run("PRAGMA fullfsync = ON")
        self.run("BEGIN")
        is_new = self._is_new()
        self.run("COMMIT")
        if is_new and not make:
            raise LedgerBroken(f"{self.path}: not-a-ledger: there is nothing in it; name a file that was recorded in")
        if is_new:
            self._use_wal()
            with self.writing():
                if self._is_new():  # and not made by another process in the meantime
                    for statement in (*SCHEMA, f"PRAGMA application_id = {APPLICATION}", f"PRAGMA user_version = {FORMAT}"):
                        self.run(statement)

    def _is_new(self) -> bool:
        (application,), (version,) = self.run("PRAGMA application_id")[0], self.run("PRAGMA user_version")[0]
        if application == APPLICATION and version == FORMAT:
            return False
        if application or version or self.run("SELECT 1 FROM sqlite_master LIMIT 1"):
            raise LedgerBroken(f"{self.path}: not-a-ledger: the file is another database, or a ledger of a later version; "
                               "name another file")
        return True

    def _use_wal(self) -> None:
        # SQLite does not wait here, as it does everywhere else, for another process that does the same.
        until = time.monotonic() + WAIT
        while True:
            try:
                self.run("PRAGMA journal_mode = WAL")
            except LedgerUnreachable as error:
                if not _is_busy(error.__cause__) or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return


def _is_busy(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _unreachable(path: Path, error: sqlite3.OperationalError) -> LedgerUnreachable:
    way_out = "wait until the other has recorded" if _is_busy(error) else "check the path, its rights and the room that is left"
    return LedgerUnreachable(f"{path}: unreachable-ledger: {error}; {way_out}")
