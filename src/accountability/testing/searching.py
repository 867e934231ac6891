"""A search for histories that break what a policy says must never be concluded. Needs the extra `testing`."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import attrs
from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample

from accountability.organisation import Organisation
from accountability.policy.model import Policy
from accountability.testing.drawing import histories_of
from accountability.testing.drawn import DrawnHistory


@attrs.frozen
class Break:
    """An invariant, by name, and the smallest history that was found to break it."""

    invariant: str
    history: DrawnHistory


def breaks(policy: Policy, organisation: Organisation | None = None, *, examples: int = 1000, seed: int = 0) -> Iterator[Break]:
    """Looks with so many histories for each invariant of *policy*, imported ones included; gives what breaks, as it is found.

    The same *seed* finds the same again. Of *organisation* and what is raised, `histories_of` says more.
    """
    plain = settings(settings.get_profile("default"), max_examples=examples, database=None, deadline=None, derandomize=False,
                     phases=(Phase.generate, Phase.shrink))
    for invariant in policy.invariants:
        name = invariant.name

        def broken(history: DrawnHistory, name: str = name) -> bool:
            return any(c.rule == name for c in history.broken())

        try:
            history = find(histories_of(policy, organisation, about=(name,)), broken, settings=plain, random=Random(seed))
        except NoSuchExample:
            continue
        yield Break(name, _earliest(history, name))


def _earliest(history: DrawnHistory, name: str) -> DrawnHistory:
    """*history* looked at as soon as the invariant called *name* is broken."""
    found = next(c for c in history.broken() if c.rule == name)
    instants = {found.since, *history.arrivals, *(e.occurred_at for e in history.events)}
    sooner = (attrs.evolve(history, at=at) for at in sorted(instants) if at < history.at)
    return next((h for h in sooner if any(c.rule == name for c in h.broken())), history)
