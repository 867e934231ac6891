"""`accountability org`, and what `accountability check` says about the organisation beside a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from accountability.cli.printing import say
from accountability.cli.refusing import caution
from accountability.cli.showing import CHOSEN, Language
from accountability.errors import Diagnostic, DocumentError, Span
from accountability.event import utc
from accountability.judgement.vacancies import Gap, Lack, gaps
from accountability.organisation import ALWAYS, Organisation, ResponsibilityKind, write_organisation
from accountability.organisation.draft import date_of
from accountability.policy.messages import phrased
from accountability.policy.rendering.voice import Voice

NAME_WHOM = "enter who holds it or acts in it; until then findings name the post and nobody"
ADVICE = {
    Lack.NOBODY: ("vacancy", NAME_WHOM),
    Lack.VACANT: ("vacancy", NAME_WHOM),
    Lack.SEVERAL: ("several-answer", "end one of the tenures, or let one of the lines join"),
}


def org(
    organisation: Annotated[Path, typer.Argument(help="a YAML file, a `.jsonld` file, or a folder of CSV files")],
    role: Annotated[list[str] | None, typer.Option(help="a role to be held at every instant; default: those of rank 1")] = None,
    since: Annotated[str | None, typer.Option("--from", help="the first day that counts; default: each unit's first known")] = None,
    until: Annotated[str | None, typer.Option("--to", help="the first day that no longer counts; default: none")] = None,
    timezone: Annotated[str | None, typer.Option(
        help="where bare dates lie unless the file says it, and how dates are shown; default: the file's, else UTC")] = None,
    write: Annotated[Path | None, typer.Option(help="write it as a `.jsonld` file, or as a folder of CSV files")] = None,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of what is told")] = Language.EN,
) -> None:
    """Check an organisation, and say when nobody, or more than one, held a post that answers."""
    try:
        asked = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise _wrong("--timezone", "unknown-zone", f"`{timezone}` is no time zone",
                     "write a name such as `Asia/Shanghai`") from None
    known = Organisation.read(organisation, asked)
    zone = known.zone if timezone is None else asked
    caution(known.warnings, lang.value)
    roles = tuple(role or sorted({post.role for post in known.posts.values() if post.rank == 1}))
    first, end = _day(since, "--from", zone), _day(until, "--to", zone)
    if first is not None and end is not None and end <= first:
        raise _wrong("--to", "ends-before-start", f"`{until}` is not after `{since}`, so no day counts",
                     "write the first day that no longer counts")
    found = gaps(known, ResponsibilityKind("", roles), first, end)
    voice = Voice(lang.value)
    for gap in found:
        say(gap.unit + voice(": ", "：") + phrased("lack", told(gap, zone), lang.value))
    units, posts, tenures, lines = (len(table) for table in (known.units, known.posts, known.tenures, known.lines))
    say(f"{organisation}: " + voice(
        f"{units} units, {posts} posts, {tenures} tenures, {lines} lines; {len(found)} gaps in {', '.join(roles) or 'no role'}",
        f"单位 {units} 个，岗位 {posts} 个，任期 {tenures} 段，责任线 {lines} 条；"
        + (f"角色 {'、'.join(roles)} 的缺口 {len(found)} 处" if roles else "没有要查的角色")))
    if write is not None:
        try:
            write_organisation(known, write)
        except ValueError as error:
            raise _wrong(str(write), "cannot-write", str(error), "or change that text") from None
        except OSError as error:
            raise _wrong(str(error.filename or write), "cannot-write", f"the file cannot be written: {error.strerror}",
                         "check its path, its rights and the room that is left") from None


def vacancies(organisation: Organisation, kinds: Iterable[ResponsibilityKind], zone: ZoneInfo) -> Iterator[Diagnostic]:
    """A warning for every stretch in which a post that answers under one of *kinds* is vacant, or its place taken twice.

    Only units that have such a post; twice only for posts of rank 1, since several deputies are no mistake.
    """
    names: dict[Gap, list[str]] = {}
    for kind in kinds:
        for gap in gaps(organisation, kind) if kind.of == "unit" else ():
            several = gap.lack is Lack.SEVERAL
            if gap.posts and not (several and any(organisation.rank_of(post) != 1 for post in gap.posts)):
                names.setdefault(gap, []).append(f"`{kind.name}`")
    for gap, own in names.items():
        check, way_out = ADVICE[gap.lack]
        yield Diagnostic(organisation.place_of(gap.unit), check, f"as {', '.join(own)} of `{gap.unit}`, {told(gap, zone)}", way_out,
                         severity="warning")


def told(gap: Gap, zone: ZoneInfo) -> str:
    """*gap* in words, without its unit; dates in *zone*."""
    posts = ", ".join(f"`{post}`" for post in gap.posts)
    since = "always" if gap.since == ALWAYS else f"from {date_of(gap.since, zone)}"
    until = f"to {date_of(gap.until, zone)}" if gap.until is not None else "on" if gap.since != ALWAYS else ""
    span = f"{since} {until}".rstrip()
    match gap.lack:
        case Lack.SEVERAL:
            return f"more than one {span}: {posts}"
        case Lack.VACANT:
            return f"a vacancy {span}: {posts}"
        case Lack.NOBODY:
            return f"nobody {span}: " + (f"{posts} vacant" if posts else "no such post")


def _day(text: str | None, option: str, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        return utc(datetime.combine(date.fromisoformat(text), time(), zone))
    except (ValueError, OverflowError):  # the latter where the day begins before the first year, or after the last
        raise _wrong(option, "not-a-date", f"`{text}` is no day of the calendar", "write one such as `2026-03-01`") from None


def _wrong(where: str, check: str, what: str, way_out: str) -> DocumentError:
    return DocumentError([Diagnostic(Span(where, 1, 1, 1, 2), check, what, way_out)])
