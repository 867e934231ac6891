"""document: YAML text on its way to a tree of scalars that keep their place. In: text. Out: nodes, or diagnostics.

YAML decides nothing here but structure: a scalar stays the characters its author wrote (`1.10`, `2:00`, `no`, `是`),
and whoever reads the tree says what type it has. `Reading` is that reader's notebook: it turns nodes into typed values
and writes down every mistake, so that an author sees all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import yaml

from accountability.errors import Diagnostic, DocumentError, Span, closest

MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 40
FULL_WIDTH = {"：": ":", "，": ",", "［": "[", "］": "]", "｛": "{", "｝": "}", "“": '"', "”": '"', "\u3000": " "}


@attrs.frozen
class Scalar:
    """One value, as written. *quoted* tells `"5"` from `5`."""

    text: str
    span: Span
    quoted: bool = False


@attrs.frozen
class Sequence:
    items: tuple[Node, ...]
    span: Span


@attrs.frozen
class Mapping:
    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.entries if name.text == key), None)


type_names = {"Scalar": "a single value", "Sequence": "a list", "Mapping": "a mapping of `key: value`"}
Node = Scalar | Sequence | Mapping


def parse(text: str, file: str) -> Node:
    """The tree of one YAML document.

    Raises DocumentError with every reason for which the text cannot be read: syntax, tabs, duplicate keys, aliases and
    merge keys (a value must stand where it is read), a full-width sign where YAML wants the ASCII one, excess size or depth.
    """
    found = list(_traps(text, file))
    if found:
        raise DocumentError(found)
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = (error.problem or "the text is not YAML").replace("\n", " ")
        raise DocumentError([Diagnostic(Span(file, line, column, line, column + 1), "yaml-syntax", what,
                                        "check the indentation, the colons and the quotes of this line")]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError([Diagnostic(Span(file, 1, 1, 1, 2), "yaml-syntax", str(error).replace("\n", " "),
                                        "save the file as plain UTF-8 text")]) from None
    if root is None:
        raise DocumentError([Diagnostic(Span(file, 1, 1, 1, 2), "empty-file", "the file says nothing", "write its first key")])
    node = _convert(root, file, found, 0)
    if found:
        raise DocumentError(found)
    return node


def read(path: Path) -> Node:
    """The tree of the file at *path*, UTF-8 with or without a byte order mark. Raises DocumentError."""
    start = Span(str(path), 1, 1, 1, 2)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError([Diagnostic(start, "encoding", "the file is not UTF-8 text", "save it as UTF-8")]) from None
    except OSError as error:
        raise DocumentError([Diagnostic(start, "unreadable-file", f"the file cannot be opened: {error.strerror}",
                                        "check its path and its rights")]) from None
    return parse(text, str(path))


def _traps(text: str, file: str) -> Iterator[Diagnostic]:
    if len(text) > MAX_CHARACTERS:
        yield Diagnostic(Span(file, 1, 1, 1, 2), "too-large", f"the file has {len(text):,} characters",
                         f"keep it below {MAX_CHARACTERS:,}: split the pack into several files")
        return
    for number, line in enumerate(text.splitlines(), 1):
        indent = len(line) - len(line.lstrip(" \t\u3000"))
        for column, sign in enumerate(line[:indent], 1):
            if sign != " ":
                name = "a tab" if sign == "\t" else "a full-width space"
                yield Diagnostic(Span(file, number, column, number, column + 1), "indentation",
                                 f"{name} stands in the indentation", "indent with ordinary spaces")
                break
        body = re.split(r"(?:^|\s)#", line, maxsplit=1)[0]
        key = re.match(r"\s*(?:-\s+)?([^\s'\"#:{}\[\],&*!|>]+)：", body)
        if key and ": " not in body and not body.rstrip().endswith(":"):
            column = key.end()
            yield Diagnostic(Span(file, number, column, number, column + 1), "full-width-sign",
                             f"`{key.group(1)}` is followed by a full-width `：`, so it is not a key",
                             f"write `{key.group(1)}: ` with an ASCII colon and a space")


def _span(node: yaml.Node, file: str) -> Span:
    a, b = node.start_mark, node.end_mark
    return Span(file, a.line + 1, a.column + 1, b.line + 1, b.column + 1)


def _convert(node: yaml.Node, file: str, found: list[Diagnostic], depth: int, seen: frozenset[int] = frozenset()) -> Node:
    span = _span(node, file)
    if id(node) in seen or depth > MAX_DEPTH:
        found.append(Diagnostic(span, "too-deep", "the nesting has no end or is deeper than any rule needs",
                                f"keep it below {MAX_DEPTH} levels"))
        return Scalar("", span)
    if node.anchor is not None if hasattr(node, "anchor") else False:
        found.append(Diagnostic(span, "alias", "an anchor is used", "write the value where it is meant"))
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, span, quoted=node.style in ("'", '"', "|", ">"))
    seen = seen | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_convert(item, file, found, depth + 1, seen) for item in node.value), span)
    entries: list[tuple[Scalar, Node]] = []
    names: dict[str, Span] = {}
    for key_node, value_node in node.value:
        key = _convert(key_node, file, found, depth + 1, seen)
        if not isinstance(key, Scalar):
            found.append(Diagnostic(key.span, "key-not-text", "a key must be a single name", "write `name: value`"))
            continue
        if key.text == "<<" and not key.quoted:
            found.append(Diagnostic(key.span, "merge-key", "a merge key `<<` is used", "write the values where they are meant"))
        if key.text in names:
            first = names[key.text]
            found.append(Diagnostic(key.span, "duplicate-key", f"`{key.text}` stands here a second time, first in line {first.line}",
                                    "keep one of the two"))
        names.setdefault(key.text, key.span)
        entries.append((key, _convert(value_node, file, found, depth + 1, seen)))
    return Mapping(tuple(entries), span)


class Reading:
    """A notebook for reading one or more trees into typed values: what is wrong goes to *diagnostics*, reading goes on."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def fail(self, span: Span, check: str, what: str, way_out: str) -> None:
        self.diagnostics.append(Diagnostic(span, check, what, way_out))

    def wrong_kind(self, node: Node, what: str, wanted: str) -> None:
        self.fail(node.span, "wrong-kind", f"{what} is {type_names[type(node).__name__]}", f"write {wanted}")

    def mapping(self, node: Node | None, what: str, known: Iterable[str] | None = None, required: Iterable[str] = ()) -> dict[str, Node]:
        """The entries of a mapping by key. Unknown and missing keys are written down. An empty scalar is an empty mapping."""
        if node is None or (isinstance(node, Scalar) and node.text == "" and not node.quoted):
            return {}
        if not isinstance(node, Mapping):
            self.wrong_kind(node, what, "`key: value` lines, indented")
            return {}
        names = set(known) if known is not None else None
        out: dict[str, Node] = {}
        for key, value in node.entries:
            if names is not None and key.text not in names:
                self.fail(key.span, "unknown-key", f"{what} has no key `{key.text}`", closest(key.text, names))
            else:
                out[key.text] = value
        for key_name in required:
            if key_name not in out:
                self.fail(node.span, "missing-key", f"{what} lacks `{key_name}`", f"add `{key_name}: …`")
        return out

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The items of a list; a single value counts as a list of one; nothing as none."""
        if node is None or (isinstance(node, Scalar) and node.text == "" and not node.quoted):
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def text(self, node: Node | None, what: str) -> str | None:
        """The characters of a single value; None (written down) for anything else; None for an absent node."""
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.wrong_kind(node, what, "a single value")
            return None
        if node.text == "" and not node.quoted:
            self.fail(node.span, "empty-value", f"{what} is empty", "write a value")
            return None
        return node.text

    def integer(self, node: Node | None, what: str) -> int | None:
        text = self.text(node, what)
        if text is None or node is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            self.fail(node.span, "not-a-whole-number", f"{what} is `{text}`", "write a whole number such as `2`")
            return None
        return int(text)

    def boolean(self, node: Node | None, what: str) -> bool | None:
        text = self.text(node, what)
        if text is None or node is None:
            return None
        if text in ("yes", "是"):
            return True
        if text in ("no", "否"):
            return False
        self.fail(node.span, "not-yes-or-no", f"{what} is `{text}`", "write `yes` or `no`")
        return None

    def day(self, node: Node | None, what: str) -> date | None:
        text = self.text(node, what)
        if text is None or node is None:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.fail(node.span, "not-a-date", f"{what} is `{text}`", "write a date such as `2026-03-01`")
        return None

    def instant(self, node: Node | None, what: str, zone: ZoneInfo | None = None) -> datetime | None:
        """An instant with a zone; a bare date or time is taken in *zone* where one is given, else refused."""
        text = self.text(node, what)
        if text is None or node is None:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self.fail(node.span, "not-an-instant", f"{what} is `{text}`", "write an instant such as `2026-03-01T09:00:00+08:00`")
            return None
        if found.tzinfo is None:
            if zone is None:
                self.fail(node.span, "no-zone", f"{what} is `{text}`, without a zone", "add one, such as `+08:00` or `Z`")
                return None
            found = found.replace(tzinfo=zone)
        return found

    def zone(self, node: Node | None, what: str) -> ZoneInfo | None:
        text = self.text(node, what)
        if text is None or node is None:
            return None
        try:
            return ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            self.fail(node.span, "unknown-zone", f"{what} is `{text}`, which is no time zone", "write a name such as `Asia/Shanghai`")
            return None
