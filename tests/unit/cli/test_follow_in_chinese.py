"""`accountability follow --lang zh`: what is told beside the changes is Chinese, and the changes themselves stay what they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from test_follow import HOURLY, LOG, PACK, REPLY, Living, event, follow, signal
from test_follow_wall import now

OURS = re.compile(r"`[^`]*`|--at|dead-letters\.jsonl|[a-z]+(?:-[a-z]+)+:|JSON|state|SIGTERM|accountability:|T[0-9:]{8}Z?")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK)
    monkeypatch.setenv("ACCOUNTABILITY_LANG", "zh")
    return tmp_path


def without_names(said: str) -> str:
    """*said* without what stays as it is; nothing of it may be English."""
    assert not re.search("[A-Za-z]", OURS.sub("", said)), said
    return said


def test_what_was_refused_and_why_is_told_in_chinese_and_written_as_ever(folder: Path) -> None:
    log = [*LOG[:3], "not json", "{", event(2, REPLY, 9, 2, 13)]
    done = follow(folder, log, "--at", "2026-03-01T00:00:00Z")
    assert without_names(done.stderr) == (
        "--at 2026-03-01T00:00:00Z 早于时钟已走到的 2026-03-02T13:00:00+00:00，不起作用：时钟不会倒退\n"
        "读入事件 6 件，拒收 3 件；时钟走到 2026-03-02T13:00:00+00:00\n"
        "拒收的事件及理由：dead-letters.jsonl\n"
        "  标准输入:4: malformed-json: 第 4 字节处：有不该出现的字符；请每行写一个完整的 JSON 对象（同类另有 1 件）\n"
        "  标准输入:6: conflicting-duplicate: `/test` 把编号 `e2` 用于两件不同的事件；请各用各的编号；后一件若是替换前一件，"
        "请在 `corrects` 中写明前一件\n")
    written = (folder / "dead-letters.jsonl").read_bytes()
    (folder / "dead-letters.jsonl").unlink()
    english = follow(folder, log, "--at", "2026-03-01T00:00:00Z", "--lang", "en")
    assert (english.returncode, english.stdout) == (done.returncode, done.stdout)
    assert (folder / "dead-letters.jsonl").read_bytes() == written


def test_going_on_and_being_stopped_is_told_in_chinese(folder: Path) -> None:
    assert follow(folder, HOURLY[:3], "--snapshot", "state").returncode == 0
    with Living(folder, "--snapshot", "state", "--ledger", "book") as living:
        living.send("".join(line + "\n" for line in HOURLY[3:4]))
        assert living.line()
        _, _, said = living.end(signal.SIGTERM)
    assert without_names(said) == (
        "接着 state 继续，它记到第 3 行（事件 `e3`）；时钟走到 2026-03-02T03:00:00+00:00；请从其后的事件重新送入\n"
        "读入事件 1 件，拒收 0 件；时钟走到 2026-03-02T04:00:00+00:00\n"
        "因收到 SIGTERM 而停止：判定到第 4 行（事件 `e4`），已写入台账和快照\n")


def test_a_ledger_that_is_ahead_is_told_in_chinese(folder: Path) -> None:
    assert follow(folder, HOURLY[:6], "--ledger", "book").returncode == 0
    done = follow(folder, HOURLY[:4], "--ledger", "book")
    assert without_names(done.stderr) == (
        "台账对 `replies` 已记到 2026-03-02T06:00:00+00:00，而时钟只走到 2026-03-02T04:00:00+00:00：赶上之后才写入台账和快照\n"
        "时钟没有赶上台账：台账和快照都没有写入\n读入事件 4 件，拒收 0 件；时钟走到 2026-03-02T04:00:00+00:00\n")


def test_what_is_ahead_of_the_clock_on_the_wall_is_told_in_chinese(folder: Path) -> None:
    ahead = now(1, REPLY, 1, recordedtime="2150-03-02T09:00:00Z").strip()
    done = follow(folder, [ahead], "--wall-clock", "1 min")
    said = re.sub("晚 [0-9]+ 天 [0-9:]{7,8}：", "晚许多天：", without_names(done.stderr))
    assert said.splitlines()[-1] == (
        "  标准输入:1: recorded-ahead: `recordedtime` 写的是 `2150-03-02T09:00:00+00:00`，比当前时间晚许多天："
        "其间到期的都会被当作未履行；请由接收事件的系统写入记录时间")
    (letter,) = map(json.loads, (folder / "dead-letters.jsonl").read_text().splitlines())
    assert letter["what"].startswith("`recordedtime` is `2150-03-02T09:00:00+00:00`, ")


def test_what_cannot_be_gone_on_from_is_told_in_chinese(folder: Path) -> None:
    assert follow(folder, HOURLY[:3], "--snapshot", "state").returncode == 0
    (folder / "replies.yaml").write_text(PACK.replace("2h", "3h"))
    done = follow(folder, HOURLY[:3], "--snapshot", "state")
    assert (done.returncode, without_names(done.stderr)) == (
        2, "accountability: 快照: other-basis: 留存快照时用的是另一政策；请用当时的那一政策来接续，"
        "或者把整个日志重新送入新的监测\n")
    done = follow(folder, HOURLY[:3], "--snapshot", ".")
    assert (done.returncode, done.stderr) == (2, "accountability: .: 它是目录；请检查它的路径、权限和剩余空间\n")


def test_a_reader_that_closes_its_end_is_told_in_chinese(folder: Path) -> None:
    with Living(folder, "--ledger", "book") as living:
        living.send("".join(line + "\n" for line in HOURLY[:4]))
        assert living.line()
        assert living.process.stdout is not None
        living.process.stdout.close()
        living.send("".join(line + "\n" for line in HOURLY[4:6]))
        assert living.process.wait(60) == 2
        assert living.process.stderr is not None
        said = living.process.stderr.read()
    assert without_names(said.splitlines()[1]) == (
        "accountability: 标准输出写不进去（读取的一方已关闭）：判定到第 5 行（事件 `e5`），已写入台账；最后的变动可能没有告知")
