"""Everything that is said of a mistake is said in Chinese, too: what the files here are refused with, and all that the source can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from said_in_source import HOLE, SOURCE, Module, Said, said_in_source

from accountability.errors import Diagnostic, RuleFileError, Span
from accountability.policy import read_rules
from accountability.policy.messages import Catalog, Template, chinese, told, translated

HERE = Path(__file__).resolve().parent
FILES = sorted(path.with_suffix(".yaml") for path in HERE.glob("*/*.expected"))
CATALOG = chinese()
EVERY = [template for check in [*CATALOG.checks, "*"] for template in CATALOG.sections[check]]
SAID = said_in_source()
LEFT = re.compile("`[^`]*`|选项（[^）]*）|SG[0-9]+|UTF-8|YAML|JSON|CSV|README|Parquet|Lines|context|U\\+[0-9A-F]{4}")
"""What stays as it is: what the author wrote, the names of formats and safeguards."""
IN_ENGLISH = ("intake/", "ledger/", "monitor/", "timeline/")
"""Whose refusals of single events are told in English: they are for the sender."""
NOT_OURS = {"{}", "{} (SG3)", "{} (SG11)", "{} (SG13)", "{} «{}», {}", "`{}`: {}", "write {}"}
"""Messages of which nothing can be seen in their own module. All of them are tried by the files here, and by the tests below."""
RAISED = ("workdays/limit.py", "workdays/abroad.py", "workdays/catalogue.py")
"""Where a ValueError says what is wrong, and after `; ` the way out; a diagnostic then says the same."""
READ_AS = {"mapping": 1, "text": 1, "names": 1, "integer": 1, "boolean": 1, "day": 1, "instant": 1, "zone": 1, "keyword": 1, "once": 1,
           "wrong_kind": 1, "read_number": 1}
"""The methods of the notebook that call what they read by a phrase, and which argument that is."""


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


def said_by(template: Template) -> re.Pattern[str]:
    """The messages of the source that *template* translates: whatever stands in its holes."""
    plain = template.english.replace("«", "`").replace("»", "`")
    return re.compile("".join(re.escape(part) if at % 2 == 0 else ".+?"
                              for at, part in enumerate(re.split(r"(\{[a-z]+[0-9]?\})", plain))), re.DOTALL)


def gives(text: str) -> re.Pattern[str]:
    """What the message *text* of the source may come to."""
    return re.compile("[^`]*".join(map(re.escape, text.split(HOLE))), re.DOTALL)


PATTERNS = {id(template): said_by(template) for template in [t for lines in CATALOG.sections.values() for t in lines]}


def is_known(text: str, templates: list[Template]) -> bool:
    """Whether one of *templates* translates the message *text*, as far as it can be seen."""
    text = text.replace("«", "`").replace("»", "`")
    may_be = gives(text)
    return any(PATTERNS[id(t)].fullmatch(text) or may_be.fullmatch(t.english.replace("«", "`").replace("»", "`")) for t in templates)


def lines_of(said: Said) -> list[Template]:
    return EVERY if said.check == HOLE else list(CATALOG.lines(said.check))


def test_whatever_the_source_says_of_a_mistake_has_a_template() -> None:
    lacking = [f"{s.place}: add to src/accountability/policy/messages/chinese, under `## {s.check}`: "
               + "; " * (s.part == "way out") + shown(s.text)
               for s in SAID if not s.place.startswith(IN_ENGLISH) and shown(s.text) not in NOT_OURS
               and not is_known("; " * (s.part == "way out") + s.text, lines_of(s))]
    assert lacking == []


def test_every_check_of_the_source_has_a_section_and_no_other() -> None:
    checks = {s.check for s in SAID if s.check != HOLE}
    assert sorted(checks - CATALOG.checks) == []
