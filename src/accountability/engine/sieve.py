"""Which events of a log cannot matter to any rule but as a number, by what the policy says. The sieve itself is in `sieving`.

A trigger of a plain duty whose act certainly came in time gives a `met` that nobody is told of. Where every rule that waits for its
event says as much, the trigger and the act need not become events: they are counted. All else goes to the engine, which alone
decides. What is shown here holds for every history, or the rule keeps all that it waits for, and *whole* says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from accountability.engine.cell import Operator, asks_organisation, bearer_reader, contexts_of
from accountability.engine.closures import NOTHING
from accountability.engine.duties import Duties
from accountability.engine.live import Engine
from accountability.judgement.meanings import meaning_of
from accountability.organisation import Organisation
from accountability.policy.expression import Expression, FieldRef, InForce, ParameterRef, walk
from accountability.policy.kinds import Duty, Rule
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made, Trigger
from accountability.workdays import Limit, Unit, local_midnight

__all__ = ["Sieve", "SievedDuty", "Watch", "shortest"]

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


class SievedDuty(Watch):
    """A duty of which those triggers need not be kept whose act certainly came in time."""

    def __init__(self, operator: Duties) -> None:
        rule = operator.rule
        tiers = (*rule.tiers, *(t for o in rule.overlays for t in o.tiers))
        asked = [e for t in tiers for e in (t.limit, t.where) if e is not None]
        super().__init__(operator, [*asked, *([rule.guard] if rule.guard is not None else [])])
        self.courses = [operator.tiers, *(tiers for _, tiers in operator.overlays)]

    def surely(self, fields: Mapping[str, object], at: datetime) -> timedelta | None:
        """How long after a trigger an act is certainly in time, whichever period is open; None where nobody can say."""
        fields = {**fields, "bearer": self.bearer(fields)}
        found = []
        for tiers in self.courses:
            amounts = (amount for where, amount in tiers if where is None or where(fields, NOTHING, at))
            limit = next((amount(fields, NOTHING, at) for amount in amounts), None)
            sure = shortest(limit) if isinstance(limit, Limit) else None
            if sure is None:
                return None
            found.append(sure)
        return min(found)


class Sieve:
    """*duties* and *watches* say which rules look at the rows of an event type; *whole* of which types all are kept, and why."""

    def __init__(self, policy: Policy, organisation: Organisation, *, report_all: bool = False) -> None:
        engine = Engine(policy, organisation, keeps=False, report_all=report_all)
        self.types = engine.event_types
        asked = "conditions, periods or those who answer ask about it"
        self.whole: dict[str, str] = dict.fromkeys(sorted(engine.context_types), asked)
        self.duties: list[SievedDuty] = []
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
                for _, type_ in waited:
                    self.whole.setdefault(type_, f"`{operator.rule.name}` {why or 'joins it with something else'}")

    @property
    def drops(self) -> bool:
        """Whether there is a type of which not all is kept."""
        return any(type_ not in self.whole for type_ in self.types)


def _why_not(operator: Operator[Any, Any], engine: Engine) -> str | None:
    """Why all must be kept that the rule of *operator* waits for; None where it may be sifted."""
    rule = operator.rule
    if meaning_of(rule) is not None:
        return "follows each of its cases step by step"
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


def _days(policy: Policy, rule: Rule, expressions: Iterable[Expression]) -> Iterator[date]:
    """The local days on which what *rule* says of a trigger may change."""
    yield from (day for day in (rule.effective.since, rule.effective.until) if day is not None)
    for part in (part for tree in expressions for part in walk(tree)):
        if isinstance(part, InForce):
            yield from (day for day in (part.since, part.until) if day is not None)
        elif isinstance(part, ParameterRef):
            yield from (version.since for version in policy.parameters[part.name].versions)
