"""A policy: rules as data, every name resolved, every value typed. What they mean is said in `semantics`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Node
from accountability.errors import Diagnostic, Span
from accountability.organisation import ResponsibilityKind
from accountability.policy.drafts import deaf
from accountability.policy.expression import Parameter
from accountability.policy.kinds import Effect, Ladder, Rule
from accountability.policy.rule import Period, Source
from accountability.policy.vocabulary import Type, Vocabulary
from accountability.workdays import Calendar, Reckoning

Noun = TypeVar("Noun")


@attrs.frozen(kw_only=True, slots=False)
class Policy:
    """A pack, read and checked. Each of *rules* comes after those it waits for; `Rule.index` keeps the author's order."""

    pack: str
    title: str = ""
    zone: ZoneInfo
    strict: bool = True
    sources: Mapping[str, Source] = attrs.field(factory=dict)
    vocabulary: Vocabulary = attrs.field(factory=dict)
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict)
    periods: Mapping[str, Period] = attrs.field(factory=dict)
    responsibility: Mapping[str, ResponsibilityKind] = attrs.field(factory=dict)
    rules: tuple[Rule, ...]
    ladders: tuple[Ladder, ...] = ()
    """How some of its rules hang together as rungs."""
    invariants: tuple[Effect, ...] = ()
    """What must never be concluded. Nobody's finding: a policy that breaks one is wrong itself."""
    scenarios: tuple[Node, ...] = attrs.field(default=(), eq=False, repr=False)
    """Worked timelines in the pack, as they were written; `testing` reads them."""
    folder: Path = attrs.field(default=Path(), eq=False)
    warnings: tuple[Diagnostic, ...] = attrs.field(default=(), eq=False)
    places: Mapping[tuple[str, str], Span] = attrs.field(factory=dict, eq=False)
    """Where each name of a section, such as `sources`, is declared."""
    digest: str = attrs.field(default="", eq=False)
    chinese: bool = attrs.field(default=False, eq=False)
    """Whether most keywords of its files are written in Chinese: the spelling in which its author is answered."""
    imported: frozenset[str] = attrs.field(default=frozenset(), eq=False)
    """The files that belong to packs which it imports."""
    imports: tuple[str, ...] = attrs.field(default=(), eq=False)
    """The names of these packs."""

    @cached_property
    def own(self) -> Policy:
        """The policy without what it imports, for whoever looks at one pack by itself. It need not hang together."""
        if not self.imported:
            return self

        return attrs.evolve(
            self, rules=tuple(r for r in self.rules if r.span.file not in self.imported),
            ladders=tuple(x for x in self.ladders if x.span.file not in self.imported),
            invariants=tuple(i for i in self.invariants if i.span.file not in self.imported),
            sources=self._here("sources", self.sources), vocabulary=self._here("vocabulary", self.vocabulary),
            parameters=self._here("parameters", self.parameters), periods=self._here("periods", self.periods),
            responsibility=self._here("responsibility", self.responsibility), imported=frozenset())

    def _here(self, section: str, entries: Mapping[str, Noun]) -> dict[str, Noun]:
        return {name: one for name, one in entries.items() if self.places[section, name].file not in self.imported}

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The work calendars that its rules reckon with, by name."""
        found = {}
        for rule in self.rules:
            if rule.reckoning is not None and rule.reckoning.calendar is not None:
                found[rule.reckoning.calendar.name] = rule.reckoning.calendar
        return found

    @cached_property
    def judged(self) -> tuple[Rule, ...]:
        """Its rules as they are run: those that are in force hear nothing of drafts."""
        return deaf(self.rules)

    @cached_property
    def drafts(self) -> frozenset[str]:
        """The names of the rules that are tried out."""
        return frozenset(rule.name for rule in self.rules if rule.draft)

    @cached_property
    def parts(self) -> tuple[object, ...]:
        """Every noun and every text that stands in its rules."""
        return tuple(part for rule in (*self.rules, *self.invariants) for part in nouns_in(rule))

    def rule(self, name: str) -> Rule:
        """The rule of that name. Raises KeyError."""
        for rule in self.rules:
            if rule.name == name:
                return rule
        raise KeyError(name)


LEAVES = (Span, Reckoning, Type, str, int, float, type(None))
"""Nothing that a check asks about stands in these, but texts themselves."""


def nouns_in(thing: object) -> Iterator[object]:
    """*thing*, every noun in it, and every text."""
    left = [thing]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, LEAVES):
            continue
        elif isinstance(one, (tuple, frozenset)):
            left.extend(one)
        elif isinstance(one, Mapping):
            left.extend(one.values())
        elif (names := getattr(type(one), "__attrs_attrs__", None)) is not None:
            yield one
            left.extend(getattr(one, a.name) for a in names)


def digest_of(text: str) -> str:
    """12 hex digits that change whenever the text does."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
