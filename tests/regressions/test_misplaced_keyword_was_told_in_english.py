"""A Chinese keyword that stood where it does not belong was told by its English spelling, and so were those that belong there."""

from __future__ import annotations

import pytest

from accountability.errors import RuleFileError
from accountability.policy.pack import read_rules_text

RULES = """\
规则包: 月报
时区: Asia/Shanghai
规范依据: {办法: 办法}
词表: {答复: {unit: 单位}}
规则:
  - {职责: 月报, 依据: 办法, 施行: {自: 2026-01-01}, 每逢: 自然月, 所属: 单位, 逐一: 单位, 应当: 答复, 同一: unit}
"""


def test_a_keyword_is_told_as_its_author_wrote_it() -> None:
    with pytest.raises(RuleFileError) as refused:
        read_rules_text(RULES)
    (told,) = str(refused.value).splitlines()
    assert "unknown-key: the duty `月报` has no key `所属`; known: `" in told
    assert "`about`" not in told
    assert "`关于`" in told
