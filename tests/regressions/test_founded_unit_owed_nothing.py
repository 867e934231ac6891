"""A unit that was founded after the beginning of a rule never owed anything under it, and one that had ended owed on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from accountability.conclusion import Conclusion
from accountability.organisation import Unit

EVERY_INSTANT = """\
  - duty: desk
    source: law
    effective: {from: 2026-01-01}
    at every instant: yes
    each: unit
    covered by: watch
    same: unit
    at least: 1
"""
NO_GAP = """\
  - duty: talk
    source: law
    effective: {from: 2026-01-01}
    no gap over: 30 days
    each: unit
    must: done
    same: unit
"""
ONCE_BY = NO_GAP.replace("no gap over: 30 days", "once by: [2026-02-28, 2026-04-30]")
EVERY_MONTH = NO_GAP.replace("no gap over: 30 days", "every: calendar month")


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


FOUNDED = [Unit("u1", "Town 1", "town", since=day(2, 10))]
ENDED = [Unit("u1", "Town 1", "town", until=day(2, 10))]
AGAIN = [*ENDED, Unit("u1", "Town 1", "town", since=day(4, 10))]
LEARNED = [Unit("u1", "Town 1", "town"), Unit("u1", "Town 1", "town", until=day(2, 10), recorded=day(4, 1))]


def told(found: Iterable[Conclusion]) -> list[tuple[str, str]]:
    """When each begins, or by when it is owed, and how it stands."""
    return [(f"{one.due_date or one.since:%m-%d}", str(one.status)) for one in found]


@pytest.mark.parametrize(("rule", "units", "expected"), [
    (NO_GAP, FOUNDED, [("03-12", "missed")]),
    (NO_GAP, ENDED, [("01-31", "missed")]),
    (ONCE_BY, FOUNDED, [("04-30", "open")]),
    (ONCE_BY, ENDED, [("02-28", "void")]),
    (EVERY_MONTH, FOUNDED, [("03-31", "missed"), ("04-30", "open")]),
    (EVERY_MONTH, ENDED, [("01-31", "missed"), ("02-28", "void")]),
    (NO_GAP, AGAIN, [("01-31", "missed"), ("05-10", "open")]),
    (ONCE_BY, AGAIN, [("02-28", "void")]),
    (EVERY_MONTH, AGAIN, [("01-31", "missed"), ("02-28", "void")]),
])
def test_a_unit_owes_while_it_exists(say: Any, rule: str, units: list[Unit], expected: list[tuple[str, str]]) -> None:
    """From its founding on, and nothing that is due after its end. A period or day it owes if it is there where that begins."""
    found = sorted(say(rule, [], at="2026-04-15T09:00", units=units), key=lambda one: str(one.due_date))
    assert told(found) == expected
    assert all((one.note is not None) is (one.status == "void") for one in found)


@pytest.mark.parametrize(("units", "expected"), [
    (FOUNDED, [("2026-02-10", None)]), (ENDED, [("2026-01-01", "2026-02-10")]), (LEARNED, [("2026-01-01", "2026-02-10")])])
def test_nobody_need_be_there_before_a_unit_is_founded_or_once_it_has_ended(
    say: Any, units: list[Unit], expected: list[tuple[str, str | None]]) -> None:
    """A gap lasts no longer than the unit; nor does it where the register learns of that later."""
    found = say(EVERY_INSTANT, [], at="2026-04-15T09:00", units=units)
    assert [(f"{gap.since:%Y-%m-%d}", gap.ends and f"{gap.ends:%Y-%m-%d}") for gap in found] == expected


def test_what_is_done_while_there_is_no_unit_counts_for_nothing(say: Any) -> None:
    """It is founded again on 10 April: what was done in March counted as late for what it had owed before it ended."""
    acts = [("m", "done", "2026-03-12T09:00", {"unit": "u1"}), ("a", "done", "2026-04-20T09:00", {"unit": "u1"})]
    found = say(NO_GAP, acts, at="2026-04-25T09:00", units=AGAIN)
    assert sorted(told(found)) == [("01-31", "missed"), ("05-10", "met"), ("05-20", "open")]
    assert told(say(NO_GAP, acts, at="2026-04-25T09:00", units=[AGAIN[0]])) == [("01-31", "missed")]


def test_a_unit_may_end_and_be_founded_again_within_a_day(say: Any) -> None:
    """Both of what it then owes from that day on have an identity of their own."""
    first, again = datetime(2026, 2, 10, 7, tzinfo=UTC), datetime(2026, 2, 10, 9, tzinfo=UTC)
    units = [Unit("u1", "Town 1", "town", since=day(2, 10), until=first), Unit("u1", "Town 1", "town", since=again)]
    found = say(NO_GAP, [], at="2026-02-15T09:00", units=units)
    assert sorted(told(found)) == [("03-12", "open"), ("03-12", "void")]
    assert len({one.identity for one in found}) == 2
