"""The examples in docs/explanation/time.md are what the library says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from accountability.workdays import Limit, find_calendar

PAGE = (Path(__file__).resolve().parents[3] / "docs/explanation/time.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_every_example_gives_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letters.yaml").write_text(next(b for b in blocks("yaml") if "pack: letters" in b), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sessions = "\n".join(blocks("pycon"))
    examples = doctest.DocTestParser().get_doctest(sessions, {}, "time.md", "time.md", 0)
    result = doctest.DocTestRunner().run(examples)
    assert result.attempted > 75
    assert result.failed == 0


def test_the_calendar_file_on_the_page_is_read(tmp_path: Path) -> None:
    block = next(b for b in blocks("yaml") if "covers:" in b)
    (tmp_path / "page.yaml").write_text(block, encoding="utf-8")
    assert find_calendar("page.yaml", tmp_path).name == "county office"


@pytest.mark.parametrize("written", re.findall(r"`([^`]+)`", PAGE.split("A limit is written ")[1].split("\n\n")[0]))
def test_every_way_of_writing_a_limit_is_read(written: str) -> None:
    assert Limit.parse(str(Limit.parse(written))) == Limit.parse(written)
