"""A rule on reporting in words: from where to where a report climbs, by when, and when it is as it must be."""

from __future__ import annotations

from itertools import pairwise

from accountability.policy.kinds.reporting import Found, Reporting
from accountability.policy.rendering.expressions import condition, phrase
from accountability.policy.rendering.mermaid import chart
from accountability.policy.rendering.shared import Said, alone, bearer, reckoned, tiers, triggers, weight
from accountability.policy.rendering.voice import Voice, quoted, word


def said(rule: Reporting, say: Voice) -> Said:
    """The sentence of a rule on reporting, its limits and its route."""
    what, who, by, same = triggers(rule.when, say), bearer(rule.bearer, say), triggers(rule.sent, say), say.names(rule.same)
    sender, receiver = bearer(rule.sender, say), bearer(rule.receiver, say)
    first, each = limits(rule, say)
    lead = say(f"When {what} occurs, {who} shall report it to the unit above {first}, and every unit that was told to the one"
               f" above it {each}, up to {up_to(rule, say)}.",
               f"发生{what}的，{who}应当{first}向上级单位报告；接报单位应当{each}逐级上报，直至{up_to(rule, say)}。")
    more = [say(f"A report is {by} with the same {same}; it is sent by {sender} to {receiver}.",
                f"报告指同一{same}的{by}，由{sender}发送，由{receiver}接收。"),
            say(f"The levels are, from the lowest: {', '.join(map(word, rule.levels))}.",
                f"各层级由低到高为：{'、'.join(map(word, rule.levels))}。")]
    if rule.within is not None:
        since, limit = triggers(rule.within.since, say), say.limit(rule.within.limit)
        more.append(say(f"It counts only within {limit} from {since}, of the same {same}, that day included.",
                        f"仅限自同一{same}的{since}起{limit}内（含末日）发生的。"))
    if rule.provided is not None:
        test = condition(rule.provided, say, act=True)
        more.append(say(f"Only such reports belong here where {test}.", f"报告仅指符合下列情形的：{test}。"))
    for one in rule.direct:
        under = say(f", under {quoted(one.source)}", f"，依据{quoted(one.source)}") if one.source else ""
        test = condition(one.where, say, act=True)
        more.append(say(f"A report past the immediate superior is lawful ({quoted(one.label)}{under}) where {test}.",
                        f"有下列情形的，可以越级报告（{quoted(one.label)}{under}）：{test}。"))
    if rule.verified:
        facts = triggers(rule.verified, say)
        more.append(say(f"What is still unreported after its limit when {facts} verifies the facts was concealed.",
                        f"逾期未报，至{facts}核实事实时仍未报告的，为瞒报。"))
    if rule.found is not None:
        more += findings(rule.found, say)
    more += [reckoned(rule.reckoning, say), *weight(rule.weight, ("A breach", "违反本条"), say)]
    return Said(lead, tuple(more), tables(rule, say), ladder(rule, say))


def limits(rule: Reporting, say: Voice) -> tuple[str, str]:
    """By when the first hop and every further one is made, where one limit holds always; else by the tables below."""
    by_table = say("within the first limit below whose case holds", "在下表首个相符情形所列期限内")
    return tuple(  # type: ignore[return-value]
        say(f"within {phrase(t[0].limit, say, act)}", f"在{phrase(t[0].limit, say, act)}内") if alone(t) else by_table
        for t, act in ((rule.first, False), (rule.each, True)))


def up_to(rule: Reporting, say: Voice) -> str:
    """How far it climbs."""
    if len(rule.route) == 1 and rule.route[0].where is None:
        return say(f"the level {word(rule.route[0].level)}", f"层级{word(rule.route[0].level)}")
    return say("the first level below whose case holds", "下表首个相符情形所列层级")


def tables(rule: Reporting, say: Voice) -> tuple[str, ...]:
    """Limits and route, where there are several; `its` is what the level that passes it on has been told."""
    found = [] if alone(rule.first) else [say("The first report:", "首次报告：") + "\n\n" + tiers(rule.first, say)]
    if not alone(rule.each):
        found.append(say("Every further report, by what its sender has been told:", "逐级上报（“其”指该层级所知情况）：")
                     + "\n\n" + tiers(rule.each, say, act=True))
    if len(rule.route) != 1 or rule.route[0].where is not None:
        rows = [(condition(s.where, say, act=True) if s.where else say("otherwise", "其余"), word(s.level)) for s in rule.route]
        found.append(say("How far, by what the sender has been told:", "报至层级（“其”指该层级所知情况）：") + "\n\n"
                     + say.table((say("where", "适用情形"), say("up to", "报至")), rows))
    return tuple(found)


def findings(found: Found, say: Voice) -> list[str]:
    """What finds that a report left something out, or was untrue."""
    what, unit = triggers(found.when, say), bearer(found.unit, say)
    out = []
    if found.omitted is not None:
        test = condition(found.omitted, say, act=True)
        out.append(say(f"By {what} the last report of {unit} is found to have left something out where {test}.",
                       f"经{what}，有下列情形的，认定{unit}的最近一次报告为漏报：{test}。"))
    if found.false is not None:
        test = condition(found.false, say, act=True)
        out.append(say(f"By {what} the last report of {unit} is found to have been knowingly untrue where {test}.",
                       f"经{what}，有下列情形的，认定{unit}的最近一次报告为谎报：{test}。"))
    return out


def ladder(rule: Reporting, say: Voice) -> str:
    """The levels as rungs, each with the limit by which it is reached."""
    first, each = limits(rule, say)
    rungs = [say("the bearer", "责任主体"), *rule.levels]
    return chart([(a, b, each if n else first) for n, (a, b) in enumerate(pairwise(rungs))])
