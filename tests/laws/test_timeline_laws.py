"""Laws of the timeline. The universe of ids, instants and contents is small on purpose, so that everything collides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from accountability.event import Event, EventRef
from accountability.timeline import History, Refusal, Timeline, effective

DAY = datetime(2025, 3, 3, tzinfo=UTC)
END = DAY + timedelta(days=9)
hours = st.integers(0, 4).map(lambda n: DAY + timedelta(hours=n))
refs = st.sampled_from([EventRef(source, name) for source in ("annex", "desk") for name in "abcd"])


refers = st.sampled_from(["", "", "", "corrects", "corrects", "corrects", "retracts", "retracts", "corrects retracts"])
types, subjects, numbers = st.sampled_from("xxxxy"), st.sampled_from([None, "case/1"]), st.integers(0, 1)
sequences, reasons = st.sampled_from([None, 1, "1", "2", "b"]), st.sampled_from([None, "mistyped"])


@st.composite
def deliveries(draw: st.DrawFn) -> Event:
    ref, target, says = draw(refs), draw(refs), draw(refers)
    return Event(
        id=ref.id, source=ref.source, type=draw(types), occurred_at=draw(hours), subject=draw(subjects), recorded_at=draw(hours),
        fields={"n": draw(numbers)}, sequence=draw(sequences), reason=draw(reasons),
        corrects=target if "corrects" in says else None, retracts=target if "retracts" in says else None,
    )


logs = st.lists(deliveries(), max_size=12)


def whole(log: list[Event], known_at: datetime = END) -> History:
    return effective(log, known_at=known_at, at=END)


def shown(events: tuple[Event, ...]) -> list[tuple[Event, tuple[str, ...]]]:
    """The events with the corrections that made them, which equality leaves out."""
    return [(event, event.versions) for event in events]


@given(logs, st.data())
def test_the_timeline_agrees_with_effective_after_every_delivery(log: list[Event], data: st.DataObject) -> None:
    """In whatever order deliveries come, after each of them the timeline holds what `effective` says of those so far."""
    timeline = Timeline()
    shuffled = data.draw(st.permutations(log))
    for n, event in enumerate(shuffled, start=1):
        timeline.add(event)
        assert timeline.history() == whole(shuffled[:n])
        assert shown(timeline.events()) == shown(whole(shuffled[:n]).events)


@given(logs)
def test_the_deltas_add_up(log: list[Event]) -> None:
    """Applying each delta to a list gives the effective events; what is removed was there, what is added was not."""
    timeline = Timeline()
    held: list[tuple[Event, tuple[str, ...]]] = []
    for event in log:
        delta = timeline.add(event)
        for gone in shown(delta.removed):
            assert gone in held
            held.remove(gone)
        for new in shown(delta.added):
            assert new not in held
            held.append(new)
        assert sorted(held, key=lambda pair: pair[0].order) == shown(timeline.events())


@given(logs)
def test_every_refusal_is_told_when_it_begins(log: list[Event]) -> None:
    """A delta names exactly the contents that are refused after the delivery and were not before it."""

    def contents(refusals: tuple[Refusal, ...]) -> list[str]:
        return sorted(repr((r.check, r.event.ref, r.event.content())) for r in refusals)

    timeline = Timeline()
    for event in log:
        before = contents(timeline.history().refused)
        delta = timeline.add(event)
        after = contents(timeline.history().refused)
        assert contents(delta.refused) == [content for content in after if content not in before]


@given(logs, hours)
def test_answers_as_of_earlier_knowledge_never_change(log: list[Event], known_at: datetime) -> None:
    """What the log says as of J is the same with or without all that was recorded after J."""
    assert whole(log, known_at) == whole([event for event in log if event.recorded_at <= known_at])


@given(logs, deliveries())
def test_a_correction_that_is_retracted_leaves_no_trace(log: list[Event], fix: Event) -> None:
    """A correction followed by its own retraction gives the effective events of the uncorrected log."""
    correction = attrs.evolve(fix, id="fix", corrects=EventRef("desk", "a"), retracts=None)
    undone = attrs.evolve(fix, id="undo", corrects=None, retracts=correction.ref)
    assert shown(whole([*log, correction, undone]).events) == shown(whole(log).events)


@given(logs)
def test_every_delivery_is_accounted_for(log: list[Event]) -> None:
    """Each distinct delivery is an original, a reference in force or waiting, or refused; each repeat is counted."""
    found = whole(log)
    distinct = {repr((event.ref, event.content())) for event in log}
    silent = {repr((event.ref, event.content())) for event in (*(r.event for r in found.refused), *found.waiting)}
    assert found.duplicates == len(log) - len(distinct)
    assert len(silent) == len(found.refused) + len(found.waiting)
    assert silent <= distinct
    held = {(event.source, event.id) for event in log if repr((event.ref, event.content())) not in silent}
    assert {(event.source, event.id) for event in found.events} <= held
