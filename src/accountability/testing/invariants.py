"""Invariants: what a policy says must never be concluded, looked for in what it concludes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

from accountability.conclusion import Conclusion
from accountability.event import Event
from accountability.organisation import Organisation
from accountability.policy.model import Policy
from accountability.semantics import judge


def broken_invariants(policy: Policy, organisation: Organisation, events: Iterable[Event], at: datetime,
                      known_at: datetime | None = None) -> tuple[Conclusion, ...]:
    """What *policy* concludes from *events* against its own invariants, by the meaning; read as `judge` reads it.

    Each stands under the name of its invariant, with the events that break it as evidence. Empty is as it should be.
    """
    if not policy.invariants:
        return ()
    named = {i.name for i in policy.invariants}
    watched = attrs.evolve(policy, rules=(*policy.rules, *policy.invariants))
    return judge(watched, organisation, events, at=at, known_at=known_at).of(*named)
