"""What was refused, and the file it is kept in. Only what a vocabulary declares is kept, here as everywhere (SG1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import attrs

from accountability.event import Event
from accountability.intake.envelope import MAX_LINE, UNREADABLE, decode_json, encode_json
from accountability.intake.shape import Shape, kept_subject

CHECKS: Mapping[str, str] = {
    "malformed-json": "the line is not one whole JSON value in UTF-8",
    "too-long": f"the line is longer than {MAX_LINE:,} bytes",
    "not-a-cloud-event": "`specversion` (`1.0`), `id`, `source` or `type` is missing, empty or no text, or the line is no object",
    "no-time": "`time` is missing: it does not say when it happened",
    "no-zone": "`time`, `recordedtime` or an instant of the data has no zone",
    "bad-instant": "`time`, `recordedtime` or an instant of the data is not written as RFC 3339 writes instants, or not in one of "
                   "these years",
    "unknown-type": "the vocabulary of a strict pack declares no such event type, and no mapping knows it",
    "missing-field": "a declared field that is not optional is missing, null, or an empty reference",
    "badly-typed": "a value is not of the type that its field declares",
}
"""Every reason for which an event is refused, by the name of its check."""

CONTEXT = frozenset({"specversion", "id", "source", "type", "time", "recordedtime", "sequence", "datacontenttype"})
PLAIN = (str, bool, int, Decimal, type(None))


@attrs.frozen
class Refused:
    """One line that gave no event: where it stood (`file:line`), which *check* refused it, and *what* is wrong with it.

    *line* is the original, verbatim, for whoever holds it in memory now. *storable* is as much of it as may be written down: the
    event without what no vocabulary declares, or None where the line cannot be read.
    """

    origin: str
    check: str
    what: str
    line: bytes = attrs.field(repr=False)
    storable: str | None = None

    def __str__(self) -> str:
        return f"{self.origin}: {self.check}: {self.what}"

    @classmethod
    def event(cls, event: Event, check: str, what: str) -> Self:
        """An event that could be read but has no effect in the log: a conflicting duplicate, a correction of another type."""
        data: dict[str, object] = {name: value if isinstance(value, PLAIN) else str(value) for name, value in event.fields.items()}
        data |= {
            word: {"source": ref.source, "id": ref.id}
            for word, ref in (("corrects", event.corrects), ("retracts", event.retracts))
            if ref
        }
        kept = {"specversion": "1.0", "id": event.id, "source": event.source, "type": event.type, "subject": event.subject,
                "time": event.occurred_at.isoformat(), "recordedtime": event.recorded_at.isoformat(), "data": data}
        return cls(event.origin, check, what, b"", encode_json(kept).decode())


def storable(line: bytes, shape_of: Callable[[str], Shape | None]) -> str | None:
    """*line* without what is not declared, as JSON; None if it is no JSON object. *shape_of* gives the shape of an event type.

    Always written anew: of two equal keys the original would hold both, and only the last was looked at.
    """
    if len(line) > MAX_LINE:
        return None
    try:
        event = decode_json(line)
    except UNREADABLE:
        return None
    if not isinstance(event, dict):
        return None
    type_ = event.get("type")
    shape = shape_of(type_) if isinstance(type_, str) else None
    attributes = CONTEXT | shape.attributes if shape is not None else CONTEXT
    kept: dict[str, object] = {}
    for name, value in event.items():
        if name == "data":
            kept[name] = _kept_data(value, shape) if isinstance(value, dict) else None
        elif name == "subject":
            if isinstance(value, str) and kept_subject(value, shape is not None and shape.reads_subject) is not None:
                kept[name] = value
        elif name in attributes and isinstance(value, PLAIN):
            kept[name] = value
    return encode_json(kept).decode()


def _kept_data(data: Mapping[str, object], shape: Shape | None) -> dict[str, object]:
    keys = shape.data_keys if shape is not None else frozenset()
    kept: dict[str, object] = {}
    for key, value in data.items():
        if key not in keys:
            continue
        if isinstance(value, PLAIN):
            kept[key] = value
        elif key in ("corrects", "retracts") and isinstance(value, dict):
            kept[key] = {part: value[part] for part in ("source", "id") if isinstance(value.get(part), str)}
    return kept


class DeadLetters:
    """The file of refused events, one JSON object a line; made when there is something to write, added to when it is there.

    Each line has `origin`, `check`, `what` and `event`: the event as JSON text, to be mended and sent again, without anything the
    vocabulary does not declare. A line that is no JSON might hold anything, so of it only `length` in bytes and `sha256` are kept.
    *count* says how many were written. Raises OSError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._file: IO[bytes] | None = None

    def write(self, refused: Refused) -> None:
        origin = refused.origin.encode("utf-8", "backslashreplace").decode()  # the name of a file may be no UTF-8
        letter: dict[str, object] = {"origin": origin, "check": refused.check, "what": refused.what}
        letter["event"] = refused.storable
        if refused.storable is None:
            letter |= {"length": len(refused.line), "sha256": hashlib.sha256(refused.line).hexdigest()}
        with self._named():
            if self._file is None:
                self._file = self._open()
            self._file.write(encode_json(letter) + b"\n")
            self._file.flush()
        self.count += 1

    def _open(self) -> IO[bytes]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("ab+")
        if file.tell():
            # A run that was killed while writing left half a line; the next letter must not be glued to it.
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                file.write(b"\n")
        return file

    def close(self) -> None:
        """Closes the file; a later `write` opens it again."""
        if self._file is not None:
            with self._named():
                file, self._file = self._file, None
                file.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What fails while writing does not say by itself to which file."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, error.filename or str(self.path)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
