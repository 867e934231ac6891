"""`accountability follow`: events as they arrive, and what each of them changes."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from io import BufferedIOBase
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console

from accountability.cli.opening import instant_of, mapping_of, organisation_of
from accountability.cli.running import REFUSED
from accountability.conclusion import Conclusion
from accountability.event import Event
from accountability.intake import DeadLetters, Intake, Refused
from accountability.intake.files import arriving
from accountability.ledger import Basis, Ledger, body
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.workdays import Limit, Unit

SELDOM = 10_000_000
"""How many more objects there must be before Python looks for such as hold one another. A monitor leaves none, and keeps very many:
to look through them again and again would take half of the time, and once as they come a tenth."""


def follow(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    org: Annotated[
        Path | None, typer.Option(help="YAML file or folder of CSV files; default: organisation.yaml of the pack")
    ] = None,
    horizon: Annotated[str | None, typer.Option(help="how long before its clock the log is closed, such as `90 days`")] = None,
    snapshot: Annotated[Path | None, typer.Option(help="file to go on from, where it is there, and to leave a snapshot in")] = None,
    every: Annotated[int, typer.Option(help="after how many events ledger and snapshot are written, and at the end")] = 10_000,
    ledger: Annotated[Path | None, typer.Option(help="SQLite file that the findings are recorded in")] = None,
    dead_letters: Annotated[Path, typer.Option(help="where refused events go, made only if there are any")] = Path(
        "dead-letters.jsonl"
    ),
    at: Annotated[str | None, typer.Option(help="move the clock on to this instant when the events have ended")] = None,
    report_all: Annotated[bool, typer.Option(help="tell of what is open or met too")] = False,
) -> None:
    """Judge events as they arrive on standard input, and tell what each of them changes."""
    policy = read_rules(pack)
    clock = None if at is None else instant_of(at, "--at")
    length = None if horizon is None else length_of(horizon)
    organisation = organisation_of(pack, org, policy)
    said = Console(stderr=True)
    intake = Intake(policy.vocabulary, mapping=mapping_of(pack, policy), strict=policy.strict, now=lambda: datetime.now(UTC))
    book = None if ledger is None else Ledger.open(ledger)
    gc.set_threshold(SELDOM)
    try:
        monitor = opened(snapshot, policy, organisation, length, report_all, book)
        desk = Desk(monitor, Basis(policy.pack, policy.digest, organisation.digest,
                                   {n: c.digest for n, c in policy.calendars.items()}), book, snapshot)
        with DeadLetters(dead_letters) as letters:
            items = intake.read_blocks(arriving(cast("BufferedIOBase", sys.stdin.buffer)), "standard input")
            for changes in monitor.follow(events_of(items, letters, desk, every)):
                desk.tell(changes, letters)
            if clock is not None:
                desk.tell(monitor.advance(clock), letters)
            desk.tell(monitor.let_go(), letters)
            desk.file()
            refused = letters.count
    finally:
        gc.freeze()  # or all of it is searched for garbage once more at the end
        if book is not None:
            book.close()
    said.print(f"{intake.counts.read:,} events read, {refused:,} refused; the clock stands at {monitor.clock.isoformat()}",
               highlight=False, soft_wrap=True)
    if refused:
        said.print(f"refused events and reasons: {dead_letters}", style="yellow", highlight=False)
        raise typer.Exit(REFUSED)


def events_of(items: Iterable[Event | Refused], letters: DeadLetters, desk: Desk, every: int) -> Iterator[Event]:
    """The events among *items*; the others go to the dead *letters*. After every so many, what has been judged is filed.

    Whoever asks for the next event has told all that the last one changes: that is the time to file, and not when the next comes.
    """
    for number, item in enumerate(items, 1):
        if isinstance(item, Refused):
            letters.write(item)
        else:
            yield item
        if number % every == 0:
            desk.file()


class Desk:
    """Writes down what a monitor says: every change at once, ledger and snapshot now and then."""

    def __init__(self, monitor: Monitor, basis: Basis, book: Ledger | None, snapshot: Path | None) -> None:
        self.monitor, self.basis, self.book, self.snapshot = monitor, basis, book, snapshot
        self.stands: dict[str, Conclusion] = {}
        self.gone: dict[str, Conclusion] = {}

    def tell(self, changes: Changes, letters: DeadLetters) -> None:
        """A line of JSON for each change; what was refused goes to the dead letters too."""
        for refusal in changes.refused:
            letters.write(Refused.event(refusal.event, refusal.check, refusal.what))
        for line in lines_of(changes):
            sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        sys.stdout.flush()
        for conclusion in changes.withdrawn:
            self.stands.pop(conclusion.identity, None)
            self.gone[conclusion.identity] = conclusion
        for conclusion in (*changes.raised, *(now for _, now in changes.revised)):
            self.gone.pop(conclusion.identity, None)
            self.stands[conclusion.identity] = conclusion

    def file(self) -> None:
        """First the ledger, then the snapshot: whoever goes on from an older one only says again what the ledger holds already."""
        if self.book is not None:
            self.book.note(self.basis, self.monitor.clock, self.stands.values(), self.gone.values())
        self.stands.clear()
        self.gone.clear()
        if self.snapshot is not None:
            beside = self.snapshot.with_name(self.snapshot.name + ".new")
            with beside.open("wb") as file:
                file.write(self.monitor.snapshot())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.snapshot)


def lines_of(changes: Changes) -> Iterator[dict[str, object]]:
    """*changes* as JSON objects: what changed, which event did it, when, and the finding; of a revision what it was, too."""
    def line(change: str, **content: object) -> dict[str, object]:
        return {"change": change, "cause": changes.cause, "at": changes.at.isoformat().replace("+00:00", "Z"), **content}

    yield from (line("raised", finding=body(c)) for c in changes.raised)
    yield from (line("revised", finding=body(now), before=body(before)) for before, now in changes.revised)
    yield from (line("withdrawn", finding=body(c)) for c in changes.withdrawn)
    yield from (line("refused", event=r.event.id, source=r.event.source, check=r.check, what=r.what) for r in changes.refused)
    yield from (line("let go", finding=body(c)) for c in changes.let_go)


def opened(snapshot: Path | None, policy: Policy, organisation: Organisation, horizon: timedelta | None, report_all: bool,
           book: Ledger | None) -> Monitor:
    """The monitor that was left in *snapshot*, or a new one."""
    if snapshot is None or not snapshot.exists():
        return Monitor(policy, organisation, horizon=horizon, report_all=report_all, ledger=book)
    monitor = Monitor.restore(snapshot.read_bytes(), policy, organisation, ledger=book)
    if horizon is not None and horizon != monitor.horizon:
        raise typer.BadParameter(f"the snapshot has a horizon of {monitor.horizon}, which stays; leave the option out, or feed the "
                                 "whole log anew without the snapshot", param_hint="--horizon")
    return monitor


def length_of(text: str) -> timedelta:
    """The length of a horizon, in hours, minutes, seconds, days or weeks."""
    try:
        limit = Limit.parse(text)
    except ValueError as why:
        raise typer.BadParameter(str(why), param_hint="--horizon") from None
    if limit.span is not None:
        return limit.span
    if limit.unit not in (Unit.DAY, Unit.WEEK):
        raise typer.BadParameter(f"`{text}` is no length of time; write days, weeks or hours", param_hint="--horizon")
    return timedelta(days=limit.count * (7 if limit.unit is Unit.WEEK else 1))
