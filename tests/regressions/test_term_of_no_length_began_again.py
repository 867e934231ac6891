"""A standing of no length that an event begins again was begun again by that event for ever."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from accountability import Intake, Organisation, judge
from accountability.policy.pack import read_rules_text

POLICY = read_rules_text("""\
pack: again
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  body.decided: {case: case from subject, unit: unit}
  case.reopened: {case: case from subject, unit: unit}
rules:
  - effect: notice
    source: law
    when: body.decided
    same: case
    standing: {term: 0h}
    again from: case.reopened
""")


def test_it_is_begun_again_once_by_each_event() -> None:
    at = datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    events = [Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "source": "/log", "id": kind, "type": kind, "subject": "case/1", "time": at.isoformat(),
        "data": {"unit": "town"}}) for kind in ("body.decided", "case.reopened")]
    [finding] = judge(POLICY, Organisation.of([]), events, at=at.replace(month=4), report_all=True).findings
    assert (finding.status, finding.detail("round")) == ("ended", 2)
