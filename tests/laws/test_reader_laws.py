"""Laws of the reader of rule files: whatever stands in a file, it is read or refused in place, and never anything else."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from hypothesis import example, given, reject
from hypothesis import strategies as st

from accountability import document
from accountability.document import MAX_DEPTH, Mapping, Reading, Scalar
from accountability.document.tree import BREAK
from accountability.errors import DocumentError, RuleFileError, Span
from accountability.policy import Policy, read_rules_text
from accountability.policy.expression import FieldRef, Parameter, ParameterVersion
from accountability.policy.parser import parse_condition
from accountability.policy.scope import Scope
from accountability.policy.spelling import translate
from accountability.policy.vocabulary import NUMBER, POST, UNIT, EventType, Field, Sort, Type, Where

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = ("rules/*/*.yaml", "benchmarks/policy/*.yaml", "tests/language/accepted/*.yaml")
FILES = [p for pattern in PATTERNS for p in sorted(ROOT.glob(pattern))]
PACKS = [re.sub("calendar: .*", "calendar: weekdays", p.read_bytes().decode("utf-8-sig")) for p in FILES]
PACKS += [translate(text, "zh") for text in PACKS]
SIGNS = ["：", "，", "“", "”", "［", "］", "｛", "｝", "＃", "－", "\u3000", "\u00a0", "\t", "\u200b", "\ufeff", "\x00", "\x85",
         "\r", "\n", "é", "𝒳", "甲", " "]
PIECES = [": ", ":", "- ", "{", "}", "[", "]", ", ", "\n", "\n  ", "\n    ", "'", '"', "|", ">-\n  ", "# ", "&a ", "*a",
          "!t ", "? ", "---\n", "<<: ", "%", "a", "b", "pack", "timezone", "UTC", "rules", "duty", "when", "within", "2h",
          "case", "vocabulary", "案件", "1", "~", "@", "\\", *SIGNS]
VALUES = ["", "''", "[]", "{}", "[a, b]", "{a: b}", "[[a]]", "x", "a or b", "breach of reply", "unit", "case", "2h", "-1", "0",
          "yes", "no", "2026-03-01", "{from: 2026-03-01}", "[{from: 2026-01-01, to: 2026-02-01}]", "{where: a, limit: 2h}",
          "[{otherwise: 2h}]", "{term: 2h}", "at due", "{head: at due}", "text from", '"a\\nb"', "calendar year",
          "2h rolling by instants", "9" * 99, "违反 回复", "自然年", "到期时", "{首问: 到期时}", "2h 按时刻滚动", "案件 自",
          "{影响期: 至年底}", "(" * 3000 + "a" + ")" * 3000]
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """A real rule file in which a few characters, lines or values were lost, doubled, moved or exchanged."""
    text = draw(st.sampled_from(PACKS))
    for _ in range(draw(st.integers(1, 4))):
        what = draw(st.sampled_from(["character", "line", "value", "value"]))
        lines = text.split("\n")
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        line = lines[at]
        if what == "character":
            place = draw(st.integers(0, max(len(text) - 1, 0)))
            new = draw(st.sampled_from(["", text[place : place + 1] * 2, *PIECES]))
            text = text[:place] + new + text[place + 1 :]
            continue
        if what == "line":
            put = draw(st.sampled_from([[], [line, line], [lines[other]], ["  " + line], [line.strip()]]))
        else:
            # One value of the line, or of the mapping in braces that stands in it.
            ends = [m.end() for m in re.finditer(": ?", line)] or [len(line)]
            start = draw(st.sampled_from(ends))
            rest = draw(st.sampled_from(["", (re.search("[,}\\]].*", line[start:]) or [""])[0]]))
            put = [line[:start] + " " + draw(st.sampled_from(VALUES)) + rest]
        text = "\n".join([*lines[:at], *put, *lines[at + 1 :]])
    return text


def is_inside(span: Span, text: str) -> bool:
    """Whether *span* begins and ends at places of *text*, in this order."""
    lines = BREAK.split(text.removeprefix("\ufeff"))
    places = [(span.line, span.column), (span.end_line, span.end_column)]
    return places == sorted(places) and all(1 <= n <= len(lines) and 1 <= c <= len(lines[n - 1]) + 1 for n, c in places)


def holds_for(text: str) -> bool:
    """Whether *text* is read, or refused with diagnostics that lie inside it and fill one line each."""
    try:
        policy = read_rules_text(text, "t.yaml")
        assert isinstance(policy, Policy)
        found = policy.warnings
    except RuleFileError as error:
        found = error.diagnostics
        assert found
    return all(d.span.file == "t.yaml" and is_inside(d.span, text) and "\n" not in str(d) for d in found)


@given(texts)
@example("[" * 10_000)
@example("- " * 10_000)
@example("{a: " * 10_000)
@example("? " * 10_000)
@example("a: b: " * 1_000)
@example("".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60)))
@example("pack: t\ntimezone: UTC\n---\npack: t\n")
@example("pack: \x00")
@example("\ud800")
def test_any_text_is_read_or_refused_in_place(text: str) -> None:
    """Any text is a policy, or is refused with diagnostics that lie inside it; nothing else is ever raised."""
    assert holds_for(text)


@given(mutants())
@example("pack: t\ntimezone: UTC\nvocabulary: {a: {b: ''}}\n")
@example("pack: t\ntimezone: UTC\nparameters: {a: " + "9" * 5_000 + "}\n")
def test_a_damaged_pack_is_read_or_refused_in_place(text: str) -> None:
    """However a rule file is damaged, it is a policy still or refused with diagnostics that lie inside it."""
    assert holds_for(text)


CASE = Type(Sort.REFERENCE, kind="case")
CAP = Parameter("cap", NUMBER, (ParameterVersion(date.min, 3),))
PLACE = Type(Sort.CHOICE, frozenset({"市", "省会"}))
FIELDS = {"size": NUMBER, "unit": UNIT, "post": POST, "case": CASE, "人数": NUMBER, "地点": PLACE,
          "grave": Type(Sort.BOOLEAN), "at": Type(Sort.INSTANT), "note": Type(Sort.TEXT)}
SCOPE = Scope(
    {name: FieldRef("trigger", name, kind, optional=name == "note") for name, kind in FIELDS.items()}, parameters={"cap": CAP},
    vocabulary={"reply.sent": EventType("reply.sent", {"case": Field("case", CASE, Where.SUBJECT)})})
WORDS = ["size", "人数", "地点", "unit", "post", "case", "grave", "at", "note", "cap", "市", "town", "2", "2h", "1 day", "3月",
         "2026-02-30", '"x"', "(", ")", "[", "]", ",", "and", "且", "or", "或", "not", "非", "is", "是", "in", "属于", "of", "之",
         "no", "没有", "any", "of the same", "同一", "reply.sent", "missing", "present", "yes", "=", ">=", "超过", "至多", "+",
         "-", "*", "/", "×", "trigger", "role", "角色", "人数超过3", "“", "（", "９", "．", "#", "'", "\\", "9" * 40]
conditions = st.one_of(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.text(max_size=20))


@st.composite
def written(draw: st.DrawFn, said: st.SearchStrategy[str]) -> tuple[str, Scalar]:
    """A rule file with one scalar, written in one of YAML's five ways and perhaps over several lines, and that scalar."""
    text = draw(said)
    style = draw(st.sampled_from(["plain", "single", "double", "folded", "literal"]))
    # A break where a space stands says the same, except below `|`.
    lines = re.sub(" ", lambda _: draw(st.sampled_from([" ", " ", "\n    "])), text)
    if style == "single":
        lines = "'" + lines.replace("'", "''") + "'"
    elif style == "double":
        lines = '"' + lines.replace("\\", "\\\\").replace('"', '\\"').replace("市", "\\u5e02") + '"'
    elif style in ("folded", "literal"):
        lines = (">-" if style == "folded" else "|-") + "\n    " + lines
    file = f"甲: {{}}\n规则:\n  条件: {lines}\n"
    try:
        root = document.parse(file, "t.yaml")
    except DocumentError:
        reject()
    rules = root.get("规则") if isinstance(root, Mapping) else None
    node = rules.get("条件") if isinstance(rules, Mapping) else None
    return (file, node) if isinstance(node, Scalar) else reject()


@given(written(conditions))
def test_any_condition_gives_a_tree_or_a_diagnostic_inside_it(example: tuple[str, Scalar]) -> None:
    """Any text of a condition, however it is written in the file, is a tree or refused at a place inside its scalar."""
    file, node = example
    reading = Reading()
    tree = parse_condition(node, SCOPE, reading)
    assert (tree is None) == bool(reading.diagnostics)
    whole = ((node.span.line, node.span.column), (node.span.end_line, node.span.end_column))
    for d in reading.diagnostics:
        assert is_inside(d.span, file)
        assert whole[0] <= (d.span.line, d.span.column) <= (d.span.end_line, d.span.end_column) <= whole[1]


@given(written(st.lists(st.sampled_from(["a", "甲", "𝒳", "'", '"', "\\", "市", " ", "b c"]), min_size=1, max_size=12).map("".join)))
def test_every_character_stands_where_it_is_said_to_stand(example: tuple[str, Scalar]) -> None:
    """The place of a character of a scalar is where that character, or the escape for it, stands in the file."""
    file, node = example
    lines = BREAK.split(file)
    for at, sign in enumerate(node.text):
        place = node.part(at, at + 1)
        there = lines[place.line - 1][place.column - 1 : place.column]
        assert there == sign or (there == "\\" and node.quoted) or sign.isspace()


@given(st.integers(1, 60))
def test_nesting_is_cut_off_at_the_same_depth_in_brackets_and_in_blocks(depth: int) -> None:
    """A document is refused as too deep exactly from the level that is too deep, however it is nested."""
    for text in ("[" * depth + "]" * depth, "- " * (depth - 1) + "[]"):
        try:
            document.parse(text, "t.yaml")
            deep = False
        except DocumentError as error:
            deep = error.diagnostics[0].check == "too-deep"
        assert deep == (depth > MAX_DEPTH)
