"""What an author writes as other languages have it: the way out that is named, and that it works."""

from __future__ import annotations

import re

import pytest

from accountability.errors import RuleFileError
from accountability.policy.pack import read_rules_text

PACK = """\
pack: t
timezone: UTC
calendar: weekdays
sources: {law: A law}
vocabulary:
  asked: {case: case from subject, unit: unit, t: yes or no, n: number}
  done: {case: case from subject, unit: unit}
rules:
  - duty: reply
    source: law
    when: asked
    bearer: unit
    must: done
    same: case
    within: %s
    where: %s
"""
LIMITS = [
    ("2 工作日内", "工作日内", "工作日"), ("2 个工作日之内", "个工作日之内", "个工作日"), ("2工作日内", "2工作日内", "2工作日"),
    ("1 quarter", "1 quarter", "3 months"), ("2 quarters", "2 quarters", "6 months"), ("3个季度", "3个季度", "9个月"),
    ("1 half-year", "1 half-year", "6 months"),
]
CONDITIONS = [
    ("n <> 5", "<>", "!="), ("n => 5", "=>", ">="), ("n =< 5", "=<", "<="), ("n ≧ 5", "≧", ">="), ("t && n > 5", "&&", "and"),
    ("n > 5 && t", "&&", "and"), ("n > 5 || t", "||", "or"), ("t & t", "&", "and"), ("n > 5 and !t", "!", "not "),
    ("n > 5 AND t", "AND", "and"), ("n 大于 5", "大于", ">"), ("n 小于等于 5", "小于等于", "<="),
    ("n is greater than 5", "is greater than", ">"),
]


def refused(within: str, where: str) -> str:
    with pytest.raises(RuleFileError, match=r"expression-syntax|not-a-limit") as error:
        read_rules_text(PACK % (within, where))
    (only,) = error.value.diagnostics
    return only.way_out


@pytest.mark.parametrize(("written", "wrong", "right"), LIMITS)
def test_a_limit_of_speech(written: str, wrong: str, right: str) -> None:
    named = re.findall("`([^`]+)`", refused(written, "n > 1"))
    assert len(named) == 1
    assert right.endswith(named[0])
    read_rules_text(PACK % (written.replace(wrong, right), "n > 1"))


@pytest.mark.parametrize(("written", "wrong", "right"), CONDITIONS)
def test_a_sign_or_word_of_other_languages(written: str, wrong: str, right: str) -> None:
    assert refused("2h", written) == f"write `{right.strip()}`"
    read_rules_text(PACK % ("2h", written.replace(wrong, right)))


def test_an_author_who_writes_chinese_is_told_the_chinese_word() -> None:
    chinese = """\
规则包: t
时区: UTC
规范依据: {法: 一部法}
词表:
  过错: {案: 案件 自 对象, 单位: 单位, 重大: 是否}
规则:
  - {禁止: 甲, 依据: 法, 触发: 过错, 责任主体: 单位, 条件: "重大 %s 单位 是 甲镇"}
"""
    with pytest.raises(RuleFileError, match="expression-syntax: `&&` cannot stand here; write `且`"):
        read_rules_text(chinese % "&&")
    read_rules_text(chinese % "且")
