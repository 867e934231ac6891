"""The rows of docs/explanation/time.md on what may happen to an obligation on its way, reckoned by hand."""

from __future__ import annotations

from datetime import date

import pytest
from rows import duty, judged, local, on, rule, rules

RAISED = on("e1", "raised", "03-02 09:00")
BY_DAYS = {"within": "30 days"}


def obligation(policy, log, at, known_at=None):  # type: ignore[no-untyped-def]
    (only,) = judged(policy, log, at, known_at).findings
    return only


def due(policy, log, at="03-20 00:00"):  # type: ignore[no-untyped-def]
    found = obligation(policy, log, at)
    return found.due_date or found.due


ASKED = {"from": "papers.asked", "to": "papers.received"}


def test_pause_the_days_from_the_first_to_the_last_not_counted_move_a_day_due() -> None:
    policy = rules(duty(within="30 days", pauses=ASKED))
    log = [RAISED, on("p1", "asked", "03-03 10:00"), on("p2", "received", "03-10 09:00")]
    assert due(policy, log) == date(2026, 4, 8)  # 1 April and seven days


def test_pause_that_overlap_do_not_add_up() -> None:
    policy = rules(duty(within="30 days", pauses=[ASKED, {"from": "fault.upheld", "to": "hand.over"}]))
    log = [RAISED, on("p1", "asked", "03-03 10:00"), on("x1", "upheld", "03-08 10:00"), on("p2", "received", "03-10 09:00"),
           on("x2", "handed", "03-12 09:00")]
    assert due(policy, log) == date(2026, 4, 10)  # the 3rd to the 11th: nine days


def test_pause_of_a_limit_in_hours_is_as_long_as_it_was() -> None:
    policy = rules(duty(within="2h", pauses=ASKED))
    log = [RAISED, on("p1", "asked", "03-02 10:00"), on("p2", "received", "03-02 16:30")]
    assert due(policy, log) == local("03-02 17:30")


def test_pause_of_working_days_counts_the_working_days_in_it() -> None:
    policy = rules(duty(within="3 working days", calendar="weekdays", pauses=ASKED))
    log = [RAISED, on("p1", "asked", "03-03 10:00"), on("p2", "received", "03-09 09:00")]  # Tuesday to Monday: four working days
    assert due(policy, log) == date(2026, 3, 11)


def test_pause_with_its_last_day_counts_that_day_too() -> None:
    asked = ASKED | {"with last day": "yes"}
    log = [RAISED, on("p1", "asked", "03-03 10:00"), on("p2", "received", "03-09 09:00")]
    assert due(rules(duty(within="3 working days", calendar="weekdays", pauses=asked)), log) == date(2026, 3, 12)
    assert due(rules(duty(within="30 days", pauses=asked)), log) == date(2026, 4, 8)  # 1 April and seven days, the 3rd to the 9th
    same_day = [RAISED, on("p1", "asked", "03-03 10:00"), on("p2", "received", "03-03 16:00")]
    assert due(rules(duty(within="30 days", pauses=asked)), same_day) == date(2026, 4, 2)
    soon = [RAISED, on("p1", "asked", "03-02 10:00"), on("p2", "received", "03-02 16:30")]
    assert due(rules(duty(within="2h", pauses=asked)), soon) == local("03-03 01:00")  # one hour was left at 10:00


def test_pause_without_an_end_stops_the_clock() -> None:
    policy = rules(duty(within="2h", pauses=ASKED))
    found = obligation(policy, [RAISED, on("p1", "asked", "03-02 10:00")], "12-31 00:00")
    assert (found.status, found.due, found.note) == ("open", None, "the clock stands still")


def test_pause_that_begins_after_the_due_has_no_effect() -> None:
    policy = rules(duty(within="2h", pauses=ASKED))
    log = [RAISED, on("p1", "asked", "03-02 11:00:01"), on("p2", "received", "03-02 16:30")]
    assert (due(policy, log), obligation(policy, log, "03-03 00:00").status) == (local("03-02 11:00"), "missed")


OPENING = {"calendar": "weekdays", "clock_starts": "next opening", "business_hours": {"from": "09:00", "to": "17:00"}}


@pytest.mark.parametrize(("within", "asked", "received", "last"), [
    ("2h", "03-07 11:00", "03-07 19:00", local("03-09 11:00")),  # raised on Saturday the 7th: the clock starts on Monday at 9:00
    ("2h", "03-07 11:00", "03-09 10:00", local("03-09 12:00")),  # and stands still for an hour
    ("2 days", "03-07 11:00", "03-08 19:00", date(2026, 3, 11)),
    ("2 working days", "03-07 11:00", "03-10 08:00", date(2026, 3, 12)),
])
def test_pause_before_the_clock_starts_moves_nothing(within: str, asked: str, received: str, last: object) -> None:
    policy = rules(duty(within=within, pauses=ASKED, **OPENING))
    log = [on("e1", "raised", "03-07 10:00"), on("p1", "asked", asked), on("p2", "received", received)]
    assert due(policy, log) == last


def test_pause_with_its_last_day_then_restart_begins_the_limit_when_that_day_is_over() -> None:
    policy = rules(duty(within="2h", pauses=ASKED | {"with last day": "yes", "then": "restart"}))
    log = [RAISED, on("p1", "asked", "03-02 09:30"), on("p2", "received", "03-02 10:00")]
    assert due(policy, log) == local("03-03 02:00")


def test_pause_then_restart_begins_the_limit_anew() -> None:
    policy = rules(duty(within="2h", pauses=ASKED | {"then": "restart"}))
    log = [RAISED, on("p1", "asked", "03-02 10:59"), on("p2", "received", "03-02 16:00")]
    assert due(policy, log) == local("03-02 18:00")


def test_pause_that_nothing_ends_is_over_by_itself() -> None:
    policy = rules(duty(within="30 days", pauses=ASKED | {"at most": "5 days"}))
    log = [RAISED, on("p1", "asked", "03-03 10:00")]  # the 3rd to the 7th
    assert [due(policy, log, at) for at in ("03-07 23:59", "03-08 00:00")] == [None, date(2026, 4, 6)]
    assert due(policy, [*log, on("p2", "received", "03-05 09:00")]) == date(2026, 4, 3)  # the 3rd and the 4th
    assert due(policy, [*log, on("p2", "received", "03-12 09:00")]) == date(2026, 4, 6)


def test_pause_asked_for_again_is_over_after_the_later_bound() -> None:
    policy = rules(duty(within="30 days", pauses=ASKED | {"at most": "5 days"}))
    log = [RAISED, on("p1", "asked", "03-03 10:00"), on("p2", "asked", "03-06 10:00")]  # the 3rd to the 10th
    assert due(policy, log) == date(2026, 4, 9)


@pytest.mark.parametrize(("within", "most", "last"), [
    ("2h", "90 min", local("03-02 12:30")), ("2h", "1 day", local("03-03 01:00")),
    ("3 working days", "2 working days", date(2026, 3, 9)), ("30 days", "1 month", date(2026, 5, 2))])
def test_pause_of_hours_days_working_days_and_months(within: str, most: str, last: object) -> None:
    policy = rules(duty(within=within, calendar="weekdays", pauses=ASKED | {"at most": most}))
    assert due(policy, [RAISED, on("p1", "asked", "03-02 10:00")], "04-20 00:00") == last


def test_pause_whose_bound_is_not_known_has_none() -> None:
    policy = rules(duty(within="30 days", pauses=ASKED | {"at most": "1 day * days of last more time.granted of the same case"}))
    log = [RAISED, on("p1", "asked", "03-03 10:00")]
    assert due(policy, log) is None
    assert due(policy, [*log, on("x", "granted", "03-05 10:00", days=5)]) == date(2026, 4, 6)
    both = [*log, on("x", "granted", "03-05 10:00", days=5), on("y", "granted", "03-06 10:00", days=7)]
    assert due(policy, both) == date(2026, 4, 8)
    assert due(policy, [*log, on("x", "granted", "03-05 10:00", days=0.5)]) is None


def test_pause_that_is_over_by_itself_may_restart_the_limit() -> None:
    policy = rules(duty(within="2h", pauses=ASKED | {"at most": "3h", "then": "restart"}))
    log = [RAISED, on("p1", "asked", "03-02 10:00")]
    assert due(policy, log) == local("03-02 15:00")
    assert obligation(policy, log, "03-03 00:00").status == "missed"


MORE = {"when": "more time.granted", "limit": "1 day * days"}


@pytest.mark.parametrize(("granted", "last", "note"), [
    ("04-01 23:59", date(2026, 4, 11), None),
    ("04-02 00:00", date(2026, 4, 1), "an extension came after the due and has no effect"),
])
def test_extension_has_effect_only_before_the_due(granted: str, last: date, note: str | None) -> None:
    log = [RAISED, on("x", "granted", granted, days=10)]
    found = obligation(rules(duty(within="30 days", extension=MORE)), log, "04-20 00:00")
    assert (found.due_date, found.note) == (last, note)


def test_extension_is_counted_from_the_unrolled_end_and_rolled_then() -> None:
    policy = rules(duty(within="5 days", calendar="weekdays", roll="yes", extension=MORE))  # Saturday the 7th, rolled to the 9th
    assert due(policy, [RAISED]) == date(2026, 3, 9)
    assert due(policy, [RAISED, on("x", "granted", "03-09 10:00", days=7)]) == date(2026, 3, 16)  # Saturday the 14th, rolled


def test_extension_at_most_so_often() -> None:
    log = [RAISED, on("x", "granted", "03-03 10:00", days=10), on("y", "granted", "03-04 10:00", days=10)]
    assert due(rules(duty(within="30 days", extension=MORE)), log) == date(2026, 4, 11)
    assert due(rules(duty(within="30 days", extension=MORE | {"at most": 2})), log) == date(2026, 4, 21)


def test_extension_by_a_part_of_a_day_or_backwards_is_none() -> None:
    for days in (0.5, -3):
        assert due(rules(duty(within="30 days", extension=MORE)), [RAISED, on("x", "granted", "03-03 10:00", days=days)]
                   ) == date(2026, 4, 1)


@pytest.mark.parametrize(("days", "last"), [
    (1, date(2026, 4, 2)), (42, date(2026, 5, 13)), (0, date(2026, 4, 8)), (43, date(2026, 4, 8))])
def test_extension_by_the_first_tier_whose_case_holds(days: int, last: date) -> None:
    tiers = [{"where": "days >= 1 and days <= 42", "limit": "1 day * days"}, {"otherwise": "7 days"}]
    policy = rules(duty(within="30 days", extension={"when": "more time.granted", "limit": tiers}))
    assert due(policy, [RAISED, on("x", "granted", "03-03 10:00", days=days)]) == last


def test_extension_beyond_all_time_is_none() -> None:
    log = [RAISED, *(on(f"x{n}", "granted", f"03-1{n} 10:00", days=360_000) for n in range(9))]
    policy = rules(duty(within="30 days", extension=MORE | {"at most": 20}))
    found = obligation(policy, log, "04-20 00:00")
    assert (found.due_date, found.note) == (date(7940, 2, 17), "an extension leads beyond all time and has no effect")


ACCEPTED = {"when": "answer.reviewed", "provided": "outcome is accepted"}
RETURNED = {"when": "answer.reviewed", "provided": "outcome is unclear", "within": "5 days"}


def test_acceptance_dates_the_discharge_at_submission_and_until_then_it_is_conditional() -> None:
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED))
    log = [RAISED, on("s", "sent", "03-10 10:00"), on("r", "reviewed", "03-20 10:00", outcome="accepted")]
    assert [obligation(policy, log, at).status for at in ("03-09 00:00", "03-11 00:00", "03-15 00:00", "03-20 10:00")] == [
        "open", "conditional", "conditional", "met"]
    assert obligation(policy, log, "03-21 00:00").done == local("03-10 10:00")


def test_acceptance_of_what_came_late_leaves_it_late() -> None:
    policy = rules(duty(within="2h", accepted_by=ACCEPTED))
    log = [RAISED, on("s", "sent", "03-02 12:00"), on("r", "reviewed", "03-03 10:00", outcome="accepted")]
    assert [obligation(policy, log, at).status for at in ("03-02 13:00", "03-04 00:00")] == ["missed", "late"]


def test_redo_is_due_by_the_later_of_the_two() -> None:
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED, redo=RETURNED))  # until the 12th
    early = [RAISED, on("s", "sent", "03-03 10:00"), on("r", "reviewed", "03-04 10:00", outcome="unclear")]
    late = [RAISED, on("s", "sent", "03-10 10:00"), on("r", "reviewed", "03-11 10:00", outcome="unclear")]
    assert (due(policy, early), due(policy, late)) == (date(2026, 3, 12), date(2026, 3, 16))
    assert obligation(policy, late, "03-17 00:00").details == (("redo", 1),)


def test_redo_does_not_pardon_what_was_late() -> None:
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED, redo=RETURNED))
    log = [RAISED, on("s", "sent", "03-13 10:00"), on("r", "reviewed", "03-14 10:00", outcome="unclear"),
           on("t", "sent", "03-15 10:00"), on("q", "reviewed", "03-16 10:00", outcome="accepted")]
    found = obligation(policy, log, "03-20 00:00")
    assert (found.status, found.due_date, found.done) == ("late", date(2026, 3, 12), local("03-15 10:00"))


def test_redo_of_what_was_in_time_and_came_back_after_the_due() -> None:
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED, redo=RETURNED))
    log = [RAISED, on("s", "sent", "03-12 10:00"), on("r", "reviewed", "03-14 10:00", outcome="unclear")]
    assert [obligation(policy, log, at).status for at in ("03-13 12:00", "03-15 00:00", "03-20 00:00")] == [
        "conditional", "open", "missed"]


def test_redo_stands_still_in_a_pause_and_can_be_extended() -> None:
    redo = RETURNED | {"within": "15 days"}
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED, redo=redo, pauses=ASKED, extension=MORE))
    log = [RAISED, on("s", "sent", "03-10 10:00"), on("r", "reviewed", "03-11 10:00", outcome="unclear")]
    paused = [*log, on("p1", "asked", "03-20 10:00"), on("p2", "received", "03-22 10:00")]
    assert (due(policy, log), due(policy, paused, "03-25 00:00")) == (date(2026, 3, 26), date(2026, 3, 28))
    assert due(policy, [*paused, on("x", "granted", "03-28 23:00", days=10)], "03-29 12:00") == date(2026, 4, 7)
    long = [*log, on("p1", "asked", "03-13 10:00"), on("p2", "received", "03-31 10:00")]
    assert obligation(policy, long, "03-31 12:00").due_date == date(2026, 4, 13)


def test_restart_or_void_of_what_is_handed_in_and_not_yet_accepted_leaves_no_breach() -> None:
    log = [RAISED, on("s", "sent", "03-10 10:00"), on("e2", "raised", "03-15 10:00"),
           on("r", "reviewed", "03-20 10:00", outcome="accepted")]
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED, again="restart", report="all"))
    assert [f.status for f in judged(policy, log[:2], "03-14 00:00").findings] == ["conditional"]
    assert [f.status for f in judged(policy, log, "03-21 00:00").findings] == ["void", "open"]
    policy = rules(duty(within="10 days", accepted_by=ACCEPTED, void={"when": "fault.upheld"}))
    assert obligation(policy, [*log[:2], on("v", "upheld", "03-15 10:00"), log[3]], "03-21 00:00").status == "void"


@pytest.mark.parametrize(("withdrawn", "status"), [("03-02 11:00", "void"), ("03-02 11:00:01", "missed")])
def test_void_ends_what_is_not_overdue(withdrawn: str, status: str) -> None:
    policy = rules(duty(void={"when": "fault.upheld"}))
    assert obligation(policy, [RAISED, on("v", "upheld", withdrawn)], "03-03 00:00").status == status


def test_a_right_is_silent_unless_it_is_used() -> None:
    policy = rules(duty(when="hand.over", may="reply.sent").replace('"must": "reply.sent", ', ""))
    log = [on("e1", "handed", "03-02 09:00")]
    assert [dict(judged(policy, log, at).counts) for at in ("03-02 10:00", "03-03 00:00")] == [
        {("reply", "office", "open"): 1}, {("reply", "office", "lapsed"): 1}]
    assert obligation(policy, [*log, on("e2", "sent", "03-02 11:00")], "03-03 00:00").status == "met"
    assert obligation(policy, [*log, on("e2", "sent", "03-02 11:00:01")], "03-03 00:00").status == "refused"


def test_what_a_step_requires_must_have_happened_by_then() -> None:
    policy = rules(rule("gate", "close", when="hand.over", requires={"replied": "any reply.sent of the same case"}, report="all"))
    handed, sent = on("h", "handed", "03-02 10:00"), on("s", "sent", "03-02 10:00:01", recorded="03-02 12:00")
    assert obligation(policy, [handed, sent], "03-03 00:00").status == "refused"
    moved = on("s2", "sent", "03-02 10:00", recorded="03-02 12:00")
    assert [obligation(policy, [handed, moved], at).status for at in ("03-02 11:00", "03-02 12:00")] == ["refused", "passed"]
