"""`accountability why`, `dossier`, `verify` and `forecast`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.table import Table

from accountability.cli.opening import LAST, instant_of, mapping_of, organisation_of, read_events, wrong
from accountability.cli.printing import Plain, say
from accountability.cli.running import Format
from accountability.cli.showing import CHOSEN, Language
from accountability.cli.tables import head, local, status_of, who, word_of
from accountability.cli.writing import not_written, write_whole
from accountability.conclusion import Conclusion
from accountability.document import content_of, decode
from accountability.engine.replay import run as run_history
from accountability.errors import DossierBroken, closest
from accountability.event import Event
from accountability.explanation import WhyNot, as_html, as_json, as_text, why_not
from accountability.explanation import dossier as sealed_of
from accountability.explanation import forecast as looked_ahead
from accountability.explanation import verify as judged_anew
from accountability.explanation import why as explain
from accountability.explanation.speaking import Speaker
from accountability.intake import Intake, Refused
from accountability.ledger import body
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.policy.files import files_of
from accountability.policy.rendering.voice import Voice
from accountability.timeline import effective


class Shape(StrEnum):
    TEXT = "text"
    JSON = "json"
    HTML = "html"


@attrs.frozen
class Asked:
    """What was given on the command line, read."""

    pack: Path
    policy: Policy
    organisation: Organisation
    events: list[Event]
    at: datetime
    known_at: datetime

    @classmethod
    def read(cls, pack: Path, events: list[Path], at: str, known_at: str | None, org: Path | None, voice: Voice) -> Asked:
        """Reads everything; what is refused is counted on standard error."""
        policy, clock = read_rules(pack), instant_of(at, "--at")
        said, refused = Plain(stderr=True), list[Refused]()
        intake = Intake(policy.vocabulary, mapping=mapping_of(pack, policy), strict=policy.strict)
        found = read_events(intake, events, refused.append, said, voice)
        if refused:
            said.print(voice(f"warning: {len(refused):,} events were refused; `accountability run` tells why",
                             f"警告：拒收事件 {len(refused):,} 件；理由见 `accountability run`"), style="yellow")
        return cls(pack, policy, organisation_of(pack, org, policy), found, clock,
                   instant_of(known_at, "--known-at") if known_at else clock)

    def conclusions(self) -> tuple[Conclusion, ...]:
        """Everything that follows, reported or not."""
        history = effective(self.events, at=self.at, known_at=self.known_at)
        found = run_history(self.policy, self.organisation, history, at=self.at, known_at=self.known_at, report_all=True)
        return tuple(found.findings)

    def miss(self, rule: str | None, subject: str | None) -> WhyNot:
        """Why nothing is found of *rule* about *subject*."""
        if rule is None or subject is None:
            raise typer.BadParameter("say what is missed: a rule and a subject such as `case/C-101`")
        self.check_rule(rule)
        try:
            return why_not(self.policy, self.organisation, self.events, rule, subject, at=self.at, known_at=self.known_at)
        except ValueError as error:
            raise wrong(str(self.pack), "is-found", str(error).partition("; ")[0], "leave `--not` out") from None

    def check_rule(self, rule: str) -> None:
        """Raises DocumentError where the pack has no such rule."""
        if not any(r.name == rule for r in self.policy.rules):
            raise wrong(str(self.pack), "unknown-rule", f"the pack has no rule `{rule}`",
                        closest(rule, (r.name for r in self.policy.rules)))

    def one(self, finding: str | None, rule: str | None, subject: str | None) -> Conclusion:
        """The conclusion that is asked about, by its id or by its rule and subject."""
        if not finding and (rule is None or subject is None):
            raise typer.BadParameter("say which finding is meant: `--finding ID`, or a rule and a subject such as `case/C-101`")
        if rule is not None:
            self.check_rule(rule)
        every = self.conclusions()
        found = [c for c in every
                 if c.identity.startswith(finding or "") and rule in (None, c.rule) and subject in (None, c.subject)]
        if not found:
            named = [f"`{finding}`"] * bool(finding) + [f"`{rule}`"] * bool(rule) + [f"about `{subject}`"] * bool(subject)
            way_out = "`run --format jsonl` lists the ids"
            if not finding and subject is not None:
                way_out = closest(subject, {c.subject for c in every if c.rule == rule})
            raise wrong(str(self.pack), "no-finding",
                        f"nothing is concluded of {' '.join(named)} at {local(self.at, self.policy)}", way_out)
        if len(found) > 1:
            zone = self.policy.zone
            listed = ", ".join(f"`{c.identity}` ({c.status}, since {c.since.astimezone(zone).isoformat()})" for c in found[:8])
            raise wrong(str(self.pack), "several-findings", f"{len(found)} conclusions fit", f"name one with `--finding`: {listed}")
        return found[0]


def why(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    events: Annotated[list[Path], typer.Option(help="CloudEvents as JSON Lines, plain or .gz; may be given several times")],
    at: Annotated[str, typer.Option(help="the instant at which clocks are read, such as 2026-03-01T00:00:00+08:00")],
    rule: Annotated[str | None, typer.Argument(help="the rule of the finding")] = None,
    subject: Annotated[str | None, typer.Argument(help="what it is about, such as case/C-101")] = None,
    finding: Annotated[str | None, typer.Option(help="its id or how that begins, instead of rule and subject or with them")] = None,
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="only events recorded by this instant count; default: --at")] = None,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of the reasons")] = Language.EN,
    not_: Annotated[bool, typer.Option("--not", help="say why nothing is found, and what would have to change")] = False,
    format: Annotated[Shape, typer.Option(help="text, json, or a page of html by itself")] = Shape.TEXT,
) -> None:
    """Say why something was found: rule, events, how the due was reckoned, what was set aside, who answers by which tenure."""
    asked = Asked.read(pack, events, at, known_at, org, Voice(lang.value))
    explanation = asked.miss(rule, subject) if not_ else explain(
        asked.policy, asked.organisation, asked.events, asked.one(finding, rule, subject), at=asked.at, known_at=asked.known_at)
    shown = {Shape.TEXT: as_text, Shape.JSON: as_json, Shape.HTML: as_html}[format]
    say(shown(explanation, lang.value), end="")


def dossier(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    events: Annotated[list[Path], typer.Option(help="CloudEvents as JSON Lines, plain or .gz; may be given several times")],
    at: Annotated[str, typer.Option(help="the instant at which clocks are read, such as 2026-03-01T00:00:00+08:00")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the file that is written")],
    rule: Annotated[str | None, typer.Argument(help="the rule of the finding")] = None,
    subject: Annotated[str | None, typer.Argument(help="what it is about, such as case/C-101")] = None,
    finding: Annotated[str | None, typer.Option(help="its id or how that begins, instead of rule and subject or with them")] = None,
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="only events recorded by this instant count; default: --at")] = None,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of what is told beside the file")] = Language.EN,
) -> None:
    """Seal a finding with all that it rests on in one file, which `verify` judges anew."""
    voice = Voice(lang.value)
    asked = Asked.read(pack, events, at, known_at, org, voice)
    rules = [(name, decode(content_of(file), str(file))) for name, file in files_of(pack)]
    sealed = sealed_of(asked.policy, asked.organisation, asked.events, asked.one(finding, rule, subject), rules=rules,
                       base=pack if pack.is_dir() else pack.parent, at=asked.at, known_at=asked.known_at)
    try:
        write_whole(output, sealed)
    except OSError as error:
        raise not_written(output, error) from None
    say(f"{output}: " + voice(f"{len(sealed):,} bytes", f"{len(sealed):,} 字节"))


def verify(
    file: Annotated[Path, typer.Argument(help="a dossier")],
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of what is told")] = Language.EN,
) -> None:
    """Judge a dossier anew: whether what it holds gives the finding that it names, and whether a byte was changed."""
    try:
        found = judged_anew(content_of(file))
    except DossierBroken as error:
        raise DossierBroken(f"{file}: {error}") from None
    zone, finding, known = found.policy.zone, found.finding, found.organisation
    facts = len(known.unit_entries) + len(known.post_entries) + len(known.tenures) + len(known.lines)
    since, read, events = finding.since.astimezone(zone).isoformat(" "), found.at.astimezone(zone).isoformat(" "), len(found.events)
    voice, pack = Voice(lang.value), found.policy.pack
    say(f"{file}: " + voice(
        f"verified: {finding.rule}, about {finding.subject}: {finding.status}, since {since}, read at {read}; from {events} "
        f"events, {facts} facts of the organisation and the pack {pack}; digest {found.digest}",
        f"重新判定，结果一致：{finding.rule}，对象 {finding.subject}，{word_of(finding.status, voice)}，起于 {since}，截至 {read}；"
        f"依据事件 {events} 件、组织情况 {facts} 条和规则包 {pack}；摘要 {found.digest}"))


def forecast(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    events: Annotated[list[Path], typer.Option(help="CloudEvents as JSON Lines, plain or .gz; may be given several times")],
    at: Annotated[str, typer.Option(help="the instant from which is looked ahead, such as 2026-03-01T00:00:00+08:00")],
    hours: Annotated[int, typer.Option(help="how many hours to look ahead", min=1)] = 72,
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="only events recorded by this instant count; default: --at")] = None,
    format: Annotated[Format, typer.Option(help="table for people, jsonl for programs")] = Format.TABLE,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of the table")] = Language.EN,
) -> None:
    """Say what will stand against whom in the next hours if nothing is done."""
    if hours > (LAST - instant_of(at, "--at")) / timedelta(hours=1):
        raise typer.BadParameter(f"{hours} hours from then the calendar has ended; look less far ahead", param_hint="--hours")
    asked = Asked.read(pack, events, at, known_at, org, Voice(lang.value))
    coming = looked_ahead(asked.policy, asked.organisation, asked.events, at=asked.at, known_at=asked.known_at,
                          within=timedelta(hours=hours))
    if format is Format.JSONL:
        for one in coming:
            drafted = {"draft": True} if one.draft else {}
            say(json.dumps({**body(one.finding), **drafted}, ensure_ascii=False, separators=(",", ":")))
        return
    speaker, now = Speaker(lang.value, asked.policy.zone), local(asked.at, asked.policy)
    voice = speaker.voice
    for draft in (False, True):
        title = voice(f"in the {hours} hours from {now}, if nothing is done", f"自 {now} 起 {hours} 小时内，如不作为")
        table = Table(title=voice("drafts: ", "草案规则：") * draft + title, title_justify="left")
        for column in ("when", "rule", "about", "unit", "now", "then", "who answers"):
            table.add_column(head(column, voice), overflow="fold")
        for one in (c for c in coming if c.draft is draft):
            found = one.finding
            table.add_row(local(one.when, asked.policy), found.rule, found.subject, found.unit or "",
                          status_of(one.now, speaker) if one.now else "", status_of(found, speaker), who(found, voice))
        if table.row_count:
            Plain().print(table)
    if not coming:
        say(voice(f"nothing in the {hours} hours from {now}", f"自 {now} 起 {hours} 小时内没有"))
