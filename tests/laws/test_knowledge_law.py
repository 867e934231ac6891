"""What was said as of an instant stands, whatever is learned after it."""

from __future__ import annotations

from foundation import foundation
from hypothesis import given

from accountability.engine.replay import replay
from accountability.errors import OrganisationError
from accountability.organisation import Organisation
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds


@foundation
@given(worlds())
def test_what_was_said_does_not_change_by_what_comes_later(world: World) -> None:
    """Read as of K, a log and an organisation say the same whatever is recorded after K."""
    known, now = [e for e in world.events if e.recorded_at <= world.known_at], world.organisation
    tables = (now.unit_entries, now.post_entries, now.tenures, now.lines)
    try:
        organisation = Organisation.of(*([e for e in entries if e.recorded is None or e.recorded <= world.known_at]
                                         for entries in tables))
    except OrganisationError:  # without what was learned later, two may seem to hold one post
        organisation = now
    for how in (judge, replay):
        for at in (world.at, world.known_at):
            said = how(world.policy, organisation, known, at=at, known_at=world.known_at)
            assert how(world.policy, now, world.events, at=at, known_at=world.known_at) == said
