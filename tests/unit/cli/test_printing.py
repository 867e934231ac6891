"""What is printed of text that is not ours, and what becomes of a command to whose output nobody listens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RULE, UNIT = "reply [red] [/b] in time", "office [/b] [red] \u001b[2J :smile:"
SHOWN = r"office [/b] [red] \u001b[2J :smile:"
PACK = f"""\
pack: replies
timezone: Europe/London
sources: {{act: {{title: "Act [/b] [red] of 2000", clause: s 10}}}}
vocabulary:
  request.received: {{raises a case: yes, case: case from subject, unit: unit}}
  reply.sent: {{case: case from subject}}
rules:
  - duty: "{RULE}"
    source: act
    when: request.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
"""
RECEIVED = {"specversion": "1.0", "id": "e1", "source": "/test", "type": "request.received", "subject": "case/[/b]",
            "time": "2026-03-02T09:00:00Z", "data": {"unit": UNIT}}
JUDGE = ("--events", "log.jsonl", "--at", "2026-03-03T00:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "a [red] folder"
    place.mkdir()
    (place / "replies.yaml").write_text(PACK)
    (place / "log.jsonl").write_text(json.dumps(RECEIVED) + "\n")
    return place


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "accountability.cli", *words]


def accountability(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False,
                          env={**os.environ, "COLUMNS": "300", **environment})


@pytest.mark.parametrize(("words", "shown"), [
    (("run", "replies.yaml", *JUDGE), (RULE, SHOWN, "case/[/b]")),
    (("forecast", "replies.yaml", "--events", "log.jsonl", "--at", "2026-03-02T10:00:00Z"), (RULE, SHOWN, "case/[/b]")),
    (("why", "replies.yaml", RULE, "case/[/b]", *JUDGE), (RULE, SHOWN, "case/[/b]", "Act [/b] [red] of 2000")),
    (("plan", "replies.yaml"), (RULE,)),
    (("show", "replies.yaml"), (RULE,)),
    (("check", "replies.yaml"), ("replies.yaml",)),
])
def test_brackets_and_controls_are_shown_as_they_are(folder: Path, words: tuple[str, ...], shown: tuple[str, ...]) -> None:
    done = accountability(folder, *words, FORCE_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert "\u001b[2J" not in done.stdout + done.stderr
    for text in shown:
        assert text in done.stdout


def test_a_strange_unit_is_named_in_the_warning_as_it_is(folder: Path) -> None:
    assert f"the organisation knows no unit `{SHOWN}`" in accountability(folder, "run", "replies.yaml", *JUDGE).stderr


def test_a_line_break_in_an_id_begins_no_line_of_a_warning(folder: Path) -> None:
    (folder / "log.jsonl").write_text(json.dumps(RECEIVED | {"data": {"unit": "a\nnothing is wrong"}}) + "\n")
    assert r"`a\u000anothing is wrong`" in accountability(folder, "run", "replies.yaml", *JUDGE).stderr


def test_a_ledger_and_dead_letters_in_a_folder_with_brackets(folder: Path) -> None:
    (folder / "log.jsonl").write_text(json.dumps(RECEIVED) + "\nno json\n")
    (folder / "[").mkdir()  # so that a path may hold `[/b]`
    done = accountability(folder, "run", "replies.yaml", *JUDGE, "--ledger", "[/b].sqlite", "--dead-letters", "[/b] [red].jsonl")
    assert done.returncode == 3
    assert "refused events and reasons: [/b] [red].jsonl" in done.stderr
    assert "[/b].sqlite: 2 entries" in accountability(folder, "ledger", "[/b].sqlite").stdout


def test_a_control_in_a_line_of_json_stays_what_it_was(folder: Path) -> None:
    unit = "office \u009b2J \u202e \u007f"
    (folder / "log.jsonl").write_text(json.dumps(RECEIVED | {"data": {"unit": unit}}) + "\n")
    done = accountability(folder, "run", "replies.yaml", *JUDGE, "--format", "jsonl")
    assert not set("\u009b\u202e\u007f") & set(done.stdout)
    assert json.loads(done.stdout)["unit"] == unit


@pytest.mark.parametrize("format", ["jsonl", "table"])
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-on", "findings"), 1)])
def test_what_is_recorded_does_not_depend_on_who_listens(folder: Path, format: str, options: tuple[str, ...], code: int) -> None:
    lines = [json.dumps(RECEIVED | {"id": f"e{n}", "subject": f"case/{n}"}) for n in range(300)]
    (folder / "log.jsonl").write_text("\n".join(lines) + "\n")
    words = command("run", "replies.yaml", *JUDGE, "--limit", "0", "--format", format, "--ledger", "ledger.sqlite", *options)
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(120) == code
    assert "300 raised" in said
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert "301 entries" in accountability(folder, "ledger", "ledger.sqlite").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("format", ["jsonl", "table"])
def test_output_that_cannot_be_written_makes_2_with_words(folder: Path, format: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("run", "replies.yaml", *JUDGE, "--format", format, "--ledger", "ledger.sqlite"), cwd=folder,
                              stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "accountability: standard output: No space left on device; " in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert "2 entries" in accountability(folder, "ledger", "ledger.sqlite").stdout


def test_findings_are_written_in_utf_8_whatever_the_locale_says(folder: Path) -> None:
    (folder / "replies.yaml").write_text(PACK.replace(RULE, "书面告知"), encoding="utf-8")
    for format in ("jsonl", "table"):
        done = accountability(folder, "run", "replies.yaml", *JUDGE, "--format", format, PYTHONIOENCODING="ascii")
        assert done.returncode == 0, done.stderr
        assert "书面告知" in done.stdout


def test_closed_standard_output_is_no_mistake(folder: Path) -> None:
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command("run", "replies.yaml", *JUDGE, "--ledger", "l.sqlite")],
                          cwd=folder, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 entries" in accountability(folder, "ledger", "l.sqlite").stdout
