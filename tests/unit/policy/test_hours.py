"""Business hours as rule files say them."""

from __future__ import annotations

from datetime import date, time

import pytest

from accountability.policy import Policy, read_rules_text
from accountability.policy.formatter import formatted
from accountability.policy.spelling import translate
from accountability.workdays import HoursByDate, Opening

PACK = """\
pack: t
timezone: Asia/Shanghai
calendar: CN
business hours:
  from: 08:30
  to: 18:00
  break: {from: 12:00, to: 14:30}
  by date:
    - {first day: 05-01, last day: 09-30, from: 09:00, to: 18:00, break: {from: 12:00, to: 15:00}, friday: {from: 09:00, to: 12:00}}
    - {date: 2026-12-24, from: 08:30, to: 12:00}
sources: {order: An order}
vocabulary: {asked: {case: case from subject, unit: unit}, replied: {case: case from subject}}
responsibility: {head: {roles: [head]}}
rules:
  - {duty: reply, source: order, when: asked, bearer: unit, must: replied, same: case, within: 4h, answers: {head: at due}}
"""


def rules(old: str = "", new: str = "") -> Policy:
    assert old in PACK
    return read_rules_text(PACK.replace(old, new, 1))


def test_seasons_and_dates_are_read_as_they_are_written() -> None:
    hours = rules().rules[0].reckoning.hours  # type: ignore[union-attr]
    assert hours is not None
    assert hours.by_date == (
        HoursByDate((2026, 12, 24), (2026, 12, 24), Opening(time(8, 30), time(12))),
        HoursByDate((5, 1), (9, 30), Opening(time(9), time(18), ((time(12), time(15)),)), ((4, Opening(time(9), time(12))),)))
    assert hours.on(date(2026, 12, 25)) == Opening(time(8, 30), time(18), ((time(12), time(14, 30)),))


@pytest.mark.parametrize(("old", "new"), [
    ("09-30", "09-29"), ("2026-12-24", "12-24"), ("2026-12-24", "2027-12-24"), ("to: 12:00}\nsources", "to: 12:30}\nsources"),
    ("friday: {from: 09:00, to: 12:00}", "monday: {from: 09:00, to: 12:00}"),
    ("    - {date: 2026-12-24, from: 08:30, to: 12:00}\n", "")])
def test_other_hours_are_another_policy(old: str, new: str) -> None:
    assert rules(old, new).digest != rules().digest


def test_either_spelling_and_any_layout_is_the_same_policy() -> None:
    chinese = translate(PACK, "zh")
    assert "按日期" in chinese
    assert "首日: 05-01" in formatted(PACK, keywords="zh")
    for text in (chinese, formatted(PACK), formatted(PACK, keywords="zh"), formatted(chinese, keywords="en")):
        assert read_rules_text(text).digest == rules().digest
