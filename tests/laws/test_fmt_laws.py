"""Laws of the formatter: one form, the same policy, and not a comment lost, whatever it is given."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from accountability.document import Mapping, commented, parse
from accountability.errors import Diagnostic, DocumentError, RuleFileError
from accountability.policy import read_rules, read_rules_text
from accountability.policy.files import read_files, rule_files
from accountability.policy.formatter import formatted
from accountability.policy.keywords import Script
from accountability.testing.rule_texts import rule_texts

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = ("rules/*/", "benchmarks/policy", "tests/golden/real_logs/*", "tests/language/accepted/*.yaml")
PACKS = [p for pattern in PATTERNS for p in sorted(ROOT.glob(pattern)) if p.suffix == ".yaml" or (p / "pack.yaml").exists()]
FILES = [file for pack in PACKS for file in rule_files(pack)]
SCRIPTS: tuple[Script | None, ...] = (None, "en", "zh")
PIECES = [
    ": ", ":", "- ", "{", "}", "[", "]", ", ", "\n", "\n  ", "\n    ", "'", '"', "|", ">-\n  ", "# c\n", " # c\n", "? ",
    "---\n", "...\n",
    "a", "b", "a: ", "b: ", "pack: ", "rules:\n", "  - duty: x\n", "    when: y\n", "title: ", "vocabulary:\n", "  a:\n", "~", "\\",
    "\n\n", "规则:\n", "  - 职责: 甲\n", "案件 ", "：", "，", "\u3000", "\t", "\r\n", "|+\n  a\n\n", "%", "&", "*", "!", "\\n",
    "word " * 30, "字" * 60, "a and b or c " * 12,
]
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
                  st.lists(st.sampled_from(PIECES), max_size=40).map(lambda p: "title: x\nrules:\n  - duty: y\n" + "".join(p)))


@st.composite
def remarked(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> tuple[str, int]:
    """A text into which comments, blank lines and broken lines were put at random, and how many comments these are."""
    count = 0
    lines: list[str] = []
    for line in draw(texts).split("\n"):
        if draw(st.integers(0, 5)) == 0:
            count += 1
            lines += [*([""] if draw(st.booleans()) else []), " " * draw(st.sampled_from([0, 2, 4, 6, 9])) + f"# remark {count}.",
                      *([""] if draw(st.booleans()) else [])]
        if line and draw(st.integers(0, 7)) == 0:
            count += 1
            inside = re.finditer(r"(?<=, )|(?<=[{\[])|(?=[}\]])", line) if draw(st.booleans()) else ()
            places = [m.end() for m in inside if not any(line[: m.end()].count(quote) % 2 for quote in "'\"")]
            at = draw(st.sampled_from([*places, len(line)]))
            line = f"{line[:at]}  # remark {count}." + (f"\n{' ' * 12}{line[at:]}" if at < len(line) else "")
        lines.append(line)
    return "\n".join(lines), count


def meaning(text: str) -> object:
    """The policy, its digest and its versions; or the checks that fail."""
    try:
        policy = read_rules_text(text, warn=False)
        return policy, policy.digest, [rule.version for rule in policy.rules]
    except RuleFileError as error:
        return sorted(d.check for d in error.diagnostics)


def comments(text: str) -> list[str]:
    tree = parse(text, "t.yaml")
    assert isinstance(tree, Mapping)
    return sorted(commented(text, tree).comments())


def formatted_or_refused(text: str, keywords: Script | None = None) -> str | None:
    """The one form of *text*; None where it was refused with a reason."""
    refused: tuple[Diagnostic, ...] = ()
    try:
        return formatted(text, keywords=keywords)
    except DocumentError as error:
        refused = error.diagnostics
    assert refused
    return None


def accepted(text: str, keywords: Script | None = None) -> str:
    """The one form of *text*; an example that is no rule file is none."""
    try:
        return formatted(text, keywords=keywords)
    except DocumentError:
        reject()


@given(remarked(rule_texts()), st.sampled_from(SCRIPTS))
def test_twice_is_once(said: tuple[str, int], keywords: Script | None) -> None:
    """What is in the one form already stays as it is."""
    once = accepted(said[0], keywords)
    assert formatted(once) == once == formatted(once, keywords=keywords)


@given(remarked(rule_texts()), st.sampled_from(SCRIPTS))
def test_a_formatted_file_is_the_same_policy(said: tuple[str, int], keywords: Script | None) -> None:
    """A formatted rule file is the same policy with one digest and versions, or fails the same checks."""
    done = accepted(said[0], keywords)
    assert meaning(done) == meaning(said[0])


@given(remarked(rule_texts()), st.sampled_from(SCRIPTS))
def test_every_comment_is_there_once(said: tuple[str, int], keywords: Script | None) -> None:
    """Wherever a comment stands, it stands in the formatted file exactly once, and no other does."""
    text, count = said
    done = accepted(text, keywords)
    assert sorted(re.findall(r"# remark \d+\.", done)) == sorted(f"# remark {n + 1}." for n in range(count)) == comments(done)


@given(remarked(rule_texts()))
def test_there_and_back_is_the_same_text(said: tuple[str, int]) -> None:
    """A file in Chinese keywords, translated to English and back, is the same text; so is an English one."""
    chinese, english = accepted(said[0], "zh"), accepted(said[0], "en")
    assert formatted(formatted(chinese, keywords="en"), keywords="zh") == chinese
    assert formatted(formatted(english, keywords="zh"), keywords="en") == english


@given(texts, st.sampled_from(SCRIPTS))
@example("title: " + "a" * 3000, None)
@example("? " + "a" * 3000 + "\n: b\n", None)
@example("# nothing\n", None)
@example("---\n", None)
@example("[a]", None)
@example("title: x\n规则: []\nrules: []\n", "zh")
@example("rules: " + "- " * 38 + "a", None)
@example("title: !a b", None)
def test_any_text_is_formatted_or_refused(text: str, keywords: Script | None) -> None:
    """Any text is written anew, once for all, with every comment, or refused with diagnostics; nothing else is ever raised."""
    done = formatted_or_refused(text, keywords)
    if done is None:
        return
    assert formatted(done) == done == formatted(done, keywords=keywords)
    assert comments(done) == comments(text)
    assert meaning(done) == meaning(text)


@given(st.sampled_from([f.read_text(encoding="utf-8-sig") for f in FILES]), st.data())
def test_a_damaged_file_is_formatted_or_refused(text: str, data: st.DataObject) -> None:
    """However a rule file is damaged, it is written anew with every comment, or refused with diagnostics."""
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + data.draw(st.sampled_from([0, 0, 1, 5])):]
    done = formatted_or_refused(text)
    if done is None:
        return
    assert comments(done) == comments(text)
    assert formatted(done) == done
    assert meaning(done) == meaning(text)


@pytest.mark.parametrize("keywords", SCRIPTS)
@pytest.mark.parametrize("pack", PACKS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_formatted_pack_is_the_same_policy(pack: Path, keywords: Script | None, tmp_path: Path) -> None:
    """Every pack of the project, formatted with all that it imports, is the same policy with one digest, has the same comments, and
    keeps its form."""
    for name, _ in read_files(pack):
        file = Path(name).resolve()
        text = file.read_text(encoding="utf-8-sig")
        done = formatted(text, keywords=keywords)
        assert comments(done) == comments(text)
        assert formatted(done) == done
        place = tmp_path / file.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(done, encoding="utf-8")
    there = tmp_path / pack.relative_to(ROOT)
    if (pack / "calendars").is_dir():
        shutil.copytree(pack / "calendars", there / "calendars")
    before, after = read_rules(pack), read_rules(there)
    assert (after, after.digest) == (before, before.digest)


@pytest.mark.parametrize("file", [f for p in sorted(ROOT.glob("rules/*/")) for f in rule_files(p)],
                         ids=lambda f: str(f.relative_to(ROOT)))
def test_the_packs_of_the_project_are_in_the_one_form(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == formatted(file.read_text(encoding="utf-8"), str(file))
