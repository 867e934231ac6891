"""A history that was drawn: what whoever states a property of a policy is given."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Protocol

import attrs

from accountability.conclusion import Conclusion, Judgement
from accountability.event import Event
from accountability.organisation import Organisation
from accountability.policy.keywords import Script
from accountability.policy.model import Policy
from accountability.semantics import judge
from accountability.testing.invariants import broken_invariants
from accountability.testing.telling import as_scenario


class Printer(Protocol):
    """What Hypothesis prints examples with."""

    def text(self, text: str, /) -> None: ...


@attrs.frozen(repr=False, slots=False)
class DrawnHistory:
    """Events under *policy* in *organisation*, in the order of arrival, and an instant *at* (UTC) worth looking from.

    It prints as the scenario that it is.
    """

    policy: Policy
    organisation: Organisation
    events: tuple[Event, ...]
    at: datetime

    def judge(self, *, at: datetime | None = None, known_at: datetime | None = None, report_all: bool = False) -> Judgement:
        """What follows from it; as of its own instant where none is given. Raises ValueError for an instant without a zone."""
        return judge(self.policy, self.organisation, self.events, at=at or self.at, known_at=known_at, report_all=report_all)

    def broken(self, *, at: datetime | None = None) -> tuple[Conclusion, ...]:
        """What is concluded against the invariants of the policy; as of its own instant where none is given."""
        return broken_invariants(self.policy, self.organisation, self.events, at or self.at)

    @cached_property
    def arrivals(self) -> tuple[datetime, ...]:
        """The instants (UTC) at which something was recorded, each once, in order."""
        return tuple(sorted({event.recorded_at for event in self.events}))

    def scenario(self, name: str = "found by search", *, script: Script | None = None) -> str:
        """The section `scenarios:` of a rule file, with this history as a scenario that expects what is found today.

        Its keywords are in English or Chinese as *script* says, `en` or `zh`; else as most of the policy's are.
        """
        return as_scenario(self.policy, self.organisation, self.events, self.at, name, script)

    def __repr__(self) -> str:
        return "\n" + self.scenario()

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        """How Hypothesis prints it."""
        printer.text(repr(self))
