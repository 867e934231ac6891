"""The words of the rule language, each in English and in Chinese, and the phrases that are made of them.

A word has one meaning wherever it stands, so either spelling may be used anywhere, and a pack may mix them. Inside the library
there is only the English one. The operators of conditions have a table of their own: there `是` is `is`, and answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from accountability.document.spelling import Script as Script

WORDS: Mapping[str, str] = {
    # the head and the sections
    "pack": "规则包", "title": "标题", "imports": "引入", "effective": "施行", "timezone": "时区", "calendar": "工作日历",
    "roll": "顺延", "business hours": "办公时间", "unknown events": "未知事件",
    "sources": "规范依据", "vocabulary": "词表", "parameters": "参数",
    "periods": "时段", "responsibility": "责任", "rules": "规则", "invariants": "恒定要求", "scenarios": "情景列表",
    # keys inside the sections
    "from": "自", "to": "至", "break": "休息", "by date": "按日期", "first day": "首日",
    "last day": "末日", "until": "废止", "clause": "条款", "address": "网址", "raises a case": "提出诉求",
    "nobody's fault": "本身无责", "unverified": "未核实", "leaves open": "未定时限", "author's choice": "编者取值",
    "choices": "选项",
    "optional": "可选", "opened by": "开启事件", "dates": "起止日期", "roles": "角色", "of": "所属",
    # rules
    "duty": "职责", "prohibition": "禁止", "threshold": "阈值", "effect": "后果",
    "source": "依据", "where": "条件", "about": "关于", "answers": "问责", "report": "报告",
    "when": "触发", "bearer": "责任主体", "must": "应当", "same": "同一", "provided": "须满足", "within": "时限", "due": "到期",
    "during": "期间", "clock starts": "起算", "clock runs": "计时",
    "until close of business": "至下班", "again": "再次触发", "even before": "可提前",
    "joined with": "连同", "count": "计数", "per": "按", "reaches": "达到", "fires": "触发方式",
    "adds": "累加", "different": "不同", "broken by": "中断事件", "in a row": "连续", "merit": "功绩",
    "draft": "草案",
    "may": "可以", "unless": "除外", "defeats": "优先于", "amount": "应付", "pauses": "中止", "with last day": "含末日",
    "extension": "延期", "accepted by": "经验收", "redo": "重办", "void": "撤销",
    "every": "每逢", "no gap over": "间隔上限", "once by": "限期完成", "while": "存续期间", "at every instant": "每一时刻",
    "covered by": "值守",
    "gate": "关口", "requires": "须具备", "barred": "受限", "who": "对象人", "ended by": "解除事件", "quashed by": "撤销事件",
    "again from": "恢复事件", "follows": "随附",
    "reporting": "逐级上报", "sent by": "报送事件", "first within": "首报时限", "each within": "逐级时限", "levels": "各级",
    "up to": "报至", "direct when": "可直报", "facts verified by": "查实事件", "found by": "查明事件", "omitted": "漏报",
    "false": "谎报",
    "propose": "建议", "on": "针对", "once per": "每期一次", "decided by": "决定事件",
    "scorecard": "考核", "over": "考核期", "start": "起始分", "items": "考核项", "grades": "等次表", "overridden": "等次改判",
    "ranks": "排名次",
    "ladder": "阶梯", "rungs": "各阶", "rung": "阶", "after": "继", "decided in": "决定机关", "decide within": "决定时限",
    "appeal": "申诉",
    # keys inside rules
    "weight": "权重", "kpi": "指标", "value": "实绩", "grade": "等次", "by": "凭", "shortfall": "未达标",
    "last period": "上期", "target": "目标值",
    "then": "之后", "at least": "不低于", "at most": "不高于", "limit": "期限", "otherwise": "其余", "severity": "严重程度",
    "points": "记分",
    "term": "影响期", "bars": "限制", "together": "一并决定", "meanwhile": "期内再决定",
    "apart": "各自计算", "heaviest": "从重执行", "added": "期限相加", "equal added": "同等相加",
    # what another rule concludes, also as keys
    "breach": "违反", "discharge": "履行", "finding": "认定", "standing": "生效",
    "passed": "通过", "refused": "被拒", "gap": "缺口", "score": "得分",
    # chosen words
    "yes": "是", "no": "否", "refuse": "拒绝", "ignore": "忽略", "all": "全部", "exceptions": "仅例外", "new": "新开",
    "resume": "续算", "person": "随人", "restart": "重新起算", "each": "逐一", "rising": "首次达到", "once, used up": "达到即清零",
    "at once": "立即", "all the time": "不间断", "in business hours": "仅办公时间",
    "monday": "周一", "tuesday": "周二", "wednesday": "周三", "thursday": "周四", "friday": "周五", "saturday": "周六",
    "sunday": "周日",
    "next opening": "下次上班", "next working day": "下一工作日", "rest of the year": "至年底", "until ended": "至解除",
    "parent": "上级", "level": "层级",
    "calendar day": "自然日", "calendar week": "自然周", "calendar month": "自然月", "calendar quarter": "自然季度",
    "calendar year": "自然年", "rolling by instants": "按时刻滚动", "rolling by dates": "按日期滚动", "edge included": "含边界",
    # invariants and scenarios
    "never": "绝不", "scenario": "情景", "organisation": "组织", "events": "事件列表", "checkpoints": "检查点", "as of": "截至",
    "known at": "知悉时点", "findings": "认定列表", "recorded": "入档", "id": "编号", "note": "备注",
    "rule": "所据规则", "status": "状态", "since": "起于", "due_date": "到期日", "done": "完成于", "overdue": "逾期",
    "ends": "止于",
    "holder": "在任者", "measure": "措施", "members": "计数项",
    "open": "待履行", "met": "已履行", "late": "逾期完成", "missed": "未履行", "withdrawn": "已撤回", "proposed": "已建议",
    "decided": "已决定", "in force": "有效", "ended": "已结束", "conditional": "待验收", "lapsed": "已失效", "reconsider": "复核",
    "quashed": "已撤销", "scored": "已评分", "reached": "已达成",
    # moments
    "at trigger": "触发时", "at due": "到期时", "at finding": "认定时", "at first": "首次时", "at last": "末次时", "at now": "现时",
    "at act": "履行时", "at": "时",
    # where a field is read from, and what it holds
    "subject": "对象", "data": "数据", "attribute": "属性",
    "yes or no": "是否", "number": "数字", "text": "文本", "instant": "时刻", "date": "日期",
    "unit": "单位", "post": "岗位", "office-holder": "任职人", "case": "案件", "incident": "突发事件",
    "hazard": "隐患", "plan": "计划", "decision": "决定", "tip": "线索", "project": "项目", "window": "窗口期", "proposal": "提议",
    "veto": "否决", "award": "表彰", "permit": "许可", "inspection": "检查",
}
"""Every keyword of a rule file: its English spelling, its Chinese spelling."""

ENGLISH: Mapping[str, str] = {chinese: english for english, chinese in WORDS.items()}

OPERATORS: Mapping[str, tuple[str, str]] = {
    "_OR": ("or", "或"), "_AND": ("and", "且"), "_NOT": ("not", "非"), "_IS": ("is", "是"), "_IN": ("in", "属于"),
    "_OF": ("of", "之"), "_NO": ("no", "没有"), "_ANY": ("any", "有"), "_SAME": ("of the same", "同一"),
    "_LAST": ("last", "最近"),
    "_MISSING": ("missing", "缺失"), "_PRESENT": ("present", "已知"),
}
"""The words of a condition, by the terminals of its grammar."""

SIGNS: Mapping[str, str] = {
    "==": "=", "等于": "=", "≠": "!=", "不等于": "!=", "≥": ">=", "至少": ">=", "不少于": ">=", "≤": "<=", "至多": "<=",
    "不超过": "<=", "超过": ">", "少于": "<", "×": "*",
}
"""Other spellings of the signs that compare or reckon."""

FACTS: Mapping[str, str] = {"unit": "单位", "role": "角色", "rank": "级别", "level": "层级", "parent": "上级"}
"""What a condition may ask about a unit or post."""

MOMENTS = ("at trigger", "at due", "at finding", "at first", "at last", "at now", "at act")
MADE = ("breach", "discharge", "finding", "standing", "proposal", "passed", "refused", "gap", "score")
ROLLING = ("rolling by instants", "rolling by dates")
JOINED = re.compile(r"\s+(?:or|或)\s+")


def word(text: str, to: Script) -> str:
    """*text* in the other spelling, where it is a keyword."""
    return (WORDS if to == "zh" else ENGLISH).get(text, text)


def trigger(text: str, to: Script) -> str:
    """`breach of R` is `违反 R`; several are joined by `or` or `或`."""
    return {"en": " or ", "zh": " 或 "}[to].join(_conclusion(part, to) for part in JOINED.split(text.strip()))


def _conclusion(text: str, to: Script) -> str:
    if to == "zh" and (match := re.fullmatch(f"({'|'.join(MADE)}) of (.+)", text)):
        return f"{WORDS[match[1]]} {match[2]}"
    if to == "en" and (match := re.fullmatch(rf"({'|'.join(map(WORDS.__getitem__, MADE))})\s+(.+)", text)):
        return f"{ENGLISH[match[1]]} of {match[2]}"
    return text


def moment(text: str, to: Script) -> str:
    """`at due` is `到期时`; `NAME at FIELD` is `NAME FIELD 时`, where a field that is called like a moment stands apart.

    `at EVENT of the same FIELD` is `EVENT 同一 FIELD 时`.
    """
    match = re.fullmatch(r"(?:(.+?)\s+)?at\s+(\S+)(?:\s+of\s+the\s+same\s+(\S+))?", text)
    if match is not None:
        if to == "en":
            return text
        who, field, same = match.groups()
        if "at" in (who, field):
            return text  # `at 时` would say `at`, of a field that is called `时`.
        said = f"{field} 同一 {same} 时" if same else WORDS.get(f"at {field}", f"{field} 时")
        return f"{who} " * bool(who) + said
    known = "|".join(map(WORDS.__getitem__, MOMENTS))
    match = re.fullmatch(rf"(?:(.+?)\s+)??(?:({known})|(\S+)\s+(?:同一\s+(\S+)\s+)?时)", text)
    if match is None or to == "zh":
        return text
    who, word_, field, same = match.groups()
    return f"{who} " * bool(who) + (ENGLISH[word_] if word_ else f"at {field}" + (f" of the same {same}" if same else ""))


def window(text: str, to: Script) -> str:
    """`30 days rolling by instants, edge included` is `30 days 按时刻滚动, 含边界`; `calendar year` is `自然年`."""
    words = ROLLING if to == "zh" else tuple(map(WORDS.__getitem__, ROLLING))
    edge = "edge included" if to == "zh" else WORDS["edge included"]
    match = re.fullmatch(rf"(.+?)\s*({'|'.join(words)})(?:,\s*({edge}))?", text)
    return word(text, to) if match is None else f"{match[1]} {word(match[2], to)}" + f", {word(edge, to)}" * bool(match[3])


def origin(text: str, to: Script) -> str:
    """`data KEY` is `数据 KEY`."""
    part, space, key = text.partition(" ")
    return (word(part, to) if part in _FROM[to] else part) + space + key


_FROM = {"zh": ("subject", "data", "attribute"), "en": tuple(map(WORDS.__getitem__, ("subject", "data", "attribute")))}


def declaration(text: str, to: Script) -> str:
    """`case from subject, optional` is `案件 自 对象, 可选`."""
    match = re.fullmatch(r"(.+?)(?:\s+(from|自)\s+((?:subject|data|attribute|对象|数据|属性)(?:\s+\S+?)?))?"
                         r"(?:\s*,\s*(optional|可选))?", text.strip())
    if match is None:
        return text
    kind, since, place, optional = match.groups()
    out = word(kind, to)
    out += f" {word(since, to)} {origin(place, to)}" if place else ""
    return out + (f", {word(optional, to)}" if optional else "")


def above(text: str, to: Script) -> str:
    """`level:county` is `层级:county`."""
    head, colon, level = text.partition(":")
    if not colon:
        return word(text, to)
    return (word(head, to) if head in ("level", "层级") else head) + colon + level


def prefixed(text: str, to: Script, heads: tuple[str, ...] = ("during",)) -> str:
    """`during PERIOD` is `期间 PERIOD`."""
    head, space, name = text.partition(" ")
    return (word(head, to) if ENGLISH.get(head, head) in heads and space else head) + space + name


def in_chinese(text: str) -> str:
    """What a message says in English, as a Chinese pack writes it: a word or a phrase."""
    if text in WORDS:
        return WORDS[text]
    for phrase in (moment, trigger, window, prefixed, above, origin, declaration):
        if (said := phrase(text, "zh")) != text:
            return said
    return text
