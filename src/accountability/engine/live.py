"""The engine: the rules of one policy as operators over cells, a clock, and what stands at it.

Time is here (cells, windows, a heap of instants at which something may change by itself); joins are the matcher's. The engine is
pure: no wall clock, no input or output, the same answer whatever the order of arrival.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count

from accountability.conclusion import Conclusion, Judgement, Status, sorted_findings
from accountability.engine.board import AnyOperator, Board
from accountability.engine.closures import Compiler
from accountability.engine.host import Key, Listener, Sleeper
from accountability.engine.indexes import KeyIndex
from accountability.engine.logic import Matcher, make_matcher
from accountability.engine.operators.bykey import ByKey
from accountability.engine.operators.climbs import Climbs
from accountability.engine.operators.coverages import Coverages
from accountability.engine.operators.effects import Effects
from accountability.engine.operators.joins import compile_logic
from accountability.engine.operators.joints import Joints
from accountability.engine.operators.legs import Legs
from accountability.engine.operators.prohibitions import Prohibitions
from accountability.engine.operators.quiet import duties
from accountability.engine.operators.recurrences import OnceBy, Recurrences
from accountability.engine.operators.runs import thresholds
from accountability.engine.operators.steps import Steps
from accountability.engine.operators.tallies import Tallies
from accountability.engine.questions import (
    asks_organisation,
    concluded_in,
    contexts_of,
    last_of_all_in,
    lasts_in,
    moments_in,
    same_keys_in,
)
from accountability.engine.settled import rules_letting_go
from accountability.engine.spans import EVER
from accountability.event import Event, Happening, utc
from accountability.judgement.finding import Clerk
from accountability.judgement.meanings import meaning_of
from accountability.organisation import Organisation
from accountability.policy.kinds import Coverage, Duty, Effect, Gate, Prohibition, Recurring, Rule, Threshold
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import local_midnight

BEGINNING = datetime.min.replace(tzinfo=UTC)
OPERATORS: dict[type, Callable[..., AnyOperator]] = {
    Duty: duties, Prohibition: Prohibitions, Threshold: lambda engine, rule: (thresholds if rule.plain else Tallies)(engine, rule),
    Effect: Effects}
Span = tuple[datetime, datetime]


class Engine(Board):
    """Runs *policy* over events that are added, taken back and added late, at a clock that only moves forward.

    *keeps* says whether what is finished is kept, so that late events and corrections can reopen it; a replay of a whole history in
    order needs none of it. *matcher* defaults to durable-rules where its C module can be imported.
    """

    def __init__(self, policy: Policy, organisation: Organisation, *, known_at: datetime | None = None, keeps: bool = True,
                 report_all: bool = False, matcher: Matcher | None = None) -> None:
        self.policy, self.keeps, self.report_all = policy, keeps, report_all
        self.clock = BEGINNING
        self.clerk = Clerk(policy, organisation, known_at)
        self.matcher = matcher or make_matcher(compile_logic(policy))
        self._indexes: dict[tuple[str, str], KeyIndex] = {}
        super().__init__(Compiler(policy.parameters, organisation, policy.zone, self._indexes, policy.vocabulary,
                                  lambda: self.clerk.known_at))
        self._awaited = {t for rule in policy.judged for t in (*rule.waits_for(), *concluded_in(rule.questions()))}
        self.heap: list[tuple[datetime, int, Sleeper, Key, str]] = []
        self._ticket = count()
        self._spans: dict[str, list[Span]] = {
            p.name: [(local_midnight(a, policy.zone), local_midnight(b, policy.zone)) for a, b in p.declared]
            for p in policy.periods.values()
        }
        self._operators: list[AnyOperator] = []
        self._events: dict[str, list[tuple[AnyOperator, int]]] = defaultdict(list)
        self._takers: dict[str, list[Callable[[Happening], None]]] = defaultdict(list)
        self._facts: dict[str, dict[Made, list[Listener]]] = {
            r.name: {made: [] for made in Made} for r in policy.rules
        }
        self._overlaid: dict[str, list[AnyOperator]] = defaultdict(list)
        self._moments = self.closures.moments
        self._last_of_all: set[tuple[str, str]] = set()
        self._naming: dict[tuple[str, str], list[AnyOperator]] = defaultdict(list)
        self.clerk.happened = lambda event_type, field, value: self._moments[event_type, field].get(value, ())
        for rule in policy.judged:
            self._place(rule, self._operator(rule))
        opening = {p.event for p in policy.periods.values() if p.event}
        self.held_types = frozenset({e for e, _ in (*self._indexes, *self.closures.lasts)} | opening)
        """The event types of which conditions and periods ask more than whether one had happened, and when it first had."""
        self.context_types = self.held_types | {e for e, _ in self._moments}
        """The event types that conditions and periods ask about, whenever they happened."""
        self.event_types = frozenset(self._events) | self.context_types
        """The event types that matter to some rule; no other need be added."""
        self.ways_in: dict[str, tuple[Callable[[Event], None], ...]] = {
            type_: (*((self.know,) if type_ in self.context_types else ()), *self._takers.get(type_, ()))
            for type_ in {*policy.vocabulary, *self.event_types}}
        """What takes in an event of each type that is declared, one after the other."""
        letting_go = rules_letting_go(policy)
        for operator in self._operators:
            operator.lets_go = keeps and operator.rule.index in letting_go
            operator.shows = keeps and not operator.rule.draft
            if isinstance(operator, ByKey):
                operator.open()

    def _operator(self, rule: Rule) -> AnyOperator:
        if isinstance(rule, Recurring) and rule.limit is not None:
            return Legs(self, rule)
        if isinstance(rule, Recurring) and rule.each is not None:
            return (OnceBy if rule.every is None else Recurrences)(self, rule)
        if isinstance(rule, Coverage):
            return Coverages(self, rule)
        if isinstance(rule, Gate) and rule.barred is not None:
            return Steps(self, rule)
        if isinstance(rule, Effect) and not rule.plain:
            return (Joints if rule.joined else Climbs)(self, rule)
        if (meaning := meaning_of(rule)) is not None and not isinstance(rule, Threshold):
            return ByKey(self, rule, meaning)
        return OPERATORS[type(rule)](self, rule)

    def _place(self, rule: Rule, operator: AnyOperator) -> None:
        self._operators.append(operator)
        for context in contexts_of(rule.questions()):
            self._asking[context].append(operator)
        for context in same_keys_in(rule.questions()):
            self.closures.index(context)
        for context in lasts_in(rule.questions()):
            self.closures.last(context)
        self._last_of_all |= last_of_all_in(rule.questions())
        for context in moments_in(rule.questions()):
            self._moments.setdefault(context, {})
            self._naming[context].append(operator)
        for spec in rule.lookups():
            if spec.event is not None:
                self._moments.setdefault(spec.event, {})
                self._naming[spec.event].append(operator)
        if self.keeps:
            named = [spec.event for spec in rule.lookups() if spec.event is not None]
            for _, field in (*contexts_of(rule.questions()), *moments_in(rule.questions()), *named):
                operator.heard.listen(field)
        for period in rule.periods():
            self._overlaid[period.name].append(operator)
        for role, trigger in rule.inputs():
            self._route(trigger, operator, role)

    def _route(self, trigger: Trigger, operator: AnyOperator, role: int) -> None:
        take = operator.taker(role)
        if operator.heard and (role == TRIGGER or isinstance(operator, ByKey)):
            take = _noting(operator, role, take)
        if trigger.made is Made.EVENT:
            self._events[trigger.name].append((operator, role))
            self._takers[trigger.name].append(take)
        elif trigger.name in self._facts:
            self._facts[trigger.name][trigger.made].append((operator, role, take))

    def listeners(self, rule: str) -> Mapping[Made, Sequence[Listener]]:
        """Who waits for what *rule* concludes, in which role, and how it is taken in there."""
        return self._facts[rule]

    @property
    def operators(self) -> Sequence[AnyOperator]:
        """The rules as they are run, in the order of the pack."""
        return self._operators

    def routes(self) -> Iterable[tuple[AnyOperator, list[tuple[int, str]]]]:
        """Every operator, with the event types that it waits for and in which roles."""
        for operator in self._operators:
            yield operator, [(role, type_) for type_, takers in self._events.items() for other, role in takers if other is operator]

    def add(self, event: Event) -> None:
        """Takes in *event*, at any place in time. It must have happened by the clock or be next in order."""
        for take in self.ways_in.get(event.type, ()):
            take(event)

    def run(self, event: Event) -> None:
        """Takes in *event* as trigger and act only; what conditions ask about must be known by `know`."""
        for take in self._takers.get(event.type, ()):
            take(event)

    def follow(self, events: Iterable[Event]) -> None:
        """Runs *events*, which must be in order, each at its own instant."""
        heap, takers = self.heap, self._takers
        for event in events:
            at = event.occurred_at
            if at > self.clock:
                if heap and heap[0][0] < at:
                    self.advance(at)
                else:
                    self.clock = at
            for take in takers.get(event.type, ()):
                take(event)

    def take_back(self, event: Event) -> None:
        """Takes back an event that was added: it was corrected or retracted."""
        for operator, role in self._events.get(event.type, ()):
            operator.remove(role, event)
        if event.type in self.context_types:
            self.know(event, present=False)

    def know(self, event: Event, *, present: bool = True) -> None:
        """Lets conditions and periods know of *event*, or no longer; what that changes is judged again."""
        for (event_type, field), index in self._indexes.items():
            if event_type == event.type:
                self._count(index, (event_type, field), event.fields.get(field), 1 if present else -1)
        for (event_type, field), last in self.closures.lasts.items():
            if event_type == event.type:
                value = event.fields.get(field)
                last.put(value, event) if present else last.drop(value, event)
                earliest = EVER if (event_type, field) in self._last_of_all else event.occurred_at
                for operator in self._asking[event_type, field]:
                    operator.touch(field, value, earliest)
        for (event_type, field), moments in self._moments.items():
            if event_type == event.type:
                instants = moments.setdefault(event.fields.get(field), [])
                first = instants[:1]
                insort(instants, event.occurred_at) if present else instants.remove(event.occurred_at)
                if instants[:1] != first:  # nobody asks of any but the first
                    for operator in self._naming[event_type, field]:
                        operator.touch(field, event.fields.get(field))
        for period in self.policy.periods.values():
            if period.event == event.type:
                since, until = event.fields[period.since_field], event.fields[period.until_field]
                assert isinstance(since, datetime)
                assert isinstance(until, datetime)
                spans = self._spans[period.name]
                spans.append((since, until)) if present else spans.remove((since, until))
                for operator in self._overlaid[period.name]:
                    operator.touch_span(since, until)

    def learn(self, known_at: datetime) -> None:
        """The organisation is from now on known as of *known_at*: whoever is named may be somebody else."""
        self.clerk.known_at = known_at
        self.touched.update(self.reported())
        for operator in self._operators:
            if isinstance(operator, (Effects, ByKey)) or asks_organisation(operator.rule.questions()):
                operator.again()

    def _count(self, index: KeyIndex, context: tuple[str, str], value: object, change: int) -> None:
        before = index.get(value, 0)
        if before + change:
            index[value] = before + change
        else:
            del index[value]
        if not before or not before + change:
            for operator in self._asking[context]:
                operator.touch(context[1], value)

    def advance(self, to: datetime) -> None:
        """Moves the clock forward to *to* (with a zone); what fell due before it is judged on the way, in order. Never back."""
        if to <= self.clock:
            return
        if to.tzinfo is not UTC:
            to = utc(to)
        self.clock = to
        self.settle()

    def settle(self) -> None:
        """Lets go of the instants that the clock has passed: what changes by itself at each is judged, in order.

        What was judged again may have asked for instants that were past already: they were judged by the clock; nothing changes.
        """
        heap, clock = self.heap, self.clock
        while heap and heap[0][0] < clock:
            _, _, sleeper, key, label = heapq.heappop(heap)
            sleeper.due(key, label)

    def wake(self, last: datetime, sleeper: Sleeper, key: Key, label: str) -> None:
        """Asks for `sleeper.due(key, label)` as soon as the clock is past *last*."""
        heapq.heappush(self.heap, (last, next(self._ticket), sleeper, key, label))

    def is_open(self, period: str, at: datetime) -> bool:
        """Whether *period* is open at the instant *at*, by what is known."""
        return any(since <= at < until for since, until in self._spans[period])

    def spans(self, period: str) -> list[Span]:
        """When *period* is open, by what is known."""
        return self._spans[period]

    def is_awaited(self, trigger: Trigger) -> bool:
        """Whether some rule waits for *trigger*; facts that none asks about are never made."""
        return trigger in self._awaited

    def judgement(self, known_at: datetime, findings: Sequence[Conclusion] | None = None) -> Judgement:
        """What stands at the clock; its *findings*, where somebody has them in order."""
        return Judgement(
            at=self.clock, known_at=utc(known_at), counts=self.counts,
            findings=sorted_findings(self.conclusions()) if findings is None else findings,
            would=sorted_findings(self.conclusions(drafts=True)))

    @property
    def counts(self) -> dict[tuple[str, str | None, Status], int]:
        """How many conclusions stand, reported or not, by rule, unit and status."""
        found: dict[tuple[str, str | None, Status], int] = {}
        for operator in (o for o in self._operators if not o.rule.draft):
            for counted, number in operator.counts():
                # Two versions of a rule have one name.
                found[counted] = found.get(counted, 0) + number
        return found


def _noting(operator: AnyOperator, role: int, take: Callable[[Happening], None]) -> Callable[[Happening], None]:
    """*take*, once it is noted under which key the happening comes in."""
    def noted(happening: Happening) -> None:
        operator.note(role, happening)
        take(happening)

    return noted
