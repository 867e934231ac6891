"""Instants as RFC 3339 writes them, and nothing wider: a week date or a bare day is not an instant of a log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from accountability.errors import EventRejected

_form = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?([Zz]|[+-]\d\d:[0-5]\d)?", re.ASCII).fullmatch
_offset_form = re.compile(r"[+-]\d\d:[0-5]\d", re.ASCII).fullmatch
NO_OFFSET = timedelta(0)
SEEN = 256
"""How many ways to end an instant are remembered: a log has few offsets."""

YEARS = range(1800, 2200)
"""The years in which something can have happened. Others are mistakes, or a system's way to say never (`0001-01-01`, `9999-12-31`):
no limit reckoned from these leaves the calendar, and all of them can be counted in microseconds by a matcher."""
WRITABLE = range(YEARS.start, 10_000)
"""The years in which an instant of the data can lie."""


def read_time(text: str, what: str) -> tuple[datetime, timedelta]:
    """As `read_instant`, for when something happened or was recorded: in one of *YEARS*."""
    # The two forms of nearly every log, whose signs stand at fixed places; what is between them, `fromisoformat` checks.
    if text[4:19:3] == "--T::" and "1800" < text < "2199-12-31":
        end = text[19:]
        try:
            if end == "Z":
                return datetime.fromisoformat(text), NO_OFFSET
            if len(end) == 6 and (offset := _offset(end)) is not None:
                return datetime.fromisoformat(text[:19] + "Z") - offset, offset
        except ValueError:
            raise _bad(text, what) from None
    return read_instant(text, what, years=YEARS)


@lru_cache(SEEN)
def _offset(end: str) -> timedelta | None:
    """The offset that the whole of *end* writes; None for anything else."""
    try:
        return datetime.fromisoformat("2000-01-01T00:00:00" + end).utcoffset() if _offset_form(end) else None
    except ValueError:
        return None


def offset_of(end: str) -> timedelta | None:
    """The offset from UTC that *end*, the last signs of an instant, writes: `Z` or such as `+08:00`; None for anything else."""
    return NO_OFFSET if end == "Z" else _offset(end)


def read_instant(text: str, what: str, zone: ZoneInfo | None = None, years: range = WRITABLE) -> tuple[datetime, timedelta]:
    """The instant in UTC, in microseconds, and the offset it was written with.

    Digits beyond the microsecond are cut off, never rounded: 23:59:59.9999999 stays on its day. A text without a zone is
    taken in *zone* (of an hour that the clocks repeat, the first one), else refused (time.md, Instants). It must lie in *years*.
    Raises EventRejected: `no-zone`, or `bad-instant` for anything else, a leap second :60 included.
    """
    form = _form(text)
    if form is None:
        raise _bad(text, what)
    if form[1] is None and zone is None:
        raise EventRejected("no-zone", f"{what} is `{text}`, without a zone; add one, such as `+08:00` or `Z`")
    try:
        found = datetime.fromisoformat(text.upper() if form[1] == "z" else text)
        if found.year < years.start:
            raise _beyond(text, what, years)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        instant, offset = found.astimezone(UTC), found.utcoffset() or NO_OFFSET
    except OverflowError:  # in UTC it lies in the year 10000
        raise _beyond(text, what, years) from None
    except ValueError:
        raise _bad(text, what) from None
    if instant.year >= years.stop:
        raise _beyond(text, what, years)
    return instant, offset


def _beyond(text: str, what: str, years: range) -> EventRejected:
    way_out = "leave it out where it stands for no time at all"
    return EventRejected("bad-instant", f"{what} is `{text}`, outside the years {years.start} to {years.stop - 1}; {way_out}")


def _bad(text: str, what: str) -> EventRejected:
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:60]) + ("…" if len(text) > 60 else "")
    return EventRejected("bad-instant", f"{what} is `{shown}`; write an instant such as `2026-03-01T09:00:00+08:00`")
