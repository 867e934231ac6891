"""The plan for a pack: what it says of real packs, and that it says of all rules and event types what sieve and horizon do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from accountability.cli import app
from accountability.cli.opening import mapping_of, organisation_of
from accountability.engine.columnar.sieve import Sieve
from accountability.engine.live import Engine
from accountability.engine.plan import Plan, Share, Way, plan
from accountability.engine.settled import rules_letting_go
from accountability.organisation import Organisation
from accountability.policy import read_rules
from accountability.policy.pack import read_rules_text

RULES = Path(__file__).resolve().parents[3] / "rules"
PACKS = sorted(path.parent for path in RULES.glob("*/pack.yaml"))
PACK = """\
pack: replies
timezone: Europe/London
CALENDAR
sources: {act: {title: An act}}
responsibility: {head: {roles: [head], source: act}}
vocabulary:
  request.received: {raises a case: yes, case: case, unit: unit}
  letter.received: {raises a case: yes, case: case, unit: unit}
  reply.sent: {case: case, ok: 'yes or no, optional'}
  notice.sent: {case: case, unit: unit}
  desk.opened: {unit: unit}
rules:
  - duty: reply
    source: act
    when: request.received or letter.received
    bearer: unit
    must: reply.sent
    same: case
    within: 5 days
CLOCK
  - threshold: often
    source: act
    count: breach of reply
    per: unit
    within: calendar year
    reaches: 2
    fires: each
"""
EVERY_NOTICE = """\
  - prohibition: notice
    source: act
    when: notice.sent
    bearer: unit
"""
EVERY_LETTER = """\
  - duty: notice of a letter
    source: act
    when: letter.received
    bearer: unit
    must: notice.sent
    same: case
    within: 30 days
    report: all
"""
ASKING = """\
  - prohibition: notice
    source: act
    when: notice.sent
    where: no breach of reply of the same case
    bearer: unit
"""


def of_pack(name: str) -> Plan:
    folder = RULES / name
    policy = read_rules(folder)
    return plan(policy, organisation_of(folder, None, policy), mapping=mapping_of(folder, policy) is not None)


def of_text(*more: str, clock: str = "", calendar: str = "") -> Plan:
    text = PACK.replace("CLOCK\n", clock).replace("CALENDAR\n", calendar) + "".join(more)
    if "notice.sent" not in "".join(more):
        text = text.replace("  notice.sent: {case: case, unit: unit}\n", "")
    return plan(read_rules_text(text), Organisation.empty())


def ways(found: Plan) -> dict[str, tuple[Way, str | None]]:
    return {rule.rule: (rule.way, rule.because) for rule in found.rules}


def stays(found: Plan) -> dict[str, str | None]:
    return {rule.rule: rule.stays for rule in found.rules}


def given(found: Plan) -> dict[str, tuple[Share, str]]:
    return {type_.type: (type_.share, type_.because) for type_ in found.types}


def test_a_plain_duty_is_judged_by_columns_and_let_go() -> None:
    found = of_pack("periodic-duties")
    assert ways(found)["publicity after the meeting"] == (Way.COLUMNS, None)
    assert stays(found)["publicity after the meeting"] is None
    assert given(found)["meeting.concluded"] == (
        Share.SOME, "those of `publicity after the meeting` that columns are not certain of; "
                    "those of `sweep after the meeting` that columns are not certain of")
    assert ways(found)["commitment without a day"] == (
        Way.ENGINE, "is started by `commitment.made`, all of which the engine needs")
    assert given(found)["commitment.made"] == (
        Share.ALL, "`commitment with a day` has a due or a key of its own for each trigger")


def test_a_duty_with_pauses_is_followed_case_by_case() -> None:
    found = of_pack("us-foia")
    assert ways(found)["determination"] == (
        Way.ENGINE, "follows each of its cases step by step, for it has «pauses» and «extension»")
    assert stays(found)["answer to a contested finding"] is None


def test_a_duty_that_may_be_sent_back_stays_behind_a_horizon() -> None:
    found = of_pack("hazards")
    assert stays(found)["rectification"] == "lets what was done be sent back"


def test_joined_rules_are_given_to_the_rule_matcher() -> None:
    found = {rule.rule: rule for rule in of_pack("conduct").rules}
    assert found["aggravation"].joins
    assert found["aggravation"].because == "joins its trigger with something else"
    assert not found["conduct"].joins
    assert found["conduct"].because == "is neither a duty nor a threshold"


def test_of_a_pack_with_a_mapping_the_engine_judges_everything() -> None:
    found = of_pack("boston-311")
    assert {*ways(found).values()} == {(Way.ENGINE, "is in a pack with a mapping")}
    assert {*given(found).values()} == {(Share.ALL, "the pack has a mapping")}


def test_each_comes_behind_what_it_waits_for() -> None:
    assert [rule.rule for rule in of_text().rules] == ["reply", "often"]
    assert of_text().rules[1].waits_for == ("breach of reply",)
    assert ways(of_text()) == {"reply": (Way.COLUMNS, None), "often": (Way.COLUMNS, None)}


def test_all_events_go_to_a_rule_that_applies_to_each() -> None:
    found = of_text(EVERY_NOTICE)
    assert given(found)["notice.sent"] == (Share.ALL, "`notice` applies to each of them")
    assert ways(found)["notice"] == (Way.ENGINE, "is neither a duty nor a threshold")


def test_an_event_type_that_no_rule_asks_about_is_not_read() -> None:
    assert given(of_text())["desk.opened"] == (Share.NONE, "no rule asks about it")


def test_what_is_started_by_events_that_all_go_to_the_engine_is_judged_there() -> None:
    found = of_text(EVERY_LETTER)
    assert given(found)["letter.received"] == (Share.ALL, "`notice of a letter` reports what is met")
    assert given(found)["request.received"] == (Share.SOME, "those of `reply` that columns are not certain of")
    assert ways(found)["reply"] == (Way.BOTH, "is started by `letter.received`, too, all of which the engine needs")
    assert ways(found)["often"] == (Way.BOTH, "waits for what the engine concludes")
    both = of_text(EVERY_LETTER, EVERY_LETTER.replace("letter", "request"))
    assert ways(both)["reply"] == (
        Way.ENGINE, "is started by `request.received` and `letter.received`, all of which the engine needs")
    assert ways(both)["often"] == (Way.ENGINE, "waits for what the engine concludes")
    assert given(both)["reply.sent"] == (Share.SOME, "those that may meet `reply`")


def test_what_a_condition_asks_about_is_only_in_part_judged_by_columns() -> None:
    found = of_text(ASKING)
    assert ways(found)["reply"] == (Way.BOTH, "is asked about by a condition")
    assert ways(found)["often"] == (Way.ENGINE, "waits for what the engine concludes")
    assert stays(found)["reply"] == "is asked about by a condition of `notice`"


def test_a_clock_that_starts_later_leaves_late_acts_to_the_engine() -> None:
    hours = "calendar: weekdays\nbusiness hours: {from: 09:00, to: 17:00}\n"
    found = of_text(clock="    clock starts: next working day\n", calendar=hours)
    assert ways(found)["reply"][0] is Way.BOTH
    assert "clock" in (ways(found)["reply"][1] or "")
    assert ways(found)["often"] == (Way.ENGINE, "waits for what the engine concludes")
    assert given(found)["reply.sent"] == (Share.SOME, "those of `reply` that are not surely in time")


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_every_rule_and_every_event_type_has_its_way_or_a_reason(pack: Path) -> None:
    policy = read_rules(pack)
    organisation = organisation_of(pack, None, policy)
    found, sieve, gone = plan(policy, organisation), Sieve(policy, organisation), rules_letting_go(policy)
    assert [rule.rule for rule in found.rules] == [rule.name for rule in policy.judged]
    assert [type_.type for type_ in found.types] == [*policy.vocabulary]
    decided = {watch.rule.name for watch in sieve.decided}
    for rule, planned in zip(policy.judged, found.rules, strict=True):
        assert (planned.stays is None) == (rule.index in gone)
        assert (planned.because is None) == (planned.way is Way.COLUMNS)
        assert planned.way is not Way.COLUMNS or rule.name in decided
        if rule.name in sieve.left and planned.way is Way.ENGINE and not (planned.because or "").startswith("is started by"):
            assert planned.because == sieve.left[rule.name]
    held = Engine(policy, organisation).held_types
    for type_ in found.types:
        assert (type_.stays is None) == (type_.type not in held)
        assert type_.because
        assert type_.type not in sieve.whole or (type_.share, type_.because) == (Share.ALL, sieve.whole[type_.type])
        assert (type_.share is Share.NONE) == (type_.type not in sieve.types)


def accountability(*words: str, columns: int = 600) -> str:
    done = CliRunner().invoke(app, ["plan", *words], env={"COLUMNS": str(columns), "TERM": "dumb"})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_table_says_whole_sentences() -> None:
    said = accountability(str(RULES / "conduct"))
    for words in ("answer to a contested finding", "by the engine and the rule matcher: it joins its trigger with something else",
                  "kept: it asks about what may become known later", "only those to which `pushing upward` may apply",
                  "all: `appeal` follows each of its cases step by step; also for "):
        assert words in said


def test_a_narrow_terminal_loses_nothing() -> None:
    said = accountability(str(RULES / "safeguards"), columns=40)
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if line.startswith("│")]
    assert "answertoacontestedfinding" in "".join(row[0] for row in cells if len(row) == 3).replace(" ", "")
    assert "conduct.finding_upheld" in "".join(row[0] for row in cells if len(row) == 3)
    assert max(map(len, said.splitlines())) <= 40


def test_programs_get_one_object_a_line() -> None:
    said = accountability(str(RULES / "hazards"), "--format", "jsonl")
    found: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines()]
    rules = {one["rule"]: one for one in found if "rule" in one}
    assert rules["rectification"]["let_go"] is False
    assert rules["rectification"]["stays"] == "lets what was done be sent back"
    assert rules["answer to a contested finding"] == {
        "rule": "answer to a contested finding", "kind": "duty", "draft": False,
        "waits_for": ["finding.contested", "contest.answered"], "judged": "by columns", "because": None, "matcher": False,
        "let_go": True, "stays": None}
    (contested,) = [one for one in found if one.get("type") == "finding.contested"]
    assert (contested["given"], contested["rules"]) == ("some", ["answer to a contested finding"])


def test_it_is_said_what_stands_in_the_way_of_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text("""\
units: [{id: office, name: Office, level: department}]
posts: [{id: office/head, unit: office, role: head, rank: 1}]
tenures: [{post: office/head, holder: Holder A, from: 2020-01-01, recorded: 2026-05-04T09:00:00Z}]
""")
    without = "import sys; sys.modules['numpy'] = None; from accountability.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", without, "plan", str(RULES / "safeguards"), "--org", str(tmp_path / "org.yaml")],
                          capture_output=True, text=True, timeout=120, check=True)
    assert "numpy is not installed" in done.stderr
    assert "before that, no horizon lets go of anything" in done.stderr
    assert "2026-05-04" in done.stderr
