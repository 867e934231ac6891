"""What scenarios try of a rule, and what they leave untried."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from accountability.policy import read_rules
from accountability.policy.pack import read_rules_text
from accountability.testing import Goal, reach, scenarios_in

RULES = """\
pack: reach
timezone: Asia/Shanghai
sources: {law: {title: A law, clause: art. 1}}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit, place: [near, far, abroad], waived: yes or no}
  officer.arrived: {case: case from subject, unit: unit}
parameters:
  arrival: {source: law, 2026-01-01: {near: 2h, far: 3 days, abroad: 9 days}}
responsibility:
  head: {roles: [head]}
rules:
  - duty: on scene
    source: law
    when: case.raised
    where: place in [near, far] or not waived
    unless: {waived: {where: waived and place is far}}
    bearer: unit
    must: officer.arrived
    same: case
    within: arrival[place]
    breach: {severity: grave}
    answers: {head: at due}
scenarios:
  - scenario: tried
    organisation:
      timezone: Asia/Shanghai
      units: [{id: a, name: A, level: town}]
    events:
EVENTS
    checkpoints:
CHECKS
"""


def goals(events: list[str], checks: list[str]) -> tuple[Goal, ...]:
    """The goals of the rule above, played with *events*; what is expected is of no matter here."""
    text = RULES.replace("EVENTS", "\n".join(f"      - {{{e}}}" for e in events))
    policy = read_rules_text(text.replace("CHECKS", "\n".join(f"      - {{as of: {c}, findings: []}}" for c in checks)))
    return reach(policy, scenarios_in(policy))


def holes(events: list[str], checks: list[str]) -> list[str]:
    return [goal.what for goal in goals(events, checks) if not goal.reached]


RAISED = "case.raised: case/{0}, unit: a, place: {1}, waived: {2}"
NEAR = ["at: 2026-03-02 10:00, " + RAISED.format(n, "near", "no") for n in (1, 2, 3)]


def test_without_events_everything_is_a_hole_but_the_limits_that_nobody_has_counted() -> None:
    found = goals([], ["2026-03-03 00:00"])
    assert not any(goal.reached for goal in found)
    said = {goal.what for goal in found}
    assert {"`case.raised` comes in", "`officer.arrived` comes in", "except waived", "done in time", "not done in time",
            "the parameter `arrival`, row `far`"} <= said
    assert not any("2h" in what for what in said)


def test_each_row_of_a_table_and_each_alternative_is_a_goal_of_its_own() -> None:
    left = holes([*NEAR, "at: 2026-03-02 10:00, " + RAISED.format(4, "abroad", "no")], ["2026-03-02 11:00"])
    assert "the parameter `arrival`, row `far`" in left
    assert "the parameter `arrival`, row `near`" not in left
    assert "the parameter `arrival`, row `abroad`" not in left
    assert any(what.endswith("because “place” is ‘far’") for what in left)
    assert not any(what.endswith("because “place” is ‘near’") for what in left)
    assert any(what.endswith(": no") for what in left)


def test_what_is_ruled_out_has_no_alternatives() -> None:
    text = RULES.replace("place in [near, far] or not waived", "not (place in [near, far])")
    policy = read_rules_text(text.replace("EVENTS", "").replace("CHECKS", "      - {as of: 2026-03-02, findings: []}"))
    assert [goal.what for goal in reach(policy, []) if "because" in goal.what] == []


def test_a_limit_in_hours_is_tried_at_its_last_instant_and_within_a_minute_of_it() -> None:
    acts = [f"at: 2026-03-02 {at}, officer.arrived: case/{n}, unit: a" for n, at in ((1, "11:59"), (2, "12:00"), (3, "12:01:01"))]
    left = holes([*NEAR, *acts], ["2026-03-03 00:00"])
    assert [what for what in left if what.startswith("2h")] == ["2h: just after it ended"]
    assert "2h: just after it ended" not in holes([*NEAR, *acts[:2]], ["2026-03-02 12:00:01"])


def test_a_limit_in_days_is_tried_on_its_last_day_and_on_the_day_after() -> None:
    raised = "at: 2026-03-02 10:00, " + RAISED.format(1, "far", "no")
    assert [w for w in holes([raised], ["2026-03-04 10:00"]) if w.startswith("3 days")] == ["3 days: on its last day",
                                                                                        "3 days: the day after"]
    assert [w for w in holes([raised], ["2026-03-05 10:00"]) if w.startswith("3 days")] == ["3 days: the day after"]
    assert [w for w in holes([raised], ["2026-03-05 10:00", "2026-03-06 00:00"]) if w.startswith("3 days")] == []


def test_an_exception_is_tried_where_the_rule_would_apply_but_for_it() -> None:
    waived = "at: 2026-03-02 10:00, " + RAISED.format(1, "far", "yes")
    elsewhere = "at: 2026-03-02 10:00, " + RAISED.format(1, "abroad", "yes")
    assert "except waived" not in holes([waived], ["2026-03-03 00:00"])
    assert "except waived" in holes([elsewhere], ["2026-03-03 00:00"])


def test_the_command_says_what_is_untried_and_exits_with_1(tmp_path: Path) -> None:
    """A scenario that agrees is not enough where a rule was not tried."""
    file = tmp_path / "reach.yaml"
    file.write_text(RULES.replace("EVENTS", f"      - {{{NEAR[0]}}}").replace(
        "CHECKS", "      - {as of: 2026-03-02 11:00, findings: []}"), encoding="utf-8")
    assert read_rules(file).rules
    run = [sys.executable, "-m", "accountability.cli", "test", str(file)]
    assert subprocess.run(run, capture_output=True, check=False).returncode == 0
    told = subprocess.run([*run, "--holes"], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "on scene: the parameter `arrival`, row `far`" in told.stdout
