"""The workload's policy in rule files, `benchmarks/policy/`, run by this library over every event, without a sieve.

    python benchmarks/ours.py EVENTS.jsonl
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from contender import breach, card, compete, veto

from accountability.conclusion import Conclusion
from accountability.engine.replay import run
from accountability.intake import Intake, Refused
from accountability.organisation import Organisation
from accountability.policy import read_rules
from accountability.timeline import effective

POLICY = Path(__file__).resolve().parent / "policy"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AFTER_EVERY_LIMIT = timedelta(days=1, seconds=1)


def lines(findings: Iterable[Conclusion]) -> Iterator[str]:
    """The oracle's line for each of *findings*, by the names of the rules in the policy: on-scene, repeated, veto."""
    for found in findings:
        rule = found.rule
        if rule == "on-scene" and found.due is not None:
            yield breach(found.subject.removeprefix("case/"), str(found.unit), seconds(found.due))
        elif rule == "repeated":
            yield card(str(found.unit), seconds(found.since))
        elif rule == "veto":
            yield veto(str(found.unit), found.since.year)


def seconds(instant: datetime) -> int:
    """*instant* in whole seconds since 1970."""
    since = instant - EPOCH
    return since.days * 86_400 + since.seconds


def refuse(refused: Refused) -> NoReturn:
    """The workload has nothing to refuse."""
    raise RuntimeError(f"the workload has no event to refuse, and yet: {refused}")


def judge(path: Path) -> tuple[int, Iterator[str]]:
    """How many events *path* has, and the findings when the stream has ended and every limit has passed."""
    policy = read_rules(POLICY)
    intake = Intake(policy.vocabulary, strict=policy.strict)
    gc.disable()  # as `accountability run` does
    events = list(intake.events([path], refused=refuse))
    assert intake.counts.latest_recorded_at is not None
    end = intake.counts.latest_recorded_at + AFTER_EVERY_LIMIT
    judgement = run(policy, Organisation.empty(), effective(events, at=end, known_at=end), at=end, known_at=end)
    gc.freeze()
    return intake.counts.read, lines(judgement.findings)


if __name__ == "__main__":
    compete(judge)
