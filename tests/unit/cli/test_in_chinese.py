"""What is found, said in Chinese for those who write their rules so; nothing of ours is left in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_commands import AT, ORG, PACK, RECEIVED, SENT_LATE, event
from test_search import HELD as HEARD
from test_search import INVARIANT
from test_search import ORG as TOWN
from test_search import PACK as VETOES
from typer.testing import CliRunner

from accountability import cli
from accountability.conclusion import DETAILS, Status
from accountability.explanation.wording import SENTENCES
from accountability.policy.keywords import WORDS

NAMES = re.compile(r"\b(?:reply|case/\d|office/head|office|Holder A|dead-letters\.jsonl|log\.jsonl|malformed-json|JSON|nowhere)\b"
                   r"|`--[a-z]+ \w+`")
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
                  "第 4 字节处：有不该出现的字符", "组织中没有单位", "台账：新增 2 条"):
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
    ["check"], ["fmt"], ["show"], ["test"], ["plan"], ["run", "--events", "log.jsonl", "--at", AT],
    ["forecast", "--events", "log.jsonl", "--at", AT], ["why", "--events", "log.jsonl", "--at", AT],
    ["follow"], ["dossier", "--events", "log.jsonl", "--at", AT, "-o", "d.json"]], ids=lambda words: words[0])
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
    chosen = CliRunner(env={"ACCOUNTABILITY_LANG": "zh"})
    assert chosen.invoke(cli.app, [command, "replies.yaml", *options]).stderr == done.stderr
    assert chosen.invoke(cli.app, [command, "replies.yaml", *options, "--lang", "en"]).stderr == english.stderr


@pytest.mark.parametrize(("words", "said"), [
    (["run", "--events", "log.jsonl", "--at", "2026-03-01"], "`2026-03-01` 不是带时区的时刻；请写成 2026-03-01T00:00"),
    (["run", "--events", "log.jsonl", "--at", AT, "--ledger", "log.jsonl"], "`log.jsonl` 就是 `log.jsonl`，它另作读取或写入之用"),
    (["why", "--events", "log.jsonl", "--at", AT], "请写明指哪一条认定：`--finding 编号`，或者规则和对象"),
    (["follow", "--horizon", "2 months"], "`2 months` 不是时间长度；请写日、周或小时"),
    (["follow", "--horizon", "2"], "`2` 没有单位；请写成 `2h` 或 `2 days` 这样"),
    (["follow", "--wall-clock", "2 huors"], "没有 `huors` 这个单位；是不是 `hours`？")], ids=lambda given: given[-1][:12])
def test_what_is_wrong_with_an_option_is_told_in_chinese(folder: Path, words: list[str], said: str) -> None:
    command, *options = words
    done = CliRunner().invoke(cli.app, [command, "replies.yaml", *options, "--lang", "zh"])
    assert done.exit_code == 2
    assert said in " ".join(re.sub("[│\n]", " ", done.stderr).split()), done.stderr


def test_warnings_and_the_last_line_of_check_are_chinese(folder: Path) -> None:
    done = CliRunner().invoke(cli.app, ["check", str(ZERO), "replies.yaml", "--lang", "zh"])
    assert done.exit_code == 0
    said = "`planning` 没有留出时间；请写做得到的期限；指当日之内的，请写 `0天`（警告）"
    assert done.stderr == f"{ZERO}:20:11: zero-limit: {said}\n"
    assert done.stdout == f"{ZERO}: 2 条规则，没有错误，1 条警告\nreplies.yaml: 1 条规则，没有错误\n"


TO_TRY = """\
pack: to try
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit, place: [near, far, abroad], waived: yes or no}
  officer.arrived: {case: case from subject}
parameters:
  arrival: {source: law, 2026-01-01: {near: 2h, far: 3 days, abroad: 9 days}}
responsibility:
  head: {roles: [head]}
rules:
  - duty: on scene
    source: law
    when: case.raised
    where: place in [near, far, abroad] or not waived
    unless: {waiver: waived and place is far}
    bearer: unit
    must: officer.arrived
    same: case
    within: arrival[place]
    report: all
    answers: {head: at due}
  - threshold: often
    source: law
    count: breach of on scene
    per: unit
    reaches: 2
    within: calendar year
    fires: rising
    bearer: unit
    answers: {head: at finding}
scenarios:
  - scenario: two cases
    organisation: {timezone: Asia/Shanghai, units: [{id: a, name: A, level: town}]}
    events:
      - {at: 2026-03-02 10:00, case.raised: case/1, unit: a, place: near, waived: no}
      - {at: 2026-03-02 12:00, officer.arrived: case/1}
      - {at: 2026-03-02 12:00, case.raised: case/2, unit: a, place: far, waived: no}
    checkpoints:
      - as of: 2026-03-02 13:00
        findings:
          - {rule: on scene, about: case/1, status: met}
          - {rule: on scene, about: case/2, status: open}
"""
UNTRIED = """\
to-try.yaml: two cases: 1 个检查点，均与预期相符
to-try.yaml: 2 条规则，共有 23 项要试，12 项没有试到
  on scene：“place”属于（‘near’、‘far’、‘abroad’）之一，或者并非（“waived”成立）：不成立
  on scene：“place”属于（‘near’、‘far’、‘abroad’）之一，或者并非（“waived”成立）：因为“place”为‘abroad’
  on scene：适用除外情形 `waiver`
  on scene：参数 `arrival`，`abroad` 一行
  on scene：未按时履行
  on scene：期限 2小时：差一点到时
  on scene：期限 2小时：刚过时限
  on scene：期限 3日：末日当天
  on scene：期限 3日：末日的次日
  often：出现 `违反 on scene`
  often：构成违反
  often：没有达到规定的数目
"""


def test_what_no_scenario_tries_is_told_in_chinese(folder: Path) -> None:
    (folder / "to-try.yaml").write_text(TO_TRY, encoding="utf-8")
    said = told("test", "to-try.yaml", "--holes")
    assert said == UNTRIED
    unnamed = re.sub("`[^`]*`|“[^”]*”|‘[^’]*’|to-try.yaml|two cases|on scene|often", "", said)
    assert not re.search("[A-Za-z]", unnamed), said


def test_what_a_search_finds_is_told_in_chinese_with_the_scenario(folder: Path) -> None:
    """The scenario that is shown may be pasted as it stands, also into a rule file in English."""
    (folder / "vetoes").mkdir()
    pack = folder / "vetoes" / "pack.yaml"
    pack.write_text(VETOES + INVARIANT, encoding="utf-8")
    (folder / "vetoes" / "organisation.yaml").write_text(TOWN, encoding="utf-8")
    said = told("test", "vetoes", "--search", "100", "--seed", "4")
    assert said == """\
vetoes: 没有情景
vetoes: 恒定要求 `no veto without a hearing` 被打破，找到的最小反例如下：
情景列表:
  - 情景: no veto without a hearing
    事件列表:
      - {时: 2026-03-02 09:00, veto.decided: unit/town, by: town}
    检查点:
      - 截至: 2026-03-02 09:00
        认定列表:
          - {所据规则: veto, 关于: unit/town, 状态: 有效}
vetoes: 1 条恒定要求，每条用 100 段编造的经过来试，随机种子 4：1 条被打破
"""
    pack.write_text(VETOES + INVARIANT + said.partition("如下：\n")[2].rpartition("vetoes: ")[0], encoding="utf-8")
    again = told("test", "vetoes")
    assert "按恒定要求：" in again
    assert "有而未预期的认定：no veto without a hearing，unit/town，" in again
    pack.write_text(HEARD + INVARIANT, encoding="utf-8")
    assert told("test", "vetoes", "--search", "20").endswith("：无一被打破\n")
    pack.write_text(VETOES, encoding="utf-8")
    assert "vetoes: 没有恒定要求，无需搜索\n" in told("test", "vetoes", "--search", "20")
