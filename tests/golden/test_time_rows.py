"""The rows of docs/explanation/time.md on order, knowledge, corrections, pairing, windows and identity, reckoned by hand.

Every row runs through meaning, replay and monitor. What is said of instants, days and limits by themselves is held by the tests of
`workdays`; the rows on windows, thresholds and half-open spans, which need rules, stand here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from rows import (
    MOMENT,
    OFFICE,
    REPLY,
    cloud,
    duty,
    effect,
    judged,
    local,
    on,
    rule,
    rules,
    said,
    say,
    status,
    threshold,
)

from accountability.conclusion import STATUSES, Kind, identity
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation, Tenure
from accountability.policy import Policy
from accountability.timeline import effective

RAISED = on("e1", "raised", "03-02 09:00")

# Order at one instant


def test_events_before_dues_done_at_the_very_due_is_in_time() -> None:
    assert status(REPLY, [RAISED, on("e2", "sent", "03-02 11:00")], "03-02 11:00") == "met"
    assert status(REPLY, [RAISED, on("e2", "sent", "03-02 11:00:00.000001")], "03-02 12:00") == "late"


def test_events_before_dues_at_the_due_it_is_open_and_after_it_missed() -> None:
    due = local("03-02 11:00")
    assert [status(REPLY, [RAISED], due + n * MOMENT) for n in (-1, 0, 1)] == ["open", "open", "missed"]


def test_day_dues_end_at_24_00_done_before_is_in_time_and_at_24_00_it_is_missed() -> None:
    policy, midnight = rules(duty(within="1 day")), local("03-04 00:00")
    assert [status(policy, [RAISED], midnight + n * MOMENT) for n in (-1, 0)] == ["open", "missed"]
    assert status(policy, [RAISED, on("e2", "sent", "03-03 23:59:59.999999")], "03-05 00:00") == "met"
    assert status(policy, [RAISED, on("e2", "sent", "03-04 00:00")], "03-05 00:00") == "late"


Place = tuple[str, str, object]
"""The id, source and sequence of an event."""


@pytest.mark.parametrize(("first", "second"), [
    pytest.param(("m", "desk", 9), ("a", "annex", 10), id="sequence"),
    pytest.param(("m", "desk", "9"), ("a", "annex", "10"), id="sequence-by-size"),
    pytest.param(("m", "desk", 10), ("a", "annex", "x"), id="numbers-before-texts"),
    pytest.param(("m", "desk", "x"), ("a", "annex", None), id="no-sequence-comes-last"),
    pytest.param(("m", "annex", 1), ("a", "desk", 1), id="then-source"),
    pytest.param(("a", "desk", None), ("b", "desk", None), id="then-id"),
])
def test_events_of_one_instant_go_by_sequence_then_source_then_id(first: Place, second: Place) -> None:
    def log(*whats: str) -> list[Event]:
        return [on(id, what, "03-02 09:00", source=source, sequence=sequence)
                for what, (id, source, sequence) in zip(whats, (first, second), strict=True)]

    assert status(REPLY, log("raised", "sent"), "03-02 10:00") == "met"
    assert status(REPLY, log("sent", "raised"), "03-02 10:00") == "open"


def test_the_file_reader_fills_in_the_line_number() -> None:
    def read(*values: dict[str, object]) -> list[Event]:
        return list(Intake(REPLY.vocabulary).read_lines([json.dumps(v).encode() for v in values], "log.jsonl"))  # type: ignore[arg-type]

    raised, sent = cloud("z", "raised", "03-02 09:00"), cloud("a", "sent", "03-02 09:00")
    assert status(REPLY, read(raised, sent), "03-02 10:00") == "met"
    assert status(REPLY, read(sent, raised), "03-02 10:00") == "open"


def test_events_before_dues_what_happens_at_a_due_happens_before_the_breach() -> None:
    joined = rule("prohibition", "fault", when="fault.upheld", bearer="unit", joined_with="breach of reply", same="case")
    policy = rules(duty(), joined)
    assert said(judged(policy, [RAISED, on("e2", "upheld", "03-02 11:00")], "03-02 12:00")) == ["reply case/c1 missed"]
    assert said(judged(policy, [RAISED, on("e2", "upheld", "03-02 11:00:00.000001")], "03-02 12:00")) == [
        "reply case/c1 missed", "fault case/c1 breach"]


def test_dues_of_one_instant_go_by_rule_order_in_the_pack_and_then_by_subject() -> None:
    counted = {"within": "1 day rolling by instants", "fires": "once, used up"}
    by_rule = rules(threshold(count="breach of z or breach of a", **counted), duty("z"), duty("a", when="hand.over"))
    log = [on("e1", "handed", "03-02 09:00", "c1"), on("e2", "raised", "03-02 09:00", "c2")]
    assert judged(by_rule, log, "03-02 12:00").of("often")[0].members == ("e2", "e1")
    by_subject = rules(threshold(count="breach of reply", **counted), duty())
    log = [on("e1", "raised", "03-02 09:00", "c2"), on("e2", "raised", "03-02 09:00", "c1")]
    assert judged(by_subject, log, "03-02 12:00").of("often")[0].members == ("e2", "e1")


def test_a_fixpoint_follows_every_step() -> None:
    policy = rules(
        effect(when="finding of often", about="unit", same="unit", standing={"term": "until ended"}),
        threshold(count="breach of hand", reaches=1),
        duty("hand", when="discharge of reply", must="hand.over", within="0h"),
        duty())
    log = [RAISED, on("e2", "sent", "03-02 10:00", sequence=1)]
    after = judged(policy, log, "03-02 10:00:00.000001")
    assert sorted(said(after)) == [
        "card unit/office proposed", "hand case/c1 missed", "often unit/office breach", "reply case/c1 met"]
    assert {c.since for c in after.of("card", "hand", "often")} == {local("03-02 10:00")}
    in_time, before = (on("e3", "handed", "03-02 10:00", sequence=n) for n in (2, 0))
    assert said(judged(policy, [*log, in_time], "03-02 11:00")) == ["reply case/c1 met", "hand case/c1 met"]
    assert "hand case/c1 missed" in said(judged(policy, [*log, before], "03-02 11:00"))


# Two times


def test_recordedtime_absent_in_a_file_is_taken_as_time_and_counted() -> None:
    intake = Intake(REPLY.vocabulary)
    values = [cloud("e1", "raised", "03-02 09:00"), cloud("e2", "sent", "03-02 10:00", recorded="03-05 08:00")]
    log: list[Event] = list(intake.read_lines([json.dumps(v).encode() for v in values], "log.jsonl"))  # type: ignore[arg-type]
    assert (log[0].recorded_at, intake.counts.assumed_immediate) == (local("03-02 09:00"), 1)
    assert [status(REPLY, log, at) for at in ("03-02 09:00", "03-05 07:59", "03-05 08:00")] == ["open", "missed", "met"]


def test_recordedtime_absent_live_is_stamped_on_receipt_and_replay_reads_the_stamp() -> None:
    received = Intake(REPLY.vocabulary, now=lambda: local("03-02 12:30")).one(cloud("e1", "raised", "03-02 09:00"))
    assert received.recorded_at == local("03-02 12:30")
    assert said(judged(REPLY, [received], "03-02 12:29")) == []
    assert said(judged(REPLY, [received], "03-02 12:30")) == ["reply case/c1 missed"]


@pytest.mark.parametrize(("at", "known_at", "expected"), [
    ("03-02 10:30", None, "open"),
    ("03-02 12:00", None, "missed"),
    ("03-06 00:00", None, "met"),
    ("03-06 00:00", "03-02 12:00", "missed"),
    ("03-02 12:00", "03-06 00:00", "met"),
    ("03-02 09:30", "03-06 00:00", "open"),
])
def test_the_clock_is_read_at_k_and_only_events_recorded_by_j_count(at: str, known_at: str | None, expected: str) -> None:
    late = on("e2", "sent", "03-02 10:00", recorded="03-05 08:00")
    assert status(REPLY, [RAISED, late], at, known_at) == expected


def test_the_monitors_clock_is_the_latest_recorded_time_moved_on_by_advance_and_never_goes_back() -> None:
    monitor, clocks = Monitor(REPLY, OFFICE), []
    for one in (on("e1", "raised", "03-02 09:00", recorded="03-04 10:00"), on("e2", "raised", "03-03 09:00", "c2")):
        clocks.append(monitor.observe(one).at)
    for instant in ("03-06 12:00", "03-03 00:00"):
        clocks.append(monitor.advance(local(instant)).at)
    assert clocks == [local("03-04 10:00"), local("03-04 10:00"), local("03-06 12:00"), local("03-06 12:00")]
    assert monitor.clock == monitor.judgement().at == local("03-06 12:00")


def test_late_events_are_judged_by_when_they_happened() -> None:
    monitor = Monitor(REPLY, OFFICE)
    monitor.observe(RAISED)
    assert [say(c) for c in monitor.advance(local("03-03 00:00")).raised] == ["reply case/c1 missed"]
    in_time = on("e2", "sent", "03-02 10:00", recorded="03-05 08:00")
    assert [say(c) for c in monitor.observe(in_time).withdrawn] == ["reply case/c1 missed"]
    assert status(REPLY, [RAISED, in_time], "03-05 08:00") == "met"


def test_an_event_that_is_dated_after_the_clock_waits_until_the_clock_is_there() -> None:
    planned = on("e2", "sent", "03-02 10:00", recorded="03-02 08:00")
    assert said(judged(REPLY, [planned, on("e1", "raised", "03-02 09:30", recorded="03-02 08:00")], "03-02 09:00")) == []
    assert [status(REPLY, [planned, RAISED], at) for at in ("03-02 09:59", "03-02 10:00")] == ["open", "met"]


def test_what_was_said_as_of_k_uses_the_tenures_known_then() -> None:
    first, monday, learned = local("01-01 00:00"), local("03-02 00:00"), local("03-09 00:00")
    tenures = [Tenure("office/head", "A", first), Tenure("office/head", "A", first, monday, recorded=learned),
               Tenure("office/head", "B", monday, recorded=learned)]
    told = Organisation.of(OFFICE.units.values(), OFFICE.posts.values(), tenures)

    def holder(at: str, known_at: str | None = None) -> str | None:
        (finding,) = judged(REPLY, [RAISED], at, known_at, told).findings
        return finding.answers[0].holder

    assert [holder("03-08 00:00"), holder("03-09 00:00"), holder("03-09 00:00", "03-08 00:00")] == ["A", "B", "A"]
    monitor = Monitor(REPLY, told)
    monitor.observe(RAISED)
    monitor.advance(local("03-08 00:00"))
    ((before, after),) = monitor.advance(local("03-09 00:00")).revised
    assert (before.identity, before.answers[0].holder, after.answers[0].holder) == (after.identity, "A", "B")


# Corrections


def correction(id: str, at: str, case: str = "c1", *, of: object = "e1", what: str = "raised", **more: object) -> Event:
    return on(id, what, at, case, corrects=of, **more)


def retraction(id: str, *, of: str, recorded: str, what: str = "raised") -> Event:
    return on(id, what, "03-02 09:00", recorded=recorded, retracts=of)


def test_corrects_replaces_data_and_time_of_the_named_event_whole() -> None:
    moved = correction("k", "03-02 12:00", "c2", recorded="03-03 08:00", unit="annex")
    before, after = (judged(REPLY, [RAISED, moved], at) for at in ("03-02 13:00", "03-03 08:00"))
    assert [(c.subject, c.unit, c.due) for c in before.findings] == [("case/c1", "office", local("03-02 11:00"))]
    assert [(c.subject, c.unit, c.due) for c in after.findings] == [("case/c2", "annex", local("03-02 14:00"))]
    assert after.findings[0].evidence == ("e1", "k")


def test_corrects_an_event_of_another_type_is_refused() -> None:
    wrong = correction("k", "03-02 09:00", what="sent", recorded="03-02 10:00")
    assert status(REPLY, [RAISED, wrong], "03-02 11:00") == "open"
    assert checks([RAISED, wrong]) == ["type-changed"]


def checks(log: Sequence[Event]) -> list[str]:
    """Why events of *log* are refused; a monitor and a whole log say the same."""
    history = effective(log, at=local("12-31 00:00"), known_at=local("12-31 00:00"))
    monitor = Monitor(REPLY, OFFICE)
    assert sorted(r.check for one in log for r in monitor.observe(one).refused) == sorted(r.check for r in history.refused)
    return [r.check for r in history.refused]


def test_corrects_may_move_an_event_past_the_clock_where_it_waits() -> None:
    log = [RAISED, correction("k", "03-05 09:00", recorded="03-03 00:00"), retraction("r", of="k", recorded="03-04 12:00")]
    assert [said(judged(REPLY, log[:2], at)) for at in ("03-02 12:00", "03-04 00:00", "03-05 09:00")] == [
        ["reply case/c1 missed"], [], ["reply case/c1 open"]]
    assert said(judged(REPLY, log, "03-04 12:00")) == ["reply case/c1 missed"]


@pytest.mark.parametrize("named", ["e1", {"source": "desk", "id": "e1"}])
def test_the_value_is_an_id_of_the_same_source_or_source_and_id(named: object) -> None:
    assert status(REPLY, [RAISED, correction("k", "03-02 11:30", of=named, recorded="03-02 12:00")], "03-02 13:30") == "open"


def test_the_value_as_a_bare_id_does_not_reach_another_source() -> None:
    bare = correction("k", "03-02 11:30", source="annex", recorded="03-02 12:00")
    assert status(REPLY, [RAISED, bare], "03-02 13:30") == "missed"
    full = correction("k", "03-02 11:30", source="annex", of={"source": "desk", "id": "e1"}, recorded="03-02 12:00")
    assert status(REPLY, [RAISED, full], "03-02 13:30") == "open"


def test_a_correction_recorded_before_its_original_waits_and_takes_effect_when_both_are_known() -> None:
    early = correction("k", "03-02 10:00", recorded="03-02 10:00")
    original = on("e1", "raised", "03-02 09:00", recorded="03-02 10:30")
    assert said(judged(REPLY, [early, original], "03-02 10:29")) == []
    (finding,) = judged(REPLY, [early, original], "03-02 10:30").findings
    assert (finding.due, finding.status) == (local("03-02 12:00"), "open")


def test_of_two_corrections_the_later_recorded_wins_and_then_the_sequence() -> None:
    later = correction("k1", "03-02 12:00", recorded="03-04 00:00")
    earlier = correction("k2", "03-02 14:00", recorded="03-03 00:00", sequence=9)
    assert [due(log) for log in ([RAISED, earlier], [RAISED, earlier, later])] == [local("03-02 16:00"), local("03-02 14:00")]
    ninth = correction("k2", "03-02 12:00", recorded="03-03 00:00", sequence="9")
    tenth = correction("k1", "03-02 14:00", recorded="03-03 00:00", sequence="10")
    assert due([RAISED, tenth, ninth]) == local("03-02 16:00")


def due(log: Sequence[Event]) -> datetime | None:
    (only,) = judged(REPLY, log, "03-09 00:00").findings
    return only.due


def test_a_correction_of_a_correction_applies_to_the_original() -> None:
    log = [RAISED, correction("k1", "03-02 12:00", recorded="03-03 00:00"),
           correction("k2", "03-02 14:00", of="k1", recorded="03-04 00:00")]
    (finding,) = judged(REPLY, log, "03-09 00:00").findings
    assert (finding.trigger, finding.due, finding.evidence) == ("desk#e1", local("03-02 16:00"), ("e1", "k1", "k2"))


def test_a_retraction_of_a_correction_lets_the_version_before_it_stand_again() -> None:
    log = [RAISED, correction("k1", "03-02 12:00", recorded="03-03 00:00"), correction("k2", "03-02 14:00", recorded="03-04 00:00")]
    assert due([*log, retraction("r", of="k2", recorded="03-05 00:00")]) == local("03-02 14:00")
    assert due([*log, retraction("r", of="k1", recorded="03-05 00:00")]) == local("03-02 16:00")


def test_a_retraction_of_a_retraction_lets_the_event_stand_again() -> None:
    once, twice = retraction("r1", of="e1", recorded="03-03 00:00"), retraction("r2", of="r1", recorded="03-04 00:00")
    log = [RAISED, once, twice]
    assert [said(judged(REPLY, log, at)) for at in ("03-02 12:00", "03-03 00:00", "03-04 00:00")] == [
        ["reply case/c1 missed"], [], ["reply case/c1 missed"]]


def test_a_duplicate_with_the_same_content_is_dropped_and_counted() -> None:
    again = on("e1", "raised", "03-02 09:00", recorded="03-02 10:00", sequence=5)
    assert said(judged(REPLY, [RAISED, again, again], "03-02 12:00")) == ["reply case/c1 missed"]
    assert effective([RAISED, again, again], at=local("03-03 00:00"), known_at=local("03-03 00:00")).duplicates == 2
    monitor = Monitor(REPLY, OFFICE)
    assert [bool(monitor.observe(one)) for one in (RAISED, again)] == [False, False]


def test_a_duplicate_with_other_content_is_refused() -> None:
    other = on("e1", "raised", "03-02 09:00", "c2", recorded="03-02 10:00")
    assert said(judged(REPLY, [RAISED, other], "03-02 12:00")) == ["reply case/c1 missed"]
    assert checks([RAISED, other]) == ["conflicting-duplicate"]
    elsewhere = on("e1", "raised", "03-02 09:00", source="annex")
    assert said(judged(REPLY, [RAISED, elsewhere], "03-02 12:00")) == ["reply case/c1 missed"] * 2


def test_answers_as_of_an_earlier_k_never_change() -> None:
    log = [RAISED, on("e2", "sent", "03-02 10:00"), correction("k", "03-02 11:30", of="e2", what="sent", recorded="03-04 00:00"),
           retraction("r", of="k", what="sent", recorded="03-05 00:00")]
    assert [[status(REPLY, log[:n], at) for n in (2, 3, 4)] for at in ("03-03 00:00", "03-04 00:00", "03-05 00:00")] == [
        ["met", "met", "met"], ["met", "late", "late"], ["met", "late", "met"]]


def changes(policy: Policy, log: Sequence[Event | str]) -> list[Changes]:
    """What each event of *log*, or the clock moving on to an instant, changes."""
    monitor = Monitor(policy, OFFICE)
    return [monitor.observe(one) if isinstance(one, Event) else monitor.advance(local(one)) for one in log]


def test_the_effect_is_a_change_set_that_names_the_causing_event() -> None:
    log: list[Event | str] = [
        RAISED, "03-03 00:00", on("e2", "sent", "03-02 12:00", recorded="03-04 00:00"),
        correction("k", "03-02 10:00", of="e2", what="sent", recorded="03-05 00:00"),
        retraction("r", of="k", what="sent", recorded="03-06 00:00")]
    found = [(c.cause, [say(f) for f in c.raised], [(say(a), say(b)) for a, b in c.revised], [say(f) for f in c.withdrawn])
             for c in changes(REPLY, log)]
    missed, late = "reply case/c1 missed", "reply case/c1 late"
    assert found == [("e1", [], [], []), (None, [missed], [], []), ("e2", [], [(missed, late)], []),
                     ("k", [], [], [late]), ("r", [late], [], [])]


def test_what_fell_due_on_the_way_to_an_event_is_told_with_that_event() -> None:
    _, other = changes(REPLY, [RAISED, on("e9", "handed", "03-03 00:00", "c9")])
    assert (other.cause, [say(c) for c in other.raised]) == ("e9", ["reply case/c1 missed"])
    _, clock, other = changes(REPLY, [RAISED, "03-03 00:00", on("e9", "handed", "03-03 00:00", "c9")])
    assert (clock.cause, len(clock.raised), bool(other)) == (None, 1, False)


# Which discharge meets which obligation


def test_key_an_act_of_another_key_does_not_discharge() -> None:
    assert status(REPLY, [RAISED, on("e2", "sent", "03-02 10:00", "c2")], "03-02 12:00") == "missed"
    by_both = rules(duty(same=["case", "unit"]))
    assert status(by_both, [RAISED, on("e2", "sent", "03-02 10:00", unit="annex")], "03-02 12:00") == "missed"


def test_key_the_discharge_must_not_precede_its_trigger() -> None:
    before = on("e0", "sent", "03-02 08:59:59.999999")
    assert status(REPLY, [before, RAISED], "03-02 12:00") == "missed"
    assert status(REPLY, [before, RAISED, on("e2", "sent", "03-02 10:00")], "03-02 12:00") == "met"


def test_key_even_before_reaches_back_as_far_as_it_says() -> None:
    policy = rules(duty(even_before="1h"))
    just, too_early = on("e0", "sent", "03-02 08:00"), on("e0", "sent", "03-02 07:59:59.999999")
    assert status(policy, [just, RAISED], "03-02 09:00") == "met"
    assert status(policy, [too_early, RAISED], "03-02 12:00") == "missed"
    assert status(policy, [just, RAISED, on("e2", "sent", "03-02 08:30")], "03-02 12:00") == "met"
    assert status(policy, [RAISED, on("e2", "sent", "03-02 12:00")], "03-02 13:00") == "late"


TWICE = [RAISED, on("e2", "raised", "03-02 10:00"), on("e3", "sent", "03-02 10:30")]


@pytest.mark.parametrize(("again", "expected"), [
    ("new", [("desk#e1", "met"), ("desk#e2", "met")]),
    ("ignore", [("desk#e1", "met")]),
    ("restart", [("desk#e1", "void"), ("desk#e2", "met")]),
])
def test_several_open_obligations_of_one_key(again: str, expected: list[tuple[str, str]]) -> None:
    assert triggers(rules(duty(again=again)), TWICE) == expected


def triggers(policy: Policy, log: Sequence[Event]) -> list[tuple[str, str]]:
    return sorted((c.trigger, str(c.status)) for c in judged(policy, log, "03-09 00:00").findings)


@pytest.mark.parametrize(("again", "expected"), [
    ("new", [("desk#e1", "late"), ("desk#e2", "met")]),
    ("ignore", [("desk#e1", "late")]),
    ("restart", [("desk#e1", "missed"), ("desk#e2", "met")]),
])
def test_several_obligations_of_one_key_the_first_overdue(again: str, expected: list[tuple[str, str]]) -> None:
    log = [RAISED, on("e2", "raised", "03-02 12:00"), on("e3", "sent", "03-02 13:00")]
    assert triggers(rules(duty(again=again)), log) == expected


def test_several_open_obligations_restart_at_the_due_itself_is_in_time() -> None:
    restarted = rules(duty(again="restart"))
    assert triggers(restarted, [RAISED, on("e2", "raised", "03-02 11:00")])[0] == ("desk#e1", "void")
    assert triggers(restarted, [RAISED, on("e2", "raised", "03-02 11:00:00.000001")])[0] == ("desk#e1", "missed")


def test_several_obligations_of_one_key_after_the_discharge_a_trigger_opens_its_own() -> None:
    log = [RAISED, on("e2", "sent", "03-02 10:00"), on("e3", "raised", "03-02 10:30")]
    for again in ("new", "ignore", "restart"):
        assert triggers(rules(duty(again=again)), log) == [("desk#e1", "met"), ("desk#e3", "missed")]


def test_a_conditional_discharge_is_undone_by_a_later_fact_and_restored_when_that_is_retracted() -> None:
    policy = rules(duty(provided="no fault.upheld of the same case"),
                   duty("hand", when="discharge of reply", must="hand.over", within="24h"))
    upheld = on("u", "upheld", "03-02 10:10", recorded="03-05 00:00")
    log = [RAISED, on("e2", "sent", "03-02 10:00"), upheld, retraction("r", of="u", what="upheld", recorded="03-07 00:00")]
    assert [said(judged(policy, log, at)) for at in ("03-02 12:00", "03-05 00:00", "03-07 00:00")] == [
        ["reply case/c1 met", "hand case/c1 open"], ["reply case/c1 missed"], ["reply case/c1 met", "hand case/c1 missed"]]
    restored = judged(policy, log, "03-07 00:00").of("reply")[0]
    assert (restored.done, restored.identity) == (local("03-02 10:00"), judged(policy, log, "03-05 00:00").findings[0].identity)


def test_a_conditional_discharge_is_judged_as_known_at_j() -> None:
    policy = rules(duty(provided="no fault.upheld of the same case"))
    log = [RAISED, on("e2", "sent", "03-02 10:00"), on("u", "upheld", "03-02 10:10", recorded="03-05 00:00")]
    assert [status(policy, log, "03-06 00:00", j) for j in ("03-04 00:00", "03-05 00:00")] == ["met", "missed"]


def test_a_conditional_discharge_counts_from_its_own_instant_and_the_next_act_may_take_its_place() -> None:
    policy = rules(duty(provided="unit is bearer"))
    log = [RAISED, on("e2", "sent", "03-02 10:00", unit="annex"), on("e3", "sent", "03-02 10:30"), on("e4", "sent", "03-02 10:40")]
    (finding,) = judged(policy, log, "03-09 00:00").findings
    assert (finding.status, finding.done) == ("met", local("03-02 10:30"))


def test_status_is_one_of_the_list() -> None:
    policy = rules(duty(again="restart"))
    log = [on("a1", "raised", "03-02 09:00", "open"),
           on("b1", "raised", "03-02 06:00", "met"), on("b2", "sent", "03-02 07:00", "met"),
           on("c1", "raised", "03-02 06:00", "late"), on("c2", "sent", "03-02 09:00", "late"),
           on("d1", "raised", "03-02 06:00", "missed"),
           on("e1", "raised", "03-02 08:00", "void"), on("e2", "raised", "03-02 09:00", "void"),
           on("e3", "sent", "03-02 09:30", "void")]
    found = {str(c.status): c.subject for c in judged(policy, log, "03-02 10:00").findings if c.trigger != "desk#e2"}
    assert found == {name: f"case/{name}" for name in ("open", "met", "late", "missed", "void")}
    turned = {"conditional", "refused", "lapsed"}  # see the turns of a duty
    assert set(found) == {str(s) for s in STATUSES[Kind.OBLIGATION]} - turned


# Windows, thresholds, half-open spans


def faults(*instants: str) -> list[Event]:
    return [on(f"f{n}", "upheld", at, f"c{n}") for n, at in enumerate(instants, 1)]


def members(policy: Policy, log: Sequence[Event]) -> list[tuple[str, ...]]:
    return [c.members for c in judged(policy, log, "12-31 00:00").of("often")]


@pytest.mark.parametrize(("edge", "counts"), [("", False), (", edge included", True)])
def test_window_rolling_by_instants_excludes_the_far_edge_unless_it_is_included(edge: str, counts: bool) -> None:
    policy = rules(threshold(within=f"24h rolling by instants{edge}"))
    assert members(policy, faults("03-02 09:00", "03-03 09:00")) == [("f1", "f2")] * counts
    assert members(policy, faults("03-02 09:00:00.000001", "03-03 09:00")) == [("f1", "f2")]
    assert members(policy, faults("03-02 09:00", "03-03 09:00:00.000001")) == []


def test_window_rolling_by_instants_goes_back_to_the_corresponding_day_at_the_same_time() -> None:
    policy = rules(threshold(within="1 month rolling by instants"))
    assert members(policy, faults("06-10 03:00", "07-10 03:00")) == []
    assert members(policy, faults("06-10 03:00:00.000001", "07-10 03:00")) == [("f1", "f2")]


@pytest.mark.parametrize(("first", "second", "counts"), [
    ("06-18 00:00", "07-18 23:59", True),
    ("06-18 23:59", "07-19 00:00", False),
    ("01-31 12:00", "02-28 23:59", True),
    ("01-31 12:00", "03-01 00:00", False),
    ("02-28 00:00", "03-28 23:59", True),
    ("02-28 23:59", "03-29 00:00", False),
])
def test_window_rolling_by_dates_includes_the_corresponding_day(first: str, second: str, counts: bool) -> None:
    assert members(rules(threshold(within="1 month rolling by dates")), faults(first, second)) == [("f1", "f2")] * counts


@pytest.mark.parametrize(("period", "last", "first"), [
    ("month", "03-31 23:59", "04-01 00:00"), ("quarter", "03-31 23:59", "04-01 00:00"), ("week", "03-08 23:59", "03-09 00:00"),
    ("day", "03-08 23:59", "03-09 00:00"),
])
def test_window_calendar_is_the_local_period_of_the_instant(period: str, last: str, first: str) -> None:
    # 23:59 and 00:00 in Shanghai lie in one day, week, month and quarter of UTC.
    policy = rules(threshold(within=f"calendar {period}"))
    assert members(policy, faults(last, first)) == []
    assert members(policy, faults(last[:6] + "00:00", last)) == [("f1", "f2")]


@pytest.mark.parametrize(("within", "fires"), [("15 days", True), ("384h", False)])
def test_window_calendar_takes_a_due_that_ends_a_day_by_that_day(within: str, fires: bool) -> None:
    """Counted from 16 March 00:00, 15 days end on 31 March and 384 hours at 00:00 of 1 April. Only the first belongs to March."""
    policy = rules(duty(within=within), threshold(count="breach of reply", per="unit", within="calendar month"))
    log = [on("early", "raised", "03-02 09:00", "c2"), on("late", "raised", "03-16 00:00", "c1")]
    found = [f for f in judged(policy, log, "04-05 00:00").findings if f.rule == "often"]
    assert [f.since for f in found] == [local("04-01 00:00")] * fires


def test_window_calendar_year() -> None:
    policy = rules(threshold(within="calendar year"))
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)  # 00:00 of 1 January 2027 in Shanghai
    spring, last = faults("02-01 09:00", "12-31 23:59")
    assert [c.members for c in judged(policy, [spring, last], new_year).of("often")] == [("f1", "f2")]
    first = Intake(policy.vocabulary).one(cloud("f3", "upheld", "02-01 09:00", "c3") | {"time": new_year.isoformat()})
    assert [c.members for c in judged(policy, [spring, first], new_year).of("often")] == []


@pytest.mark.parametrize(("fires", "expected"), [
    ("each", [("f1", "f2"), ("f1", "f2", "f3"), ("f4", "f5")]),
    ("rising", [("f1", "f2"), ("f4", "f5")]),
    ("once, used up", [("f1", "f2"), ("f4", "f5")]),
])
def test_threshold_fires(fires: str, expected: list[tuple[str, ...]]) -> None:
    policy = rules(threshold(within="10 days rolling by instants", fires=fires))
    assert members(policy, faults("03-01 09:00", "03-05 09:00", "03-09 09:00", "03-19 09:00", "03-20 09:00")) == expected


@pytest.mark.parametrize(("fires", "expected"), [
    ("each", [("f1", "f2"), ("f1", "f2", "f3"), ("f1", "f2", "f3", "f4")]),
    ("rising", [("f1", "f2")]),
    ("once, used up", [("f1", "f2"), ("f3", "f4")]),
])
def test_threshold_fires_within_one_window(fires: str, expected: list[tuple[str, ...]]) -> None:
    policy = rules(threshold(within="1 month rolling by dates", fires=fires))
    assert members(policy, faults("03-01 09:00", "03-05 09:00", "03-09 09:00", "03-12 09:00")) == expected


@pytest.mark.parametrize(("window", "expected"), [
    ({"within": "5 days rolling by instants"}, ["f1", "f4", "f5", "f6"]),
    ({"within": "4 days rolling by dates"}, ["f1", "f4", "f5", "f6"]),
    ({"within": "calendar month"}, ["f1", "f5", "f6"]),
    ({"in a row": "calendar month"}, ["f1", "f6"]),
])
def test_threshold_that_one_reaches_alone_becomes_reached_anew(window: dict[str, object], expected: list[str]) -> None:
    log = faults("03-01 09:00", "03-05 09:00", "03-09 09:00", "03-19 09:00", "04-20 09:00", "06-01 09:00")
    policy = rules(rule("threshold", "often", count="fault.upheld", per="unit", reaches=1, fires="rising", **window))
    assert [found[-1] for found in members(policy, log)] == expected


@pytest.mark.parametrize(("due_at", "holder"), [("03-15 11:59:59.999999", "A"), ("03-15 12:00", "B")])
def test_tenure_is_half_open(due_at: str, holder: str) -> None:
    raised = on("e1", "raised", str(local(due_at) - timedelta(hours=2))[5:].removesuffix("+08:00"))
    (finding,) = judged(REPLY, [raised], "03-16 00:00").findings
    assert (finding.due, finding.answers[0].holder) == (local(due_at), holder)


@pytest.mark.parametrize(("at", "hours"), [
    ("03-05 07:59:59.999999", 2), ("03-05 08:00", 1), ("03-05 17:59:59.999999", 1), ("03-05 18:00", 2),
    ("03-09 23:59:59.999999", 2), ("03-10 00:00", 4), ("03-11 23:59:59.999999", 4), ("03-12 00:00", 2),
])
def test_overlay_is_half_open(at: str, hours: int) -> None:
    policy = rules(duty(during_busy={"within": "1h"}, during_feast={"within": "4h"}))
    window = {"from": local("03-05 08:00").isoformat(), "to": local("03-05 18:00").isoformat()}
    (finding,) = judged(policy, [on("w", "declared", "03-01 00:00", **window), on("e1", "raised", at)], "03-20 00:00").findings
    assert finding.due == local(at) + timedelta(hours=hours)


@pytest.mark.parametrize(("term", "ends"), [("24h", "03-03 10:00"), ("1 day", "03-04 00:00"), ("until ended", None)])
def test_standing_is_half_open(term: str, ends: str | None) -> None:
    policy = rules(effect(standing={"term": term}))
    log = [on("f", "upheld", "03-02 09:00"), on("d", "decided", "03-02 10:00")]

    def standing(at: datetime) -> list[str]:
        return [str(c.status) for c in judged(policy, log, at).findings if c.kind is Kind.STANDING]

    assert [standing(local("03-02 10:00") + n * MOMENT) for n in (-1, 0)] == [[], ["in force"]]
    end = local(ends or "12-31 00:00")
    assert [standing(end - MOMENT), standing(end)] == [["in force"], ["ended" if ends else "in force"]]


@pytest.mark.parametrize(("at", "falls_under"), [
    ("03-04 23:59:59.999999", False), ("03-05 00:00", True), ("03-08 23:59:59.999999", True), ("03-09 00:00", False),
])
def test_effective_is_half_open_in_local_days(at: str, falls_under: bool) -> None:
    policy = rules(duty(effective={"from": "2026-03-05", "until": "2026-03-09"}))
    assert said(judged(policy, [on("e1", "raised", at)], "03-20 00:00")) == ["reply case/c1 missed"] * falls_under


@pytest.mark.parametrize(("at", "hours"), [("03-04 23:59:59.999999", 2), ("03-05 00:00", 1)])
def test_version_of_a_parameter_holds_from_its_first_local_day(at: str, hours: int) -> None:
    (finding,) = judged(rules(duty(within="limit")), [on("e1", "raised", at)], "03-20 00:00").findings
    assert finding.due == local(at) + timedelta(hours=hours)


# Identity


def test_identity_is_of_rule_subject_and_trigger_and_survives_corrections() -> None:
    moved = correction("k", "03-02 09:30", recorded="03-04 00:00", unit="annex")
    *_, corrected = changes(REPLY, [RAISED, "03-03 00:00", moved])
    ((before, after),) = corrected.revised
    assert before.identity == after.identity == identity("reply", "case/c1", "desk#e1")
    assert [(c.unit, c.due, c.evidence) for c in (before, after)] == [
        ("office", local("03-02 11:00"), ("e1",)), ("annex", local("03-02 11:30"), ("e1", "k"))]
    assert [c.identity for c in judged(REPLY, [RAISED, moved], "03-09 00:00").findings] == [after.identity]


def test_identity_another_subject_is_another_conclusion() -> None:
    policy = rules(duty(), threshold(count="breach of reply", per="case", reaches=1))
    moved = correction("k", "03-02 09:00", "c2", recorded="03-04 00:00")
    *_, corrected = changes(policy, [RAISED, "03-03 00:00", moved])
    assert corrected.revised == ()
    assert [say(c) for c in corrected.withdrawn] == ["reply case/c1 missed", "often case/c1 breach"]
    assert [say(c) for c in corrected.raised] == ["reply case/c2 missed", "often case/c2 breach"]


def test_identity_by_period_is_one_conclusion_a_year() -> None:
    policy = rules(rule("effect", "card", when="fault.upheld", bearer="unit", propose="yellow card", once_per="calendar year"))
    found = judged(policy, faults("03-02 09:00", "03-03 09:00"), "03-09 00:00").findings
    assert [(c.identity, c.evidence) for c in found] == [(identity("card", "unit/office", "2026"), ("f1",))]
