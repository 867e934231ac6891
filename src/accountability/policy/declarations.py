"""What a pack has declared so far, while it is being read: all that a clause of a rule may name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from accountability.document import Reading
from accountability.organisation import ResponsibilityKind
from accountability.policy.amounts import Defaults, FindCalendar
from accountability.policy.expression import FieldRef, Parameter
from accountability.policy.rule import Period, RuleBase, Source, Trigger
from accountability.policy.vocabulary import EventType


@attrs.define
class Pack:
    """A pack while it is being read."""

    reading: Reading
    calendars: FindCalendar
    defaults: Defaults
    vocabulary: dict[str, EventType] = attrs.Factory(dict)
    parameters: dict[str, Parameter] = attrs.Factory(dict)
    periods: dict[str, Period] = attrs.Factory(dict)
    sources: dict[str, Source] = attrs.Factory(dict)
    responsibility: dict[str, ResponsibilityKind] = attrs.Factory(dict)
    fields: dict[Trigger, Mapping[str, FieldRef]] = attrs.Factory(dict)
    """What is known of every event type and of every conclusion of the rules read so far."""
    conclusions: dict[str, Mapping[str, FieldRef]] = attrs.Factory(dict)
    """The latter, by the words of a condition: `standing of R`."""
    unread: set[str] = attrs.Factory(set)
    """The rules that could not be read; what waits for them is not blamed for it."""
    unborne: set[str] = attrs.Factory(set)
    """The rules that may have no bearer."""
    rules: dict[str, RuleBase] = attrs.Factory(dict)
    """The rules read so far, by name."""
    bars: dict[str, tuple[str, ...]] = attrs.Factory(dict)
    """What the effects of the pack keep from, by their names, whether read by now or not."""

    def barring(self, acts: Iterable[str]) -> Iterator[str]:
        """The effects that keep from one of *acts*."""
        yield from (name for name, bars in self.bars.items() if {*bars} & {*acts})
