"""`accountability plan`: what will be done with a pack, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from accountability.cli.columns import LARGE
from accountability.cli.opening import mapping_of, organisation_of
from accountability.cli.printing import Plain, say
from accountability.cli.running import Format
from accountability.cli.showing import CHOSEN, Language
from accountability.cli.tables import local
from accountability.engine.plan import Plan, RulePlan, Share, TypePlan, Way
from accountability.engine.plan import plan as planned
from accountability.policy import read_rules
from accountability.policy.keywords import in_chinese
from accountability.policy.messages import chinese
from accountability.policy.rendering.voice import Voice

WAYS: Mapping[Way, str] = {
    Way.COLUMNS: "按列计算", Way.BOTH: "部分按列计算，其余由引擎判定", Way.ENGINE: "由引擎判定",
}
"""How the findings of a rule are come to, in Chinese."""
APART = re.compile("; (?=(?:[^`]*`[^`]*`)*[^`]*$)")
"""What stands between two reasons, and in no name."""
KEYWORD = re.compile("(`[^`]*`)|«([^«»]*)»")
"""A keyword as the engine names it, and a name, in which nothing is one."""


def plan(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    format: Annotated[Format, typer.Option(help="table for people, jsonl for programs")] = Format.TABLE,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of the tables")] = Language.EN,
) -> None:
    """Say of each rule and event type what is done with it where a log is large, and behind a horizon, and why."""
    policy = read_rules(pack)
    organisation = organisation_of(pack, org, policy)
    found, voice = planned(policy, organisation, mapping=mapping_of(pack, policy) is not None), Voice(lang.value)
    if format is Format.JSONL:
        _lines(found)
    else:
        _tables(found, voice)
    said = Plain(stderr=True)
    if find_spec("numpy") is None:
        said.print(voice("numpy is not installed, so the engine judges every event of a large log, too",
                         "没有安装 `numpy`，大日志的每一件事件也由引擎判定")
                   + voice(": ", "：") + "`pip install 'accountability[columnar]'`", soft_wrap=True)
    if organisation.learned:
        last = local(organisation.learned[-1], policy)
        said.print(voice(f"the organisation has something to learn until {last}: before that, no horizon lets go of anything",
                         f"组织的变动要到 {last} 才全部知悉：在此之前，任何追溯期都不出清"), soft_wrap=True)


def _tables(found: Plan, voice: Voice) -> None:
    console = Plain()
    behind, gone, kept = (voice("behind a horizon", "追溯期之前的"), voice("let go", "出清"), voice("kept: ", "保留："))
    rules = Table(title=voice("rules, in the order in which they are judged", "规则，按判定的先后"), title_justify="left")
    for column in (voice("rule", "规则"), voice("a large log is judged", "大日志的判定"), behind):
        rules.add_column(column, overflow="fold")
    for rule in found.rules:
        rules.add_row(rule.rule + voice(" (draft)", "（草案）") * rule.draft, _judged(rule, voice),
                      gone if rule.stays is None else kept + _does(rule.stays, voice))
    types = Table(title=voice("event types", "事件类型"), title_justify="left")
    for column in (voice("event type", "事件类型"), voice("of a large log, the engine is given", "大日志中交给引擎的"), behind):
        types.add_column(column, overflow="fold")
    for type_ in found.types:
        types.add_row(type_.type, _given(type_, voice), gone if type_.stays is None else kept + _events(type_.stays, voice))
    console.print(rules)
    console.print(types)
    size = LARGE // 1_000_000
    console.print(voice(f"a large log: one in Parquet, or of lines from {size} MB on; what columns are not certain of is "
                        "given to the engine, too",
                        f"大日志：`Parquet` 格式的，或者逐行记录而达到 {size} 兆字节的；按列不能确定的，也交给引擎"))


def _judged(rule: RulePlan, voice: Voice) -> str:
    """How the findings of *rule* are come to, and why so."""
    matched = voice(" and the rule matcher", "，并用规则匹配器") if rule.joins else ""
    because = "" if rule.because is None else voice(": ", "：") + _does(rule.because, voice)
    return voice(rule.way, WAYS[rule.way]) + matched + because


def _given(type_: TypePlan, voice: Voice) -> str:
    """How many events of it go to the engine, and why."""
    because = _events(type_.because, voice)
    if type_.share is not Share.ALL:
        return voice("none: ", "没有：") + because if type_.share is Share.NONE else voice("only ", "只有：") + because
    others = [f"`{rule}`" for rule in type_.rules if f"`{rule}`" not in type_.because]
    also = voice(f"; also for {', '.join(others)}", f"；也为了 {'、'.join(others)}") if others else ""
    return voice("all: ", "全部：") + because + also


def _does(reason: str, voice: Voice) -> str:
    """What a rule does or is, as a reason; in English, `it` is the rule."""
    return voice(f"it {reason}", _in_chinese("does", reason))


def _events(reasons: str, voice: Voice) -> str:
    """Why, or which, events of a type are given to the engine or kept."""
    return voice(reasons, "；".join(_in_chinese("events", one) for one in APART.split(reasons)))


def _in_chinese(kind: str, reason: str) -> str:
    spelled = KEYWORD.sub(lambda found: found[1] or f"`{in_chinese(found[2])}`", reason)
    return chinese().phrase(kind, spelled) or reason


def _lines(found: Plan) -> None:
    """Each rule, then each event type, as one JSON object in a line."""
    for rule in found.rules:
        _line({"rule": rule.rule, "kind": rule.kind, "draft": rule.draft, "waits_for": rule.waits_for, "judged": rule.way,
               "because": rule.because, "matcher": rule.joins, "let_go": rule.stays is None, "stays": rule.stays})
    for type_ in found.types:
        _line({"type": type_.type, "given": type_.share, "because": type_.because, "rules": type_.rules,
               "let_go": type_.stays is None, "stays": type_.stays})


def _line(said: dict[str, object]) -> None:
    say(json.dumps(said, ensure_ascii=False, separators=(",", ":")))
