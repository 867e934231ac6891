"""What a rule tells the rules that wait for it, made by the operators that make very many: worded only when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from accountability.conclusion import identity
from accountability.event import Gathered, Happening, Order
from accountability.policy.rule import Made


class Derived:
    """The same as a `Fact`, from the happenings *behind* it, the first or last of which triggers the conclusion it comes from.

    *distinct*: what stands in the evidence of several of them stands there once.
    """

    __slots__ = ("_evidence", "_key", "behind", "day", "distinct", "fields", "made", "occurred_at", "order", "rule", "subject")
    lasts, until = False, None

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

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Derived):
            return NotImplemented
        return self is other or (self.order == other.order and self.day == other.day
                                 and self.fields == other.fields and self.key == other.key
                                 and self.evidence == other.evidence)

    __hash__ = None  # type: ignore[assignment]


class Unworded(Derived):
    """The same, of which nearly always only the instant and the fields are asked. *word* sets all else, the first time it is."""

    __slots__ = ("output", "word")

    def __init__(self, word: Callable[[Unworded], None], output: Any, occurred_at: datetime, fields: Mapping[str, object],
                 day: date | None = None) -> None:
        self.word, self.output, self.occurred_at, self.fields, self.day = word, output, occurred_at, fields, day

    def __getattr__(self, name: str) -> Any:
        if name not in Derived.__slots__:
            raise AttributeError(name)
        self.word(self)
        return getattr(self, name)
