"""Log files on their way to lines. In: paths of JSON Lines, plain or `.gz`. Out: bytes, line by line, in blocks."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

from accountability.errors import Diagnostic, DocumentError, Span
from accountability.intake.envelope import MAX_LINE

CHUNK = 65_536
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def check_files(paths: Iterable[Path]) -> None:
    """Raises DocumentError naming every path that is no file, before the first event is read. A pipe is one."""
    wrong = [(path, "it is a folder" if path.exists() else "there is no such file")
             for path in paths if path.is_dir() or not path.exists()]
    if wrong:
        raise DocumentError(_unreadable(path, 0, why) for path, why in wrong)


def read_blocks(path: Path, progress: Callable[[int], None] | None = None, chunk_bytes: int = CHUNK) -> Iterator[list[bytes]]:
    """The lines of the file at *path*, many at a time, with their newlines; of a line too long to be an event, only the beginning.

    *progress* is told how many more bytes of the file, as it lies on the disk, were read; over the file they add up to its size.
    Raises DocumentError where the file cannot be read to its end: half a log must not pass for a whole one.
    """
    lines = 0
    try:
        for block in _lines_of(_chunks(path, progress, chunk_bytes)):
            yield block
            lines += len(block)
    except _CutShort as error:
        raise DocumentError([_unreadable(path, lines, str(error))]) from None


class _CutShort(Exception):
    """A file cannot be read on, and why."""


class Stream(Protocol):
    """What can be read as far as it is there."""

    def read1(self, size: int, /) -> bytes: ...


def arriving(stream: Stream, chunk_bytes: int = CHUNK) -> Iterator[list[bytes]]:
    """The lines of *stream* in the same form, as many at a time as are there; a line is given once its end has come."""
    return _lines_of(iter(partial(stream.read1, chunk_bytes), b""))


def _chunks(path: Path, progress: Callable[[int], None] | None, chunk_bytes: int) -> Iterator[bytes]:
    told = 0
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(path.open("rb"))
            packed = path.suffix.lower() == ".gz"
            empty = packed and not disk.peek(1)
        except OSError as error:
            raise _CutShort(error.strerror or "it cannot be opened") from None
        if empty:  # which `gzip` takes for a whole file
            raise _CutShort("it ends before it has begun")
        file = stack.enter_context(gzip.GzipFile(fileobj=disk)) if packed else disk
        while True:
            try:
                chunk = file.read(chunk_bytes)
            except EOFError:
                raise _CutShort("it ends in the middle") from None
            except (OSError, zlib.error) as error:
                raise _CutShort(str(error).lower()) from None
            if progress is not None and disk.seekable() and disk.tell() > told:
                progress(disk.tell() - told)
                told = disk.tell()
            if not chunk:
                break
            yield chunk


def _lines_of(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    first, tail = True, b""
    for chunk in chunks:
        parts = io.BytesIO(tail + chunk).readlines()
        tail = b"" if parts[-1].endswith(b"\n") else parts.pop()[: MAX_LINE + 1]
        if parts and first:
            parts[0] = parts[0].removeprefix(BYTE_ORDER_MARK)
            first = False
        if parts:
            yield parts
    if last := tail.removeprefix(BYTE_ORDER_MARK) if first else tail:
        yield [last]


def _unreadable(path: Path, lines: int, why: str) -> Diagnostic:
    place = Span(str(path), lines + 1, 1, lines + 1, 2)
    way_out = "check the path, its rights and whether the copy is whole"
    return Diagnostic(place, "unreadable-log", f"the log cannot be read: {why}", way_out)
