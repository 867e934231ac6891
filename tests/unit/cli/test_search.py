"""`accountability test --search` as a person meets it: which invariant is broken, by which history, and what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACK = """\
pack: vetoes
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  veto.decided: {unit: unit from subject, by: unit}
  hearing.held: {unit: unit from subject}
responsibility: {head: {roles: [head]}}
rules:
  - effect: veto
    source: law
    when: veto.decided
    about: unit
    same: unit
    on: unit
    standing: {term: 1 year}
"""
INVARIANT = """\
invariants:
  no veto without a hearing:
    never: standing of veto
    where: no hearing.held of the same unit
    source: law
"""
HELD = PACK.replace("    about: unit", "    requires: {hearing: any hearing.held of the same unit}\n    about: unit")
ORG = "units: [{id: town, name: Town, level: town}]\nposts: [{id: town/head, unit: town, role: head}]\n"


def accountability(folder: Path, *words: str, without: str = "") -> subprocess.CompletedProcess[str]:
    """The command line in *folder*; as where the package *without* is not installed."""
    start = f"import sys; sys.modules[{without!r}] = None; " if without else ""
    code = f"{start}from accountability.cli import main; main()"
    run = [sys.executable, "-c", code, *words]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.yaml").write_text(PACK + INVARIANT, encoding="utf-8")
    (tmp_path / "pack" / "organisation.yaml").write_text(ORG, encoding="utf-8")
    return tmp_path


def test_search_shows_the_smallest_history_that_breaks_an_invariant(folder: Path) -> None:
    done = accountability(folder, "test", "pack", "--search", "100", "--seed", "4")
    assert done.returncode == 1
    assert done.stdout == """\
pack: no scenarios
pack: the invariant `no veto without a hearing` is broken, the smallest history that was found:
scenarios:
  - scenario: no veto without a hearing
    events:
      - {at: 2026-03-02 09:00, veto.decided: unit/town, by: town}
    checkpoints:
      - as of: 2026-03-02 09:00
        findings:
          - {rule: veto, about: unit/town, status: in force}
pack: 100 histories for each of 1 invariants, seed 4: 1 broken
"""
    assert accountability(folder, "test", "pack", "--search", "100", "--seed", "4").stdout == done.stdout
    printed = done.stdout.split("was found:\n")[1].rpartition("pack: ")[0]
    (folder / "pack" / "pack.yaml").write_text(PACK + INVARIANT + printed, encoding="utf-8")
    again = accountability(folder, "test", "pack")
    assert again.returncode == 1
    assert "by invariants:\n    found and not expected: no veto without a hearing, unit/town" in again.stdout
    # The scenario stays where the rule is mended, and says by then what is expected instead.
    (folder / "pack" / "pack.yaml").write_text(HELD + INVARIANT + printed.replace("in force", "refused"), encoding="utf-8")
    mended = accountability(folder, "test", "pack", "--search", "100")
    assert mended.returncode == 0
    assert "100 histories for each of 1 invariants, seed " in mended.stdout
    assert mended.stdout.endswith(": none broken\n")


def test_search_looks_for_imported_invariants_too(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "pack.yaml").write_text(
        "pack: other\ntimezone: Asia/Shanghai\nimports: ../pack\nsources: {act: An act}\n"
        "vocabulary: {bell.rung: {unit: unit from subject}}\n"
        "rules:\n  - prohibition: no bell\n    source: act\n    when: bell.rung\n    bearer: unit\n", encoding="utf-8")
    done = accountability(folder, "test", "other", "--search", "100")
    assert done.returncode == 1
    assert "other: the invariant `no veto without a hearing` is broken" in done.stdout


def test_search_says_where_there_is_nothing_to_search_for(folder: Path) -> None:
    (folder / "pack" / "pack.yaml").write_text(PACK, encoding="utf-8")
    done = accountability(folder, "test", "pack", "--search", "100")
    assert done.returncode == 0
    assert "pack: no invariants, so there is nothing to search for" in done.stdout


def test_search_says_that_the_extra_is_missing(folder: Path) -> None:
    done = accountability(folder, "test", "pack", "--search", "100", without="hypothesis")
    assert done.returncode == 2
    assert done.stderr == "accountability: `hypothesis` is not installed; run `pip install 'accountability[testing]'`\n"
    assert accountability(folder, "test", "pack", without="hypothesis").returncode == 0


@pytest.mark.parametrize("words", [("--search", "-1"), ("--search", "many"), ("--seed", "-1", "--search", "1")])
def test_search_refuses_what_is_no_number_of_histories(folder: Path, words: tuple[str, ...]) -> None:
    assert accountability(folder, "test", "pack", *words).returncode == 2


def test_testing_does_not_load_hypothesis_before_it_draws() -> None:
    code = "import sys, accountability, accountability.cli, accountability.testing; print('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
