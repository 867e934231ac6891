"""An event costs no more where its unit has seen very many, or where there are many units: only what it may change is judged."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accountability.engine.replay import replay
from accountability.event import Event
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Unit
from accountability.policy import read_rules
from accountability.policy.model import Policy

HEAD = """\
pack: busy
timezone: UTC
sources: {s: A test}
vocabulary:
  failed: {unit: unit, case: case}
  again: {unit: unit, case: case}
  decided: {unit: unit, case: case}
  asked: {unit: unit, case: case}
rules:
  - {prohibition: fault, source: s, when: failed, bearer: unit, about: unit}
  - {prohibition: fault again, source: s, when: again, bearer: unit, about: unit}
"""
RULES = {
    "a proposal for each": "{effect: card, source: s, when: breach of fault, propose: card}",
    "one a year": "{effect: card, source: s, when: breach of fault, propose: card, once per: calendar year}",
    "after another": "{effect: card, source: s, when: breach of fault again, after: breach of fault, same: unit, propose: card}",
    "not long after another": "{effect: card, source: s, when: breach of fault again, after: breach of fault, within: 30 days, "
                              "same: unit, propose: card}",
    "joined with another": "{effect: card, source: s, when: breach of fault, joined with: again, same: unit, propose: card}",
    "decided": "{effect: card, source: s, when: breach of fault, same: case, propose: card, decided by: decided, "
               "standing: {term: 3h}, quashed by: {when: asked}}",
    "a gate": "{gate: award, source: s, when: asked, bearer: unit, requires: {clean: no breach of fault of the same unit}}",
    "a gate on events": "{gate: award, source: s, when: asked, bearer: unit, requires: {clean: no failed of the same unit}}",
    "a prohibition": "{prohibition: asked at fault, source: s, when: asked, where: any breach of fault of the same unit, "
                     "bearer: unit, about: unit}",
    "a count": "{threshold: many, source: s, count: breach of fault, per: unit, within: 2 days rolling by instants, reaches: 3, "
               "fires: each}",
}
VISITS = """\
  - duty: visits
    source: s
    each: unit
    where: no breach of fault of the same unit
    must: decided
    same: unit
    every: calendar month
    effective: {from: 2026-01-01}
"""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("failed", "again", "decided", "asked")


def history(number: int, units: int) -> list[Event]:
    """So many events of so many units, one in ten minutes, four of each case."""
    at = [BEGIN + timedelta(minutes=10 * n) for n in range(number)]
    return [Event(id=f"e{n}", source="/s", type=KINDS[n % 4], occurred_at=at[n], recorded_at=at[n], sequence=n,
                  fields={"unit": f"u{n // 4 % units}", "case": f"c{n // 4}"}) for n in range(number)]


def live(policy: Policy, organisation: Organisation, events: list[Event]) -> None:
    for _ in Monitor(policy, organisation).follow(events):
        pass


def replayed(policy: Policy, organisation: Organisation, events: list[Event]) -> None:
    replay(policy, organisation, events, at=events[-1].occurred_at, known_at=events[-1].occurred_at)


Judge = Callable[[Policy, Organisation, list[Event]], None]


def calls(judge: Judge, policy: Policy, number: int, units: int = 1) -> int:
    """How many functions are called to judge so many events of so many units."""
    events, organisation, found = history(number, units), Organisation.of([Unit(f"u{n}", f"U{n}", "town") for n in range(units)]), 0

    def count(frame: object, what: str, of: object) -> None:
        nonlocal found
        found += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        judge(policy, organisation, events)
    finally:
        sys.setprofile(before)
    return found


@pytest.mark.parametrize("judge", [live, replayed])
@pytest.mark.parametrize("rule", RULES)
def test_twice_as_many_events_take_twice_as_much(tmp_path: Path, rule: str, judge: Judge) -> None:
    (tmp_path / "pack.yaml").write_text(f"{HEAD}  - {RULES[rule]}\n", encoding="utf-8")
    policy = read_rules(tmp_path)
    calls(judge, policy, 4)  # what is made once is made
    assert calls(judge, policy, 400) < 2.3 * calls(judge, policy, 200)


@pytest.mark.parametrize("judge", [live, replayed])
def test_twice_as_many_units_take_twice_as_much(tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "pack.yaml").write_text(HEAD + VISITS, encoding="utf-8")
    policy = read_rules(tmp_path)
    calls(judge, policy, 4)
    assert calls(judge, policy, 800, 200) < 2.3 * calls(judge, policy, 400, 100)
