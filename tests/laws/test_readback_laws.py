"""Laws of the read-back: nothing that a rule file means is lost on the page that shows it, in either language."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Scalar, Sequence, parse, write
from accountability.errors import RuleFileError
from accountability.policy import Policy, expression, kinds, read_rules, read_rules_text, rule
from accountability.policy.amounts import PERIODS
from accountability.policy.expression import COMPARISONS
from accountability.policy.keywords import FACTS, Script
from accountability.policy.kinds import MODELS, turns
from accountability.policy.rendering import needed, show_pack, show_rule
from accountability.policy.rendering.pages import PAGES
from accountability.policy.rendering.voice import CLOCK
from accountability.policy.rule import AnswerSpec, RuleBase, Term, TermKind, Window, WindowKind
from accountability.testing.rule_texts import rule_texts
from accountability.workdays import Calendar, Limit, Unit

ROOT = Path(__file__).resolve().parents[2]
SHOWN = [p.parent for p in sorted(ROOT.glob("rules/*/pack.yaml"))] + sorted(ROOT.glob("tests/language/accepted/*.yaml"))
SCRIPTS: tuple[Script, ...] = ("en", "zh")


def meaning(policy: Policy) -> object:
    """A policy without the digests of its text."""
    rules = sorted(policy.rules, key=lambda r: r.index)
    return attrs.evolve(policy, rules=tuple(attrs.evolve(r, version="") for r in rules))


def pages(policy: Policy) -> list[str]:
    return [show_pack(policy, script) for script in SCRIPTS]


@given(rule_texts(), st.data())
@settings(deadline=None)
def test_pages_are_equal_only_where_policies_are(text: str, data: st.DataObject) -> None:
    """Of two rule files that differ in one value, the pages are the same in a language if and only if the policies are."""
    other = data.draw(neighbours(text))
    try:
        one, two = (read_rules_text(said, warn=False) for said in (text, other))
    except RuleFileError:
        assume(False)
    for mine, its in zip(pages(one), pages(two), strict=True):
        assert (mine == its) == (meaning(one) == meaning(two))


def neighbours(text: str) -> st.SearchStrategy[str]:
    """*text* with the value of one key in its rules replaced by one that the same key has elsewhere, or left out."""
    tree = parse(text, "t.yaml")
    assert isinstance(tree, MappingNode)
    rules = tree.get("rules")
    assert rules is not None
    places = list(entries(rules))
    by_key: dict[str, list[Node]] = {}
    for key, value in places:
        by_key.setdefault(key.text, []).append(value)
    found: list[tuple[Node, Node | None]] = []
    for key, value in places:
        found += [(value, other) for other in by_key[key.text] if other is not value] + [(value, None)]
        found += [(value, Scalar(word, value.span)) for word in OTHERS.get(key.text, ())]
    return st.sampled_from(found).map(lambda swap: write(swapped(tree, *swap)))


OTHERS = {
    "when": ("step.done", "fault.found"), "must": ("step.done", "fault.found"), "within": ("3h", "5 days", "calendar month"),
    "same": ("unit", "case"), "where": ("unit is u2", "not (unit is u2)"), "provided": ("unit is u2", "unit of trigger is u2"),
    "fires": ("each", "rising"), "again": ("new", "ignore"), "reaches": ("4",), "severity": ("light",), "points": ("1",),
    "term": ("1 week", "until ended"), "on": ("unit", "head at trigger"), "once per": ("calendar week",), "about": ("unit", "case"),
    "head": ("at trigger", "at finding"), "bearer": ("unit/u2",), "report": ("all", "exceptions"), "calendar": ("CN",),
}


def entries(node: Node) -> Iterator[tuple[Scalar, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.entries:
            yield key, value
            yield from entries(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from entries(item)


def swapped(node: Node, old: Node, new: Node | None) -> Node:
    """*node* with *new* in place of *old*, or without its entry."""
    if node is old:
        assert new is not None
        return new
    if isinstance(node, MappingNode):
        kept = [(k, v) for k, v in node.entries if not (v is old and new is None)]
        return attrs.evolve(node, entries=tuple((k, swapped(v, old, new)) for k, v in kept))
    if isinstance(node, Sequence):
        return attrs.evolve(node, items=tuple(swapped(item, old, new) for item in node.items))
    return node


@given(rule_texts())
@settings(deadline=None)
def test_one_rule_is_shown_as_in_its_pack(text: str) -> None:
    """The sentences of a rule alone are those of the page of its pack, and show a rule with all that it names."""
    try:
        policy = read_rules_text(text, warn=False)
    except RuleFileError:
        assume(False)
    for script in SCRIPTS:
        whole = show_pack(policy, script)
        for one in policy.rules:
            alone = show_rule(policy, one.name, script)
            assert alone.split("\n\n## ")[0].rstrip("\n") in whole
            assert set(needed(policy, one).sources) >= ({one.source} & policy.sources.keys())


def test_every_kind_of_rule_has_its_page() -> None:
    assert PAGES.keys() == MODELS.keys()


Way = tuple[tuple[str, str], ...]
# What follows changes every attribute of every rule of the project's packs and examples, one at a time.

DERIVED = {
    ("RuleBase", "about_kind"): "told by the field",
    ("RuleBase", "version"): "told by the text",
    ("RuleBase", "reckoning"): "of duties, which show it",
    ("FieldRef", "type"): "told by the vocabulary", ("FieldRef", "optional"): "told by the vocabulary",
    ("ParameterRef", "type"): "told by the parameter", ("OrganisationFact", "type"): "told by what is asked",
    ("Arithmetic", "type"): "told by the parts", ("Constant", "type"): "told by the value and what it is compared with",
    ("SameKey", "concluded"): "told by the name", ("LastOf", "type"): "told by the field",
    ("AnswerSpec", "kind"): "shown among the responsibilities of the pack", ("Overlay", "period"): "shown among its periods",
    ("Coverage", "period"): "shown among its periods",
    **{(cls, "zone"): "of the pack" for cls in ("Reckoning", "Threshold", "Effect", "DecidedEffect", "Scorecard", "Coverage")},
    ("Reporting", "known"): "told by the vocabulary",
    ("Scorecard", "bearer"): "the unit that is assessed",
    ("Certainly", "of"): "only in what other rules defeat", ("InForce", "since"): "the same", ("InForce", "until"): "the same",
    ("RuleBase", "defeated_by"): "told by the rules that defeat it",
    **{(cls, ""): "of the pack" for cls in ("Parameter", "ParameterVersion", "Period", "Source", "Ladder", "Rung")},
}
"""Attributes that are not shown by the sentence of a rule, each with the reason."""
WORDS = {
    ("Compare", "op"): tuple(COMPARISONS), ("Arithmetic", "op"): ("+", "-", "*", "/"), ("OrganisationFact", "what"): tuple(FACTS),
    ("FieldRef", "scope"): ("trigger", "act"),
}


def owner_of(cls: type, name: str) -> str:
    """The class that declares the attribute."""
    return "RuleBase" if issubclass(cls, RuleBase) and name in attrs.fields_dict(RuleBase) else cls.__name__


def changed(value: object) -> Iterator[tuple[Way, object]]:
    """*value* with one thing in it changed, and the attributes, class by class, on the way to it."""
    if not attrs.has(type(value)) or isinstance(value, (Limit, Calendar)):
        return
    for field in attrs.fields(type(value)):
        where, now = (owner_of(type(value), field.name), field.name), getattr(value, field.name)
        if not field.init or field.eq is False or where in DERIVED or inert(value, field.name):
            continue
        known = PERIODS if "PeriodName" in str(field.type) else WORDS.get(where, ())
        for new in others(now, known, field.default is None):
            if not invalid(value, field.name, new):
                yield (where,), attrs.evolve(value, **{field.name: new})
        for inner, new in parts(now):
            yield (where, *inner), attrs.evolve(value, **{field.name: new})


def parts(value: object) -> Iterator[tuple[Way, object]]:
    """The same, of what lies in a list."""
    if isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from ((way, (*value[:n], new, *value[n + 1:])) for way, new in parts(item))
    else:
        yield from changed(value)


def others(now: object, known: tuple[str, ...] = (), optional: bool = False) -> Iterator[object]:
    """Other values of the same kind, of the *known* ones where they are."""
    if now is not None and optional:
        yield None
    match now:
        case bool():
            yield not now
        case enum.Enum():
            yield from (m for m in type(now) if m is not now)
        case str():
            yield from (w for w in known or (f"{now}x",) if w != now)
        case int() | Decimal() | Fraction():
            yield now + 1
        case Limit():
            yield Limit(now.amount + 1, now.unit)
            yield Limit(round(now.amount), Unit.DAY if now.unit in (Unit.YEAR, *CLOCK) else Unit.YEAR)
            if now.unit is Unit.WORKING_DAY:
                yield attrs.evolve(now, same_time=not now.same_time)
        case date():
            yield now + timedelta(days=1)
        case time():
            yield now.replace(minute=(now.minute + 1) % 60)
        case ZoneInfo():
            yield ZoneInfo("Africa/Cairo")
        case Calendar():
            yield attrs.evolve(now, name=f"{now.name}x")
            yield attrs.evolve(now, holidays=now.holidays | {date(2026, 3, 3)})
        case tuple():
            if now:
                yield now[1:]
                yield (*now, now[0])
            if now[::-1] != now:
                yield now[::-1]
            if now and isinstance(now[0], str):
                yield (f"{now[0]}x", *now[1:])
            if now and isinstance(now[0], tuple) and isinstance(now[0][0], str):
                yield ((f"{now[0][0]}x", *now[0][1:]), *now[1:])


def inert(value: object, name: str) -> bool:
    """Whether the attribute means nothing beside the others."""
    if isinstance(value, rule.Period):
        return name in ("since_field", "until_field") and value.event is None
    if isinstance(value, AnswerSpec):
        return name == "moment" and value.event is not None
    if isinstance(value, Window):
        return name == ("edge_included" if value.kind is WindowKind.CALENDAR else "period")
    return False


def invalid(value: object, name: str, new: object) -> bool:
    """Whether no rule file says such a thing."""
    if isinstance(value, AnswerSpec) and name == "event":
        return new is not None and len(new) != 2  # type: ignore[arg-type]
    if isinstance(value, Term):
        if name == "limit":
            return value.kind is not TermKind.LIMIT or new is None
        return new is None if name == "amount" else new in (TermKind.LIMIT, TermKind.AMOUNT)
    return False


@cache
def sentences(policy: Policy) -> tuple[str, ...]:
    return tuple(pages(policy))


def alone(policy: Policy, one: RuleBase) -> Policy:
    return attrs.evolve(policy, rules=(one,), ladders=(), invariants=(), vocabulary={}, parameters={},
                        periods={}, responsibility={}, sources={})


@cache
def varied() -> Mapping[tuple[str, str], int]:
    """The attributes that were changed, and how many changes there were in `all`; every change must show."""
    counts: dict[tuple[str, str], int] = {("all", ""): 0}
    for path in SHOWN:
        policy = read_rules(path)
        for one in policy.rules:
            before = pages(alone(policy, one))
            for way, new in changed(one):
                assert isinstance(new, RuleBase)
                after = pages(alone(policy, new))
                lost = [script for script, a, b in zip(SCRIPTS, before, after, strict=True) if a == b]
                assert not lost, (way, path.name, one.name, lost, new)
                counts.update(dict.fromkeys(way, counts["all", ""]))
                counts["all", ""] += 1
    return counts


def test_every_attribute_of_every_rule_shows() -> None:
    """Whatever attribute of a rule is changed, its page changes, in both languages."""
    assert varied()["all", ""] > 1000


def models() -> Iterator[type]:
    """The classes that rules consist of."""
    modules: list[ModuleType] = [rule, expression, turns, *(m for m in vars(kinds).values() if isinstance(m, ModuleType))]
    for module in modules:
        for cls in vars(module).values():
            if isinstance(cls, type) and attrs.has(cls) and cls.__module__ == module.__name__:
                yield cls


def test_no_attribute_escapes_that_law() -> None:
    """Every attribute of every class that rules consist of is changed by the law above, or listed with the reason why not."""
    wanted: set[Hashable] = set()
    for cls in models():
        if (cls.__name__, "") not in DERIVED:
            wanted |= {(owner_of(cls, f.name), f.name) for f in attrs.fields(cls) if f.init and f.eq is not False}
    assert wanted - DERIVED.keys() - varied().keys() == set()


SECTIONS = ("sources", "vocabulary", "parameters", "periods", "responsibility")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_a_pack_shows(section: str) -> None:
    """Whatever is changed in what a pack declares, its page changes, in both languages."""
    count = 0
    for path in SHOWN:
        policy = read_rules(path)
        bare = attrs.evolve(policy, rules=(), **{other: {} for other in SECTIONS if other != section})
        whole = pages(bare)
        for name, declared in getattr(policy, section).items():
            left = {k: v for k, v in getattr(policy, section).items() if k != name}
            before = pages(attrs.evolve(bare, **{section: {name: declared}}))
            changes = [(whole, left), *((before, {name: new}) for new in redeclared(declared))]
            for old, new in changes:
                after = pages(attrs.evolve(bare, **{section: new}))
                assert all(a != b for a, b in zip(old, after, strict=True)), (path.name, name, new)
                count += 1
    assert count > 20


def redeclared(value: object) -> Iterator[object]:
    """A declaration with one thing in it changed."""
    for field in attrs.fields(type(value)):
        now = getattr(value, field.name)
        if field.eq is False or field.name == "type" or inert(value, field.name):
            continue
        if isinstance(now, Mapping):
            for key, inner in now.items():
                yield attrs.evolve(value, **{field.name: {k: v for k, v in now.items() if k != key}})
                deep = attrs.has(type(inner)) and not isinstance(inner, Limit)
                news = redeclared(inner) if deep else others(inner)
                yield from (attrs.evolve(value, **{field.name: dict(now) | {key: new}}) for new in news)
        elif isinstance(now, tuple) and now and attrs.has(type(now[0])):
            yield from (attrs.evolve(value, **{field.name: (new, *now[1:])}) for new in redeclared(now[0]))
        else:
            yield from (attrs.evolve(value, **{field.name: new}) for new in others(now))


def test_every_ladder_shows() -> None:
    """Whatever is changed in how rungs hang together, the page changes, in both languages."""
    policy, count = read_rules(ROOT / "tests" / "language" / "accepted" / "ladder.yaml"), 0
    before = pages(policy)
    for number, one in enumerate(policy.ladders):
        for way, new in changed(one):
            after = pages(attrs.evolve(policy, ladders=(*policy.ladders[:number], new, *policy.ladders[number + 1:])))
            assert all(a != b for a, b in zip(before, after, strict=True)), (way, new)
            count += 1
    assert count > 20


SAID_OF_INVARIANTS = ("name", "source", "when", "where", "joined", "same")
"""What an invariant can say; all else about it is that of an effect that says nothing."""


def test_every_invariant_shows() -> None:
    """Whatever is changed in what must never be, its page changes, in both languages."""
    policy = read_rules(ROOT / "tests" / "language" / "accepted" / "invariants_and_scenarios.yaml")
    before, count = pages(policy), 0
    for number, one in enumerate(policy.invariants):
        for way, new in changed(one):
            if way[0][1] in SAID_OF_INVARIANTS:
                rest = policy.invariants[number + 1:]
                after = pages(attrs.evolve(policy, invariants=(*policy.invariants[:number], new, *rest)))
                assert all(a != b for a, b in zip(before, after, strict=True)), (way, new)
                count += 1
    assert count > 20


def test_the_head_shows() -> None:
    policy = read_rules(SHOWN[0])
    before = pages(policy)
    for new in ({"pack": "x"}, {"title": "x"}, {"zone": ZoneInfo("Africa/Cairo")}, {"strict": not policy.strict}):
        assert all(a != b for a, b in zip(before, pages(attrs.evolve(policy, **new)), strict=True)), new


@pytest.mark.parametrize("text", ["x”", "x\\", "x“y”", "a\nb", "‘z’", "x | y", "x</b>", "`x`"])
def test_a_name_cannot_end_its_quotes(text: str) -> None:
    """Two lists of names give two texts, whatever the names hold."""
    one, two = (rule.Source("s", t) for t in (text, "x"))
    policy = read_rules(SHOWN[0])
    shown = [show_pack(attrs.evolve(policy, sources={"s": s}), "en") for s in (one, two)]
    assert shown[0] != shown[1]
    assert [len(s.splitlines()) for s in shown] == [len(shown[0].splitlines())] * 2
