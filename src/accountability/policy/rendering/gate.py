"""A gate in words: what a step needs in order to count, and who is kept from it."""

from __future__ import annotations

from accountability.policy.kinds.gate import Gate
from accountability.policy.rendering.expressions import condition
from accountability.policy.rendering.shared import Said, bearer, triggers, weight
from accountability.policy.rendering.voice import Voice, quoted, word


def said(rule: Gate, say: Voice) -> Said:
    """The sentence of a gate, its conditions and its bars."""
    what, who = triggers(rule.when, say), bearer(rule.bearer, say)
    lead = say(f"The step {what} by {who} counts only if all of the following holds; else it is refused, naming what is lacking.",
               f"{who}的{what}须同时满足下列各项方为有效；否则不予认可，并指明所缺事项。")
    more = [say(f"({quoted(label)}) {condition(test, say)}.", f"（{quoted(label)}）{condition(test, say)}。")
            for label, test in rule.requires]
    if rule.barred is not None:
        acts, fields = say.some(map(word, rule.barred.acts)), say.names(n for n, _ in rule.barred.who)
        by = say.every(map(quoted, rule.barred.effects))
        more.append(say(f"Nobody in {fields} is kept from {acts} by an effect in force (here: {by}).",
                        f"{fields}所指各方均未因生效中的后果被限制{acts}（本规则包中为：{by}）。"))
    return Said(lead, (*more, *weight(rule.weight, ("A step that is refused", "被拒的步骤"), say)))
