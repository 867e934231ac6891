"""Reach: what the scenarios of a pack try of each rule, and what they leave untried. In: a policy, its scenarios. Out: goals.

A goal is something that a scenario can make happen: an input of a rule comes in, a condition holds and fails, each of its
alternatives and each exception decides, each row of a table is read, each outcome comes about, and every limit is tried at its last
instant, just before and just after it. A goal that no scenario reaches is a *hole*: nobody has said what ought to happen there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from accountability.conclusion import Conclusion, Kind, Status
from accountability.judgement.bykey import NOTHING
from accountability.policy.checks.inside import is_condition
from accountability.policy.expression import And, Constant, Expression, OneOf, Or, Parameter, ParameterRef, evaluate, walk
from accountability.policy.kinds import (
    Coverage,
    DecidedEffect,
    Duty,
    Effect,
    Gate,
    Prohibition,
    Recurring,
    Rule,
    Scorecard,
    Threshold,
)
from accountability.policy.model import Policy
from accountability.policy.rendering.expressions import phrase
from accountability.policy.rendering.voice import Voice
from accountability.policy.rule import Made, TermKind, Trigger
from accountability.semantics import Known, conclude
from accountability.semantics.known import Case, key_of
from accountability.testing.scenarios import Scenario

GRAIN = timedelta(minutes=1)
"""How near `just before` and `just after` are where a limit ends at an instant. Where it ends with a day, they are days."""
INSTANTS = ("at its last instant", "just before it ends", "just after it ended")
DAYS = ("on its last day", "the day after")
ACTED = frozenset({Status.MET, Status.LATE, Status.REFUSED})
WAITED = frozenset({Status.OPEN, Status.MISSED, Status.LAPSED})
SAY = Voice("en")


@attrs.frozen
class Goal:
    """Something to try of *rule*, in words, and whether a scenario does."""

    rule: str
    what: str
    reached: bool


@attrs.define
class Tried:
    """What has been tried of one rule so far."""

    goals: dict[str, bool] = attrs.Factory(dict)

    def want(self, *whats: str) -> None:
        """Makes a goal of each of *whats*."""
        for what in whats:
            self.goals.setdefault(what, False)

    def reach(self, what: str) -> None:
        """Notes that *what* was tried."""
        self.goals[what] = True


class Watched(Known):
    """All that is known; it remembers under which circumstances each expression was asked."""

    def __init__(self, *known: Any) -> None:
        super().__init__(*known)
        self.asked: dict[int, list[Case]] = defaultdict(list)

    def holds(self, condition: Expression | None, trigger: Mapping[str, object], at: datetime,
              act: Mapping[str, object] = NOTHING) -> bool:
        self.asked[id(condition)].append(Case(self, trigger, at, act))
        return super().holds(condition, trigger, at, act)

    def value(self, amount: Expression, trigger: Mapping[str, object], at: datetime, act: Mapping[str, object] = NOTHING) -> object:
        self.asked[id(amount)].append(Case(self, trigger, at, act))
        return super().value(amount, trigger, at, act)


def reach(policy: Policy, scenarios: Iterable[Scenario]) -> tuple[Goal, ...]:
    """Every goal of every rule of *policy* but the imported ones, in their order, with whether *scenarios* reach it."""
    rules = policy.own.rules
    tried = {rule.name: Tried() for rule in rules}
    for rule in rules:
        tried[rule.name].want(*wanted(rule, policy))
    for scenario in scenarios:
        for checkpoint in scenario.checkpoints:
            known, conclusions = conclude(policy, scenario.organisation, scenario.events, at=checkpoint.at,
                                          known_at=checkpoint.known_at, knowing=Watched)
            assert isinstance(known, Watched)
            by_rule: dict[str, list[Conclusion]] = defaultdict(list)
            for conclusion in conclusions:
                by_rule[conclusion.rule].append(conclusion)
            for rule in rules:
                mine = by_rule[rule.name]
                tried[rule.name].want(*(f"{limit}: {edge}" for c in mine for limit, those in limits(c) for edge in those))
                for what in happened(rule, known, mine):
                    tried[rule.name].reach(what)
    return tuple(Goal(name, what, reached) for name, one in tried.items() for what, reached in one.goals.items())


def wanted(rule: Rule, policy: Policy) -> Iterator[str]:
    """What there is to try of *rule* before anything has happened; limits are known once one has been counted."""
    for _, trigger in rule.inputs():
        if trigger.made is not Made.BAR:
            yield f"{_named(trigger)} comes in"
    for condition in conditions_of(rule):
        yield from (f"{phrase(condition, SAY)}: {'yes' if outcome else 'no'}" for outcome in (True, False))
        yield from (f"{phrase(condition, SAY)}: because {what}" for what, _ in alternatives(condition))
    for exemption in rule.exemptions:
        yield f"except {exemption.label}"
    for name, _ in rule.defeated_by:
        yield f"gives way to {name}"
    for parameter in read_by(rule, policy):
        for version in parameter.versions:
            yield from (_row(parameter, version.since, key) for key in (version.table or [None]))
    yield from (what for what, _ in outcomes(rule))
    if isinstance(rule, Threshold) and rule.reaches > 1:
        yield "the number is not reached"
    if isinstance(rule, Prohibition) and rule.join:
        yield "nothing to join it with"
    if isinstance(rule, Scorecard):
        yield from (f"grade {grade.name}" for grade in rule.grades)


def conditions_of(rule: Rule) -> Iterator[Expression]:
    """The conditions of *rule* but for its exceptions, each once."""
    exempt = {id(e.where) for e in rule.exemptions}
    yield from {id(e): e for e in rule.expressions() if is_condition(e) and id(e) not in exempt}.values()


def alternatives(condition: Expression) -> Iterator[tuple[str, Expression]]:
    """Each way in which an `or` or an `in` by which *condition* may hold can hold: in words, and what then holds."""
    if isinstance(condition, (And, Or)):
        for one in condition.parts:
            if isinstance(condition, Or):
                yield phrase(one, SAY), one
            yield from alternatives(one)
    elif isinstance(condition, OneOf):
        yield from ((f"{phrase(condition.left, SAY)} is {phrase(one, SAY)}", attrs.evolve(condition, options=(one,)))
                    for one in condition.options if isinstance(one, Constant))


def read_by(rule: Rule, policy: Policy) -> Iterator[Parameter]:
    """The parameters that *rule* reads, each once."""
    names = dict.fromkeys(e.name for tree in rule.questions() for e in walk(tree) if isinstance(e, ParameterRef))
    yield from (policy.parameters[name] for name in names)


def outcomes(rule: Rule) -> Iterator[tuple[str, frozenset[Status]]]:
    """What can become of *rule*: in words, and the statuses of which one shows it."""
    late = frozenset({Status.LATE, Status.MISSED})
    match rule:
        case Duty(right=True):
            yield "used in time", frozenset({Status.MET})
            yield "used too late", frozenset({Status.REFUSED})
        case Coverage():
            yield "a gap", frozenset({Status.GAP})
        case Gate():
            yield "passed", frozenset({Status.PASSED})
            yield "refused", frozenset({Status.REFUSED})
        case Threshold(merit=True):
            yield "a merit", frozenset({Status.REACHED})
        case Prohibition() | Threshold():
            yield "a breach", frozenset({Status.BREACH})
        case Effect():
            yield "proposed", frozenset({Status.PROPOSED})
            if rule.decision is not None:
                yield "in force", frozenset({Status.IN_FORCE})
                if rule.decision.term.kind is not TermKind.OPEN or rule.decision.ended is not None:
                    yield "ended", frozenset({Status.ENDED})
                if rule.decision.quashed is not None:
                    yield "quashed", frozenset({Status.QUASHED})
        case DecidedEffect():
            yield "in force", frozenset({Status.IN_FORCE})
            if rule.requires:
                yield "refused", frozenset({Status.REFUSED})
            if rule.term.kind is not TermKind.OPEN or rule.ended is not None:
                yield "ended", frozenset({Status.ENDED})
            if rule.quashed is not None:
                yield "quashed", frozenset({Status.QUASHED})
        case Scorecard():
            yield "a score", frozenset({Status.SCORED})
        case _:
            yield "done in time", frozenset({Status.MET})
            yield "not done in time", late


def happened(rule: Rule, known: Watched, conclusions: list[Conclusion]) -> Iterator[str]:
    """What one look at one scenario tries of *rule*."""
    for _, trigger in rule.inputs():
        if known.happenings.get(trigger):
            yield f"{_named(trigger)} comes in"
    guarded = known.asked.get(id(rule.guard), [])
    for condition in conditions_of(rule):
        cases = [*known.asked.get(id(condition), ()), *(guarded if condition is rule.where else ())]
        yield from decided(condition, cases)
    for case in guarded:
        if rule.where is None or evaluate(rule.where, case) is True:
            yield from (f"except {e.label}" for e in rule.exemptions if evaluate(e.where, case) is True)
            yield from (f"gives way to {name}" for name, where in rule.defeated_by if evaluate(where, case) is True)
    guards = {id(rule.where), *(id(e.where) for e in rule.exemptions), *(id(where) for _, where in rule.defeated_by)}
    for tree in rule.questions():
        for case in (*known.asked.get(id(tree), ()), *(guarded if id(tree) in guards else ())):
            yield from rows_read(tree, case)
    if isinstance(rule, Recurring) and rule.day is not None:
        parameter = known.policy.parameters[rule.day.name]
        yield from (_row(parameter, v.since, None) for v in parameter.versions if any(c.due_date == v.value for c in conclusions))
    for what, statuses in outcomes(rule):
        if any(c.status in statuses for c in conclusions):
            yield what
    yield from {edge for c in conclusions if c.kind is Kind.OBLIGATION for edge in edges(c, known)}
    if isinstance(rule, Threshold):
        yield from counted(rule, known, conclusions)
    if isinstance(rule, Prohibition) and rule.join and len(conclusions) < sum(1 for _ in known.triggers(rule)):
        yield "nothing to join it with"
    if isinstance(rule, Scorecard):
        yield from (f"grade {c.detail('grade')}" for c in conclusions)


def decided(condition: Expression, cases: Iterable[Case]) -> Iterator[str]:
    """How *condition* came out, and which of its alternatives made it hold."""
    for case in cases:
        if evaluate(condition, case) is not True:
            yield f"{phrase(condition, SAY)}: no"
            continue
        yield f"{phrase(condition, SAY)}: yes"
        yield from (f"{phrase(condition, SAY)}: because {what}" for what, one in alternatives(condition)
                    if evaluate(one, case) is True)


def rows_read(tree: Expression, case: Case) -> Iterator[str]:
    """The rows of tables, and the versions of parameters, that *tree* reads in *case*."""
    day = case.day()
    for part in walk(tree):
        if isinstance(part, ParameterRef):
            parameter = case.known.policy.parameters[part.name]
            key = None if part.key is None else evaluate(part.key, case)
            since = max((v.since for v in parameter.versions if v.since <= day), default=None)
            if since is not None and parameter.at(day, key) is not None:
                yield _row(parameter, since, None if key is None else str(key))


def limits(conclusion: Conclusion) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The limit that an obligation has, and the sides from which it is to be tried."""
    if conclusion.kind is Kind.OBLIGATION and (conclusion.due is not None or conclusion.due_date is not None):
        reckoned = conclusion.reckoning
        limit = "the due" if reckoned is None or reckoned.limit is None else str(reckoned.limit)
        yield limit, DAYS if conclusion.due_date is not None else INSTANTS


def edges(conclusion: Conclusion, known: Known) -> Iterator[str]:
    """Which side of its limit an obligation tries, by what was done or by the clock."""
    for limit, those in limits(conclusion):
        then = conclusion.done if conclusion.status in ACTED else known.clock if conclusion.status in WAITED else None
        if then is None:
            continue
        if those is DAYS:
            assert conclusion.due_date is not None
            over = then.astimezone(known.policy.zone).date() - conclusion.due_date
            near = {timedelta(): DAYS[0], timedelta(days=1): DAYS[1]}.get(over)
        else:
            assert conclusion.due is not None
            over = then - conclusion.due
            near = INSTANTS[0] if not over else None if abs(over) > GRAIN else INSTANTS[1 if over < timedelta() else 2]
        if near is not None:
            yield f"{limit}: {near}"


def counted(rule: Threshold, known: Known, conclusions: list[Conclusion]) -> Iterator[str]:
    """Whether there is a key with members but without a finding."""
    keys = {key_of(rule.per, {**member.fields, "bearer": unit}) for member, unit, _ in known.triggers(rule)}
    if len(keys) > len({c.subject for c in conclusions}):
        yield "the number is not reached"


def _named(trigger: Trigger) -> str:
    return f"`{trigger}`"


def _row(parameter: Parameter, since: date, key: str | None) -> str:
    dated = f" as of {since}" if len(parameter.versions) > 1 else ""
    return f"the parameter `{parameter.name}`{dated}" + ("" if key is None else f", row `{key}`")
