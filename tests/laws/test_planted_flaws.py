"""Flaws that were put into policies on purpose: the search finds each, and gives the smallest history that shows it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import timedelta
from random import Random

import attrs
import pytest
from hypothesis import Phase, find, settings

from accountability import Policy, judge
from accountability.document import parse
from accountability.document.tree import Mapping
from accountability.policy.pack import read_rules_text
from accountability.policy.spelling import read_as_english, translate
from accountability.testing import DrawnHistory, breaks, histories_of, run_scenario, scenarios_in

HEAD = """\
pack: flawed
timezone: Asia/Shanghai
calendar: weekdays
sources: {law: A law}
vocabulary:
  case.received: {case: case from subject, unit: unit, grave: yes or no, size: number, note: 'text, optional'}
  case.closed: {case: case from subject, unit: unit}
  reply.sent: {case: case from subject, unit: unit}
  veto.decided: {unit: unit from subject, by: unit}
  hearing.held: {unit: unit from subject}
  award.proposed: {proposal: proposal from subject, unit: unit}
responsibility: {head: {roles: [head]}}
rules:
  - duty: reply
    source: law
    when: case.received
    bearer: unit
    must: reply.sent
    same: case
    within: 5 working days
    report: all
    answers: {head: at due}
  - effect: veto
    source: law
    when: veto.decided
    about: unit
    same: unit
    on: unit
    standing: {term: 1 year, bars: [award]}
  - gate: award
    source: law
    when: award.proposed
    about: proposal
    requires: {no late reply: no breach of reply of the same unit}
    report: all
invariants:
"""
INVARIANTS = {
    "a veto without a hearing": "{never: standing of veto, where: no hearing.held of the same unit}",
    "an award in spite of a veto": "{never: passed of award, joined with: standing of veto, same: unit}",
    "a grave and large case is late": "{never: breach of reply, where: grave and size > 100}",
}
SMALLEST = {
    "a veto without a hearing": ["{at: 2026-03-02 09:00, veto.decided: unit/head-office, by: head-office}"],
    "an award in spite of a veto": [
        "{at: 2026-03-02 09:00, veto.decided: unit/head-office, by: head-office}",
        "{at: 2026-03-02 10:00, award.proposed: proposal/1, unit: head-office}",
    ],
    "a grave and large case is late": [
        "{at: 2026-03-02 09:00, case.received: case/1, unit: head-office, grave: yes, size: 101}",
    ],
}


def policy_with(invariant: str) -> Policy:
    return read_rules_text(f"{HEAD}  {invariant}: {INVARIANTS[invariant]}\n")


def events_of(history: DrawnHistory) -> list[str]:
    return [line.strip().removeprefix("- ") for line in history.scenario().splitlines() if line.startswith("      - {at: ")]


@pytest.mark.parametrize("invariant", INVARIANTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_smallest_history_that_breaks_an_invariant_is_found(invariant: str, seed: int) -> None:
    """Of an invariant that does not hold, the search gives the smallest history, seen as soon as it is broken."""
    (found,) = breaks(policy_with(invariant), examples=400, seed=seed)
    assert found.invariant == invariant
    assert sorted(line[22:] for line in events_of(found.history)) == sorted(line[22:] for line in SMALLEST[invariant])
    assert found.history.broken()
    assert not found.history.broken(at=found.history.at - timedelta(seconds=1))


@pytest.mark.parametrize("invariant", INVARIANTS)
@pytest.mark.parametrize("script", ["en", "zh"])
def test_the_scenario_that_is_printed_breaks_the_invariant_again(invariant: str, script: str) -> None:
    """What is printed, pasted into the rule file, in English or Chinese, plays as expected but for the invariant that it breaks."""
    text = f"{HEAD}  {invariant}: {INVARIANTS[invariant]}\n"
    if script == "zh":
        text = translate(text, "zh")
    (found,) = breaks(read_rules_text(text), examples=400, seed=3)
    printed = found.history.scenario("found")
    assert ("情景列表:" in printed) is (script == "zh")
    assert ("events" in printed) is (script == "en")
    policy = read_rules_text(text + printed)
    (scenario,) = scenarios_in(policy)
    assert [(d.engine, [c.rule for c in d.unexpected]) for d in run_scenario(policy, scenario)] == [("invariants", [invariant])]


def smallest(policy: Policy, wrong: Callable[[DrawnHistory], bool]) -> DrawnHistory:
    plain = settings(max_examples=2000, database=None, deadline=None, phases=(Phase.generate, Phase.shrink))
    return find(histories_of(policy), wrong, settings=plain, random=Random(5))


def test_what_is_wrong_only_at_the_very_due_is_found() -> None:
    """An act in the last second in which it is in time is drawn; of a duty in hours, one at the very due."""
    policy = read_rules_text(HEAD.replace("within: 5 working days", "within: 36h").removesuffix("invariants:\n"))

    def done_at_the_due(history: DrawnHistory) -> bool:
        return any(f.done is not None and f.done == f.due for f in history.judge().of("reply"))

    assert events_of(smallest(policy, done_at_the_due)) == [
        "{at: 2026-03-02 09:00, case.received: case/1, unit: head-office, grave: no, size: 1}",
        "{at: 2026-03-03 21:00, reply.sent: case/1, unit: head-office}",
    ]
    days = read_rules_text(HEAD.removesuffix("invariants:\n"))

    def done_in_the_last_second(history: DrawnHistory) -> bool:
        late = [attrs.evolve(e, occurred_at=e.occurred_at + timedelta(seconds=1)) if e.type == "reply.sent" else e
                for e in history.events]
        later = judge(days, history.organisation, late, at=history.at)
        return any(f.status == "met" for f in history.judge().of("reply")) and any(f.status == "late" for f in later.of("reply"))

    assert events_of(smallest(days, done_in_the_last_second)) == [
        "{at: 2026-03-02 09:00, case.received: case/1, unit: head-office, grave: no, size: 1}",
        "{at: 2026-03-09 23:59:59, reply.sent: case/1, unit: head-office}",
    ]


def test_what_is_wrong_only_where_something_is_told_late_is_found() -> None:
    """That what was found against somebody is taken back needs an event that is told late; the smallest history has that alone."""
    policy = read_rules_text(HEAD.replace("5 working days", "2h").removesuffix("invariants:\n"))

    def taken_back(history: DrawnHistory) -> bool:
        stands = {f.identity for f in history.judge().findings if f.status == "missed" or f.status == "late"}
        before = [history.judge(at=at) for at in history.arrivals]
        return any(f.status == "missed" and f.identity not in stands for j in before for f in j.findings)

    found = smallest(policy, taken_back)
    assert len(found.events) == 2 or (len(found.events) == 3 and len(found.arrivals) == 3)
    assert any(e.recorded_at > e.occurred_at or e.retracts or e.corrects for e in found.events)


def test_a_policy_without_a_flaw_breaks_nothing() -> None:
    """Of an invariant that holds, nothing is found."""
    text = HEAD + textwrap.indent("late only after the due: {never: breach of reply, where: size > 1 and size < 1}\n", "  ")
    assert list(breaks(read_rules_text(text), examples=100, seed=1)) == []


def test_the_printed_section_is_the_only_one() -> None:
    """What is printed is one section, `scenarios:`, with one scenario."""
    (found,) = breaks(policy_with("a veto without a hearing"), examples=100, seed=1)
    tree = read_as_english(parse(found.history.scenario(), "printed.yaml"))
    assert isinstance(tree, Mapping)
    assert [key.text for key, _ in tree.entries] == ["scenarios"]
