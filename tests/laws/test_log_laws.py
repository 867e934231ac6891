"""What a judgement owes to the log, and what it does not: arrival, repetition, correction, retraction, later knowledge, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Judgement, identity
from accountability.engine.replay import replay
from accountability.errors import OrganisationError
from accountability.event import Event, EventRef
from accountability.intake import Intake
from accountability.organisation import Organisation
from accountability.semantics import judge
from accountability.testing.strategies import World, cloud_events, worlds

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


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_log_does_not_matter(world: World, random: Random) -> None:
    """A log whose lines stand in another order, with the same recorded times, gives the same findings and counts."""
    shuffled = list(world.events)
    random.shuffle(shuffled)
    for how in (judge, replay):
        there = how(world.policy, world.organisation, world.events, at=world.at, known_at=world.known_at)
        assert how(world.policy, world.organisation, shuffled, at=world.at, known_at=world.known_at) == there


@given(worlds(), st.data())
def test_an_identical_duplicate_changes_nothing(world: World, data: st.DataObject) -> None:
    """An event that is delivered again, then or later, changes neither findings nor counts."""
    assume(world.events)
    again = data.draw(st.sampled_from(world.events))
    again = attrs.evolve(again, recorded_at=again.recorded_at + data.draw(st.sampled_from([timedelta(0), HOUR])))
    place = data.draw(st.integers(0, len(world.events)))
    for how in (judge, replay):
        twice = of(world, [*world.events[:place], again, *world.events[place:]], how)
        assert twice == of(world, world.events, how, again)


@given(worlds(), st.data())
def test_a_correction_is_as_if_it_had_been_right_at_once(world: World, data: st.DataObject) -> None:
    """A corrected log gives the findings of the log in which the event had said so from the start; only the evidence tells."""
    events = [e for e in unnamed(world) if e.corrects is None and e.retracts is None]
    assume(events)
    wrong = data.draw(st.sampled_from(events))
    cloud = data.draw(cloud_events(world.policy, world.organisation, "fix", wrong.type))
    fix = attrs.evolve(Intake(world.policy.vocabulary).one(cloud), corrects=EventRef(wrong.source, wrong.id))
    right = attrs.evolve(wrong, subject=fix.subject, fields=fix.fields, occurred_at=fix.occurred_at, offset=fix.offset)
    corrected = of(world, [*world.events, fix])
    at_once = of(world, [right if e is wrong else e for e in world.events], judge, fix)
    assert without(corrected, "fix") == list(at_once.findings)
    assert corrected.counts == at_once.counts


@given(worlds(), st.data())
def test_a_retraction_is_as_if_it_had_never_happened(world: World, data: st.DataObject) -> None:
    """A log in which an event, a correction or a retraction is retracted gives the findings of the log without it."""
    events = unnamed(world)
    assume(events)
    gone = data.draw(st.sampled_from(events))
    back = Event(
        id="back",
        source="desk",
        type=gone.type,
        occurred_at=gone.occurred_at,
        recorded_at=gone.recorded_at + HOUR,
        retracts=EventRef(gone.source, gone.id),
    )
    retracted = of(world, [*world.events, back])
    never = of(world, [e for e in world.events if e is not gone], judge, back)
    assert retracted.findings == never.findings
    assert retracted.counts == never.counts


@given(worlds())
def test_what_was_said_does_not_change_by_what_comes_later(world: World) -> None:
    """Read as of K, a log and an organisation say the same whatever is recorded after K."""
    known, now = [e for e in world.events if e.recorded_at <= world.known_at], world.organisation
    tenures = [t for t in now.tenures if t.recorded is None or t.recorded <= world.known_at]
    try:
        organisation = Organisation.of(now.units.values(), now.posts.values(), tenures, now.lines)
    except OrganisationError:  # without what was learned later, two may seem to hold one post
        organisation = now
    for how in (judge, replay):
        for at in (world.at, world.known_at):
            said = how(world.policy, organisation, known, at=at, known_at=world.known_at)
            assert how(world.policy, now, world.events, at=at, known_at=world.known_at) == said


@given(worlds())
def test_other_case_ids_change_nothing_but_the_ids(world: World) -> None:
    """With every case called otherwise, in the same order of names, a log gives the same findings about the cases so called.

    The order of names is kept because dues of one rule at one instant are taken by subject (time.md, Order at one instant).
    """

    def renamed(case: object) -> str:
        return f"档/{case}0"

    events = [
        attrs.evolve(e, subject=f"case/{renamed(e.fields['case'])}", fields={**e.fields, "case": renamed(e.fields["case"])})
        if "case" in e.fields
        else e
        for e in world.events
    ]
    before, after = of(world, world.events), of(world, events)
    names: dict[str, str] = {}
    made = {f.identity: f for f in before.findings}

    def other_trigger(trigger: str) -> str:
        return re.sub(r"\b[0-9a-f]{16}\b", lambda m: other_name(m[0]), trigger)

    def other_name(name: str) -> str:
        if name in made and name not in names:
            f = made[name]
            names[name] = identity(f.rule, other_subject(f.subject), other_trigger(f.trigger))
        return names.get(name, name)

    def other_subject(subject: str) -> str:
        kind, _, value = subject.partition("/")
        return f"case/{renamed(value)}" if kind == "case" else subject

    expected = {attrs.evolve(f, subject=other_subject(f.subject), trigger=other_trigger(f.trigger)) for f in before.findings}
    assert set(after.findings) == expected
    assert after.counts == before.counts
