"""`accountability follow`: events as they arrive, and what each of them changes."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from accountability.cli.desk import Desk, NotTold, named
from accountability.cli.letters import Letters
from accountability.cli.opening import apart, instant_of, mapping_of, organisation_of
from accountability.cli.printing import Plain
from accountability.cli.running import REFUSED
from accountability.cli.showing import CHOSEN, Language
from accountability.cli.waiting import Stopped, Waiting
from accountability.cli.wall import Wall
from accountability.event import Event
from accountability.intake import DeadLetters, Intake, Refused
from accountability.intake.files import arriving
from accountability.ledger import Basis, Ledger
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.policy.rendering.voice import Voice
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
    every: Annotated[
        int, typer.Option(min=1, help="after how many events ledger and snapshot are written, and when nothing comes in")
    ] = 10_000,
    ledger: Annotated[Path | None, typer.Option(help="SQLite file that the findings are recorded in")] = None,
    dead_letters: Annotated[Path, typer.Option(help="where refused events go, made only if there are any")] = Path(
        "dead-letters.jsonl"
    ),
    wall_clock: Annotated[
        str | None, typer.Option(help="tell what falls due though no event comes: so long after it, such as `1 min`")
    ] = None,
    at: Annotated[str | None, typer.Option(help="move the clock on to this instant when the events have ended")] = None,
    report_all: Annotated[bool, typer.Option(help="tell of what is open or met too")] = False,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of what is told beside the changes")] = Language.EN,
) -> None:
    """Judge events as they arrive on standard input, and tell what each of them changes."""
    policy = read_rules(pack)
    clock = None if at is None else instant_of(at, "--at")
    length = None if horizon is None else length_of(horizon, "--horizon")
    behind = None if wall_clock is None else length_of(wall_clock, "--wall-clock")
    organisation = organisation_of(pack, org, policy)
    said, voice = Plain(stderr=True), Voice(lang.value)
    files = [file for file in (ledger, snapshot) if file is not None]
    apart("--dead-letters", dead_letters, files)
    if ledger is not None and snapshot is not None:
        apart("--snapshot", snapshot, [ledger])
    intake = Intake(policy.vocabulary, mapping=mapping_of(pack, policy), strict=policy.strict, now=lambda: datetime.now(UTC))
    book = None if ledger is None else Ledger.open(ledger)
    gc.set_threshold(SELDOM)
    try:
        monitor = opened(snapshot, policy, organisation, length, report_all, book)
        desk = Desk(monitor, Basis(policy.pack, policy.digest, organisation.digest,
                                   {n: c.digest for n, c in policy.calendars.items()}), book, snapshot, said, voice)
        if monitor.place.line:
            upto, now = named(monitor.place, voice), monitor.clock.isoformat()
            said.print(voice(
                f"going on from {snapshot}, which goes up to {upto}; the clock stands at {now}; send again what came after it",
                f"接着 {snapshot} 继续，它记到{upto}；时钟走到 {now}；请从其后的事件重新送入"))
        with Letters(dead_letters) as letters, contextlib.ExitStack() as stack:
            wall = None if behind is None else Wall(behind, monitor, intake.counts, lambda changes: desk.tell(changes, letters))
            feed = stack.enter_context(Waiting(sys.stdin.fileno(), quiet_of(desk, wall)))
            ended: Stopped | NotTold | None = None
            try:
                blocks = desk.taken_in(arriving(feed))
                items = intake.read_blocks(blocks if wall is None else wall.taken_in(blocks), "standard input",
                                           after=monitor.place.line)
                events = events_of(items, letters, desk, every, feed, wall)
                # With a clock on the wall time may pass between any two events, for which only `observe` is prepared.
                for changes in monitor.follow(events) if wall is None else map(monitor.observe, events):
                    desk.tell(changes, letters)
                if clock is not None:
                    if clock < monitor.clock:
                        now = monitor.clock.isoformat()
                        said.print(voice(
                            f"--at {at} is before {now}, where the clock stands, and changes nothing: it never goes back",
                            f"--at {at} 早于时钟已走到的 {now}，不起作用：时钟不会倒退"), style="yellow")
                    desk.tell(monitor.advance(clock), letters)
                desk.tell(monitor.let_go(), letters)
            except (Stopped, NotTold) as why:
                # Whoever read our output may have got the same signal, and gone first.
                ended = Stopped(feed.stopped) if feed.stopped else why
            desk.file()
        if desk.held:
            said.print(voice("the clock has not come up with the ledger: neither ledger nor snapshot was written",
                             "时钟没有赶上台账：台账和快照都没有写入"), style="yellow")
    finally:
        gc.freeze()  # or all of it is searched for garbage once more at the end
        if book is not None:
            book.close()
    read, refused, now = intake.counts.read, letters.count, monitor.clock.isoformat()
    said.print(voice(f"{read:,} events read, {refused:,} refused; the clock stands at {now}",
                     f"读入事件 {read:,} 件，拒收 {refused:,} 件；时钟走到 {now}"))
    letters.tell(said, voice)
    if isinstance(ended, NotTold):
        raise NotTold(str(ended) + voice(": ", "：") + desk.kept() + voice("; its last changes may not have been told",
                                                                          "；最后的变动可能没有告知"))
    if ended is not None:
        name = signal.Signals(ended.number).name
        said.print(voice(f"stopped by {name}: ", f"因收到 {name} 而停止：") + desk.kept())
        raise typer.Exit(128 + ended.number)
    if refused:
        raise typer.Exit(REFUSED)


def quiet_of(desk: Desk, wall: Wall | None) -> Callable[[], float | None]:
    """What is done when nothing comes in, and gives the seconds until there is more to do."""
    if wall is None:
        return desk.quiet

    def quiet() -> float | None:
        waits = [seconds for seconds in (wall.look(), desk.quiet()) if seconds is not None]
        return min(waits, default=None)

    return quiet


def events_of(items: Iterable[Event | Refused], letters: DeadLetters, desk: Desk, every: int, feed: Waiting,
              wall: Wall | None) -> Iterator[Event]:
    """The events among *items*; the others go to the dead *letters*. After every so many, what has been judged is filed.

    Whoever asks for the next event has told all that the last one changes: that is the time to file, and not when the next comes,
    or to stop.
    """
    for number, item in enumerate(items, 1):
        refused = item if isinstance(item, Refused) else None if wall is None else wall.refusal(item)
        if refused is not None:
            letters.write(refused)
        elif isinstance(item, Event):
            desk.last = item
            yield item
        if number % every == 0:
            desk.file()
        if feed.stopped:
            feed.check()


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


def length_of(text: str, option: str) -> timedelta:
    """The length that *option* states, in hours, minutes, seconds, days or weeks."""
    try:
        limit = Limit.parse(text)
    except ValueError as why:
        raise typer.BadParameter(str(why), param_hint=option) from None
    if limit.span is not None:
        return limit.span
    if limit.unit not in (Unit.DAY, Unit.WEEK):
        raise typer.BadParameter(f"`{text}` is no length of time; write days, weeks or hours", param_hint=option)
    return timedelta(days=limit.count * (7 if limit.unit is Unit.WEEK else 1))
