"""A pause, an extension or a second act left less time, or a worse answer, than there was without it."""

from __future__ import annotations

from typing import Any

import pytest

RULES = """\
  - {{duty: reply, source: law, when: asked, bearer: unit, must: done, same: unit, {more}}}
"""
PAUSE = "pauses: {from: fault, to: decided}"
ANEW = "pauses: {from: fault, to: decided, then: restart}"
OFFICE = "business hours: {from: 09:00, to: 17:00}, clock runs: in business hours"


def due(say: Any, more: str, log: list[Any], at: str) -> tuple[str, str]:
    (found,) = say(RULES.format(more=more), log, at)
    last = found.due.isoformat()[:16] if found.due is not None else str(found.due_date)
    return found.status, last


def paused(since: str, until: str) -> list[Any]:
    return [("p", "fault", f"2026-03-{since}"), ("q", "decided", f"2026-03-{until}")]


ASKED = ("a", "asked", "2026-03-02T09:00")
MORE = ("m", "watch", "2026-03-03T09:00", {"from": "2026-03-03T09:00:00Z", "to": "2026-03-04T09:00:00Z"})


@pytest.mark.parametrize(("more", "pause", "at", "last"), [
    ("within: 4 days, extension: {when: watch, limit: 1 working day}", ("09T10:00", "10T09:00"), "10T09:30", "2026-03-10"),
    ("within: 4 working days, extension: {when: watch, limit: 2 days}", ("07T10:00", "09T10:00"), "09T11:00", "2026-03-09"),
])
def test_what_was_extended_in_other_days_than_it_counts_is_not_due_in_a_pause(
    say: Any, more: str, pause: tuple[str, str], at: str, last: str
) -> None:
    assert due(say, f"{more}, {PAUSE}", [ASKED, MORE, *paused(*pause)], f"2026-03-{at}") == ("open", last)


def test_a_carried_due_that_was_extended_is_not_in_a_pause(say: Any) -> None:
    """Friday the 6th, and one working day more, is Monday the 9th, when the clock stands."""
    asked = (*ASKED, {"by": "2026-03-06T12:00:00Z"})
    log = [asked, MORE, *paused("09T11:00", "10T11:00")]
    more = f"where: by is present, due: by, extension: {{when: watch, limit: 1 working day}}, {PAUSE}"
    assert due(say, more, log, "2026-03-10T11:30") == ("open", "2026-03-10T12:00")


@pytest.mark.parametrize(("asked", "pause", "last"), [
    ("09:00", ("02T11:00", "02T13:00"), "2026-03-02T13:00"),
    ("15:00", ("02T17:00", "02T18:00"), "2026-03-03T09:00"),
])
def test_a_pause_that_begins_at_the_due_moves_it_in_business_hours_too(
    say: Any, asked: str, pause: tuple[str, str], last: str
) -> None:
    log = [("a", "asked", f"2026-03-02T{asked}"), *paused(*pause)]
    assert due(say, f"within: 2h, {OFFICE}, {PAUSE}", log, f"{last[:11]}{pause[1][3:]}")[1] == last


def test_a_pause_of_no_days_is_over_when_it_begins(say: Any) -> None:
    more = "within: 2h, pauses: {from: fault, to: decided, at most: 1 day * size, then: restart}"
    log = [(*ASKED, {"size": 0}), ("p", "fault", "2026-03-02T10:00")]
    assert due(say, more, log, "2026-03-02T10:30") == ("open", "2026-03-02T12:00")


def test_with_its_last_day_a_pause_lasts_no_longer_than_it_may(say: Any) -> None:
    more = "within: 2h, pauses: {from: fault, to: decided, at most: 3h, with last day: yes}"
    for log in ([ASKED, *paused("02T10:00", "02T12:00")], [ASKED, *paused("02T10:00", "02T12:00")[:1]]):
        assert due(say, more, log, "2026-03-03T09:00") == ("missed", "2026-03-02T14:00")


def test_a_limit_that_begins_anew_does_not_take_back_what_was_granted(say: Any) -> None:
    more = f"within: 10 days, extension: {{when: watch, limit: 30 days}}, {ANEW}"
    assert due(say, more, [ASKED, MORE, *paused("04T09:00", "06T09:00")], "2026-03-20T09:00") == ("open", "2026-04-13")
    carried = (*ASKED, {"by": "2026-03-05T11:00:00Z"})
    more = f"where: by is present, due: by, extension: {{when: watch, limit: 2 days}}, {ANEW}"
    assert due(say, more, [carried, MORE, *paused("04T09:00", "04T10:00")], "2026-03-06T09:00") == ("open", "2026-03-07T12:00")


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_of_two_acts_the_first_that_is_accepted_counts_whichever_is_accepted_first(say: Any, order: str) -> None:
    """One on the 5th, in time, and one on the 7th, late."""
    more = "within: 3 days, accepted by: {when: decided, same: case}"
    log = [ASKED, ("d", "done", "2026-03-05T09:00", {"case": "ca"}), ("e", "done", "2026-03-07T09:00", {"case": "cb"}),
           *((f"k{n}", "decided", f"2026-03-{8 + n:02}T09:00", {"case": f"c{one}"}) for n, one in enumerate(order))]
    assert due(say, more, log, "2026-03-10T09:00")[0] == "met"


def test_what_was_handed_in_twice_is_sent_back_once_for_all(say: Any) -> None:
    more = "within: 10 days, accepted by: {when: decided}, redo: {when: fault, within: 2 days}"
    log = [ASKED, ("d", "done", "2026-03-05T09:00"), ("e", "done", "2026-03-06T09:00"), ("r", "fault", "2026-03-07T09:00")]
    assert due(say, more, log, "2026-03-20T09:00") == ("missed", "2026-03-12")
