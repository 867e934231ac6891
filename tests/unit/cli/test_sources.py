"""The list of clauses on the command line: what becomes of each clause, and every way in which a citation can be wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

LISTED = """\
documents: {N1: Notice on replies, N2: Notice on bulletins}
clauses:
  N1-01: {kind: duty, name: reply in time, digest: 000000000000}
  N1-02: {kind: duty, name: tell promptly, digest: 000000000000, leaves open: yes}
  N1-03: {kind: period, name: sensitive period, digest: 000000000000}
  N1-04: {kind: responsibility, name: the head answers, digest: 000000000000}
  N1-05: {name: watch those who ask, digest: 000000000000, out of scope: it is about persons}
  N2-01: {kind: duty, name: bulletin, digest: 000000000000, repeats: [N1-02, N1-03]}
"""
PACK = """\
pack: replies
timezone: Europe/London
sources:
  reply: {title: Notice on replies, clause: "N1-01, beside art. 3 (S1)"}
  telling: {title: Notice on replies, clause: N1-02}
  period: {title: Notice on replies, clause: N1-03}
  head: {title: Notice on replies, clause: N1-04}
  act: {title: Freedom of Information Act 2000, clause: s 10}
vocabulary:
  request.received: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject}
  handler.told: {case: case from subject}
parameters:
  promptly: {source: telling, author's choice: yes, 2020-01-01: 2 days}
periods:
  feast: {dates: [{from: 2026-02-16, to: 2026-02-23}], source: period}
responsibility:
  head: {roles: [head], source: head}
rules:
  - duty: reply
    source: reply
    when: request.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
    during feast:
      within: 1h
    answers: {head: at due}
  - duty: tell
    source: act
    when: request.received
    bearer: unit
    must: handler.told
    same: case
    within: promptly
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clauses.yaml").write_text(LISTED)
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "pack.yaml").write_text(PACK)
    return tmp_path


def accountability(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "accountability.cli", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def rows(folder: Path, *words: str) -> dict[str, dict[str, object]]:
    done = accountability(folder, "sources", "replies", "--format", "jsonl", *words)
    assert done.stderr == ""
    return {row["clause"]: row for row in map(json.loads, done.stdout.splitlines())}


def encoded_by(row: dict[str, object]) -> list[str]:
    return [use["rule"] for use in row["rules"]]  # type: ignore[attr-defined]


def test_a_rule_encodes_whatever_it_leans_on(folder: Path) -> None:
    """Its own source, and those of what it reads: parameters, periods, responsibilities."""
    found = rows(folder)
    assert {clause: encoded_by(row) for clause, row in found.items()} == {
        "N1-01": ["reply"], "N1-02": ["tell"], "N1-03": ["reply"], "N1-04": ["reply"], "N1-05": [], "N2-01": []}
    assert [row["status"] for row in found.values()] == ["encoded", "needs a number", "encoded", "encoded", "out of scope", "gap"]
    assert (found["N1-02"]["numbers"], found["N1-02"]["marked"]) == ({"promptly": "2 days"}, True)
    assert found["N1-05"]["reason"] == "it is about persons"
    assert found["N2-01"]["document"] == "Notice on bulletins"
    assert found["N1-01"]["rules"][0]["place"] == "replies/pack.yaml:20:11"  # type: ignore[index]


def test_a_number_that_nobody_marks_is_told(folder: Path) -> None:
    (folder / "replies" / "pack.yaml").write_text(PACK.replace(" author's choice: yes,", ""))
    assert rows(folder)["N1-02"]["marked"] is False
    done = accountability(folder, "sources", "replies")
    assert "of those that need a number, 1 have one that is nowhere marked as the author's choice" in done.stdout


def test_only_and_clause_choose_rows_and_totals_stay(folder: Path) -> None:
    assert list(rows(folder, "--only", "gap", "--only", "out of scope")) == ["N1-05", "N2-01"]
    assert list(rows(folder, "--clause", "N1-03")) == ["N1-03"]
    assert list(rows(folder, "--rule", "reply")) == ["N1-01", "N1-03", "N1-04"]
    done = accountability(folder, "sources", "replies", "--only", "gap")
    assert "N1-01" not in done.stdout
    assert done.stdout.splitlines()[-2:] == [
        "6 clauses, 5 in scope: 3 encoded, 1 needs a number, 1 out of scope, 1 gap",
        "1 other sources, encoded by 1 rules, are not in the list"]


def test_gaps_fail_only_where_that_is_asked_for(folder: Path) -> None:
    assert accountability(folder, "sources", "replies").returncode == 0
    assert accountability(folder, "sources", "replies", "--fail-on", "gaps").returncode == 1
    (folder / "clauses.yaml").write_text(LISTED.partition("  N2-01")[0])
    assert accountability(folder, "sources", "replies", "--fail-on", "gaps").returncode == 0


@pytest.mark.parametrize("command", ["check", "sources"])
@pytest.mark.parametrize(("cited", "said"), [
    ("N1-09", "unknown-clause: `reply` cites `N1-09`, which is no clause of the list; did you mean `N1-05`?"),
    ("N1-01a and N1-01", "unknown-clause: `reply` cites `N1-01a`, which is no clause of the list; did you mean `N1-01`?"),
    ("N1-05", "excluded-clause: `reply` cites `N1-05`, which is out of scope: it is about persons; "
              "encode only what binds an authority"),
])
def test_a_citation_that_cannot_be_is_an_error(folder: Path, command: str, cited: str, said: str) -> None:
    (folder / "replies" / "pack.yaml").write_text(PACK.replace("N1-01, beside art. 3 (S1)", cited))
    done = accountability(folder, command, "replies")
    assert (done.returncode, done.stderr) == (2, f"replies/pack.yaml:4:3: {said}\n")


@pytest.mark.parametrize(("before", "after", "said"), [
    ("repeats: [N1-02, N1-03]", "repeats: [N1-09]",
     "clauses.yaml:8:10: unknown-clause: `N2-01` repeats `N1-09`, which is not listed; did you mean `N1-05`?"),
    ("N2-01:", "N3-01:", "clauses.yaml:8:10: unknown-document: `N3-01` belongs to no document of the list; known: `N1`, `N2`"),
    ("N2-01:", "late:", "clauses.yaml:8:9: unknown-document: `late` belongs to no document of the list; known: `N1`, `N2`"),
    (", digest: 000000000000, out", ", out", "clauses.yaml:7:10: missing-key: the clause `N1-05` lacks `digest`; add `digest: …`"),
    ("leaves open: yes", "leaves open: maybe", "clauses.yaml:4:79: not-yes-or-no: `leaves open` is `maybe`; write `yes` or `no`"),
])
def test_a_list_that_cannot_be_used_says_where(folder: Path, before: str, after: str, said: str) -> None:
    (folder / "clauses.yaml").write_text(LISTED.replace(before, after))
    done = accountability(folder, "check", "replies")
    assert (done.returncode, done.stderr) == (2, f"{said}\n")


@pytest.mark.parametrize(("words", "said"), [
    (["--clause", "N1-1"], "clauses.yaml:1:1: unknown-clause: no clause of the list is called `N1-1`; did you mean `N1-01`?"),
    (["--rule", "replies"], "replies:1:1: unknown-rule: no pack that is named has a rule `replies`; did you mean `reply`?"),
])
def test_what_there_is_not_cannot_be_asked_for(folder: Path, words: list[str], said: str) -> None:
    done = accountability(folder, "sources", "replies", *words)
    assert (done.returncode, done.stderr) == (2, f"{said}\n")


def test_without_a_list_the_way_out_is_named(folder: Path) -> None:
    (folder / "clauses.yaml").rename(folder / "listed.yaml")
    assert accountability(folder, "check", "replies").returncode == 0
    done = accountability(folder, "sources", "replies")
    assert (done.returncode, done.stderr) == (
        2, "replies:1:1: no-list: neither in the pack nor beside it is there a `clauses.yaml`; name one with `--clauses`\n")
    assert len(rows(folder, "--clauses", "listed.yaml")) == 6


def test_a_pack_that_is_not_there_is_not_asked_for_its_list(folder: Path) -> None:
    (folder / "clauses.yaml").unlink()
    done = accountability(folder, "sources", "nowhere")
    assert (done.returncode, done.stderr.startswith("nowhere:1:1: no-pack: there is no such file")) == (2, True)


def test_a_list_in_the_pack_is_no_rule_file(folder: Path) -> None:
    (folder / "clauses.yaml").rename(folder / "replies" / "clauses.yaml")
    assert accountability(folder, "check", "replies").returncode == 0
    assert len(rows(folder)) == 6


def test_every_way_in_which_the_sources_drift_is_told(folder: Path) -> None:
    (folder / "now.yaml").write_text("- {id: N1-01, quote: Answer within a day.}\n- {id: N3-01, quote: Something new.}\n")
    done = accountability(folder, "sources", "replies", "--against", "now.yaml")
    told = [line.split(": ")[1] + line.partition("`")[2].partition("`")[0].rjust(6) for line in done.stderr.splitlines()]
    assert done.returncode == 1
    assert told == ["clause-changed N1-01", *(f"clause-gone {one}" for one in ("N1-02", "N1-03", "N1-04", "N1-05", "N2-01")),
                    "clause-not-listed N3-01"]


def test_sources_without_quotes_are_refused(folder: Path) -> None:
    (folder / "now.yaml").write_text("- {id: N1-01}\n")
    done = accountability(folder, "sources", "replies", "--against", "now.yaml")
    assert (done.returncode, done.stderr) == (2, "now.yaml:1:3: missing-key: a clause lacks `quote`; add `quote: …`\n")
