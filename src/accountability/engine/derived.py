"""What a rule tells the rules that wait for it, made by the operators that make very many: worded only when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from accountability.conclusion import identity
from accountability.event import Gathered, Happening, Order
from accountability.policy.rule import Made


class Derived:
    """The same as a `Fact`, from the happenings *behind* it, the first or last of which triggers the conclusion it comes from.

    *distinct*: what stands in the evidence of several of them stands there once.
    """

    __slots__ = ("_evidence", "_key", "behind", "day", "distinct", "fields", "made", "occurred_at", "order", "rule", "subject")
    lasts: ClassVar[bool] = False
    until: ClassVar[datetime | None] = None

    def __init__(self, made: Made, rule: str, subject: str, behind: Sequence[Happening], occurred_at: datetime, order: Order,
                 fields: Mapping[str, object], distinct: bool = False, day: date | None = None) -> None:
        self.made, self.rule, self.subject, self.behind = made, rule, subject, behind
        self.occurred_at, self.order, self.fields, self.distinct, self.day = occurred_at, order, fields, distinct, day
        self._key = ""
        self._evidence: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this fact from all others."""
        if not self._key:
            trigger = self.behind[-1 if self.distinct else 0]
            self._key = f"{self.made} {identity(self.rule, self.subject, trigger.key)}"
        return self._key

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids a reader can look up in the log."""
        # A breach is a member of many findings, so its evidence is asked for again and again.
        if not self._evidence:
            behind = self.behind
            if isinstance(behind, Gathered):
                found = behind.evidence
            else:
                found = behind[0].evidence if len(behind) == 1 else [e for h in behind for e in h.evidence]
            self._evidence = tuple(dict.fromkeys(found)) if self.distinct else tuple(found)
        return self._evidence

    def get(self, name: str) -> object:
        """The field *name*, or None."""
        return self.fields.get(name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Derived):
            return NotImplemented
        return self is other or (self.order == other.order and self.day == other.day
                                 and self.fields == other.fields and self.key == other.key
                                 and self.evidence == other.evidence)

    __hash__ = None  # type: ignore[assignment]


class Wording(Protocol):
    """An operator that says of what it made when somebody asks."""

    makes: Made

    def word(self, fact: Unworded) -> Derived:
        """All that *fact* leaves out."""
        ...

    def peek(self, output: Any, name: str) -> object:
        """The field *name* of the fact of *output*."""
        ...


class Unworded:
    """The same of an *output* of the operator *by*, which words it when more is asked than the instant and a field or two; mostly
    nobody does. An output that gives no other fact gives this one as its facts, of which it is the only one."""

    __slots__ = ("_worded", "by", "day", "occurred_at", "output")
    lasts: ClassVar[bool] = False
    until: ClassVar[datetime | None] = None

    def __init__(self, by: Wording, output: Any, occurred_at: datetime, day: date | None = None) -> None:
        self.by, self.output, self.occurred_at, self.day = by, output, occurred_at, day
        self._worded: Derived | None = None

    @property
    def worded(self) -> Derived:
        """This fact with all that there is to say of it."""
        found = self._worded
        if found is None:
            found = self._worded = self.by.word(self)
        return found

    @property
    def key(self) -> str:
        return self.worded.key

    @property
    def order(self) -> Order:
        return self.worded.order

    @property
    def fields(self) -> Mapping[str, object]:
        return self.worded.fields

    @property
    def evidence(self) -> tuple[str, ...]:
        return self.worded.evidence

    @property
    def made(self) -> Made:
        return self.by.makes

    @property
    def rule(self) -> str:
        return self.worded.rule

    def get(self, name: str) -> object:
        """The field *name*, or None."""
        return self.by.peek(self.output, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Unworded):
            return NotImplemented
        return self is other or self.worded == other.worded

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Made]:
        yield self.by.makes

    def items(self) -> Sequence[tuple[Made, Unworded]]:
        """The facts by name."""
        return ((self.by.makes, self),)

    def __getitem__(self, made: Made) -> Unworded:
        if made is not self.by.makes:
            raise KeyError(made)
        return self
