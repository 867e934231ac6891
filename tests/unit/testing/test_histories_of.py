"""`histories_of`: what it draws of, what it leaves out, and what it says where it cannot draw."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

from accountability import Organisation
from accountability.organisation import Post, Unit
from accountability.policy.pack import read_rules_text
from accountability.testing import DrawnHistory, histories_of

TEXT = """\
pack: t
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  case.received: {case: case from subject, unit: unit, size: number, share: number, note: 'text, optional'}
  reply.sent: {case: case from subject, unit: unit}
  bell.rung: {unit: unit from subject, loud: yes or no}
  never.asked: {unit: unit from subject}
parameters: {large: {2020-01-01: 50, 2026-03-10: 40}}
responsibility: {head: {roles: [head]}}
rules:
  - duty: reply
    source: law
    when: case.received
    where: size >= large or share > 0.15 or note is urgent
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
  - prohibition: no bell
    source: law
    when: bell.rung
    where: loud
    bearer: unit
"""
POLICY = read_rules_text(TEXT.replace("note is urgent", "note = 'urgent'"))
TOWN = Organisation.of([Unit("town", "Town", "town")], [Post("town/head", "town", "head", 1)])


def drawn(number: int, organisation: Organisation | None = None, **how: object) -> list[DrawnHistory]:
    """So many histories, and always the same: among any few hundred a rare thing may be missing, once in hundreds of times."""
    found: list[DrawnHistory] = []

    @settings(max_examples=number, phases=[Phase.generate], database=None, deadline=None, derandomize=True)
    @given(histories_of(POLICY, organisation, **how))  # type: ignore[arg-type]
    def draw(history: DrawnHistory) -> None:
        found.append(history)

    draw()
    return found


def test_fields_hold_what_conditions_compare_them_with_and_what_lies_beside_it() -> None:
    received = [e for h in drawn(400) for e in h.events if e.type == "case.received"]
    assert {50, 49, 51, 40, 39, 41} <= {e.get("size") for e in received}
    assert {"0.15", "0.14", "0.16"} <= {str(e.get("share")) for e in received}
    assert {None, "urgent", "a"} <= {e.get("note") for e in received}


def test_only_what_some_rule_asks_about_happens() -> None:
    assert {e.type for h in drawn(100) for e in h.events} == {"case.received", "reply.sent", "bell.rung"}
    assert {e.type for h in drawn(50, about=["no bell"]) for e in h.events} == {"bell.rung"}
    with pytest.raises(KeyError):
        histories_of(POLICY, about=["bell"])


def test_units_are_those_of_the_organisation_or_made_up() -> None:
    assert {e.get("unit") for h in drawn(50, TOWN) for e in h.events} == {"town"}
    assert {e.get("unit") for h in drawn(100, Organisation.empty()) for e in h.events} == {"head-office", "office-a", "office-b"}


def test_a_history_is_as_long_as_is_asked_for_at_the_most() -> None:
    assert max(len(h.events) for h in drawn(100, most=3)) == 3


def test_things_are_told_late_corrected_retracted_and_repeated() -> None:
    events = [e for h in drawn(300) for e in h.events]
    assert any(e.recorded_at > e.occurred_at for e in events)
    assert any(e.corrects for e in events)
    assert any(e.retracts for e in events)
    assert any(len({e.id for e in h.events}) < len(h.events) for h in drawn(300))


def test_times_are_at_dues_and_where_a_parameter_changes() -> None:
    found = drawn(400)
    replies = [f for h in found for f in h.judge(report_all=True).of("reply")]
    dues = [(f.done, f.due) for f in replies if f.done is not None and f.due is not None]
    assert any(done == due for done, due in dues)
    assert any(0 < (done - due).total_seconds() <= 1 for done, due in dues)
    local = {e.occurred_at.astimezone(POLICY.zone).strftime("%m-%d %H:%M:%S") for h in found for e in h.events}
    assert {"03-10 00:00:00", "03-10 09:00:00", "03-09 23:59:59"} & local


def test_of_a_policy_without_rules_there_is_one_history_the_empty_one() -> None:
    seen: list[DrawnHistory] = []

    @settings(max_examples=3, database=None)
    @given(histories_of(read_rules_text(TEXT.partition("rules:")[0] + "rules: []\n")))
    def draw(history: DrawnHistory) -> None:
        seen.append(history)

    draw()
    assert [h.events for h in seen] == [()]
