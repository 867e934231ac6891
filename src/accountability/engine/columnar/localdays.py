"""The local days of very many instants. Needs numpy, of the extra `columnar`."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from accountability.engine.columnar.columns import Integers
from accountability.workdays.localtime import instant_after

DAY = 86_400_000_000
QUARTER = DAY // 96
FIRST = date(1970, 1, 1).toordinal()


def days_of(at: Integers, zone: ZoneInfo) -> Integers:
    """The ordinals of the local days in *zone* of instants *at*, in microseconds since 1970."""
    if zone.key == "UTC":
        return at // DAY + FIRST
    quarters, which = np.unique(at // QUARTER, return_inverse=True)
    which = which.reshape(-1)
    days, mixed = np.zeros(len(quarters), np.int64), np.zeros(len(quarters), np.bool_)
    for place, quarter in enumerate(quarters.tolist()):
        first, last = (instant_after(quarter * QUARTER + n).astimezone(zone) for n in (0, QUARTER - 1))
        days[place] = first.toordinal()
        # Midnight, or a change of the clocks: then each instant is asked by itself.
        mixed[place] = first.date() != last.date() or first.utcoffset() != last.utcoffset()
    found: Integers = days[which]
    for place in np.nonzero(mixed[which])[0].tolist():
        found[place] = instant_after(int(at[place])).astimezone(zone).toordinal()
    return found
