"""The plan for a pack: how each rule is judged where a log is large, what a horizon lets go of, and which events are read at all.

Nothing is decided here. What is said of the sieve is what `columnar.sieve` has found, and of a horizon what `settled` has.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from enum import StrEnum

import attrs

from accountability.engine.columnar.sieve import Sieve, SievedDuty, SievedThreshold, opens
from accountability.engine.operators.joins import compile_logic
from accountability.engine.questions import contexts_of
from accountability.engine.settled import why_kept
from accountability.judgement.meanings import meaning_of
from accountability.organisation import Organisation
from accountability.policy.kinds import MODELS
from accountability.policy.model import Policy
from accountability.policy.rule import TRIGGER, Made


class Way(StrEnum):
    """How the findings of a rule are come to where a log is large."""

    COLUMNS = "by columns"
    BOTH = "in part by columns, else by the engine"
    ENGINE = "by the engine"


class Share(StrEnum):
    """How many events of a type are given to the engine where a log is large."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


Ways = Mapping[str, tuple[Way, str | None]]


@attrs.frozen
class RulePlan:
    """What is done with one rule. *because* says why not all of it is done by columns, *stays* why a horizon lets nothing of it go;
    both say of the rule what it does or is, and are None where that is not so. *joins*: whether the rule matcher is asked."""

    rule: str
    kind: str
    draft: bool
    waits_for: tuple[str, ...]
    way: Way
    because: str | None
    joins: bool
    stays: str | None


@attrs.frozen
class TypePlan:
    """How many events of a *type* go to the engine, and *because* of which of its *rules*; and why it *stays* in the log of a
    monitor, None where a horizon lets it go."""

    type: str
    share: Share
    because: str
    rules: tuple[str, ...] = ()
    stays: str | None = None


@attrs.frozen
class Plan:
    """*rules* in the order in which they are judged, each behind those it waits for; *types* in that of the vocabulary."""

    rules: tuple[RulePlan, ...]
    types: tuple[TypePlan, ...]


def plan(policy: Policy, organisation: Organisation, *, mapping: bool = False) -> Plan:
    """What will be done with *policy*, and why; *mapping* says whether its events are read through a mapping.

    Columns hand over to the engine whatever they are not certain of, so of a log with corrections, say, more than *share* may be.
    """
    sieve = Sieve(policy, organisation)
    types = {type_: _type(type_, policy, sieve) for type_ in policy.vocabulary}
    ways, concluded = _ways(policy, sieve, types)
    if mapping:
        ways = dict.fromkeys(ways, (Way.ENGINE, "is in a pack with a mapping"))
        types = {name: _unmapped(one) for name, one in types.items()}
    else:
        types = {name: _sifted(one, sieve, ways, concluded) if one.share is Share.SOME else one for name, one in types.items()}
    compiled, kept = {rule.name for rule in compile_logic(policy)}, why_kept(policy)
    rules = [RulePlan(rule.name, MODELS[type(rule)].word, rule.draft, tuple(dict.fromkeys(map(str, rule.waits_for()))),
                      *ways[rule.name], rule.name in compiled and meaning_of(rule) is None, kept.get(rule.index))
             for rule in policy.judged]
    return Plan(tuple(rules), tuple(attrs.evolve(one, stays=_stays(one.type, policy)) for one in types.values()))


def _type(type_: str, policy: Policy, sieve: Sieve) -> TypePlan:
    """How many events of *type_* go to the engine, whatever becomes of them there."""
    waiting = [r.name for r in policy.judged if any(t.made is Made.EVENT and t.name == type_ for t in r.waits_for())]
    if type_ not in sieve.types:
        return TypePlan(type_, Share.NONE, "no rule asks about it")
    if type_ in sieve.whole:
        return TypePlan(type_, Share.ALL, sieve.whole[type_], tuple(name for name in waiting if name in sieve.keeping))
    if always := tuple(w.rule.name for w in sieve.watches[type_] if not w.operator.limited):
        return TypePlan(type_, Share.ALL, f"`{always[0]}` applies to each of them", always)
    return TypePlan(type_, Share.SOME, "", tuple(waiting))


def _ways(policy: Policy, sieve: Sieve, types: Mapping[str, TypePlan]) -> tuple[Ways, set[str]]:
    """How each rule is judged, by its name, and why not by columns alone; and the rules of whose breaches or findings columns
    conclude some."""
    decided = {watch.rule.name: watch for watch in sieve.decided}
    sieved = {duty.rule.name: duty for duty in sieve.duties}
    found: dict[str, tuple[Way, str | None]] = {}
    concluded: set[str] = set()
    for rule in policy.judged:  # each comes after those it waits for
        name, watch = rule.name, decided.get(rule.name)
        starts = {t.name: types[t.name].share is Share.ALL for t in rule.when if t.name in types}
        whole = " and ".join(f"`{type_}`" for type_, all_ in starts.items() if all_)
        if name in sieved and all(starts.values()):
            found[name] = Way.ENGINE, f"is started by {whole}, all of which the engine needs"
        elif name in sieved and watch is None:
            found[name] = Way.BOTH, sieve.left[name]
        elif isinstance(watch, SievedDuty) and not watch.plainly:
            found[name] = Way.BOTH, "has a clock that need not start with its trigger, or ends with the office's hours"
        elif isinstance(watch, SievedDuty):
            concluded.add(name)
            found[name] = (Way.BOTH, f"is started by {whole}, too, all of which the engine needs") if whole else (Way.COLUMNS, None)
        elif isinstance(watch, SievedThreshold):
            counted = {t.name for t in watch.counted}
            if counted & concluded:
                concluded.add(name)
            if all(found[one][0] is Way.COLUMNS for one in counted):
                found[name] = Way.COLUMNS, None
            else:
                found[name] = Way.BOTH if name in concluded else Way.ENGINE, "waits for what the engine concludes"
        else:
            found[name] = Way.ENGINE, sieve.left.get(name) or sieve.keeping.get(name) or "is neither a duty nor a threshold"
    return found, concluded


def _sifted(one: TypePlan, sieve: Sieve, ways: Ways, concluded: Container[str]) -> TypePlan:
    """*one* of which not all go to the engine, with which of them do."""
    parts = [f"those to which `{watch.rule.name}` may apply" for watch in sieve.watches[one.type]]
    for duty in sieve.duties:
        roles = {role for role, t in duty.rule.inputs() if t.name == one.type}
        if roles and TRIGGER not in roles and ways[duty.rule.name][0] is Way.ENGINE:
            parts.append(f"those that may meet `{duty.rule.name}`")
        elif roles:
            sure = "columns are not certain of" if duty.rule.name in concluded else "are not surely in time"
            parts.append(f"those of `{duty.rule.name}` that {sure}")
    return attrs.evolve(one, because="; ".join(parts))


def _stays(type_: str, policy: Policy) -> str | None:
    """Why events of *type_* are held behind a horizon; None where they are not."""
    for rule in policy.judged:
        if any(asked == type_ for asked, _ in contexts_of(rule.questions())):
            return f"a condition of `{rule.name}` asks more of it than whether one had happened by then"
    return opens(type_, policy)


def _unmapped(one: TypePlan) -> TypePlan:
    return one if one.share is Share.NONE else attrs.evolve(one, share=Share.ALL, because="the pack has a mapping", rules=())
