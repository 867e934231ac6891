"""The one form in which a page is written: two spaces a level, brackets where they fit, quotes where they are needed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import attrs

from accountability.document.comments import Block, Page, Part
from accountability.document.composing import parse
from accountability.document.tree import Mapping, Scalar
from accountability.errors import DocumentError

WIDTH = 110
"""Columns; a sign as wide as a Chinese character takes two."""

"""YAML looks for the colon of a key in 1,024 characters."""
SURE = re.compile(r"\w+(?:[ ./_-]\w+)*")
BREAKS = re.compile("[\r\n]")
COMMA = re.compile("[，、,]")
GAP = re.compile(r"(?<=[^ \t]) (?=[^ \t])")
JOINTS = ("and", "or", "且", "或")
FRAMES = {"key": "{}: v", "value": "k: {}", "item": "- {}",
          "key in brackets": "{{{}: v}}", "value in brackets": "{{k: {}}}", "item in brackets": "[{}]"}


def laid_out(page: Page) -> str:
    """*page* as text: what `parse` reads in it is what the page says, part by part. It ends with a line break."""
    head, body = list(page.head), _lifted(page.body)
    if head and head[-1] and body.parts and body.parts[0].above:
        head.append("")
    return "\n".join([*head, *(_lines(body, "") if body.parts else [*_commented(body.foot, ""), _empty(body)])]) + "\n"


def columns(text: str) -> int:
    """How many columns *text* takes where a Chinese character takes two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _lifted(block: Block) -> Block:
    """*block* as it is written: an item begins in the line of its dash, so what stands above its first part goes above the dash."""
    parts = []
    for part in block.parts:
        value = _lifted(part.value) if isinstance(part.value, Block) else part.value
        above = part.above
        if part.key is None and isinstance(value, Block) and value.parts:
            first, *rest = value.parts
            above = [*above, *first.above]
            value = attrs.evolve(value, parts=[attrs.evolve(first, above=[]), *rest])
        parts.append(attrs.evolve(part, value=value, above=above))
    return attrs.evolve(block, parts=parts)


def _commented(comments: list[str], pad: str) -> Iterator[str]:
    yield from (f"{pad}{comment}" if comment else "" for comment in comments)


def _lines(block: Block, pad: str) -> Iterator[str]:
    for number, part in enumerate(block.parts):
        if number and part.spaced:
            yield ""
        yield from _part(part, pad)
    yield from _commented(block.foot, pad)


def _part(part: Part, pad: str) -> Iterator[str]:
    """The comments above *part*, and its lines."""
    key, value, beside = part.key, part.value, f"  {part.beside}" if part.beside else ""
    lead = f"{pad}-" if key is None else f"{pad}{_scalar(key, 'key')}:"
    if isinstance(value, Scalar):
        first, *rest = _value(value, "item" if key is None else "value", lead, pad + "  ")
        first = f" {first}" if first else ""
    elif inline := _inline(value, columns(lead) + 1, item=key is None):
        first, rest = f" {inline}", []
    else:
        first, rest = "", list(_lines(value, pad + "  "))
        if key is None:
            # Behind a dash the first line is that of the first part, so the comment beside all of it goes above.
            first, *rest = rest
            first = first[len(lead):]
            yield from _commented([*part.above, *([part.beside] if part.beside else [])], pad)
            yield from [lead + first, *rest]
            return
    yield from _commented(part.above, pad)
    yield from [lead + first + beside, *rest]


def _empty(block: Block) -> str:
    return "{}" if block.mapping else "[]"


def _inline(block: Block, used: int, *, item: bool) -> str | None:
    """*block* in brackets, in a line of which *used* columns are taken; None where it does not fit or does not belong there."""
    if not block.parts:
        return _empty(block)
    # One key with one word needs no brackets behind a dash.
    single = item and block.mapping and len(block.parts) == 1 and isinstance(block.parts[0].value, Scalar)
    text = None if block.open or single else _brackets(block, deep=block.mapping)
    return text if text is not None and used + columns(text) <= WIDTH else None


def _brackets(block: Block, deep: bool) -> str | None:
    """*block* in brackets, lists of words inside where *deep*; None where it holds more, comments, or what would need quotes."""
    found = []
    for part in block.parts:
        if part.above or part.beside or block.foot:
            return None
        value = part.value
        if isinstance(value, Scalar):
            text = _in_brackets(value, "item" if part.key is None else "value") if value.text or value.quoted else None
        elif not value.parts:
            text = _empty(value)
        else:
            text = _brackets(value, deep=False) if deep and not value.mapping else None
        key = "" if part.key is None else _in_brackets(part.key, "key")
        if text is None or key is None:
            return None
        found.append(text if part.key is None else f"{key}: {text}")
    return f"{{{', '.join(found)}}}" if block.mapping else f"[{', '.join(found)}]"


def _in_brackets(scalar: Scalar, place: str) -> str | None:
    """*scalar* between brackets; None where only the brackets would make it need quotes."""
    text = _scalar(scalar, place)
    if "\n" in scalar.text or (text == scalar.text and not _plain(text, f"{place} in brackets")):
        return None
    return text


def _scalar(scalar: Scalar, place: str) -> str:
    """*scalar* in one line. Quotes stay around nothing, `null` and a comma: without them there is no value, or perhaps a list."""
    text = scalar.text
    kept = scalar.quoted and (text in ("", "null") or (place != "key" and COMMA.search(text)))
    empty = not text and place != "key"
    return text if (empty or _plain(text, place)) and not kept else json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _plain(text: str, place: str) -> bool:
    """Whether *text* can stand without quotes as a `key`, `value` or `item`: whether it reads back as itself."""
    if SURE.fullmatch(text):
        return True
    if not text or text != text.strip() or "\t" in text or BREAKS.search(text):
        return False
    try:
        node = parse(FRAMES[place].format(text), "")
    except DocumentError:
        return False
    if isinstance(node, Scalar):
        return False
    parts = [n for entry in node.entries for n in entry] if isinstance(node, Mapping) else list(node.items)
    wanted = {"key": [text, "v"], "value": ["k", text], "item": [text]}[place.split()[0]]
    return all(isinstance(p, Scalar) and not p.quoted for p in parts) and [
        p.text for p in parts if isinstance(p, Scalar)] == wanted


def _value(scalar: Scalar, place: str, lead: str, pad: str) -> list[str]:
    """*scalar* behind *lead*, in one line or, indented by *pad*, in several."""
    text = scalar.text
    body = text.removesuffix("\n")
    end = "" if body != text else "-"
    line = _scalar(scalar, place)
    fits = columns(f"{lead} {line}") <= WIDTH
    if "\n" not in body and not (fits and body == text) and (folded := _folded(body, WIDTH - len(pad))):
        return [f">{end}", *(pad + part for part in folded)]
    if "\n" in text and _literal(body):
        return [f"|{end}", *(pad + part if part else "" for part in body.split("\n"))]
    return [line]


def _literal(body: str) -> bool:
    """Whether lines below `|` say *body* and nothing else."""
    lines = body.split("\n")
    first = next((part for part in lines if part), " ")
    return (not first[0].isspace() and bool(lines[-1]) and "\r" not in body
            and all(part == part.rstrip() and not part.startswith("\t") for part in lines))


def _folded(text: str, width: int) -> list[str] | None:
    """*text* in several lines, each of which but the last stands for a space; broken before `and` and `or` where there are some."""
    if BREAKS.search(text) or text != text.strip():
        return None
    lines: list[str] = []
    line: list[str] = []
    for word in GAP.split(text):
        while line and columns(" ".join([*line, word])) > width:
            joints = [n for n, w in enumerate(line) if n and w in JOINTS] if word not in JOINTS else []
            joint = joints[-1] if joints else len(line)
            lines.append(" ".join(line[:joint]))
            line = line[joint:]
        line.append(word)
    return [*lines, " ".join(line)] if lines else None
