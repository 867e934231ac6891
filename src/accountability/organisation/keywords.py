"""The words of an organisation file, each in English and in Chinese, and where they may stand.

Inside the library there is only the English one. Where a rule file has the same word, its Chinese spelling is the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from accountability.document import Node
from accountability.document.spelling import Script, Shape, each, keys, keyword, phrase, plain
from accountability.organisation.model import Part

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "units": ("id", "name", "level", "parent", "sector", "from", "to", "recorded", "successor"),
    "posts": ("id", "unit", "role", "rank", "from", "to", "recorded"),
    "tenures": ("post", "holder", "vacant", "from", "to", "acting", "recorded"),
    "lines": ("name", "unit", "post", "from", "to", "part", "share", "recorded"),
}
"""The keys of an entry, by its table."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "units": ("id", "level"),
    "posts": ("id", "unit", "role"),
    "tenures": ("post", "from"),
    "lines": ("name", "unit", "post", "from"),
}
"""Those that an entry cannot lack."""
WORDS: Mapping[str, str] = {
    "org": "组织", "timezone": "时区", "units": "单位", "posts": "岗位", "tenures": "任期", "lines": "责任线",
    "id": "编号", "name": "名称", "level": "层级", "parent": "上级", "sector": "分管领域", "from": "自", "to": "至",
    "recorded": "入档", "successor": "承接单位", "unit": "单位", "role": "角色", "rank": "级别", "post": "岗位",
    "holder": "在任者", "vacant": "空缺", "acting": "代理", "part": "分工", "share": "份额",
    "lead": "牵头", "joint": "配合",
}
"""Every keyword of an organisation file: its English spelling, its Chinese spelling. Chinese has no plural."""


def in_chinese(word: str) -> str:
    """The keyword *word*, which is English, as a Chinese file writes it; any other word as it is."""
    return WORDS.get(word, word)


def respelled(node: Node, to: Script) -> Node:
    """The tree of an organisation file with every keyword in one spelling, and what its author wrote beside it."""
    return _ORGANISATION(node, to)


_YES = phrase(keyword({"yes": "是", "no": "否"}, ("yes", "no")))
_VALUES: Mapping[str, Shape] = {"vacant": _YES, "acting": _YES, "part": phrase(keyword(WORDS, Part))}
_TABLES: Mapping[str, Shape] = {table: each(keys(WORDS, {key: _VALUES.get(key, plain) for key in known}))
                                for table, known in COLUMNS.items()}
_ORGANISATION: Shape = keys(WORDS, {"org": lambda node, to: _ORGANISATION(node, to), "timezone": plain, **_TABLES})
