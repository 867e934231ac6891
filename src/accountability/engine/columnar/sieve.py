"""Which events of a log cannot matter to any rule but as a number, by what the policy says. The sieve itself is in `sieving`.

A trigger of a plain duty whose act certainly came in time gives a `met` that nobody is told of. Where every rule that waits for its
event says as much, the trigger and the act need not become events: they are counted. All else goes to the engine, which alone
decides. What is shown here holds for every history, or the rule keeps all that it waits for, and *keeping* says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from accountability.engine.cell import Operator, bearer_reader
from accountability.engine.closures import NOTHING
from accountability.engine.live import Engine
from accountability.engine.operators.duties import Duties
from accountability.engine.operators.thresholds import Thresholds
from accountability.engine.questions import asks_organisation, concluded_in, contexts_of, moments_in
from accountability.judgement.meanings import meaning_of
from accountability.organisation import Organisation
from accountability.policy.expression import Expression, FieldRef, InForce, ParameterRef, walk
from accountability.policy.kinds import Duty, Rule, Threshold
from accountability.policy.kinds.threshold import Fires
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import Limit, Unit, local_midnight

__all__ = ["Sieve", "SievedDuty", "SievedThreshold", "Watch", "opens", "shortest"]

UNSURE = timedelta(days=2)
"""By so much more than its days, at most, does a limit in days differ from them: its first day and its last one are not whole, and
clocks are changed."""
FEWEST = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28, Unit.YEAR: 365, Unit.WORKING_DAY: 1}


def shortest(limit: Limit) -> timedelta | None:
    """A time that certainly lies between a trigger and its due, wherever its clock starts and ends; None where there is none."""
    if limit.span is not None:
        return limit.span
    if limit.unit not in FEWEST:
        return None
    sure = timedelta(FEWEST[limit.unit] * limit.count) - UNSURE
    return sure if sure > timedelta(0) else None


class Watch:
    """What one rule wants of the triggers of one event type: those to which it may apply.

    *reads*: the fields by which that is decided, beside the time at which it happened. *changes*: the first instants of the local
    days from which on the same fields may mean another thing.
    """

    def __init__(self, operator: Operator[Any, Any], expressions: Iterable[Expression]) -> None:
        self.operator, self.rule = operator, operator.rule
        expressions = list(expressions)
        policy = operator.engine.policy
        days = {d for d in _days(policy, self.rule, expressions) if d.year > 1}
        self.changes = sorted(local_midnight(day, policy.zone) for day in days)
        self.bearer = bearer_reader(operator.clerk, self.rule.bearer)
        names = {e.name for tree in expressions for e in walk(tree) if isinstance(e, FieldRef)}
        if "bearer" in names:
            names = (names - {"bearer"}) | ({self.rule.bearer.field} if self.rule.bearer.field else set())
        self.reads: tuple[str, ...] = tuple(sorted(names))

    def applies(self, fields: Mapping[str, object], at: datetime) -> bool:
        """Whether the rule may apply to a trigger with these fields that happened *at*."""
        fields = {**fields, "bearer": self.bearer(fields)}
        return self.operator.applies(_At(at)) and self.operator.holds(fields, at)


class _At:
    """A happening of which only the instant is asked."""

    key, order, evidence = "", (datetime.min, 0, ()), ()
    fields: Mapping[str, object] = NOTHING

    def __init__(self, at: datetime) -> None:
        self.occurred_at = at

    def get(self, name: str) -> object:
        """No field."""
        return None


class SievedDuty(Watch):
    """A duty of which those triggers need not be kept whose act certainly came in time."""

    def __init__(self, operator: Duties) -> None:
        rule = operator.rule
        tiers = (*rule.tiers, *(t for o in rule.overlays for t in o.tiers))
        asked = [e for t in tiers for e in (t.limit, t.where) if e is not None]
        super().__init__(operator, [*asked, *([rule.guard] if rule.guard is not None else [])])
        self.base, self.overlays = operator.tiers, operator.overlays
        # Where a declared period begins or ends, other limits may be asked for.
        spans = [span for period, _ in self.overlays for span in operator.engine.spans(period.name)]
        self.changes = sorted({*self.changes, *(instant for span in spans for instant in span)})
        self.plainly = operator.at_once

    def exactly(self, fields: Mapping[str, object], at: datetime, heard: Container[str]) -> Limit | None:
        """The limit from a trigger on, whichever period is open, where its due depends on nothing else but the instant of the
        trigger (hours) or its local day (days); None where it may. Only the event types in *heard* may open a period."""
        limits = self._limits(fields, at, heard)
        first = limits[0]
        alike = isinstance(first, Limit) and not first.same_time and all(limit == first for limit in limits)
        return first if alike and self.plainly and isinstance(first, Limit) else None

    def _limits(self, fields: Mapping[str, object], at: datetime, heard: Container[str]) -> list[object]:
        """The limits that there may be, None where there may be none."""
        fields = {**fields, "bearer": self.bearer(fields)}
        courses = []
        for period, tiers in self.overlays:
            declared = self.operator.engine.is_open(period.name, at)
            if declared or period.event in heard:
                courses.append(tiers)
            if declared:
                break
        else:
            courses.append(self.base)
        found: list[object] = []
        for tiers in courses:
            amounts = (amount for where, amount in tiers if where is None or where(fields, NOTHING, at))
            found.append(next((amount(fields, NOTHING, at) for amount in amounts), None))
        return found

    def surely(self, fields: Mapping[str, object], at: datetime, heard: Container[str]) -> timedelta | None:
        """How long after a trigger an act is certainly in time, whichever period is open; None where nobody can say."""
        found = [shortest(limit) if isinstance(limit, Limit) else None for limit in self._limits(fields, at, heard)]
        return None if None in found else min(sure for sure in found if sure is not None)


class SievedThreshold(Watch):
    """A threshold over what columns decide, which they may decide, too."""

    def __init__(self, operator: Thresholds) -> None:
        guard = operator.rule.guard
        super().__init__(operator, [] if guard is None else [guard])
        self.counted = tuple(dict.fromkeys(operator.rule.when))


class Sieve:
    """*duties* and *watches* say which rules look at the rows of an event type; *whole* of which types all are kept, and why;
    *keeping* which rules keep all that they wait for, and why."""

    def __init__(self, policy: Policy, organisation: Organisation, *, report_all: bool = False) -> None:
        self._asked = policy, organisation, report_all
        engine = Engine(policy, organisation, keeps=False, report_all=report_all)
        self._matcher = engine.matcher
        self.types = engine.event_types
        self.whole: dict[str, str] = {type_: _why_asked(type_, policy) for type_ in sorted(engine.context_types)}
        self.keeping: dict[str, str] = {}
        self.duties: list[SievedDuty] = []
        self.decided: list[SievedDuty | SievedThreshold] = []
        """The rules that the columns may decide themselves, each behind those that it waits for."""
        self.left: dict[str, str] = {}
        """Why the engine judges all of a duty or threshold that is not met."""
        self.watches: dict[str, list[Watch]] = defaultdict(list)
        for operator, waited in engine.routes():
            why = _why_not(operator, engine)
            if why is None and isinstance(operator, Duties):
                self.duties.append(SievedDuty(operator))
            elif why is None and all(role == TRIGGER for role, _ in waited):
                guard = operator.rule.guard
                for _, type_ in waited:
                    self.watches[type_].append(Watch(operator, [] if guard is None else [guard]))
            else:
                name = operator.rule.name
                self.keeping[name] = why or "joins its trigger with something else"
                for _, type_ in waited:
                    self.whole.setdefault(type_, f"`{name}` {self.keeping[name]}")
        self._decide(engine, policy)

    @property
    def drops(self) -> bool:
        """Whether there is a type of which not all is kept."""
        return any(type_ not in self.whole for type_ in self.types)

    def engine(self, known_at: datetime) -> Engine:
        """An engine in which nothing has happened, for its operators: they word what columns decide."""
        policy, organisation, report_all = self._asked
        return Engine(policy, organisation, known_at=known_at, keeps=False, report_all=report_all, matcher=self._matcher)

    def _decide(self, engine: Engine, policy: Policy) -> None:
        """Finds the rules that the columns may decide: duties one by one, and thresholds over nothing but such."""
        asked = {t for rule in policy.judged for t in concluded_in(rule.questions())}
        sieved = {duty.rule.index: duty for duty in self.duties}
        operators = [o for o in engine.operators if isinstance(o.rule, Duty | Threshold)]
        whys = {o.rule.index: _why_left(o, engine, asked, sieved) for o in operators}
        names: dict[str, list[int]] = defaultdict(list)
        for rule in policy.judged:
            names[rule.name].append(rule.index)
        done: set[int] = set()
        waiting = [o for o in operators if whys[o.rule.index] is None]
        while ready := [o for o in waiting if o.rule.index in sieved
                        or all(index in done for t in o.rule.when for index in names[t.name] or [-1])]:
            for operator in ready:
                self.decided.append(SievedThreshold(operator) if isinstance(operator, Thresholds) else sieved[operator.rule.index])
                done.add(operator.rule.index)
            waiting = [o for o in waiting if o.rule.index not in done]
        for operator in operators:
            if operator.rule.index not in done:
                self.left[operator.rule.name] = whys[operator.rule.index] or "waits for what the engine concludes"


def _why_left(operator: Operator[Any, Any], engine: Engine, asked: Container[Trigger], sieved: Container[int]) -> str | None:
    """Why the rule of *operator* is left to the engine; None where columns may decide it, if they decide what it waits for."""
    rule = operator.rule
    if any(spec.event is not None for spec in rule.lookups()):
        return "names those who answer by another event"
    if isinstance(rule, Duty):
        if rule.index not in sieved:
            return _why_not(operator, engine)
        return "is asked about by a condition" if Trigger(Made.BREACH, rule.name) in asked else None
    if not rule.plain:
        return "counts something else than members in a window"
    if any(t.made not in (Made.BREACH, Made.FINDING) for t in rule.when):
        return "counts events"
    if contexts_of(rule.questions()):
        return "asks what else is known"
    if operator.clerk.organisation.changes and asks_organisation(rule.questions()):
        return "asks what a unit or post was then"
    if operator.rule.fires is Fires.ONCE:
        return "uses up what it has counted"
    return "is asked about by a condition" if Trigger(Made.FINDING, rule.name) in asked else None


def _why_not(operator: Operator[Any, Any], engine: Engine) -> str | None:
    """Why all must be kept that the rule of *operator* waits for; None where it may be sifted."""
    rule = operator.rule
    if meaning_of(rule) is not None:
        turned = " and ".join(f"«{key}»" for key in rule.turns.keys) if isinstance(rule, Duty) else ""
        return "follows each of its cases step by step" + (f", for it has {turned}" if turned else "")
    if contexts_of(rule.questions()):
        return "asks what else is known"
    if operator.clerk.organisation.changes and asks_organisation(rule.questions()):
        return "asks what a unit or post was then"
    if not isinstance(rule, Duty):
        return None
    if rule.report_all or engine.report_all:
        return "reports what is met"
    if engine.is_awaited(Trigger(Made.DISCHARGE, rule.name)):
        return "tells another rule what is met"
    if rule.provided is not None or rule.even_before is not None:
        return "looks at how it was met"
    if rule.due is not None or "bearer" in rule.same:
        return "has a due or a key of its own for each trigger"
    if any(t.made is not Made.EVENT for t in rule.waits_for()) or {*rule.when} & {*rule.must}:
        return "waits for what other rules conclude, or for one event in two roles"
    return None


def _why_asked(type_: str, policy: Policy) -> str:
    """Who asks about events of *type_*, beside those who wait for them."""
    for rule in policy.judged:
        questions = list(rule.questions())
        if any(asked == type_ for asked, _ in contexts_of(questions) | moments_in(questions)):
            return f"a condition of `{rule.name}` asks about it"
        if any(spec.event is not None and spec.event[0] == type_ for spec in rule.lookups()):
            return f"`{rule.name}` names those who answer by it"
    return opens(type_, policy) or "a rule asks about it"


def opens(type_: str, policy: Policy) -> str | None:
    """Which periods events of *type_* open; None where they open none."""
    opened = " and ".join(f"`{period.name}`" for period in policy.periods.values() if period.event == type_)
    return f"it opens the period {opened}" if opened else None


def _days(policy: Policy, rule: Rule, expressions: Iterable[Expression]) -> Iterator[date]:
    """The local days on which what *rule* says of a trigger may change."""
    yield from (day for day in (rule.effective.since, rule.effective.until) if day is not None)
    for part in (part for tree in expressions for part in walk(tree)):
        if isinstance(part, InForce):
            yield from (day for day in (part.since, part.until) if day is not None)
        elif isinstance(part, ParameterRef):
            yield from (version.since for version in policy.parameters[part.name].versions)
