"""When a decided effect ends, and in which period a proposal falls. Pure arithmetic, used by meaning and engine alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.policy.rule import Term, TermKind
from accountability.workdays import local_midnight, period_of, plus


def ends_at(term: Term, decided_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant (UTC) at which a standing decided at *decided_at* is over; None where it lasts until ended.

    A term in hours runs from the decision; one in days, months or years includes its last local day (time.md, tenure,
    overlay, standing); `rest of the year` ends with the local year.
    """
    if term.kind is TermKind.OPEN:
        return None
    day = decided_at.astimezone(zone).date()
    if term.kind is TermKind.REST_OF_YEAR:
        return local_midnight(period_of(day, "year").after, zone)
    assert term.limit is not None
    if term.limit.unit.is_clock:
        return decided_at + term.limit.duration
    return local_midnight(plus(day, term.limit) + timedelta(days=1), zone)
