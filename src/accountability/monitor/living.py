"""A policy over a living log: events are observed as they arrive, time is moved on, and what stands can be asked for."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import attrs

from accountability.conclusion import Judgement, sorted_findings
from accountability.engine.live import BEGINNING
from accountability.engine.living import LivingEngine
from accountability.engine.logic import Matcher
from accountability.engine.packing import Packer, Unpacker, packed, unpacked
from accountability.errors import SnapshotRejected
from accountability.event import Event, Order, utc
from accountability.ledger import Ledger
from accountability.monitor.changes import Changes, quiet
from accountability.monitor.remembered import Remembered
from accountability.monitor.snapshots import Place, opened, sealed
from accountability.monitor.telling import changes_of
from accountability.organisation import Organisation, changed, is_change
from accountability.policy.changes import CHANGES
from accountability.policy.model import Policy
from accountability.timeline import Refusal, Timeline
from accountability.workdays.localtime import MICROSECOND

ALL_TIME = datetime.max.replace(tzinfo=UTC) - BEGINNING
CLOSED = ("a monitor with a horizon takes the organisation as it was given; change its files, and feed what is still open to a new "
          "monitor")
SELDOM = 1000
"""How many events come in, at the least, before a monitor looks again for what it can let go."""


class Monitor:
    """Judges events as they arrive. Its clock is the latest recorded time seen, moved on by `advance`; never back.

    After any events its judgement equals `semantics.judge` of them, read and known at its clock. An event dated after the clock
    waits until the clock is there. Not for use by several threads at once. An event by which the organisation changes has all that
    happened judged again, which takes as long as that took at first; with a horizon it is refused as `closed-organisation`.

    With a *horizon* the log is closed up to so long before the clock: what happened before that, or would change what did, is
    refused as `too-old`, and what can no longer change is let go. The judgement then equals `judge` of the events that were not
    refused, but for the findings that were let go; its counts go on counting them. Of events that were let go the *ledger* keeps
    the ids, so that one which comes again is known for a duplicate. Raises ValueError for a horizon that is negative.
    """

    def __init__(self, policy: Policy, organisation: Organisation, *, report_all: bool = False, matcher: Matcher | None = None,
                 horizon: timedelta | None = None, ledger: Ledger | None = None) -> None:
        if horizon is not None and horizon < timedelta(0):
            raise ValueError(f"the horizon is {horizon}; declare how long before the clock the log is closed, zero or more")
        self._given, self._matcher = organisation, matcher
        self._engine = LivingEngine(policy, organisation, known_at=BEGINNING, report_all=report_all, matcher=matcher)
        self._timeline = Timeline()
        self._later: list[tuple[Order, Event]] = []
        self._ordinary = ordinary(self._engine)
        # When the organisation learned something, and how much of that is known by the clock.
        self._learned = organisation.learned
        self._known = 0
        self._horizon = horizon
        self._remembered = None if ledger is None or horizon is None else Remembered(ledger, policy.pack)
        self._closed = BEGINNING
        # The clock until which nothing is closed: what lies before it no horizon reaches.
        self._opened = BEGINNING + min(horizon or timedelta(0), ALL_TIME)
        self._until_looked = SELDOM
        self.place = Place()
        """How far the log was read, as noted by whoever reads it: a snapshot keeps it, and judging makes no use of it."""

    @property
    def clock(self) -> datetime:
        """The instant at which everything is read (UTC)."""
        return self._engine.clock

    @property
    def closed(self) -> datetime:
        """The instant (UTC) before which nothing changes any more: the clock less the horizon."""
        return self._closed

    @property
    def next_turn(self) -> datetime | None:
        """The first instant (UTC) to which `advance` may change something: something falls due, a term ends, an announced event
        happens. None if nothing may. Whoever lives by the clock on the wall sets an alarm by it."""
        self._engine.settle()
        heap, known = self._engine.heap, self._known
        turns = [heap[0][0] + MICROSECOND] if heap else []
        turns += [self._later[0][1].occurred_at] if self._later else []
        turns += [self._learned[known]] if known < len(self._learned) else []
        return min(turns, default=None)

    @property
    def horizon(self) -> timedelta | None:
        """How long before its clock the log is closed."""
        return self._horizon

    @property
    def waiting(self) -> tuple[Event, ...]:
        """The corrections and retractions that have no effect so far, since what they name is not known."""
        return tuple(self._timeline.waiting)

    def observe(self, event: Event) -> Changes:
        """Takes in *event* and says what it changes. Events may come late, twice, corrected or retracted."""
        engine, happened, clock = self._engine, event.occurred_at, event.recorded_at
        before = engine.clock
        if clock < before:
            clock = before
        if happened > clock or self._later or self._remembered is not None or is_change(event):
            return self._observe(event, clock)
        if self._horizon is not None and clock > before:
            self._close(clock)
        if not self._timeline.put(event, self._closed):
            return self._observe(event, clock)
        # It is new, names nothing and is named by nothing, as nearly all are.
        if happened > before:
            if self._known < len(self._learned):
                self._move_to(happened)
            else:
                engine.clerk.known_at = happened
                engine.advance(happened)
        engine.add(event)
        if clock is not happened:
            self._move_to(clock)
        changes = changes_of(engine, event.id) if engine.touched else quiet(event.id, clock)
        if self._horizon is None:
            return changes
        self._until_looked -= 1
        return changes if self._until_looked > 0 else self._lighter(changes)

    def follow(self, events: Iterable[Event]) -> Iterator[Changes]:
        """Takes in *events* one by one, as `observe` does, and gives the changes of each that changes or lets go of something.

        Whoever has many to take in is served more quickly so.
        """
        again = True
        for event in events:
            if again:
                engine, timeline = self._engine, self._timeline
                heap, clerk, ways_in = engine.heap, engine.clerk, self._ways_in()
                again = False
            happened = event.occurred_at
            takers = ways_in.get(event.type)
            if takers is None or event.recorded_at is not happened or happened < engine.clock or not timeline.put(event):
                changes, again = self.observe(event), True
            else:
                clerk.known_at = happened
                if heap and heap[0][0] < happened:
                    engine.advance(happened)
                else:
                    engine.clock = happened
                for take in takers:
                    take(event)
                if not engine.touched:
                    continue
                changes = changes_of(engine, event.id)
            if changes or changes.let_go:
                again = True  # whoever gets them may do anything meanwhile
                yield changes

    def _ways_in(self) -> dict[str, Sequence[Callable[[Event], None]]]:
        """What takes in an event of each type, where there is no more to it; none, where something else may be waiting."""
        if self._horizon is not None or self._later or self._known < len(self._learned):
            return {}
        return self._ordinary

    def _observe(self, event: Event, clock: datetime) -> Changes:
        """The same for every event, whatever it names and whenever it happened."""
        if self._horizon is not None and is_change(event):
            return Changes(event.id, self.clock, refused=(Refusal(event, "closed-organisation", CLOSED),))
        self._close(clock)
        recalled = self._remembered and self._remembered.recalled(event, self._timeline, self._closed)
        delta = recalled or self._timeline.add(event, since=self._closed)
        for gone in delta.removed:
            if (gone.order, gone) in self._later:
                self._later.remove((gone.order, gone))
                heapq.heapify(self._later)
            else:
                self._engine.take_back(gone)
        refused, coming = delta.refused, sorted(delta.added, key=lambda e: e.order)
        while coming:
            come = coming[0]
            if come.occurred_at > clock:
                heapq.heappush(self._later, (come.order, come))
            else:
                refused += self._move_to(come.occurred_at, coming)
                self._engine.add(come)
            del coming[0]
        refused += self._move_to(clock)
        if any(map(is_change, (*delta.removed, *delta.added))):
            refused += self._reorganise(delta.added)
        changes = changes_of(self._engine, event.id, refused)
        self._until_looked -= 1
        return changes if self._until_looked > 0 or self._horizon is None else self._lighter(changes)

    def _lighter(self, changes: Changes) -> Changes:
        """*changes*, and what is let go now."""
        more = self.let_go()
        return attrs.evolve(changes, refused=changes.refused + more.refused, let_go=more.let_go)

    def advance(self, to: datetime) -> Changes:
        """Moves the clock to the instant *to* and says what the passing of time changes; one before the clock changes nothing.

        Raises ValueError for an instant without a zone.
        """
        refused = self._move_to(utc(to))
        self._close(self.clock)
        return changes_of(self._engine, None, refused)

    def judgement(self) -> Judgement:
        """What stands at the clock, by what is known."""
        shown = (output.shown for output, _ in self._engine.reported())
        return self._engine.judgement(self.clock, sorted_findings(one for one in shown if one is not None))

    def let_go(self) -> Changes:
        """Lets go of what can no longer change. A monitor with a horizon does so by itself whenever it has doubled in size.

        Refused is what waited in vain for the event that it names.
        """
        self._until_looked = SELDOM
        if self._horizon is None or self._known < len(self._learned):
            return Changes(None, self.clock)  # what is still to be learned may change who answered for anything
        events, refused = self._timeline.let_go(self._closed, self._engine.held_types)
        if self._remembered is not None:
            # Of an id that was waited for in vain nothing counts, nor what another event under it says.
            in_vain = {(refusal.event.source, refusal.event.id) for refusal in refused}
            self._remembered.put([event for event in events if (event.source, event.id) not in in_vain])
        findings = sorted_findings(one.shown for one in self._engine.let_go(self._closed) if one.shown is not None)
        self._until_looked = max(SELDOM, len(self._timeline) + self._engine.size)
        return Changes(None, self.clock, refused=tuple(refused), let_go=findings)

    def snapshot(self) -> bytes:
        """All that it holds, as a line of JSON in UTF-8 that ends with its own digest. `restore` goes on from there as it would."""
        packer, horizon = Packer(), self._horizon
        body = {
            "place": attrs.asdict(self.place), "basis": self._basis(), "report_all": self._engine.report_all,
            "horizon": None if horizon is None else horizon // MICROSECOND,
            "clock": self.clock.isoformat(), "closed": self._closed.isoformat(), "until_looked": self._until_looked,
            "rounds": 0 if self._remembered is None else self._remembered.rounds, "duplicates": self._timeline.duplicates,
            "deliveries": [packer.place(event) for event in self._timeline.deliveries()],
            "rules": self._engine.packed(packer),
            "first": sorted([[*of, packed(value), at.isoformat()] for *of, value, at in self._engine.first_moments(self._closed)],
                            key=str),
            "happenings": packer.happenings,
        }
        return sealed(body)

    @classmethod
    def restore(cls, snapshot: bytes, policy: Policy, organisation: Organisation, *, matcher: Matcher | None = None,
                ledger: Ledger | None = None) -> Self:
        """The monitor that a *snapshot* was taken of, for the same *policy*, *organisation* and, if it had one, *ledger*.

        Raises SnapshotRejected where the snapshot is damaged, of another format, or of another policy, organisation or calendar.
        """
        body = opened(snapshot)
        horizon = None if body["horizon"] is None else body["horizon"] * MICROSECOND
        monitor = cls(policy, organisation, report_all=body["report_all"], matcher=matcher, horizon=horizon, ledger=ledger)
        for name, digest in body["basis"].items():
            if monitor._basis().get(name) != digest:
                raise SnapshotRejected(f"snapshot: other-basis: it was taken under another {name}; restore it under the one it "
                                       "was taken under, or feed the whole log to a new monitor")
        monitor._go_on(body)
        monitor.place = Place(**body.get("place", {}))  # none in those of earlier releases
        return monitor

    def _basis(self) -> dict[str, str]:
        """The digests of all that a judgement rests on beside the events."""
        policy = self._engine.policy
        calendars = {f"calendar `{name}`": calendar.digest for name, calendar in policy.calendars.items()}
        return {"policy": policy.digest, "organisation": self._given.digest, **calendars}

    def _go_on(self, body: dict[str, Any]) -> None:
        """Becomes what the *body* of a snapshot says; nothing has come in so far."""
        found, clock = Unpacker(body["happenings"]), datetime.fromisoformat(body["clock"])
        events = found.events
        for place in body["deliveries"]:
            self._timeline.add(events[place])
        self._timeline.repeated(body["duplicates"] - self._timeline.duplicates)
        self._closed, self._until_looked = datetime.fromisoformat(body["closed"]), body["until_looked"]
        self._organise([e for e in self._timeline.events() if e.occurred_at <= clock])
        self._known = bisect_right(self._learned, clock)
        if self._remembered is not None:
            self._remembered.rounds = body["rounds"]
        for event in self._timeline.events():
            if event.occurred_at > clock:
                heapq.heappush(self._later, (event.order, event))
            elif event.type in self._engine.context_types:
                self._engine.know(event)
        for event_type, field, value, at in body["first"]:
            self._engine.know_moment(event_type, field, unpacked(value), datetime.fromisoformat(at))
        self._engine.unpack(body["rules"], found, clock)
        for output, operator in self._engine.reported():
            output.shown = operator.conclude(output)

    def _close(self, clock: datetime) -> None:
        """Closes the log up to the horizon before *clock*; it is never opened again."""
        if self._horizon is not None and clock > self._opened:
            self._closed = max(self._closed, clock - self._horizon)

    def _move_to(self, to: datetime, coming: Sequence[Event] = ()) -> tuple[Refusal, ...]:
        """Moves the clock on to an instant; gives what waited until then and is refused. What is still *coming* is not in yet."""
        engine = self._engine
        if to <= engine.clock:
            return ()  # what waited until then is in, and what was learned by then is known
        changes = self._catch_up(to) if self._later else []
        if self._known < len(self._learned) and bisect_right(self._learned, to) > self._known:
            self._known = bisect_right(self._learned, to)
            engine.learn(to)
        engine.clerk.known_at = to
        engine.advance(to)
        return self._reorganise(changes, coming) if changes else ()

    def _catch_up(self, to: datetime) -> list[Event]:
        """Takes in what waited for the clock until *to*; gives that by which an organisation changes."""
        changes = []
        while self._later and self._later[0][1].occurred_at <= to:
            _, event = heapq.heappop(self._later)
            self._engine.advance(event.occurred_at)
            self._engine.add(event)
            if is_change(event):
                changes.append(event)
        return changes

    def _organise(self, events: Iterable[Event]) -> tuple[Refusal, ...]:
        """Makes an engine anew for the organisation as *events* change it, if they do; those without effect are refused."""
        organisation, none = changed(self._given, sorted(events, key=lambda e: e.order))
        engine = self._engine
        if organisation.digest != engine.clerk.organisation.digest:
            self._engine = LivingEngine(engine.policy, organisation, known_at=BEGINNING, report_all=engine.report_all,
                                        matcher=self._matcher)
            self._ordinary = ordinary(self._engine)
            self._learned = organisation.learned
        return tuple(Refusal(event, "no-change", why) for event, why in none)

    def _reorganise(self, changes: Sequence[Event], coming: Sequence[Event] = ()) -> tuple[Refusal, ...]:
        """Judges all that has happened by the clock again, if the organisation is another one by what is known now, but for events
        that are still *coming*. Gives those of *changes* that have no effect."""
        before, clock, keys = self._engine, self.clock, {(event.source, event.id) for event in coming}
        happened = (e for e in self._timeline.events() if e.occurred_at <= clock and (e.source, e.id) not in keys)
        events = sorted(happened, key=lambda e: e.order)
        refused = tuple(refusal for refusal in self._organise(events) if refusal.event in changes)
        if self._engine is not before:
            self._known = bisect_right(self._learned, clock)
            self._engine.clerk.known_at = clock
            for event in events:
                self._engine.advance(event.occurred_at)
                self._engine.add(event)
            self._engine.advance(clock)
            self._engine.take_over(before)
        return refused


def ordinary(engine: LivingEngine) -> dict[str, Sequence[Callable[[Event], None]]]:
    """What takes in an event of each declared type by which no organisation changes."""
    return {type_: takers for type_, takers in engine.ways_in.items() if type_ not in CHANGES}
