"""A calendar file says the same in English and in Chinese, and what is wrong is told in the words of its author."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accountability.errors import CalendarError
from accountability.policy.messages import told
from accountability.workdays.calendar_file import WORDS, read_calendar

PAGE = (Path(__file__).resolve().parents[3] / "docs/explanation/time.md").read_text(encoding="utf-8")
BLOCKS = re.findall("```yaml\n(.*?)```", PAGE, re.DOTALL)
ENGLISH, CHINESE = (next(b for b in BLOCKS if key in b) for key in ("covers:", "所知范围:"))


def written(folder: Path, text: str) -> Path:
    path = folder / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> CalendarError:
    with pytest.raises(CalendarError) as caught:
        read_calendar(written(folder, text))
    return caught.value


def lines(error: CalendarError) -> list[str]:
    return [str(one).partition("calendar.yaml:")[2] for one in error.diagnostics]


def test_a_calendar_is_the_same_in_chinese(tmp_path: Path) -> None:
    english = read_calendar(written(tmp_path, ENGLISH))
    chinese = read_calendar(written(tmp_path, CHINESE.replace("县机关", english.name)))
    assert chinese == english
    mixed = CHINESE.replace("县机关", english.name).replace("节假日", "holidays").replace("周六", "sat")
    assert read_calendar(written(tmp_path, mixed)) == english
    assert all(f"{key}: " in ENGLISH and f"{word}: " in CHINESE for key, word in WORDS.items())


def test_a_key_in_both_spellings_stands_twice(tmp_path: Path) -> None:
    assert lines(refused(tmp_path, "名称: 甲\nname: 乙\n所知范围: 2025\n")) == [
        "2:1: duplicate-key: `name` says the same as `名称`; keep one of the two"]
    assert lines(refused(tmp_path, "name: A\ncovers: 2025\nholidays: []\n节假日: []\n")) == [
        "4:1: duplicate-key: `节假日` says the same as `holidays`; keep one of the two"]


def test_what_is_wrong_is_said_in_the_words_of_the_author(tmp_path: Path) -> None:
    error = refused(tmp_path, "节假曰: []\n周末: [周一, 周二, 周三, 周四, 周五, 周六, 周日]\n"
                              "所知范围: [2026, 2025]\n调休上班日: [2025-01-32]\n")
    assert lines(error) == [
        "1:1: unknown-key: the calendar has no key `节假曰`; did you mean `节假日`?",
        "1:1: missing-key: the calendar lacks `名称`; add `名称: …`",
        "2:5: no-working-day: every day of the week is a weekend; leave the working days out of `周末`",
        "3:7: wrong-covers: `所知范围` ends 2025-12-31, before it begins; write the earlier year first",
        "4:9: not-a-date: a make-up working day is `2025-01-32`; write a date such as `2026-03-01`",
    ]
    assert told(error.diagnostics[2], "zh").endswith("一周的每一天都成了周末；请从 `周末` 中去掉工作日")
    [outside] = refused(tmp_path, "名称: 甲\n所知范围: 2025\n节假日: 2026-01-01\n").diagnostics
    assert told(outside, "zh").endswith("`2026-01-01` 不在 2025-01-01 至 2025-12-31 之内；请改正日期，或者扩大 `所知范围`")
    assert lines(refused(tmp_path, "名称:\n所知范围: 2025\n")) == ["1:4: empty-value: `名称` is empty; write a value"]


def test_an_unknown_key_is_compared_with_those_of_its_own_script(tmp_path: Path) -> None:
    assert lines(refused(tmp_path, "name: A\ncovers: 2025\nzzz: 1\n")) == [
        "3:1: unknown-key: the calendar has no key `zzz`; known: `covers`, `holidays`, `make-up working days`, `name`, `source`, "
        "`weekend`"]
    [found] = lines(refused(tmp_path, "名称: 甲\n所知范围: 2025\n龙龙龙: 1\n"))
    assert found == "3:1: unknown-key: the calendar has no key `龙龙龙`; known: " + (
        "`依据`, `名称`, `周末`, `所知范围`, `节假日`, `调休上班日`")
