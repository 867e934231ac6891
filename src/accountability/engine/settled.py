"""Which rules a horizon settles: whether what one concluded before an instant can still change, by what comes after it.

Two questions of each rule. Do its *facts* before an instant stand once nothing before it is taken in? Then those who wait for them
may take their own past as given. And can its *cells* be let go? Both are answered with no wherever it is not certain: whatever
may be sent back, quashed or asked about later is kept. Of a kind that is judged by key, each outcome says for itself after what
instant it is closed.
"""

from __future__ import annotations

from accountability.engine.cell import concluded_in
from accountability.engine.operators.recurrences import is_periodic
from accountability.policy.expression import LastOf, SameKey, walk
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Prohibition, Recurring, Rule, Threshold
from accountability.policy.model import Policy
from accountability.policy.rule import Made


def rules_letting_go(policy: Policy) -> frozenset[int]:
    """The places in the pack of the rules whose cells can be let go. Drafts are kept: what they would find stands in no ledger."""
    standing = {rule.name for rule in policy.judged}
    for rule in policy.judged:  # each comes after those it waits for
        if not _is_closed(rule) or _is_dated_back(rule) or not _knows_its_past(rule, standing):
            standing.discard(rule.name)
    asked = {t.name for rule in policy.judged for t in concluded_in(rule.questions())}
    return frozenset(rule.index for rule in policy.judged
                     if not rule.draft and _is_closed(rule) and rule.name not in asked and _knows_its_past(rule, standing))


def _knows_its_past(rule: Rule, standing: set[str]) -> bool:
    """Whether what *rule* waits for before an instant stands: reported events, or the facts of the rules in *standing*."""
    return all(trigger.made is Made.EVENT or trigger.name in standing for trigger in rule.waits_for())


def _is_closed(rule: Rule) -> bool:
    """Whether *rule* goes by what it waits for alone, and what it has done with stays done, whatever may become known later."""
    if _asks_later(rule) or any(p.event for p in rule.periods()) or any(s.event is not None for s in rule.lookups()):
        return False
    match rule:
        case Duty():
            return rule.turns.redo is None and rule.even_before is None
        case Prohibition():
            return rule.join is None or not rule.join.gap
        case Gate():
            return rule.barred is None
        case Recurring():
            return is_periodic(rule)
        case DecidedEffect():  # whom it is on at every instant may be nobody yet
            return not any(on.answer is not None and on.answer.moment == "now" for on in rule.on)
        case Threshold():
            return True
        case Effect():
            return rule.plain
        case _:
            return False


def _asks_later(rule: Rule) -> bool:
    """Whether *rule* asks for more than what was reported by the instant at which it asks."""
    return any(isinstance(part, (SameKey, LastOf)) and (not part.by_then or (isinstance(part, SameKey) and part.concluded))
               for question in rule.questions() for part in walk(question))


def _is_dated_back(rule: Rule) -> bool:
    """Whether its facts may be dated before what they follow from: what is accepted later counts from when it was done, a due that
    the trigger itself carries may lie anywhere, and that a standing was ended is a fact about its beginning.
    """
    return isinstance(rule, DecidedEffect) or (isinstance(rule, Duty) and (rule.due is not None or not rule.straight))
