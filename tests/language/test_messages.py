"""All that is said of a mistake is said in Chinese, too: what the files here are refused with, and what the source can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said_in_source import HOLE, SOURCE, Module, Said, failures_in_source, of_events_in_source, said_in_source

from accountability.cli.organising import ADVICE
from accountability.errors import Diagnostic, RuleFileError, Span, closest
from accountability.policy import read_rules
from accountability.policy.checks import CHECKS
from accountability.policy.messages import Catalog, Template, chinese, told, translated

HERE = Path(__file__).resolve().parent
FILES = sorted(path.with_suffix(".yaml") for path in HERE.glob("*/*.expected"))
CATALOG = chinese()
EVERY = [template for check in [*CATALOG.checks, "*"] for template in CATALOG.sections[check]]
SAID, OF_EVENTS = said_in_source(), of_events_in_source()
LEFT = re.compile("`[^`]*`|选项（[^）]*）|SG[0-9]+|UTF-8|YAML|JSON|CSV|README|Parquet|Lines|context|U\\+[0-9A-F]{4}")
"""What stays as it is: what the author wrote, the names of formats and safeguards."""
NOT_OURS = {"{}", "{} (SG3)", "{} (SG11)", "{} (SG13)", "{} «{}», {}", "`{}`: {}", "write {}"}
"""Messages of which nothing can be seen in their own module. All of them are tried by the files here, and by the tests below."""
RAISED = {"workdays/limit.py": ("__attrs_post_init__", "parse", "_unit"), "workdays/abroad.py": (), "workdays/catalogue.py": (),
          "workdays/reckoning.py": ("check_arguments",)}
"""Where a ValueError says what is wrong, and after `; ` the way out; a diagnostic then says the same. All, where none is named."""
CALLED = re.compile(r"\b_?reading\.(mapping|text|names|integer|boolean|day|instant|zone|keyword|once|wrong_kind)$")
"""What reads, and is told by a phrase what it reads."""


def said_of(path: Path) -> tuple[Diagnostic, ...]:
    try:
        return read_rules(path).warnings
    except RuleFileError as error:
        return error.diagnostics


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_a_file_is_refused_with_is_said_in_chinese_by_one_template(path: Path) -> None:
    found = said_of(path)
    assert found
    for one in found:
        assert len(list(CATALOG.fitting(one.check, one.what))) == 1, one
        assert len(list(CATALOG.fitting(one.check, "; " + one.way_out))) == 1, one
        line = told(one, "zh").removeprefix(f"{one.span}: {one.check}: ")
        assert not re.search("[A-Za-z]{2}", LEFT.sub("", line)), line
        assert "；" in line


def shown(text: str) -> str:
    """A message of the source, as somebody would write it down."""
    return text.replace(HOLE, "{}")


def plain(text: str) -> str:
    """*text* with its keywords in backticks, as they are said."""
    return text.replace("«", "`").replace("»", "`")


def said_by(template: Template) -> re.Pattern[str]:
    """The messages of the source that *template* translates: whatever stands in its holes."""
    parts = re.split(r"(\{[a-z]+[0-9]?\})", plain(template.english))
    return re.compile("".join(re.escape(part) if at % 2 == 0 else ".*?" for at, part in enumerate(parts)), re.DOTALL)


def gives(text: str) -> re.Pattern[str]:
    """What the message *text* of the source may come to."""
    return re.compile("[^`]*".join(map(re.escape, text.split(HOLE))), re.DOTALL)


PATTERNS = {id(template): said_by(template) for template in [t for lines in CATALOG.sections.values() for t in lines]}


def is_known(text: str, templates: list[Template]) -> bool:
    """Whether one of *templates* translates the message *text*, as far as it can be seen."""
    text = plain(text)
    may_be = gives(text)
    return any(PATTERNS[id(t)].fullmatch(text) or may_be.fullmatch(plain(t.english)) for t in templates)


def lines_of(said: Said) -> list[Template]:
    return EVERY if said.check == HOLE else list(CATALOG.lines(said.check))


def test_whatever_the_source_says_of_a_mistake_has_a_template() -> None:
    lacking = [f"{s.place}: add to src/accountability/policy/messages/chinese, under `## {s.check}`: "
               + "; " * (s.part == "way out") + shown(s.text)
               for s in SAID if shown(s.text) not in NOT_OURS
               and not is_known("; " * (s.part == "way out") + s.text, lines_of(s))]
    assert lacking == []


def test_every_check_of_the_source_has_a_section_and_no_other() -> None:
    checks = {s.check for s in SAID if s.check != HOLE}
    events = {s.check for s in OF_EVENTS if s.check != HOLE}
    checks |= CHECKS.keys() | {check for check, _ in ADVICE.values()} | events
    assert checks == CATALOG.checks


def test_whatever_the_source_refuses_an_event_for_has_a_template() -> None:
    lacking = []
    for said in OF_EVENTS:
        known, (what, *ways_out) = lines_of(said), said.text.split("; ")
        if not is_known(said.text, known) and not (is_known(what, known) and all(is_known(f"; {w}", known) for w in ways_out)):
            lacking.append(f"{said.place}: add to src/accountability/policy/messages/chinese, under `## {said.check}`: "
                           + shown(said.text))
    assert lacking == []


def test_whatever_is_wrong_with_a_ledger_a_snapshot_a_dossier_or_an_option_has_a_phrase() -> None:
    known = [*CATALOG.sections["{failure}"], *CATALOG.sections["{dossier}"]]
    errors = ("LedgerBroken", "LedgerAhead", "LedgerUnreachable", "SnapshotRejected", "DossierBroken")
    assert [shown(text) for text in failures_in_source(*errors) if not is_known(text, known)] == []
    known = list(CATALOG.sections["{usage}"])
    assert [shown(text) for text in failures_in_source("typer.BadParameter") if not is_known(text, known)] == []


def test_every_template_is_of_something_that_the_source_says() -> None:
    texts = {text for path in SOURCE.rglob("*.py") for text in constants(ast.parse(path.read_text(encoding="utf-8")))}
    every = plain("\n".join([*texts, *(s.text for s in [*SAID, *OF_EVENTS])]))
    for template in EVERY:
        for part in re.split(r"\{[a-z]+[0-9]?\}|[;:] ", plain(template.english)):
            assert part.strip(" `") in every, template.english


def constants(tree: ast.AST) -> Iterator[str]:
    """Every text of a module; what is put into one is left out, braces that stand in it are not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else HOLE for v in node.values)


def test_a_template_puts_into_chinese_only_what_it_finds() -> None:
    for template in (t for lines in CATALOG.sections.values() for t in lines):
        put = re.findall(r"\{([a-z]+[0-9]?)\}", re.sub("«[^«»]*»", "", template.chinese))
        assert set(put) <= template.holes.keys(), template
        for word in re.findall("«([^«»]*)»", template.chinese):
            assert int(word) <= len(template.keywords) if word.isdigit() else word in template.keywords, template
        if not template.english.startswith("; "):
            assert template.chinese, template
        assert template.chinese.count("`") % 2 == 0, template


def test_whatever_is_read_by_a_phrase_can_be_called_so_in_chinese() -> None:
    lacking = []
    for path in sorted(SOURCE.rglob("*.py")):
        module = Module(path)
        for scope in module.functions.values():
            for call in ast.walk(scope):
                if isinstance(call, ast.Call) and len(call.args) > 1 and CALLED.search(ast.unparse(call.func)):
                    lacking += [f"{module.name}:{call.lineno}: add under `## {{thing}}` or `## {{noun}}`: {shown(text)}"
                                for text in module.texts(call.args[1], scope) if text.strip(HOLE) and not re.search("``|««", text)
                                and CATALOG.phrase("thing", filled(text)) is None]
    assert lacking == []


def filled(text: str) -> str:
    """The phrase *text* of the source, with something that fits put in."""
    text = re.sub("[«»]", "`", text).replace(f"the {HOLE} `", "the duty `")
    return (re.sub(f" of {HOLE}$", " of a unit", text)).replace(HOLE, "x")


def test_what_is_wrong_with_a_limit_or_a_calendar_is_said_in_chinese() -> None:
    lacking = []
    for name, functions in RAISED.items():
        module = Module(SOURCE / name)
        for scope in (f for f in module.functions.values() if not functions or f.name in functions):
            for call in ast.walk(scope):
                if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "ValueError"):
                    continue
                for text in module.texts(call.args[0], scope):
                    what, _, way_out = text.partition("; ")
                    known = CATALOG.sections["{reason}"] if "limit" in name else CATALOG.lines("unknown-calendar")
                    check = "not-a-limit" if "limit" in name else "unknown-calendar"
                    if "reckoning" in name:
                        what, known, check = f"`{HOLE}`: {what}", EVERY, "no-calendar"
                    ways = EVERY if "reckoning" in name else CATALOG.lines(check)
                    if not is_known(what, list(known)):
                        lacking.append(f"{name}: {shown(what)}")
                    if way_out not in ("", HOLE) and not is_known(f"; {way_out}", list(ways)):
                        lacking.append(f"{name}: {shown(way_out)}")
    assert lacking == []


@pytest.mark.parametrize(("word", "known", "said"), [
    ("unti", ["unit"], "是不是 `unit`？"),
    ("答责", ["职责", "问责"], "是不是 `职责` 或 `问责`？"),
    ("x", ["alpha", "beta"], "可以写的有：`alpha`、`beta`"),
    ("x", [f"name{n:02}" for n in range(20)], "可以写的有：" + "、".join(f"`name{n:02}`" for n in range(12)) + "等"),
    ("x", [], "这里一个也没有声明"),
])
def test_the_nearest_names_are_listed_as_chinese_lists_them(word: str, known: list[str], said: str) -> None:
    found = Diagnostic(Span("a.yaml", 1, 1, 1, 2), "unknown-event", f"no event type is named `{word}`", closest(word, known))
    assert translated(found, "zh").way_out.replace("` 等", "`等") == said


def test_what_is_wrong_with_a_calendar_file_is_handed_on_in_chinese(tmp_path: Path) -> None:
    calendar = "name: A\ncovers: [2025, 2026]\nholidays: [2026-01-01, 2026-01-01, 2027-01-01]\n"
    (tmp_path / "cal.yaml").write_text(calendar, encoding="utf-8")
    rules = tmp_path / "a.yaml"
    rules.write_text("pack: a\ntimezone: Asia/Shanghai\ncalendar: cal.yaml\n", encoding="utf-8")
    (found,) = [d for d in said_of(rules) if d.check == "unknown-calendar"]
    one, other = re.findall("cal.yaml:3:[0-9]+: (.*?)(?= [^ ]+cal.yaml|$)", told(found, "zh"))
    assert one == "duplicate-day: `2026-01-01` 在此重复出现，首次在第 3 行；请只保留其中一处"
    assert other == "outside-coverage: `2027-01-01` 不在 2025-01-01 至 2026-12-31 之内；请改正日期，或者扩大 `covers`"


def test_what_nobody_has_translated_stays_english() -> None:
    place = Span("a.yaml", 1, 1, 1, 2)
    for what, way_out in [("nobody foresaw this", "write a value"), ("`title` is empty", "do what nobody foresaw"),
                          ("`a`b` is empty", "write a value"), ("a thing of no kind is empty", "write a value")]:
        found = Diagnostic(place, "empty-value", what, way_out)
        assert translated(found, "zh") is found
        assert told(found, "zh") == told(found, "en") == str(found)
    assert told(Diagnostic(place, "no-such-check", "a", "b"), "zh") == "a.yaml:1:1: no-such-check: a; b"


@given(st.sampled_from(sorted(CATALOG.checks)), st.text(), st.text(), st.text(alphabet="`«»{}; :a是1/\\n", max_size=40))
def test_whatever_is_said_can_be_told(check: str, what: str, way_out: str, odd: str) -> None:
    """No message, however odd, is lost or raises an error."""
    for one in (what, odd, f"`{odd}` is empty"):
        found = Diagnostic(Span("a.yaml", 1, 1, 1, 2), check, one, way_out)
        assert told(found, "zh") == str(found) or translated(found, "zh") != found


def test_what_the_author_wrote_is_never_translated() -> None:
    """A rule called like a keyword, a word for others to put in, or a hole stays what it is called."""
    for name in ("unit", "RULE", "{name}", "«must»", "«1»", "yes", "a or b", r"\1", "EVENT"):
        found = Diagnostic(Span("a.yaml", 1, 1, 1, 2), "uncited-rule", f"`{name}` names no source",
                           "add `source: KEY` and declare KEY under `sources`")
        assert translated(found, "zh").what == f"`{name}` 没有写明依据"
        assert translated(found, "zh").way_out == "请补上 `source: 键名`，并在 `sources` 中声明该依据"


@pytest.mark.parametrize(("text", "complaint"), [
    ("## a\nb\nc\n  d\n", "has no Chinese"), ("## a\nb\n  c\nb\n  d\n", "twice under a")])
def test_a_catalog_that_is_not_whole_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Catalog.read([text])
