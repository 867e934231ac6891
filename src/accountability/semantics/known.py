"""All that is known by the clock, and how the expressions of a rule see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import attrs

from accountability.conclusion import Conclusion, Fact
from accountability.event import Event, Happening
from accountability.judgement.bykey import NOTHING, Key
from accountability.judgement.finding import Clerk
from accountability.organisation import Organisation
from accountability.policy.expression import Expression, evaluate, holds
from accountability.policy.kinds import Rule
from accountability.policy.model import Policy
from accountability.policy.rule import Made, Period, RuleBase, Trigger, asked
from accountability.workdays import local_midnight

Follows = Iterator[tuple[Conclusion, Sequence[tuple[Made, Fact]]]]
"""Conclusions, each with the facts that it gives to other rules."""


class Known:
    """All that is known by the clock: what was reported, and what the rules before this one concluded."""

    def __init__(self, policy: Policy, organisation: Organisation, events: Sequence[Event], at: datetime,
                 known_at: datetime) -> None:
        self.policy, self.organisation, self.clock = policy, organisation, at
        self.clerk = Clerk(policy, organisation, known_at)
        self.clerk.happened = self.happened
        self.happenings: dict[Trigger, list[Happening]] = defaultdict(list)
        for event in events:
            self.happenings[Trigger(Made.EVENT, event.type)].append(event)

    def all(self, triggers: Iterable[Trigger]) -> list[Happening]:
        """Everything that any of *triggers* names, in order."""
        return sorted((h for t in dict.fromkeys(triggers) for h in self.happenings[t]), key=lambda h: h.order)

    def happened(self, event_type: str, field: str, value: object) -> Iterator[datetime]:
        """When the events of *event_type* happened whose *field* is *value*."""
        return (e.occurred_at for e in self.happenings[Trigger(Made.EVENT, event_type)] if e.fields.get(field) == value)

    def triggers(self, rule: Rule) -> Iterator[tuple[Happening, str | None, Case]]:
        """What *rule* waits for, where it is in force and its condition holds, each with the unit that bears it."""
        for happening in self.all(rule.when):
            day = happening.occurred_at.astimezone(self.policy.zone).date()
            unit = self.clerk.bearer(rule.bearer, happening.fields)
            case = Case(self, {**happening.fields, "bearer": unit}, happening.occurred_at)
            if rule.effective.covers(day) and self.holds(rule.guard, case.trigger, case.at):
                yield happening, unit, case

    def spans(self, period: Period) -> list[tuple[datetime, datetime]]:
        """When *period* is open: opened by events, or declared in local days."""
        opened = self.happenings[Trigger(Made.EVENT, period.event)] if period.event else []
        spans = [(e.fields[period.since_field], e.fields[period.until_field]) for e in opened]
        spans += [(local_midnight(a, self.policy.zone), local_midnight(b, self.policy.zone)) for a, b in period.declared]
        return spans  # type: ignore[return-value]

    def holds(self, condition: Expression | None, trigger: Mapping[str, object], at: datetime,
              act: Mapping[str, object] = NOTHING) -> bool:
        """Whether *condition* certainly holds of these fields."""
        return holds(condition, Case(self, trigger, at, act))

    def value(self, amount: Expression, trigger: Mapping[str, object], at: datetime, act: Mapping[str, object] = NOTHING) -> object:
        """The value of *amount*; None where it is missing."""
        return evaluate(amount, Case(self, trigger, at, act))

    def members(self, rule: RuleBase) -> Iterable[Key]:
        """The keys that *rule* looks at from the start."""
        return rule.members(self.organisation)

    def wake(self, last: datetime) -> None:
        """A whole history is looked at once."""


@attrs.frozen
class Case:
    """The world that an expression of a rule sees: one trigger, perhaps one act, and everything known."""

    known: Known
    trigger: Mapping[str, object]
    at: datetime
    act: Mapping[str, object] = attrs.field(factory=dict)

    def field(self, scope: str, name: str) -> object:
        return (self.act if scope == "act" else self.trigger).get(name)

    def parameter(self, name: str, key: object, has_key: bool) -> object:
        return self.known.policy.parameters[name].at(self.at.astimezone(self.known.policy.zone).date(), key)

    def organisation(self, what: str, of: object) -> object:
        return self.known.organisation.fact(what, str(of), self.at, self.known.clerk.known_at)

    def day(self) -> date:
        return self.at.astimezone(self.known.policy.zone).date()

    def same_key(self, event_type: str, field: str, by_then: bool) -> bool:
        mine = self.trigger.get(field)
        if event_type in self.known.policy.vocabulary:
            events = (e for e in self.known.happenings[Trigger(Made.EVENT, event_type)] if e.fields.get(field) == mine)
            return any(not by_then or e.occurred_at <= self.at for e in events)
        return any(f.fields.get(field) == mine and stands(f, self.at, by_then) for f in self.known.happenings[asked(event_type)])

    def last(self, event_type: str, key: str, field: str, by_then: bool) -> object:
        mine, events = self.trigger.get(key), self.known.happenings[Trigger(Made.EVENT, event_type)]
        found = [e for e in events if e.fields.get(key) == mine and (not by_then or e.occurred_at <= self.at)]
        return max(found, key=lambda e: e.order).fields.get(field) if found else None

    def acting(self, act: Happening) -> Case:
        return attrs.evolve(self, act=act.fields)

    def holds(self, condition: Expression | None, act: Happening) -> bool:
        """Whether *condition* certainly holds of the trigger together with *act*."""
        return self.known.holds(condition, self.trigger, self.at, act.fields)


def stands(fact: Happening, at: datetime, by_then: bool = False) -> bool:
    """Whether what holds for a while holds at *at*. What merely happened is known, whenever it was, or only *by_then*."""
    if not isinstance(fact, Fact) or not fact.lasts:
        return not by_then or fact.occurred_at <= at
    return fact.occurred_at <= at and (fact.until is None or at < fact.until)


def key_of(names: Sequence[str], fields: Mapping[str, object]) -> tuple[object, ...]:
    """The values by which two happenings belong together."""
    return tuple(fields.get(name) for name in names)
