"""What goes wrong unseen: signs of a Chinese keyboard, invisible characters, and what YAML meant by its complaint.

YAML takes a full-width sign for a letter, so `当事单位：甲` is a text and not a key. It is refused only where nothing else
can have been meant; in a title, in quotes and below `|` or `>` every sign is welcome.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import attrs
import yaml

from accountability.document.tree import BREAK, Scalar
from accountability.errors import Diagnostic, Span

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
SPACES = {"\u3000": "a full-width space", "\u00a0": "a no-break space", "\t": "a tab"}
QUOTES = {"“": "”", "‘": "’", "”": "”", "＂": "＂", "＇": "＇"}
BRACKETS = {"［": "[", "］": "]", "｛": "{", "｝": "}", "【": "[", "】": "]"}
BEYOND_NFKC = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "。": ".", "、": ",", "—": "-", "–": "-", **BRACKETS})
INDENT = "indent with ordinary spaces"
WORD = r"[^\s：:，,。；、“”\"'\[\]{}()（）#]{1,30}"
KEY = re.compile(rf"\s*(?:[-－—–]\s+)?({WORD}(?: {WORD})*)\s*：")
CLOSE_KEY = re.compile(r"\s*(?:-\s+)?([^\W\d][^\s：:\"'\[\]{}#]*):([^\s:/])")
ITEM = re.compile(r"\s*-(?=([^\W\d][^\s：:\"'\[\]{}#]*):\s)")
SPACED_KEY = re.compile(r"[^\s：:\"'\[\]{}#]:([\u3000\u00a0])")


def ascii_of(text: str) -> str:
    """*text* as an ASCII keyboard writes it: `：` is `:`, `５` is `5`."""
    return unicodedata.normalize("NFKC", text).translate(BEYOND_NFKC)


def invisible(text: str, file: str) -> Iterator[Diagnostic]:
    """Characters that no editor shows, and that would make two equal words differ."""
    if INVISIBLE.search(text) is None:
        return
    for number, line in enumerate(BREAK.split(text), 1):
        for match in INVISIBLE.finditer(line):
            column = match.start() + 1
            yield Diagnostic(Span(file, number, column, number, column + 1), "invisible-character",
                             f"an invisible character stands here (U+{ord(match[0]):04X})", "delete it")


def in_scalar(scalar: Scalar, *, key: bool, flow: bool, alone: bool) -> Iterator[Diagnostic]:
    """Traps in a scalar: as a *key* or a value, inside brackets (*flow*), a key without value or an item of a list (*alone*)."""
    text = scalar.text
    if scalar.quoted:
        if match := INVISIBLE.search(text):
            yield Diagnostic(scalar.part(match.start(), match.end()), "invisible-character",
                             f"the text holds an invisible character (U+{ord(match[0]):04X})", "leave it out")
        return
    if scalar.source is None and text.isascii() and ":" not in text and "\t" not in text:
        return  # Nothing below can be found in it.
    first, last = text[:1], text[-1:]
    if first in SPACES and key and not flow:
        yield Diagnostic(scalar.part(0, 1), "indentation", f"{SPACES[first]} stands in the indentation", INDENT)
    elif first in SPACES:
        yield _sign(scalar, 0, f"{SPACES[first]} stands before `{text.strip()}`", "delete it")
    if last in SPACES:
        yield _sign(scalar, len(text) - 1, f"{SPACES[last]} stands behind `{text.strip()}`", "delete it")
    if first in ("［", "｛") or (first == "【" and last == "】"):
        yield _sign(scalar, 0, f"`{first}` opens nothing", f"write `{BRACKETS[first]}` on an ASCII keyboard")
    elif len(text) > 1 and QUOTES.get(first) == last and last not in text[1:-1]:
        inner = text[1:-1]
        yield _sign(scalar, 0, f"`{first}` and `{last}` are no quotes here",
                    f"write `\"{inner}\"`; if they belong to the text, `'{text}'`")
    elif key and "：" in text:
        yield _sign(scalar, text.index("："), "`：` separates nothing", f"write `: `; if it belongs to the text, `'{text}'`")
    elif flow and alone and "，" in text:
        yield _sign(scalar, text.index("，"), "`，` separates nothing", f"write `, `; if it belongs to the text, `'{text}'`")
    elif flow and alone and key and (match := re.match(r"\w+:(?=[^\s/])", text)):
        yield Diagnostic(scalar.part(match.end() - 1, match.end()), "yaml-syntax",
                         f"`{match[0]}` has no space behind the colon, so it is not a key",
                         f"write `{match[0]} {text[match.end():]}`")
    elif flow and not alone and not key and (match := re.search("，(?=[^，：]{1,30}：)", text)):
        yield _sign(scalar, match.start(), "`，` separates nothing", f"write `, `; if it belongs to the text, `'{text}'`")
    elif first == "－" or (key and re.match("[—–]\\s", text)):
        yield _sign(scalar, 0, f"`{first}` begins no item of a list", "write `- ` on an ASCII keyboard")
    elif match := re.match(r"([＞｜])[-+]?(?:\s|$)", text):
        yield _sign(scalar, 0, f"`{match[1]}` begins no text of several lines",
                    f"write `{ascii_of(match[1])}` on an ASCII keyboard")
    elif match := re.search(r"(?:^|\s)＃", text):
        yield _sign(scalar, match.end() - 1, "`＃` begins no comment", "write `#` on an ASCII keyboard")
    if scalar.source is not None:
        for found in _in_lines(scalar, BREAK.split(scalar.source), 1):
            yield attrs.evolve(found, way_out=f"{found.way_out}; if it belongs to the text, put the text in quotes")


def _in_lines(scalar: Scalar, lines: list[str], first: int) -> Iterator[Diagnostic]:
    """Lines of a text without quotes that were meant as keys, from the line *first* on, counted from 0."""
    for row, line in enumerate(lines):
        number, shift = scalar.span.line + row, scalar.span.column - 1 if row == 0 else 0
        if row >= first and (found := _in_line(line, scalar.span.file, number, shift)):
            yield found


def _in_line(line: str, file: str, number: int, shift: int = 0) -> Diagnostic | None:
    """What is wrong with a line that should begin with a key."""
    def say(column: int, check: str, what: str, way_out: str) -> Diagnostic:
        return Diagnostic(Span(file, number, shift + column, number, shift + column + 1), check, what, way_out)

    if match := re.match(r" *([\t\u3000\u00a0])", line):
        return say(match.end(), "indentation", f"{SPACES[match[1]]} stands in the indentation", INDENT)
    if match := KEY.match(line):
        return say(match.end(), "full-width-sign", f"`{match[1]}` is followed by a full-width `：`, so it is not a key",
                   f"write `{match[1]}: ` with an ASCII colon and a space")
    if match := SPACED_KEY.search(line):
        return say(match.end(), "full-width-sign", f"{SPACES[match[1]]} follows the colon", "write an ordinary space")
    if match := CLOSE_KEY.match(line):
        return say(match.start(2), "yaml-syntax", f"`{match[1]}:` has no space behind the colon, so it is not a key",
                   f"write `{match[1]}: `")
    if match := re.match(r"\s*＃", line):
        return say(match.end(), "full-width-sign", "`＃` begins no comment", "write `#` on an ASCII keyboard")
    return None


def _sign(scalar: Scalar, at: int, what: str, way_out: str) -> Diagnostic:
    return Diagnostic(scalar.part(at, at + 1), "full-width-sign", what, way_out)


def explain(error: yaml.MarkedYAMLError, text: str, file: str, last: Scalar | None) -> Diagnostic:
    """What an author did where the parser of YAML gave up; *last* is the last scalar that it could read."""
    lines = BREAK.split(text)
    problem = error.problem or "the text is not YAML"
    mark, context = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    here, there = _inside(mark, lines, file), _inside(context, lines, file)

    def say(what: str, way_out: str, at: Span = here) -> Diagnostic:
        return Diagnostic(at, "yaml-syntax", what, way_out)

    if "tab" in problem or lines[here.line - 1][here.column - 1 : here.column] == "\t":
        return Diagnostic(here, "indentation", "a tab stands in the indentation", INDENT)
    if "could not find expected ':'" in problem:
        return _in_line(lines[there.line - 1], file, there.line) or say(
            "this line is neither `key: value` nor `- item`",
            "give it one of the two forms, or indent it below the text that it continues", there)
    if "mapping values are not allowed" in problem:
        if last is not None and not last.quoted and last.span.line <= here.line <= last.span.end_line + 1:
            source = BREAK.split(last.source or last.text)
            trap = next(_in_lines(last, source, 0), None) or next(in_scalar(last, key=False, flow=False, alone=False), None)
            if trap is not None:
                return trap
        if last is not None and (match := ITEM.match(lines[last.span.line - 1])):
            place = Span(file, last.span.line, match.end() + 1, last.span.line, match.end() + 2)
            return say(f"`-{match[1]}` has no space behind the dash, so it begins no item", f"write `- {match[1]}`", place)
        return say("a `: ` cannot stand here",
                   "put the value in quotes if the colon belongs to it, or check the indentation of this line")
    if "block sequence entries" in problem:
        return say("`- ` cannot stand here", "begin the list on a line of its own, or put the value in quotes")
    if "',' or" in problem or ("node content" in problem and "flow" in (error.context or "")):
        return _unclosed(problem, lines, file, here, there)
    if "end of stream" in problem or "document indicator" in problem:
        return _wrong_close(lines[there.line - 1], there) or say(
            "the quotes that open here are not closed", "close them", there)
    if "did not find expected key" in problem or "expected '-' indicator" in problem:
        before = lines[here.line - 1][: here.column - 1]
        if before.rstrip().endswith(('"', "'")):
            if last is not None and last.quoted and last.span.line < here.line:
                return _wrong_close(lines[last.span.line - 1], last.span) or say(
                    f"the quotes that open here close only in line {here.line}", "close them where they should", last.span)
            return say("something stands behind the closing quotes", "put the whole value in quotes, of the other kind")
        return _in_line(lines[here.line - 1], file, here.line) or say(
            f"this line fits neither the block that begins in line {there.line} nor one below it", "check its indentation")
    if "cannot start any token" in problem or "alphabetic or numeric" in problem or "comment or line break" in problem:
        sign = lines[there.line - 1][there.column - 1 : there.column]
        what = "a backtick" if sign == "`" else f"`{sign}`"
        return say(f"{what} cannot begin a value", "put the value in quotes", there)
    if "escape" in problem:
        return say("this backslash begins no escape that YAML knows", "write two backslashes, or use single quotes")
    if "<document start>" in problem:
        return say("this line belongs to nothing above it", "check its indentation")
    return say(problem, "check the indentation, the colons and the quotes of this line")


def _wrong_close(line: str, opened: Span) -> Diagnostic | None:
    """A sign that was meant to close the quotes that are *opened* in *line*."""
    match = re.compile("[”“’‘＂＇]").search(line, opened.column)
    if match is None:
        return None
    place = Span(opened.file, opened.line, match.end(), opened.line, match.end() + 1)
    return Diagnostic(place, "full-width-sign", f"`{match[0]}` closes no quotes",
                      f"write `{ascii_of(match[0])}` on an ASCII keyboard")


def _unclosed(problem: str, lines: list[str], file: str, here: Span, there: Span) -> Diagnostic:
    """A list or mapping in brackets that does not go on as it must: the first full-width sign in it, or the place itself."""
    close = "]" if "']'" in problem else "}"
    for number in range(there.line, here.line + 1):
        line = lines[number - 1]
        blanked = re.sub(r"\"[^\"]*\"|'[^']*'", lambda m: " " * len(m[0]), line)
        start = there.column if number == there.line else 0
        if match := re.compile("[：，］｝】]").search(blanked, start):
            column = match.start() + 1
            return Diagnostic(Span(file, number, column, number, column + 1), "full-width-sign",
                              f"`{match[0]}` cannot stand between brackets",
                              f"write `{ascii_of(match[0])}` on an ASCII keyboard, or put the value in quotes")
    if "node content" in problem:
        return Diagnostic(here, "yaml-syntax", "a value is wanted here", "write it, or delete the comma or bracket")
    return Diagnostic(here, "yaml-syntax", f"neither `,` nor `{close}` follows, though a bracket is open since line {there.line}",
                      f"close it with `{close}`, or put the value in quotes")


def _inside(mark: yaml.Mark | None, lines: list[str], file: str) -> Span:
    """The place of *mark*, which may lie one line behind the last."""
    line = min(mark.line, len(lines) - 1) if mark else 0
    column = min(mark.column, len(lines[line])) if mark and mark.line == line else len(lines[line])
    return Span(file, line + 1, column + 1, line + 1, min(column + 2, len(lines[line]) + 1))
