"""Checks on what a pack declares: everything declared is used, and no two names look alike."""

from __future__ import annotations

import re
import unicodedata

from accountability.organisation import ResponsibilityKind
from accountability.policy.checks.registry import WHOLE, Found, warning
from accountability.policy.expression import ParameterRef, walk
from accountability.policy.model import Policy
from accountability.policy.rule import Period


@warning
def unused_parameter(policy: Policy) -> Found:
    """A parameter that no rule reads is a number that somebody believes to be in force."""
    used = {e.name for rule in policy.rules for tree in rule.expressions() for e in walk(tree) if isinstance(e, ParameterRef)}
    for name, parameter in policy.parameters.items():
        if name not in used:
            yield parameter.span or WHOLE, f"no rule reads the parameter `{name}`", "use it or delete it"


@warning
def unused_period(policy: Policy) -> Found:
    """A period that changes nothing looks as if it did."""
    used = {one.name for one in policy.parts if isinstance(one, Period)}
    yield from _unused(policy, "periods", used, "no rule asks for anything else during the period")


@warning
def unused_responsibility(policy: Policy) -> Found:
    """A responsibility under which nobody ever answers."""
    used = {one.name for one in policy.parts if isinstance(one, ResponsibilityKind)}
    yield from _unused(policy, "responsibility", used, "nobody answers under the responsibility")


@warning
def unused_source(policy: Policy) -> Found:
    """A source that nothing in the rules encodes may be a clause that was forgotten."""
    used = {getattr(one, "source", "") for one in policy.parts} | {p.source for p in policy.parameters.values()}
    yield from _unused(policy, "sources", used, "no rule encodes the source")


@warning
def unused_event_type(policy: Policy) -> Found:
    """An event type that no rule waits for or asks about is taken in and changes nothing."""
    used = {word for one in policy.parts if isinstance(one, str) for word in (one, one.partition(" of the same ")[0])}
    yield from _unused(policy, "vocabulary", used, "no rule waits for the event type")


def _unused(policy: Policy, section: str, used: set[str], what: str) -> Found:
    for (where, name), place in policy.places.items():
        if where == section and name not in used:
            yield place, f"{what} `{name}`", "use it or delete it"


@warning
def names_look_alike(policy: Policy) -> Found:
    """Two names that differ only in case, width, spaces or hyphens are one name to whoever reads them."""
    for section in ("vocabulary", "parameters", "periods", "responsibility", "sources", "rules"):
        named = [(n, place) for (where, n), place in policy.places.items() if where == section]
        named += [(rule.name, rule.span) for rule in sorted(policy.rules, key=lambda r: r.index) if section == "rules"]
        first: dict[str, str] = {}
        for name, place in named:
            plain = re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name)).casefold()
            if first.setdefault(plain, name) != name:
                yield place, f"`{name}` looks like `{first[plain]}`", "name them so that nobody takes one for the other"
