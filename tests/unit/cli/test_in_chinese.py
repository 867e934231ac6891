"""What is found, said in Chinese for those who write their rules so; nothing of ours is left in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_commands import AT, ORG, PACK, RECEIVED, SENT_LATE, event
from typer.testing import CliRunner

from accountability import cli
from accountability.conclusion import DETAILS, Status
from accountability.explanation.wording import SENTENCES
from accountability.policy.keywords import WORDS

NAMES = re.compile(r"\b(?:reply|case/\d|office/head|office|Holder A|dead-letters\.jsonl|nowhere)\b|`--[a-z]+ \w+`")
"""What the author and the log call things, and the options of a command."""

OFF = """\
scenario: off by an hour
organisation: ../organisation.yaml
events:
  - {at: 2026-03-02T09:00:00Z, request.received: case/1, unit: office}
checkpoints:
  - as of: 2026-03-02T12:00:00Z
    findings:
      - {rule: reply, about: case/1, status: late}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "org.yaml").write_text(ORG, encoding="utf-8")
    more = [event(3, "request.received", "case/2", "2026-03-02T09:00:00Z", unit="nowhere"), "no event"]
    (tmp_path / "log.jsonl").write_text("\n".join([RECEIVED, SENT_LATE, *more]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def told(*words: str) -> str:
    """What a command says in Chinese, without the names that others gave."""
    done = CliRunner().invoke(cli.app, [*words, "--lang", "zh"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return NAMES.sub("", done.output)


def test_findings_counts_and_account_are_chinese(folder: Path) -> None:
    options = ["--events", "log.jsonl", "--org", "org.yaml", "--at", AT]
    said = told("run", "replies.yaml", *options, "--limit", "1", "--ledger", "l.sqlite")
    for words in ("的认定", "责任人", "逾期完成", "30分钟", "另有 1 条认定", "按规则和单位计数", "合计",
                  "读入事件 4 件：判定 3 件", "拒收 1 件", "视为发生时即知悉：3 件", "拒收的事件及理由",
                  "组织中没有单位", "台账：新增 2 条"):
        assert words in said
    assert not re.search("[A-Za-z]{3}", said), said


def test_what_is_ahead_is_chinese(folder: Path) -> None:
    said = told("forecast", "replies.yaml", "--events", "log.jsonl", "--org", "org.yaml", "--at", "2026-03-02T09:30:00Z")
    assert "小时内，如不作为" in said
    assert "待履行" in said
    assert not re.search("[A-Za-z]{3}", said.partition("\n┏")[2]), said


def test_a_scenario_that_is_not_as_expected_is_told_in_chinese(folder: Path) -> None:
    (folder / "pack" / "scenarios").mkdir(parents=True)
    (folder / "pack" / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "pack" / "organisation.yaml").write_text(ORG, encoding="utf-8")
    (folder / "pack" / "scenarios" / "off.yaml").write_text(OFF, encoding="utf-8")
    said = told("test", "pack")
    assert "1 个检查点，3 处不符" in said
    assert "按含义" in said
    assert "预期而没有的认定：所据规则: " in said
    assert "有而未预期的认定：" in said


def test_every_status_and_detail_has_its_word() -> None:
    assert {str(status) for status in Status} <= WORDS.keys()
    assert {f"detail {name}" for name in DETAILS} <= SENTENCES.keys()


MISSPELLED = PACK.replace("must: ", "must: x")
ZERO = Path(__file__).resolve().parents[2] / "language" / "warned" / "zero_limit.yaml"


@pytest.mark.parametrize("words", [
    ["check"], ["fmt"], ["show"], ["test"], ["run", "--events", "log.jsonl", "--at", AT],
    ["forecast", "--events", "log.jsonl", "--at", AT], ["why", "--events", "log.jsonl", "--at", AT]], ids=lambda words: words[0])
def test_every_command_that_speaks_chinese_refuses_a_file_in_chinese(folder: Path, words: list[str]) -> None:
    command, *options = words
    text = PACK.replace("vocabulary:", "vocabulary：") if command == "fmt" else MISSPELLED
    (folder / "replies.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli.app, [command, "replies.yaml", *options, "--lang", "zh"])
    assert done.exit_code == 2
    assert "；" in done.stderr
    assert not re.search("[A-Za-z]{3}", re.sub("`[^`]*`|replies.yaml|full-width-sign|unknown-event", "", done.stderr)), done.stderr
    english = CliRunner().invoke(cli.app, [command, "replies.yaml", *options])
    assert english.exit_code == 2
    assert english.stderr.count("\n") == done.stderr.count("\n")
    assert "；" not in english.stderr


def test_warnings_and_the_last_line_of_check_are_chinese(folder: Path) -> None:
    done = CliRunner().invoke(cli.app, ["check", str(ZERO), "replies.yaml", "--lang", "zh"])
    assert done.exit_code == 0
    said = "`planning` 没有留出时间；请写做得到的期限；指当日之内的，请写 `0天`（警告）"
    assert done.stderr == f"{ZERO}:20:11: zero-limit: {said}\n"
    assert done.stdout == f"{ZERO}: 2 条规则，没有错误，1 条警告\nreplies.yaml: 1 条规则，没有错误\n"
