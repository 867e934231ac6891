"""What names an expression may use, and what a bare word is until the other side says which."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from accountability.errors import Span
from accountability.policy.expression import FieldRef, Parameter
from accountability.policy.keywords import WORDS
from accountability.policy.vocabulary import CALENDAR, CLOCK, PREFIXES, Type, Vocabulary
from accountability.workdays import Limit


@attrs.frozen
class Scope:
    """The names that an expression may use. A plain name is looked for in the act first, then in the trigger.

    `bearer` is who bears the rule, though what it waits for may be another rule's conclusion and have a bearer of its own.
    """

    trigger: Mapping[str, FieldRef]
    act: Mapping[str, FieldRef] = attrs.field(factory=dict)
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict)
    vocabulary: Vocabulary = attrs.field(factory=dict)
    conclusions: Mapping[str, Mapping[str, FieldRef]] = attrs.field(factory=dict)
    """The fields of what the rules read so far conclude, by `standing of R` and the like."""

    by_then: bool = False
    """Whether what the conditions ask of other events must have happened by the trigger."""

    def find(self, name: str) -> FieldRef | None:
        if name in ("bearer", WORDS["bearer"]):
            return self.trigger.get("bearer") or self.act.get("bearer")
        return self.act.get(name) or self.trigger.get(name)

    def names(self) -> list[str]:
        return [*dict.fromkeys([*self.act, *self.trigger, *self.parameters])]


@attrs.frozen
class Word:
    """A bare word that is no field: a choice, role, level or id, once the other side says which."""

    text: str
    span: Span


UNIT_PREFIXES = tuple(f"{prefix}/" for prefix, kind in PREFIXES.items() if kind == "unit")
"""What stands before the name of one unit where a field might stand, too."""


def limit_type(limit: Limit) -> Type:
    return CLOCK if limit.unit.is_clock else CALENDAR


def bare(text: str, kind: str) -> str:
    """A reference without its prefix: `unit/town-a` is `town-a` where a unit is meant."""
    head, _, tail = text.partition("/")
    return tail if tail and PREFIXES.get(head) == kind else text
