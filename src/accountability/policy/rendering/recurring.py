"""A duty that recurs in words, and the life of one period or leg."""

from __future__ import annotations

from accountability.policy.keywords import WORDS
from accountability.policy.kinds.recurring import Recurring
from accountability.policy.rendering.expressions import condition, phrase
from accountability.policy.rendering.mermaid import Drawing
from accountability.policy.rendering.scorecard import each
from accountability.policy.rendering.shared import Said, bearer, reckoned, triggers, weight
from accountability.policy.rendering.voice import Voice


def said(rule: Recurring, say: Voice) -> Said:
    """The sentence of a duty that recurs, and everything else that it says."""
    acts, same, who, demand = triggers(rule.must, say), say.names(rule.same), bearer(rule.bearer, say), often(rule, say)
    whom, number = bound(rule, say), rule.at_least
    many = say(f", at least {number} times", f"，不少于{number}次") if number > 1 else ""
    lead = say(f"{whom}, {who} shall bring about {acts} with the same {same}, {demand}{many}.",
               f"{whom}，{who}应当完成同一{same}的{acts}，{demand}{many}。")
    more = []
    if rule.provided is not None:
        more.append(say(f"An act counts only where {condition(rule.provided, say, act=True)}.",
                        f"完成行为仅在下列情形算数：{condition(rule.provided, say, act=True)}。"))
    if rule.limit is not None:
        more.append(reckoned(rule.reckoning, say))
    return Said(lead, (*more, *weight(rule.weight, ("A breach", "违反本条"), say)), drawing=life(rule, say))


def bound(rule: Recurring, say: Voice) -> str:
    """For whom it is owed, or while what stands."""
    if rule.each is not None:
        return say(f"For {each(rule.each, say)}", f"就{each(rule.each, say)}")
    return say(f"While {triggers(rule.when, say)} lasts", f"{triggers(rule.when, say)}存续期间")


def often(rule: Recurring, say: Voice) -> str:
    """In every period, without too long a gap, or by which days."""
    found = []
    if rule.every is not None:
        found.append(say(f"in every calendar {rule.every}", f"每个{WORDS[f'calendar {rule.every}']}均须完成"))
    if rule.limit is not None:
        limit = phrase(rule.limit, say)
        found.append(say(f"so that not more than {limit} pass from the beginning to the first, and from each to the next",
                         f"自起始之时至首次、以及每次至下一次的间隔均不得超过{limit}"))
    if rule.day is not None:
        name = phrase(rule.day, say)
        found.append(say(f"once by the end of the day in {name}, as it stands on the first day on which it is owed",
                         f"在{name}所载之日终了前完成（以开始应履行之日有效者为准）"))
    if rule.days:
        days = say.every(map(say.day, rule.days))
        found.append(say(f"once by the end of {days}", f"在{days}终了前完成"))
    return say.every(found)


def life(rule: Recurring, say: Voice) -> str:
    """The states that one period or leg passes through."""
    draw = Drawing(say)
    opened, met, missed = draw.state("open", "待履行"), draw.state("met", "已履行"), draw.state("missed", "未履行")
    acts, passed = triggers(rule.must, say), say("its end has passed", "已届满")
    draw.step("", opened, say("the period or leg begins", "本期起始"))
    draw.step(opened, met, acts + say(" in time", "（按期）"))
    draw.step(opened, missed, passed)
    if rule.every is None:
        draw.step(missed, draw.state("late", "逾期完成"), acts)
    if rule.each is None:
        draw.step(opened, draw.state("void", "撤销"), say("what stands has ended", "所依附事项已终止"))
    return draw.text()
