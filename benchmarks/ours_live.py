"""The same policy and the same findings as in `ours.py`, live: every line is read and judged before the next, by a monitor.

    python benchmarks/ours_live.py EVENTS.jsonl

After every event the monitor has said what it changes, and what it has raised is noted. It has no horizon and so keeps all
events, as any of them may still be corrected.
"""

from __future__ import annotations

import gc
from pathlib import Path

from contender import compete
from ours import AFTER_EVERY_LIMIT, POLICY, lines, refuse

from accountability.cli.following import SELDOM
from accountability.intake import Intake
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation
from accountability.policy import read_rules


def judge(path: Path) -> tuple[int, list[str]]:
    """How many events *path* has, and the findings when the stream has ended and every limit has passed."""
    policy = read_rules(POLICY)
    intake, monitor = Intake(policy.vocabulary, strict=policy.strict), Monitor(policy, Organisation.empty())
    gc.set_threshold(SELDOM)  # as `accountability follow` does
    found: list[str] = []
    for changes in monitor.follow(intake.events([path], refused=refuse)):
        take(found, changes)
    assert intake.counts.latest_recorded_at is not None
    take(found, monitor.advance(intake.counts.latest_recorded_at + AFTER_EVERY_LIMIT))
    gc.freeze()
    return intake.counts.read, found


def take(found: list[str], changes: Changes) -> None:
    """Notes the findings that are raised. One that is revised says later than before that it was done; none is withdrawn."""
    found += lines(changes.raised)
    if changes.withdrawn:
        raise RuntimeError(f"the workload corrects nothing, and yet this is withdrawn: {changes.withdrawn}")


if __name__ == "__main__":
    compete(judge)
