"""The command line as a person or a script meets it: real processes, real files, exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PACK = """\
pack: replies
timezone: Europe/London
sources: {act: {title: Freedom of Information Act 2000, clause: s 10}}
vocabulary:
  request.received: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject}
responsibility:
  head: {roles: [head]}
rules:
  - duty: reply
    source: act
    when: request.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
    answers: {head: at due}
"""
ORG = """\
units: [{id: office, name: Office, level: department}]
posts: [{id: office/head, unit: office, role: head, rank: 1}]
tenures: [{post: office/head, holder: Holder A, from: 2020-01-01}]
"""


def event(number: int, type_: str, case: str, time: str, **data: object) -> str:
    return json.dumps(
        {"specversion": "1.0", "id": f"e{number}", "source": "/test", "type": type_, "subject": case, "time": time, "data": data}
    )


RECEIVED = event(1, "request.received", "case/1", "2026-03-02T09:00:00Z", unit="office")
SENT_LATE = event(2, "reply.sent", "case/1", "2026-03-02T11:30:00Z")
AT = "2026-03-03T00:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies.yaml").write_text(PACK)
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "log.jsonl").write_text(f"{RECEIVED}\n{SENT_LATE}\n")
    return tmp_path


def accountability(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "accountability.cli", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return accountability(folder, "run", "replies.yaml", "--events", "log.jsonl", "--org", "org.yaml", "--at", AT, *words)


def test_a_late_reply_is_shown_with_due_lateness_and_who_answers(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stderr
    for words in ("reply", "late", "30 min", "Holder A"):
        assert words in done.stdout
    assert "2 events read: 2 judged" in done.stderr
    assert "knowledge assumed immediate: 2 events" in done.stderr


def test_jsonl_names_rule_clause_evidence_reckoning_and_holder(folder: Path) -> None:
    (line,) = run(folder, "--format", "jsonl").stdout.splitlines()
    finding = json.loads(line)
    assert finding["rule"] == "reply"
    assert finding["clause"] == "Freedom of Information Act 2000, s 10"
    assert finding["due"] == "2026-03-02T11:00:00Z"
    assert finding["evidence"] == ["e1", "e2"]
    assert finding["reckoning"][0] == "starts 2026-03-02 09:00 (Europe/London)"
    assert finding["answers"][0]["holder"] == "Holder A"
    assert finding["version"].startswith("undated#")


def test_findings_make_1_only_where_asked(folder: Path) -> None:
    assert run(folder).returncode == 0
    assert run(folder, "--fail-on", "findings").returncode == 1
    (folder / "log.jsonl").write_text(RECEIVED + "\n" + event(2, "reply.sent", "case/1", "2026-03-02T11:00:00Z") + "\n")
    assert run(folder, "--fail-on", "findings").returncode == 0


def test_refused_events_make_3_and_go_to_the_dead_letters_with_line_and_reason(folder: Path) -> None:
    bad = [
        "not json",
        event(3, "reply.snt", "case/1", "2026-03-02T10:00:00Z"),
        event(4, "reply.sent", "case/1", "2026-03-02T10:00:00"),
        event(2, "reply.sent", "case/9", "2026-03-02T11:30:00Z"),
        SENT_LATE,
    ]
    (folder / "log.jsonl").write_text("\n".join([RECEIVED, SENT_LATE, *bad]) + "\n")
    done = run(folder)
    letters = [json.loads(line) for line in (folder / "dead-letters.jsonl").read_text().splitlines()]
    assert done.returncode == 3
    assert [(x["origin"], x["check"]) for x in letters] == [
        ("log.jsonl:3", "malformed-json"),
        ("log.jsonl:4", "unknown-type"),
        ("log.jsonl:5", "no-zone"),
        ("log.jsonl:6", "conflicting-duplicate"),
    ]
    assert "1 duplicates, 4 refused" in done.stderr
    said = done.stderr.partition("refused events and reasons: dead-letters.jsonl\n")[2].splitlines()
    assert [line.split(": ")[:2] for line in said] == [[f"  {x['origin']}", x["check"]] for x in letters]
    assert said[1] == "  log.jsonl:4: unknown-type: no event type is named `reply.snt`; did you mean `reply.sent`?"
    assert "30 min" in done.stdout


def test_of_many_that_one_check_refuses_the_first_is_told(folder: Path) -> None:
    (folder / "log.jsonl").write_text("\n".join([RECEIVED, "not json", "{", "{"]) + "\n")
    done = run(folder)
    (said,) = [line for line in done.stderr.splitlines() if "malformed-json" in line]
    assert said == "  log.jsonl:2: malformed-json: invalid character (byte 4); write one whole JSON object a line (and 2 more)"


def test_undeclared_fields_reach_neither_findings_nor_dead_letters(folder: Path) -> None:
    (folder / "log.jsonl").write_text(
        event(1, "request.received", "case/1", "2026-03-02T09:00:00Z", unit="office", phone="555-0100") + "\n"
        + event(2, "reply.sent", "case/1", "2026-03-02T09:00:00", phone="555-0100") + "\n")
    done = run(folder, "--format", "jsonl", "--ledger", "ledger.sqlite")
    assert done.returncode == 3
    for file in ("dead-letters.jsonl", "ledger.sqlite"):
        assert b"555-0100" not in (folder / file).read_bytes()
    assert "555-0100" not in done.stdout + done.stderr


def test_the_same_run_again_adds_nothing_to_the_ledger(folder: Path) -> None:
    first, again = run(folder, "--ledger", "ledger.sqlite"), run(folder, "--ledger", "ledger.sqlite")
    assert "ledger: 1 raised, 0 revised, 0 withdrawn" in first.stderr
    assert "ledger: 0 raised, 0 revised, 0 withdrawn" in again.stderr
    assert "2 entries, none changed" in accountability(folder, "ledger", "ledger.sqlite").stdout


def test_an_earlier_clock_on_the_same_ledger_is_refused_with_the_way_out(folder: Path) -> None:
    run(folder, "--ledger", "ledger.sqlite")
    done = accountability(
        folder, "run", "replies.yaml", "--events", "log.jsonl", "--at", "2026-03-01T00:00:00Z", "--ledger", "ledger.sqlite"
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_knowledge_is_cut_at_known_at(folder: Path) -> None:
    (folder / "log.jsonl").write_text(
        RECEIVED + "\n" + json.dumps(json.loads(SENT_LATE) | {"recordedtime": "2026-03-05T00:00:00Z"}) + "\n"
    )
    known_then, known_later = (
        run(folder, "--format", "jsonl"),
        run(folder, "--format", "jsonl", "--known-at", "2026-03-06T00:00:00Z"),
    )
    assert json.loads(known_then.stdout)["status"] == "missed"
    assert json.loads(known_later.stdout)["status"] == "late"
    assert "1 judged, 0 of types that no rule knows, 0 duplicates, 0 refused, 1 recorded or happening later" in known_then.stderr


def test_a_unit_that_the_organisation_does_not_know_is_pointed_out(folder: Path) -> None:
    assert "knows no unit" not in run(folder).stderr
    (folder / "log.jsonl").write_text(event(1, "request.received", "case/1", "2026-03-02T09:00:00Z", unit="elsewhere") + "\n")
    assert "the organisation knows no unit `elsewhere`, so nobody is named" in run(folder).stderr


@pytest.mark.parametrize(("words", "said"), [
    (("run", "replies.yaml", "--events", "log.jsonl", "--at", "2026-03-03 00:00"), "no instant with a zone"),
    (("run", "nowhere", "--events", "log.jsonl", "--at", AT), "nowhere:1:1: no-pack: there is no such file or folder"),
    (("run", "replies.yaml", "--events", "nowhere.jsonl", "--at", AT), "nowhere.jsonl"),
    (("run", "replies.yaml"), "Missing option"),
    (("run", "replies.yaml", "--events", "log.jsonl", "--at", AT, "--limit", "-1"), "greater than or equal to 0"),
    (("ledger", "nowhere.sqlite"), "nowhere.sqlite:1:1: no-ledger: there is no such file"),
    (("check", "org.yaml"), "org.yaml:1:1: unknown-key: a rule file has no key `units`"),
])
def test_what_a_person_can_mend_ends_with_2_and_words(words: tuple[str, ...], said: str, folder: Path) -> None:
    done = accountability(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_check_names_every_mistake_at_once(folder: Path) -> None:
    (folder / "replies.yaml").write_text(PACK.replace("reply.sent\n", "reply.snt\n").replace("within: 2h", "within: soon"))
    done = accountability(folder, "check", "replies.yaml")
    assert done.returncode == 2
    assert (
        "replies.yaml:14:11: unknown-event: no event type is named `reply.snt`; did you mean `reply.sent`?"
        in done.stderr.splitlines()
    )
    assert any(line.startswith("replies.yaml:16:13: unknown-name: `soon`") for line in done.stderr.splitlines())


def test_doctor_says_which_matcher_is_at_work(folder: Path) -> None:
    done = accountability(folder, "doctor")
    assert done.returncode == 0
    assert "rule matcher: " in done.stdout
    assert re.search(r"^engine: (run from source|compiled)$", done.stdout, re.MULTILINE)


def test_doctor_names_every_optional_package(folder: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {line.split(" ")[0].rstrip(":") for line in accountability(folder, "doctor").stdout.splitlines()}
    wanted = {re.split("[><=]", package)[0] for extra in ("calendars", "columnar", "solver") for package in extras[extra]}
    assert wanted <= named


def test_a_scenario_that_disagrees_is_shown_and_makes_1(folder: Path) -> None:
    pack = folder / "pack"
    (pack / "scenarios").mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK)
    scenario = """\
scenario: late
organisation: ../../org.yaml
events:
  - {at: 2026-03-02 09:00, request.received: case/1, unit: office}
checkpoints:
  - as of: 2026-03-03 00:00
    findings: [{rule: reply, about: case/1, status: STATUS}]
"""
    (pack / "scenarios" / "late.yaml").write_text(scenario.replace("STATUS", "missed"))
    assert accountability(folder, "test", "pack").returncode == 0
    (pack / "scenarios" / "late.yaml").write_text(scenario.replace("STATUS", "late"))
    done = accountability(folder, "test", "pack")
    assert done.returncode == 1
    assert "expected and not found: rule: reply, about: case/1, status: late" in done.stdout
    assert "found and not expected: reply, case/1, missed" in done.stdout


def test_org_tells_when_nobody_held_a_post_and_writes_the_organisation_in_other_forms(folder: Path) -> None:
    (folder / "org.yaml").write_text(ORG.replace("from: 2020-01-01", "from: 2020-01-01, to: 2021-01-01"))
    done = accountability(folder, "org", "org.yaml", "--timezone", "Europe/London", "--write", "org.jsonld")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "office: nobody from 2021-01-01 on: `office/head` vacant",
        "org.yaml: 1 units, 1 posts, 1 tenures, 0 lines; 1 gaps in head"]
    assert accountability(folder, "org", "org.jsonld", "--write", "sheets", "--to", "2020-06-01").stdout == (
        "org.jsonld: 1 units, 1 posts, 1 tenures, 0 lines; 0 gaps in head\n")
    assert accountability(folder, "org", "sheets", "--role", "clerk", "--from", "2026-01-01").stdout.splitlines() == [
        "office: nobody from 2026-01-01 on: no such post", "sheets: 1 units, 1 posts, 1 tenures, 0 lines; 1 gaps in clerk"]


def test_org_shows_days_in_the_zone_of_the_file_unless_another_is_asked_for(folder: Path) -> None:
    ended = ORG.replace("from: 2020-01-01", "from: 2020-01-01, to: 2021-01-01")
    (folder / "org.yaml").write_text(f"timezone: Asia/Shanghai\n{ended}")
    shown = [accountability(folder, "org", "org.yaml", *words).stdout.splitlines()[0] for words in (
        ("--from", "2021-01-01"), ("--timezone", "UTC"))]
    assert shown == ["office: nobody from 2021-01-01 on: `office/head` vacant",
                     "office: nobody from 2020-12-31T16:00:00+00:00 on: `office/head` vacant"]


@pytest.mark.parametrize(("words", "said"), [
    (("--timezone", "Mars"), "--timezone:1:1: unknown-zone: `Mars` is no time zone"),
    (("--from", "soon"), "--from:1:1: not-a-date: `soon` is no day"),
    (("--from", "2026-03-01", "--to", "2026-01-01"), "--to:1:1: ends-before-start: `2026-01-01` is not after `2026-03-01`"),
    (("--from", "2026-03-01", "--to", "2026-03-01"), "--to:1:1: ends-before-start: `2026-03-01` is not after `2026-03-01`"),
    (("--timezone", "UTC", "--role", "head"), ""),
])
def test_org_says_what_is_wrong_with_its_options(words: tuple[str, ...], said: str, folder: Path) -> None:
    done = accountability(folder, "org", "org.yaml", *words)
    assert done.returncode == (2 if said else 0)
    assert done.stderr.startswith(said)


def test_check_warns_of_vacancies_with_their_dates(folder: Path) -> None:
    pack = folder / "pack"
    pack.mkdir()
    (pack / "pack.yaml").write_text(PACK)
    (pack / "organisation.yaml").write_text(ORG.replace("from: 2020-01-01}]", "from: 2020-01-01, to: 2021-01-01},") + """\
  {post: office/head, vacant: yes, from: 2021-01-01, to: 2021-02-01},
  {post: office/head, holder: Holder B, from: 2021-02-01}]
""")
    done = accountability(folder, "check", "pack")
    assert done.returncode == 0
    assert done.stdout == "pack: 1 rules, nothing wrong, 1 warnings\n"
    assert done.stderr == (
        "pack/organisation.yaml:1:9: vacancy: as `head` of `office`, nobody from 2021-01-01 to 2021-02-01: `office/head` vacant; "
        "enter who holds it or acts in it; until then findings name the post and nobody (warning)\n")


def test_show_says_every_rule_and_what_it_names(folder: Path) -> None:
    sentence = "When “request.received” occurs, the unit that “unit” names shall, within 2 hours, bring about “reply.sent”"
    whole, alone = accountability(folder, "show", "replies.yaml"), accountability(folder, "show", "replies.yaml", "--rule", "reply")
    assert (whole.returncode, alone.returncode) == (0, 0)
    assert sentence in whole.stdout
    assert sentence in alone.stdout
    assert whole.stdout.startswith("# “replies”")
    assert alone.stdout.startswith("### “reply”")
    chinese = accountability(folder, "show", "replies.yaml", "--lang", "zh").stdout
    assert "发生“request.received”的，“unit”所指单位应当在2小时内完成同一“case”的“reply.sent”。" in chinese


def test_show_knows_only_rules_of_the_pack_and_writes_a_page_into_folders(folder: Path) -> None:
    done = accountability(folder, "show", "replies.yaml", "--rule", "replay")
    assert done.returncode == 2
    assert done.stderr == "replies.yaml:1:1: unknown-rule: the pack has no rule `replay`; did you mean `reply`?\n"
    assert accountability(folder, "show", "replies.yaml", "--readme").returncode == 2
    (folder / "pack").mkdir()
    (folder / "pack" / "pack.yaml").write_text(PACK)
    assert accountability(folder, "show", "pack", "--readme").stdout.startswith("pack/README.md: 1 rules")
    page = (folder / "pack" / "README.md").read_text(encoding="utf-8")
    assert page.index("应当在2小时内") < page.index("shall, within 2 hours")


def test_schema_prints_the_spelling_that_is_asked_for(folder: Path) -> None:
    printed = {lang: accountability(folder, "schema", "--lang", lang).stdout for lang in ("zh", "en", "both")}
    properties = {lang: json.loads(text)["properties"] for lang, text in printed.items()}
    assert {"规则包", "规则"} <= properties["zh"].keys()
    assert {"pack", "rules"} <= properties["en"].keys()
    assert properties["both"].keys() == properties["zh"].keys() | properties["en"].keys()
    assert not properties["zh"].keys() & properties["en"].keys()
