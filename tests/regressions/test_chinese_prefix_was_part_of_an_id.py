"""`案件/一` was taken for the whole id of a case, although the type is spelt so, and `单位/甲镇` for that of a unit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accountability.errors import EventRejected
from accountability.intake import Intake
from accountability.organisation import Organisation
from accountability.policy.pack import read_rules_text
from accountability.semantics import judge

POLICY = read_rules_text("""\
规则包: 小
时区: Asia/Shanghai
规范依据: {法: 一部法}
词表:
  过错.发生: {案: 案件 自 对象, 单位: 单位}
规则:
  - {禁止: 过错, 依据: 法, 触发: 过错.发生, 条件: 单位 是 单位/甲镇, 责任主体: 单位/甲镇, 关于: 案}
""")


def told(subject: str, unit: str) -> dict[str, object]:
    return {"specversion": "1.0", "id": "e", "source": "/log", "type": "过错.发生", "subject": subject,
            "time": "2026-03-01T09:00:00+08:00", "data": {"单位": unit}}


@pytest.mark.parametrize("subject", ["案件/一", "case/一", "一"])
@pytest.mark.parametrize("unit", ["单位/甲镇", "unit/甲镇", "甲镇"])
def test_either_spelling_says_what_kind_it_is(subject: str, unit: str) -> None:
    event = Intake(POLICY.vocabulary).one(told(subject, unit))
    found = judge(POLICY, Organisation.empty(), [event], at=datetime(2026, 4, 1, tzinfo=UTC))
    assert [(f.subject, f.unit) for f in found.findings] == [("case/一", "甲镇")]


def test_another_kind_is_refused_in_either_spelling() -> None:
    with pytest.raises(EventRejected, match="the id of a case"):
        Intake(POLICY.vocabulary).one(told("隐患/一", "甲镇"))
