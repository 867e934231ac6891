"""Reach: what the scenarios of a pack try of each rule, and what they leave untried. In: a policy, its scenarios. Out: goals.

A goal is something that a scenario can make happen: an input of a rule comes in, a condition holds and fails, each of its
alternatives and each exception decides, each row of a table is read, each outcome comes about, and every limit is tried at its last
instant, just before and just after it. A goal that no scenario reaches is a *hole*: nobody has said what ought to happen there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from accountability.conclusion import Conclusion, Kind, Status
from accountability.judgement.bykey import NOTHING
from accountability.policy.checks.inside import is_condition
from accountability.policy.expression import Expression, Parameter, ParameterRef, evaluate, walk
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
from accountability.policy.rule import Made, TermKind
from accountability.semantics import Known, conclude
from accountability.semantics.known import Case, key_of
from accountability.testing.goals import (
    BREACH,
    DAYS,
    DONE,
    ENDED,
    GAP,
    IN_FORCE,
    INSTANTS,
    MERIT,
    NOT_DONE,
    NOT_JOINED,
    NOT_REACHED,
    PASSED,
    PROPOSED,
    QUASHED,
    REFUSED,
    SCORE,
    USED,
    USED_LATE,
    Goal,
    What,
    comes_in,
    excepted,
    gives_way,
    grade,
    outcomes_of,
    row,
    side,
    ways_of,
)
from accountability.testing.scenarios import Scenario
from accountability.workdays import Limit

GRAIN = timedelta(minutes=1)
"""How near `just before` and `just after` are where a limit ends at an instant. Where it ends with a day, they are days."""
ACTED = frozenset({Status.MET, Status.LATE, Status.REFUSED})
WAITED = frozenset({Status.OPEN, Status.MISSED, Status.LAPSED})


@attrs.define
class Tried:
    """What has been tried of one rule so far."""

    goals: dict[What, bool] = attrs.Factory(dict)

    def want(self, *whats: What) -> None:
        """Makes a goal of each of *whats*."""
        for what in whats:
            self.goals.setdefault(what, False)

    def reach(self, what: What) -> None:
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
                tried[rule.name].want(*(side(limit, edge) for c in mine for limit, those in limits(c) for edge in those))
                for what in happened(rule, known, mine):
                    tried[rule.name].reach(what)
    return tuple(Goal(name, what.english, reached, what.chinese)
                 for name, one in tried.items() for what, reached in one.goals.items())


def wanted(rule: Rule, policy: Policy) -> Iterator[What]:
    """What there is to try of *rule* before anything has happened; limits are known once one has been counted."""
    for _, trigger in rule.inputs():
        if trigger.made is not Made.BAR:
            yield comes_in(trigger)
    for condition in conditions_of(rule):
        yield from outcomes_of(condition)
        yield from (what for what, _ in ways_of(condition))
    for exemption in rule.exemptions:
        yield excepted(exemption.label)
    for name, _ in rule.defeated_by:
        yield gives_way(name)
    for parameter in read_by(rule, policy):
        for version in parameter.versions:
            yield from (row(parameter, version.since, key) for key in (version.table or [None]))
    yield from (what for what, _ in outcomes(rule))
    if isinstance(rule, Threshold) and rule.reaches > 1:
        yield NOT_REACHED
    if isinstance(rule, Prohibition) and rule.join:
        yield NOT_JOINED
    if isinstance(rule, Scorecard):
        yield from (grade(one.name) for one in rule.grades)


def conditions_of(rule: Rule) -> Iterator[Expression]:
    """The conditions of *rule* but for its exceptions, each once."""
    exempt = {id(e.where) for e in rule.exemptions}
    yield from {id(e): e for e in rule.expressions() if is_condition(e) and id(e) not in exempt}.values()


def read_by(rule: Rule, policy: Policy) -> Iterator[Parameter]:
    """The parameters that *rule* reads, each once."""
    names = dict.fromkeys(e.name for tree in rule.questions() for e in walk(tree) if isinstance(e, ParameterRef))
    yield from (policy.parameters[name] for name in names)


def outcomes(rule: Rule) -> Iterator[tuple[What, frozenset[Status]]]:
    """What can become of *rule*: in words, and the statuses of which one shows it."""
    late = frozenset({Status.LATE, Status.MISSED})
    match rule:
        case Duty(right=True):
            yield USED, frozenset({Status.MET})
            yield USED_LATE, frozenset({Status.REFUSED})
        case Coverage():
            yield GAP, frozenset({Status.GAP})
        case Gate():
            yield PASSED, frozenset({Status.PASSED})
            yield REFUSED, frozenset({Status.REFUSED})
        case Threshold(merit=True):
            yield MERIT, frozenset({Status.REACHED})
        case Prohibition() | Threshold():
            yield BREACH, frozenset({Status.BREACH})
        case Effect():
            yield PROPOSED, frozenset({Status.PROPOSED})
            if rule.decision is not None:
                yield IN_FORCE, frozenset({Status.IN_FORCE})
                if rule.decision.term.kind is not TermKind.OPEN or rule.decision.ended is not None:
                    yield ENDED, frozenset({Status.ENDED})
                if rule.decision.quashed is not None:
                    yield QUASHED, frozenset({Status.QUASHED})
        case DecidedEffect():
            yield IN_FORCE, frozenset({Status.IN_FORCE})
            if rule.requires:
                yield REFUSED, frozenset({Status.REFUSED})
            if rule.term.kind is not TermKind.OPEN or rule.ended is not None:
                yield ENDED, frozenset({Status.ENDED})
            if rule.quashed is not None:
                yield QUASHED, frozenset({Status.QUASHED})
        case Scorecard():
            yield SCORE, frozenset({Status.SCORED})
        case _:
            yield DONE, frozenset({Status.MET})
            yield NOT_DONE, late


def happened(rule: Rule, known: Watched, conclusions: list[Conclusion]) -> Iterator[What]:
    """What one look at one scenario tries of *rule*."""
    for _, trigger in rule.inputs():
        if known.happenings.get(trigger):
            yield comes_in(trigger)
    guarded = known.asked.get(id(rule.guard), [])
    for condition in conditions_of(rule):
        cases = [*known.asked.get(id(condition), ()), *(guarded if condition is rule.where else ())]
        yield from decided(condition, cases)
    for case in guarded:
        if rule.where is None or evaluate(rule.where, case) is True:
            yield from (excepted(e.label) for e in rule.exemptions if evaluate(e.where, case) is True)
            yield from (gives_way(name) for name, where in rule.defeated_by if evaluate(where, case) is True)
    guards = {id(rule.where), *(id(e.where) for e in rule.exemptions), *(id(where) for _, where in rule.defeated_by)}
    for tree in rule.questions():
        for case in (*known.asked.get(id(tree), ()), *(guarded if id(tree) in guards else ())):
            yield from rows_read(tree, case)
    if isinstance(rule, Recurring) and rule.day is not None:
        parameter = known.policy.parameters[rule.day.name]
        yield from (row(parameter, v.since, None) for v in parameter.versions if any(c.due_date == v.value for c in conclusions))
    for what, statuses in outcomes(rule):
        if any(c.status in statuses for c in conclusions):
            yield what
    yield from {edge for c in conclusions if c.kind is Kind.OBLIGATION for edge in edges(c, known)}
    if isinstance(rule, Threshold):
        yield from counted(rule, known, conclusions)
    if isinstance(rule, Prohibition) and rule.join and len(conclusions) < sum(1 for _ in known.triggers(rule)):
        yield NOT_JOINED
    if isinstance(rule, Scorecard):
        yield from (grade(str(c.detail("grade"))) for c in conclusions)


def decided(condition: Expression, cases: Iterable[Case]) -> Iterator[What]:
    """How *condition* came out, and which of its alternatives made it hold."""
    (holds, fails), ways = outcomes_of(condition), ways_of(condition)
    for case in cases:
        if evaluate(condition, case) is not True:
            yield fails
            continue
        yield holds
        yield from (what for what, one in ways if evaluate(one, case) is True)


def rows_read(tree: Expression, case: Case) -> Iterator[What]:
    """The rows of tables, and the versions of parameters, that *tree* reads in *case*."""
    day = case.day()
    for part in walk(tree):
        if isinstance(part, ParameterRef):
            parameter = case.known.policy.parameters[part.name]
            key = None if part.key is None else evaluate(part.key, case)
            since = max((v.since for v in parameter.versions if v.since <= day), default=None)
            if since is not None and parameter.at(day, key) is not None:
                yield row(parameter, since, None if key is None else str(key))


def limits(conclusion: Conclusion) -> Iterator[tuple[Limit | None, tuple[What, ...]]]:
    """The limit that an obligation has, None where its due is given, and the sides from which it is to be tried."""
    if conclusion.kind is Kind.OBLIGATION and (conclusion.due is not None or conclusion.due_date is not None):
        reckoned = conclusion.reckoning
        yield None if reckoned is None else reckoned.limit, DAYS if conclusion.due_date is not None else INSTANTS


def edges(conclusion: Conclusion, known: Known) -> Iterator[What]:
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
            yield side(limit, near)


def counted(rule: Threshold, known: Known, conclusions: list[Conclusion]) -> Iterator[What]:
    """Whether there is a key with members but without a finding."""
    keys = {key_of(rule.per, {**member.fields, "bearer": unit}) for member, unit, _ in known.triggers(rule)}
    if len(keys) > len({c.subject for c in conclusions}):
        yield NOT_REACHED
