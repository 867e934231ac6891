"""A scorecard in words: whom it assesses, its items and grades as tables, and what overrides a grade."""

from __future__ import annotations

from accountability.policy.keywords import WORDS
from accountability.policy.kinds.population import Each
from accountability.policy.kinds.scorecard import Item, Override, Scorecard
from accountability.policy.rendering.expressions import condition, phrase
from accountability.policy.rendering.shared import Said, triggers
from accountability.policy.rendering.voice import Voice, quoted, word


def said(rule: Scorecard, say: Voice) -> Said:
    """The sentence of a scorecard, its items and its grades."""
    over, start = say(f"calendar {rule.over}", WORDS[f"calendar {rule.over}"]), say.number(rule.start)
    who = each(rule.each, say)
    lead = say(f"At the end of every {over}, {who} gets a score: {start} and the points of the following items; and a grade by it.",
               f"每个{over}终了时，对{who}计分：起始分{start}，加下列各项所得；并按得分评定等次。")
    items = say.table((say("item", "考核项"), say("what counts", "计分事项"), say("points", "分值"), say("at most", "上限"),
                       say("weight", "权重")), [_item(one, say) for one in rule.items])
    grades = say.table((say("points from", "得分不低于"), say("grade", "等次")), [
        (say("otherwise", "其余") if g.since is None else say.number(g.since), word(g.name)) for g in rule.grades])
    more = [_override(one, say) for one in rule.overrides]
    if rule.ranks:
        more.append(say("Units are ranked by score; equal scores share a rank.", "各单位按得分排名；得分相同的名次并列。"))
    return Said(lead, tuple(more), (items, grades))


def each(whom: Each, say: Voice) -> str:
    """Every unit, or one."""
    return say("every unit", "每个单位") if whom.unit is None else say("the unit ", "单位") + word(whom.unit)


def _item(item: Item, say: Voice) -> tuple[str, ...]:
    what = triggers(item.of, say) + say(f", of the unit in {quoted(item.member)}", f"，计入{quoted(item.member)}所示单位")
    if item.where is not None:
        what += say(f", where {condition(item.where, say)}", f"，仅限：{condition(item.where, say)}")
    points = "" if item.points is None else say(f"{phrase(item.points, say)} each", f"每次{phrase(item.points, say)}")
    if item.kpi is not None:
        value, target = phrase(item.kpi.value, say), phrase(item.kpi.target, say)
        least = say("at least", "不低于") if item.kpi.least else say("at most", "不高于")
        points = say(f"the last value of {value} is to be {least} {target}", f"最近一次的{value}应{least}{target}")
        if item.kpi.points is not None:
            points += say(f"; if it is: {phrase(item.kpi.points, say)}", f"；达标得{phrase(item.kpi.points, say)}")
        if item.kpi.shortfall is not None:
            points += say(f"; if it is not: {phrase(item.kpi.shortfall, say)}", f"；未达标得{phrase(item.kpi.shortfall, say)}")
    most = "" if item.at_most is None else say.number(item.at_most)
    return quoted(item.name), what, points, most, say.number(item.weight)


def _override(one: Override, say: Voice) -> str:
    period = say("of its decision", "其决定所在的") if one.period is None else say(
        f"that {quoted(one.period)} tells", f"{quoted(one.period)}所示")
    by, unit, grade = triggers(one.by, say), quoted(one.member), word(one.grade)
    return say(f"By {by} the grade of the unit in {unit}, for the period {period}, is {grade} whatever its score.",
               f"有{by}的，{unit}所示单位在{period}考核期的等次一律为{grade}，不论得分。")
