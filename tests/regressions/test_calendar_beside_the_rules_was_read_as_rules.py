"""A calendar file that lay beside `pack.yaml` was read as rules, and the pack refused for keys that no rule file has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from accountability.errors import RuleFileError
from accountability.policy import read_rules

PACK = """\
pack: small
timezone: UTC
calendar: county.yaml
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit}
  done: {case: case from subject, unit: unit}
rules:
  - {duty: answer, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 working day}
"""


@pytest.mark.parametrize("text", [
    "name: county\ncovers: [2026, 2026]\nholidays: [2026-03-03]\n",
    "\ufeffname: county\r\ncovers : [2026, 2026]\r\nholidays: [2026-03-03]\r\n",
    "名称: 县\n所知范围: [2026, 2026]\n节假日: [2026-03-03]\n",
])
def test_a_calendar_may_lie_beside_the_rules(text: str, tmp_path: Path) -> None:
    """The rule goes by it."""
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "county.yaml").write_bytes(text.encode())
    [rule] = read_rules(tmp_path).rules
    assert not rule.reckoning.calendar.is_working(date(2026, 3, 3))


def test_what_is_wrong_with_it_is_told_as_of_a_calendar(tmp_path: Path) -> None:
    """And as nothing else."""
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "county.yaml").write_text("name: county\ncovers: [2026, 2025]\n", encoding="utf-8")
    with pytest.raises(RuleFileError) as refused:
        read_rules(tmp_path)
    assert {d.check for d in refused.value.diagnostics} == {"unknown-calendar"}
