"""What the README shows is real."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ORGANISATION = """\
units: [{id: housing, name: Housing bureau, level: department}]
posts: [{id: housing/principal, unit: housing, role: principal, rank: 1}]
tenures: [{post: housing/principal, holder: Holder A, from: 2024-01-01}]
"""


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies.yaml").write_text(block("yaml"), encoding="utf-8")
    (tmp_path / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    (tmp_path / "ten_lines.py").write_text(block("python"), encoding="utf-8")
    return tmp_path


def test_the_ten_lines_print_what_they_say(folder: Path) -> None:
    done = subprocess.run([sys.executable, "ten_lines.py"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    first, *steps = done.stdout.splitlines()
    assert first == "missed 2026-01-04 Holder A"
    assert any("make-up" in step for step in steps), steps


def test_the_ten_lines_are_typed(folder: Path) -> None:
    mypy = pytest.importorskip("mypy.api", reason="mypy comes with the extra `dev`")
    said, broke, code = mypy.run(["--strict", "--config-file", str(ROOT / "pyproject.toml"), str(folder / "ten_lines.py")])
    assert (broke, code) == ("", 0), said


@pytest.mark.parametrize(("options", "at"), [((), 0), (("--lang", "zh"), 1)], ids=["in English", "in Chinese"])
def test_check_finds_the_mistake_that_is_shown(folder: Path, options: tuple[str, ...], at: int) -> None:
    shown = re.findall(r"^```text\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    mistaken = block("yaml").replace("must: notice.sent", "must: notice.snt")
    (folder / "replies.yaml").write_text(mistaken, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "accountability.cli", "check", "replies.yaml", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == shown[at]


def test_every_path_that_is_named_is_there() -> None:
    named = {p for p in re.findall(r"`([\w./-]+/[\w./-]*)`", README) if not p.startswith("http")}
    assert len(named) >= 8
    assert [p for p in sorted(named) if not (ROOT / p).exists() and not (ROOT / "docs" / p).exists()] == []
