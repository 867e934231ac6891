"""A snapshot as bytes: a line of JSON, and the digest by which a changed byte is found."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import attrs

from accountability.errors import SnapshotRejected

FORMAT = 2


@attrs.frozen
class Place:
    """How far a log was read: the number of the last *line* taken in, and the id of the last *event*; 0 and None at first."""

    line: int = 0
    event: str | None = None


def sealed(body: dict[str, Any]) -> bytes:
    """*body* as a line of JSON in UTF-8, with its digest in the next line."""
    text = json.dumps({"format": FORMAT, **body}, ensure_ascii=False, separators=(",", ":")).encode()
    return text + b"\n" + hashlib.sha256(text).hexdigest().encode() + b"\n"


def opened(snapshot: bytes) -> dict[str, Any]:
    """The body of *snapshot*. Raises SnapshotRejected if a byte of it was changed, or if it is of another format."""
    text, _, seal = snapshot.partition(b"\n")
    if seal.strip() != hashlib.sha256(text).hexdigest().encode():
        raise SnapshotRejected("snapshot: damaged-snapshot: it is not as it was written; go on from an older one, or feed the "
                               "whole log to a new monitor")
    body: dict[str, Any] = json.loads(text)
    if body.get("format") != FORMAT:
        raise SnapshotRejected(f"snapshot: other-format: it is of format {body.get('format')}, and this release reads {FORMAT}; "
                               "feed the whole log to a new monitor")
    return body
