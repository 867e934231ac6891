"""A decided effect in words: what a decision puts in force, what it needs, and what ends it."""

from __future__ import annotations

from accountability.policy.kinds.decided import DecidedEffect
from accountability.policy.rendering.effect import joining, kept_from, on, until
from accountability.policy.rendering.expressions import condition
from accountability.policy.rendering.mermaid import Drawing
from accountability.policy.rendering.shared import Said, bearer, term, triggers
from accountability.policy.rendering.voice import Voice, quoted


def said(rule: DecidedEffect, say: Voice) -> Said:
    """The sentence of a decided effect, and everything else that it says."""
    what = triggers(rule.when, say)
    same = say(f" for the same {say.names(rule.same)}", f"，以{say.names(rule.same)}为同一事项") if rule.same else ""
    whom, long, unit = on(rule.on, say), term(rule.term, say), bearer(rule.bearer, say)
    lead = say(f"By {what} this is in force on {whom}{same}, {long}; the unit meant is {unit}.",
               f"经{what}，对{whom}生效{same}，{long}；所指单位为{unit}。")
    needs = [(quoted(label), condition(test, say)) for label, test in rule.requires]
    more = [say(f"The decision has effect only where ({label}) {test}; else it is refused.",
                f"决定须满足{label}：{test}；不满足的，不予认可，不生效力。") for label, test in needs]
    more += kept_from(rule.bars, say)
    more += [*joining(rule.term, say), *until(rule.follows_person, rule.ended, rule.quashed, say)]
    if rule.again:
        more.append(say(f"It is in force again from {triggers(rule.again, say)}.", f"自{triggers(rule.again, say)}起恢复生效。"))
    return Said(lead, tuple(more), drawing=life(rule, say))


def life(rule: DecidedEffect, say: Voice) -> str:
    """The states of a standing."""
    draw = Drawing(say)
    force, ended = draw.state("in force", "有效"), draw.state("ended", "已结束")
    draw.step("", force, triggers(rule.when, say))
    if rule.requires:
        draw.step("", draw.state("refused", "被拒"), say("a requirement is lacking", "条件不具备"))
    draw.step(force, ended, term(rule.term, say))
    if rule.ended is not None:
        draw.step(force, ended, triggers(rule.ended.when, say))
    if rule.quashed is not None:
        draw.step(force, draw.state("quashed", "已撤销"), triggers(rule.quashed.when, say))
    if rule.again:
        draw.step(ended, force, triggers(rule.again, say))
    return draw.text()
