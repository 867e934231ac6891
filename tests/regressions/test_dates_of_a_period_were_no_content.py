"""Two rules of which one had another limit on a day that was declared for its period were of one version."""

from __future__ import annotations

from accountability.policy.pack import read_rules_text

TEXT = """\
pack: periods
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit}
  done: {case: case from subject, unit: unit}
periods:
  week: {dates: [{from: 2026-01-05, to: 2026-01-12}]}
rules:
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 5 days, during week: {within: 1 day}}
  - {duty: file, source: law, when: asked, bearer: unit, must: done, same: case, within: 9 days}
"""


def test_a_rule_that_has_another_limit_on_other_days_is_another_version() -> None:
    """As with the values of a parameter; a rule that asks for nothing during the period stays what it was."""
    before, after = (read_rules_text(text).rules for text in (TEXT, TEXT.replace("to: 2026-01-12", "to: 2026-01-14")))
    assert before[0].version != after[0].version
    assert before[1].version == after[1].version
