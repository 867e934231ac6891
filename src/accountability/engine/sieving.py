"""The sieve over columns: which rows of a log go to the engine, and how many obligations were met by the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs
import numpy as np

from accountability.conclusion import Judgement, Status
from accountability.engine.columns import Booleans, Columns, Integers, keys_of
from accountability.engine.days import STEP_BACK
from accountability.engine.sieve import Sieve, SievedDuty, Watch
from accountability.policy.changes import CHANGES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NOTHING_ARISES, UNSURE = -2, -1
MOST = 20_000
"""How many different triggers of one type a condition is asked about; where there are more, all are kept."""
NEAR = STEP_BACK // timedelta(microseconds=1)
"""So soon after a change of the law, in microseconds, a trigger is left to the engine, which knows how local days begin."""


@attrs.frozen
class Sifted:
    """*kept* marks the rows that go to the engine; *counts* says what the others come to."""

    kept: Booleans
    counts: Mapping[tuple[str, str | None, Status], int]


@attrs.define(eq=False)
class _Course:
    """One duty over a log. Of each row that may start it: its key, and whether it was certainly met or nothing arises from it."""

    duty: SievedDuty
    triggers: Integers
    keys: Integers
    met: Booleans
    nothing: Booleans
    acts: Integers
    act_keys: Integers


def sift(sieve: Sieve, log: Columns, *, at: datetime, known_at: datetime) -> Sifted:
    """What of *log* the engine must see to judge it as of the instant *at* by what was known at *known_at*.

    The engine's findings on the kept rows are those on all rows; its counts are, with *counts* added. Of a log that changes the
    organisation all rows are kept, for then a bearer or a condition may become another.
    """
    if any(len(log.rows(type_)) for type_ in CHANGES):
        return Sifted(np.ones(len(log.odd), np.bool_), {})
    hidden = (log.occurred > microseconds(at)) | (log.recorded > microseconds(known_at))
    sure = ~(log.odd | hidden)
    kept = ~sure
    for type_ in sieve.types:
        rows = log.rows(type_)
        if type_ in sieve.whole:
            kept[rows] = True
        else:
            kept[rows] = ~sure[rows]
            for watch in sieve.watches[type_]:
                kept[rows] |= _may_apply(watch, log, type_, rows)
    courses = [_course(duty, log, sure) for duty in sieve.duties]
    for course in courses:
        kept[course.triggers[~course.met & ~course.nothing]] = True
    # A trigger that is kept, for whatever reason, is judged by the engine, which then needs all that might discharge it.
    before = -1
    while before != (before := int(kept.sum())):
        for course in courses:
            wanted = course.keys[kept[course.triggers] & ~course.nothing]
            kept[course.acts[(course.act_keys < 0) | np.isin(course.act_keys, wanted)]] = True
    counts: Counter[tuple[str, str | None, Status]] = Counter()
    for course in (c for c in courses if not c.duty.rule.draft):
        for unit, number in _met_by_unit(course, log, kept).items():
            if number:
                counts[course.duty.rule.name, unit, Status.MET] += number
    return Sifted(kept, counts)


def microseconds(instant: datetime) -> int:
    """*instant* in microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


def _course(duty: SievedDuty, log: Columns, sure: Booleans) -> _Course:
    rule = duty.rule
    starts = [t.name for t in dict.fromkeys(rule.when)]
    ends = [t.name for t in dict.fromkeys(rule.must)]
    keys = keys_of([[log.typed(type_, name) for name in rule.same] for type_ in (*starts, *ends)])
    triggers = np.concatenate([log.rows(t) for t in starts])
    spans = np.concatenate([_spans(duty, log, t) for t in starts])
    trigger_keys, act_keys = np.concatenate(keys[: len(starts)]), np.concatenate(keys[len(starts):])
    acts = np.concatenate([log.rows(t) for t in ends])
    nothing = sure[triggers] & (spans == NOTHING_ARISES)
    able = sure[triggers] & (spans >= 0) & (trigger_keys >= 0)
    if rule.again.value != "new":
        # A second trigger of one key changes what becomes of the first: where there is one, the engine decides.
        number = np.bincount(trigger_keys[~nothing & (trigger_keys >= 0)], minlength=int(trigger_keys.max(initial=0)) + 1)
        able &= number[np.maximum(trigger_keys, 0)] == 1
    certain = sure[acts] & (act_keys >= 0)
    first = _first_after(trigger_keys, log.occurred[triggers], act_keys[certain], log.occurred[acts[certain]])
    met = able & (first >= 0) & (first <= log.occurred[triggers] + spans)
    return _Course(duty, triggers, trigger_keys, met, nothing, acts, act_keys)


def _first_after(keys: Integers, times: Integers, other_keys: Integers, other_times: Integers) -> Integers:
    """For each of *keys* at *times* the first of the other times, of the same key, that lies after it; -1 where there is none."""
    found = np.full(len(keys), -1, np.int64)
    if not len(other_keys) or not len(keys):
        return found
    # Rows of one key stand together, in time; at one instant the others come first, for they do not lie after it.
    key = np.concatenate([other_keys, keys])
    time = np.concatenate([other_times, times])
    order = np.arange(len(key))
    if (np.diff(time) < 0).any():
        order = np.argsort(time, kind="stable")
    order = order[np.argsort(key[order], kind="stable")]
    is_other = order < len(other_keys)
    places = np.where(is_other, np.arange(len(order)), len(order))
    following = np.minimum.accumulate(places[::-1])[::-1]
    asking = ~is_other
    next_ = following[asking]
    there = next_ < len(order)
    mine, hit = order[asking][there], order[next_[there]]
    same = key[hit] == key[mine]
    found[mine[same] - len(other_keys)] = time[hit[same]]
    return found


def _spans(duty: SievedDuty, log: Columns, type_: str) -> Integers:
    """For each row of *type_* how long an act is certainly in time, in microseconds, or one of the two other answers."""
    asked = _asked(duty, log, type_)
    if asked is None:
        return np.full(len(log.rows(type_)), UNSURE, np.int64)
    answers = []
    for fields, at in asked.each:
        if not duty.applies(fields, at):
            answers.append(NOTHING_ARISES)
        else:
            surely = duty.surely(fields, at)
            answers.append(UNSURE if surely is None else surely // MICROSECOND)
    spans = np.array(answers, np.int64)[asked.which] if answers else np.zeros(0, np.int64)
    return np.where(asked.near, UNSURE, spans)


def _may_apply(watch: Watch, log: Columns, type_: str, rows: Integers) -> Booleans:
    asked = _asked(watch, log, type_)
    if asked is None:
        return np.ones(len(rows), np.bool_)
    answers = np.array([watch.applies(fields, at) for fields, at in asked.each], np.bool_)
    applies = answers[asked.which] if len(answers) else np.zeros(0, np.bool_)
    found: Booleans = applies | asked.near
    return found


@attrs.frozen(eq=False)
class _Asked:
    """The different triggers of one type, as far as a rule looks at them; which of these each row is, and whether it is *near* to
    a change of the law."""

    each: list[tuple[dict[str, object], datetime]]
    which: Integers
    near: Booleans


def _asked(watch: Watch, log: Columns, type_: str) -> _Asked | None:
    """None where there are too many of them to ask about."""
    rows = log.rows(type_)
    at = log.occurred[rows]
    columns = [log.typed(type_, name) for name in watch.reads]
    changes = np.array([microseconds(change) for change in watch.changes], np.int64)
    which = np.searchsorted(changes, at, side="right").astype(np.int64)
    near = np.zeros(len(rows), np.bool_)
    for change in changes:
        near |= (at >= change) & (at - change < NEAR)
    room = len(changes) + 1
    for column in columns:
        size = len(column.values) + 1
        if room * size > 2**62:
            return None
        which = which * size + column.codes + 1
        room *= size
    _, first, which = np.unique(which, return_index=True, return_inverse=True)
    if len(first) > MOST:
        return None
    each = []
    for place in first:
        held = {n: c.values[c.codes[place]] for n, c in zip(watch.reads, columns, strict=True) if c.codes[place] >= 0}
        each.append((held, EPOCH + int(at[place]) * MICROSECOND))
    return _Asked(each, which.reshape(-1), near)


def _met_by_unit(course: _Course, log: Columns, kept: Booleans) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    field, start = course.duty.rule.bearer.field, 0
    counted = course.met & ~kept[course.triggers]
    for type_ in (t.name for t in dict.fromkeys(course.duty.rule.when)):
        mine = counted[start : start + len(log.rows(type_))]
        start += len(mine)
        if field is None:
            found[course.duty.bearer({})] += int(mine.sum())
            continue
        column = log.typed(type_, field)
        numbers = np.bincount(column.codes[mine] + 1, minlength=len(column.values) + 1)
        for place in np.nonzero(numbers)[0].tolist():
            fields = {} if place == 0 else {field: column.values[place - 1]}
            found[course.duty.bearer(fields)] += int(numbers[place])
    return found


def with_counts(judgement: Judgement, sifted: Sifted) -> Judgement:
    """*judgement* of the kept rows as it would be of all."""
    counts = Counter(judgement.counts)
    counts.update(sifted.counts)
    return attrs.evolve(judgement, counts=dict(counts))
