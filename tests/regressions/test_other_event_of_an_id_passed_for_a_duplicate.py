"""A correction waited in vain. Another event under its id was refused, and passed for a duplicate when it came again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accountability.event import Event, EventRef
from accountability.ledger import Ledger
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy.pack import read_rules_text

RULES = """\
pack: notes
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case, unit: unit}
rules:
  - {effect: note, source: law, when: asked, propose: note}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def told(id: str, hour: int, corrects: str | None = None) -> Event:
    at = START + timedelta(hours=hour)
    return Event(id=id, source="s", type="asked", occurred_at=at, recorded_at=at, fields={"case": "1", "unit": "u"},
                 corrects=None if corrects is None else EventRef("s", corrects))


def test_it_is_refused_again() -> None:
    """Nothing that stands is called so: a duplicate is of something that counts."""
    with Ledger.open(":memory:") as ledger:
        monitor = Monitor(read_rules_text(RULES), Organisation.empty(), horizon=timedelta(hours=1), ledger=ledger)
        monitor.observe(told("1", 0, corrects="never reported"))
        other = told("1", 0)
        assert [refusal.check for refusal in monitor.observe(other).refused] == ["conflicting-duplicate"]
        monitor.observe(told("2", 5))
        assert [refusal.event.id for refusal in monitor.let_go().refused] == ["1"]
        assert [refusal.check for refusal in monitor.observe(other).refused] == ["too-old"]
