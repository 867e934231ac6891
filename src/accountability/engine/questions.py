"""What the expressions of a rule ask about, beside what comes in under its key: so the engine knows whom to tell of what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accountability.policy.expression import Expression, LastOf, OrganisationFact, SameKey, walk
from accountability.policy.rule import Trigger, asked


def contexts_of(expressions: Iterable[Expression]) -> set[tuple[str, str]]:
    """The (event type, field) pairs that *expressions* ask about: what they depend on beside what they are given."""
    asked_about = list(expressions)
    return same_keys_in(asked_about) | lasts_in(asked_about)


def same_keys_in(expressions: Iterable[Expression]) -> set[tuple[str, str]]:
    """The (event type, field) pairs that `any T of the same F` asks about in *expressions*."""
    return {(p.event_type, p.field) for p in _asking(expressions) if p.concluded or not p.by_then}


def moments_in(expressions: Iterable[Expression]) -> set[tuple[str, str]]:
    """The same, where it asks what had happened by the trigger's instant."""
    return {(p.event_type, p.field) for p in _asking(expressions) if p.by_then and not p.concluded}


def _asking(expressions: Iterable[Expression]) -> Iterator[SameKey]:
    return (p for e in expressions for p in walk(e) if isinstance(p, SameKey))


def lasts_in(expressions: Iterable[Expression]) -> set[tuple[str, str]]:
    """Those that `f of last T of the same F` asks about."""
    return {(p.event_type, p.key) for e in expressions for p in walk(e) if isinstance(p, LastOf)}


def last_of_all_in(expressions: Iterable[Expression]) -> set[tuple[str, str]]:
    """The same, where it asks of all that is known, whenever it happened."""
    return {(p.event_type, p.key) for e in expressions for p in walk(e) if isinstance(p, LastOf) and not p.by_then}


def asks_organisation(expressions: Iterable[Expression]) -> bool:
    """Whether *expressions* ask what the organisation was."""
    return any(isinstance(p, OrganisationFact) for e in expressions for p in walk(e))


def concluded_in(expressions: Iterable[Expression]) -> set[Trigger]:
    """What other rules conclude that `any standing of R of the same F` asks about in *expressions*."""
    return {asked(p.event_type) for e in expressions for p in walk(e) if isinstance(p, SameKey) and p.concluded}
