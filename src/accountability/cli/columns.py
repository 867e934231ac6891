"""How `accountability run` reads a log of which most events are judged together: by columns, through the sieve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from rich.console import Console

from accountability.cli.opening import reading, wrong
from accountability.conclusion import Judgement
from accountability.engine.replay import Feed
from accountability.intake import EventMapping, Intake, Refused
from accountability.intake.counts import accepted
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.policy.rendering.voice import Voice
from accountability.timeline import History, effective

if TYPE_CHECKING:
    from accountability.engine.columnar.sieve import Sieve
    from accountability.intake.parquet import ParquetLog

PARQUET = ".parquet"
LARGE = 4_000_000
"""The bytes from which on a log of lines is worth a second look at those that are kept."""


@attrs.frozen
class Sieved:
    """What of a log was left to be judged event by event; *counted* rows were not, *feeds* tell of them what the others wait for,
    and *whole* makes of a judgement of the others one of all."""

    history: History
    counted: int
    whole: Callable[[Judgement], Judgement]
    feeds: Sequence[Feed]


def is_parquet(path: Path) -> bool:
    return path.suffix.lower() == PARQUET


def sieve_for(paths: Iterable[Path], policy: Policy, organisation: Organisation, mapping: EventMapping | None, *,
              report_all: bool) -> Sieve | None:
    """The sieve through which the logs at *paths* are read: always where they are in Parquet; of lines, where they are large and it
    can drop anything; else None. Raises DocumentError where Parquet cannot be read: together with lines, or without the extra."""
    columns = [path for path in paths if is_parquet(path)]
    lines = [path for path in paths if not is_parquet(path)]
    if columns and (lines or mapping is not None):
        what = f"it cannot be read together with `{lines[0]}`" if lines else "the pack has a mapping, which is for JSON Lines"
        raise wrong(str(columns[0]), "unreadable-log", what, "give it as JSON Lines, too")
    absent = next((name for name in ("numpy", "pyarrow") if find_spec(name) is None), None)
    if columns and absent is not None:
        raise wrong(str(columns[0]), "unreadable-log", f"Parquet needs `{absent}`, which is not installed",
                    "install `accountability[columnar]`, or give the log as JSON Lines")
    size = sum(path.stat().st_size for path in lines if path.is_file())
    if not columns and (mapping is not None or size < LARGE or absent == "numpy"):
        return None
    from accountability.engine.columnar.sieve import Sieve

    sieve = Sieve(policy, organisation, report_all=report_all)
    return sieve if columns or sieve.drops else None


def read_sieved(sieve: Sieve, intake: Intake, paths: list[Path], *, at: datetime, known_at: datetime,
                refused: Callable[[Refused], object], said: Console, voice: Voice) -> Sieved:
    """The history in the files at *paths*; what was refused is given to *refused*."""
    import numpy as np

    from accountability.engine.columnar.sieving import sift, with_counts
    from accountability.intake.lines import LineLog

    log: LineLog | ParquetLog
    if is_parquet(paths[0]):
        import pyarrow as pa

        from accountability.intake.parquet import ParquetLog

        # The other allocators of Arrow give memory back at once and take it again: half of the time of reading.
        pa.set_memory_pool(pa.system_memory_pool())
        log = ParquetLog(paths, intake)
    else:
        with reading(paths, said, voice) as progress:
            log = LineLog(paths, intake, progress)
    sifted = sift(sieve, log, at=at, known_at=known_at)
    events = accepted(log.events(np.nonzero(sifted.kept)[0]), refused)
    history = effective(events, at=at, known_at=known_at)
    counted = int((log.plain & ~sifted.kept & ~sifted.gone).sum())
    return Sieved(history, counted, lambda judgement: with_counts(judgement, sifted), sifted.feeds)
