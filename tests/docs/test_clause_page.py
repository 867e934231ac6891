"""What the page on clauses shows is what the command does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "find-a-clause.md").read_text(encoding="utf-8")
LISTED, PACK, NOTICE = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SHOWN = re.findall(r"^```console\naccountability (.+)\n```\n\n```text\n((?:(?!```).*\n)*)```", PAGE, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("clauses.yaml", LISTED), ("replies.yaml", PACK), ("notice.yaml", NOTICE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_on_the_page_says_what_the_page_shows(folder: Path, command: str, output: str) -> None:
    done = subprocess.run([sys.executable, "-m", "accountability.cli", *command.split()], cwd=folder, capture_output=True,
                          text=True, timeout=120, check=False)
    if "--against" in command:
        assert (done.stderr, done.returncode) == (output, 1)
    elif "--" in command:
        assert (done.stdout, done.returncode) == (output, 0)
    else:
        assert done.stdout.endswith(output)
        assert done.returncode == 0


def test_the_page_shows_four_commands() -> None:
    assert len(SHOWN) == 4


@pytest.mark.parametrize("command", ["check replies.yaml", "test replies.yaml"])
def test_the_pack_on_the_page_is_in_order(folder: Path, command: str) -> None:
    done = subprocess.run([sys.executable, "-m", "accountability.cli", *command.split()], cwd=folder, capture_output=True,
                          text=True, timeout=120, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
