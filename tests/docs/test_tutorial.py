"""The tutorials: what they build, piece by piece, is a policy that is clean and does what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accountability import cli
from accountability.policy import Policy, read_rules
from accountability.testing import run_scenario, scenarios_in

TUTORIALS = sorted((Path(__file__).resolve().parents[2] / "docs" / "tutorial").glob("*.md"))


def built(page: Path, folder: Path) -> Path:
    """The file that *page* builds, under the name that it gives it."""
    text = page.read_text(encoding="utf-8")
    (name,) = set(re.findall(r"`([^`\s]+\.yaml)`", text))
    file = folder / name
    file.write_text("\n".join(re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)), encoding="utf-8")
    return file


def test_there_is_one_in_english_and_one_in_chinese() -> None:
    assert [p.name.isascii() for p in TUTORIALS] == [True, False]


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda p: p.stem)
def test_the_policy_is_clean_and_its_scenario_is_as_expected(page: Path, tmp_path: Path) -> None:
    policy = read_rules(built(page, tmp_path))
    assert policy.warnings == ()
    (scenario,) = scenarios_in(policy)
    assert len(scenario.checkpoints) == 2
    assert list(run_scenario(policy, scenario)) == []


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda p: p.stem)
def test_the_command_says_what_the_page_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = built(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    ((command, shown),) = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    found = CliRunner().invoke(cli.app, command.split()[1:])
    assert command.split()[2] == file.name
    assert found.stdout == shown


def test_a_mistake_is_told_in_the_words_that_the_chinese_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = TUTORIALS[1]
    file, text = built(page, tmp_path), page.read_text(encoding="utf-8")
    right, wrong = re.findall("`(触发: [^`]*)`", text)
    file.write_text(file.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert CliRunner().invoke(cli.app, ["check", "--lang", "zh", file.name]).stderr == shown


def test_both_mean_the_same(tmp_path: Path) -> None:
    english, chinese = (read_rules(built(page, tmp_path)) for page in TUTORIALS)
    assert outline(english) == outline(chinese)


def outline(policy: Policy) -> list[tuple[str, int]]:
    """The kind of each rule and how many things it waits for."""
    return [(type(r).__name__, len(list(r.waits_for()))) for r in sorted(policy.rules, key=lambda r: r.index)]
