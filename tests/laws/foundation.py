"""What the laws on which all others rest have in common: how many examples they take, and how two logs are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import attrs
from hypothesis import event, settings

from accountability.conclusion import Conclusion, Judgement
from accountability.event import Event
from accountability.monitor import Monitor
from accountability.semantics import judge
from accountability.testing.strategies import World

foundation = settings.get_profile("foundation")
"""Decorates these laws: they take more examples than others (tests/README.md)."""

HOUR = timedelta(hours=1)


def of(world: World, events: list[Event], how: Callable[..., Judgement] = judge, *told: Event) -> Judgement:
    """What is said of *events* at the world's instant, when all of them are known, and by when *told* were told.

    Two logs are compared at one instant of knowledge, for the organisation too is known better later.
    """
    known_at = max([world.at, *(e.recorded_at for e in (*world.events, *events, *told))])
    return how(world.policy, world.organisation, events, at=world.at, known_at=known_at, report_all=True)


def unnamed(world: World) -> list[Event]:
    """The events of *world* that came once and that no other event names."""
    times = Counter(e.ref for e in world.events)
    named = {ref for e in world.events for ref in (e.corrects, e.retracts)}
    return [e for e in world.events if times[e.ref] == 1 and e.ref not in named]


def without(said: Judgement, event_id: str) -> list[Conclusion]:
    """The findings of *said* with *event_id* struck from their evidence."""

    def struck(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(i for i in ids if i != event_id)

    return [attrs.evolve(f, evidence=struck(f.evidence), members=struck(f.members)) for f in said.findings]


def same(found: Judgement, meant: Judgement) -> None:
    assert found.findings == meant.findings
    assert found.counts == meant.counts
    assert found.would == meant.would
    event(f"findings: {'none' if not meant.findings else 'some'}")


def agrees_throughout(world: World, log: Sequence[Event]) -> None:
    """Fed *log* as it comes, and restored in the middle of it, a monitor of *world* holds after every event what `judge` says of
    those so far, and what it has told adds up to that."""
    monitor, shown = Monitor(world.policy, world.organisation, report_all=True), dict[str, Conclusion]()
    for number, one in enumerate(log):
        if number == len(log) // 2:
            monitor = Monitor.restore(monitor.snapshot(), world.policy, world.organisation)
        changes = monitor.observe(one)
        for gone in changes.withdrawn:
            del shown[gone.identity]
        shown |= {c.identity: c for c in (*changes.raised, *(after for _, after in changes.revised))}
        found = monitor.judgement()
        same(found, judge(world.policy, world.organisation, log[: number + 1], at=monitor.clock, report_all=True))
        assert shown == {f.identity: f for f in found.findings}
