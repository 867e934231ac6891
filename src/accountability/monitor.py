"""monitor: a policy over a living log. In: events as they arrive. Out: what each of them changes, and what stands."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

import attrs

from accountability.conclusion import Conclusion, Judgement
from accountability.engine.live import BEGINNING, Engine
from accountability.engine.logic import Matcher
from accountability.event import Event, Order, utc
from accountability.organisation import Organisation
from accountability.policy.model import Policy
from accountability.timeline import Refusal, Timeline


@attrs.frozen
class Changes:
    """What one event, or the passing of time, has changed. *cause* is the id of the event, or None for the clock.

    *revised* holds pairs of one identity, before and after.
    """

    cause: str | None
    at: datetime
    raised: tuple[Conclusion, ...] = ()
    revised: tuple[tuple[Conclusion, Conclusion], ...] = ()
    withdrawn: tuple[Conclusion, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.raised or self.revised or self.withdrawn or self.refused)


class Monitor:
    """Judges events as they arrive. Its clock is the latest recorded time seen, moved on by `advance`; never back.

    After any events its judgement equals `semantics.judge` of them, read and known at its clock. An event dated after the clock
    waits until the clock is there. Not for use by several threads at once.
    """

    def __init__(self, policy: Policy, organisation: Organisation, *, report_all: bool = False,
                 matcher: Matcher | None = None) -> None:
        self._engine = Engine(policy, organisation, known_at=BEGINNING, keeps=True, report_all=report_all, matcher=matcher)
        self._timeline = Timeline()
        self._later: list[tuple[Order, Event]] = []
        self._shown: dict[tuple[int, str], Conclusion] = {}
        # When the organisation learned something, and how much of that is known by the clock.
        self._learned = organisation.learned
        self._known = 0

    @property
    def clock(self) -> datetime:
        """The instant at which everything is read (UTC)."""
        return self._engine.clock

    def observe(self, event: Event) -> Changes:
        """Takes in *event* and says what it changes. Events may come late, twice, corrected or retracted."""
        delta = self._timeline.add(event)
        clock = max(self._engine.clock, event.recorded_at)
        for gone in delta.removed:
            if (gone.order, gone) in self._later:
                self._later.remove((gone.order, gone))
                heapq.heapify(self._later)
            else:
                self._engine.take_back(gone)
        for come in delta.added if len(delta.added) < 2 else sorted(delta.added, key=lambda e: e.order):
            if come.occurred_at > clock:
                heapq.heappush(self._later, (come.order, come))
            else:
                self._move_to(come.occurred_at)
                self._engine.add(come)
        self._move_to(clock)
        return self._changes(event.id, delta.refused)

    def advance(self, to: datetime) -> Changes:
        """Moves the clock to the instant *to* (with a zone) and says what the passing of time changes."""
        self._move_to(utc(to))
        return self._changes(None, ())

    def judgement(self) -> Judgement:
        """What stands at the clock, by what is known."""
        return self._engine.judgement(self.clock)

    def _move_to(self, to: datetime) -> None:
        if to <= self._engine.clock:
            return  # what waited until then is in, and what was learned by then is known
        while self._later and self._later[0][1].occurred_at <= to:
            _, event = heapq.heappop(self._later)
            self._engine.advance(event.occurred_at)
            self._engine.add(event)
        if self._known < len(self._learned) and bisect_right(self._learned, to) > self._known:
            self._known = bisect_right(self._learned, to)
            self._engine.learn(to)
        self._engine.clerk.known_at = to
        self._engine.advance(to)

    def _changes(self, cause: str | None, refused: Iterable[Refusal]) -> Changes:
        if not self._engine.touched:
            return Changes(cause, self.clock, refused=tuple(refused))
        raised, revised, withdrawn = [], [], []
        for place in sorted(self._engine.touched):
            before, now = self._shown.get(place), self._engine.conclusion(place)
            if now is not None:
                self._shown[place] = now
            elif before is not None:
                del self._shown[place]
            if before == now:
                continue
            if before is not None and now is not None and before.identity == now.identity:
                revised.append((before, now))
                continue
            # One trigger corrected to another subject is another conclusion (time.md, Identity).
            if before is not None:
                withdrawn.append(before)
            if now is not None:
                raised.append(now)
        self._engine.touched.clear()
        return Changes(cause, self.clock, tuple(raised), tuple(revised), tuple(withdrawn), tuple(refused))
