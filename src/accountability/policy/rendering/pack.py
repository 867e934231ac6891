"""A whole pack in words: its rules, what they read, the chain that they make, who is responsible, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from accountability.policy.expression import Parameter, ParameterRef, walk
from accountability.policy.keywords import WORDS, Script
from accountability.policy.kinds import Effect, Rule
from accountability.policy.model import Policy
from accountability.policy.rendering.expressions import condition
from accountability.policy.rendering.ladder import ladder
from accountability.policy.rendering.mermaid import chart
from accountability.policy.rendering.pages import kind, said
from accountability.policy.rendering.shared import closing, effective, scope, source, triggers
from accountability.policy.rendering.voice import Voice, escaped, quoted, word
from accountability.policy.rule import Made, Period, Source
from accountability.policy.vocabulary import EventType, Field, Sort

MADE_FROM = ("This page is written by `accountability show --readme` from the rule files beside it; change those, not this page.",
             "本页由 `accountability show --readme` 根据同目录的规则文件生成；请修改规则文件，勿改本页。")


def show_pack(policy: Policy, script: Script, calendars: bool = True) -> str:
    """*policy* as a Markdown page in one language. Two policies that differ give two pages that differ.

    Without *calendars*, the page names work calendars but does not tell which years and days they know.
    """
    say = Voice(script)
    rules = in_order(policy)
    blocks = [f"# {_heading(policy.pack, policy.title)}", _basics(policy, say)]
    blocks += [f"## {say('Rules', '规则')}", *_chain(rules, say)]
    for rule in rules:
        blocks += _rule(rule, policy, say)
    return _page([*blocks, *_sections(policy, say, calendars)])


def show_rule(policy: Policy, name: str, script: Script) -> str:
    """One rule of *policy* and what it leans on, as a Markdown page. Raises KeyError where there is none of that name."""
    say, rule = Voice(script), policy.rule(name)
    return _page([*_rule(rule, policy, say), *_sections(needed(policy, rule), say, True)])


def readme(policy: Policy) -> str:
    """The README of a pack: in Chinese, then in English. It stays the same when a work calendar learns of another year.

    What the pack imports is named only: it has a page of its own.
    """
    chinese, english = (show_pack(policy.own, script, calendars=False).rstrip("\n") for script in ("zh", "en"))
    notes = "\n>\n> ".join(reversed(MADE_FROM))
    return f"> {notes}\n\n{chinese}\n\n---\n\n{english}\n"


def in_order(policy: Policy) -> list[Rule]:
    """The rules as their author ordered them."""
    return sorted(policy.rules, key=lambda r: r.index)


def needed(policy: Policy, rule: Rule) -> Policy:
    """*policy* with nothing but *rule* and what it names."""
    events = {t.name for t in rule.waits_for() if t.made is Made.EVENT}
    read = {e.name for tree in rule.expressions() for e in walk(tree) if isinstance(e, ParameterRef)}
    periods = {p.name for p in rule.periods()}
    lines = {a.line for a in rule.lookups()}
    named = [(n, p.source, read) for n, p in policy.parameters.items()]
    named += [(n, p.source, periods) for n, p in policy.periods.items()]
    named += [(n, r.source, lines) for n, r in policy.responsibility.items()]
    cited = {rule.source, *(e.source for e in rule.exemptions), *(source for n, source, names in named if n in names)}
    return attrs.evolve(policy, rules=(rule,), ladders=(), invariants=(),
                        vocabulary={n: e for n, e in policy.vocabulary.items() if n in events},
                        parameters={n: p for n, p in policy.parameters.items() if n in read},
                        periods={n: p for n, p in policy.periods.items() if n in periods},
                        responsibility={n: r for n, r in policy.responsibility.items() if n in lines},
                        sources={n: s for n, s in policy.sources.items() if n in cited})


def _page(blocks: Iterable[str]) -> str:
    return "\n\n".join(filter(None, blocks)) + "\n"


def _heading(name: str, title: str) -> str:
    return quoted(name) + (f" {escaped(title)}" if title else "")


def _drawing(text: str) -> str:
    return f"```mermaid\n{text}\n```" if text else ""


def _basics(policy: Policy, say: Voice) -> str:
    zone = policy.zone.key
    strict = say("Events of types that are not declared here are " + ("refused." if policy.strict else "ignored."),
                 "未在词表中声明的事件，" + ("一律拒收。" if policy.strict else "不予理会。"))
    others = [quoted(name) for name in policy.imports]
    also = say(f" The rules of {say.every(others)} hold here too.", f"{say.every(others)}的规则在此同样适用。") if others else ""
    return say(f"Days and times of day are those of {zone}. ", f"日期和时刻以{zone}时区为准。") + strict + also


def _chain(rules: list[Rule], say: Voice) -> Iterator[str]:
    """What follows from what: rules that wait for each other's conclusions."""
    names = {r.name for r in rules}
    links = [(t.name, r.name, WORDS.get(t.made, t.made) if say.script == "zh" else str(t.made))
             for r in rules for t in dict.fromkeys(r.waits_for()) if t.made is not Made.EVENT and t.name in names]
    if links:
        yield say("What follows from what:", "规则之间的衔接：")
        yield _drawing(chart(links))


def _rule(rule: Rule, policy: Policy, say: Voice) -> list[str]:
    words = said(rule, say)
    kind_ = say(kind(rule), WORDS[kind(rule)])
    cited, since = source(rule, policy, say), effective(rule.effective, say)
    items = [*scope(rule, say), *words.more, *closing(rule, say)]
    return [f"### {_heading(rule.name, rule.title)}",
            say(f"Kind: {kind_}. Source: {cited}; {since}.", f"种类：{kind_}。依据：{cited}；{since}。"),
            f"**{words.lead}**", *words.tables, "\n".join(f"{n}. {item}" for n, item in enumerate(items, 1)),
            _drawing(words.drawing)]


def _sections(policy: Policy, say: Voice, calendars: bool) -> Iterator[str]:
    """What the rules read, name and cite; a section that has nothing is left out."""
    for found in policy.ladders:
        yield f"## {say('Ladder', '阶梯')} {_heading(found.name, found.title)}"
        yield from ladder(found, policy, say)
    if policy.invariants:
        yield f"## {say('Invariants', '恒定要求')}"
        yield "\n".join(f"- {_invariant(i, policy, say)}" for i in policy.invariants)
    if policy.parameters:
        yield f"## {say('Parameters', '参数')}"
        for parameter in policy.parameters.values():
            yield from _parameter(parameter, say)
    if policy.periods:
        yield f"## {say('Periods', '时段')}"
        yield "\n".join(f"- {_period(p, say)}" for p in policy.periods.values())
    if policy.responsibility:
        yield f"## {say('Responsibilities', '责任')}"
        kinds = policy.responsibility.values()
        cited = any(k.source for k in kinds)
        heads = (say("who answers", "责任人"), say("roles", "角色"), say("of", "所属"), say("source", "依据"))
        rows = [(quoted(k.name), say.names(k.roles), _of(k.of, say), quoted(k.source) if k.source else "") for k in kinds]
        yield say.table(heads if cited else heads[:3], rows if cited else [row[:3] for row in rows])
    if policy.vocabulary:
        yield f"## {say('Events', '事件')}"
        fields = [row for event in policy.vocabulary.values() for row in _event(event, say)]
        yield say.table((say("event", "事件"), say("field", "字段"), say("type", "类型"), say("read from", "取自")), fields)
    if calendars and policy.calendars:
        yield f"## {say('Work calendars', '工作日历')}"
        known = [(quoted(c.name), say.day(c.first_known), say.day(c.last_known), f"`{c.digest[:12]}`")
                 for c in policy.calendars.values()]
        yield say.table((say("calendar", "日历"), say("known from", "已知自"), say("to", "至"), say("digest", "摘要")), known)
    if policy.sources:
        yield f"## {say('Sources', '依据')}"
        sources = [(quoted(s.key) + _marks(s, say), escaped(s.title), escaped(s.clause), escaped(s.address))
                   for s in policy.sources.values()]
        yield say.table((say("source", "依据"), say("title", "标题"), say("clause", "条款"), say("address", "网址")), sources)


def _invariant(rule: Effect, policy: Policy, say: Voice) -> str:
    """What must never be concluded."""
    what = triggers(rule.when, say)
    if rule.where is not None:
        what += say(f", where {condition(rule.where, say)},", f"（{condition(rule.where, say)}）")
    if rule.joined:
        joined, same = triggers(rule.joined, say), say.names(rule.same)
        what = say(f"{what} together with {joined} with the same {same}", f"{what}与同一{same}的{joined}并存")
    basis = source(rule, policy, say)
    cited = say(f" Source: {basis}.", f"依据：{basis}。") if rule.source else ""
    return quoted(rule.name) + say(f": {what} must never be.", f"：绝不得有{what}。") + cited


def _marks(source: Source, say: Voice) -> str:
    """What a reader must know of a source."""
    doubt = say(" (not yet looked up)", "（尚未核实）") if source.unverified else ""
    return doubt + (say(" (leaves limits open)", "（未定时限）") if source.open else "")


def _parameter(parameter: Parameter, say: Voice) -> Iterator[str]:
    """A parameter as a table: one line for each of its versions, one column for each row that a field may choose."""
    cited = say(f", source: {quoted(parameter.source)}", f"，依据：{quoted(parameter.source)}") if parameter.source else ""
    chosen = say(", chosen by the authors of the pack, since the source leaves it open", "，依据未作规定，由编者取值")
    yield quoted(parameter.name) + cited + chosen * parameter.chosen + say(":", "：")
    rows = list(dict.fromkeys(row for v in parameter.versions for row in v.table or ()))
    if any(v.table is None for v in parameter.versions):
        lines = [(_since(v.since, say), say.value(v.value)) for v in parameter.versions]
        yield say.table((say("from", "自"), say("value", "值")), lines)
        return
    heads = (say("from", "自"), *map(word, rows))
    yield say.table(heads, [(_since(v.since, say), *(say.value(v.table[r]) if v.table and r in v.table else "" for r in rows))
                            for v in parameter.versions])


def _since(day: date, say: Voice) -> str:
    return say("always", "始终") if day == date.min else say.day(day)


def _period(period: Period, say: Voice) -> str:
    parts = []
    if period.event is not None:
        since, until = quoted(period.since_field), quoted(period.until_field)
        parts.append(say(f"opened by {quoted(period.event)}, from its {since} to its {until}",
                         f"由{quoted(period.event)}开启，自其{since}至其{until}"))
    parts += [say(f"from {say.day(a)} until {say.day(b)}, that day not included", f"自{say.day(a)}至{say.day(b)}（不含当日）")
              for a, b in period.declared]
    cited = say(f", source: {quoted(period.source)}", f"，依据：{quoted(period.source)}") if period.source else ""
    return quoted(period.name) + cited + say(": ", "：") + say("; ", "；").join(parts)


def _of(of: str, say: Voice) -> str:
    """Of which unit the posts are, seen from the one that the finding is about."""
    if of == "unit":
        return say("the unit itself", "本单位")
    if of == "parent":
        return say("the unit above it", "上级单位")
    return say("the nearest unit upward of the level ", "逐级向上首个层级为此的单位：") + word(of.removeprefix("level:"))


def _event(event: EventType, say: Voice) -> Iterator[tuple[str, ...]]:
    name = quoted(event.name) + say(" (says that a case was raised)", "（提出诉求）") * event.raises_case
    name += say(" (nobody's breach by itself)", "（本身无责）") * event.nobodys_fault
    if not event.fields:
        yield name, "", "", ""
    for field in event.fields.values():
        yield name, quoted(field.name) + say(" (may be missing)", "（可缺）") * field.optional, _type(field, say), say(
            f"{field.where} ", WORDS[field.where]) + quoted(field.key)


def _type(field: Field, say: Voice) -> str:
    if field.type.sort is Sort.CHOICE:
        choices = say(", ", "、").join(map(word, sorted(field.type.choices)))
        return say(f"one of {choices}", f"{choices}之一")
    name = field.type.kind if field.type.sort is Sort.REFERENCE else field.type.sort.value
    return say(name, WORDS.get(name, name))
