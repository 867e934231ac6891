"""Where only what may have changed is looked at again, nothing is overlooked."""

from __future__ import annotations

from random import Random

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountability.engine.replay import replay
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.policy.kinds import Coverage, Gate, Recurring, Rule
from accountability.policy.rule import ACT, Made
from accountability.semantics import judge
from accountability.testing.strategies import World, cloud_events, policies, worlds_of

KINDS = {
    "legs": ("recurring duty", "recurring duty", "decided effect", "duty", "prohibition"),
    "gaps": ("coverage", "coverage", "duty", "prohibition"),
    "steps": ("gate", "gate", "decided effect", "decided effect", "ladder", "duty"),
}


def is_meant(what: str, rule: Rule) -> bool:
    """Whether *rule* is one of those that are looked at in parts."""
    if what == "legs":
        return isinstance(rule, Recurring) and rule.limit is not None
    return isinstance(rule, Coverage) if what == "gaps" else isinstance(rule, Gate) and rule.barred is not None


@st.composite
def busy_worlds(draw: st.DrawFn, what: str) -> World:
    """A world with such a rule, and more of what it waits for."""
    world = draw(worlds_of(policies(KINDS[what]).filter(lambda policy: any(is_meant(what, rule) for rule in policy.rules))))
    rules = [rule for rule in world.policy.rules if is_meant(what, rule)]
    waited = [t for rule in rules for t in (rule.when if isinstance(rule, Gate) else [t for r, t in rule.inputs() if r == ACT])]
    types = [trigger.name for trigger in waited if trigger.made is Made.EVENT]
    intake, events = Intake(world.policy.vocabulary), list(world.events)
    for n in range(draw(st.integers(0, 6)) if types else 0):
        made = cloud_events(world.policy, world.organisation, f"more{n}", draw(st.sampled_from(types)))
        events.append(intake.one(draw(made)))
    return attrs.evolve(world, events=events)


@pytest.mark.parametrize("what", KINDS)
@settings(suppress_health_check=list(HealthCheck))
@given(st.data(), st.randoms(use_true_random=False), st.booleans())
def test_what_is_looked_at_in_parts_is_judged_whole(what: str, data: st.DataObject, random: Random, in_order: bool) -> None:
    """Duties that nothing be left undone for too long, gates that standings bar and coverage of every instant are judged by replay
    and by a monitor, after any of the events and in any order of arrival, as `judge` says of them."""
    world = data.draw(busy_worlds(what))
    policy, organisation = world.policy, world.organisation
    meant = judge(policy, organisation, world.events, at=world.at, known_at=world.known_at, report_all=True)
    assert replay(policy, organisation, world.events, at=world.at, known_at=world.known_at, report_all=True) == meant
    events = sorted(world.events, key=lambda e: (e.recorded_at, e.order))
    if not in_order:
        random.shuffle(events)
    monitor = Monitor(policy, organisation, report_all=True)
    for number, event in enumerate(events, 1):
        monitor.observe(event)
        if number == len(events):
            monitor.advance(max(world.at, monitor.clock))
        if number == len(events) or random.random() < 0.3:
            assert monitor.judgement() == judge(policy, organisation, events[:number], at=monitor.clock, report_all=True)
