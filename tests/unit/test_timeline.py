"""The rows of time.md, "Corrections" and "Order at one instant", one test each and named for the row; then our own decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

from accountability.event import Event, EventRef
from accountability.timeline import Delta, History, Refusal, Timeline, effective

DAY = datetime(2025, 3, 3, tzinfo=UTC)
LATER = DAY + timedelta(days=30)


def hour(n: int) -> datetime:
    return DAY + timedelta(hours=n)


def received(id: str = "e", *, at: int = 9, recorded: int | None = None, case: str = "c1", **rest: object) -> Event:
    """An event of hour *at*, recorded at hour *recorded*, about *case*."""
    return Event(id=id, source="desk", type=str(rest.pop("type", "case.received")), subject=f"case/{case}", occurred_at=hour(at),
                 recorded_at=hour(at if recorded is None else recorded), fields={"case": case}, **rest)  # type: ignore[arg-type]


def correction(id: str, of: str = "e", **rest: object) -> Event:
    return received(id, corrects=EventRef("desk", of), **rest)  # type: ignore[arg-type]


def retraction(id: str, of: str = "e", **rest: object) -> Event:
    return received(id, retracts=EventRef("desk", of), **rest)  # type: ignore[arg-type]


def history(*events: Event, known_at: datetime = LATER, at: datetime = LATER) -> History:
    return effective(events, known_at=known_at, at=at)


def checks(found: History) -> list[tuple[str, str]]:
    return [(refusal.check, refusal.event.id) for refusal in found.refused]


# the rows of Corrections


def test_corrects_replaces_data_and_time_of_the_named_event_whole() -> None:
    original = received("e", at=9, case="c1", sequence=7, offset=timedelta(hours=8))
    found = history(original, correction("c", at=6, recorded=12, case="c2", sequence=9, reason="mistyped"))
    assert found.events == (attrs.evolve(original, subject="case/c2", fields={"case": "c2"}, occurred_at=hour(6),
                                         recorded_at=hour(12), offset=timedelta(0), reason="mistyped"),)
    assert found.events[0].versions == ("c",)
    assert found.events[0].evidence == ("e", "c")


def test_corrects_with_another_type_is_refused() -> None:
    wrong = correction("c", recorded=12, type="case.closed")
    found = history(received(), wrong)
    assert found.events == (received(),)
    assert found.refused == (Refusal(wrong, "type-changed", "`c` is a `case.closed` but corrects `e`, a `case.received`; "
                                     "retract `e` and report the other event under an id of its own"),)


def test_correction_recorded_before_its_original_waits_and_takes_effect_when_both_are_known() -> None:
    early, original = correction("c", at=6, recorded=1), received(recorded=10)
    assert history(early).waiting == (early,)
    assert history(early).events == ()
    found = history(early, original)
    assert [(e.id, e.occurred_at, e.recorded_at) for e in found.events] == [("e", hour(6), hour(10))]
    assert found.waiting == ()


def test_two_corrections_of_one_event_the_later_recorded_wins() -> None:
    found = history(received(), correction("c2", case="late", recorded=13, sequence=1), correction("c1", case="early", recorded=12,
                                                                                                   sequence=2))
    assert [e.subject for e in found.events] == ["case/late"]
    assert found.events[0].versions == ("c1", "c2")


def test_two_corrections_of_one_event_then_sequence_then_id() -> None:
    tenth = correction("a", case="tenth", recorded=12, sequence="10")
    assert history(received(), tenth, correction("b", case="ninth", recorded=12, sequence="9")).events[0].subject == "case/tenth"
    assert history(received(), tenth, correction("b", case="b", recorded=12, sequence="10")).events[0].subject == "case/b"
    elsewhere = attrs.evolve(correction("a", case="annex", recorded=12, sequence="10"), source="annex")
    assert history(received(), tenth, elsewhere) == history(received(), elsewhere, tenth)


def test_correction_of_a_correction_applies_to_the_original() -> None:
    found = history(received(), correction("c1", case="c2", recorded=12), correction("c2", of="c1", case="c3", recorded=13))
    assert [(e.id, e.subject, e.versions) for e in found.events] == [("e", "case/c3", ("c1", "c2"))]


def test_retraction_of_a_correction_the_version_before_it_stands_again() -> None:
    one, two = correction("c1", case="c2", recorded=12), correction("c2", case="c3", recorded=13)
    assert history(received(), one, retraction("r", of="c1", recorded=14)).events == (received(),)
    found = history(received(), one, two, retraction("r", of="c2", recorded=14))
    assert found == history(received(), one)
    assert found.events[0].versions == ("c1",)


def test_retraction_of_a_retraction_the_event_stands_again() -> None:
    once, twice = retraction("r1", recorded=12), retraction("r2", of="r1", recorded=13)
    thrice = retraction("r3", of="r2", recorded=14)
    assert history(received(), once).events == ()
    assert history(received(), once, twice).events == (received(),)
    assert history(received(), once, twice, thrice).events == ()


def test_duplicate_with_the_same_content_is_dropped_and_counted() -> None:
    found = history(received(recorded=12), received(recorded=10), received(recorded=11))
    assert found == History(events=(received(recorded=10),), duplicates=2)


def test_duplicate_with_other_content_is_refused() -> None:
    other = received(case="c2", recorded=12)
    found = history(other, received())
    assert found.events == (received(),)
    assert found.refused == (Refusal(other, "conflicting-duplicate", "`desk` uses the id `e` for two different events; give each "
                                     "its own id, and let the second name the first in `corrects` if it replaces it"),)


def test_effect_answers_as_of_earlier_knowledge_never_change() -> None:
    log = [received(), correction("c", case="c2", recorded=12), retraction("r", recorded=13)]
    assert [history(*log, known_at=hour(n)).events for n in (8, 9)] == [(), (received(),)]
    assert history(*log, known_at=hour(12)) == history(*log[:2])
    assert history(*log, known_at=hour(13)).events == ()


# Order at one instant


def test_events_of_one_instant_go_by_sequence_then_source_then_id() -> None:
    log = [received("b", sequence=None), received("a", sequence=None), received("z", sequence="9"), received("y", sequence=10),
           attrs.evolve(received("x", sequence=10), source="annex")]
    assert [e.id for e in history(*log).events] == ["z", "x", "y", "a", "b"]


# what the rows leave open


def test_only_events_that_happened_by_then_count_and_a_correction_may_move_one_out_of_view() -> None:
    log = [received(at=9), correction("c", at=20, recorded=21)]
    assert history(*log, known_at=hour(10), at=hour(9)).events == (received(at=9),)
    assert history(*log, at=hour(19)).events == ()
    assert [e.occurred_at for e in history(*log, at=hour(20)).events] == [hour(20)]


def test_retracting_the_original_removes_it_with_its_corrections() -> None:
    assert history(received(), correction("c", recorded=12), retraction("r", recorded=13)).events == ()


def test_retracting_a_correction_leaves_the_correction_of_it() -> None:
    found = history(received(), correction("c1", case="c2", recorded=12), correction("c2", of="c1", case="c3", recorded=13),
                    retraction("r", of="c1", recorded=14))
    assert [(e.subject, e.versions) for e in found.events] == [("case/c3", ("c2",))]


def test_a_reference_may_name_an_event_of_another_source() -> None:
    elsewhere = attrs.evolve(correction("c", case="c2", recorded=12), source="annex")
    assert [(e.source, e.subject) for e in history(received(), elsewhere).events] == [("desk", "case/c2")]


def test_a_target_that_never_comes_leaves_the_reference_waiting_without_effect() -> None:
    lost = retraction("r", of="nobody", recorded=12)
    assert history(received(), lost) == History(events=(received(),), waiting=(lost,))


def test_references_that_form_a_circle_are_refused_and_what_names_them_waits() -> None:
    one, two, outside = correction("c1", of="c2"), correction("c2", of="c1"), retraction("r", of="c1")
    found = history(received(), one, two, outside, retraction("own", of="own"))
    assert checks(found) == [("circular-reference", "c1"), ("circular-reference", "c2"), ("circular-reference", "own")]
    assert found.waiting == (outside,)
    assert found.events == (received(),)


def test_a_retraction_cannot_be_corrected() -> None:
    found = history(received(), retraction("r", recorded=12), correction("c", of="r", recorded=13))
    assert checks(found) == [("correction-of-retraction", "c")]
    assert found.events == ()


def test_an_event_that_both_corrects_and_retracts_is_refused() -> None:
    both = attrs.evolve(correction("c", recorded=12), retracts=EventRef("desk", "e"))
    found = history(received(), both)
    assert checks(found) == [("corrects-and-retracts", "c")]
    assert found.events == (received(),)


def test_what_names_a_refused_event_waits() -> None:
    after = correction("c2", of="c1", recorded=13)
    found = history(received(), correction("c1", type="case.closed", recorded=12), after)
    assert (found.events, found.waiting) == ((received(),), (after,))


def test_a_long_chain_of_retractions_is_settled() -> None:
    chain = [retraction(f"r{n}", of=f"r{n - 1}" if n else "e", recorded=12) for n in range(3001)]
    assert history(received(), *chain).events == ()
    assert history(received(), *chain[:-1]).events == (received(),)


# Timeline


def test_timeline_says_what_each_delivery_changes() -> None:
    timeline = Timeline()
    original, fix = received(), correction("c", case="c2", recorded=12)
    assert timeline.add(original) == Delta(added=(original,))
    fixed = attrs.evolve(original, subject="case/c2", fields={"case": "c2"}, recorded_at=hour(12))
    assert timeline.add(fix) == Delta(removed=(original,), added=(fixed,))
    assert timeline.add(fix) == Delta(duplicate=True)
    assert timeline.add(retraction("r", recorded=13)) == Delta(removed=(fixed,))
    assert timeline.events() == ()


def test_timeline_lets_the_delivery_recorded_first_displace_the_one_that_came_first() -> None:
    timeline = Timeline()
    late, early = received(case="c2", recorded=12), received(recorded=10)
    timeline.add(late)
    delta = timeline.add(early)
    assert (delta.removed, delta.added, [r.event for r in delta.refused]) == ((late,), (early,), [late])
    assert timeline.history() == history(late, early)
