"""docs/how-to/state-what-must-never-happen.md: its command and its test find what the page shows, and mending helps as it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "state-what-must-never-happen.md").read_text(encoding="utf-8")
MENDED = re.findall(r"`(requires: .+)`,", PAGE)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "hotline.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def accountability(*words: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "accountability.cli", *words]
    return subprocess.run(run, capture_output=True, text=True, timeout=300, check=False)


def test_the_search_shows_what_the_page_shows_and_the_rule_can_be_mended(folder: Path) -> None:
    (command,) = blocks("console")
    done = accountability(*command.split()[1:])
    assert done.returncode == 1
    assert done.stdout == "hotline.yaml: no scenarios\n" + blocks("text")[0]
    printed = blocks("text")[0].split("was found:\n")[1].rpartition("hotline.yaml: ")[0]
    rules = folder / "hotline.yaml"
    rules.write_text(blocks("yaml")[0] + printed, encoding="utf-8")
    failed = accountability("test", "hotline.yaml")
    assert (failed.returncode, "by invariants:" in failed.stdout, "by meaning:" in failed.stdout) == (1, True, False)
    (mended,) = MENDED
    whole = re.sub("requires: .+", mended, blocks("yaml")[0]) + printed.replace("in force", "refused")
    rules.write_text(whole, encoding="utf-8")
    again = accountability("test", "hotline.yaml", "--search", "100")
    assert (again.returncode, "as expected" in again.stdout, "none broken" in again.stdout) == (0, True, True)


def test_the_test_fails_with_the_history_that_the_page_shows(folder: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(blocks("python")[0], "page.py", "exec"), names)
    test = names["test_a_case_is_not_found_to_be_missed_twice"]
    with pytest.raises(AssertionError) as failed:
        settings(max_examples=2000, database=None)(test)()  # type: ignore[operator, arg-type]
    shown = "\n".join(failed.value.__notes__)
    assert blocks("text")[1] in shown
