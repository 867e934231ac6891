"""A prohibition that is joined with something silenced another one also where there was nothing to join it with."""

from __future__ import annotations

from typing import Any

import pytest

from accountability.errors import RuleFileError

RULES = (
    "  - {prohibition: aggravated, source: law, when: fault, bearer: unit, joined with: done, same: case%s}\n"
    "  - {prohibition: fault, source: law, when: fault, bearer: unit%s}\n"
)
INSTEAD = RULES % ("", ", unless: {aggravated: any breach of aggravated of the same case}")


def test_a_joined_rule_defeats_none(policy: Any) -> None:
    with pytest.raises(RuleFileError, match=r"defeat-without-common-ground.*any breach of aggravated of the same case"):
        policy(RULES % (", defeats: fault", ""))


def test_the_way_out_lets_the_other_yield_where_it_is_joined(say: Any) -> None:
    log = [
        ("d", "done", "2026-03-02T08:00"),
        ("f", "fault", "2026-03-02T09:00"),
        ("g", "fault", "2026-03-02T10:00", {"case": "c2"}),
    ]
    assert [(f.rule, f.subject) for f in say(INSTEAD, log, "2026-03-09T00:00")] == [("aggravated", "case/c1"), ("fault", "case/c2")]
