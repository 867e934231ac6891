"""Kinds of rule whose meaning is one pure function of what came in under one key: what they are given, and what they give.

`semantics` calls such a function for every key of a history; the engine calls it again for a key of which something has changed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import attrs

from accountability.conclusion import Conclusion, Fact
from accountability.event import Happening, Order
from accountability.judgement.finding import Clerk
from accountability.policy.expression import Expression
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Period, RuleBase

Key = Hashable
Fields = Mapping[str, object]
Input = tuple[Order, int, Happening]
"""Where it stands in order, in which role it came in, and what it is."""
Inputs = list[Input]
NOTHING: Fields = {}


@attrs.frozen
class Outcome:
    """A conclusion, with the facts that it gives to other rules.

    It is *closed* after an instant (UTC): what happens later than that, and later than all that has come in, cannot change it,
    whatever it is, and what comes in under its key then follows as if this had never been. None where that cannot be said.
    """

    conclusion: Conclusion
    facts: tuple[tuple[Made, Fact], ...] = ()
    closed: datetime | None = None


class World(Protocol):
    """What such a function may ask. Instants are UTC."""

    policy: Policy
    clerk: Clerk

    @property
    def clock(self) -> datetime:
        """The instant at which everything is read."""
        ...

    def holds(self, condition: Expression | None, trigger: Fields, at: datetime, act: Fields = NOTHING) -> bool:
        """Whether *condition* certainly holds of a trigger with these fields at *at*, and perhaps of an act; no condition does."""
        ...

    def value(self, amount: Expression, trigger: Fields, at: datetime, act: Fields = NOTHING) -> object:
        """The value of *amount*, or None where it is missing."""
        ...

    def spans(self, period: Period) -> Sequence[tuple[datetime, datetime]]:
        """When *period* is open, half-open, as far as it is known."""
        ...

    def members(self, rule: RuleBase) -> Iterable[Key]:
        """The keys that *rule* looks at from the start, whatever happens."""
        ...

    def wake(self, last: datetime) -> None:
        """Says that something may change by itself as soon as the clock is past *last*."""
        ...


def key_in(rule: Any, role: int, happening: Happening, clerk: Clerk) -> Key:
    """Under which key *happening* comes in; where *rule* names none, everything is by itself."""
    names = rule.key_names(role)
    if names is None:
        return happening.key
    fields = happening.fields
    if role == TRIGGER and "bearer" in names:
        fields = {**fields, "bearer": clerk.bearer(rule.bearer, fields)}
    return tuple([fields.get(name) for name in names])


def triggers_in(rule: Any, world: World, inputs: Inputs) -> Iterator[tuple[Happening, str | None, dict[str, object]]]:
    """What starts *rule* among *inputs*, where it is in force and applies; each with the unit that bears it and all fields."""
    for _, role, happening in inputs:
        if role != TRIGGER:
            continue
        unit = world.clerk.bearer(rule.bearer, happening.fields)
        fields = {**happening.fields, "bearer": unit}
        day = happening.occurred_at.astimezone(world.policy.zone).date()
        if rule.effective.covers(day) and world.holds(rule.guard, fields, happening.occurred_at):
            yield happening, unit, fields


def of_role(inputs: Inputs, role: int) -> Iterator[Happening]:
    """What came in under *role*, in order."""
    return (h for _, r, h in inputs if r == role)


def belongs(same: Sequence[str], fields: Fields, other: Happening) -> bool:
    """Whether *other* has the values of these *fields* that tell what belongs together."""
    return all(other.fields.get(name) == fields.get(name) for name in same)
