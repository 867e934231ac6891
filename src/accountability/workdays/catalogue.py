"""Calendars by the names that rule files give them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from accountability.workdays.abroad import public_holidays
from accountability.workdays.calendar import WEEKDAYS, Calendar
from accountability.workdays.calendar_file import read_calendar
from accountability.workdays.china import mainland_china


def find_calendar(name: str, base: Path | None = None) -> Calendar:
    """The calendar called *name*, read once and kept.

    `CN`: mainland China with its make-up working days. A country code, alone or with a part (`NL`, `US/MA`): its public holidays.
    With further categories of the package `holidays` behind it (`HK + optional`), these are days off, too. `weekdays`: Monday to
    Friday. A name ending in `.yaml` or `.yml`: that file, looked up from *base*, read anew when it changes.

    Raises ExtraMissing if the package with the calendar is not installed, CalendarError for a file that cannot be used,
    ValueError for any other name.
    """
    if name.endswith((".yaml", ".yml")):
        path = (base or Path()) / name
        try:
            state = path.stat()
        except OSError:
            return read_calendar(path)
        return _from_file(path, state.st_mtime_ns, state.st_size)
    return _by_name(name)


@lru_cache(maxsize=256)
def _from_file(path: Path, changed: int, size: int) -> Calendar:
    """*changed* and *size* are there to tell two states of one file apart."""
    return read_calendar(path)


@lru_cache(maxsize=256)
def _by_name(name: str) -> Calendar:
    if name == "weekdays":
        return WEEKDAYS
    # Not `holidays`: for China it guesses years that the State Council has not proclaimed.
    if name == "CN":
        return mainland_china()
    if name.startswith(("CN/", "CN ", "CN+")):
        raise ValueError(f"no calendar is named `{name}`: working days are the same in all of mainland China; write `CN`")
    return public_holidays(name)
