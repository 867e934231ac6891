"""What holds of every forecast and of every question what would be if."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from accountability.event import EventRef
from accountability.explanation import Difference, forecast, what_if
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@given(worlds(), st.data())
def test_the_difference_leads_from_what_is_to_what_would_be(world: World, data: st.DataObject) -> None:
    """Findings as they are, less what is withdrawn, with what is revised and raised, are those of the log that was changed."""
    refs = sorted({(e.source, e.id) for e in world.events})
    removed = [EventRef(*ref) for ref in data.draw(st.lists(st.sampled_from(refs), unique=True, max_size=2))] if refs else []
    left = [e for e in world.events if e.ref not in removed]
    moved = {e.ref: e.occurred_at + data.draw(st.sampled_from([timedelta(hours=-3), timedelta(days=2)])) for e in left[:1]}
    added = [attrs.evolve(e, id=f"{e.id} again") for e in left[1:2]]
    changed = [attrs.evolve(e, occurred_at=moved[e.ref], recorded_at=max(e.recorded_at, moved[e.ref])) if e.ref in moved else e
               for e in left] + added
    found = what_if(world.policy, world.organisation, world.events, added=added, removed=removed, moved=moved, at=world.at,
                    known_at=world.known_at)
    event(f"changes: {'none' if found == Difference() else 'some'}")
    judged = [judge(world.policy, world.organisation, log, at=world.at, known_at=world.known_at) for log in (world.events, changed)]
    before, after = ({c.identity: c for c in judgement.findings} for judgement in judged)
    gone = {c.identity for c in found.withdrawn}
    assert {k: c for k, c in before.items() if k not in gone} | {c.identity: c for c in found.raised} | {
        new.identity: new for _, new in found.revised} == after
    assert all(before[old.identity] == old for old, _ in found.revised)


@given(worlds(), st.sampled_from([1, 24, 72, 24 * 40]))
def test_a_forecast_comes_true_if_nothing_is_done(world: World, hours: int) -> None:
    """What is forecast stands then and did not stand against anybody before; and all that newly stands then was forecast.

    What a draft would find is forecast as such, and would stand then.
    """
    within = timedelta(hours=hours)
    known = min(world.at, world.known_at)
    coming = forecast(world.policy, world.organisation, world.events, at=world.at, known_at=known, within=within)
    event(f"forecast: {'some' if coming else 'nothing'}")
    before = judge(world.policy, world.organisation, world.events, at=world.at, known_at=known)
    now = {c.identity for c in before.findings if c.against}
    then = judge(world.policy, world.organisation, world.events, at=world.at + within + timedelta(microseconds=1), known_at=known)
    assert {a.finding.identity for a in coming if not a.draft} == {c.identity for c in then.findings if c.against} - now
    assert all(a.finding in (then.would if a.draft else then.findings) for a in coming)


@given(worlds())
def test_what_cannot_be_asked_is_refused(world: World) -> None:
    """A forecast of nothing, and a change of an event that the log has not, are refused in words."""
    with pytest.raises(ValueError, match="a forecast looks forward"):
        forecast(world.policy, world.organisation, world.events, at=world.at, within=timedelta(0))
    with pytest.raises(ValueError, match="the log has no event `nobody` of `desk`"):
        what_if(world.policy, world.organisation, world.events, removed=[EventRef("desk", "nobody")], at=world.at)
