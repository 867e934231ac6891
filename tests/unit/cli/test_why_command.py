"""`accountability why` as a person or a script meets it: real processes, real files, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PACK = Path(__file__).resolve().parents[3] / "rules" / "on-scene"
AT = "2026-04-07T08:00:01+08:00"


def event(number: int, type_: str, case: str, time: str, **data: object) -> str:
    return json.dumps({"specversion": "1.0", "id": f"e{number}", "source": "/test", "type": type_, "subject": case, "time": time,
                       "data": data})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_text("\n".join([
        event(1, "presence.requested", "case/one", "2026-04-02T08:00:00+08:00", unit="bureau-n", place="city"),
        event(2, "presence.requested", "case/<two>", "2026-04-02T08:00:00+08:00", unit="bureau-n", place="city"),
        event(3, "presence.requested", "case/<two>", "2026-04-03T08:00:00+08:00", unit="bureau-n", place="city"),
        event(4, "presence.arrived", "case/one", "2026-04-02T11:00:00+08:00", post="bureau-n/clerk")]))
    return tmp_path


def why(folder: Path, *words: str, command: str = "why") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "accountability.cli", command, str(PACK), *words, "--events", "log.jsonl", "--at", AT], cwd=folder,
        capture_output=True, text=True, timeout=120, check=False)


def verify(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "accountability.cli", "verify", file.name], cwd=file.parent, capture_output=True,
                          text=True, timeout=120, check=False)


def test_text_names_what_was_set_aside(folder: Path) -> None:
    done = why(folder, "on-scene", "case/one")
    assert done.returncode == 0
    assert "considered and set aside: /test#e4 at 2026-04-02 11:00" in done.stdout
    assert "查找 case = one 的 presence.arrived" in why(folder, "on-scene", "case/one", "--lang", "zh").stdout


def test_json_gives_the_support(folder: Path) -> None:
    done = json.loads(why(folder, "on-scene", "case/one", "--format", "json").stdout)
    assert done["support"] == ["e1"]
    assert done["because"]["values"]["status"] == "missed"


def test_several_findings_are_listed_and_one_is_chosen_by_its_id(folder: Path) -> None:
    done = why(folder, "on-scene", "case/<two>")
    assert done.returncode == 2
    assert "several-findings: 2 conclusions fit; name one with `--finding`: `" in done.stderr
    name = done.stderr.split("`--finding`: `")[1].split("`")[0]
    page = why(folder, "--finding", name, "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "case/&lt;two&gt;" in page
    assert "<two>" not in page


def test_rule_and_subject_with_an_id_must_fit_it(folder: Path) -> None:
    """Otherwise one would read why something else was found."""
    name = why(folder, "on-scene", "case/<two>").stderr.split("`--finding`: `")[1].split("`")[0]
    assert why(folder, "on-scene", "case/<two>", "--finding", name).returncode == 0
    done = why(folder, "on-scene", "case/one", "--finding", name)
    assert done.returncode == 2
    assert f"no-finding: nothing is concluded of `{name}` `on-scene` about `case/one` at 2026-04-07 08:00:01+08:00" in done.stderr


def test_what_is_not_there_is_said_with_a_way_out(folder: Path) -> None:
    done = why(folder, "on-scenes", "case/one")
    assert (done.returncode, "unknown-rule" in done.stderr, "did you mean `on-scene`?" in done.stderr) == (2, True, True)
    done = why(folder, "on-scene", "case/on")
    assert (done.returncode, "no-finding" in done.stderr, "did you mean `case/one`?" in done.stderr) == (2, True, True)
    assert "say which finding is meant" in why(folder).stderr


def test_why_not_names_a_flip(folder: Path) -> None:
    done = why(folder, "conduct", "case/one", "--not")
    assert done.returncode == 0
    assert "conduct finds nothing against anybody about case/one" in done.stdout
    done = why(folder, "on-scene", "case/one", "--not")
    assert (done.returncode, "is-found" in done.stderr) == (2, True)


def test_a_dossier_is_sealed_and_verified_without_anything_else(folder: Path) -> None:
    done = why(folder, "on-scene", "case/one", "-o", "one.json", command="dossier")
    assert (done.returncode, done.stdout.startswith("one.json: ")) == (0, True)
    alone = folder / "elsewhere"
    alone.mkdir()
    (folder / "one.json").rename(alone / "one.json")
    done = verify(alone / "one.json")
    assert done.returncode == 0
    assert "one.json: verified: on-scene, about case/one: missed, since 2026-04-02 10:00:00+08:00" in done.stdout
    assert "from 1 events, " in done.stdout
    (alone / "one.json").write_bytes((alone / "one.json").read_bytes().replace(b"missed", b"met"))
    done = verify(alone / "one.json")
    assert (done.returncode, "one.json: the digest does not fit" in " ".join(done.stderr.split())) == (2, True)


def test_a_forecast_names_what_falls_due_and_who_answers(folder: Path) -> None:
    def ahead(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "accountability.cli", "forecast", str(PACK), "--events", "log.jsonl", *words],
                              cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0
        return done.stdout

    coming = [json.loads(line) for line in ahead("--format", "jsonl", "--at", "2026-04-02T09:00:00+08:00").splitlines()]
    assert [(c["rule"], c["subject"], c["status"], c["since"], c["answers"][0]["holder"]) for c in coming] == [
        ("on-scene", "case/<two>", "missed", "2026-04-02T02:00:00Z", "Holder E"),
        ("on-scene", "case/one", "missed", "2026-04-02T02:00:00Z", "Holder E")]
    assert ahead("--hours", "1", "--at", AT) == "nothing in the 1 hours from 2026-04-07 08:00:01+08:00\n"
    assert "if nothing is done" in ahead("--at", "2026-04-02T09:00:00+08:00")
