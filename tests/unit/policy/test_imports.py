"""A pack that imports another one: its rules hold, and whoever looks at the pack alone does not see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accountability.errors import RuleFileError
from accountability.organisation import Organisation
from accountability.policy import read_rules, read_rules_text
from accountability.policy.files import files_of, rule_files
from accountability.policy.rendering.pack import readme, show_pack
from accountability.policy.tracing import uses_of
from accountability.semantics import judge
from accountability.testing import reach

MINE = """\
pack: mine
timezone: Europe/London
imports: ../theirs
sources: {law: A law}
vocabulary:
  step.missed: {case: case from subject, unit: unit}
rules:
  - prohibition: missing a step
    source: law
    when: step.missed
    bearer: unit
"""
THEIRS = """\
pack: theirs
timezone: Asia/Shanghai
imports: [../mine, ../third]
sources: {order: An order}
vocabulary:
  register.altered: {case: case from subject, unit: unit}
rules:
  - prohibition: altering the register
    source: order
    when: register.altered
    bearer: unit
"""
THIRD = "pack: third\ntimezone: UTC\nrules: []\n"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    for name, text in (("mine", MINE), ("theirs", THEIRS), ("third", THIRD)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_imported_rules_hold_and_each_pack_is_read_once(packs: Path) -> None:
    policy = read_rules(packs / "mine")
    assert [rule.name for rule in policy.rules] == ["missing a step", "altering the register"]
    assert policy.imports == ("theirs", "third")
    assert [name for name, _ in files_of(packs / "mine")] == ["pack.yaml", "../theirs/pack.yaml", "../third/pack.yaml"]
    assert rule_files(packs / "mine") == [packs / "mine" / "pack.yaml"]
    assert str(policy.zone) == "Europe/London"


def test_whoever_looks_at_one_pack_does_not_see_what_it_imports(packs: Path) -> None:
    policy = read_rules(packs / "mine")
    assert [rule.name for rule in policy.own.rules] == ["missing a step"]
    assert [*policy.own.sources] == ["law"]
    assert [*policy.own.vocabulary] == ["step.missed"]
    assert [use.rule for use in uses_of(policy)] == ["missing a step"]
    assert {goal.rule for goal in reach(policy, [])} == {"missing a step"}
    assert "altering the register" in show_pack(policy, "en")
    assert "altering the register" not in readme(policy)
    assert "The rules of “theirs” and “third” hold here too." in readme(policy)


def test_a_change_in_an_imported_pack_is_a_change_of_the_policy(packs: Path) -> None:
    before = read_rules(packs / "mine").digest
    (packs / "theirs" / "pack.yaml").write_text(THEIRS.replace("An order", "Another order"), encoding="utf-8")
    assert read_rules(packs / "mine").digest != before
    assert judge(read_rules(packs / "mine"), Organisation.empty(), [], at=datetime(2026, 1, 1, tzinfo=UTC)).findings == ()


def test_a_text_alone_imports_nothing() -> None:
    with pytest.raises(RuleFileError, match=r"rules\.yaml:3:10: unknown-import: what the pack imports is not there"):
        read_rules_text(MINE)


@pytest.mark.parametrize("line", ["calendar: CN", "roll: yes", "effective: {from: 2026-01-01}", "unknown events: ignore",
                                  "business hours: {from: 08:30, to: 17:00}"])
def test_what_a_head_sets_for_all_rules_would_be_lost(packs: Path, line: str) -> None:
    (packs / "theirs" / "pack.yaml").write_text(THEIRS.replace("sources:", line + "\nsources:"), encoding="utf-8")
    with pytest.raises(RuleFileError, match="import-loses-default: an imported pack sets `" + line.partition(":")[0]):
        read_rules(packs / "mine")


def test_a_name_that_both_packs_declare_is_refused(packs: Path) -> None:
    (packs / "theirs" / "pack.yaml").write_text(THEIRS.replace("order: An order", "law: Another law").replace("source: order",
                                                                                                          "source: law"))
    with pytest.raises(RuleFileError, match=r"theirs/pack\.yaml:4:16: duplicate-name: the source `law` is declared twice, first at "
                       r".*mine/pack\.yaml:4:16; keep one"):
        read_rules(packs / "mine")


def test_the_one_file_of_a_pack_may_stand_for_its_folder(packs: Path) -> None:
    assert [rule.name for rule in read_rules(packs / "mine" / "pack.yaml").rules] == ["missing a step", "altering the register"]


@pytest.mark.parametrize("name", ["pack.yaml", "more.yaml"])
def test_one_file_of_several_is_refused_and_the_folder_named(packs: Path, name: str) -> None:
    (packs / "mine" / "more.yaml").write_text("rules: []\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=rf"mine/{name}:1:1: no-pack: .*; name the folder: `{re.escape(str(packs / 'mine'))}`$"):
        read_rules(packs / "mine" / name)


def test_a_file_with_a_head_of_its_own_is_a_pack_beside_another_one(packs: Path) -> None:
    (packs / "mine" / "other.yaml").write_text(THIRD, encoding="utf-8")
    assert read_rules(packs / "mine" / "other.yaml").pack == "third"
