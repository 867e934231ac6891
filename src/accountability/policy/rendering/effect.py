"""An effect in words: what is proposed, against whom, and what a competent body's decision makes of it."""

from __future__ import annotations

from collections.abc import Iterable

from accountability.policy.kinds.effect import Effect, Ending, On
from accountability.policy.rendering.expressions import condition
from accountability.policy.rendering.shared import Said, bearer, each, holder, term, triggers
from accountability.policy.rendering.voice import Voice, quoted, word
from accountability.policy.rule import Joining, Term

JOININGS = {
    Joining.HEAVIEST: ("the longest absorbs the others", "从重执行，较短者不超过较长者届满之时"),
    Joining.ADDED: ("the new one is added to what is left", "新的期限与尚未执行的期限相加"),
    Joining.EQUAL_ADDED: ("the longest absorbs the others, and equal ones are added", "从重执行，期限相同的相加"),
}


def said(rule: Effect, say: Voice) -> Said:
    """The sentence of an effect that is proposed."""
    what, measure = triggers(rule.when, say), word(rule.measure)
    whom, unit = on(rule.on, say), bearer(rule.bearer, say)
    lead = say(f"When {what} occurs, {measure} is proposed against {whom}; the unit meant is {unit}.",
               f"发生{what}的，对{whom}提出{measure}的提议；所指单位为{unit}。")
    more = []
    if rule.joined:
        joined, same = triggers(rule.joined, say), say.names(rule.same)
        more.append(say(f"It is proposed only where {joined} with the same {same} is known too, before or after.",
                        f"仅当另有同一{same}的{joined}（不论先后）时方予提出。"))
    if rule.after:
        before, same = triggers(rule.after, say), say.names(rule.same)
        long = say("", "") if rule.within is None else say(
            f" not more than {say.limit(rule.within)} ago", f"{say.limit(rule.within)}以内")
        more.append(say(f"It is proposed only after {before} with the same {same}{long}; once it is decided, not again before"
                        " that has happened anew.",
                        f"仅当此前{long}另有同一{same}的{before}时方予提出；决定后，待其再次发生前不再提出。"))
    if rule.once_per is not None:
        period = each(rule.once_per, say)
        more.append(say(f"In {period} a unit gets one such proposal at most.", f"同一单位在{period}内至多提出一次。"))
    if rule.decision is None:
        more.append(say("It is a proposal and nothing else.", "此仅为提议。"))
        return Said(lead, tuple(more))
    by, same = quoted(rule.decision.by), say.names(rule.decision.same)
    if_ = ""
    if rule.decision.provided is not None:
        test = condition(rule.decision.provided, say, act=True)
        if_ = say(f", provided that {test}", f"（须满足：{test}）")
    long = term(rule.decision.term, say)
    more.append(say(f"It has effect only once {by} with the same {same} decides so{if_}; it then stands {long}.",
                    f"仅经同一{same}的{by}决定{if_}后方生效，{long}。"))
    more += [*kept_from(rule.decision.bars, say), *joining(rule.decision.term, say)]
    more += until(rule.decision.follows_person, rule.decision.ended, rule.decision.quashed, say)
    return Said(lead, tuple(more))


def on(whom: Iterable[On], say: Voice) -> str:
    """Whom it is about: the unit, or posts."""
    return say.every(say("the unit", "该单位") if one.answer is None else holder(one.answer, say) for one in whom)


def kept_from(bars: tuple[str, ...], say: Voice) -> list[str]:
    """What a standing bars from."""
    names = say.every(map(word, bars))
    return [say(f"While it stands, it keeps from {names}.", f"生效期间，限制{names}。")] if bars else []


def joining(term: Term, say: Voice) -> list[str]:
    """How its term comes together with others on the same unit, post or person."""
    found = []
    whens = ("decided on the same day", "同日决定的"), ("that still run", "尚在期内的")
    for how, when in zip((term.together, term.meanwhile), whens, strict=True):
        if how is not Joining.APART:
            found.append(say(f"Of terms {when[0]}, {JOININGS[how][0]}.", f"{when[1]}，{JOININGS[how][1]}。"))
    if term.most is not None:
        found.append(say(f"Terms that are added last {say.limit(term.most)} from the decision at most.",
                         f"相加后的影响期自决定起至多{say.limit(term.most)}。"))
    return found


def until(follows_person: bool, ended: Ending | None, quashed: Ending | None, say: Voice) -> list[str]:
    """Whom a standing follows, and what ends it or quashes it."""
    found = []
    if not follows_person:
        found.append(say("It stays with the post when its holder changes.", "任职人变动的，随岗位承继。"))
    if ended is not None:
        found.append(say(f"It is ended by {ending(ended, say)}.", f"经{ending(ended, say)}解除。"))
    if quashed is not None:
        found.append(say(f"It is quashed, as if it had never been, by {ending(quashed, say)}.",
                         f"经{ending(quashed, say)}撤销的，自始无效。"))
    return found


def ending(one: Ending, say: Voice) -> str:
    """What ends a standing, with its condition."""
    said = triggers(one.when, say)
    if one.provided is not None:
        test = condition(one.provided, say, act=True)
        said += say(f", provided that {test}", f"（须满足：{test}）")
    return said
