"""Whoever follows many events is told what whoever observes them one by one is told."""

from __future__ import annotations

from datetime import timedelta

import attrs
from counting import counted_worlds
from foundation import foundation
from hypothesis import event, given
from hypothesis import strategies as st

from accountability.event import Event
from accountability.monitor import Changes, Monitor
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds() | counted_worlds(), st.booleans(), st.sampled_from([None, timedelta(days=400), timedelta(days=5)]))
def test_following_events_is_observing_them(world: World, prompt: bool, horizon: timedelta | None) -> None:
    """`follow` gives the changes that `observe` gives for each event, but for those in which nothing changes, and leaves the same
    behind: whether events are recorded as they happen or later, corrected or not, with a horizon or without."""
    events = told_at_once(world.events) if prompt else sorted(world.events, key=lambda e: e.recorded_at)
    one_by_one, following = (Monitor(world.policy, world.organisation, horizon=horizon) for _ in range(2))
    told = [changes for changes in map(one_by_one.observe, events) if is_news(changes)]
    event(f"prompt: {prompt}, told: {bool(told)}, horizon: {horizon}")
    assert list(following.follow(events)) == told
    assert following.judgement() == one_by_one.judgement()
    assert following.snapshot() == one_by_one.snapshot()


@foundation
@given(worlds() | counted_worlds(), st.data())
def test_whoever_follows_may_look_meanwhile(world: World, data: st.DataObject) -> None:
    """What is done with a monitor between two changes, such as moving its clock on or giving it an event, changes nothing of how
    the rest is followed."""
    events = told_at_once(world.events)
    other = data.draw(st.sampled_from(events)) if events else None
    plain, looked = (Monitor(world.policy, world.organisation) for _ in range(2))
    for one in events:
        if is_news(plain.observe(one)):
            _meddle(plain, other)
    for _ in looked.follow(events):
        _meddle(looked, other)
    assert looked.judgement() == plain.judgement()


def _meddle(monitor: Monitor, other: Event | None) -> None:
    monitor.advance(monitor.clock + timedelta(hours=1))
    if other is not None:
        monitor.observe(other)


def told_at_once(events: tuple[Event, ...]) -> list[Event]:
    """*events* as a living system gets most of them: each recorded at the very instant at which it happens."""
    return [attrs.evolve(one, recorded_at=one.occurred_at) for one in sorted(events, key=lambda e: e.order)]


def is_news(changes: Changes) -> bool:
    """Whether anything changes by it, or is let go."""
    return bool(changes) or bool(changes.let_go)
