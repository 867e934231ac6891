"""Which rules a horizon settles: whether what one concluded before an instant can still change, by what comes after it.

Two questions of each rule. Do its *facts* before an instant stand once nothing before it is taken in? Then those who wait for them
may take their own past as given. And can its *cells* be let go? Both are answered with no, and with the reason, wherever it is not
certain: whatever may be sent back, quashed or asked about later is kept. Of a kind that is judged by key, each outcome says for
itself after what instant it is closed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from accountability.engine.questions import concluded_in
from accountability.policy.drafts import NOWHERE
from accountability.policy.expression import LastOf, SameKey, walk
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Prohibition, Recurring, Rule, Threshold
from accountability.policy.model import Policy
from accountability.policy.rule import Made, Trigger


def rules_letting_go(policy: Policy) -> frozenset[int]:
    """The places in the pack of the rules whose cells can be let go."""
    kept = why_kept(policy)
    return frozenset(rule.index for rule in policy.judged if rule.index not in kept)


def why_kept(policy: Policy) -> dict[int, str]:
    """Why nothing that a rule has concluded can be let go, by the place of the rule in the pack; no other places are in it.

    Each reason says of the rule what it does or is, such as `lets what was done be sent back`. Drafts are kept: what they would
    find stands in no ledger.
    """
    changing, names = dict[Trigger, str](), {rule.name for rule in policy.judged}
    for rule in policy.judged:  # each comes after those it waits for
        waits = _waits(rule, changing, names) is not None
        for made in Made:
            if (why := "which may still change" if waits else _why_changing(rule, made)) is not None:
                changing[Trigger(made, rule.name)] = why
    asked = {t.name: rule.name for rule in policy.judged for t in concluded_in(rule.questions())}
    found = {}
    for rule in policy.judged:
        why = "is a draft, and what it would find stands in no ledger" if rule.draft else _why_open(rule)
        if why is None and rule.name in asked:
            why = f"is asked about by a condition of `{asked[rule.name]}`"
        why = why or _waits(rule, changing, names)
        if why is not None:
            found[rule.index] = why
    return found


def _waits(rule: Rule, changing: Mapping[Trigger, str], names: Collection[str]) -> str | None:
    """Why what *rule* waits for before an instant need not stand; None where it does: reported events, and facts that are not in
    *changing*. What drafts conclude is called by none of the *names* of rules."""
    for trigger in rule.waits_for():
        if trigger.made is Made.EVENT:
            continue
        if trigger.name not in names:
            return f"waits for the draft `{trigger.name.removeprefix(NOWHERE)}`, of which it hears nothing"
        if trigger in changing:
            return f"waits for what `{trigger.name}` concludes, {changing[trigger]}"
    return None


def _why_changing(rule: Rule, made: Made) -> str | None:
    """Why facts of *rule* before an instant need not stand although what it waits for does; None where they do."""
    match rule:
        # That a standing was ended is a fact about its beginning; what is accepted counts from when it was done; a due that the
        # trigger itself carries may lie anywhere.
        case DecidedEffect():
            return "which may be dated before what it follows from"
        case Duty() if rule.due is not None or rule.turns.accepted is not None:
            return "which may be dated before what it follows from"
        case Recurring() if rule.every is None:
            return "of which what is done too late is evidence"
        # What disposes of a proposal, and what quashes that, comes after it.
        case Effect() if made is Made.PROPOSAL and not rule.joined:
            return None if _why_unknown(rule) is None else "which may still change"
    return None if _why_open(rule) is None else "which may still change"


def _why_open(rule: Rule) -> str | None:
    """Why *rule* may take up again what it has done with; None where it goes by what it waits for alone, and what it has done with
    stays done, whatever may become known later."""
    if (why := _why_unknown(rule)) is not None:
        return why
    match rule:
        case Duty() if rule.turns.redo is not None:
            return "lets what was done be sent back"
        case Duty() if rule.even_before is not None:
            return "looks back at what was done before its trigger"
        case Prohibition() if rule.join is not None and rule.join.gap:
            return "is joined with gaps, which may still change"
        case Gate() if rule.barred is not None:
            return "is barred by standings, which may be quashed later"
        case Recurring() if rule.each is None:
            return "is owed while something stands"
        # Whom it is on at every instant may be nobody yet.
        case DecidedEffect() if any(on.answer is not None and on.answer.moment == "now" for on in rule.on):
            return "is on whoever holds a post at every instant"
        case Effect() if not rule.plain:
            return "is joined with something, comes after something, or has standings that something may change"
        case Duty() | Prohibition() | Gate() | Recurring() | DecidedEffect() | Threshold() | Effect():
            return None
        case _:
            return "is of a kind of which anything may be taken up again"


def _why_unknown(rule: Rule) -> str | None:
    """Why *rule* goes by more than what it waits for; None where it does not."""
    if _asks_later(rule):
        return "asks about what may become known later"
    if opened := [p.name for p in rule.periods() if p.event]:
        return f"goes by the period `{opened[0]}`, which an event may open later"
    if any(s.event is not None for s in rule.lookups()):
        return "names those who answer by another event, which may become known later"
    return None


def _asks_later(rule: Rule) -> bool:
    """Whether *rule* asks for more than what was reported by the instant at which it asks."""
    return any(isinstance(part, (SameKey, LastOf)) and (not part.by_then or (isinstance(part, SameKey) and part.concluded))
               for question in rule.questions() for part in walk(question))
