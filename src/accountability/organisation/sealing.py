"""What an organisation states, in one order and one form: its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import rfc8785

from accountability.organisation.model import Line, Part, Post, Tenure, Unit
from accountability.organisation.versions import ALWAYS, NEVER

Json = list["Json"] | str | int | bool | None


def digest_of(units: Sequence[Unit], posts: Sequence[Post], tenures: Sequence[Tenure], lines: Sequence[Line]) -> str:
    """SHA-256, in hex, of the canonical bytes (RFC 8785) of what is stated, given in the order that the keys below make.

    What may be left out adds to an entry only where it is stated, so that a digest stays what it was when a key was added.
    """
    stated: dict[str, Json] = {
        "units": [[u.id, u.name, u.level, u.parent, u.sector, *_beside(
            _text(u.since), _text(u.until), _text(u.recorded), list(u.successors) or None)] for u in units],
        "posts": [[p.id, p.unit, p.role, p.rank, *_beside(_text(p.since), _text(p.until), _text(p.recorded))] for p in posts],
        "tenures": [[t.post, t.holder, _text(t.since), _text(t.until), t.acting, _text(t.recorded)] for t in tenures],
        "lines": [[line.name, line.unit, line.post, _text(line.since), _text(line.until), *_beside(
            line.part.value if line.part is not Part.LEAD else None, str(line.share) if line.share is not None else None,
            _text(line.recorded))] for line in lines],
    }
    return hashlib.sha256(rfc8785.dumps(stated)).hexdigest()


def _beside(*values: Json) -> tuple[Json, ...]:
    return values if any(value is not None for value in values) else ()


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def unit_order(unit: Unit) -> tuple[object, ...]:
    return (unit.id, unit.since or ALWAYS, unit.recorded or ALWAYS, unit.until or NEVER, unit.name, unit.level)


def post_order(post: Post) -> tuple[object, ...]:
    return (post.rank, post.id, post.since or ALWAYS, post.recorded or ALWAYS, post.until or NEVER, post.unit, post.role)


def tenure_order(tenure: Tenure) -> tuple[object, ...]:
    return (tenure.post, tenure.since, tenure.until or NEVER, tenure.holder or "", tenure.acting, tenure.recorded or ALWAYS)


def line_order(line: Line) -> tuple[object, ...]:
    return (line.name, line.unit, line.since, line.post, line.until or NEVER, line.recorded or ALWAYS)
