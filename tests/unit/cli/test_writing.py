"""What a command writes is there whole, or the file is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from accountability.cli.writing import write_whole

PACK = """\
pack: t
timezone: UTC
sources: {law: A law}
vocabulary:
  step.missed: {case: case from subject, unit: unit}
rules:
  - {prohibition: x, source: law, when: step.missed, bearer: unit}
"""
EVENT = ('{"specversion":"1.0","id":"e1","source":"/log","type":"step.missed","subject":"case/1","time":"2026-01-05T09:00:00Z",'
         '"data":{"unit":"u1"}}\n')
COMMANDS = {"README.md": ("show", "--readme", "."), "found.json": (
    "dossier", ".", "x", "case/1", "--events", "log.jsonl", "--at", "2026-02-01T00:00:00Z", "-o", "found.json")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "log.jsonl").write_text(EVENT, encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on the size of files")
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("before", [None, b"as it was"])
def test_a_disk_without_room_leaves_the_file_as_it_was(folder: Path, name: str, before: bytes | None) -> None:
    import resource

    def run(most: int) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, "-m", "accountability.cli", *COMMANDS[name]], capture_output=True, timeout=120,
                              check=False, cwd=folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))

    if before is not None:
        (folder / name).write_bytes(before)
    there = sorted(folder.iterdir())
    done = run(16)
    assert (done.returncode, f"{name}:1:1: cannot-write: the file cannot be written: " in done.stderr.decode()) == (2, True)
    assert sorted(folder.iterdir()) == there
    assert before is None or (folder / name).read_bytes() == before
    assert run(10_000_000).returncode == 0
    assert (folder / name).stat().st_size > 100


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes among files")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"told")
    reader.join(30)
    assert (found, pipe.is_fifo()) == ([b"told"], True)
