"""A decision is on everybody whom a rule names; a post that was named twice gave the meaning two conclusions of one identity."""

from __future__ import annotations

from datetime import UTC, datetime

from accountability import Intake, Organisation, judge
from accountability.engine.replay import replay
from accountability.organisation import Post, Tenure, Unit
from accountability.policy.pack import read_rules_text

POLICY = read_rules_text("""\
pack: t
timezone: UTC
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  lead.named: {case: case from subject, post: post}
rules:
  - effect: lead
    source: law
    when: lead.named
    bearer: post
    on: [unit, head at trigger, post at now]
    standing: {term: until ended}
""")
OFFICE = Organisation.of([Unit("u", "U", "town")], [Post("u/head", "u", "head", 1)],
                         [Tenure("u/head", "A", datetime(2026, 1, 1, tzinfo=UTC))])


def test_a_post_that_is_named_twice_is_named_once() -> None:
    event = Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "id": "1", "source": "/log", "type": "lead.named", "subject": "case/1",
        "time": "2026-03-02T09:00:00Z", "data": {"post": "u/head"}})
    at = datetime(2026, 3, 3, tzinfo=UTC)
    found = [how(POLICY, OFFICE, [event], at=at).findings for how in (judge, replay)]
    assert found[0] == found[1]
    assert [f.post for f in found[0]] == [None, "u/head"]
