"""An organisation file says the same in English, in Chinese and in a mixture; what is wrong is told in the words of its author."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accountability import document
from accountability.errors import OrganisationError
from accountability.organisation import Organisation, Part
from accountability.organisation.keywords import COLUMNS, WORDS
from accountability.policy.keywords import FACTS
from accountability.policy.keywords import WORDS as OF_RULES
from accountability.policy.messages import told
from accountability.policy.spelling import translate
from accountability.workdays.calendar_file import WORDS as OF_CALENDARS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "organisation.md").read_text(encoding="utf-8")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ENGLISH = """\
timezone: Asia/Shanghai
units:
  - {id: county, name: 青山县, level: county}
  - {id: town-a, level: town, parent: county, sector: housing, from: 2020-01-01, to: 2026-01-01, successor: town-c}
  - {id: town-c, level: town, parent: county, from: 2025-12-01, recorded: 2025-12-02}
posts:
  - {id: town-a/principal, unit: town-a, role: principal, rank: 1}
  - {id: town-c/principal, unit: town-c, role: principal, rank: 1}
  - {id: county/principal, unit: county, role: principal}
tenures:
  - {post: town-a/principal, holder: Holder-A, from: 2023-01-01, to: 2025-07-01}
  - {post: town-a/principal, vacant: yes, from: 2025-07-01}
  - {post: town-a/principal, holder: Holder-D, from: 2025-07-01, to: 2025-09-01, acting: yes, recorded: 2025-07-03}
lines:
  - {name: hazard, unit: town-c, post: county/principal, from: 2026-02-01, share: 2/3}
  - {name: hazard, unit: town-c, post: town-c/principal, from: 2026-02-01, part: joint}
  - {name: hazard, unit: county, post: county/principal, from: 2026-02-01, part: lead}
"""
CHINESE = """\
时区: Asia/Shanghai
单位:
  - {编号: county, 名称: 青山县, 层级: county}
  - {编号: town-a, 层级: town, 上级: county, 分管领域: housing, 自: 2020-01-01, 至: 2026-01-01, 承接单位: town-c}
  - {编号: town-c, 层级: town, 上级: county, 自: 2025-12-01, 入档: 2025-12-02}
岗位:
  - {编号: town-a/principal, 单位: town-a, 角色: principal, 级别: 1}
  - {编号: town-c/principal, 单位: town-c, 角色: principal, 级别: 1}
  - {编号: county/principal, 单位: county, 角色: principal}
任期:
  - {岗位: town-a/principal, 在任者: Holder-A, 自: 2023-01-01, 至: 2025-07-01}
  - {岗位: town-a/principal, 空缺: 是, 自: 2025-07-01}
  - {岗位: town-a/principal, 在任者: Holder-D, 自: 2025-07-01, 至: 2025-09-01, 代理: 是, 入档: 2025-07-03}
责任线:
  - {名称: hazard, 单位: town-c, 岗位: county/principal, 自: 2026-02-01, 份额: 2/3}
  - {名称: hazard, 单位: town-c, 岗位: town-c/principal, 自: 2026-02-01, 分工: 配合}
  - {名称: hazard, 单位: county, 岗位: county/principal, 自: 2026-02-01, 分工: 牵头}
"""


def read(text: str) -> Organisation:
    return Organisation.from_node(document.parse(text, "org.yaml"), SHANGHAI)


def refused(text: str) -> list[str]:
    with pytest.raises(OrganisationError) as caught:
        read(text)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def indented(head: str, text: str) -> str:
    return f"{head}:\n" + "".join(f"  {line}\n" for line in text.splitlines())


def sheets(folder: Path, **tables: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_an_organisation_is_the_same_in_chinese() -> None:
    english, chinese = read(ENGLISH), read(CHINESE)
    assert chinese.digest == english.digest
    assert (chinese.unit_entries, chinese.post_entries, chinese.tenures, chinese.lines, chinese.zone) == (
        english.unit_entries, english.post_entries, english.tenures, english.lines, english.zone)


def test_every_word_of_the_table_is_tried_here() -> None:
    for english, chinese in WORDS.items():
        assert english == "org" or (english in ENGLISH and chinese in CHINESE), english
    assert {*WORDS} == {*COLUMNS, *(key for known in COLUMNS.values() for key in known), *Part, "org", "timezone"}


def test_either_spelling_may_stand_anywhere() -> None:
    tables = [ENGLISH.partition("tenures:\n"), CHINESE.partition("任期:\n")]
    (head, _, _), (_, word, rest) = tables
    assert read(head + word + rest).digest == read(ENGLISH).digest
    assert read(ENGLISH.replace("level:", "层级:").replace("vacant: yes", "空缺: yes").replace("joint", "配合")).digest == (
        read(ENGLISH).digest)


@pytest.mark.parametrize("head", ["org", "组织"])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_it_may_stand_below_a_key_in_either_spelling(head: str, text: str) -> None:
    assert read(indented(head, text)).digest == read(ENGLISH).digest


def test_a_word_has_one_meaning_in_all_files() -> None:
    """What is the same word in English is the same in Chinese, and no Chinese word stands for two, but for one and several."""
    several = {"单位": {"unit", "units"}, "岗位": {"post", "posts"}, "角色": {"role", "roles"}, "组织": {"org", "organisation"}}
    every: dict[str, set[str]] = {}
    for table in (WORDS, OF_CALENDARS, OF_RULES, FACTS):
        for english, chinese in table.items():
            every.setdefault(chinese, set()).add(english)
    assert {chinese: english for chinese, english in every.items() if len(english) > 1} == several
    assert len({english for words in every.values() for english in words}) == sum(len(words) for words in every.values())


def test_a_key_in_both_spellings_stands_twice() -> None:
    assert refused("单位: [{编号: a, id: b, 层级: 镇}]\nunits: []\n组织: {}\norg: {}\n") == [
        "org.yaml:1:1: misplaced-key: `单位` stands beside `组织`; indent it under `组织:`",
        "org.yaml:2:1: duplicate-key: `units` says the same as `单位`; keep one of the two",
        "org.yaml:2:1: misplaced-key: `units` stands beside `组织`; indent it under `组织:`",
        "org.yaml:4:1: duplicate-key: `org` says the same as `组织`; keep one of the two",
    ]
    assert refused("单位: [{编号: a, id: b, 层级: 镇}]\n")[0] == (
        "org.yaml:1:14: duplicate-key: `id` says the same as `编号`; keep one of the two")
    assert refused("units: [{id: a, level: town}]\n单位: []\n")[0] == (
        "org.yaml:2:1: duplicate-key: `单位` says the same as `units`; keep one of the two")


def test_what_is_wrong_is_said_in_the_words_of_the_author() -> None:
    assert refused("""\
单位: [{编号: 镇, 层极: 镇, 层级: 镇}, {层级: 镇}]
岗位: [{编号: 镇/镇长, 单位: 镇, 角色: 镇长, 级别: 一}, 镇/书记]
任期:
  - {岗位: 镇/镇长, 自: 2025-01-01}
  - {岗位: 镇/镇长, 空缺: 是, 代理: 是, 自: 2026-01-01, 至: 2025-01-01}
责任线: [{名称: 隐患, 单位: 镇, 岗位: 镇/镇长, 自: 2025-01-01, 分工: 配和}]
tenure: []
""") == [
        "org.yaml:1:14: unknown-key: an entry of `单位` has no key `层极`; did you mean `层级`?",
        "org.yaml:1:29: missing-key: a unit lacks `编号`; write its `编号`",
        "org.yaml:2:36: not-a-whole-number: `级别` of a post is `一`; write a whole number such as `2`",
        "org.yaml:2:40: wrong-kind: an entry of `岗位` is a single value; write a mapping such as `{编号: …, 单位: …, 角色: …}`",
        "org.yaml:4:5: missing-key: a tenure lacks `在任者`; write its `在任者`, or `空缺: yes`",
        "org.yaml:5:27: acting-vacancy: the tenure is acting and vacant; name who acts, or drop `代理`",
        "org.yaml:5:48: ends-before-start: the tenure of `镇/镇长` ends on 2025-01-01 but begins on 2026-01-01; "
        "write a `至` after `自`; the day `至` is no longer part of it",
        "org.yaml:6:52: unknown-choice: `分工` of a line is `配和`; did you mean `配合`?",
        "org.yaml:7:1: unknown-key: the organisation has no key `tenure`; did you mean `tenures`?",
    ]


def test_what_is_wrong_is_said_in_chinese_with_the_keys_as_they_are_written() -> None:
    with pytest.raises(OrganisationError) as caught:
        read("单位: [{编号: 镇, 层级: 镇}]\n岗位: [{编号: 镇/镇长, 单位: 镇, 角色: 镇长}]\n任期:\n"
             "  - {岗位: 镇/镇长, 自: 2025-01-01}\n  - {岗位: 镇/镇长, 在任者: 甲, 自: 2025-01-01, 至: 2024-01-01}\n")
    assert [told(one, "zh") for one in caught.value.diagnostics] == [
        "org.yaml:4:5: missing-key: 任期缺少 `在任者`；请写出它的 `在任者`，或者 `空缺: 是`",
        "org.yaml:5:42: ends-before-start: `镇/镇长` 的任期止于 2024-01-01，却始于 2025-01-01；"
        "请让 `至` 晚于 `自`；`至` 当日不再计入",
    ]


def test_sheets_may_be_called_and_headed_in_chinese(tmp_path: Path) -> None:
    english = sheets(tmp_path / "en", units="id,level,parent\nc,county,\nt,town,c\n", posts="id,unit,role,rank\nt/p,t,head,1\n",
                     tenures="post,holder,vacant,from,acting\nt/p,,yes,2025-01-01,\nt/p,H,,2025-01-01,yes\n",
                     lines="name,unit,post,from,part\nx,c,t/p,2025-01-01,joint\n")
    chinese = sheets(tmp_path / "zh", 单位="编号,层级,上级\nc,county,\nt,town,c\n", 岗位="编号,单位,角色,级别\nt/p,t,head,1\n",
                     任期="岗位,在任者,空缺,自,代理\nt/p,,是,2025-01-01,\nt/p,H,,2025-01-01,是\n",
                     责任线="名称,单位,岗位,自,分工\nx,c,t/p,2025-01-01,配合\n")
    mixed = sheets(tmp_path / "both", units="编号,level,parent\nc,county,\nt,town,c\n", 岗位="id,单位,role,级别\nt/p,t,head,1\n",
                   tenures="post,holder,空缺,from,acting\nt/p,,yes,2025-01-01,\nt/p,H,,2025-01-01,是\n",
                   责任线="name,unit,post,from,part\nx,c,t/p,2025-01-01,配合\n")
    digest = Organisation.read(english, SHANGHAI).digest
    assert Organisation.read(chinese, SHANGHAI).digest == digest
    assert Organisation.read(mixed, SHANGHAI).digest == digest


def test_sheets_are_refused_in_the_words_of_their_author(tmp_path: Path) -> None:
    sheets(tmp_path, 单位="编号,层级,编号,id,上及\nt,town,,,\n", units="id,level\nt,town\n", 岗位="编号,单位\n", 任期人="x\n",
           责任线="")
    with pytest.raises(OrganisationError) as caught:
        Organisation.read(tmp_path, SHANGHAI)
    assert sorted(str(one).removeprefix(f"{tmp_path}/") for one in caught.value.diagnostics) == [
        "任期人.csv:1:1: unknown-file: an organisation has no table `任期人.csv`; did you mean `任期.csv`?",
        "单位.csv:1:1: duplicate-key: `单位.csv` says the same as `units.csv`; keep one of the two",
        "岗位.csv:1:1: missing-key: the table lacks the column `角色`; add a column `角色`",
        "责任线.csv:1:1: empty-file: the file says nothing; write its first line: 名称,单位,岗位,自,至,分工,份额,入档",
    ]
    (tmp_path / "units.csv").unlink()
    with pytest.raises(OrganisationError) as caught:
        Organisation.read(tmp_path, SHANGHAI)
    assert [line for one in caught.value.diagnostics if (line := str(one).removeprefix(f"{tmp_path}/")).startswith("单位")] == [
        "单位.csv:1:7: duplicate-key: the column `编号` stands here a second time; keep one of the two",
        "单位.csv:1:10: duplicate-key: `id` says the same as `编号`; keep one of the two",
        "单位.csv:1:13: unknown-key: the table has no column `上及`; did you mean `上级`?",
    ]


def test_the_page_gives_every_key_in_both_spellings() -> None:
    rows = [tuple(re.findall("`(.+?)`", cell) for cell in row.split(" | ")[:3])
            for row in PAGE.split("| table | key | in Chinese | |\n|---|---|---|---|\n")[1].split("\n\n")[0].split("\n")]
    keys: dict[str, list[str]] = {"": []}
    table = ""
    for head, english, chinese in rows:
        if head:
            table, spelt = head
            assert WORDS[table] == spelt
        keys.setdefault(table, []).extend(english)
        assert [WORDS[key] for key in english] == chinese
    assert keys.pop("") == ["timezone"]
    assert {name: set(own) for name, own in keys.items()} == {name: set(known) for name, known in COLUMNS.items()}


def test_the_chinese_example_of_the_page_is_an_organisation() -> None:
    [block] = [b for b in re.findall("```yaml\n(.*?)```", PAGE, re.DOTALL) if "单位:" in b]
    organisation = read(block)
    assert organisation.warnings == ()
    assert len(organisation.lines) == 2


def test_the_organisation_of_a_scenario_is_respelled_with_its_rule_file() -> None:
    head = "pack: a\ntimezone: Asia/Shanghai\nscenarios:\n  - scenario: s\n    organisation:\n"
    text = head + "".join(f"      {line}\n" for line in ENGLISH.splitlines()) + "    events: []\n    checkpoints: []\n"
    chinese = translate(text, "zh")
    assert not re.search(rf"(?<![\w-])({'|'.join(WORDS)}|yes|no)(?![\w-])", re.sub("hazard|housing", "", chinese))
    assert translate(chinese, "en") == translate(text, "en")
