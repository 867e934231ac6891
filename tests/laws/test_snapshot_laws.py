"""A snapshot is the whole of a monitor. Policies, organisations and logs are random."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest
from counting import counted_worlds
from foundation import foundation
from hypothesis import assume, event, given
from hypothesis import strategies as st

from accountability.errors import SnapshotRejected
from accountability.ledger import Ledger
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.testing.strategies import World, organisations, policies, worlds

HORIZONS = st.none() | st.sampled_from([timedelta(0), timedelta(hours=2), timedelta(days=1), timedelta(days=28)])
FEW = [("duty", "duty", "prohibition", "threshold", "effect"), ("duty", "tally", "threshold", "effect"),
       ("recurring duty", "coverage", "tally", "threshold"), ("decided effect", "gate", "turned duty"), None, None]


@foundation
@given(st.sampled_from(FEW).flatmap(lambda kinds: worlds(kinds) if kinds else worlds()) | counted_worlds(), HORIZONS,
       st.randoms(use_true_random=False))
def test_a_restored_monitor_goes_on_as_the_one_it_was_taken_of(world: World, horizon: timedelta | None, random: Random) -> None:
    """Taken anywhere and restored, a snapshot changes nothing: findings, counts and clock are the same, and every later event and
    step of the clock tells the same changes."""
    with Ledger.open(":memory:") as ledger, Ledger.open(":memory:") as other:
        monitor = Monitor(world.policy, world.organisation, report_all=True, horizon=horizon, ledger=ledger)
        restored = Monitor(world.policy, world.organisation, report_all=True, horizon=horizon, ledger=other)
        events = sorted(world.events, key=lambda e: e.recorded_at) if random.random() < 0.7 else list(world.events)
        for one in events:
            if random.random() < 0.4:
                restored = Monitor.restore(restored.snapshot(), world.policy, world.organisation, ledger=other)
                assert restored.judgement() == monitor.judgement()
                event("restored")
            assert restored.observe(one) == monitor.observe(one)
            if random.random() < 0.4:
                assert restored.let_go() == monitor.let_go()
        restored = Monitor.restore(restored.snapshot(), world.policy, world.organisation, ledger=other)
        assert restored.advance(world.at) == monitor.advance(world.at)
        assert restored.judgement() == monitor.judgement()
        assert restored.waiting == monitor.waiting


@given(worlds())
def test_a_snapshot_of_a_restored_monitor_is_the_same_snapshot(world: World) -> None:
    """Restored and taken again, a snapshot holds the same happenings, the same cells and the same counts."""
    monitor = Monitor(world.policy, world.organisation, report_all=True, horizon=timedelta(days=1))
    for one in world.events:
        monitor.observe(one)
    taken = monitor.snapshot()
    again = Monitor.restore(taken, world.policy, world.organisation).snapshot()
    first, second = (json.loads(text.splitlines()[0]) for text in (taken, again))
    assert {k: v for k, v in first.items() if k not in ("happenings", "rules", "deliveries")} == {
        k: v for k, v in second.items() if k not in ("happenings", "rules", "deliveries")}
    assert sorted(map(json.dumps, first["happenings"])) == sorted(map(json.dumps, second["happenings"]))


@given(worlds(), st.data())
def test_a_changed_byte_is_noticed(world: World, data: st.DataObject) -> None:
    """A snapshot of which any byte was changed, or the end is missing, is rejected."""
    monitor = Monitor(world.policy, world.organisation)
    for one in world.events:
        monitor.observe(one)
    taken = monitor.snapshot()
    place = data.draw(st.integers(0, len(taken.rstrip()) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(byte != taken[place] and not (bytes([byte]).isspace() and place >= len(taken.rstrip()) - 1))
    for damaged in (taken[:place] + bytes([byte]) + taken[place + 1:], taken[:place]):
        with pytest.raises(SnapshotRejected, match="damaged-snapshot"):
            Monitor.restore(damaged, world.policy, world.organisation)


@given(worlds(), policies(), organisations())
def test_a_snapshot_is_of_one_policy_and_organisation(world: World, policy: Policy, organisation: Organisation) -> None:
    """Under another policy or another organisation a snapshot is rejected."""
    monitor = Monitor(world.policy, world.organisation)
    assume(policy.digest != world.policy.digest and organisation.digest != world.organisation.digest)
    with pytest.raises(SnapshotRejected, match="other-basis: it was taken under another policy"):
        Monitor.restore(monitor.snapshot(), policy, world.organisation)
    with pytest.raises(SnapshotRejected, match="other-basis: it was taken under another organisation"):
        Monitor.restore(monitor.snapshot(), world.policy, organisation)
