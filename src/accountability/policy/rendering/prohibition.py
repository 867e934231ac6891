"""A prohibition in words."""

from __future__ import annotations

from accountability.policy.kinds.prohibition import Prohibition
from accountability.policy.rendering.shared import Said, bearer, triggers, weight
from accountability.policy.rendering.voice import Voice


def said(rule: Prohibition, say: Voice) -> Said:
    """The sentence of a prohibition, and with what it must be joined."""
    what, who = triggers(rule.when, say), bearer(rule.bearer, say)
    lead = say(f"The occurrence of {what} is a breach by {who}.", f"发生{what}的，构成{who}的违反。")
    more = []
    if rule.join is not None:
        same = say(f" with the same {say.names(rule.join.same)}", f"同一{say.names(rule.join.same)}的") if rule.join.same else ""
        failure = triggers(rule.join.with_, say)
        long = say("", "") if rule.join.within is None else say(
            f" not more than {say.limit(rule.join.within)}", f"{say.limit(rule.join.within)}以内")
        if rule.join.gap:
            more.append(say(f"It is one only in a {failure}{same}.", f"仅当其发生在{same}{failure}之中的，方构成违反。"))
            return Said(lead, (*more, *weight(rule.weight, ("A breach", "违反本条"), say)))
        more.append(say(f"It is one only together with {failure}{same},{long} before it.",
                        f"仅当此前{long}另有{same}{failure}的，方构成违反。"))
    return Said(lead, (*more, *weight(rule.weight, ("A breach", "违反本条"), say)))
