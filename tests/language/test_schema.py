"""The JSON Schema of rule files: it takes what the reader takes, and underlines what an editor can know to be wrong."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from jsonschema import Draft202012Validator

from accountability.document import Mapping, Node, Scalar, parse
from accountability.errors import RuleFileError
from accountability.policy import read_rules_text
from accountability.policy.forms import Either, Form, Many, Record
from accountability.policy.hints import HINTS
from accountability.policy.keywords import ENGLISH, WORDS
from accountability.policy.kinds import FORMS, KINDS
from accountability.policy.schema import Spelling, schema
from accountability.policy.sections import FILE
from accountability.policy.spelling import translate
from accountability.testing.rule_texts import rule_texts

ROOT = Path(__file__).resolve().parents[2]
NOT_RULES = ("organisation.yaml", "mapping.yaml")
FILES = sorted(ROOT.glob("tests/language/accepted/*.yaml")) + sorted(
    p for p in ROOT.glob("rules/*/*.yaml") if p.name not in NOT_RULES)
SPELLINGS: tuple[Spelling, ...] = ("en", "zh", "both")


@cache
def validator(spelling: Spelling) -> Draft202012Validator:
    return Draft202012Validator(schema(spelling))


def core(node: Node) -> Any:
    """The value that a YAML 1.2 language server makes of a tree (its core schema)."""
    if isinstance(node, Mapping):
        return {k.text: core(v) for k, v in node.entries}
    if not isinstance(node, Scalar):
        return [core(item) for item in node.items]
    if node.quoted:
        return node.text
    if node.text in ("", "~", "null", "Null", "NULL"):
        return None
    if re.fullmatch("true|True|TRUE|false|False|FALSE", node.text):
        return node.text.lower() == "true"
    if re.fullmatch("[-+]?[0-9]+", node.text):
        return int(node.text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", node.text):
        return float(node.text)
    return int(node.text, 0) if re.fullmatch("0o[0-7]+|0x[0-9a-fA-F]+", node.text) else node.text


def plain(node: Node) -> Any:
    """The same, with every value as its author wrote it."""
    if isinstance(node, Mapping):
        return {k.text: plain(v) for k, v in node.entries}
    return node.text if isinstance(node, Scalar) else [plain(item) for item in node.items]


def underlined(text: str, spelling: Spelling = "both") -> list[str]:
    """What an editor would underline in *text*: the places, by their keys."""
    return [e.json_path for e in validator(spelling).iter_errors(core(parse(text, "t.yaml")))]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_is_a_schema(spelling: Spelling) -> None:
    Draft202012Validator.check_schema(schema(spelling))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_is_accepted_is_not_underlined(path: Path) -> None:
    assert underlined(path.read_text(encoding="utf-8-sig")) == []


def test_what_asks_for_nothing_is_underlined() -> None:
    """Where the reader refuses it: at every key under which nothing stands."""
    path = ROOT / "tests/language/rejected/asks_for_nothing.yaml"
    said = {line.split("`")[1] for line in path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()}
    assert {re.split(r"[.'\]]+", place.rstrip("']"))[-1] for place in underlined(path.read_text(encoding="utf-8"))} == said


@given(rule_texts())
@settings(deadline=None)
def test_no_rule_file_is_underlined(text: str) -> None:
    """Every rule file that is read is valid in English and in Chinese, by the schema of its spelling and by that of both."""
    try:
        read_rules_text(text)
    except RuleFileError:
        assume(False)
    chinese = translate(text, "zh")
    assert underlined(text, "en") == underlined(text) == underlined(chinese, "zh") == underlined(chinese) == []


@given(rule_texts())
@settings(deadline=None)
def test_the_other_spelling_is_underlined_where_only_one_is_wanted(text: str) -> None:
    """By the schema of one spelling, a file in the other is invalid."""
    assert underlined(text, "zh") != []
    assert underlined(translate(text, "zh"), "en") != []


PACK = """\
pack: replies
timezone: Asia/Shanghai
sources: {act: An act}
vocabulary:
  asked: {raises a case: yes, case: case from subject, unit: unit, place: [city, 省会]}
  replied: {case: case from subject, unit: unit}
responsibility: {head: {roles: [head]}}
rules:
  - duty: reply
    source: act
    when: asked
    bearer: unit
    must: replied
    same: case
    within: 2h
    again: new
    answers: {head: at due}
  - 阈值: often
    依据: act
    计数: 违反 reply
    按: unit
    时限: 30天 按时刻滚动
    达到: 3
    触发方式: 首次达到
  - effect: card
    source: act
    when: finding of often
    propose: a card
    on: [unit, head at trigger]
    decided by: replied
    same: unit
    standing: {term: 6 months, bars: [award]}
"""


def test_the_copy_in_the_reference_is_current() -> None:
    copy = (ROOT / "docs" / "reference" / "rule-file.schema.json").read_text(encoding="utf-8")
    assert json.loads(copy) == schema(), "run `accountability schema > docs/reference/rule-file.schema.json`"


def test_the_guide_names_the_schema_and_shows_a_valid_file() -> None:
    page = (ROOT / "docs" / "how-to" / "editor.md").read_text(encoding="utf-8")
    (shown,) = re.findall("^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert shown.startswith("# yaml-language-server: $schema=../rule-file.schema.json\n")
    assert underlined(shown) == []
    (wanted,) = re.findall("^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert [*json.loads(wanted)["yaml.schemas"]] == ["./rule-file.schema.json"]
    assert {*re.findall(r"^accountability (\w+)", page, re.MULTILINE)} == {"schema"}
    for link in re.findall(r"\]\(([^)#]+)\)", page):
        assert (ROOT / "docs" / "how-to" / link).exists(), link


def test_the_example_is_valid() -> None:
    assert underlined(PACK) == []
    assert list(validator("both").iter_errors(plain(parse(PACK, "t.yaml")))) == []


@pytest.mark.parametrize(("right", "wrong", "place"), [
    ("    when: asked\n", "    wenn: asked\n", "rules[0]"),  # an unknown key, and one that lacks
    ("    again: new\n", "    again: never\n", "rules[0]"),
    ("    触发方式: 首次达到\n", "    触发方式: 每回\n", "rules[1]"),
    ("    触发方式: 首次达到\n", "", "rules[1]"),
    ("    must: replied\n", "", "rules[0]"),
    ("    source: act\n    when: asked", "    source: [act]\n    when: asked", "rules[0]"),
    ("达到: 3", "达到: 三", "rules[1]"),
    ("    again: new\n", "    again: new\n    breach: {points: 2.5}\n", "rules[0]"),
    ("{head: at due}", "{head: when due}", "rules[0]"),
    ("case: case from subject, unit: unit, place", "case: person from subject, unit: unit, place", "vocabulary"),
    ("raises a case: yes", "raises a case: maybe", "vocabulary"),
    ("30天 按时刻滚动", "30天", "rules[1]"),
    ("standing: {term: 6 months, bars: [award]}", "standing: {bars: [award]}", "rules[2]"),
    ("    same: unit\n    standing", "    same: unit\n    ended by: replied\n    standing", "rules[2]"),
    ("timezone: Asia/Shanghai\n", "", "$"),
    ("{roles: [head]}", "{role: [head]}", "responsibility"),
    ("  - duty: reply\n", "  - dutty: reply\n", "rules[0]"),
    ("within: 2h", "within: 2", "rules[0]"),
    ("pack: replies\n", "pack: replies\npak: x\n", "$"),
    ("pack: replies\n", "pack: replies\neffective: {from: 1 March}\n", "effective"),
])
def test_what_is_wrong_is_underlined_where_it_is(right: str, wrong: str, place: str) -> None:
    assert right in PACK
    found = underlined(PACK.replace(right, wrong, 1))
    assert found
    assert all(place in path for path in found), found


def places(form: Form, place: str) -> list[tuple[str, str]]:
    """Every key of *form* with the key that it stands under."""
    match form:
        case Record():
            below = [(place, k) for k in (*form.keys, *form.prefixed)]
            for key, inner in (*form.keys.items(), *form.prefixed.items()):
                below += places(inner, key)
            return below + (places(form.rest, place) if form.rest is not None else [])
        case Many(of=of):
            return places(of, place)
        case Either(scalar=scalar, other=other):
            return places(scalar, place) + places(other, place)
        case _:
            return []


def test_every_key_has_its_hint_and_every_hint_its_key() -> None:
    forms = [*((k.word, k.form) for k in KINDS), *FORMS.items()]
    known = {*places(FILE, "file"), ("file", "rules"), *(p for word, form in forms for p in places(form, word))}
    missing = {f"{place}.{key}" for place, key in known if f"{place}.{key}" not in HINTS and key not in HINTS}
    assert missing == set(), "say in `policy/hints.py` what an author may write there"
    used = {k for place, key in known for k in (key, f"{place}.{key}")}
    assert {h for h in HINTS if h not in used} == set()
    assert {h.rpartition(".")[2] for h in HINTS} <= WORDS.keys()
    assert [h for h, (english, chinese) in HINTS.items() if not english.isascii() or chinese.isascii()] == []


def test_hints_are_in_the_language_of_the_schema() -> None:
    def described(found: object) -> list[str]:
        if isinstance(found, dict):
            own = [found["description"]] if isinstance(found.get("description"), str) else []
            return own + [d for v in found.values() for d in described(v)]
        return [d for v in found for d in described(v)] if isinstance(found, list) else []
    assert len(described(schema("en"))) > 150
    assert [d for d in described(schema("en")) if not d.isascii()] == []
    assert not any(d.isascii() for d in described(schema("zh")))
    assert all("\n\n" in d for d in described(schema("both")))
    assert set(schema("zh")["properties"]) <= set(ENGLISH)
