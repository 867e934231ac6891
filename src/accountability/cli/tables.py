"""What people see of a judgement: findings with due, how late and who answers; counts by rule and unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from rich.console import Console
from rich.table import Table

from accountability.conclusion import AGAINST, Answer, Conclusion, Judgement, Status, lateness
from accountability.explanation.reason import Reason
from accountability.explanation.speaking import Speaker
from accountability.policy.keywords import WORDS
from accountability.policy.model import Policy
from accountability.policy.rendering.voice import Voice

HEADS: Mapping[str, str] = {
    "rule": "规则", "about": "对象", "unit": "单位", "status": "状态", "due": "到期", "late by": "逾期", "who answers": "责任人",
    "when": "何时", "now": "现状", "then": "届时", "all": "合计",
}
"""What stands over the columns, in Chinese."""


def show(console: Console, policy: Policy, judgement: Judgement, limit: int, speaker: Speaker) -> None:
    """Prints the findings of *judgement* (the first *limit*; 0 for all), and the counts of every rule and of the *limit* units
    against which most stands."""
    _findings(console, policy, judgement, limit, speaker)
    if policy.drafts:
        _findings(console, policy, judgement, limit, speaker, drafts=True)
    _counts(console, policy, judgement, limit, speaker.voice)


def head(name: str, voice: Voice) -> str:
    """What stands over the column called *name*."""
    return voice(name, HEADS[name])


def _findings(console: Console, policy: Policy, judgement: Judgement, limit: int, speaker: Speaker, drafts: bool = False) -> None:
    voice = speaker.voice
    found = judgement.would if drafts else judgement.findings
    shown = found[:limit] if limit else found
    if shown:
        at = local(judgement.at, policy)
        title = voice(f"drafts would have found as of {at}", f"截至 {at}，草案规则会作出的认定") if drafts else voice(
            f"findings as of {at}", f"截至 {at} 的认定")
        table = Table(title=title, title_justify="left")
        for column in ("rule", "about", "unit", "status", "due", "late by", "who answers"):
            table.add_column(head(column, voice), overflow="fold")
        for f in shown:
            late = lateness(f, judgement.at, policy.zone)
            due = f.due_date.isoformat() if f.due_date else local(f.due, policy) if f.due else ""
            due += voice(" (provisional)", "（暂定）") if f.provisional else ""
            table.add_row(f.rule, f.subject, f.unit or "", status_of(f, speaker), due,
                          speaker.length(late, units=2) if late else "", who(f, voice))
        console.print(table)
    left = len(found) - len(shown)
    if left:
        console.print(voice(f"… and {left:,} more findings: `--limit 0` shows all, `--format jsonl` gives them to a program",
                            f"……另有 {left:,} 条认定：`--limit 0` 全部显示，`--format jsonl` 供程序读取"))
    if not found:
        none = voice("drafts would have found nothing", "草案规则不会作出认定") if drafts else voice("no findings", "没有认定")
        console.print(none)


def _counts(console: Console, policy: Policy, judgement: Judgement, limit: int, voice: Voice) -> None:
    statuses = [s for s in Status if any(k[2] is s for k in judgement.counts)]
    rows: dict[str, dict[str, dict[Status, int]]] = defaultdict(lambda: defaultdict(dict))
    for (rule, unit, status), number in judgement.counts.items():
        rows[rule][unit or ""][status] = number
    table = Table(title=voice("counts by rule and unit", "按规则和单位计数"), title_justify="left")
    for column in ("rule", "unit"):
        table.add_column(head(column, voice))
    for column in (*(word_of(status, voice) for status in statuses), head("all", voice)):
        table.add_column(column, justify="right")
    for name in (r.name for r in sorted(policy.rules, key=lambda r: r.index)):
        units = rows[name]
        against = {unit: sum(n for status, n in numbers.items() if status in AGAINST) for unit, numbers in units.items()}
        worst = [unit for _, unit in sorted((-number, unit) for unit, number in against.items())]
        shown = worst[:limit] if limit else worst
        for unit in sorted(shown):
            table.add_row(name, unit, *_numbers(units[unit], statuses))
        if len(shown) < len(units):
            more = f"{len(units) - len(shown):,}"
            table.add_row(name, voice(f"{more} more", f"另 {more} 个"), *_numbers(_sum(units[u] for u in worst[limit:]), statuses))
        if len(units) > 1:
            table.add_row(name, head("all", voice), *_numbers(_sum(units.values()), statuses), style="bold", end_section=True)
    if table.row_count:
        console.print(table)


def _sum(numbers: Iterable[Mapping[Status, int]]) -> dict[Status, int]:
    found: Counter[Status] = Counter()
    for each in numbers:
        found.update(each)
    return found


def _numbers(numbers: dict[Status, int], statuses: list[Status]) -> list[str]:
    return [f"{numbers[s]:,}" if numbers.get(s) else "" for s in statuses] + [f"{sum(numbers.values()):,}"]


def word_of(status: Status, voice: Voice) -> str:
    """*status* in words."""
    return voice(str(status), WORDS[str(status)])


def status_of(finding: Conclusion, speaker: Speaker) -> str:
    """Its status, with the measure where it has one."""
    voice = speaker.voice
    said = [finding.measure] if finding.measure else []
    said += [_detail(name, value, speaker) for name, value in finding.details if not isinstance(value, Mapping)]
    status = word_of(finding.status, voice)
    return status + voice(": ", "：") + voice(", ", "，").join(said) if said else status


def _detail(name: str, value: object, speaker: Speaker) -> str:
    if speaker.script == "zh":
        return speaker.say(Reason(f"detail {name}", {"value": value}))
    return f"{name} {' and '.join(map(str, value)) if isinstance(value, tuple) else value}"


def who(finding: Conclusion, voice: Voice) -> str:
    """The posts that answer for *finding*, or that it is about, with their holders."""
    vacant, colon = voice("vacant", "空缺"), voice(": ", "：")
    if finding.post:
        return f"{finding.post}{colon}{finding.holder or vacant}"
    return voice("; ", "；").join(f"{one.post}{colon}{one.holder or vacant}{_notes(one, voice)}" for one in finding.answers)


def _notes(answer: Answer, voice: Voice) -> str:
    notes = [*([voice("acting", "代理")] if answer.acting else []), *([voice("joint", "配合")] if answer.part == "joint" else []),
             *([voice("for ", "承接 ") + " → ".join(answer.passed)] if answer.passed else [])]
    return voice(f" ({', '.join(notes)})", f"（{'，'.join(notes)}）") if notes else ""


def local(instant: datetime, policy: Policy) -> str:
    """*instant* in the zone of *policy*, with its offset."""
    return instant.astimezone(policy.zone).isoformat(sep=" ", timespec="minutes" if not instant.second else "seconds")
