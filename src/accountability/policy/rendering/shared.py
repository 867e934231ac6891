"""What every kind of rule says in the same words: what it waits for, who bears it, who answers, how limits are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from accountability.policy.keywords import MOMENTS, WORDS
from accountability.policy.model import Policy
from accountability.policy.rendering.expressions import condition, made_of, phrase
from accountability.policy.rendering.voice import Voice, quoted, word
from accountability.policy.rule import (
    AnswerSpec,
    Bearer,
    Effective,
    RuleBase,
    Term,
    TermKind,
    Tier,
    Trigger,
    Weight,
    Window,
    WindowKind,
)
from accountability.workdays import BusinessHours, ClockStart, HoursByDate, Opening, PeriodName, Reckoning

STARTS = {
    ClockStart.NEXT_OPENING: ("started outside business hours, the clock begins when business next opens",
                              "在办公时间以外触发的，自下次上班时起算"),
    ClockStart.NEXT_WORKING_DAY: ("started on a day that is no working day, the clock begins on the next working day",
                                  "在非工作日触发的，自下一工作日起算"),
}
DAY_NAMES = (("Monday", "周一"), ("Tuesday", "周二"), ("Wednesday", "周三"), ("Thursday", "周四"), ("Friday", "周五"),
             ("Saturday", "周六"), ("Sunday", "周日"))
MOMENT_WORDS = {
    "at trigger": "at the time of the trigger", "at due": "when it falls due", "at finding": "at the time of the finding",
    "at first": "at the first one counted", "at last": "at the last one counted", "at now": "at any time",
    "at act": "when it was done",
}


@attrs.frozen
class Said:
    """One rule in words: the sentence that it is, what else it says, its tables, and a drawing in Mermaid where there is one."""

    lead: str
    more: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    drawing: str = ""


Page = Callable[..., Said]


def triggers(found: Iterable[Trigger], say: Voice) -> str:
    return say.some(made_of(t, say) for t in found)


def bearer(who: Bearer, say: Voice) -> str:
    """Who owes; of a post, its unit."""
    if who.unit is not None:
        return say("the unit ", "单位") + word(who.unit)
    if who.field == "bearer":
        return say("the bearer of the trigger", "触发事项的责任主体")
    return say(f"the unit that {quoted(who.field or '')} names", f"{quoted(who.field or '')}所指单位")


def holder(spec: AnswerSpec, say: Voice) -> str:
    """One post that answers, at its moment."""
    line = quoted(spec.line)
    if spec.post is not None:
        line += say(f", the post in {quoted(spec.post)},", f"（{quoted(spec.post)}所示岗位）")
    if spec.event is not None:
        event, field = map(quoted, spec.event)
        return say(f"{line} at the first {event} with the same {field}", f"同一{field}的首个{event}发生时的{line}")
    known = f"at {spec.moment}"
    if known in MOMENTS:
        return say(f"{line} {MOMENT_WORDS[known]}", f"{WORDS[known]}的{line}")
    return say(f"{line} at the instant in {quoted(spec.moment)}", f"{quoted(spec.moment)}所载时刻的{line}")


def alone(found: tuple[Tier, ...]) -> bool:
    """Whether one limit holds always."""
    return len(found) == 1 and found[0].where is None


def tiers(found: Iterable[Tier], say: Voice, act: bool = False) -> str:
    """The limits with the conditions under which each counts, as a table; the first that fits counts."""
    rows = [(condition(t.where, say, act) if t.where else say("otherwise", "其余"), phrase(t.limit, say, act)) for t in found]
    return say.table((say("where", "适用情形"), say("limit", "期限")), rows)


def reckoned(by: Reckoning, say: Voice) -> str:
    """How limits are counted."""
    parts = [say(f"by the work calendar {quoted(by.calendar.name)}", f"按工作日历{quoted(by.calendar.name)}计算") if by.calendar
             else say("without a work calendar", "不按工作日历计算")]
    if by.roll:
        parts.append(say("a last day that is no working day moves to the next working day", "末日为非工作日的，顺延至下一工作日"))
    if by.hours is not None:
        hours = _week(by.hours, say)
        parts.append(say(f"business hours are {hours}, {by.hours.zone.key}", f"办公时间为{hours}（{by.hours.zone.key}）"))
        parts += [_on_days(found, say) for found in by.hours.by_date]
    if by.clock_start in STARTS:
        parts.append(say(*STARTS[by.clock_start]))
    if by.in_hours:
        parts.append(say("hours and minutes count only while business is open", "小时、分钟只计办公时间"))
    if by.until_close:
        parts.append(say("the last day ends at the close of business", "末日至下班时止"))
    return say(f"Limits are counted {'; '.join(parts)}.", f"期限{'；'.join(parts)}。")


def _week(found: BusinessHours | HoursByDate, say: Voice) -> str:
    own = [(say(*DAY_NAMES[day]), _open(opening, say)) for day, opening in found.otherwise]
    return _open(found.always, say) + "".join(say(f", on {day} {hours}", f"，{day}为{hours}") for day, hours in own)


def _on_days(found: HoursByDate, say: Voice) -> str:
    """The hours of a season, or of some days."""
    first, last = (say.day_of_year(day) for day in (found.first, found.last))
    every, one, hours = not found.dated, found.first == found.last, _week(found, say)
    english = f"on {first}" if one else f"from {first} to {last}, both included,"
    return say(f"{'every year ' * every}{english} they are {hours}",
               f"{'每年' * every}{first}{'' if one else f'至{last}'}办公时间为{hours}")


def _open(found: Opening, say: Voice) -> str:
    return say(" and ", "、").join(map("–".join, found.told()))


def window(found: Window, say: Voice) -> str:
    """The stretch in which members count together."""
    if found.kind is WindowKind.CALENDAR:
        return each(found.period, say)
    length = "" if found.limit is None else say.limit(found.limit)
    by = say("counted from instant to instant", "按时刻计算") if found.kind is WindowKind.INSTANTS else say(
        "counted by dates", "按日期计算")
    edge = say(", the far edge included", "，含起点") if found.edge_included else ""
    return say(f"{length} ({by}{edge})", f"{length}（{by}{edge}）")


def each(period: PeriodName, say: Voice) -> str:
    return say(f"one calendar {period}", f"一个{WORDS[f'calendar {period}']}")


def term(found: Term, say: Voice) -> str:
    if found.kind is TermKind.LIMIT and found.limit is not None:
        return say(f"for {say.limit(found.limit)}", f"期限为{say.limit(found.limit)}")
    if found.kind is TermKind.AMOUNT and found.amount is not None:
        said = phrase(found.amount, say, act=True)
        return say(f"for as long as {said} says", f"期限依{said}")
    return say("for the rest of the year", "至当年年底") if found.kind is TermKind.REST_OF_YEAR else say(
        "until it is ended", "至解除时止")


def weight(found: Weight, what: tuple[str, str], say: Voice) -> list[str]:
    """How grave a finding is, and how many points it counts."""
    said = []
    if found.severity is not None:
        said.append(say(f"is graded {word(found.severity)}", f"严重程度为{word(found.severity)}"))
    if found.points is not None:
        said.append(say(f"counts {found.points} points", f"记{found.points}分"))
    return [say(f"{what[0]} {' and '.join(said)}.", f"{what[1]}的{'，'.join(said)}。")] if said else []


def effective(found: Effective, say: Voice) -> str:
    """From when to when the rule is in force; half-open."""
    since = say(f"from {say.day(found.since)}", f"自{say.day(found.since)}起") if found.since else ""
    until = say(f"until {say.day(found.until)}, that day not included",
                f"至{say.day(found.until)}（不含当日）止") if found.until else ""
    return say("in force at all times", "始终有效") if not since and not until else say(
        "in force " + " ".join(filter(None, (since, until))), f"{since}{until}施行")


def scope(rule: RuleBase, say: Voice) -> list[str]:
    """When the rule applies: its condition, its exceptions, and which rules go before it."""
    said = []
    if rule.where is not None:
        said.append(say(f"This applies only where {condition(rule.where, say)}.",
                        f"仅适用于下列情形：{condition(rule.where, say)}。"))
    for one in rule.exemptions:
        by = say(f", under {quoted(one.source)}", f"，依据{quoted(one.source)}") if one.source else ""
        said.append(say(f"By way of exception ({quoted(one.label)}{by}), it does not apply where {condition(one.where, say)}.",
                        f"有下列情形的除外（{quoted(one.label)}{by}）：{condition(one.where, say)}。"))
    if rule.defeats:
        said.append(say(f"Where it applies, {say.names(rule.defeats)} does not.",
                        f"适用本条的，不再适用{say.names(rule.defeats)}。"))
    if rule.defeated_by:
        others = say.some(quoted(n) for n, _ in rule.defeated_by)
        said.append(say(f"It does not apply where {others} does.", f"适用{others}的，不适用本条。"))
    return said


def closing(rule: RuleBase, say: Voice) -> list[str]:
    """Who answers, what conclusions are about, what is reported."""
    said = []
    if rule.draft:
        said.append(say("This is a draft: it is judged to show what would be found, and nothing follows from it.",
                        "本条为草案：仅试行判定以示结果，不产生任何后果。"))
    if rule.answers:
        posts = [holder(a, say) for a in rule.answers]
        said.append(say(f"Those who answer: {'; '.join(posts)}.", f"由{'、'.join(posts)}承担责任。"))
    about = say("the bearer", "责任主体") if rule.about == "bearer" else quoted(rule.about)
    said.append(say(f"Conclusions are about {about}.", f"结论以{about}为对象。"))
    if rule.report_all:
        said.append(say("All conclusions are reported, those in good order too.", "全部结论（包括合规的结论）均予报告。"))
    return said


def source(rule: RuleBase, policy: Policy, say: Voice) -> str:
    """The clause that the rule encodes, by the key under which the pack lists it."""
    if not rule.source:
        return say("without a source", "未注明依据")
    listed = policy.sources.get(rule.source)
    return quoted(rule.source) + ("" if listed is None else say(f" ({listed})", f"（{listed}）"))
