"""chain: canonical bytes, and the digests that tie each entry of a ledger to the one before.

Anyone can check a ledger without this library: the canonical bytes are RFC 8785 (JCS), the digests SHA-256 in hexadecimal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Literal

import attrs
import rfc8785

from accountability.conclusion import Conclusion
from accountability.event import utc
from accountability.workdays import Reckoned

EntryKind = Literal["basis", "raised", "revised", "withdrawn"]

GENESIS = "0" * 64
"""What the first entry names as the digest before it."""


@attrs.frozen
class Basis:
    """What a judgement rests on beside the events: the *pack*'s name, and the digests in force of all that was read.

    *calendars* holds a digest by the calendar's name.
    """

    pack: str
    rules: str
    organisation: str
    calendars: Mapping[str, str] = attrs.field(factory=dict)

    def body(self) -> dict[str, object]:
        """The body of its entry; the pack is named beside it."""
        return {"calendars": dict(self.calendars), "organisation": self.organisation, "rules": self.rules}


@attrs.frozen
class Entry:
    """One entry of a ledger. *at* and *known_at* are those of the judgement that added it, RFC 3339 in UTC.

    *conclusion_id* is None for a basis. *previous* is the digest of the entry numbered one less; *digest* covers everything else.
    """

    number: int
    kind: EntryKind
    pack: str
    conclusion_id: str | None
    at: str
    known_at: str
    body: Mapping[str, object]
    previous: str
    digest: str


def body(conclusion: Conclusion) -> dict[str, object]:
    """*conclusion* as JSON: its identity as `id`, then its fields in their order, those without a value left out.

    Instants are RFC 3339 in UTC with `Z`, microseconds only where they are not zero; dates are ISO 8601; tuples are lists;
    shares and amounts are written `1/3`; details are an object, left out where there are none; a reckoning is its steps in words.
    Raises ValueError for an instant without a zone.
    """
    fields = attrs.asdict(conclusion, filter=lambda field, value: value is not None and field.name != "details",
                          value_serializer=lambda _, __, value: _plain(value))
    details = {"details": {name: _deep(value) for name, value in conclusion.details}} if conclusion.details else {}
    return {"id": conclusion.identity} | fields | details


def _deep(value: object) -> object:
    """A detail as JSON, whatever it is made of."""
    if isinstance(value, (tuple, list)):
        return [_deep(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _deep(item) for key, item in value.items()}
    return str(value) if isinstance(value, Decimal) else _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Reckoned):
        return list(value.steps())
    if isinstance(value, Fraction):
        return str(value)
    return value.value if isinstance(value, Enum) else value


def instant(moment: datetime) -> str:
    """*moment* as RFC 3339 in UTC. Raises ValueError if it has no zone."""
    return utc(moment).isoformat().replace("+00:00", "Z")


def canonical(content: Mapping[str, object]) -> bytes:
    """*content* as canonical JSON (RFC 8785): equal contents have equal bytes. Raises ValueError where JSON cannot say it."""
    return rfc8785.dumps(content)  # type: ignore[arg-type]  # its own type of JSON values is private


def content_digest(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical bytes of *content*, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def seal(
    *, number: int, kind: str, pack: str, conclusion_id: str | None, at: str, known_at: str, text: bytes, previous: str
) -> str:
    """The digest of an entry: that of its other fields, the body given by the digest of *text*, its bytes as stored.

    Raises ValueError for a field that JSON cannot say.
    """
    return content_digest({
        "at": at, "body": hashlib.sha256(text).hexdigest(), "conclusion_id": conclusion_id, "kind": kind, "known_at": known_at,
        "number": number, "pack": pack, "previous": previous,
    })
