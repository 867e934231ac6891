"""From rules and facts to the JSON that the C engine may see: numbers and our own short names, and nothing an author wrote.

Each limit here stands for a way in which durable_rules 2.0.28 crashes, hangs or answers wrongly (docs/explanation/logic.md).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import attrs

from accountability.engine.port import (
    PATTERNS_PER_RULE,
    TESTS_PER_PATTERN,
    LogicFact,
    LogicRule,
    Ref,
    Test,
    check_rules,
    compared_fields,
    compared_values,
    is_integer,
)

PATTERNS_PER_KIND = 50
KINDS = 400
RULES = 200
FIELDS_PER_KIND = 200

KIND, STAMP, SENTINEL, WARM_UP = "k", "s", "z", "w"
ALIASES = tuple(f"a{n}" for n in range(PATTERNS_PER_RULE))
STAMP_JOIN = {STAMP: {ALIASES[0]: STAMP}}
# C reads past its array when the last join of a pattern is false, so the last one is always true.
SENTINEL_JOIN = {SENTINEL: {ALIASES[0]: SENTINEL}}
C_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
RESERVED = (
    *("id", "sid", "$s", "$i", "$m", "$l", "$r", "all", "any", "pri", "count", "cap", "dist", "name", "$forward"),
    *("$lt", "$lte", "$gt", "$gte", "$eq", "$neq", "$mt", "$imt", "$iall", "$iany", "$ex", "$nex", "$or", "$and"),
    *("$add", "$sub", "$mul", "$div", "$pulse", "$time", "$timerName", "$baseTime"),
)
"""Names that the C source gives a meaning; it tells names apart by their 32-bit hash alone."""


def fnv1a(name: str) -> int:
    """The hash by which the C engine tells names apart (`fnv1Hash32` of its state.c), for names in ASCII."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def short_names(fields: Iterable[str]) -> dict[str, str]:
    """A name `f0`, `f1`, … for each of *fields*, in order, none with the hash of another or of a reserved name."""
    taken = {fnv1a(name) for name in (*RESERVED, *ALIASES, KIND, STAMP, SENTINEL)}
    numbers = count()
    names: dict[str, str] = {}
    for field in dict.fromkeys(fields):
        name = next(name for name in (f"f{n}" for n in numbers) if fnv1a(name) not in taken)
        taken.add(fnv1a(name))
        names[field] = name
    return names


@attrs.frozen
class Body:
    """How a fact of one kind is written: the fields to take, and the JSON text with a hole for each."""

    fields: Mapping[str, str]
    text: str


@attrs.frozen
class Ruleset:
    """One rule set for the C engine: *text* is its JSON, *bodies* how facts of each kind it takes are written."""

    text: str
    bodies: Mapping[int, Body]
    rules: Mapping[str, tuple[int, int]]
    """By the code of each rule in it: the place of the rule in the whole policy, and how many patterns it has."""

    def body(self, fact: LogicFact) -> str | None:
        """The JSON members of *fact*; None if no rule here takes its kind. Raises ValueError as `compared_values` does."""
        body = self.bodies.get(fact.kind)
        return None if body is None else body.text % compared_values(fact, body.fields)


def encode_rules(rules: Sequence[LogicRule]) -> tuple[Ruleset, ...]:
    """As few rule sets as the limits of the C engine allow, in order of *rules*. Raises ValueError as `check_rules` does."""
    check_rules(rules)
    names = short_names(field for fields in compared_fields(rules).values() for field in fields)
    return tuple(_encode(bundle, names) for bundle in _bundles(rules))


def ruleset_json(rules: Sequence[LogicRule]) -> str:
    """What the C engine is given for *rules*: a JSON array, one rule set on each line, the same text for the same rules."""
    return "[\n" + ",\n".join(ruleset.text for ruleset in encode_rules(rules)) + "\n]\n"


def _bundles(rules: Sequence[LogicRule]) -> Iterator[dict[int, LogicRule]]:
    bundle: dict[int, LogicRule] = {}
    for place, rule in enumerate(rules):
        grown = {**bundle, place: rule}
        if bundle and not _fits(list(grown.values())):
            yield bundle
            grown = {place: rule}
        bundle = grown
    if bundle:
        yield bundle


def _fits(rules: Sequence[LogicRule]) -> bool:
    per_kind = Counter(pattern.kind for rule in rules for pattern in rule.patterns)
    if len(rules) > RULES or len(per_kind) > KINDS or max(per_kind.values()) > PATTERNS_PER_KIND:
        return False
    return all(len(fields) <= FIELDS_PER_KIND for fields in compared_fields(rules).values())


def _encode(bundle: Mapping[int, LogicRule], names: Mapping[str, str]) -> Ruleset:
    compiled = {
        WARM_UP: {"all": [{ALIASES[0]: {"$and": [{KIND: 0}]}}]},
        **{f"r{place}": {"all": _patterns(rule, names)} for place, rule in bundle.items()},
    }
    bodies = {
        kind: Body(fields, ",".join([f'"{KIND}":{kind}', *(f'"{names[field]}":%d' for field in fields)]))
        for kind, fields in compared_fields(bundle.values()).items()
    }
    text = json.dumps(compiled, separators=(",", ":"))
    return Ruleset(text, bodies, {f"r{place}": (place, len(rule.patterns)) for place, rule in bundle.items()})


def _patterns(rule: LogicRule, names: Mapping[str, str]) -> list[dict[str, object]]:
    codes = {pattern.alias: code for pattern, code in zip(rule.patterns, ALIASES, strict=False)}

    def encoded(test: Test) -> dict[str, object]:
        value = {codes[test.value.alias]: names[test.value.field]} if isinstance(test.value, Ref) else test.value
        return {names[test.field]: value} if test.op == "==" else {C_OPERATORS[test.op]: {names[test.field]: value}}

    patterns: list[dict[str, object]] = []
    for pattern in rule.patterns:
        tests = list(dict.fromkeys(pattern.tests))
        parts: list[Mapping[str, object]] = [{KIND: pattern.kind}]
        parts += (encoded(test) for test in tests if not isinstance(test.value, Ref))
        if patterns:
            parts.append(STAMP_JOIN)
            parts += (encoded(test) for test in tests if isinstance(test.value, Ref))
            parts.append(SENTINEL_JOIN)
        patterns.append({codes[pattern.alias]: {"$and": parts}})
    return patterns


def check_compiled(text: str) -> None:
    """Raise ValueError unless *text* is a rule set inside the safe subset: the last look before C, which crashes outside."""
    rules = json.loads(text)
    per_kind: Counter[int] = Counter()
    for code, rule in rules.items():
        if not re.fullmatch(rf"{WARM_UP}|r\d+", code) or list(rule) != ["all"] or not 1 <= len(rule["all"]) <= PATTERNS_PER_RULE:
            raise ValueError(f"logic: rule set refused: `{code}` is no rule of 1 to {PATTERNS_PER_RULE} positive patterns")
        for place, pattern in enumerate(rule["all"]):
            where = f"pattern {place} of `{code}`"
            if list(pattern) != [ALIASES[place]] or list(pattern[ALIASES[place]]) != ["$and"]:
                raise ValueError(f"logic: rule set refused: {where} is not one `$and` called `{ALIASES[place]}`")
            per_kind[_check_parts(where, place, pattern[ALIASES[place]]["$and"])] += 1
    if len(rules) > RULES + 1 or len(per_kind) > KINDS + 1 or max(per_kind.values()) > PATTERNS_PER_KIND:
        raise ValueError(f"logic: rule set refused: over {RULES} rules, {KINDS} kinds or {PATTERNS_PER_KIND} patterns of one kind")


def _check_parts(where: str, place: int, parts: list[dict[str, Any]]) -> int:
    kind = parts[0].get(KIND) if parts else None
    if type(kind) is not int or not is_integer(kind):
        raise ValueError(f"logic: rule set refused: {where} does not begin with its kind")
    if place and parts[-1] != SENTINEL_JOIN:
        raise ValueError(f"logic: rule set refused: {where} does not end with the join that is always true")
    if len(parts) > TESTS_PER_PATTERN + 3:
        raise ValueError(f"logic: rule set refused: {where} has {len(parts)} parts, at most {TESTS_PER_PATTERN + 3}")
    seen_join = False
    for part in parts[1:]:
        is_join = _check_part(where, place, part)
        if seen_join and not is_join:
            raise ValueError(f"logic: rule set refused: {where} has a join before a plain test")
        seen_join = is_join
    return kind


def _check_part(where: str, place: int, part: dict[str, Any]) -> bool:
    """Whether *part* is a join. Raises ValueError if it is neither that nor a plain test."""
    if place and part in (STAMP_JOIN, SENTINEL_JOIN):
        return True
    ((name, value),) = part.items()
    if name in C_OPERATORS.values():
        ((name, value),) = value.items()
    if re.fullmatch(r"f\d+", name) and is_integer(value):
        return False
    if re.fullmatch(r"f\d+", name) and isinstance(value, dict) and len(value) == 1:
        ((alias, other),) = value.items()
        if alias in ALIASES[:place] and re.fullmatch(r"f\d+", str(other)):
            return True
    raise ValueError(f"logic: rule set refused: {where} holds `{json.dumps(part)}`, which is not in the safe subset")
