"""A decided effect in words: what a decision puts in force, what it needs, and what ends it."""

from __future__ import annotations

from accountability.policy.kinds.decided import DecidedEffect, Ending
from accountability.policy.rendering.effect import kept_from, on
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
    if not rule.follows_person:
        more.append(say("It stays with the post when its holder changes.", "任职人变动的，随岗位承继。"))
    if rule.ended is not None:
        more.append(say(f"It is ended by {ending(rule.ended, say)}.", f"经{ending(rule.ended, say)}解除。"))
    if rule.quashed is not None:
        more.append(say(f"It is quashed, as if it had never been, by {ending(rule.quashed, say)}.",
                        f"经{ending(rule.quashed, say)}撤销的，自始无效。"))
    if rule.again:
        more.append(say(f"It is in force again from {triggers(rule.again, say)}.", f"自{triggers(rule.again, say)}起恢复生效。"))
    return Said(lead, tuple(more), drawing=life(rule, say))


def ending(one: Ending, say: Voice) -> str:
    """What ends a standing, with its condition."""
    said = triggers(one.when, say)
    if one.provided is not None:
        test = condition(one.provided, say, act=True)
        said += say(f", provided that {test}", f"（须满足：{test}）")
    return said


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
