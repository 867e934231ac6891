"""What an act that comes late for one day of `once by` is to the next one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.organisation import Organisation, Unit
from accountability.policy.pack import read_rules_text
from accountability.semantics import judge

RULES = """\
pack: t
timezone: UTC
sources: {law: A law}
vocabulary:
  report.filed: {unit: unit from subject, for: text}
rules:
  - duty: report of the year
    source: law
    effective: {from: 2025-01-01}
    once by: [2025-03-31, 2026-03-31]
    each: unit/a
    must: report.filed
    same: unit
"""


@pytest.mark.parametrize(("provided", "second"), [("", "met"), ("    provided: for is period\n", "missed")])
def test_it_counts_for_both_unless_it_says_for_which_it_is(provided: str, second: str) -> None:
    policy = read_rules_text(RULES + provided)
    filed: Event = Intake(policy.vocabulary).one({
        "specversion": "1.0", "id": "r", "source": "desk", "type": "report.filed", "subject": "unit/a",
        "time": "2025-04-15T09:00:00Z", "data": {"for": "2025-03-31"}})
    organisation, clock = Organisation.of([Unit("a", "A", "town")], [], []), datetime(2026, 6, 1, tzinfo=UTC)
    found = judge(policy, organisation, [filed], at=clock, report_all=True)
    assert [f.status for f in found.findings] == ["late", second]
    assert replay(policy, organisation, [filed], at=clock, report_all=True) == found
