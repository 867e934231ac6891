"""`accountability fmt` as a person or a script meets it: real processes, real files, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TYPED = "timezone: UTC\npack: t # a pack\n"
FORMED = "pack: t  # a pack\ntimezone: UTC\n"
CHINESE = "规则包: t  # a pack\n时区: UTC\n"


def fmt(*words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "accountability.cli", "fmt", *map(str, words)], input=stdin, capture_output=True,
                          timeout=120, check=False)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder of two packs: one to be formatted, one that is, each with files that are no rule files."""
    for name, text in (("a", TYPED), ("b", FORMED)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(text, encoding="utf-8")
        (tmp_path / name / "organisation.yaml").write_text("units:   []\n", encoding="utf-8")
    return tmp_path


def test_files_are_written_anew_and_only_where_something_changes(packs: Path) -> None:
    before = (packs / "b" / "pack.yaml").stat().st_mtime_ns
    done = fmt(packs)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == f"{packs / 'a' / 'pack.yaml'}: written anew\n"
    assert (packs / "a" / "pack.yaml").read_text(encoding="utf-8") == FORMED
    assert (packs / "b" / "pack.yaml").stat().st_mtime_ns == before
    assert (packs / "a" / "organisation.yaml").read_text(encoding="utf-8") == "units:   []\n"
    assert fmt(packs).stderr == b""


def test_check_shows_what_would_change_and_writes_nothing(packs: Path) -> None:
    done = fmt("--check", packs)
    assert done.returncode == 1
    assert done.stderr.decode() == f"{packs / 'a' / 'pack.yaml'}: would change\n"
    shown = done.stdout.decode().splitlines()
    assert shown[:2] == [f"--- {packs / 'a' / 'pack.yaml'}", f"+++ {packs / 'a' / 'pack.yaml'}, formatted"]
    assert shown[3:-1] == ["+pack: t  # a pack", " timezone: UTC", "-pack: t # a pack"]
    assert (packs / "a" / "pack.yaml").read_text(encoding="utf-8") == TYPED
    assert fmt("--check", packs / "b").returncode == 0


def test_marks_and_line_ends_of_other_systems_are_differences(packs: Path) -> None:
    file = packs / "b" / "pack.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + FORMED.replace("\n", "\r\n").encode())
    done = fmt("--check", file)
    assert done.returncode == 1
    assert "-\\ufeffpack: t  # a pack\\r" in done.stdout.decode().splitlines()
    assert fmt(file).returncode == 0
    assert file.read_bytes() == FORMED.encode()


def test_keywords_are_translated_and_back(packs: Path) -> None:
    file = packs / "a" / "pack.yaml"
    assert fmt("--keywords", "zh", file).returncode == 0
    assert file.read_text(encoding="utf-8") == CHINESE
    assert fmt("--check", file).returncode == 0
    assert fmt("--keywords", "en", "--stdout", file).stdout.decode() == FORMED
    assert file.read_text(encoding="utf-8") == CHINESE


def test_a_text_may_come_from_standard_input() -> None:
    assert fmt("-", stdin=TYPED.encode()).stdout.decode() == FORMED
    assert fmt("-", "--check", stdin=TYPED.encode()).returncode == 1
    wrong = fmt("-", stdin=b"\xff")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.decode() == "-:1:1: encoding: the file is not UTF-8 text; save it as UTF-8\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on the size of files")
def test_a_file_that_cannot_be_written_whole_stays_as_it_was(packs: Path) -> None:
    import resource

    file = packs / "a" / "pack.yaml"
    before = file.read_bytes()
    done = subprocess.run([sys.executable, "-m", "accountability.cli", "fmt", str(file)], capture_output=True, timeout=120,
                          check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16)))
    assert (done.returncode, b"the file cannot be written: " in done.stderr) == (2, True)
    assert file.read_bytes() == before
    assert sorted(f.name for f in file.parent.iterdir()) == ["organisation.yaml", "pack.yaml"]


def test_a_link_stays_a_link_and_rights_stay(packs: Path) -> None:
    file, link = packs / "a" / "pack.yaml", packs / "linked.yaml"
    file.chmod(0o640)
    link.symlink_to(file)
    assert fmt(link).returncode == 0
    assert link.is_symlink()
    assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == (FORMED, 0o640)


def test_what_cannot_be_read_is_left_alone_and_the_rest_is_written(packs: Path) -> None:
    broken = packs / "a" / "more.yaml"
    broken.write_text("rules：  []\n", encoding="utf-8")
    done = fmt(packs / "a" / "organisation.yaml", packs / "nowhere", packs)
    assert done.returncode == 2
    assert [line.split(": ")[1] for line in done.stderr.decode().splitlines()] == [
        "unknown-key", "no-pack", "written anew", "full-width-sign"]
    assert broken.read_text(encoding="utf-8") == "rules：  []\n"
    assert (packs / "a" / "pack.yaml").read_text(encoding="utf-8") == FORMED
