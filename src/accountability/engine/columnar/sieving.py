"""The sieve over columns: what they decide by themselves, and which rows of a log go to the engine for all else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
import numpy as np

from accountability.conclusion import Conclusion, Judgement, Status
from accountability.engine.columnar.asking import applies
from accountability.engine.columnar.columns import Booleans, Columns
from accountability.engine.columnar.counting import count
from accountability.engine.columnar.courses import LATE_ACT, MISSED, UNKNOWN, Course
from accountability.engine.columnar.found import Findings, Telling
from accountability.engine.columnar.rows import Rows
from accountability.engine.columnar.sieve import Sieve, SievedDuty
from accountability.engine.columnar.streams import Breaches, Stream
from accountability.policy.changes import CHANGES
from accountability.policy.rule import Trigger
from accountability.workdays.localtime import microseconds

Counts = Mapping[tuple[str, str | None, Status], int]


@attrs.frozen
class Sifted:
    """*kept* marks the rows that go to the engine, and *gone* those that have not happened by then or are not known; *counts* and
    *found* say what the others come to, and *feeds* tell the engine of it where a rule waits for it that columns do not decide."""

    kept: Booleans
    gone: Booleans
    counts: Counts
    found: Sequence[Stream] = ()
    feeds: Sequence[Telling] = ()
    rows: Rows | None = None


def sift(sieve: Sieve, log: Columns, *, at: datetime, known_at: datetime) -> Sifted:
    """What of *log* the engine must see to judge it as of the instant *at* by what was known at *known_at*.

    What the engine comes to on the kept rows and the feeds is, with *counts* and *found* added, what follows from all rows. Of a
    log that changes the organisation all rows are kept, for then a bearer or a condition may become another.
    """
    if any(len(log.rows(type_)) for type_ in CHANGES):
        return Sifted(np.ones(len(log.odd), np.bool_), np.zeros(len(log.odd), np.bool_), {})
    clock = microseconds(at)
    # What has not happened by then, or is not known, is not there; but who knows what is unusual?
    gone = ((log.occurred > clock) | (log.recorded > microseconds(known_at))) & ~log.odd
    kept = log.odd.copy()
    for type_ in sieve.types:
        rows = log.rows(type_)
        if type_ in sieve.whole:
            kept[rows] = True
        else:
            for watch in sieve.watches[type_]:
                kept[rows] |= applies(watch, log.occurred[rows], lambda name, t=type_: log.typed(t, name))[0]  # type: ignore[misc]
    courses = [Course(duty, log, log.odd, gone, clock) for duty in sieve.duties]
    decides = {watch.rule.index for watch in sieve.decided}
    for course in courses:
        sure = course.met | (course.becomes != UNKNOWN) if course.rule.index in decides else course.met
        kept[course.triggers[~sure & ~course.nothing]] = True
    # A trigger that is kept, for whatever reason, is judged by the engine, which then needs all that might discharge it.
    before = -1
    while before != (before := int(kept.sum())):
        for course in courses:
            left = kept[course.triggers] & ~course.nothing
            if course.blind:
                kept[course.acts] = True
            elif left.any():
                wanted = np.zeros(int(max(course.keys.max(initial=0), course.act_keys.max(initial=0))) + 2, np.bool_)
                wanted[course.keys[left]] = True
                wanted[-1] = True
                kept[course.acts[wanted[course.act_keys]]] = True
            else:
                kept[course.acts[course.act_keys < 0]] = True
    kept &= ~gone
    return _decided(sieve, log, courses, kept, gone, at, known_at)


def _decided(sieve: Sieve, log: Columns, courses: Iterable[Course], kept: Booleans, gone: Booleans, at: datetime,
             known_at: datetime) -> Sifted:
    """What the columns have decided of what is not *kept*."""
    engine, rows = sieve.engine(known_at), Rows(log)
    engine.advance(at)
    operators = {operator.rule.index: operator for operator in engine.operators}
    counts: Counter[tuple[str, str | None, Status]] = Counter()
    found: list[Stream] = []
    streams: dict[Trigger, list[Stream]] = defaultdict(list)
    feeds: list[Telling] = []
    by_rule = {course.rule.index: course for course in courses}
    decides = frozenset(watch.rule.index for watch in sieve.decided)
    for course in by_rule.values():
        mine = ~kept[course.triggers] & ~course.nothing
        decided = mine & (course.becomes != UNKNOWN) & (course.rule.index in decides)
        if not course.rule.draft:
            counts.update(course.counts(decided, mine & course.met & ~decided))
    for watch in sieve.decided:
        operator, rule = operators[watch.rule.index], watch.rule
        if isinstance(watch, SievedDuty):
            course = by_rule[rule.index]
            left, there = kept[course.triggers], ~(course.nothing | course.met)
            broken = there & ((course.becomes == LATE_ACT) | (course.becomes == MISSED))
            doubtful = left & (broken | (there & (course.becomes == UNKNOWN)))
            stream: Stream = Breaches(operator, course, rows, broken & ~left, doubtful)
        else:
            counted = count(watch, operator, [s for t in watch.counted for s in streams[t]], rows)
            stream = counted.findings
            if len(counted.left):
                feeds.append(Telling(counted.members, counted.left, watch.counted, frozenset([rule.index]), rows))
            if not rule.draft:
                counts.update(_by_unit(stream, rule.status))
        streams[Trigger(stream.made, rule.name)].append(stream)
        found.append(stream)
        others = frozenset(o.rule.index for o, _, _ in engine.listeners(rule.name)[stream.made]) - decides
        if others and stream.sure.any():
            feeds.append(Telling(stream, np.nonzero(stream.sure)[0], [Trigger(stream.made, rule.name)], others, rows))
    return Sifted(kept, gone, {key: number for key, number in counts.items() if number}, found, feeds, rows)


def _by_unit(stream: Stream, status: Status) -> Counts:
    units, found = stream.typed("bearer"), dict[tuple[str, str | None, Status], int]()
    numbers = np.bincount(units.codes[stream.sure] + 1, minlength=len(units.values) + 1)
    for place in np.nonzero(numbers)[0].tolist():
        unit: Any = None if place == 0 else units.values[place - 1]
        found[stream.rule.name, unit, status] = int(numbers[place])
    return found


def with_counts(judgement: Judgement, sifted: Sifted) -> Judgement:
    """*judgement* of the kept rows as it would be of all."""
    counts = Counter(judgement.counts)
    counts.update(sifted.counts)
    if not sifted.found or sifted.rows is None:
        return attrs.evolve(judgement, counts=dict(counts))
    findings, would = (_among(sifted, others, draft) for others, draft in ((judgement.findings, False), (judgement.would, True)))
    return attrs.evolve(judgement, counts=dict(counts), findings=findings, would=would)


def _among(sifted: Sifted, others: Sequence[Conclusion], draft: bool) -> Sequence[Conclusion]:
    streams = [s for s in sifted.found if s.rule.draft is draft and s.sure.any()]
    assert sifted.rows is not None
    return Findings(streams, others, sifted.rows) if streams else others

