"""The same policy and the same findings as in `ours.py`, live: every line is read and judged before the next, by a monitor.

    python benchmarks/ours_live.py EVENTS.jsonl

After every event the monitor has said what it changes. It has no horizon and so keeps all events, as any of them may still be
corrected.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

from contender import compete
from ours import AFTER_EVERY_LIMIT, POLICY, lines

from accountability.cli.following import SELDOM
from accountability.intake import Intake, Refused
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy import read_rules


def judge(path: Path) -> tuple[int, Iterator[str]]:
    """How many events *path* has, and the findings when the stream has ended and every limit has passed."""
    policy = read_rules(POLICY)
    intake, monitor = Intake(policy.vocabulary, strict=policy.strict), Monitor(policy, Organisation.empty())
    gc.set_threshold(SELDOM)  # as `accountability follow` does
    for event in intake.read([path]):
        if isinstance(event, Refused):
            raise RuntimeError(f"the workload has no event to refuse, and yet: {event}")
        monitor.observe(event)
    assert intake.counts.latest_recorded_at is not None
    monitor.advance(intake.counts.latest_recorded_at + AFTER_EVERY_LIMIT)
    judgement = monitor.judgement()
    gc.freeze()
    return intake.counts.read, lines(judgement.findings)


if __name__ == "__main__":
    compete(judge)
