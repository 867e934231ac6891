"""`accountability follow --wall-clock`: what falls due is told when it does, in real processes and real seconds."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_follow import PACK, REPLY, REQUEST, Living, follow, signal, standing

SOON = PACK.replace("within: 2h", "within: 2s")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies.yaml").write_text(SOON)
    return tmp_path


def now(number: int, type_: str, case: int, **other: object) -> str:
    """An event of this moment, which whoever reads it is to stamp."""
    at = datetime.now(UTC).isoformat()
    return json.dumps({"specversion": "1.0", "id": f"e{number}", "source": "/test", "type": type_, "subject": f"case/{case}",
                       "time": at, "data": {"unit": "office"}} | other) + "\n"


def past(number: int, type_: str, case: int, second: int) -> str:
    at = f"2026-03-02T09:00:{second:02}Z"
    return now(number, type_, case, time=at, recordedtime=at)


def test_what_falls_due_is_told_though_nothing_comes(folder: Path) -> None:
    """And filed, so that a process which is killed in the silence has said nothing that is not written down."""
    with Living(folder, "--wall-clock", "1 s", "--ledger", "book", "--snapshot", "state") as living:
        asked = time.monotonic()
        living.send(now(1, REQUEST, 1))
        line = json.loads(living.line())
        assert time.monotonic() - asked > 2.5
        assert (line["change"], line["cause"], line["finding"]["status"]) == ("raised", None, "missed")
        living.send(now(2, REPLY, 1))
        line = json.loads(living.line())
        assert (line["change"], line["cause"], line["finding"]["status"]) == ("revised", "e2", "late")
        assert living.end(signal.SIGTERM)[0] == 143
    assert standing(folder) == [("case/1", "late")]


def test_without_it_nothing_is_told_before_the_next_event(folder: Path) -> None:
    with Living(folder) as living:
        living.send(now(1, REQUEST, 1))
        time.sleep(4)
        living.send(now(2, REPLY, 1))
        assert json.loads(living.line())["cause"] == "e2"


def test_a_log_of_long_ago_is_judged_by_its_own_clock_while_it_comes(folder: Path) -> None:
    """All its limits have passed by the clock on the wall, and what keeps them is still to come."""
    with Living(folder, "--wall-clock", "30 s") as living:
        for number in range(6):
            living.send(past(2 * number, REQUEST, number, 10 * number))
            time.sleep(0.2)
            living.send(past(2 * number + 1, REPLY, number, 10 * number + (3 if number == 4 else 1)))
            time.sleep(0.2)
        line = json.loads(living.line())
        assert (line["cause"], line["finding"]["subject"], line["finding"]["status"]) == ("e9", "case/4", "late")


def test_after_a_start_the_first_line_is_waited_for(folder: Path) -> None:
    """What was open when the last process stopped may have been done since, and be in what is sent first."""
    words = ("--wall-clock", "30 s", "--snapshot", "state", "--report-all")
    assert follow(folder, [past(1, REQUEST, 1, 0).strip()], "--snapshot", "state", "--report-all").returncode == 0
    with Living(folder, *words) as living:
        time.sleep(4)
        living.send(past(2, REPLY, 1, 1))
        line = json.loads(living.line())
        assert (line["cause"], line["finding"]["status"]) == ("e2", "met")


def test_an_event_that_claims_to_be_recorded_next_year_does_not_move_the_clock(folder: Path) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    done = follow(folder, [now(1, REQUEST, 1).strip(), now(2, REPLY, 9, recordedtime=ahead).strip(), now(3, REPLY, 1).strip()],
                  "--wall-clock", "1 min", "--report-all")
    assert done.returncode == 3
    found = [json.loads(line)["finding"]["status"] for line in done.stdout.splitlines()]
    assert found == ["open", "met"]
    assert "recorded-ahead" in (folder / "dead-letters.jsonl").read_text()


@pytest.mark.parametrize("words", ["2 months", "soon"])
def test_what_is_no_length_is_refused(folder: Path, words: str) -> None:
    done = follow(folder, [], "--wall-clock", words)
    assert done.returncode == 2
    assert "--wall-clock" in done.stderr
