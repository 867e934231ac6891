"""Terms that run at once, by example; the days are reckoned by hand from the laws that docs/explanation/effects.md names."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accountability.judgement.running import Running, ends_of
from accountability.policy.rule import Joining, Term, TermKind
from accountability.workdays import Limit

ZONE = ZoneInfo("Asia/Shanghai")
SANCTIONS = {"together": Joining.EQUAL_ADDED, "meanwhile": Joining.ADDED, "most": Limit.parse("48 months")}


def on(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)


def decided(at: datetime, length: str, over: datetime | None = None, quashed: datetime | None = None) -> Running:
    return Running(at, Term(TermKind.LIMIT, Limit.parse(length), **SANCTIONS), over, quashed)  # type: ignore[arg-type]


def last_days(*found: Running) -> list[str]:
    """The last local day of each, which counts in full."""
    ends = ends_of(found, ZONE)
    return ["" if end is None else str((end - timedelta(seconds=1)).astimezone(ZONE).date()) for end in ends]


@pytest.mark.parametrize(
    ("found", "last"),
    [
        # A demerit in the term of a demerit: what is left, to 15 January 2027, and twelve months more.
        ([decided(on("2026-01-15"), "12 months"), decided(on("2026-07-01"), "12 months")], ["2027-01-15", "2028-01-15"]),
        # Dismissal and a warning by one document: the heavier is carried out, and the warning does not outlast it.
        ([decided(on("2026-01-15"), "24 months"), decided(on("2026-01-15", "11:00"), "6 months")], ["2028-01-15", "2026-07-15"]),
        # Two demerits by one document: the sum.
        ([decided(on("2026-01-15"), "12 months"), decided(on("2026-01-15", "11:00"), "12 months")], ["2027-01-15", "2028-01-15"]),
        # Three dismissals, one in the term of the other: 48 months from the last decision at most.
        ([decided(on("2026-01-15"), "24 months"), decided(on("2026-02-15"), "24 months"), decided(on("2026-03-15"), "24 months")],
         ["2028-01-15", "2030-01-15", "2030-03-15"]),
        # Lifted before the second is decided: nothing is left of it.
        ([decided(on("2026-01-15"), "12 months", over=on("2026-06-01")), decided(on("2026-07-01"), "12 months")],
         ["2026-06-01", "2027-07-01"]),
        # The first is quashed: the second runs its own term.
        ([decided(on("2026-01-15"), "12 months", quashed=on("2026-09-01")), decided(on("2026-07-01"), "12 months")],
         ["2027-01-15", "2027-07-01"]),
    ],
)
def test_terms_come_together(found: list[Running], last: list[str]) -> None:
    assert last_days(*found) == last


def test_nothing_is_added_to_one_that_runs_until_it_is_ended() -> None:
    open_ = Running(on("2026-01-15"), Term(TermKind.OPEN, **SANCTIONS))  # type: ignore[arg-type]
    assert last_days(open_, decided(on("2026-07-01"), "12 months")) == ["", "2027-07-01"]
