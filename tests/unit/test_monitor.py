"""What a monitor leaves behind."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta

from accountability.conclusion import Status
from accountability.event import Event
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy.pack import read_rules_text

RULES = """\
pack: replies
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit}
  answered: {case: case from subject}
rules:
  - {duty: answer, source: law, when: asked, bearer: unit, must: answered, same: case, within: 2h}
  - {threshold: often, source: law, count: breach of answer, per: unit, within: 30 days rolling by instants, reaches: 2,
     fires: each}
  - {gate: close, source: law, when: answered, bearer: unit/u, requires: {known: any asked of the same case}}
  - {effect: warning, source: law, when: finding of often, propose: warn, once per: calendar year}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def reported(number: int, type_: str, hour: int) -> Event:
    at = START + timedelta(hours=hour)
    return Event(id=f"{type_}{number}", source="desk", type=type_, subject=f"case/{number}", occurred_at=at, recorded_at=at,
                 fields={"case": str(number), "unit": "u"} if type_ == "asked" else {"case": str(number)})


def test_nothing_that_a_monitor_drops_holds_itself() -> None:
    """So a process that runs one may have Python look for garbage seldom, and its memory stays what the monitor holds."""
    monitor = Monitor(read_rules_text(RULES), Organisation.empty(), horizon=timedelta(days=1))
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for number in range(200):
            monitor.observe(reported(number, "asked", 3 * number))
            monitor.observe(reported(number, "answered", 3 * number + 1 + number % 3))
        told = monitor.let_go()
        assert len(told.let_go) > 50
        gc.collect()
        # Whatever else runs in this process may leave some of its own.
        assert not [found for found in gc.garbage if type(found).__module__.startswith("accountability")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


STANDINGS = """\
pack: bans
timezone: UTC
sources: {law: A law}
vocabulary:
  banned: {case: case from subject, unit: unit}
  upheld: {case: case from subject}
  seen: {case: case from subject}
rules:
  - {effect: ban, source: law, when: banned, bearer: unit, same: case, on: unit, standing: {term: 1 day}, QUASHED}
  - {threshold: often, source: law, count: standing of ban, per: unit, within: calendar year, reaches: 1, fires: each}
"""


def decided(number: int, type_: str, day: int) -> Event:
    at = START + timedelta(days=day)
    return Event(id=f"{type_}{number}", source="desk", type=type_, subject=f"case/{number}", occurred_at=at, recorded_at=at,
                 fields={"case": str(number), "unit": "u"} if type_ == "banned" else {"case": str(number)})


def test_a_standing_that_may_still_be_quashed_is_kept_with_what_rests_on_it() -> None:
    """It ended long before the horizon. On appeal it falls all the same, and so does what was found because of it."""
    policy = read_rules_text(STANDINGS.replace("QUASHED", "quashed by: {when: upheld}"))
    monitor = Monitor(policy, Organisation.empty(), horizon=timedelta(days=1))
    monitor.observe(decided(1, "banned", 0))
    monitor.advance(START + timedelta(days=30))
    assert not monitor.let_go().let_go
    changes = monitor.observe(decided(1, "upheld", 40))
    assert [(before.status, now.status) for before, now in changes.revised] == [(Status.ENDED, Status.QUASHED)]
    assert [gone.rule for gone in changes.withdrawn] == ["often"]
    monitor.advance(START + timedelta(days=50))
    assert [gone.status for gone in monitor.let_go().let_go] == [Status.QUASHED]


def test_a_standing_that_nothing_can_reopen_is_let_go_when_it_has_ended() -> None:
    """What was found because of it is kept: a rule that waits for standings does not know which of them can change."""
    monitor = Monitor(read_rules_text(STANDINGS.replace("QUASHED", "ended by: {when: seen}")), Organisation.empty(),
                      horizon=timedelta(days=1))
    monitor.observe(decided(1, "banned", 0))
    monitor.advance(START + timedelta(days=1))
    assert not monitor.let_go().let_go
    monitor.advance(START + timedelta(days=5))
    assert [(gone.rule, gone.status) for gone in monitor.let_go().let_go] == [("ban", Status.ENDED)]


STEP = """\
pack: steps
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit}
  answered: {case: case from subject}
rules:
  - {gate: close, source: law, when: answered, bearer: unit/u, report: all, requires: {known: any asked of the same case}}
"""


def test_that_something_happened_is_remembered_without_the_event() -> None:
    """Long before the horizon a case was asked about. That still counts, and the event is held no more, nor in a snapshot."""
    policy = read_rules_text(STEP)
    monitor = Monitor(policy, Organisation.empty(), horizon=timedelta(days=1))
    monitor.observe(reported(7, "asked", 0))
    monitor.advance(START + timedelta(days=10))
    monitor.let_go()
    taken = monitor.snapshot()
    assert b"asked7" not in taken
    for one in (monitor, Monitor.restore(taken, policy, Organisation.empty())):
        changes = [one.observe(reported(number, "answered", 24 * 11)) for number in (7, 8)]
        assert [c.raised[0].status for c in changes] == [Status.PASSED, Status.REFUSED]
