"""A duty or right in words, and its life drawn as states."""

from __future__ import annotations

from accountability.policy.kinds.duty import Again, Duty
from accountability.policy.kinds.turns import Event, Turns
from accountability.policy.rendering.expressions import condition, phrase
from accountability.policy.rendering.mermaid import Drawing
from accountability.policy.rendering.shared import Said, alone, bearer, reckoned, tiers, triggers, weight
from accountability.policy.rendering.voice import Voice, quoted
from accountability.policy.rule import Tier


def said(rule: Duty, say: Voice) -> Said:
    """The sentence of a duty, and everything else that it says."""
    same, acts = say.names(rule.same), triggers(rule.must, say)
    tables = [tiers(rule.tiers, say)] if not alone(rule.tiers) and rule.due is None else []
    if rule.due is not None:
        by = say(f"by the instant in {phrase(rule.due, say)}", f"最迟在{phrase(rule.due, say)}所载时刻（含）")
    elif alone(rule.tiers):
        by = say(f"within {phrase(rule.tiers[0].limit, say)}", f"在{phrase(rule.tiers[0].limit, say)}内")
    else:
        by = say("within the first limit below whose case holds", "在下表首个相符情形所列期限内")
    shall = say("may", "可以") if rule.right else say("shall", "应当")
    lead = say(f"When {triggers(rule.when, say)} occurs, {bearer(rule.bearer, say)} {shall}, {by}, bring about {acts} with the same"
               f" {same}.", f"发生{triggers(rule.when, say)}的，{bearer(rule.bearer, say)}{shall}{by}完成同一{same}的{acts}。")
    more = []
    if rule.right:
        more.append(say("This is a right: used after its limit it is refused; not used, it lapses and is nobody's breach.",
                        "此为权利：逾期行使的不予受理；未行使的归于消灭，不构成违反。"))
    if rule.provided is not None:
        more.append(say(f"An act counts only where {condition(rule.provided, say, act=True)}.",
                        f"完成行为仅在下列情形算数：{condition(rule.provided, say, act=True)}。"))
    if rule.even_before is not None:
        more.append(say(f"An act not more than {say.limit(rule.even_before)} before its trigger counts too.",
                        f"触发前{say.limit(rule.even_before)}以内完成的，同样算数。"))
    if rule.again is Again.IGNORE:
        more.append(say("While it is owed, a further trigger changes nothing.", "尚待履行期间再次触发的，不另行起算。"))
    if rule.again is Again.RESTART:
        more.append(say("While it is owed, a further trigger starts it anew.", "尚待履行期间再次触发的，重新起算。"))
    for overlay in rule.overlays:
        name = quoted(overlay.period.name)
        if alone(overlay.tiers):
            limit = phrase(overlay.tiers[0].limit, say)
            more.append(say(f"During {name}, the limit is {limit} instead.", f"在{name}期间，期限改为{limit}。"))
        else:
            more.append(say(f"During {name}, the limits are instead those of the table for it.",
                            f"在{name}期间，期限改按该时段的下表。"))
            tables.append(say(f"During {name}:", f"{name}期间：") + "\n\n" + tiers(overlay.tiers, say))
    more += turned(rule.turns, say)
    more.append(reckoned(rule.reckoning, say))
    if rule.due is not None and rule.reckoning.roll:
        more.append(say("The instant by which it is owed stands as it is and moves for no holiday.",
                        "所载的到期时刻不因节假日顺延。"))
    more += weight(rule.weight, ("A breach", "违反本条"), say)
    return Said(lead, tuple(more), tuple(tables), life(rule, say))


def event(one: Event, say: Voice) -> str:
    """What turns an obligation, with the fields by which it is about the same act, and its condition."""
    said = triggers(one.when, say)
    if one.same:
        said = say(f"{said} with the same {say.names(one.same)} as the act", f"与履行行为{say.names(one.same)}相同的{said}")
    if one.provided is not None:
        said += say(f", provided that {condition(one.provided, say, act=True)},",
                    f"（须满足：{condition(one.provided, say, act=True)}）")
    return said


def turned(turns: Turns, say: Voice) -> list[str]:
    """What may happen to an obligation on its way."""
    said = []
    if turns.amount is not None:
        of, low, high = (None if e is None else phrase(e, say) for e in (
            turns.amount.of, turns.amount.at_least, turns.amount.at_most))
        bounds = [say(f", at least {low}", f"，不低于{low}")] * (low is not None) + [say(f", at most {high}",
                                                                                     f"，不高于{high}")] * (
            high is not None)
        said.append(say(f"What is owed (“owed”) is {of}{''.join(bounds)}.", f"应付数额（“owed”）为{of}{''.join(bounds)}。"))
    for pause in turns.pauses:
        since, until = event(pause.since, say), triggers(pause.until, say)
        then = say("starts anew", "重新起算") if pause.restarts else say("goes on", "继续计算")
        whole = say(", that day included,", "（当日在内）") if pause.with_last_day else ""
        most = ""
        if pause.at_most is not None:
            longest = phrase(pause.at_most, say, act=True)
            most = say(f", at most for {longest}, if that is known", f"，至多{longest}（以已知为限）")
        said.append(say(f"From {since} to {until}{whole} the clock stands still{most}; then it {then}.",
                        f"自{since}起至{until}{whole}止，期限中止{most}；其后{then}。"))
    if turns.extension is not None:
        more, times = _more(turns.extension.tiers, say), turns.extension.at_most
        by = event(turns.extension.by, say)
        said.append(say(f"If {by} comes before the limit has passed, it adds {more}, at most {times} time{'s' * (times != 1)}.",
                        f"期限届满前有{by}的，延长{more}，以{times}次为限。"))
    if turns.accepted is not None:
        said.append(say(f"It is met only once {event(turns.accepted, say)} has accepted what was done.",
                        f"经{event(turns.accepted, say)}验收后，方为履行。"))
    if turns.redo is not None:
        by, limit = event(turns.redo.by, say), phrase(turns.redo.within, say, act=True)
        said.append(say(f"By {by} what was done is sent back and owed again, within {limit} or its own limit, whichever is later.",
                        f"经{by}退回的，应当重办，期限为{limit}，原期限较晚的从其原期限。"))
    if turns.void is not None:
        by = event(turns.void, say)
        said.append(say(f"By {by} it ends before its limit has passed, and is nobody's breach.",
                        f"期限届满前经{by}撤销的，不再履行，不构成违反。"))
    return said


def _more(found: tuple[Tier, ...], say: Voice) -> str:
    """By how much an extension extends: one limit, or the first whose case holds."""
    if alone(found):
        return phrase(found[0].limit, say, act=True)
    cases = [(phrase(t.limit, say, act=True), condition(t.where, say, act=True) if t.where else None) for t in found]
    return say(", else ", "，其余情形为").join(more if case is None else say(f"{more} where ({case})", f"（{case}）时为{more}")
                                         for more, case in cases)


def life(rule: Duty, say: Voice) -> str:
    """The states that an obligation passes through."""
    draw, turns = Drawing(say), rule.turns
    name = {word: draw.state(word, chinese) for word, chinese in (("open", "待履行"), ("met", "已履行"))}
    draw.step("", name["open"], triggers(rule.when, say))
    acts, passed = triggers(rule.must, say), say("limit passed", "期限届满")
    done = draw.state("conditional", "待验收") if turns.accepted else name["met"]
    draw.step(name["open"], done, acts + say(" in time", "（按期）"))
    missed, late = name["open"], done
    if rule.right:
        draw.step(name["open"], draw.state("lapsed", "已失效"), passed)
    else:
        missed, late = draw.state("missed", "未履行"), draw.state("late", "逾期完成")
        draw.step(name["open"], missed, passed)
        draw.step(missed, late, acts + say(", accepted", "，经验收") * bool(turns.accepted))
    if turns.accepted:
        draw.step(done, name["met"], say("accepted by ", "验收：") + triggers(turns.accepted.when, say))
    if turns.redo:
        back = say("sent back by ", "退回：") + triggers(turns.redo.by.when, say)
        for since in dict.fromkeys((done, name["met"])):
            draw.step(since, name["open"], back)
        if late != done:
            draw.step(late, missed, back)
    for pause in turns.pauses:
        paused = draw.state("paused", "中止")
        draw.step(name["open"], paused, triggers(pause.since.when, say))
        draw.step(paused, name["open"], triggers(pause.until, say))
        if pause.at_most is not None:
            draw.step(paused, name["open"], say("the longest pause is over", "中止期满"))
    if turns.extension:
        draw.step(name["open"], name["open"], say("extended by ", "延期：") + triggers(turns.extension.by.when, say))
    if turns.void:
        draw.step(name["open"], draw.state("void", "撤销"), triggers(turns.void.when, say))
    if rule.again is Again.RESTART:
        draw.step(name["open"], name["open"], say("triggered again: starts anew", "再次触发：重新起算"))
    return draw.text()

