"""Two rules that named their periods in another order, and so gave another limit where both were open, were of one version."""

from __future__ import annotations

from accountability import Policy
from accountability.policy.formatter import formatted
from accountability.policy.pack import read_rules_text

HEAD = """\
pack: periods
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit}
  done: {case: case from subject, unit: unit}
periods:
  week: {dates: [{from: 2026-01-05, to: 2026-01-12}]}
  feast: {dates: [{from: 2026-01-06, to: 2026-01-07}]}
rules:
"""
DUTY = "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 5 days, %s, %s}\n"
WEEK, FEAST = "during week: {within: 1 day}", "during feast: {within: 2h}"


def read(*periods: str) -> Policy:
    return read_rules_text(HEAD + DUTY % periods)


def test_another_order_is_another_version() -> None:
    """Of the periods that are open, the first that the rule names counts."""
    assert read(WEEK, FEAST).rules[0].version != read(FEAST, WEEK).rules[0].version
    assert read(WEEK, FEAST).digest != read(FEAST, WEEK).digest


def test_the_order_stays_where_a_file_is_formatted() -> None:
    """The one form of a file means what the file meant."""
    text = HEAD + DUTY % (WEEK, FEAST)
    assert read_rules_text(formatted(text)).digest == read(WEEK, FEAST).digest
