"""`时` is the word for `at` in a moment, so a field or a responsibility called `at` has no other spelling there."""

from __future__ import annotations

import pytest

from accountability.policy import read_rules_text
from accountability.policy.formatter import formatted
from accountability.policy.keywords import moment

PACK = """pack: t
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {at: {roles: [head]}}
vocabulary:
  duty.done: {case: case from subject, unit: unit, at: instant}
rules:
  - prohibition: late
    source: law
    when: duty.done
    bearer: unit
    answers: {at: at at}
  - effect: talk
    source: law
    when: breach of late
    propose: talk
    on: [at at trigger, at at at]
"""


@pytest.mark.parametrize("text", ["at at", "at at trigger", "at at at", "at at of the same case", "at 时"])
def test_it_stays_what_it_was(text: str) -> None:
    assert moment(moment(text, "zh"), "en") == text


def test_a_pack_with_it_is_the_same_in_chinese() -> None:
    """`at at` became `at 时`, and then no moment was known any more."""
    assert read_rules_text(formatted(PACK, keywords="zh")).digest == read_rules_text(PACK).digest
