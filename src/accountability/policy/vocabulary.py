"""The words of a pack: event types, their typed fields, and where each field is read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from accountability.errors import Span
from accountability.policy.keywords import WORDS


class Sort(StrEnum):
    """The types a value can have. Instants are UTC with microseconds, dates are local days, limits carry their unit."""

    BOOLEAN = "yes or no"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    INSTANT = "instant"
    DATE = "date"
    LIMIT = "limit"
    REFERENCE = "reference"


REFERENCES = frozenset({
    "unit", "post", "office-holder", "case", "incident", "hazard", "plan", "report", "decision", "tip", "project",
    "window", "standing", "veto", "proposal", "award", "permit", "inspection",
})
"""What a subject or reference may be (safeguard SG1): duty-holders and the matters they handle, never a person."""
PREFIXES: Mapping[str, str] = {kind: kind for kind in REFERENCES} | {WORDS[kind]: kind for kind in REFERENCES}
"""What may stand before the `/` of a reference, in either spelling, with the kind that it says."""


@attrs.frozen
class Type:
    """A value's type. *choices* for a choice; *kind* for a reference (`unit`, `case` …), whose value is held without its prefix."""

    sort: Sort
    choices: frozenset[str] = frozenset()
    kind: str = ""

    def __str__(self) -> str:
        if self.sort is Sort.CHOICE:
            return "one of " + ", ".join(sorted(self.choices))
        return self.kind if self.sort is Sort.REFERENCE else self.sort.value


class Where(StrEnum):
    """The part of a CloudEvent that a field is read from."""

    DATA = "data"
    SUBJECT = "subject"
    ATTRIBUTE = "attribute"


@attrs.frozen
class Field:
    """One declared field. *key* is the data key or attribute it is read from. JSON null counts as missing."""

    name: str
    type: Type
    where: Where = Where.DATA
    key: str = ""
    optional: bool = False
    span: Span | None = attrs.field(default=None, eq=False)


@attrs.frozen
class EventType:
    """One event type of a pack. *raises_case* marks the types that say a case was raised (SG2, SG3), *nobodys_fault* those that are
    nobody's fault by themselves: mass incidents and escalations (SG11).
    """

    name: str
    fields: Mapping[str, Field]
    raises_case: bool = False
    nobodys_fault: bool = False
    span: Span | None = attrs.field(default=None, eq=False)


Vocabulary = Mapping[str, EventType]

BOOLEAN, NUMBER, TEXT, DATE = Type(Sort.BOOLEAN), Type(Sort.NUMBER), Type(Sort.TEXT), Type(Sort.DATE)
CLOCK, CALENDAR = Type(Sort.LIMIT, kind="clock"), Type(Sort.LIMIT, kind="calendar")
WORD = Type(Sort.TEXT, kind="word")
UNIT, POST = Type(Sort.REFERENCE, kind="unit"), Type(Sort.REFERENCE, kind="post")
