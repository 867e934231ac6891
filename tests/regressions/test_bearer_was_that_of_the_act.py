"""`bearer` in a condition on an act that is a conclusion was the bearer of that conclusion: anybody could discharge the duty."""

from __future__ import annotations

from typing import Any

import pytest

from accountability.conclusion import Status

RULES = """\
  - {gate: close, source: law, when: done, bearer: unit, requires: {named: unit is unit/u1 or unit is unit/u2}}
  - {duty: mend, source: law, when: asked, bearer: unit, must: passed of close, same: case, provided: unit is bearer,
     within: 5 days}
"""


@pytest.mark.parametrize(("unit", "status"), [("u1", Status.MET), ("u2", Status.OPEN)])
def test_only_the_bearer_of_the_duty_discharges_it(say: Any, unit: str, status: Status) -> None:
    log = [("a", "asked", "2026-03-02T10:00"), ("d", "done", "2026-03-03T10:00", {"unit": unit})]
    assert [f.status for f in say(RULES, log, "2026-03-04T00:00") if f.rule == "mend"] == [status]


def test_what_voids_it_is_asked_about_the_bearer_of_the_duty(say: Any) -> None:
    rules = RULES.replace("within: 5 days", "within: 5 days, void: {when: passed of close, provided: unit is not bearer}")
    log = [("a", "asked", "2026-03-02T10:00"), ("d", "done", "2026-03-03T10:00", {"unit": "u2"})]
    assert [f.status for f in say(rules, log, "2026-03-04T00:00") if f.rule == "mend"] == [Status.VOID]
