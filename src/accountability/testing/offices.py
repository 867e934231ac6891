"""The units and posts that made-up events name: those of an organisation, or a few for a policy that has none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from accountability.organisation import Organisation, Post, Unit
from accountability.policy.expression import Compare, Constant, OneOf, OrganisationFact, children, walk
from accountability.policy.kinds import Reporting
from accountability.policy.model import Policy
from accountability.policy.rule import Bearer

ROLES = ("head", "officer")


def organisation_of(policy: Policy, organisation: Organisation | None = None) -> Organisation:
    """*organisation* if it has units, where None is given the one in the folder of *policy*; else a made-up one.

    The made-up one has the units and levels that the rules name, three units at least, and a post of every role in each. Nobody
    holds one. Raises OrganisationError for a file that cannot be used.
    """
    if organisation is None and (policy.folder / "organisation.yaml").exists():
        organisation = Organisation.read(policy.folder / "organisation.yaml", policy.zone)
    return organisation if organisation is not None and organisation.units else _made_up(policy)


def named_units(policy: Policy) -> tuple[str, ...]:
    """The units that rules of *policy* name as such, in their order."""
    found: dict[str, None] = {}
    for part in policy.parts:
        unit = part.unit if isinstance(part, Bearer) else getattr(part, "unit", None) if type(part).__name__ == "Each" else None
        if isinstance(unit, str):
            found[unit] = None
    return tuple(found)


def _made_up(policy: Policy) -> Organisation:
    facts = list(_facts(policy))
    levels = [*dict.fromkeys([*(v for what, v in facts if what == "level"), *_routes(policy)])]
    named = [*named_units(policy), *(v for what, v in facts if what in ("unit", "parent"))]
    names = [*dict.fromkeys(named)]
    names += [n for n in ("head-office", "office-a", "office-b", *(f"office-{level}" for level in levels)) if n not in names]
    # Levels are told from the lowest up, and the first unit is the one above the others.
    units = [Unit(name, name, level or (levels[0] if levels else "office"), None if name == names[0] else names[0])
             for name, level in zip_longest(names, reversed(levels[:len(names)]))]
    roles = [r for line in policy.responsibility.values() for r in line.roles] + [v for what, v in facts if what == "role"]
    return Organisation.of(units, [Post(f"{u.id}/{role}", u.id, role, rank) for u in units
                                   for rank, role in enumerate(dict.fromkeys(roles or ROLES), 1)])


def _routes(policy: Policy) -> Iterator[str]:
    """The levels that reports climb."""
    for rule in policy.rules:
        if isinstance(rule, Reporting):
            yield from rule.levels


def _facts(policy: Policy) -> Iterator[tuple[str, str]]:
    """What conditions compare facts of the organisation with: the fact and the text."""
    for rule in (*policy.rules, *policy.invariants):
        for tree in rule.questions():
            for part in walk(tree):
                if not isinstance(part, (Compare, OneOf)):
                    continue
                sides = children(part)
                for fact in (s for s in sides if isinstance(s, OrganisationFact)):
                    yield from ((fact.what, s.value) for s in sides if isinstance(s, Constant) and isinstance(s.value, str))


