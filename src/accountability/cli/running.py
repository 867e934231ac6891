"""`accountability run` and `accountability ledger`."""

from __future__ import annotations

import gc
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from accountability.cli.columns import Sieved, read_sieved, sieve_for
from accountability.cli.letters import Letters
from accountability.cli.opening import apart, instant_of, mapping_of, organisation_of, read_events, wrong
from accountability.cli.printing import Plain, say
from accountability.cli.showing import CHOSEN, Language
from accountability.cli.tables import show
from accountability.conclusion import Judgement
from accountability.engine.replay import run as run_history
from accountability.explanation.speaking import Speaker
from accountability.intake import Intake, Refused
from accountability.ledger import Basis, Ledger, Recorded, body
from accountability.organisation import Organisation, changed
from accountability.policy import read_rules
from accountability.policy.messages import told
from accountability.policy.rendering.voice import Voice
from accountability.timeline import History, effective

REFUSED, FINDINGS = 3, 1


class Format(StrEnum):
    TABLE = "table"
    JSONL = "jsonl"


class FailOn(StrEnum):
    NOTHING = "nothing"
    FINDINGS = "findings"


def run(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    events: Annotated[list[Path], typer.Option(help="CloudEvents as JSON Lines, plain or .gz, or as Parquet; may be several")],
    at: Annotated[str, typer.Option(help="the instant at which clocks are read, such as 2026-03-01T00:00:00+08:00")],
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="only events recorded by this instant count; default: --at")] = None,
    ledger: Annotated[Path | None, typer.Option(help="SQLite file that the findings are recorded in")] = None,
    dead_letters: Annotated[Path, typer.Option(help="where refused events go, made only if there are any")] = Path(
        "dead-letters.jsonl"
    ),
    format: Annotated[Format, typer.Option(help="table for people, jsonl for programs")] = Format.TABLE,
    limit: Annotated[
        int, typer.Option(help="how many findings are shown, and units of each rule in the counts; 0 shows all", min=0)
    ] = 20,
    report_all: Annotated[bool, typer.Option(help="show what is open or met too")] = False,
    fail_on: Annotated[FailOn, typer.Option(help="exit with 1 when there are findings")] = FailOn.NOTHING,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of the tables and of the account")] = Language.EN,
) -> None:
    """Judge a log: who owed what by when, was it done, who answers."""
    if ledger is not None:
        apart("--ledger", ledger, events)
    apart("--dead-letters", dead_letters, events if ledger is None else [*events, ledger])
    policy = read_rules(pack)
    clock = instant_of(at, "--at")
    knowledge = instant_of(known_at, "--known-at") if known_at else clock
    organisation = organisation_of(pack, org, policy)
    mapping = mapping_of(pack, policy)
    said, speaker = Plain(stderr=True), Speaker(lang.value, policy.zone)
    voice = speaker.voice
    for warning in (*policy.warnings, *organisation.warnings):
        said.print(voice("warning: ", "警告：") + told(warning, lang.value), style="yellow", soft_wrap=True)
    intake = Intake(policy.vocabulary, mapping=mapping, strict=policy.strict)
    sieved: Sieved | None = None
    with Letters(dead_letters) as letters:
        if (sieve := sieve_for(events, policy, organisation, mapping, report_all=report_all)) is not None:
            sieved = read_sieved(sieve, intake, events, at=clock, known_at=knowledge, refused=letters.write, said=said,
                                 voice=voice)
            history = sieved.history
        else:
            history = effective(read_events(intake, events, letters.write, said, voice), at=clock, known_at=knowledge)
        for refusal in history.refused:
            letters.write(Refused.event(refusal.event, refusal.check, refusal.what))
        organisation_then, none = changed(organisation, history.events)
        for event, why in none:
            letters.write(Refused.event(event, "no-change", why))
    gc.disable()
    judgement = run_history(policy, organisation, history, at=clock, known_at=knowledge, report_all=report_all,
                            feeds=() if sieved is None else sieved.feeds)
    gc.freeze()  # or all of it is searched for garbage once more at the end
    if sieved is not None:
        judgement = sieved.whole(judgement)
    recorded: Recorded | None = None
    if ledger is not None:  # before anything is said: what is recorded must not depend on who listens
        basis = Basis(policy.pack, policy.digest, organisation.digest, {n: c.digest for n, c in policy.calendars.items()})
        with Ledger.open(ledger) as book:
            recorded = book.record(basis, judgement)
    if format is Format.JSONL:
        for finding in judgement.findings:
            say(json.dumps(body(finding), ensure_ascii=False, separators=(",", ":")))
        for finding in judgement.would:
            say(json.dumps({**body(finding), "draft": True}, ensure_ascii=False, separators=(",", ":")))
    else:
        show(Plain(), policy, judgement, limit, speaker)
    _account(said, voice, intake, history, letters, 0 if sieved is None else sieved.counted)
    _strangers(said, voice, judgement, organisation_then)
    if recorded is not None:
        said.print(voice(f"ledger: {recorded.raised} raised, {recorded.revised} revised, {recorded.withdrawn} withdrawn",
                         f"台账：新增 {recorded.raised} 条，修订 {recorded.revised} 条，撤回 {recorded.withdrawn} 条"))
    if letters.count:
        raise typer.Exit(REFUSED)
    if fail_on is FailOn.FINDINGS and any(f.against for f in judgement.findings):
        raise typer.Exit(FINDINGS)


def ledger(
    path: Annotated[Path, typer.Argument(help="a ledger written by `accountability run --ledger`")],
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of what is told")] = Language.EN,
) -> None:
    """Check that no entry of a ledger was changed."""
    if not path.exists():
        raise wrong(str(path), "no-ledger", "there is no such file", "name a ledger written by `accountability run --ledger`")
    with Ledger.open(path, make=False) as book:
        number = book.verify()
    say(f"{path}: " + Voice(lang.value)(f"{number} entries, none changed", f"{number} 条，均未改动"))


def _account(said: Console, voice: Voice, intake: Intake, history: History, letters: Letters, counted: int) -> None:
    counts, refused, judged = intake.counts, letters.count, len(history.events) + counted
    besides = counts.read - judged - counts.ignored - history.duplicates - refused
    said.print(voice(
        f"{counts.read:,} events read: {judged:,} judged, {counts.ignored:,} of types that no rule knows, "
        f"{history.duplicates:,} duplicates, {refused:,} refused"
        + (f", {besides:,} recorded or happening later, or corrections and retractions" if besides else ""),
        f"读入事件 {counts.read:,} 件：判定 {judged:,} 件，规则不涉及的类型 {counts.ignored:,} 件，重复 {history.duplicates:,} 件，"
        f"拒收 {refused:,} 件" + (f"，记录或发生在此后的，以及更正和撤回 {besides:,} 件" if besides else "")), soft_wrap=True)
    if counted:
        said.print(voice(f"{counted:,} of those judged were judged by columns, together", f"其中 {counted:,} 件按列一并判定"),
                   soft_wrap=True)
    if counts.assumed_immediate:
        said.print(voice(
            f"knowledge assumed immediate: {counts.assumed_immediate:,} events do not say when they were recorded",
            f"视为发生时即知悉：{counts.assumed_immediate:,} 件事件未写明记录时间"))
    letters.tell(said, voice)


def _strangers(said: Console, voice: Voice, judgement: Judgement, organisation: Organisation) -> None:
    """Units that the log names and the organisation does not know: nobody can answer for them."""
    unknown = sorted({unit for _, unit, _ in judgement.counts if unit is not None and unit not in organisation.units})
    if unknown:
        named = voice(", ", "、").join(f"`{u}`" for u in unknown[:10]) + (" …" if len(unknown) > 10 else "")
        said.print(voice(
            f"warning: the organisation knows no unit {named}, so nobody is named for them; add them to the organisation",
            f"警告：组织中没有单位 {named}，因此没有责任人可列；请将其写入组织"), style="yellow", soft_wrap=True)
