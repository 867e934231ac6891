"""What a rule says of very many triggers, asked once for each different one. Needs numpy, of the extra `columnar`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs
import numpy as np

from accountability.engine.columnar.columns import Booleans, Integers, Typed
from accountability.engine.columnar.sieve import Watch
from accountability.engine.days import STEP_BACK
from accountability.workdays.localtime import MICROSECOND, instant_after, microseconds

MOST = 20_000
"""How many different triggers of one type a condition is asked about; where there are more, all are kept."""
NEAR = STEP_BACK // MICROSECOND
"""So soon after a change of the law, in microseconds, a trigger is left to the engine, which knows how local days begin."""


@attrs.frozen(eq=False)
class Asked:
    """The different triggers of one type, as far as a rule looks at them; which of these each row is, and whether it is *near* to
    a change of the law."""

    each: list[tuple[dict[str, object], datetime]]
    which: Integers
    near: Booleans


def ask(watch: Watch, at: Integers, typed: Callable[[str], Typed]) -> Asked | None:
    """Of happenings *at* instants, whose fields are *typed*; None where there are too many to ask about."""
    columns = [typed(name) for name in watch.reads]
    changes = np.array([microseconds(change) for change in watch.changes], np.int64)
    which = np.searchsorted(changes, at, side="right").astype(np.int64)
    near = np.zeros(len(at), np.bool_)
    for change in changes:
        near |= (at >= change) & (at - change < NEAR)
    # What is said of a trigger near to a change is not said of the others.
    which = which * 2 + near
    room = 2 * len(changes) + 2
    for column in columns:
        size = len(column.values) + 1
        if room * size > 2**62:
            return None
        which = which * size + column.codes + 1
        room *= size
    if room <= MOST:
        # So few that each of them has a place.
        first = np.full(room, -1, np.int64)
        first[which[::-1]] = np.arange(len(which))[::-1]
        there = np.nonzero(first >= 0)[0]
        places = np.zeros(room, np.int64)
        places[there] = np.arange(len(there))
        which, first = places[which], first[there]
    else:
        _, first, which = np.unique(which, return_index=True, return_inverse=True)
    if len(first) > MOST:
        return None
    each = []
    for place in first:
        held = {n: c.values[c.codes[place]] for n, c in zip(watch.reads, columns, strict=True) if c.codes[place] >= 0}
        each.append((held, instant_after(int(at[place]))))
    return Asked(each, which.reshape(-1), near)


def applies(watch: Watch, at: Integers, typed: Callable[[str], Typed]) -> tuple[Booleans, Booleans]:
    """To which of them the rule of *watch* may apply, and of which that is certain."""
    if not watch.operator.limited:
        return np.ones(len(at), np.bool_), np.ones(len(at), np.bool_)
    asked = ask(watch, at, typed)
    if asked is None:
        return np.ones(len(at), np.bool_), np.zeros(len(at), np.bool_)
    answers = np.array([watch.applies(fields, then) for fields, then in asked.each], np.bool_)
    found = answers[asked.which] if len(answers) else np.zeros(0, np.bool_)
    return found | asked.near, ~asked.near
