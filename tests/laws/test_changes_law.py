"""An organisation that changes by events of the log is the one that its files would state, whoever judges."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from foundation import agrees_throughout, foundation, same
from hypothesis import event as noted
from hypothesis import given
from hypothesis import strategies as st

from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.organisation import changed, is_change
from accountability.policy.changes import CHANGES
from accountability.semantics import judge
from accountability.testing.strategies import World, instants, worlds
from accountability.timeline import effective


@st.composite
def changing(draw: st.DrawFn) -> tuple[World, list[Event]]:
    """A world, and its log with up to six changes of the organisation in it, some told late or beforehand, some retracted or
    corrected."""
    world = draw(worlds(("duty", "prohibition", "threshold", "gate", "effect", "recurring duty", "decided effect")))
    intake, moments = Intake(world.policy.vocabulary, strict=False), instants(world.policy)
    units, posts = st.sampled_from(sorted(world.organisation.units)), st.sampled_from([*sorted(world.organisation.posts), "u1/new"])
    values = {"unit": units, "into": units, "parent": units, "post": posts, "role": st.sampled_from(["head", "chief"]),
              "rank": st.integers(1, 3), "holder": st.sampled_from("ABE"), "acting": st.booleans(), "name": st.just("Town"),
              "level": st.sampled_from(["town", "county"]), "line": st.sampled_from(["head", "above"])}
    log = list(world.events)
    for number in range(draw(st.integers(1, 6))):
        declared = CHANGES[draw(st.sampled_from(sorted(CHANGES)))]
        data = {name: draw(values[name]) for name, field in declared.fields.items() if not field.optional or draw(st.booleans())}
        at = draw(moments)
        raw: dict[str, object] = {
            "specversion": "1.0", "source": "office", "id": f"o{number}", "type": declared.name, "time": at.isoformat(),
            "recordedtime": (at + timedelta(days=draw(st.sampled_from([0, 0, 1, 30, -1, -30])))).isoformat(), "data": data}
        log.append(intake.one(raw))
        if draw(st.integers(0, 5)) == 0:
            says = draw(st.sampled_from(["retracts", "corrects"]))
            again = {**raw, "id": f"again{number}", "recordedtime": (at + timedelta(days=40)).isoformat(),
                     "data": {**data, says: {"source": "office", "id": f"o{number}"}, "reason": "mistyped"}}
            log.append(intake.one(again))
    return world, log


@given(changing())
def test_changes_reported_as_events_are_those_that_files_state(drawn: tuple[World, list[Event]]) -> None:
    """Judged with changes in the log, a history is what it is without them under the organisation that they lead to."""
    world, log = drawn
    happened = effective(log, at=world.at, known_at=world.known_at).events
    organisation, refused = changed(world.organisation, happened)
    noted(f"changes: {'some' if organisation.digest != world.organisation.digest else 'none'}")
    assert all(is_change(one) and why for one, why in refused)
    rest = [one for one in happened if not is_change(one)]
    meant = judge(world.policy, world.organisation, log, at=world.at, known_at=world.known_at, report_all=True)
    same(judge(world.policy, organisation, rest, at=world.at, known_at=world.known_at, report_all=True), meant)
    same(replay(world.policy, world.organisation, log, at=world.at, known_at=world.known_at, report_all=True), meant)


@foundation
@given(changing(), st.randoms(use_true_random=False))
def test_a_monitor_judges_by_the_organisation_as_it_becomes_known(drawn: tuple[World, list[Event]], random: Random) -> None:
    """After every event, in whatever order they arrive, a monitor holds what `judge` says of them; also once it was restored."""
    world, log = drawn
    random.shuffle(log)
    agrees_throughout(world, log)
