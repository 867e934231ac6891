"""What people and programs are told. Text from files is shown as it is: it is no markup, and gives a terminal no orders."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""What no sign is: orders to a terminal, ends of lines, turns of the direction of writing, halves of signs."""
_in_line = re.compile(f"[{CONTROLS}]")
_in_lines = re.compile(rf"(?![\n\t])[{CONTROLS}]")


def _written(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"  # as JSON writes it, so that a line of JSON stays what it was


class Plain(Console):
    """A console that takes text for text. It writes to standard output, or with *stderr* to standard error."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=stderr)

    def render_str(self, text: str, **options: Any) -> Text:
        """Of every text, also that of a cell: *text* with its controls written out."""
        return super().render_str(_in_line.sub(_written, text), **options)

    def print(self, *objects: Any, **options: Any) -> None:
        with told(self._stream):
            super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        """Goes on, unheard: what the command came to, and its exit code, does not depend on who listens."""
        hush(self._stream)

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self.stderr else sys.stdout


def say(text: str, end: str = "\n") -> None:
    """Writes lines to standard output."""
    with told(sys.stdout):
        sys.stdout.write(_in_lines.sub(_written, text + end))


def warn(text: object) -> None:
    """Writes lines to standard error."""
    with told(sys.stderr):
        sys.stderr.write(_in_lines.sub(_written, f"{text}\n"))


def ready() -> None:
    """Makes standard output and error take every text: what is said does not depend on the locale."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # whoever started this has closed it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def finish() -> None:
    """Writes what waits to be written: later nobody could tell that it failed."""
    with told(sys.stdout):
        sys.stdout.flush()


def hush(stream: TextIO) -> None:
    """From now on, what is written to *stream* is gone, and so is what still waits there: it could only fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def told(stream: TextIO) -> Iterator[None]:
    """Goes on where nobody listens to *stream* any more. Raises OSError, which names it, where nothing can be written to it."""
    try:
        yield
    except BrokenPipeError:
        hush(stream)
    except OSError as error:
        hush(stream)
        raise OSError(error.errno, error.strerror, "standard output" if stream is sys.stdout else "standard error") from None
