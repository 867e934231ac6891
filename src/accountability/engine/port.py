"""What the engine asks of a matcher: rules that join facts, facts, firings, and the limits that every matcher keeps.

Two matchers stand behind this port, durable-rules (`logic`) and plain Python (`matcher`); for the same rules and the same facts
they give the same firings in the same order, so that which of them ran can never be seen in a finding.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Literal, NoReturn, Protocol, cast, get_args

import attrs

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
OPERATORS: tuple[str, ...] = get_args(Operator)

INTEGER_LIMIT = 2**53
"""Every integer x of a rule or a fact keeps |x| < 2**53, the range in which C, JSON and Python agree."""
PATTERNS_PER_RULE = 4
TESTS_PER_PATTERN = 20


@attrs.frozen
class Ref:
    """The *field* of the fact that an earlier pattern, named *alias*, has bound."""

    alias: str
    field: str


@attrs.frozen
class Test:
    """One comparison that a fact must pass: its *field* with a number, or with a field of a fact bound earlier."""

    __test__: ClassVar[bool] = False  # keeps pytest from taking the class for a test

    field: str
    op: Operator
    value: int | Ref


@attrs.frozen
class Pattern:
    """One fact that a rule needs: of *kind* (a number from 1), passing all *tests*, called *alias* within the rule."""

    alias: str
    kind: int
    tests: tuple[Test, ...] = ()


@attrs.frozen
class LogicRule:
    """Fires once for every choice of distinct facts, one for each of *patterns*, that passes all their tests.

    All patterns are positive and in order; a test may refer to the alias of an earlier pattern only.
    """

    name: str
    patterns: tuple[Pattern, ...]


@attrs.frozen
class LogicFact:
    """One fact. Each fact that is added is a fact of its own, even where it equals another.

    *key* orders the firings and must be comparable with the keys of its kind; it need not be unique, but where the order of
    effects matters it should be, since equal keys fall back on the order of arrival. *fields* holds integers with |x| < 2**53,
    and every field that some rule compares for this kind; others are ignored. *payload* is never looked at.
    """

    key: tuple[object, ...]
    kind: int
    fields: Mapping[str, int]
    payload: object = attrs.field(default=None, eq=False)


@attrs.frozen
class Firing:
    """*rule* fired on *facts*, by alias in the order of its patterns: the facts are the proof."""

    rule: str
    facts: Mapping[str, LogicFact]


class Matcher(Protocol):
    """A working memory for one step at a time. Used by one thread only; not copied, not pickled."""

    @property
    def name(self) -> str:
        """Who answers: `durable-rules 2.0.28` or `plain Python`."""
        ...

    def add(self, facts: Iterable[LogicFact]) -> list[Firing]:
        """Add *facts* to those of this step; return the firings that are new, by order of rules, then keys of facts.

        Raises ValueError, before any of *facts* is used, if a compared field is missing or is not an integer in range;
        RuntimeError on a thread other than the maker's; EngineFault if the engine failed twice on this step.
        """
        ...

    def clear(self) -> None:
        """End the step: no fact of it matches again. Also the way out after any error of `add`."""
        ...


class OneThread:
    """What only the thread that made it may use, and what is never copied, pickled or part of a snapshot."""

    def __init__(self) -> None:
        self._owner = threading.get_ident()

    def _check_thread(self) -> None:
        if threading.get_ident() != self._owner:
            raise RuntimeError("logic: wrong-thread: a matcher was used by a thread that did not make it; make one for each thread")

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("logic: no-copy: a matcher cannot be copied or pickled; make another from the same rules")

    __reduce__ = _refuse
    __copy__ = _refuse
    __deepcopy__ = _refuse


def check_rules(rules: Sequence[LogicRule]) -> None:
    """Raise ValueError, with every reason on a line of its own, unless all *rules* lie inside the subset that was proved safe."""
    names = Counter(rule.name for rule in rules)
    reasons = [f"rule `{name}`: same-name: {times} rules have it; give each its own" for name, times in names.items() if times > 1]
    for rule in rules:
        reasons += (f"rule `{rule.name}`: {reason}" for reason in _faults_of(rule))
    if reasons:
        raise ValueError("\n".join(reasons))


def _faults_of(rule: LogicRule) -> Iterator[str]:
    if not 1 <= len(rule.patterns) <= PATTERNS_PER_RULE:
        yield f"pattern-count: {len(rule.patterns)} patterns; give 1 to {PATTERNS_PER_RULE}, and derive a fact for a further rule"
    bound: set[str] = set()
    for pattern in rule.patterns:
        where = f"pattern `{pattern.alias}`"
        if pattern.alias in bound:
            yield f"{where}: same-alias: the alias is taken by an earlier pattern; give each pattern its own"
        if not is_integer(pattern.kind) or pattern.kind < 1:
            yield f"{where}: kind: `{pattern.kind}` is no kind; kinds are whole numbers from 1, below 2**53"
        if len(pattern.tests) > TESTS_PER_PATTERN:
            yield f"{where}: test-count: {len(pattern.tests)} tests; give at most {TESTS_PER_PATTERN}, and decide the others before"
        for test in pattern.tests:
            if test.op not in OPERATORS:
                yield f"{where}: operator: `{test.op}` is unknown; test `{test.field}` with one of {' '.join(OPERATORS)}"
            if isinstance(test.value, Ref):
                if test.value.alias not in bound:
                    yield f"{where}: unbound: no earlier pattern is called `{test.value.alias}`; put that pattern before this one"
            elif not is_integer(test.value):
                yield f"{where}: integer: `{test.field}` is compared with `{test.value}`; code it as a whole number below 2**53"
        bound.add(pattern.alias)


def is_integer(value: object) -> bool:
    """Whether *value* is a whole number with |x| < 2**53. True and False are not: a truth is coded as 1 or 0 on purpose."""
    return type(value) is int and -INTEGER_LIMIT < value < INTEGER_LIMIT


def compared_fields(rules: Iterable[LogicRule]) -> dict[int, dict[str, str]]:
    """For each kind the fields that *rules* compare, each with the name of the first rule that does, in order of first use."""
    compared: dict[int, dict[str, str]] = {}
    for rule in rules:
        kinds = {pattern.alias: pattern.kind for pattern in rule.patterns}
        for pattern in rule.patterns:
            fields = compared.setdefault(pattern.kind, {})
            for test in pattern.tests:
                fields.setdefault(test.field, rule.name)
                if isinstance(test.value, Ref):
                    compared.setdefault(kinds[test.value.alias], {}).setdefault(test.value.field, rule.name)
    return compared


def compared_values(fact: LogicFact, fields: Mapping[str, str]) -> tuple[int, ...]:
    """The values of *fact* for *fields* (as `compared_fields` gives them). Raises ValueError unless all are integers in range."""
    values = []
    for field, rule in fields.items():
        value = fact.fields.get(field)
        if type(value) is not int or not -INTEGER_LIMIT < value < INTEGER_LIMIT:
            where = f"fact `{fact.key}` of kind {fact.kind}"
            if field not in fact.fields:
                raise ValueError(f"{where}: missing-field: rule `{rule}` compares `{field}`; give it, or leave the fact out")
            raise ValueError(f"{where}: integer: `{field}` is `{value}`; rule `{rule}` compares whole numbers below 2**53")
        values.append(value)
    return tuple(values)


Arrived = tuple[int, LogicFact]
"""A fact with the number of its arrival, which breaks ties between equal keys."""


def in_order(rules: Sequence[LogicRule], found: Iterable[tuple[int, tuple[Arrived, ...]]]) -> list[Firing]:
    """*found* (place of the rule, facts in the order of its patterns) as firings: by rule, then keys, then arrival."""
    ordered = sorted(
        (place, cast("list[tuple[int, ...]]", [fact.key for _, fact in facts]), [number for number, _ in facts], facts)
        for place, facts in found
    )
    return [
        Firing(rules[place].name, {pattern.alias: fact for pattern, (_, fact) in zip(rules[place].patterns, facts, strict=True)})
        for place, _, _, facts in ordered
    ]
