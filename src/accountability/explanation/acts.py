"""What a rule looked for: the act that counted, what was not found, and what was considered and set aside, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from accountability.conclusion import Conclusion, Status
from accountability.event import Event, Happening
from accountability.explanation.reason import Reason, reason
from accountability.judgement.finding import labelled
from accountability.policy.expression import Expression, evaluate, parts_of
from accountability.policy.kinds import Duty, Effect, Rule
from accountability.policy.kinds.prohibition import Prohibition
from accountability.policy.rendering.expressions import condition
from accountability.policy.rendering.voice import Voice
from accountability.policy.rule import Made, Trigger
from accountability.semantics import Known
from accountability.semantics.known import Case, key_of
from accountability.timeline import effective
from accountability.workdays import window_start


@attrs.frozen
class Search:
    """What is looked for of one trigger: happenings of *types*, of the same *key*, for which *provided* holds of *case*."""

    trigger: Happening
    case: Case
    types: tuple[Trigger, ...]
    same: tuple[str, ...]
    key: tuple[object, ...]
    provided: Expression | None = None

    def fits(self, fields: Mapping[str, object]) -> bool:
        return key_of(self.same, fields) == self.key


def search_of(rule: Rule, finding: Conclusion, known: Known) -> Search | None:
    """What *rule* looked for when it came to *finding*; None where it looks for nothing beside its trigger."""
    if isinstance(rule, Duty):
        types, same, provided = rule.must, rule.same, rule.provided
    elif isinstance(rule, Effect) and rule.decision is not None:
        types, same, provided = (Trigger(Made.EVENT, rule.decision.by),), rule.decision.same, rule.decision.provided
    elif isinstance(rule, Prohibition) and rule.join is not None:
        types, same, provided = rule.join.with_, rule.join.same, None
    else:
        return None
    for trigger, unit, case in known.triggers(rule):
        if finding.trigger == labelled(trigger.key, finding.post):
            fields = {**trigger.fields, "bearer": unit}
            return Search(trigger, case, types, same, key_of(same, fields), provided)
    return None


def looked_for(rule: Rule, finding: Conclusion, known: Known, raw: Sequence[Event]) -> Iterator[Reason]:
    """What *rule* looked for, what it found, and what it set aside. *raw* is everything that was delivered, by any time."""
    search = search_of(rule, finding, known)
    if search is None:
        return
    due = finding.due_date or finding.due
    wanted = tuple(map(str, search.types))
    key = dict(zip(search.same, search.key, strict=True))
    found = [act for act in known.all(search.types) if search.fits(act.fields)]
    counted = [act for act in found if _counts(rule, finding, search, act)][:1]
    aside = [reason("set aside", why_not, name=act.key, at=act.occurred_at)
             for act in found if act not in counted and act is not search.trigger
             for why_not in [_against(rule, finding, search, act, known)] if why_not is not None]
    aside += _unseen(search, known, raw)
    if counted:
        yield reason("found", *aside, types=wanted, key=key, name=counted[0].key, at=counted[0].occurred_at)
    elif finding.status in (Status.MISSED, Status.LAPSED):
        yield reason("not found by due", *aside, types=wanted, key=key, due=due)
    elif finding.status in (Status.OPEN, Status.PROPOSED):
        yield reason("not found yet", *aside, types=wanted, key=key, due=due)
    elif aside:
        yield reason("looked at", *aside, types=wanted, key=key)


def _counts(rule: Rule, finding: Conclusion, search: Search, act: Happening) -> bool:
    """Whether *act* is what *finding* says was done, or decided."""
    if act is search.trigger:
        return False
    if isinstance(rule, Effect):
        return act.order > search.trigger.order and search.case.holds(search.provided, act)
    return act.occurred_at == finding.done and {*act.evidence} <= {*finding.evidence}


def _against(rule: Rule, finding: Conclusion, search: Search, act: Happening, known: Known) -> Reason | None:
    """Why *act* does not count; None where it does."""
    before = rule.even_before if isinstance(rule, Duty) else None
    if isinstance(rule, Prohibition):
        return None if {*act.evidence} <= {*finding.evidence} else reason("not joined")
    if act.order <= search.trigger.order:
        if before is None:
            return reason("before the trigger", trigger=search.trigger.occurred_at)
        if act.occurred_at < window_start(search.trigger.occurred_at, before, known.policy.zone):
            return reason("too long before the trigger", trigger=search.trigger.occurred_at, limit=before)
    if not search.case.holds(search.provided, act):
        return reason("provided did not hold", *failing(search.provided, search.case.acting(act), act=True))
    if finding.done is not None and act.occurred_at > finding.done:
        return reason("after it was done", done=finding.done)
    if isinstance(rule, Effect):
        return reason("after it was decided")
    if finding.due is not None and act.occurred_at > finding.due:
        return reason("too late", due=finding.due_date or finding.due)
    return reason("did not discharge it")


def failing(tree: Expression | None, case: Case, act: bool = False) -> tuple[Reason, ...]:
    """The parts of a condition that do not certainly hold, each said in both languages."""
    found = []
    for part in parts_of(tree):
        value = evaluate(part, case)
        if value is not True:
            said = {script: condition(part, Voice(script), act) for script in ("en", "zh")}
            found.append(reason("unknown part" if value is None else "false part", **said))
    return tuple(found)


def _unseen(search: Search, known: Known, raw: Sequence[Event]) -> Iterator[Reason]:
    """Acts of the same key that were taken back, or that were not known or had not happened yet."""
    types = {t.name for t in search.types if t.made is Made.EVENT}
    knowledge = known.clerk.known_at or known.clock
    standing = {e.key for t in search.types for e in known.happenings[t]}
    latest = max([knowledge, *(e.recorded_at for e in raw)])
    later = {e.key for e in effective(raw, at=max([latest, *(e.occurred_at for e in raw)]), known_at=latest).events}
    for event in raw:
        if event.type not in types or event.key in standing or event.corrects or event.retracts or not search.fits(event.fields):
            continue
        if event.recorded_at > knowledge:
            yield reason("set aside", reason("recorded later", recorded=event.recorded_at), name=event.key, at=event.occurred_at)
        elif event.key not in later:
            yield reason("set aside", reason("taken back"), name=event.key, at=event.occurred_at)
        elif event.occurred_at > known.clock:
            yield reason("set aside", reason("not happened yet"), name=event.key, at=event.occurred_at)
