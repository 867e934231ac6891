"""What the commands read before they do anything: events, the organisation, the mapping, instants."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from accountability.errors import Diagnostic, DocumentError, Span
from accountability.event import Event, utc
from accountability.intake import EventMapping, Intake, Refused, read_mapping
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.policy.rendering.voice import Voice

FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""Between them an instant can be shown in any zone, and looked ahead from."""


def read_events(intake: Intake, paths: list[Path], refused: Callable[[Refused], object], said: Console,
                voice: Voice) -> list[Event]:
    """The events in the files at *paths*; those that cannot be used are given to *refused*."""
    # What is read stays until the end: to search it for garbage again and again would take a third of the time.
    gc.disable()
    with reading(paths, said, voice) as progress:
        return intake.selected(list(intake.events(paths, refused, progress)))


@contextlib.contextmanager
def reading(paths: list[Path], said: Console, voice: Voice) -> Iterator[Callable[[int], None]]:
    """A bar that shows how much of the files at *paths* is read, and what to tell of how many bytes more were."""
    size = sum(p.stat().st_size for p in paths if p.exists())
    columns = (TextColumn(voice("reading", "读取")), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=said, transient=True) as bar:
        task = bar.add_task("reading", total=size)
        yield lambda n: bar.advance(task, n)


def instant_of(text: str, option: str) -> datetime:
    """The instant (UTC) that was given for *option*."""
    try:
        found = utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"`{text}` is no instant with a zone; write one such as 2026-03-01T00:00:00+08:00", param_hint=option
        ) from None
    if not FIRST <= found <= LAST:
        raise typer.BadParameter(f"`{text}` is too near to the ends of the calendar; write one of the years 2 to 9998",
                                 param_hint=option)
    return found


def organisation_of(pack: Path, org: Path | None, policy: Policy) -> Organisation:
    """The organisation in *org*, else the one of the pack, else none."""
    where = org or (pack / "organisation.yaml" if pack.is_dir() and (pack / "organisation.yaml").exists() else None)
    return Organisation.read(where, policy.zone) if where else Organisation.empty()


def mapping_of(pack: Path, policy: Policy) -> EventMapping | None:
    """The mapping of the pack, if it has one."""
    where = pack / "mapping.yaml" if pack.is_dir() else None
    return read_mapping(where, policy.vocabulary) if where is not None and where.exists() else None


def apart(option: str, written: Path, others: Iterable[Path]) -> None:
    """Raises a usage error where the file *written* for *option* is one of the *others*, too: it would be spoilt."""
    for other in others:
        if written.resolve() == other.resolve() or (written.is_file() and other.is_file() and written.samefile(other)):
            raise typer.BadParameter(f"`{written}` is `{other}`, which is read or written as something else; name another file",
                                     param_hint=option)


def wrong(file: str, check: str, what: str, way_out: str) -> DocumentError:
    """What is wrong with *file* as a whole, to be raised."""
    return DocumentError([Diagnostic(Span(file, 1, 1, 1, 2), check, what, way_out)])
