"""A duty at every instant in words."""

from __future__ import annotations

from accountability.policy.kinds.coverage import Coverage
from accountability.policy.rendering.expressions import condition
from accountability.policy.rendering.scorecard import each
from accountability.policy.rendering.shared import Said, bearer, triggers, weight
from accountability.policy.rendering.voice import Voice, quoted


def said(rule: Coverage, say: Voice) -> Said:
    """The sentence of a duty at every instant, and how its shifts count."""
    whom, who, shifts, same = each(rule.each, say), bearer(rule.bearer, say), triggers(rule.covered_by, say), say.names(rule.same)
    when = say("at every instant", "每一时刻")
    if rule.period is not None:
        when = say(f"at every instant of {quoted(rule.period.name)}", f"{quoted(rule.period.name)}的每一时刻")
    lead = say(f"For {whom}, {when}, {who} shall see to it that {shifts} with the same {same} add up to at least {rule.at_least}.",
               f"就{whom}，{when}，{who}应当保证同一{same}的{shifts}合计不少于{rule.at_least}。")
    since, until = quoted(rule.since_field), quoted(rule.until_field)
    number = say("one", "一") if rule.of is None else quoted(rule.of)
    more = [say(f"Each counts for {number}, from the instant in {since} up to but not including the one in {until}.",
                f"每次按{number}计，自{since}所载时刻起，至{until}所载时刻（不含）止。"),
            say("Every stretch in which they are fewer is a gap.", "不足的各段时间均为缺口。")]
    if rule.provided is not None:
        test = condition(rule.provided, say, act=True)
        more.append(say(f"It counts only where {test}.", f"仅在下列情形计入：{test}。"))
    return Said(lead, (*more, *weight(rule.weight, ("A gap", "缺口"), say)))
