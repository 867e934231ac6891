"""`accountability sources`: from a clause to its rules, their scenarios and what is found, and back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from accountability.cli.checking import packs_at
from accountability.cli.printing import Plain, say
from accountability.cli.refusing import complain
from accountability.cli.running import Format
from accountability.cli.showing import CHOSEN, Language
from accountability.errors import Diagnostic, DocumentError, Span, closest
from accountability.policy import Policy, read_rules
from accountability.policy.citing import LIST, ClauseList, drifted, list_for, misquoted, read_clauses
from accountability.policy.expression import Parameter
from accountability.policy.files import rule_files
from accountability.policy.keywords import WORDS
from accountability.policy.rendering.voice import Voice
from accountability.policy.tracing import Row, Treatment, Use, trace, unlisted
from accountability.testing import Expectation, expectations

FAILED = 1
UNMARKED = ("nowhere marked as the author's choice", "没有标明为编者取值")
TREATMENTS: Mapping[Treatment, str] = {
    Treatment.ENCODED: "已编成规则", Treatment.NUMBERED: "须定数值", Treatment.EXCLUDED: "不在范围之内", Treatment.GAP: "缺口",
}
"""What has become of a clause, in Chinese."""
Found = dict[str, dict[str, tuple[Expectation, ...]]]
"""What scenarios expect, by pack and rule."""


class FailOn(StrEnum):
    NOTHING = "nothing"
    GAPS = "gaps"


def sources(
    packs: Annotated[list[Path] | None, typer.Argument(help="packs or folders of packs; `rules` where none is named")] = None,
    clause: Annotated[list[str] | None, typer.Option(help="show this clause with its rules and scenarios; several times")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="show the clauses that a rule of this name encodes; several times")] = None,
    only: Annotated[list[Treatment] | None, typer.Option(help="list only the clauses of which this is so; several times")] = None,
    clauses: Annotated[Path | None, typer.Option(help=f"the list of clauses; else {LIST} in or beside the first pack")] = None,
    against: Annotated[Path | None, typer.Option(help="the sources as they are now: `id` and `quote` of every clause")] = None,
    format: Annotated[Format, typer.Option(help="table for people, jsonl for programs")] = Format.TABLE,
    fail_on: Annotated[FailOn, typer.Option(help="exit with 1 when a clause is encoded by no rule")] = FailOn.NOTHING,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of the tables and pages")] = Language.EN,
) -> None:
    """List every clause of the sources, and what has become of it: its rules, why it is out of scope, or that it is a gap."""
    named = list(packs_at(packs or [Path("rules")]))
    where = clauses or list_for(named[0])
    if where is None:
        rule_files(named[0])  # says so where there is no such pack
        raise _wrong(named[0], "no-list", f"neither in the pack nor beside it is there a `{LIST}`", "name one with `--clauses`")
    listed = read_clauses(where)
    policies = [read_rules(pack) for pack in named]
    if mistakes := [d for policy in policies for d in misquoted(policy, listed)]:
        raise DocumentError(mistakes)
    rows = trace(policies, listed)
    shown = [r for r in rows if _asked(r, clause, rule, only)]
    _known(clause, rule, rows, policies, where)
    voice = Voice(lang.value)
    if format is Format.JSONL or clause or rule:
        found: Found = {policy.pack: dict(expectations(pack, policy)) for pack, policy in zip(named, policies, strict=True)}
        _lines(shown, found) if format is Format.JSONL else _pages(shown, found, voice)
    else:
        _table(shown, voice)
        _totals(rows, voice)
        _unlisted(policies, listed, voice)
    alarms = list(drifted(listed, where, against)) if against else []
    complain(alarms, lang.value)
    if alarms or (fail_on is FailOn.GAPS and any(row.treatment is Treatment.GAP for row in rows)):
        raise typer.Exit(FAILED)


def _asked(row: Row, clauses: list[str] | None, rules: list[str] | None, only: list[Treatment] | None) -> bool:
    """Whether *row* is among those asked for."""
    if clauses and row.clause.id not in clauses:
        return False
    if rules and not any(use.rule in rules for use in row.uses):
        return False
    return not only or row.treatment in only


def _known(clauses: list[str] | None, rules: list[str] | None, rows: tuple[Row, ...], policies: list[Policy], where: Path) -> None:
    """Raises DocumentError where a clause or a rule is asked for that there is not."""
    ids, names = {row.clause.id for row in rows}, {r.name for policy in policies for r in policy.rules}
    for one in clauses or ():
        if one not in ids:
            raise _wrong(where, "unknown-clause", f"no clause of the list is called `{one}`", closest(one, ids))
    for one in rules or ():
        if one not in names:
            raise _wrong(policies[0].folder, "unknown-rule", f"no pack that is named has a rule `{one}`", closest(one, names))


def word_of(treatment: Treatment, voice: Voice) -> str:
    """*treatment* in words."""
    return voice(treatment, TREATMENTS[treatment])


def _table(rows: list[Row], voice: Voice) -> None:
    console = Plain()
    clause, what, status = voice("clause", "条款"), voice("what", "内容"), voice("status", "状态")
    for document, group in groupby(rows, key=lambda row: row.clause.document):
        table = Table(title=document, title_justify="left")
        for column in (clause, what, status, voice("rules, or why not", "规则，或者没有规则的原因")):
            table.add_column(column, overflow="fold", no_wrap=column in (clause, status))
        for row in group:
            table.add_row(row.clause.id, row.clause.name, word_of(row.treatment, voice), _because(row, voice))
        console.print(table)


def _because(row: Row, voice: Voice) -> str:
    """The rules of *row*, or why it has none."""
    if not row.uses:
        return row.clause.excluded or (_again(row, voice) if row.clause.repeats else "")
    rules = voice(", ", "，").join(f"{use.pack}: {use.rule}" for use in row.uses)
    return rules + voice("; ", "；") + _number(row, voice) if row.treatment is Treatment.NUMBERED or row.marked else rules


def _again(row: Row, voice: Voice) -> str:
    """Which clauses say the same as that of *row*."""
    return voice(f"says the same as {' and '.join(row.clause.repeats)}", f"与 {'、'.join(row.clause.repeats)} 内容相同")


def _number(row: Row, voice: Voice) -> str:
    """Whose the number is that the source of *row* does not give."""
    if not row.marked:
        return voice("the number is ", "数值") + voice(*UNMARKED)
    chosen = voice(", ", "，").join(f"`{p.name}`: {_value(p)}" for p in row.parameters)
    if not chosen:
        return voice("the author chose the number, which stands in the rule", "数值为编者取值，写在规则中")
    return voice("the author chose ", "编者取值 ") + chosen


def _value(parameter: Parameter) -> str:
    """Its latest value, or all rows of its latest table."""
    latest = parameter.versions[-1]
    return str(latest.value) if latest.table is None else ", ".join(f"{key} {value}" for key, value in latest.table.items())


def _totals(rows: tuple[Row, ...], voice: Voice) -> None:
    counts = Counter(row.treatment for row in rows)
    inside = len(rows) - counts[Treatment.EXCLUDED]
    unmarked = sum(row.treatment is Treatment.NUMBERED and not row.marked for row in rows)
    say(voice(f"{len(rows)} clauses, {inside} in scope: " + ", ".join(f"{counts[t]} {t}" for t in Treatment),
              f"条款 {len(rows)} 条，在范围之内 {inside} 条："
              + "，".join(f"{word_of(t, voice)} {counts[t]} 条" for t in Treatment)))
    chosen = sum(row.treatment is Treatment.ENCODED and row.marked for row in rows)
    if chosen:
        say(voice(f"of those encoded, {chosen} have a rule in which some number is the author's choice",
                  f"已编成规则的条款中，{chosen} 条的规则含有编者取值"))
    if unmarked:
        say(voice(f"of those that need a number, {unmarked} have one that is {UNMARKED[0]}",
                  f"须定数值的条款中，{unmarked} 条的数值{UNMARKED[1]}"))


def _unlisted(policies: list[Policy], listed: ClauseList, voice: Voice) -> None:
    """How many sources stand in no document of the list, such as laws in force."""
    others = unlisted(policies, listed)
    rules = {(use.pack, use.rule) for _, uses in others for use in uses}
    if others:
        say(voice(f"{len(others)} other sources, encoded by {len(rules)} rules, are not in the list",
                  f"另有依据 {len(others)} 项不在条款清单中，已编成规则 {len(rules)} 条"))


def _pages(rows: list[Row], found: Found, voice: Voice) -> None:
    """Each clause with its rules, where they stand, and what their scenarios expect."""
    for row in rows:
        said = row.clause
        say(f"{said.id} {said.name}" + voice(": ", "：") + f"{word_of(row.treatment, voice)}\n  {said.document}"
            + (voice("; ", "；") + said.kind if said.kind else ""))
        if said.repeats:
            say(f"  {_again(row, voice)}")
        if said.excluded:
            say(f"  {said.excluded}")
        elif row.treatment is Treatment.NUMBERED:
            say("  " + voice("the source gives no number: ", "依据没有给出数值：") + _number(row, voice))
        elif row.marked:
            say(f"  {_number(row, voice)}")
        for use in row.uses:
            _page(use, found.get(use.pack, {}).get(use.rule, ()), voice)


def _page(use: Use, expected: tuple[Expectation, ...], voice: Voice) -> None:
    title = f" {use.title}" if use.title else ""
    unverified = voice(" (unverified)", "（未核实）") * use.source.unverified
    say(voice(f"  {use.span}: {use.kind} `{use.rule}`{title}, source `{use.source.key}`",
              f"  {use.span}: {WORDS[use.kind]} `{use.rule}`{title}，依据 `{use.source.key}`") + unverified)
    for (_, scenario), group in groupby(expected, key=lambda e: (e.span.file, e.scenario)):
        those = list(group)
        counts = Counter(e.status for e in those)
        say(voice(f"    {those[0].span}: scenario `{scenario}`: " + ", ".join(f"{n} {status}" for status, n in counts.items()),
                  f"    {those[0].span}: 情景 `{scenario}`："
                  + "，".join(f"{WORDS[status]} {n} 条" for status, n in counts.items())))
    if not expected:
        say(voice("    no scenario expects anything of it", "    没有情景对它有所预期"))


def _lines(rows: list[Row], found: Found) -> None:
    """Each clause as one JSON object in a line."""
    for row in rows:
        said = row.clause
        line = {"clause": said.id, "document": said.document, "kind": said.kind, "name": said.name, "digest": said.digest,
                "status": row.treatment, "reason": said.excluded or None, "repeats": said.repeats,
                "leaves_open": row.clause.open, "marked": row.marked,
                "numbers": {p.name: _value(p) for p in row.parameters},
                "rules": [_line(use, found.get(use.pack, {}).get(use.rule, ())) for use in row.uses]}
        say(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def _line(use: Use, expected: tuple[Expectation, ...]) -> dict[str, object]:
    scenarios = [{"scenario": e.scenario, "place": str(e.span), "at": e.at.isoformat(), "status": e.status} for e in expected]
    return {"pack": use.pack, "rule": use.rule, "kind": use.kind, "place": str(use.span), "source": use.source.key,
            "unverified": use.source.unverified, "scenarios": scenarios}


def _wrong(path: Path, check: str, what: str, way_out: str) -> DocumentError:
    return DocumentError([Diagnostic(Span(str(path), 1, 1, 1, 2), check, what, way_out)])
