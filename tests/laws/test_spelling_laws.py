"""Laws of the two spellings: a rule file says the same in English, in Chinese, and in a mixture of both."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accountability import document
from accountability.document import Mapping, Node, Scalar, parse, write
from accountability.errors import DocumentError, RuleFileError
from accountability.policy import Policy, read_rules, read_rules_text
from accountability.policy.keywords import ENGLISH, WORDS, Script
from accountability.policy.spelling import read_as_english, respelled, translate
from accountability.testing.rule_texts import rule_texts

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = ("rules/*/", "benchmarks/policy", "tests/golden/real_logs/*", "tests/language/accepted/*.yaml")
PACKS = [p for pattern in PATTERNS for p in sorted(ROOT.glob(pattern)) if p.suffix == ".yaml" or (p / "pack.yaml").exists()]
IMPORTED = ROOT / "rules" / "safeguards"
NOT_RULES = ("organisation.yaml", "mapping.yaml")
SCRIPTS: tuple[Script, ...] = ("en", "zh")


def told(text: str) -> object:
    """What a text means: its policy, digest and versions, or the checks that it fails."""
    try:
        return whole(read_rules_text(text, warn=False))
    except RuleFileError as error:
        return sorted(d.check for d in error.diagnostics)


def whole(policy: Policy) -> object:
    return policy, policy.digest, [rule.version for rule in policy.rules]


@given(rule_texts())
def test_a_rule_file_says_the_same_in_either_spelling(text: str) -> None:
    """A rule file translated to Chinese, and back, is the same policy with one digest and versions, or fails the same checks."""
    chinese = translate(text, "zh")
    assert re.search("^规则:", chinese, re.MULTILINE)
    assert told(text) == told(chinese) == told(translate(chinese, "en"))


@given(rule_texts(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_rule_file_may_mix_the_spellings(text: str, chance: object) -> None:
    """A rule file in which each of its keys is in English or Chinese by chance is the same policy with the same digest."""
    english = parse(text, "t.yaml")
    mixed = write(mix(english, respelled(english, "zh"), chance.random))  # type: ignore[attr-defined]
    assert told(text) == told(mixed)


def mix(one: Node, other: Node, chance) -> Node:  # type: ignore[no-untyped-def]
    """Every key and single value of two equally shaped trees from one or the other."""
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return one if chance() < 0.5 else other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        pairs = zip(one.entries, other.entries, strict=True)
        return Mapping(tuple((a[0] if chance() < 0.5 else b[0], mix(a[1], b[1], chance)) for a, b in pairs), one.span)
    assert isinstance(one, document.Sequence)
    assert isinstance(other, document.Sequence)
    return document.Sequence(tuple(mix(a, b, chance) for a, b in zip(one.items, other.items, strict=True)), one.span)


@pytest.mark.parametrize("to", SCRIPTS)
@pytest.mark.parametrize("path", PACKS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_pack_says_the_same_in_either_spelling(path: Path, to: Script, tmp_path: Path) -> None:
    """Every pack of the project, translated, is the same policy with the same digest and versions, whatever it imports."""
    target = tmp_path / path.relative_to(ROOT)
    folder = target.parent if path.is_file() else target
    folder.mkdir(parents=True)
    files = [p for p in ([path] if path.is_file() else path.glob("*.yaml")) if p.name not in NOT_RULES]
    if (path / "calendars").is_dir():
        shutil.copytree(path / "calendars", folder / "calendars")
    if path != IMPORTED:
        shutil.copytree(IMPORTED, tmp_path / IMPORTED.relative_to(ROOT))
    for file in files:
        (folder / file.name).write_text(translate(file.read_text(encoding="utf-8-sig"), to), encoding="utf-8")
    assert whole(read_rules(path)) == whole(read_rules(target))


@given(rule_texts())
def test_no_keyword_stays_behind(text: str) -> None:
    """Translated to Chinese, no key of the head, of a rule or below one is an English keyword."""
    chinese = respelled(parse(text, "t.yaml"), "zh")
    assert isinstance(chinese, Mapping)
    assert [k.text for k, _ in chinese.entries if k.text in WORDS] == []
    rules = chinese.get("规则")
    assert isinstance(rules, document.Sequence)
    below = {"问责"}  # names of responsibilities
    assert [k for rule in rules.items for k in keys_of(rule, below) if k in WORDS or k.startswith("during ")] == []


def keys_of(node: Node, names_below: set[str]) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.text
            if key.text not in names_below:
                yield from keys_of(value, names_below)
    elif isinstance(node, document.Sequence):
        for item in node.items:
            yield from keys_of(item, names_below)


@given(rule_texts(), st.sampled_from(sorted(WORDS)))
def test_what_is_refused_in_one_spelling_is_refused_in_the_other(text: str, lost: str) -> None:
    """A rule file that lost a keyword fails the same checks in both spellings, or is read in both."""
    broken = text.replace(f"{lost}:", f"{lost}x:", 1)
    assert told(broken) == told(translate(broken, "zh"))


DAMAGED = st.lists(st.sampled_from(["规则:\n", "- 职责: x\n", "  触发: 违反\n", "rules:\n", "  期间 : {}\n", "{", "}",
                                    "问责: {a: 时}\n", "词表: {a: {b: 自}}\n", "[", "]", "施行: 1\n",
                                    "  应当: [违反 x, [y]]\n"]), max_size=8).map("".join)


@given(DAMAGED)
def test_what_is_written_reads_back(text: str) -> None:
    """Whatever tree a text gives is written so that it reads back as the same tree."""
    try:
        tree = parse(text, "t.yaml")
    except DocumentError:
        return
    assert shape(parse(write(tree), "t.yaml")) == shape(tree)
    assert shape(respelled(read_as_english(tree), "zh")) == shape(respelled(tree, "zh"))


def shape(node: Node) -> object:
    """A tree without its places."""
    if isinstance(node, Scalar):
        return node.text, node.quoted
    if isinstance(node, Mapping):
        return [(shape(k), shape(v)) for k, v in node.entries]
    return [shape(item) for item in node.items], "list"


def test_no_word_means_two_things() -> None:
    assert len(ENGLISH) == len(WORDS)
    assert set(ENGLISH) & set(WORDS) == set()
    assert [w for w in ENGLISH if not re.fullmatch("[\u4e00-\u9fff]+", w)] == []
