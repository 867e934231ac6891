"""One duty over a log in columns: which triggers were certainly met, and what became of the others. Needs numpy."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cached_property

import numpy as np

from accountability.conclusion import Status
from accountability.engine.columnar.asking import ask
from accountability.engine.columnar.columns import Booleans, Columns, Integers, Typed, keys_of, merged
from accountability.engine.columnar.localdays import days_of
from accountability.engine.columnar.sieve import SievedDuty
from accountability.engine.operators.duties import LATE
from accountability.event import Event
from accountability.workdays import Limit
from accountability.workdays.localtime import MICROSECOND, instant_after, microseconds

NOTHING_ARISES, UNSURE = -2, -1
UNKNOWN, OPEN, MET, LATE_ACT, MISSED = range(5)
STATUSES = {OPEN: Status.OPEN, MET: Status.MET, LATE_ACT: Status.LATE, MISSED: Status.MISSED}
TOO_FAR = microseconds(instant_after(0).replace(year=LATE - 1))


class Course:
    """*duty* over *log*, of which the *odd* rows are unsure and the *gone* ones are not there; *at* is the clock.

    Of each row that may start it: its key, and whether it was certainly met or nothing arises from it. *becomes* says what became
    of it in the end, `UNKNOWN` where only the engine can tell, and *last* and *falls* when it was due.
    """

    def __init__(self, duty: SievedDuty, log: Columns, odd: Booleans, gone: Booleans, at: int) -> None:
        self.duty, self.log, self.rule = duty, log, duty.rule
        self.starts = [t.name for t in dict.fromkeys(duty.rule.when)]
        ends = [t.name for t in dict.fromkeys(duty.rule.must)]
        keys = keys_of([[log.typed(type_, name) for name in duty.rule.same] for type_ in (*self.starts, *ends)])
        self.triggers = np.concatenate([log.rows(t) for t in self.starts])
        self.at: Integers = log.occurred[self.triggers]
        self.keys: Integers = np.concatenate(keys[: len(self.starts)])
        act_keys: Integers = np.concatenate(keys[len(self.starts) :])
        acts = np.concatenate([log.rows(t) for t in ends])
        there = ~gone[acts]
        self.acts: Integers = acts if there.all() else acts[there]
        self.act_keys: Integers = act_keys if there.all() else act_keys[there]
        self.blind = self._unread(odd)
        """Whether there may be a trigger or an act of any key."""
        self._ask()
        sure = ~(odd[self.triggers] | gone[self.triggers])
        self.nothing: Booleans = (sure & (self.surely == NOTHING_ARISES)) | gone[self.triggers]
        able = sure & (self.surely >= UNSURE) & (self.keys >= 0) & ~self.nothing
        if duty.rule.again.value != "new" and self.blind:
            able[:] = False
        elif duty.rule.again.value != "new":
            # A second trigger of one key changes what becomes of the first: where there is one, the engine decides.
            there = ~self.nothing & (self.keys >= 0)
            number = np.bincount(self.keys[there], minlength=int(self.keys.max(initial=0)) + 1)
            able &= number[np.maximum(self.keys, 0)] == 1
        self._first(odd)
        self.met: Booleans = able & (self.surely >= 0) & (self.first >= 0) & (self.done <= self.at + self.surely)
        self._becomes(able, at)

    def _unread(self, odd: Booleans) -> bool:
        """Whether an odd row that may start or discharge it has a key that the columns do not know."""
        unread = [rows[odd[rows] & (keys < 0)] for rows, keys in ((self.triggers, self.keys), (self.acts, self.act_keys))]
        read = self.log.events(np.unique(np.concatenate(unread)))
        said = [event for event in read if isinstance(event, Event) and event.retracts is None]
        return any(all(event.fields.get(name) is not None for name in self.rule.same) for event in said)

    def _ask(self) -> None:
        """How long after each trigger an act is certainly in time, in microseconds; and the limit, where the due is exact."""
        self.limits: list[Limit] = []
        surely, which, start = [], [], 0
        heard = {period.event for period in self.rule.periods() if period.event and len(self.log.rows(period.event))}
        for type_ in self.starts:
            size = len(self.log.rows(type_))
            at, start = self.at[start : start + size], start + size
            asked = ask(self.duty, at, lambda name, t=type_: self.log.typed(t, name))  # type: ignore[misc]
            if asked is None:
                surely.append(np.full(size, UNSURE, np.int64))
                which.append(np.full(size, -1, np.int64))
                continue
            spans, limits = [], []
            for fields, then in asked.each:
                if not self.duty.applies(fields, then):
                    spans.append(NOTHING_ARISES)
                    limits.append(-1)
                    continue
                sure, limit = self.duty.surely(fields, then, heard), self.duty.exactly(fields, then, heard)
                spans.append(UNSURE if sure is None else sure // MICROSECOND)
                if limit is not None and limit not in self.limits:
                    self.limits.append(limit)
                limits.append(-1 if limit is None else self.limits.index(limit))
            surely.append(np.where(asked.near, UNSURE, np.array([*spans, 0], np.int64)[asked.which]))
            which.append(np.where(asked.near, -1, np.array([*limits, 0], np.int64)[asked.which]))
        self.surely: Integers = np.concatenate(surely)
        self.limit: Integers = np.concatenate(which)

    def _first(self, odd: Booleans) -> None:
        """The first certain act after each trigger, its instant, and whether another one stands at an instant with it or with the
        trigger; and whether there may be acts nobody can be certain of."""
        doubtful = odd[self.acts]
        certain = (self.act_keys >= 0) & ~doubtful
        self.first, self.tied = first_after(self.keys, self.at, self.act_keys, self.log.occurred[self.acts], certain)
        self.done: Integers = np.where(self.first >= 0, self.log.occurred[self.acts[self.first]] if len(self.acts) else 0, 0)
        unsure = np.unique(self.act_keys[doubtful & (self.act_keys >= 0)])
        self.doubtful: Booleans = np.isin(self.keys, unsure) if len(unsure) else np.zeros(len(self.keys), np.bool_)

    def _becomes(self, able: Booleans, clock: int) -> None:
        limits = self.limits
        self.last: Integers = np.zeros(len(self.at), np.int64)
        self.falls, self.day = self.last, self.last
        exact = able & (self.limit >= 0) & ~self.doubtful & (self.at < TOO_FAR) & (not self.blind)
        lengths = [UNSURE if limit.span is None else limit.span // MICROSECOND for limit in limits]
        spans = np.array([*lengths, 0], np.int64)[self.limit]
        self.last = self.falls = self.at + spans
        by_day = np.nonzero(exact & (spans == UNSURE))[0]
        if len(by_day):
            self.last, self.falls, self.day = self.last.copy(), self.falls.copy(), self.day.copy()
            days = days_of(self.at[by_day], self.rule.reckoning.zone)
            _, first, which = np.unique(days * len(limits) + self.limit[by_day], return_index=True, return_inverse=True)
            dues = [self.rule.reckoning.due(instant_after(int(self.at[by_day[n]])), limits[self.limit[by_day[n]]]) for n in first]
            which = which.reshape(-1)
            self.last[by_day] = np.array([microseconds(due.last) for due in dues], np.int64)[which]
            self.falls[by_day] = np.array([microseconds(due.falls) for due in dues], np.int64)[which]
            self.day[by_day] = np.array([(due.day or date.min).toordinal() if due.day else 0 for due in dues], np.int64)[which]
        became = np.where(self.last < clock, np.int8(MISSED), np.int8(OPEN))
        came = self.first >= 0
        became[came] = np.where(self.done <= self.last, MET, LATE_ACT)[came]
        # Of several acts at one instant, or one at that of the trigger, only their order there says which comes first.
        self.becomes = np.where(exact & ~self.tied, became, UNKNOWN)

    @cached_property
    def bearers(self) -> Typed:
        """Who bears each obligation."""
        bearer = self.rule.bearer
        if bearer.field is None:
            return Typed(np.zeros(len(self.at), np.int64), [self.duty.bearer({})])
        held, numbers = self.typed(bearer.field), dict[object, int]()
        read = [self.duty.bearer({bearer.field: value}) for value in held.values]
        places = np.array([*(numbers.setdefault(unit, len(numbers)) for unit in read), -1], np.int64)
        return Typed(places[held.codes], list(numbers))

    def typed(self, name: str) -> Typed:
        """A field of the triggers."""
        return merged([self.log.typed(type_, name) for type_ in self.starts])

    def counts(self, decided: Booleans, met: Booleans) -> Counter[tuple[str, str | None, Status]]:
        """How many of those *decided* became what, and how many others are *met*, by who bears them."""
        found: Counter[tuple[str, str | None, Status]] = Counter()
        units = self.bearers
        for became, status in STATUSES.items():
            mine = (decided & (self.becomes == became)) | met if became == MET else decided & (self.becomes == became)
            numbers = np.bincount(units.codes[mine] + 1, minlength=len(units.values) + 1)
            for place in np.nonzero(numbers)[0].tolist():
                unit = None if place == 0 else units.values[place - 1]
                found[self.rule.name, unit, status] += int(numbers[place])  # type: ignore[index]
        return found


def first_after(keys: Integers, times: Integers, act_keys: Integers, act_times: Integers,
                certain: Booleans) -> tuple[Integers, Booleans]:
    """For each of *keys* at *times* the place of the first *certain* act of the same key strictly after it, -1 where there is none;
    and whether an act stands at its very instant, or another one beside the first."""
    found, tied = np.full(len(keys), -1, np.int64), np.zeros(len(keys), np.bool_)
    acts = np.nonzero(certain)[0]
    if not len(acts) or not len(keys):
        return found, tied
    its_keys, its_times = act_keys[acts], act_times[acts]
    size = int(max(keys.max(), its_keys.max())) + 1
    if np.bincount(its_keys, minlength=size).max() <= 1:
        # Nearly always: one act of each key.
        act_of = np.full(size + 1, -1, np.int64)
        act_of[its_keys] = acts
        mine = act_of[keys]
        its = np.where(mine >= 0, act_times[mine], 0)
        there = (mine >= 0) & (keys >= 0)
        return np.where(there & (its > times), mine, -1), there & (its == times)
    # Rows of one key stand together, in time; at one instant the acts come first, for they do not lie after it.
    key, time = np.concatenate([its_keys, keys]), np.concatenate([its_times, times])
    order = np.lexsort((np.arange(len(key)), time, key))
    key, time, is_act = key[order], time[order], order < len(acts)
    places = np.where(is_act, np.arange(len(order)), len(order))
    following = np.append(np.minimum.accumulate(places[::-1])[::-1], len(order))
    before = np.maximum.accumulate(np.where(is_act, np.arange(len(order)), -1))
    asking = np.nonzero(~is_act)[0]
    which, next_, last = order[asking] - len(acts), following[asking], before[asking]
    there = next_ < len(order)
    there[there] = key[next_[there]] == key[asking[there]]
    found[which[there]] = acts[order[next_[there]]]
    second = following[np.minimum(next_ + 1, len(order))]
    twin = there & (second < len(order))
    twin[twin] = (key[second[twin]] == key[asking[twin]]) & (time[second[twin]] == time[next_[twin]])
    beside = last >= 0
    beside[beside] = (key[last[beside]] == key[asking[beside]]) & (time[last[beside]] == time[asking[beside]])
    tied[which] = twin | beside
    return found, tied
