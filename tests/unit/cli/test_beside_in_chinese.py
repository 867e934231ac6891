"""What lies beside the rules – organisations, sources, ledgers, dossiers – is told of in Chinese, too; files stay what they are."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import Result
from test_commands import AT, ORG, PACK, RECEIVED, SENT_LATE
from test_sources import LISTED
from test_sources import PACK as CITING
from typer.testing import CliRunner

from accountability import cli
from accountability.cli.sources import TREATMENTS
from accountability.conclusion import Status
from accountability.errors import Diagnostic, Span
from accountability.policy.keywords import WORDS
from accountability.policy.messages import chinese
from accountability.policy.messages import told as in_words
from accountability.policy.tracing import Treatment

HELD = "tenures: [{post: office/head, holder: Holder A, from: 2020-01-01}]\n"
EVENTS = ["--events", "log.jsonl", "--at", AT]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "org.yaml").write_text(ORG, encoding="utf-8")
    (tmp_path / "log.jsonl").write_text(f"{RECEIVED}\n{SENT_LATE}\nno event\n", encoding="utf-8")
    (tmp_path / "clauses.yaml").write_text(LISTED, encoding="utf-8")
    (tmp_path / "citing").mkdir()
    (tmp_path / "citing" / "pack.yaml").write_text(CITING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def told(*words: str, lang: str = "zh") -> Result:
    done = CliRunner().invoke(cli.app, [*words, "--lang", lang])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


@pytest.mark.parametrize(("tenures", "options", "said"), [
    (HELD, [], "org.yaml: 单位 1 个，岗位 1 个，任期 1 段，责任线 0 条；角色 head 的缺口 0 处\n"),
    (HELD.replace("}]", ", to: 2021-01-01}]"), [], "office：自 2021-01-01 起无人：`office/head` 空缺\n"),
    (HELD, ["--role", "clerk", "--from", "2026-01-01"], "office：自 2026-01-01 起无人：没有这样的岗位\n"),
    (HELD, ["--role", "clerk", "--from", "2020-01-01", "--to", "2026-01-01"],
     "office：自 2020-01-01 至 2026-01-01 期间无人：没有这样的岗位\n"),
    (HELD, ["--role", "clerk"], "office：一直无人：没有这样的岗位\n"),
    (HELD.replace("}]", ", to: 2021-01-01},\n  {post: office/head, vacant: yes, from: 2021-01-01}]"), [],
     "office：自 2021-01-01 起无人：`office/head` 空缺\n"),
    (HELD + "lines: [{name: chief, unit: office, post: office/head, from: 2020-01-01}]\n", ["--role", "head"],
     "org.yaml: 单位 1 个，岗位 1 个，任期 1 段，责任线 1 条；角色 head 的缺口 0 处\n"),
])
def test_gaps_and_numbers_of_an_organisation(folder: Path, tenures: str, options: list[str], said: str) -> None:
    (folder / "org.yaml").write_text(ORG.replace(HELD, tenures), encoding="utf-8")
    done = told("org", "org.yaml", *options)
    assert done.stdout.startswith(said)
    english = told("org", "org.yaml", *options, lang="en")
    assert english.exit_code == done.exit_code == 0
    assert english.stdout.count("\n") == done.stdout.count("\n")
    assert not re.search("[\u4e00-\u9fff]", english.stdout)


TWO = """\
units: [{id: office, name: Office, level: department}]
posts: [{id: one, unit: office, role: head, rank: 1}, {id: other, unit: office, role: head, rank: 1}]
tenures:
  - {post: one, holder: Holder A, from: 2020-01-01}
  - {post: other, holder: Holder B, from: 2020-01-01, to: 2021-01-01}
"""


def test_two_posts_of_one_role(folder: Path) -> None:
    (folder / "org.yaml").write_text(TWO, encoding="utf-8")
    said, english = told("org", "org.yaml").stdout, told("org", "org.yaml", lang="en").stdout
    assert english.splitlines()[:2] == [
        "office: more than one from 2020-01-01 to 2021-01-01: `one`, `other`", "office: a vacancy from 2021-01-01 on: `other`"]
    assert said.splitlines()[:2] == [
        "office：自 2020-01-01 至 2021-01-01 期间不止一人：`one`、`other`", "office：自 2021-01-01 起空缺：`other`"]


def test_what_is_wrong_with_an_organisation_and_its_options(folder: Path) -> None:
    assert told("org", "org.yaml", "--timezone", "Mars").stderr == (
        "--timezone:1:1: unknown-zone: 没有 `Mars` 这个时区；请写时区名称，例如 `Asia/Shanghai`\n")
    assert "不晚于 `2026-03-01`，因此没有一天计入" in told("org", "org.yaml", "--from", "2026-03-01", "--to", "2026-03-01").stderr
    (folder / "org.yaml").write_text(ORG.replace("unit: office", "unit: offic"), encoding="utf-8")
    assert "没有这个单位；是不是 `office`？" in told("org", "org.yaml").stderr
    (folder / "org.yaml").write_text(ORG.replace("from: 2020-01-01", "to: 2021-01-01, from: 2020-01-01").replace(
        "}]\n", "}, {post: office/head, holder: Holder B, from: 2022-01-01}]\n").replace(
        "level: department}, {post: office/head, holder: Holder B, from: 2022-01-01}", "level: department}").replace(
        "rank: 1}, {post: office/head, holder: Holder B, from: 2022-01-01}", "rank: 1}"), encoding="utf-8")
    assert "自 2021-01-01 至 2022-01-01 没有人担任 `office/head`" in told("org", "org.yaml").stderr


def test_what_is_written_of_an_organisation_is_the_same(folder: Path) -> None:
    for lang in ("zh", "en"):
        assert told("org", "org.yaml", "--write", f"{lang}.jsonld", lang=lang).exit_code == 0
    assert (folder / "zh.jsonld").read_bytes() == (folder / "en.jsonld").read_bytes()


def test_the_table_of_clauses_and_its_totals(folder: Path) -> None:
    said = told("sources", "citing").stdout
    for words in ("条款", "内容", "状态", "规则，或者没有规则的原因", "已编成规则", "须定数值", "不在范围之内", "缺口",
                  "与 N1-02、N1-03 内容相同", "citing: tell；编者取值 `promptly`: 2 days".replace("citing: ", "replies: ")):
        assert words in said
    assert said.splitlines()[-2:] == [
        "条款 6 条，在范围之内 5 条：已编成规则 3 条，须定数值 1 条，不在范围之内 1 条，缺口 1 条",
        "另有依据 1 项不在条款清单中，已编成规则 1 条"]
    (folder / "citing" / "pack.yaml").write_text(CITING.replace(" author's choice: yes,", ""), encoding="utf-8")
    assert "须定数值的条款中，1 条的数值没有标明为编者取值\n" in told("sources", "citing").stdout
    assert {*TREATMENTS} == {*Treatment}


def test_the_pages_of_clauses(folder: Path) -> None:
    assert told("sources", "citing", "--clause", "N1-02", "--clause", "N2-01").stdout == (
        "N1-02 tell promptly：须定数值\n  Notice on replies；duty\n  依据没有给出数值：编者取值 `promptly`: 2 days\n"
        "  citing/pack.yaml:30:11: 职责 `tell`，依据 `telling`\n    没有情景对它有所预期\n"
        "N2-01 bulletin：缺口\n  Notice on bulletins；duty\n  与 N1-02、N1-03 内容相同\n")
    (folder / "now.yaml").write_text("- {id: N1-01, quote: Answer within a day.}\n", encoding="utf-8")
    done = told("sources", "citing", "--against", "now.yaml")
    assert done.exit_code == 1
    assert not re.search("[A-Za-z]{3}", re.sub("`[^`]*`|clauses.yaml|clause-[a-z]+", "", done.stderr)), done.stderr


def test_lines_for_programs_are_the_same_in_either_language(folder: Path) -> None:
    lines, english = (told("sources", "citing", "--format", "jsonl", lang=lang) for lang in ("zh", "en"))
    assert lines.stdout == english.stdout
    assert [json.loads(line)["status"] for line in english.stdout.splitlines()][-1] == "gap"


def test_a_ledger_and_what_is_wrong_with_it(folder: Path) -> None:
    for lang in ("zh", "en"):
        assert told("run", "replies.yaml", *EVENTS, "--ledger", f"{lang}.sqlite", lang=lang).exit_code == 3
    assert told("ledger", "zh.sqlite").stdout == "zh.sqlite: 2 条，均未改动\n"
    own, other = (sqlite3.connect(folder / f"{lang}.sqlite") for lang in ("zh", "en"))
    assert own.execute("SELECT * FROM entries").fetchall() == other.execute("SELECT * FROM entries").fetchall()
    with own:
        for trigger, in own.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            own.execute(f"DROP TRIGGER {trigger}")
        own.execute("UPDATE entries SET body = '{}' WHERE number = 2")
    done = told("ledger", "zh.sqlite")
    assert (done.exit_code, done.stderr) == (
        2, "accountability: zh.sqlite: 第 2 条: other-digest: 内容与摘要不符；请用备份恢复文件，并查明何人写过它\n")
    assert told("ledger", "none.sqlite").stderr == (
        "none.sqlite:1:1: no-ledger: 没有这个文件；请写由 `accountability run --ledger` 写成的台账\n")
    assert told("ledger", "log.jsonl").stderr == "accountability: log.jsonl: damaged-file: 文件不是台账；请用备份恢复文件\n"
    early = [*EVENTS[:2], "--at", "2026-03-01T00:00:00Z"]
    assert "ledger-ahead: 台账对 `replies` 已记到 2026-03-03T00:00:00Z" in told(
        "run", "replies.yaml", *early, "--ledger", "en.sqlite").stderr


def test_a_dossier_and_what_is_wrong_with_it(folder: Path) -> None:
    asked = ["replies.yaml", "reply", "case/1", *EVENTS, "--org", "org.yaml"]
    for lang in ("zh", "en"):
        done = told("dossier", *asked, "-o", f"{lang}.json", lang=lang)
        assert done.exit_code == 0
    assert (folder / "zh.json").read_bytes() == (folder / "en.json").read_bytes()
    done = told("dossier", *asked, "-o", "zh.json")
    assert re.fullmatch(r"zh\.json: [0-9,]+ 字节\n", done.stdout)
    assert "警告：拒收事件 1 件；理由见 `accountability run`\n" in done.stderr
    assert re.sub("[0-9a-f]{64}", "…", told("verify", "zh.json").stdout) == (
        "zh.json: 重新判定，结果一致：reply，对象 case/1，逾期完成，起于 2026-03-02 11:00:00+00:00，"
        "截至 2026-03-03 00:00:00+00:00；依据事件 2 件、组织情况 3 条和规则包 replies；摘要 …\n")
    (folder / "zh.json").write_bytes((folder / "zh.json").read_bytes().replace(b"case/1", b"case/2"))
    done = told("verify", "zh.json")
    assert (done.exit_code, done.stderr) == (2, "accountability: zh.json: 摘要不符；卷宗封存之后有改动\n")
    unnamed = told("dossier", "replies.yaml", "--finding", "", "reply", "case/1", *EVENTS, "-o", "d.json")
    assert unnamed.exit_code == 0
    assert told("dossier", "replies.yaml", "reply", "case/9", *EVENTS, "-o", "d.json").stderr.splitlines()[-1] == (
        "replies.yaml:1:1: no-finding: 在 2026-03-03 00:00+00:00 没有关于 `reply`（对象 `case/9`）的结论；是不是 `case/1`？")


def test_several_findings_are_listed_with_their_status(folder: Path) -> None:
    found = Diagnostic(Span("replies.yaml", 1, 1, 1, 2), "several-findings", "2 conclusions fit", (
        "name one with `--finding`: `a1` (late, since 2026-03-02T11:00:00Z), `b2` (in force, since 2026-03-03T11:00:00Z)"))
    assert in_words(found, "zh") == (
        "replies.yaml:1:1: several-findings: 有 2 个结论相符；请用 `--finding` 写明一个："
        "`a1`（逾期完成，起于 2026-03-02T11:00:00Z）、`b2`（有效，起于 2026-03-03T11:00:00Z）")
    assert {str(status): WORDS[str(status)] for status in Status} == {
        t.english: t.chinese for t in chinese().sections["{status}"]}
