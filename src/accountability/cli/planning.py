"""`accountability plan`: what will be done with a pack, and why."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from accountability.cli.columns import LARGE
from accountability.cli.opening import mapping_of, organisation_of
from accountability.cli.printing import Plain, say
from accountability.cli.running import Format
from accountability.cli.tables import local
from accountability.engine.plan import Plan, RulePlan, Share, TypePlan
from accountability.engine.plan import plan as planned
from accountability.policy import read_rules


def plan(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    format: Annotated[Format, typer.Option(help="table for people, jsonl for programs")] = Format.TABLE,
) -> None:
    """Say of each rule and event type what is done with it where a log is large, and behind a horizon, and why."""
    policy = read_rules(pack)
    organisation = organisation_of(pack, org, policy)
    found = planned(policy, organisation, mapping=mapping_of(pack, policy) is not None)
    if format is Format.JSONL:
        _lines(found)
    else:
        _tables(found)
    said = Plain(stderr=True)
    if find_spec("numpy") is None:
        said.print("numpy is not installed, so the engine judges every event of a large log, too: "
                   "`pip install 'accountability[columnar]'`", soft_wrap=True)
    if organisation.learned:
        said.print(f"the organisation has something to learn until {local(organisation.learned[-1], policy)}: "
                   "before that, no horizon lets go of anything", soft_wrap=True)


def _tables(found: Plan) -> None:
    console = Plain()
    rules = Table(title="rules, in the order in which they are judged", title_justify="left")
    for column in ("rule", "a large log is judged", "behind a horizon"):
        rules.add_column(column, overflow="fold")
    for rule in found.rules:
        rules.add_row(rule.rule + " (draft)" * rule.draft, _judged(rule),
                      "let go" if rule.stays is None else f"kept: it {rule.stays}")
    types = Table(title="event types", title_justify="left")
    for column in ("event type", "of a large log, the engine is given", "behind a horizon"):
        types.add_column(column, overflow="fold")
    for type_ in found.types:
        stays = "let go" if type_.stays is None else f"kept: {type_.stays}"
        types.add_row(type_.type, _given(type_), stays)
    console.print(rules)
    console.print(types)
    console.print(f"a large log: one in Parquet, or of lines from {LARGE // 1_000_000} MB on; what columns are not certain of is "
                  "given to the engine, too")


def _judged(rule: RulePlan) -> str:
    """How the findings of *rule* are come to, and why so."""
    matched = " and the rule matcher" if rule.joins else ""
    return f"{rule.way}{matched}" + (f": it {rule.because}" if rule.because is not None else "")


def _given(type_: TypePlan) -> str:
    """How many events of it go to the engine, and why."""
    if type_.share is not Share.ALL:
        return f"none: {type_.because}" if type_.share is Share.NONE else f"only {type_.because}"
    others = [f"`{rule}`" for rule in type_.rules if f"`{rule}`" not in type_.because]
    return f"all: {type_.because}" + (f"; also for {', '.join(others)}" if others else "")


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
