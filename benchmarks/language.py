"""The language: how fast a pack of 10,000 lines is read and checked, and a condition is evaluated. CPU time of this process."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from accountability.engine.closures import Compiler
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.policy.pack import read_rules_text

LINES, EVALUATIONS, RUNS = 10_000, 1_000_000, 5
HEAD = """\
pack: measured
timezone: Asia/Shanghai
effective: {from: 2026-01-01}
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.received: {case: case from subject, unit: unit, level: [city, county], people: number}
  reply.sent: {case: case from subject, unit: unit, post: post}
rules:
"""
RULE = """\
  - duty: reply {n}
    title: 第{n}条 限时答复
    source: law
    when: case.received
    where: level = "city" and people >= {n}
    bearer: unit
    must: reply.sent
    same: case
    provided: unit of post is bearer
    within: {hours}h
    answers: {{head: at due}}
"""


def pack(lines: int) -> str:
    """A pack of about *lines* lines, every rule with two conditions and a limit of its own."""
    rules = lines // RULE.count("\n")
    return HEAD + "".join(RULE.format(n=n, hours=n + 1) for n in range(rules))


def measured_reading() -> Policy:
    """Reads and checks the pack, and prints how long that took: the least of several runs."""
    text = pack(LINES)
    seconds = []
    for _ in range(RUNS):
        began = time.process_time()
        policy = read_rules_text(text)
        seconds.append(time.process_time() - began)
    print(f"a pack of {text.count(chr(10)):,} lines, {len(policy.rules)} rules: read and checked in {min(seconds):.2f} s")
    return policy


def measured_condition(policy: Policy) -> None:
    """Prints how often a second the condition of the sixth rule is evaluated: the best of several runs."""
    rule = policy.rule("reply 5")
    condition = Compiler(policy.parameters, Organisation.empty(), policy.zone, {}).condition(rule.guard)
    assert condition is not None
    at = datetime(2026, 3, 2, tzinfo=UTC)
    for fields in ({"level": "city", "people": 7}, {"level": "county", "people": 7}):
        best = 0.0
        for _ in range(RUNS):
            began = time.process_time()
            for _ in range(EVALUATIONS):
                condition(fields, {}, at)
            best = max(best, EVALUATIONS / (time.process_time() - began))
        print(f'`level = "city" and people >= 5` with {fields}: {best / 1e6:.1f} million evaluations/s')


if __name__ == "__main__":
    measured_condition(measured_reading())
