"""The same policy and the same findings as in `ours.py`, through the sieve, as `accountability run` reads a large log.

    python benchmarks/ours_columns.py EVENTS.jsonl
    python benchmarks/ours_columns.py EVENTS.parquet
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from contender import breach, card, compete, veto
from ours import AFTER_EVERY_LIMIT, POLICY, seconds

from accountability.engine.columnar.found import Findings
from accountability.engine.columnar.sieve import Sieve
from accountability.engine.columnar.sieving import sift, with_counts
from accountability.engine.replay import run
from accountability.event import Event
from accountability.intake import Intake
from accountability.intake.lines import LineLog
from accountability.intake.parquet import ParquetLog
from accountability.organisation import Organisation
from accountability.policy import read_rules
from accountability.timeline import effective


def judge(path: Path) -> tuple[int, Iterator[str]]:
    """How many events *path* has, and the findings when the log has ended and every limit has passed."""
    policy, organisation = read_rules(POLICY), Organisation.empty()
    intake = Intake(policy.vocabulary, strict=policy.strict)
    gc.disable()  # as `accountability run` does
    pa.set_memory_pool(pa.system_memory_pool())
    log = (ParquetLog if path.suffix == ".parquet" else LineLog)([path], intake)
    assert intake.counts.latest_recorded_at is not None
    end = intake.counts.latest_recorded_at + AFTER_EVERY_LIMIT
    sifted = sift(Sieve(policy, organisation), log, at=end, known_at=end)
    events = []
    for event in log.events(np.nonzero(sifted.kept)[0]):
        if not isinstance(event, Event):
            raise RuntimeError(f"the workload has no event to refuse, and yet: {event}")
        events.append(event)
    judgement = run(policy, organisation, effective(events, at=end, known_at=end), at=end, known_at=end, feeds=sifted.feeds)
    gc.freeze()
    return intake.counts.read, lines(with_counts(judgement, sifted).findings)


def lines(findings: Findings) -> Iterator[str]:
    """The oracle's line for each of *findings*, as in `ours.py`, without making an object of each."""
    for rule, subject, unit, since, due in findings.rows("rule", "subject", "unit", "since", "due"):
        if rule == "on-scene" and due is not None:
            yield breach(subject.removeprefix("case/"), unit, seconds(due))
        elif rule == "repeated":
            yield card(unit, seconds(since))
        elif rule == "veto":
            yield veto(unit, since.year)


if __name__ == "__main__":
    compete(judge)
