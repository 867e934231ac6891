"""A threshold in words."""

from __future__ import annotations

from fractions import Fraction

from accountability.policy.kinds.threshold import Fires, Threshold
from accountability.policy.rendering.expressions import phrase
from accountability.policy.rendering.shared import Said, bearer, triggers, weight, window
from accountability.policy.rendering.voice import Voice

FIRES = {
    Fires.EACH: ("There is a finding at every further one with which the number is reached.", "每有一次达到该数的，均予认定。"),
    Fires.RISING: ("There is a finding when the number becomes reached, not again while it stays so.",
                   "首次达到该数时予以认定；持续达到的，不再重复认定。"),
    Fires.ONCE: ("There is a finding when the number is reached; those counted for it are not counted again.",
                 "达到该数时予以认定；已计入的不再计数。"),
}


def said(rule: Threshold, say: Voice) -> Said:
    """The sentence of a threshold, and at which of those counted it gives a finding."""
    what, per, who = triggers(rule.when, say), say.names(rule.per), bearer(rule.bearer, say)
    number = say.number(Fraction(rule.reaches))
    result = (say(f"this is a merit of {who}.", f"记为{who}的功绩。") if rule.merit
              else say(f"this is a finding against {who}.", f"对{who}作出认定。"))
    if rule.in_a_row:
        period = window(rule.window, say)
        lead = say(f"Where {what} with the same {per} stands in each of {number} periods in a row, each {period}, {result}",
                   f"同一{per}的{what}连续{number}期（每期为{period}）均有发生的，{result}")
    elif rule.adds is not None:
        amount = phrase(rule.adds, say)
        lead = say(f"Where {what} with the same {per}, each adding {amount}, reaches the sum {number} within"
                   f" {window(rule.window, say)}, {result}",
                   f"同一{per}的{what}，每次累加{amount}，在{window(rule.window, say)}内合计达到{number}的，{result}")
    elif rule.different:
        values = say.names(rule.different)
        lead = say(f"Where {what} with the same {per} has {number} different values of {values} within {window(rule.window, say)},"
                   f" {result}",
                   f"同一{per}的{what}，{values}在{window(rule.window, say)}内达到{number}种不同取值的，{result}")
    else:
        lead = say(f"Where {what} with the same {per} reaches the number {number} within {window(rule.window, say)},"
                   f" {result}",
                   f"同一{per}的{what}在{window(rule.window, say)}内达到{number}次的，{result}")
    broken = triggers(rule.broken, say)
    breaks = [say(f"After {broken} nothing before it counts any more.", f"发生{broken}的，此前的不再计数。")] if rule.broken else []
    return Said(lead, (say(*FIRES[rule.fires]), *breaks, *weight(rule.weight, ("A finding", "该认定"), say)))
