"""How `accountability run` reads a log in Parquet: by columns, through the sieve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import attrs

from accountability.cli.opening import wrong
from accountability.conclusion import Judgement
from accountability.errors import DocumentError
from accountability.intake import EventMapping, Intake, Refused
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.timeline import History, effective

PARQUET = ".parquet"


@attrs.frozen
class Sieved:
    """What of a log was left to be judged event by event; *counted* rows were not, and *whole* makes of a judgement of the others
    one of all."""

    history: History
    counted: int
    whole: Callable[[Judgement], Judgement]


def by_columns(paths: Iterable[Path], mapping: EventMapping | None) -> bool:
    """Whether the logs at *paths* are in Parquet. Raises DocumentError where that cannot be read together with the rest."""
    columns = [path for path in paths if path.suffix == PARQUET]
    lines = [path for path in paths if path.suffix != PARQUET]
    if not columns:
        return False
    if lines or mapping is not None:
        what = f"it cannot be read together with `{lines[0]}`" if lines else "the pack has a mapping, which is for JSON Lines"
        raise wrong(str(columns[0]), "unreadable-log", what, "give it as JSON Lines, too")
    return True


def read_sieved(policy: Policy, organisation: Organisation, intake: Intake, paths: list[Path], *, at: datetime, known_at: datetime,
                report_all: bool, refused: Callable[[Refused], object]) -> Sieved:
    """The history in the files at *paths*; what was refused is given to *refused*. Raises DocumentError without the extra."""
    try:
        import numpy as np

        from accountability.engine.sieve import Sieve
        from accountability.engine.sieving import sift, with_counts
        from accountability.intake.parquet import ParquetLog
    except ImportError as error:
        raise _absent(paths[0], error) from None
    log = ParquetLog(paths, intake)
    sifted = sift(Sieve(policy, organisation, report_all=report_all), log, at=at, known_at=known_at)
    accepted, events = intake.counts.accepted - int(log.plain[sifted.kept].sum()), []
    for item in log.events(np.nonzero(sifted.kept)[0]):
        if isinstance(item, Refused):
            refused(item)
        else:
            events.append(item)
    history = effective(events, at=at, known_at=known_at)
    return Sieved(history, accepted, lambda judgement: with_counts(judgement, sifted))


def _absent(path: Path, error: ImportError) -> DocumentError:
    return wrong(str(path), "unreadable-log", f"Parquet needs `{error.name}`, which is not installed",
                 "install `accountability[columnar]`, or give the log as JSON Lines")
