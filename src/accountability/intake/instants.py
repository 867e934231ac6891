"""Instants as RFC 3339 writes them, and nothing wider: a week date or a bare day is not an instant of a log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.errors import EventRejected

_form = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII).fullmatch
NO_OFFSET = timedelta(0)

YEARS = range(1800, 2200)
"""The years in which something can have happened. Others are mistakes, or a system's way to say never (`0001-01-01`, `9999-12-31`):
no limit reckoned from these leaves the calendar, and all of them can be counted in microseconds by a matcher."""


def read_time(text: str, what: str) -> tuple[datetime, timedelta]:
    """As `read_instant`, for when something happened or was recorded: in one of *YEARS*."""
    found = read_instant(text, what)
    if found[0].year >= YEARS.stop:
        raise _beyond(text, what)
    return found


def read_instant(text: str, what: str, zone: ZoneInfo | None = None) -> tuple[datetime, timedelta]:
    """The instant in UTC, in microseconds, and the offset it was written with.

    Digits beyond the microsecond are cut off, never rounded: 23:59:59.9999999 stays on its day. A text without a zone is
    taken in *zone* (of an hour that the clocks repeat, the first one), else refused (time.md, Instants). It may lie as far in the
    future as can be written, but not before the first of *YEARS*.
    Raises EventRejected: `no-zone`, or `bad-instant` for anything else, a leap second :60 included.
    """
    form = _form(text)
    if form is None:
        raise _bad(text, what)
    if form[1] is None and zone is None:
        raise EventRejected("no-zone", f"{what} is `{text}`, without a zone; add one, such as `+08:00` or `Z`")
    try:
        found = datetime.fromisoformat(text.upper() if form[1] == "z" else text)
        if found.year < YEARS.start:
            raise _beyond(text, what)
        if found.tzinfo is UTC:
            return found, NO_OFFSET
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC), found.utcoffset() or NO_OFFSET
    except (ValueError, OverflowError):
        raise _bad(text, what) from None


def _beyond(text: str, what: str) -> EventRejected:
    way_out = "leave it out where it stands for no time at all"
    return EventRejected("bad-instant", f"{what} is `{text}`, outside the years {YEARS.start} to {YEARS.stop - 1}; {way_out}")


def _bad(text: str, what: str) -> EventRejected:
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:60]) + ("…" if len(text) > 60 else "")
    return EventRejected("bad-instant", f"{what} is `{shown}`; write an instant such as `2026-03-01T09:00:00+08:00`")
