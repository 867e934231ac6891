"""The plain-Python matcher: stands in where durable-rules cannot be imported, and is what it is compared with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from accountability.engine.port import (
    Arrived,
    Firing,
    LogicFact,
    LogicRule,
    OneThread,
    Operator,
    Pattern,
    Ref,
    check_rules,
    compared_fields,
    compared_values,
    in_order,
)

COMPARE: dict[Operator, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Alone = tuple[Callable[[int, int], bool], str, int]
Joined = tuple[Callable[[int, int], bool], str, int, str]


@attrs.define
class _Place:
    """One pattern of one rule: its tests, and the facts of this step that passed those of them that need no other fact."""

    alone: tuple[Alone, ...]
    joined: tuple[Joined, ...]
    old: list[Arrived] = attrs.Factory(list)
    fresh: list[Arrived] = attrs.Factory(list)

    def admits(self, fact: LogicFact) -> bool:
        return all(compare(fact.fields[field], value) for compare, field, value in self.alone)

    def fits(self, fact: LogicFact, chosen: tuple[Arrived, ...]) -> bool:
        return all(
            compare(fact.fields[field], chosen[place][1].fields[other]) for compare, field, place, other in self.joined
        )


class PlainMatcher(OneThread):
    """A `Matcher` that tries every choice of facts, each choice once: when the last of its facts arrives."""

    name = "plain Python"

    def __init__(self, rules: Sequence[LogicRule]) -> None:
        """Raises ValueError if *rules* leave the limits of the port."""
        super().__init__()
        check_rules(rules)
        self._rules = tuple(rules)
        self._compared = compared_fields(self._rules)
        self._places = [_places_of(rule) for rule in self._rules]
        self._takers: dict[int, list[tuple[int, _Place]]] = {}
        for number, (rule, places) in enumerate(zip(self._rules, self._places, strict=True)):
            for pattern, place in zip(rule.patterns, places, strict=True):
                self._takers.setdefault(pattern.kind, []).append((number, place))
        self._arrivals = 0

    def add(self, facts: Iterable[LogicFact]) -> list[Firing]:
        """As `Matcher.add`."""
        self._check_thread()
        wanted = [fact for fact in facts if fact.kind in self._compared]
        for fact in wanted:
            compared_values(fact, self._compared[fact.kind])
        touched: set[int] = set()
        for fact in wanted:
            self._arrivals += 1
            for number, place in self._takers[fact.kind]:
                if place.admits(fact):
                    place.fresh.append((self._arrivals, fact))
                    touched.add(number)
        found = [(number, facts) for number in touched for facts in _new_choices(self._places[number])]
        for number in touched:
            for place in self._places[number]:
                place.old += place.fresh
                place.fresh.clear()
        return in_order(self._rules, found)

    def clear(self) -> None:
        """As `Matcher.clear`."""
        self._check_thread()
        self._arrivals = 0
        for places in self._places:
            for place in places:
                place.old.clear()
                place.fresh.clear()


def _places_of(rule: LogicRule) -> tuple[_Place, ...]:
    position = {pattern.alias: n for n, pattern in enumerate(rule.patterns)}

    def place(pattern: Pattern) -> _Place:
        alone: list[Alone] = []
        joined: list[Joined] = []
        for test in pattern.tests:
            if isinstance(test.value, Ref):
                joined.append((COMPARE[test.op], test.field, position[test.value.alias], test.value.field))
            else:
                alone.append((COMPARE[test.op], test.field, test.value))
        return _Place(tuple(alone), tuple(joined))

    return tuple(place(pattern) for pattern in rule.patterns)


def _new_choices(places: tuple[_Place, ...]) -> Iterator[tuple[Arrived, ...]]:
    # The first fresh fact of a choice stands at *lead*: old ones before it, any after it, so no choice is made twice.
    for lead, leader in enumerate(places):
        if leader.fresh:
            before = [place.old for place in places[:lead]]
            after = [place.old + place.fresh for place in places[lead + 1 :]]
            yield from _choices(places, [*before, leader.fresh, *after], ())


def _choices(places: tuple[_Place, ...], pools: list[list[Arrived]], chosen: tuple[Arrived, ...]) -> Iterator[tuple[Arrived, ...]]:
    if len(chosen) == len(places):
        yield chosen
        return
    for arrived in pools[len(chosen)]:
        if all(arrived[0] != number for number, _ in chosen) and places[len(chosen)].fits(arrived[1], chosen):
            yield from _choices(places, pools, (*chosen, arrived))
