"""A threshold over what columns have decided: at which members its number was reached. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs
import numpy as np

from accountability.engine.cell import Operator
from accountability.engine.columnar.asking import applies
from accountability.engine.columnar.columns import Integers, keys_of
from accountability.engine.columnar.localdays import days_of
from accountability.engine.columnar.rows import Rows
from accountability.engine.columnar.sieve import SievedThreshold
from accountability.engine.columnar.streams import Members, Reachings, Stream
from accountability.engine.spans import sure_spans
from accountability.policy.kinds.threshold import Fires
from accountability.policy.rule import WindowKind
from accountability.workdays import period_of, window_first_day, window_start
from accountability.workdays.localtime import MICROSECOND, instant_after, microseconds


@attrs.frozen(eq=False)
class Counted:
    """The findings of a threshold; and the *members* that are *left* to the engine: of others of their key nobody is certain."""

    findings: Reachings
    members: Members
    left: Integers


def count(watch: SievedThreshold, operator: Operator[Any, Any], streams: Iterable[Stream], rows: Rows) -> Counted:
    """Counts what *streams* conclude as the rule of *watch* says, run as *operator*."""
    members, rule = Members(streams), watch.rule
    may, certain = applies(watch, members.at, members.typed)
    may |= ~members.sure  # when that happens, if it does, only the engine knows
    borne = members.borne(operator)
    columns = [borne if name == "bearer" else members.typed(name) for name in rule.per]
    keys = keys_of([columns])[0]
    # Where the engine may find a member of a key, it is given all of that key.
    number = int(keys.max(initial=0)) + 1
    doubtful = np.full(number + 1, members.blind)
    doubtful[keys[~members.sure | ~certain]] = True
    doubtful[-1] = True
    days = _days(members, rule.zone) if rule.window.kind is not WindowKind.INSTANTS else None
    mine = np.nonzero(may & members.sure & ~doubtful[keys])[0]
    order = _in_order(members, mine, keys)
    if days is not None:
        # Where clocks are put back past midnight, days do not follow upon each other.
        back = (np.diff(days[order]) < 0) & (np.diff(keys[order]) == 0)
        if back.any():
            doubtful[keys[order[1:][back]]] = True
            order = order[~doubtful[keys[order]]]
    starts = _starts(rule, members.at[order], keys[order], None if days is None else days[order])
    inside = np.arange(len(order)) - starts + 1
    fires = inside >= rule.reaches
    if rule.fires is Fires.RISING and len(order):
        before = np.concatenate([[0], inside[:-1]])
        before[np.concatenate([[True], np.diff(keys[order]) != 0])] = 0
        fires &= (before < rule.reaches) | (inside == 1)
    lasts = np.nonzero(fires)[0]
    left = np.nonzero(may & doubtful[keys])[0]
    return Counted(Reachings(operator, members, order, lasts, starts[lasts], left, rows), members, left[members.sure[left]])


def _days(members: Members, zone: Any) -> Integers:
    """The local day that each of *members* belongs to, as `day_of` says it."""
    found: Integers = members.day.copy()
    rest = np.nonzero(found == 0)[0]
    found[rest] = days_of(members.at[rest], zone)
    return found


def _in_order(members: Members, mine: Integers, keys: Integers) -> Integers:
    """The places *mine*, those of one key together, each key in its order."""
    order: Integers = mine[np.lexsort((members.at[mine], keys[mine]))]
    same = (np.diff(keys[order]) == 0) & (np.diff(members.at[order]) == 0)
    if same.any():
        # At one instant something else than the columns says which comes first.
        edges = np.diff(np.concatenate([[0], same.astype(np.int8), [0]]))
        for first, after in zip(np.nonzero(edges == 1)[0].tolist(), (np.nonzero(edges == -1)[0] + 1).tolist(), strict=True):
            tied = order[first:after].tolist()
            order[first:after] = sorted(tied, key=lambda place: members.fact(place).order)
    return order


def _starts(rule: Any, at: Integers, keys: Integers, days: Integers | None) -> Integers:
    """Of each member the place of the first that counts with it; *keys* ascend, and *at* and *days* in each."""
    window, limit = rule.window, rule.window.limit
    if window.kind is WindowKind.CALENDAR:
        assert days is not None
        each, which = np.unique(days, return_inverse=True)
        firsts = [period_of(date.fromordinal(day), window.period).first.toordinal() for day in each.tolist()]
        return _places(keys, days, np.array(firsts, np.int64)[which.reshape(-1)] if len(each) else days)
    if window.kind is WindowKind.DATES:
        assert days is not None
        each, which = np.unique(days, return_inverse=True)
        firsts = [window_first_day(date.fromordinal(day), limit).toordinal() for day in each.tolist()]
        return _places(keys, days, np.array(firsts, np.int64)[which.reshape(-1)] if len(each) else days)
    spans = sure_spans(limit, rule.zone)
    assert spans is not None
    beyond = 0 if window.edge_included else 1
    fewest, most = (span // MICROSECOND for span in spans)
    found = _places(keys, at, at - fewest + beyond)
    if fewest != most:
        unsure = np.nonzero(_places(keys, at, at - most + beyond) != found)[0]
        edges = at - fewest
        for place in unsure.tolist():
            edges[place] = microseconds(window_start(instant_after(int(at[place])), limit, rule.zone))
        found = _places(keys, at, edges + beyond)
    return found


def _places(keys: Integers, values: Integers, wanted: Integers) -> Integers:
    """For each of *keys* the first place of that key whose value is at least the *wanted* one; *values* ascend in each key."""
    if not len(values):
        return values
    least, most = int(values.min()), int(values.max())
    room = most - least + 2
    if room * (int(keys.max()) + 1) < 2**62:
        there: Integers = np.searchsorted(keys * room + (values - least), keys * room + np.clip(wanted - least, 0, room - 1))
        return there
    ranks = np.unique(values)
    room = len(ranks) + 1
    whole = keys * room + np.searchsorted(ranks, values)
    found: Integers = np.searchsorted(whole, keys * room + np.searchsorted(ranks, wanted))
    return found
