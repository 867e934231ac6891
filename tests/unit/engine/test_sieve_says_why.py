"""The sieve says which duties and thresholds columns may decide, and why others are left to the engine."""

from __future__ import annotations

import pytest

from accountability.engine.columnar.sieve import Sieve
from accountability.organisation import Organisation
from accountability.policy.pack import read_rules_text

PACK = """\
pack: replies
timezone: Europe/London
sources: {act: {title: An act}}
responsibility: {head: {roles: [head], source: act}}
vocabulary:
  request.received: {raises a case: yes, case: case, unit: unit}
  reply.sent: {case: case, ok: 'yes or no, optional'}
  conduct.upheld: {case: case, unit: unit}
rules:
  - duty: reply
    source: act
    when: request.received
    bearer: unit
    must: reply.sent
    same: case
    within: 5 days
DUTY
  - threshold: often
    source: act
    count: COUNT
    per: unit
    within: calendar year
    reaches: 2
    fires: FIRES
  - threshold: again
    source: act
    count: finding of often
    per: unit
    within: 30 days rolling by instants
    reaches: 2
    fires: each
"""
OFTEN = "waits for what the engine concludes"


@pytest.mark.parametrize(("duty", "count", "fires", "left"), [
    ("", "breach of reply", "rising", {}),
    ("    draft: yes", "breach of reply", "each", {"often": OFTEN, "again": OFTEN}),
    ("", "breach of reply", "once, used up", {"often": "uses up what it has counted", "again": OFTEN}),
    ("", "conduct.upheld", "each", {"often": "counts events", "again": OFTEN}),
    ("    report: all", "breach of reply", "each", {"reply": "reports what is met", "often": OFTEN, "again": OFTEN}),
    ("    provided: ok", "breach of reply", "each", {"reply": "looks at how it was met", "often": OFTEN, "again": OFTEN}),
    ("    answers: {head: at conduct.upheld of the same case}", "breach of reply", "each",
     {"reply": "names those who answer by another event", "often": OFTEN, "again": OFTEN}),
])
def test_what_columns_may_decide(duty: str, count: str, fires: str, left: dict[str, str]) -> None:
    text = PACK.replace("COUNT", count).replace("FIRES", fires).replace("DUTY\n", f"{duty}\n" if duty else "")
    sieve = Sieve(read_rules_text(text), Organisation.empty())
    assert sieve.left == left
    assert [watch.rule.name for watch in sieve.decided] == [n for n in ("reply", "often", "again") if n not in left]
