"""Days, windows and calendar periods."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from accountability.workdays import Limit, Period, local_midnight, minus, period_of, plus, window_first_day, window_start

SHANGHAI, AMSTERDAM = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("start", "limit", "end"), [
    ("2026-01-31", "1 month", "2026-02-28"),
    ("2026-02-20", "1 year", "2027-02-20"),
    ("2026-01-01", "10 days", "2026-01-11"),
    ("2026-01-01", "1 week", "2026-01-08"),
])
def test_plus(start: str, limit: str, end: str) -> None:
    assert plus(day(start), Limit.parse(limit)) == day(end)


def test_minus() -> None:
    assert minus(day("2026-03-30"), Limit.parse("1 month")) == day("2026-02-28")
    assert minus(day("2024-02-29"), Limit.parse("1 year")) == day("2023-02-28")
    assert minus(day("2026-03-02"), Limit.parse("2 days")) == day("2026-02-28")


@pytest.mark.parametrize(("limit", "message"), [
    ("2h", "`2h` runs from an instant, not from a day"),
    ("2 working days", "`2 working days` needs a calendar"),
    ("999 years", "`999 years` from 9990-01-01 leaves the years 1 to 9999"),
    ("300000 days", "leaves the years 1 to 9999"),
])
def test_what_days_cannot_add(limit: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plus(date(9990, 1, 1), Limit.parse(limit))


@pytest.mark.parametrize(("at", "limit", "edge"), [
    ("2026-07-10 03:00", "1 month", "2026-06-10 03:00"),
    ("2026-03-31 09:00", "1 month", "2026-02-28 09:00"),
    ("2026-03-30 10:00", "2 days", "2026-03-28 10:00"),
    ("2026-03-30 10:00", "48h", "2026-03-28 09:00"),
    ("2026-03-30 02:30", "1 day", "2026-03-29 03:00"),
])
def test_rolling_windows_by_instants(at: str, limit: str, edge: str) -> None:
    """The clocks of Amsterdam skip 02:00 to 03:00 on 29 March 2026."""
    found = window_start(datetime.fromisoformat(at).replace(tzinfo=AMSTERDAM), Limit.parse(limit), AMSTERDAM)
    assert found.tzinfo is UTC
    assert found.astimezone(AMSTERDAM).replace(tzinfo=None) == datetime.fromisoformat(edge)


def test_windows_that_cannot_be() -> None:
    at = datetime(2026, 3, 31, 9, tzinfo=SHANGHAI)
    with pytest.raises(ValueError, match="`5 working days` cannot be a window; count it in days, weeks or months"):
        window_start(at, Limit.parse("5 working days"), SHANGHAI)
    with pytest.raises(ValueError, match="has no zone"):
        window_start(at.replace(tzinfo=None), Limit.parse("5 days"), SHANGHAI)


@pytest.mark.parametrize(("second", "first"), [
    ("2026-07-18", "2026-06-18"),
    ("2026-09-11", "2026-08-11"),
    ("2026-02-28", "2026-01-28"),
    ("2026-03-30", "2026-03-01"),
])
def test_rolling_windows_by_dates(second: str, first: str) -> None:
    """Scenario A2: 18 June and 10 July are within one month, 10 August and 11 September are not."""
    assert window_first_day(day(second), Limit.parse("1 month")) == day(first)


@pytest.mark.parametrize(("name", "period"), [
    ("day", Period("2026-01-01", day("2026-01-01"), day("2026-01-02"))),
    ("week", Period("2026-W01", day("2025-12-29"), day("2026-01-05"))),
    ("month", Period("2026-01", day("2026-01-01"), day("2026-02-01"))),
    ("quarter", Period("2026-Q1", day("2026-01-01"), day("2026-04-01"))),
    ("year", Period("2026", day("2026-01-01"), day("2027-01-01"))),
])
def test_calendar_periods(name: str, period: Period) -> None:
    found = period_of(day("2026-01-01"), name)  # type: ignore[arg-type]
    assert found == period
    assert day("2026-01-01") in found
    assert found.after not in found


def test_an_unknown_period() -> None:
    with pytest.raises(ValueError, match="`fortnight` is no calendar period; write one of `day`, `week`"):
        period_of(day("2026-01-01"), "fortnight")  # type: ignore[arg-type]


@pytest.mark.parametrize(("zone", "text", "utc"), [
    ("Asia/Shanghai", "2026-01-01", "2025-12-31T16:00:00+00:00"),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00+00:00"),
    ("America/Havana", "2025-11-02", "2025-11-02T04:00:00+00:00"),
    ("America/Scoresbysund", "2024-03-31", "2024-03-31T01:00:00+00:00"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00+00:00"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00+00:00"),
])
def test_the_first_instant_of_a_day(zone: str, text: str, utc: str) -> None:
    """Sao Paulo skipped midnight that day; Havana's clocks fell back an hour after it; Samoa skipped 30 December 2011 whole."""
    assert local_midnight(day(text), ZoneInfo(zone)).isoformat() == utc
