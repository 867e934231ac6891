"""Beside an event type whose name ends in the word of a conclusion, a condition did not wait for the rule it asks about."""

from __future__ import annotations

import pytest

from accountability.policy import read_rules_text

RULES = """\
pack: p
timezone: UTC
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit}
  word.passed: {case: case from subject, unit: unit}
  decided: {case: case from subject, unit: unit}
rules:
  - {gate: close, source: law, when: asked, bearer: unit, requires: {quiet: CONDITION}}
  - effect: card
    source: law
    when: asked
    propose: yellow card
    on: [unit]
    decided by: decided
    same: case
    standing: {term: 2h}
"""


@pytest.mark.parametrize("condition", ["any word.passed of the same case or no standing of card of the same case",
                                       "有 word.passed 同一 case 或 没有 生效 之 card 同一 case",
                                       "any word.passed of the same case or no standing of  'card'  of the same case"])
def test_a_rule_is_read_after_those_that_its_conditions_ask_about(condition: str) -> None:
    assert [rule.name for rule in read_rules_text(RULES.replace("CONDITION", condition)).rules] == ["card", "close"]
