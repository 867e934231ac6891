"""How the commands write a file: whole, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from accountability.errors import Diagnostic, DocumentError, Span


def write_whole(file: Path, content: bytes) -> None:
    """Writes *content* beside *file*, and puts it in its place once it is on the disk: a full disk leaves the file as it was.

    A link stays a link, and rights stay. What is no file, such as a terminal or a pipe, is written to. Raises OSError.
    """
    target = file.resolve()
    there = target.exists()
    if there and not target.is_file():
        target.write_bytes(content)
        return
    if there:
        with target.open("r+b"):  # what may not be written is left alone
            pass
    beside = target.with_name(target.name + ".new")
    try:
        with beside.open("wb") as made:
            made.write(content)
            made.flush()
            os.fsync(made.fileno())
        if there:
            shutil.copymode(target, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def not_written(file: Path, error: OSError, check: str = "cannot-write") -> DocumentError:
    """What is said of a *file* that could not be written."""
    return DocumentError([Diagnostic(Span(str(file), 1, 1, 1, 2), check, f"the file cannot be written: {error.strerror}",
                                     "check its path, its rights and the room that is left")])
