"""Wrong usage and `accountability doctor` with `--lang zh`: told in Chinese, also before any command has begun."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from accountability import cli
from accountability.cli import checking
from accountability.cli.usage import asked_for, in_chinese
from accountability.policy.messages import chinese

WRONG = [
    (["rnu"], "没有 `rnu` 这个命令；是不是 `run`？"),
    (["zzzzzz"], "没有 `zzzzzz` 这个命令；`accountability --help` 列出全部命令"),
    (["--foo"], "没有 `--foo` 这个选项"),
    (["run"], "缺少参数 `pack`"),
    (["run", "x", "--evnts", "y"], "没有 `--evnts` 这个选项；是不是 `--events`？"),
    (["run", "x", "--limit", "-1"], "`--limit` 的值不对；最小为 0"),
    (["run", "x", "--limit", "many"], "`--limit` 的值不对；请写整数"),
    (["run", "x", "--format", "q"], "`--format` 的值 `q` 不对；可以写的有：`table`、`jsonl`"),
    (["org", "a", "b"], "多出了参数：`b`"),
    (["show", "x", "--readme=yes"], "选项 `--readme` 后面不写值"),
    (["show", "x", "--rule"], "选项 `--rule` 后面要写值"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=lambda given: " ".join(given)[:20] if isinstance(given, list) else "")
def test_wrong_usage_is_told_in_the_language_that_was_asked_for(words: list[str], said: str) -> None:
    done = CliRunner(env={"ACCOUNTABILITY_LANG": "zh"}).invoke(cli.app, words)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == f"accountability: {said}"
    english = CliRunner().invoke(cli.app, words)
    assert english.exit_code == 2
    assert not re.search("[\u4e00-\u9fff]", english.stderr)


@pytest.mark.parametrize("lang", [["--lang", "zh"], ["--lang=zh"], ["--lang", "en", "--lang", "zh"]])
def test_the_language_is_found_wherever_it_stands(lang: list[str]) -> None:
    for words in (["show", "--no-such", *lang], ["show", *lang, "--no-such"]):
        assert "没有 `--no-such` 这个选项" in CliRunner().invoke(cli.app, words).stderr


def test_a_language_that_is_none_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_for(["--lang", "fr"]) == asked_for(["--lang"]) == asked_for(["--lang", "both"]) == "en"
    monkeypatch.setenv("ACCOUNTABILITY_LANG", "zh")
    assert asked_for(["--lang", "fr"]) == asked_for(["x"]) == "zh"
    assert asked_for(["--lang", "en"]) == "en"


@pytest.mark.parametrize(("message", "said"), [
    ("No such option '--evnts'. Did you mean '--events'?", "没有 `--evnts` 这个选项；是不是 `--events`？"),
    ("No such command 'rnu'.", "没有 `rnu` 这个命令；`accountability --help` 列出全部命令"),
    ("Missing argument 'PACK'.", "缺少参数 `PACK`"),
    ("Got unexpected extra arguments (b c)", "多出了参数：`b c`"),
    ("Invalid value for '--limit': -1 is not in the range x>=0.", "`--limit` 的值不对；最小为 0"),
    ("Invalid value for '--limit': 'many' is not a valid integer range.", "`--limit` 的值不对；请写整数"),
    ("Invalid value for '--at': `it's` 不是带时区的时刻", "`--at` 的值不对：`it's` 不是带时区的时刻"),
    ("Nobody foresaw this.", "Nobody foresaw this."),
])
def test_other_versions_of_typer_are_understood_and_what_nobody_foresaw_stays(message: str, said: str) -> None:
    assert in_chinese(message) == said


def test_help_is_told_in_chinese_of_every_command_and_of_each_of_its_words() -> None:
    group: Any = typer.main.get_command(cli.app)
    said = {"Show this message and exit.", group.help}
    for name, command in group.commands.items():
        said |= {" ".join(text.split()) for one in (command, *command.params) for text in one.help.split("\n\n")}
        for words in ([name, "--help"], [name, "--lang", "zh", "--help"]):
            done = CliRunner(env={"ACCOUNTABILITY_LANG": "zh"}).invoke(cli.app, words)
            assert done.exit_code == 0
            assert all(opt in done.stdout for param in command.params for opt in (*param.opts, *param.secondary_opts))
    assert said == {template.english for template in chinese().sections["{help}"]}


def test_help_says_what_is_needed_what_may_be_written_and_what_else_is_taken() -> None:
    done = CliRunner(env={"ACCOUNTABILITY_LANG": "zh", "COLUMNS": "200"}).invoke(cli.app, ["run", "--help"])
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0].startswith("用法：")
    assert lines[0].endswith("run [选项] {pack}")
    assert "pack  含有 pack.yaml 的文件夹，或者一个规则文件（必填）" in lines
    assert "--format <table|jsonl>          table 供人阅读，jsonl 供程序读取（默认 table）" in lines
    assert "--lang <zh|en>                  表格和说明的语言（默认 en；环境变量 ACCOUNTABILITY_LANG）" in lines
    assert "--report-all / --no-report-all  未到期的和已履行的也显示" in lines
    whole = CliRunner(env={"ACCOUNTABILITY_LANG": "zh"}).invoke(cli.app, ["--help"]).stdout
    assert re.search("^  ledger +核对台账的记录是否改动过", whole, re.MULTILINE)


def test_help_in_english_stays_and_says_how_to_have_it_in_chinese() -> None:
    assert "export ACCOUNTABILITY_LANG=zh" in CliRunner().invoke(cli.app, ["--help"]).stdout
    assert not re.search("[\u4e00-\u9fff]", CliRunner().invoke(cli.app, ["run", "--help"]).stdout)


def test_without_words_there_is_help_in_either_language() -> None:
    for lang in ("zh", "en"):
        done = CliRunner(env={"ACCOUNTABILITY_LANG": lang}).invoke(cli.app, [])
        assert "doctor" in done.output


def test_doctor_speaks_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("chinesecalendar", "numpy"):
        monkeypatch.setitem(checking.OPTIONAL, f"no-{name}", "calendars")
    monkeypatch.setattr(checking, "availability", lambda: (
        False, "durable-rules 1.0 is installed, but only 2.0.28 was examined; run `pip install durable_rules==2.0.28`"))
    done = CliRunner().invoke(cli.app, ["doctor", "--lang", "zh"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert re.fullmatch("引擎：(由源代码运行|已编译)", lines[1])
    assert lines[2] == ("规则匹配器：纯 Python，原因是装的是 durable-rules 1.0，而检验过的只有 2.0.28；"
                        "请运行 `pip install durable_rules==2.0.28`")
    assert "no-numpy：没有安装；`pip install 'accountability[calendars]'`" in lines
    assert len(CliRunner().invoke(cli.app, ["doctor"]).stdout.splitlines()) == len(lines)
