"""Rule files that must be read, and rule files that must be refused with exactly the words beside them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from accountability.document import MAX_CHARACTERS, Reading, Scalar
from accountability.errors import RuleFileError, Span, closest
from accountability.policy import read_rules, read_rules_text
from accountability.policy.checks import CHECKS
from accountability.policy.forms import SHARED
from accountability.policy.keywords import FACTS, SIGNS
from accountability.policy.kinds import FORMS, WORDS
from accountability.policy.pack import HEADER, SECTIONS
from accountability.policy.sections import PLAIN_TYPES

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "src" / "accountability"
REJECTED, ACCEPTED, WARNED = (sorted((HERE / folder).glob("*.yaml")) for folder in ("rejected", "accepted", "warned"))
NO_CHECKS = {"office-holder"}
"""Words that look like the name of a check and are none."""
ELSEWHERE = {"no-pack", "unreadable-file", "import-loses-default", "too-large",
             "not-an-instant", "no-zone", "unknown-clause", "excluded-clause",
             "unknown-document", "clause-changed", "clause-gone", "clause-not-listed"}
"""Checks that no rule file of reasonable size can show by itself; the tests below do, and those of the list of clauses."""
IN_A_PACK = {name for name, check in CHECKS.items() if not check.beside}
"""The checks that need no organisation."""
DECLARED_ONLY = {"unused-event-type", "unused-period", "unused-source", "unused-responsibility"}
"""What a file that shows one form may leave unused."""


def said_of(path: Path) -> list[str]:
    """What the reader says of the file at *path*: mistakes, or else warnings. Its folder is left out."""
    try:
        found = read_rules(path).warnings
    except RuleFileError as error:
        found = error.diagnostics
    return [str(d).removeprefix(f"{path.parent}/") for d in found]


@pytest.mark.parametrize("path", REJECTED, ids=lambda p: p.stem)
def test_a_rejected_file_is_refused_in_exactly_these_words(path: Path) -> None:
    with pytest.raises(RuleFileError, match=re.escape(path.name)):
        read_rules(path)
    assert said_of(path) == path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", WARNED, ids=lambda p: p.stem)
def test_a_file_is_read_with_exactly_these_warnings(path: Path) -> None:
    assert {w.severity for w in read_rules(path).warnings} == {"warning"}
    assert said_of(path) == path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda p: p.stem)
def test_an_accepted_file_is_read(path: Path) -> None:
    words = path.with_suffix(".warnings")
    said = [line for line in said_of(path) if line.split(": ")[1] not in DECLARED_ONLY]
    assert said == (words.read_text(encoding="utf-8").splitlines() if words.exists() else [])
    assert read_rules(path).pack


def test_no_expectation_is_left_without_its_file() -> None:
    kept = {p.with_suffix(".yaml") for p in HERE.glob("*/*") if p.suffix in (".expected", ".warnings")}
    assert kept <= {*REJECTED, *ACCEPTED, *WARNED}
    assert {p.with_suffix(".expected") for p in (*REJECTED, *WARNED)} == set(HERE.glob("*/*.expected"))


def check_names(source: str) -> set[str]:
    """The names of checks among the strings of a module."""
    words = {n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return {w for w in words if re.fullmatch("[a-z]+(-[a-z]+)+|indentation|alias|tag|encoding", w)} - NO_CHECKS


def shown() -> set[str]:
    files = [*HERE.glob("*/*.expected"), *HERE.glob("accepted/*.warnings")]
    return {line.split(": ")[1] for f in files for line in f.read_text(encoding="utf-8").splitlines()}


def test_every_check_that_a_rule_file_can_fail_has_an_example() -> None:
    modules = [*SOURCES.glob("policy/*.py"), *SOURCES.glob("policy/kinds/*.py"), *SOURCES.glob("document/*.py")]
    emitted = {name for m in modules for name in check_names(m.read_text(encoding="utf-8"))} | IN_A_PACK
    assert len(emitted) > 60
    assert emitted - shown() == ELSEWHERE
    assert shown() - emitted == set()


@pytest.mark.parametrize("name", sorted(shown() | IN_A_PACK))
def test_every_check_has_two_files_or_more(name: str) -> None:
    files = [f for f in HERE.glob("*/*.expected") if f": {name}: " in f.read_text(encoding="utf-8")]
    assert len(files) >= 2


def test_many_of_the_rejected_files_come_from_a_chinese_keyboard() -> None:
    chinese = re.compile("[\u3000-\u9fff\uff00-\uffef]")
    assert sum(chinese.search(p.read_text(encoding="utf-8", errors="replace")) is not None for p in REJECTED) >= 60
    assert sum(p.stem.startswith("full_width_") for p in REJECTED) >= 20


def test_a_folder_without_a_pack_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match=r"no-pack: the folder has no `pack\.yaml`"):
        read_rules(tmp_path)
    with pytest.raises(RuleFileError, match="no-pack: there is no such file or folder"):
        read_rules(tmp_path / "nothing.yaml")


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").mkdir()
    with pytest.raises(RuleFileError, match="unreadable-file: the file cannot be opened"):
        read_rules(tmp_path)


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(RuleFileError, match="too-large: the file has 4,000,001 characters"):
        read_rules_text("#" * (MAX_CHARACTERS + 1))


def test_instants_are_read_with_a_zone() -> None:
    reading = Reading()
    for text in ("tomorrow", "2026-03-01T09:00:00"):
        assert reading.instant(Scalar(text, Span("t", 1, 1, 1, 9)), "`at`") is None
    assert [d.check for d in reading.diagnostics] == ["not-an-instant", "no-zone"]


def test_values_are_what_their_author_wrote() -> None:
    policy = read_rules(HERE / "accepted" / "values_as_written.yaml")
    kinds = policy.vocabulary["1.10"].fields["kind"].type.choices
    assert kinds == {"1.10", "2:00", "no", "on", "是", "0o14", "2026-03-01", "1e3", "~", "null", "True", ".5", "+1", "0x1F", "5",
                     "12_000"}
    assert (policy.pack, policy.title, policy.rules[0].name) == ("5", "1.10", "yes")
    assert policy.parameters["limit"].versions[0].table is not None
    assert policy.parameters["limit"].versions[0].table.keys() == kinds


@pytest.mark.parametrize(("wrong", "way_out"), [
    ("处发", "did you mean `触发`?"), ("发触", "did you mean `触发`?"), ("时去", "did you mean `时区` or `时段`?"),
    ("责任主休", "did you mean `责任主体`?"), ("须满", "did you mean `须满足`?"),
    ("天地", "known: `同一`, `时区`, `时段`, `触发`, `责任主体`, `须满足`"),
])
def test_a_short_chinese_word_with_one_wrong_character_is_recognised(wrong: str, way_out: str) -> None:
    assert closest(wrong, ["触发", "时区", "时段", "责任主体", "须满足", "同一"]) == way_out


def test_a_pack_in_chinese_is_its_english_twin() -> None:
    chinese, english = (read_rules(HERE / "accepted" / f"keywords_in_{script}.yaml") for script in ("chinese", "english"))
    assert chinese == english
    assert chinese.digest == english.digest
    assert [r.version for r in chinese.rules] == [r.version for r in english.rules]


def test_the_accepted_files_show_every_key_type_and_operator() -> None:
    everything = "\n".join(p.read_text(encoding="utf-8-sig") for p in ACCEPTED)
    keys = {k for names in (HEADER, SECTIONS, SHARED, *(f.keys for f in FORMS.values())) for k in names}
    for word in (*keys, *WORDS):
        assert re.search(rf"(^|[\s{{]){re.escape(word)}:", everything), word
    for word in PLAIN_TYPES:
        assert re.search(rf": '?{word}\b", everything), word
    for word in (*SIGNS, *FACTS, *FACTS.values()):
        assert f" {word} " in everything, word
