"""What the reference says is so: examples are read, and every key, word, check, option and exit code is on its page."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from accountability import cli
from accountability.conclusion import Kind, Status
from accountability.errors import RuleFileError
from accountability.policy import read_rules_text
from accountability.policy.checks import CHECKS
from accountability.policy.forms import SHARED
from accountability.policy.keywords import FACTS, MADE, OPERATORS, SIGNS, WORDS, in_chinese
from accountability.policy.kinds import FORMS
from accountability.policy.kinds import KINDS as KINDS_OF_RULE
from accountability.policy.kinds import WORDS as KINDS
from accountability.policy.kinds.duty import Again
from accountability.policy.kinds.threshold import Fires
from accountability.policy.messages import chinese
from accountability.policy.pack import HEADER, SECTIONS
from accountability.policy.rule import Made, TermKind
from accountability.policy.sections import PLAIN_TYPES
from accountability.workdays import ClockStart

ROOT = Path(__file__).resolve().parents[2]
SOURCES, REFERENCE = ROOT / "src" / "accountability", ROOT / "docs" / "reference"
PAGES = {p.stem: p.read_text(encoding="utf-8") for p in REFERENCE.glob("*.md")}
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of *language* on *page*."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.DOTALL | re.MULTILINE)


def lines(page: str, language: str) -> list[str]:
    return [line for block in blocks(page, language) for line in block.splitlines() if line]


def table_words(text: str) -> set[str]:
    """The words in backticks in the first cells of the tables in *text*."""
    return {word for line in text.splitlines() if line.startswith(("| `", "| [`"))
            for word in re.findall("`([^`]+)`", line.split("|")[1])}


def sections_of(text: str) -> dict[str, str]:
    """The top-level keys of a rule file, each with its lines."""
    return {m[1]: m[0] for m in re.finditer(r"^([a-z ]+):.*\n(?:(?:[ #].*)?\n)*", text, re.MULTILINE)}


def whole(fragment: str) -> str:
    """*fragment* in the frame of its page: rules are added to those of the first pack, other sections take the place of its own."""
    frame = blocks("rule-file", "yaml")[0]
    if fragment.startswith("- "):
        return frame + textwrap.indent(fragment, "  ")
    if fragment.startswith(("invariants:", "scenarios:")):
        return frame + fragment
    kept = {k: v for k, v in sections_of(frame).items() if k in (*HEADER, "sources", "vocabulary")}
    return "".join((kept | sections_of(fragment)).values())


def mistakes(text: str) -> list[str]:
    try:
        read_rules_text(text)
    except RuleFileError as error:
        return [str(d) for d in error.diagnostics]
    return []


RULE_FILES = [b if b.startswith(("pack:", "规则包:")) else whole(b) for b in blocks("rule-file", "yaml")]


@pytest.mark.parametrize("number", range(len(RULE_FILES)))
def test_every_rule_file_on_the_page_is_read(number: int) -> None:
    assert mistakes(RULE_FILES[number]) == []


def test_the_page_shows_every_kind_of_rule() -> None:
    shown = "\n".join(blocks("rule-file", "yaml"))
    assert [kind for kind in KINDS if not re.search(rf"- {kind}: ", shown)] == []


def test_every_key_of_a_rule_file_is_on_the_page() -> None:
    page = PAGES["rule-file"]
    keys = {k for names in (HEADER, SECTIONS, SHARED, *(f.keys for f in FORMS.values())) for k in names}
    assert [k for k in sorted(keys) if f"`{k}`" not in page] == []
    words = [*PLAIN_TYPES, *Again, *Fires, *ClockStart, *list(TermKind)[1:], *(f"{m} of R" for m in MADE)]
    assert [w for w in words if f"`{w}`" not in page] == []


def test_the_page_lists_every_keyword_in_both_spellings_and_no_other() -> None:
    words, phrases = PAGES["rule-file"].split("## The words in Chinese")[1].split("Some keywords make phrases")
    cells = [c for line in words.splitlines() if line.startswith("| `") for c in line.split("|")]
    assert [m.groups() for c in cells if (m := re.fullmatch(" `(.+)` `(.+)` ", c))] == list(WORDS.items())
    pairs = re.findall(r"^\| `(.+)` \| `(.+)` \|$", phrases, re.MULTILINE)
    assert len(pairs) > 10
    assert [(english, in_chinese(english)) for english, _ in pairs] == pairs


def test_every_moment_is_on_the_page() -> None:
    moments = {m for kind in KINDS_OF_RULE for m in kind.moments}
    assert len(moments) >= 6
    assert [m for m in sorted(moments) if f"`at {m}`" not in PAGES["rule-file"]] == []


FRAME = blocks("expressions", "yaml")[0] + """\
rules:
  - duty: r
    source: law
    when: case.received
    where: WHERE
    bearer: unit
    must: reply.sent
    same: case
    within: WITHIN
    answers: {head: at due}
"""


def as_condition(text: str) -> str:
    return FRAME.replace("WHERE", f"'{text}'").replace("WITHIN", "2h")


@pytest.mark.parametrize("text", lines("expressions", "expressions"))
def test_every_condition_on_the_page_is_read(text: str) -> None:
    assert mistakes(as_condition(text)) == []


@pytest.mark.parametrize("text", lines("expressions", "limits"))
def test_every_limit_on_the_page_is_read(text: str) -> None:
    assert mistakes(FRAME.replace("WHERE", "grave").replace("WITHIN", text)) == []


@pytest.mark.parametrize("line", lines("expressions", "refused"))
def test_every_condition_that_is_refused_is_refused_by_that_check(line: str) -> None:
    text, check = line.split(" — ")
    assert [m.split(": ")[1] for m in mistakes(as_condition(text))] == [check]


def test_every_operator_is_on_the_page() -> None:
    page = PAGES["expressions"]
    grammar = (SOURCES / "policy" / "grammar.lark").read_text(encoding="utf-8")
    keywords = re.findall(r"^_[A-Z.0-9]+: /\(([^)]+)\)", grammar, re.MULTILINE)
    named = {m[0]: m[1].replace(r"\s+", " ") for m in re.findall(r"^(_[A-Z]+)[.0-9]*: /\(([^)]+)\)", grammar, re.MULTILINE)}
    assert {name: "|".join(words) for name, words in OPERATORS.items()} | {"_YES": "yes"} == named
    signs = re.findall(r"^(?:OP|SIGN|STAR)[.0-9]*: (.+)$", grammar, re.MULTILINE)
    words = {w for group in keywords for w in group.replace(r"\s+", " ").split("|")}
    words |= {w for s in signs for w in re.findall('"([^"]+)"', s)}
    words |= {*SIGNS, *FACTS, *FACTS.values()}
    assert len(words) > 40
    spans = " ".join(re.findall("`([^`]+)`", re.sub("```.*?```", "", page, flags=re.DOTALL)))
    assert [w for w in sorted(words) if w not in spans] == []


def check_names() -> set[str]:
    """Every string in the reader that looks like the name of a check."""
    found = set()
    for module in [*SOURCES.glob("policy/*.py"), *SOURCES.glob("policy/kinds/*.py"), *SOURCES.glob("document/*.py")]:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall("^(?:[a-z]+(?:-[a-z]+)+|indentation|alias|tag|encoding)$", node.value))
    return found - {"office-holder"} | {*CHECKS}


def test_the_page_of_checks_lists_exactly_the_checks() -> None:
    assert table_words(PAGES["checks"]) == check_names()


def test_every_check_stands_once_with_its_way_out() -> None:
    rows = [line for line in PAGES["checks"].splitlines() if line.startswith(("| `", "| [`"))]
    assert len(rows) == len(check_names())
    assert [r for r in rows if len([c for c in re.split(r"(?<!\\)\|", r)[1:-1] if c.strip()]) != 3] == []


def test_the_words_are_explained_once_in_order_with_their_chinese() -> None:
    entries = re.findall(r"^- \*\*(.+?)\*\* (\S+?): (.+)\.$", PAGES["glossary"], re.MULTILINE)
    assert len(entries) == len(re.findall("^- ", PAGES["glossary"], re.MULTILINE))
    terms = [term for term, _, _ in entries]
    assert terms == sorted(set(terms))
    assert all(re.fullmatch("[\u4e00-\u9fff]+", chinese) for _, chinese, _ in entries)
    wanted = {"event", "duty", "obligation", "bearer", "trigger", "discharge", "due", "breach", "finding", "standing", "veto",
              "tenure", "responsibility chain", "scorecard", "ledger", "watermark", *Kind, *Status, *Made, *KINDS}
    assert wanted - set(terms) == set()


def test_a_status_is_called_the_same_wherever_it_is_named() -> None:
    """In rule files, in messages, in drawings and in the glossary; and so is what one rule may hear of another."""
    glossary = dict(re.findall(r"^- \*\*(.+?)\*\* (\S+?):", PAGES["glossary"], re.MULTILINE))
    messages = {t.english: t.chinese for t in chinese().sections["{status}"]}
    drawn = [(word, said) for path in SOURCES.glob("policy/rendering/*.py")
             for word, said in re.findall(r'draw\.state\("([^"]+)", "([^"]+)"\)', path.read_text(encoding="utf-8"))]
    assert len(drawn) > 10
    assert {s: glossary[s] for s in (*Status, *MADE)} == {s: WORDS[s] for s in (*Status, *MADE)}
    assert messages == {s: WORDS[s] for s in Status}
    assert [(word, said) for word, said in drawn if word in {*Status} and said != WORDS[word]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_documented_and_no_other(name: str) -> None:
    done = CliRunner().invoke(cli.app, [name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert done.exit_code == 0
    section = PAGES["command-line"].split(f"## `accountability {name}`\n")[1].split("\n## ")[0]
    options = {o for p in COMMANDS[name].params if p.param_type_name == "option" for o in (*p.opts, *p.secondary_opts)} | {"--help"}
    assert table_words(section) == options
    assert [o for o in sorted(options) if o not in done.output] == []
    for argument in (p for p in COMMANDS[name].params if p.param_type_name == "argument"):
        assert argument.name is not None
        assert f"`{argument.name.upper()}" in section


def test_every_command_and_exit_code_is_documented() -> None:
    page = PAGES["command-line"]
    assert set(re.findall(r"^## `accountability (\w+)`$", page, re.MULTILINE)) == set(COMMANDS)
    stated = set(re.findall(r"\b(\d) [a-z]", (cli.__doc__ or "").split("\n\n")[1]))
    assert set(re.findall(r"^\| (\d) \|", page, re.MULTILINE)) == stated == {"0", "1", "2", "3"}


def test_the_page_has_every_reason_of_the_plan() -> None:
    table = PAGES["command-line"].split("| says `plan` |")[1].split("\n\n")[0]
    listed = [line.split(" | ")[0][2:] for line in table.splitlines()[2:]]
    said = set()
    for module, names in (("columnar/sieve.py", ("__init__", "_why_not", "_why_left")), ("plan.py", ("_ways", "plan"))):
        for function in ast.walk(ast.parse((SOURCES / "engine" / module).read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name in names:
                said |= {n.value for part in function.body[1:] for n in ast.walk(part)
                         if isinstance(n, ast.Constant) and isinstance(n.value, str) and re.match("[a-z]+s [a-z ]+", n.value)}
    assert len(listed) >= 19
    assert {reason.partition(" `")[0] for reason in listed} == {reason.strip() for reason in said}


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for name, page in PAGES.items():
        for target, _, anchor in (link.partition("#") for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page)):
            file = (REFERENCE / target).resolve() if target else REFERENCE / f"{name}.md"
            assert file.exists(), (name, target)
            if anchor:
                headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
                assert anchor in [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]
