"""What a monitor leaves behind."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta

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
    try:
        for number in range(200):
            monitor.observe(reported(number, "asked", 3 * number))
            monitor.observe(reported(number, "answered", 3 * number + 1 + number % 3))
        told = monitor.let_go()
        assert len(told.let_go) > 50
        assert gc.collect() == 0
    finally:
        gc.enable()
