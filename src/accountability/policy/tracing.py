"""What has become of each clause. In: policies and a list of clauses. Out: a row for each clause, with its rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

import attrs

from accountability.errors import Span
from accountability.policy.citing import Clause, ClauseList
from accountability.policy.expression import Parameter, ParameterRef, walk
from accountability.policy.kinds import MODELS, Rule
from accountability.policy.model import Policy, nouns_in
from accountability.policy.rule import Source


class Treatment(StrEnum):
    """What has become of a clause."""

    ENCODED = "encoded"
    NUMBERED = "needs a number"
    """Encoded, and the list says that it leaves a number open, so that the one in the rule is the author's."""
    EXCLUDED = "out of scope"
    GAP = "gap"


@attrs.frozen
class Use:
    """A rule that encodes a clause by way of *source*; *parameters* are the author's own numbers that it reads."""

    pack: str
    rule: str
    kind: str
    title: str
    span: Span
    source: Source
    parameters: tuple[Parameter, ...] = ()


@attrs.frozen
class Row:
    """A clause, what has become of it, and the rules that encode it in the order of packs and rules."""

    clause: Clause
    uses: tuple[Use, ...] = ()

    @property
    def treatment(self) -> Treatment:
        """What has become of the clause."""
        if self.clause.excluded:
            return Treatment.EXCLUDED
        if not self.uses:
            return Treatment.GAP
        return Treatment.NUMBERED if self.clause.open else Treatment.ENCODED

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The numbers that are marked as the author's choice, each once."""
        return tuple({p.name: p for use in self.uses for p in use.parameters}.values())

    @property
    def marked(self) -> bool:
        """Whether some rule says that a number in it is the author's, by its parameter or by its source."""
        return bool(self.parameters) or any(use.source.open for use in self.uses)


def uses_of(policy: Policy) -> Iterator[Use]:
    """Every source that a rule of *policy* encodes: its own, those of its exceptions, and those of what it reads."""
    for rule in policy.own.rules:
        read = [policy.parameters[name] for name in dict.fromkeys(_read(rule)) if name in policy.parameters]
        named = (getattr(noun, "source", "") for noun in nouns_in(rule))
        keys = {rule.source, *(p.source for p in read), *(key for key in named if isinstance(key, str))}
        chosen = tuple(p for p in read if p.chosen)
        for key, source in policy.sources.items():
            if key in keys:
                yield Use(policy.pack, rule.name, MODELS[type(rule)].word, rule.title, rule.span, source, chosen)


def trace(policies: Iterable[Policy], listed: ClauseList) -> tuple[Row, ...]:
    """A row for every clause of *listed*, in its order."""
    found: dict[str, list[Use]] = defaultdict(list)
    for policy in policies:
        for use in uses_of(policy):
            for one in listed.cited(use.source.clause):
                found[one].append(use)
    return tuple(Row(clause, _once(found[clause.id])) for clause in listed.clauses.values())


def unlisted(policies: Iterable[Policy], listed: ClauseList) -> tuple[tuple[Source, tuple[Use, ...]], ...]:
    """The sources that cite no clause of *listed*, such as a law in force, each with the rules that encode it."""
    found: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for policy in policies:
        for use in uses_of(policy):
            if not listed.cited(use.source.clause):
                found[use.source.title, use.source.clause].append(use)
    return tuple((uses[0].source, tuple(uses)) for uses in found.values())


def _read(rule: Rule) -> Iterator[str]:
    """The parameters that *rule* reads."""
    for tree in rule.expressions():
        for part in walk(tree):
            if isinstance(part, ParameterRef):
                yield part.name


def _once(uses: list[Use]) -> tuple[Use, ...]:
    """One use for each rule, though it may cite the clause by several sources."""
    return tuple({(use.pack, use.rule): use for use in reversed(uses)}.values())[::-1]
