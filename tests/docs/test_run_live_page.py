"""docs/how-to/run-live.md: its sessions run, and its command says what it shows."""

from __future__ import annotations

import doctest
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "run-live.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "replies.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_sessions_run(folder: Path) -> None:
    test = doctest.DocTestParser().get_doctest("\n".join(blocks("pycon")), {}, "run-live.md", None, None)
    assert len(test.examples) > 10
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.skipif(shutil.which("jq") is None, reason="the page reads the snapshot with jq")
def test_a_script_goes_on_from_where_the_snapshot_is(folder: Path) -> None:
    (script,) = (block for block in blocks("console") if "jq" in block)
    script = script.replace("-F ", "").replace("rules/on-scene", "replies.yaml")
    script = f'accountability() {{ "{sys.executable}" -m accountability.cli "$@"; }}\n{script}'
    said = []
    for id, hour in (("e1", 9), ("e2", 12), ("e3", 13)):
        at = f"2026-03-02T{hour:02}:00:00Z"
        with (folder / "events.jsonl").open("a") as log:
            log.write(json.dumps({"specversion": "1.0", "id": id, "source": "desk", "type": "request.received", "time": at,
                                  "subject": f"case/{id}", "recordedtime": at, "data": {"unit": "office"}}) + "\n")
        if id != "e1":
            done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=120, check=True)
            said.append(done.stderr.splitlines())
    assert [lines[-1].split(",")[0] for lines in said] == ["2 events read", "1 events read"]
    (shown,) = (block for block in blocks("text") if block.startswith("going on"))
    assert said[1][0] == shown.strip()


def test_the_command_says_what_the_page_shows(folder: Path) -> None:
    at = {"e1": "2026-03-02T09:00:00Z", "e3": "2026-03-02T12:00:00Z"}
    log = [json.dumps({"specversion": "1.0", "id": id, "source": "desk", "type": type_, "subject": "case/1", "time": at[id],
                       "recordedtime": at[id], "data": {"unit": "office"}})
           for id, type_ in (("e1", "request.received"), ("e3", "reply.sent"))]
    done = subprocess.run([sys.executable, "-m", "accountability.cli", "follow", "replies.yaml"], input="\n".join(log),
                          capture_output=True, text=True, timeout=120, check=True)
    said, shown = json.loads(done.stdout), json.loads(blocks("json")[0])
    assert {k: v for k, v in said.items() if k != "finding"} == {k: v for k, v in shown.items() if k != "finding"}
    assert shown["finding"].items() <= said["finding"].items()
