"""From text to tree. In: YAML. Out: nodes, or diagnostics.

The tree is built from the parser's events, not by its composer: so an alias is never followed, nesting is cut off while it is
read, and every scalar keeps the characters that stand in the file.
"""

from __future__ import annotations

from pathlib import Path

import attrs
import yaml

from accountability.document.traps import explain, in_scalar, invisible
from accountability.document.tree import BREAK, Mapping, Node, Scalar, Sequence
from accountability.errors import Diagnostic, DocumentError, Span

MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 40
MAX_MISTAKES = 100


def parse(text: str, file: str) -> Node:
    """The tree of one YAML document, with or without a byte order mark.

    Raises DocumentError with every reason for which the text cannot be read: syntax, invisible characters, tabs, duplicate keys,
    tags, anchors, aliases and merge keys (a value must stand where it is read), a full-width sign where YAML wants the ASCII one,
    a second document, excess size or depth.
    """
    text = text.removeprefix("\ufeff")
    start = Span(file, 1, 1, 1, 1)
    if len(text) > MAX_CHARACTERS:
        raise DocumentError([Diagnostic(start, "too-large", f"the file has {len(text):,} characters",
                                        f"keep it below {MAX_CHARACTERS:,}: split the pack into several files")])
    if found := list(invisible(text, file)):
        raise DocumentError(found)
    composer = _Composer(text, file)
    composer.run()
    if composer.found:
        # An author's words may hold a line break; a message does not.
        raise DocumentError(dict.fromkeys(
            attrs.evolve(d, what=" ".join(d.what.split("\n")), way_out=" ".join(d.way_out.split("\n"))) for d in composer.found))
    if composer.root is None:
        raise DocumentError([Diagnostic(start, "empty-file", "the file says nothing", "write its first key")])
    return composer.root


def read(path: Path) -> Node:
    """The tree of the file at *path*, UTF-8 with or without a byte order mark. Raises DocumentError."""
    return parse(decode(content_of(path), str(path)), str(path))


def content_of(path: Path) -> bytes:
    """What is in the file at *path*. Raises DocumentError where it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        start = Span(str(path), 1, 1, 1, 1)
        raise DocumentError([Diagnostic(start, "unreadable-file", f"the file cannot be opened: {error.strerror}",
                                        "check its path and its rights")]) from None


def decode(content: bytes, file: str) -> str:
    """*content* as text, UTF-8 with or without a byte order mark. Raises DocumentError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = BREAK.split(error.object[: error.start].decode("utf-8-sig", "replace"))
        place = Span(file, len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 1)
        raise DocumentError([Diagnostic(place, "encoding", "the file is not UTF-8 text", "save it as UTF-8")]) from None


@attrs.define
class _Open:
    """A list or mapping not yet closed. In a mapping, *key* waits for its value; *skip* drops the value of a key that is none."""

    span: Span
    mapping: bool
    flow: bool
    items: list[Node] = attrs.Factory(list)
    entries: list[tuple[Scalar, Node]] = attrs.Factory(list)
    lines: dict[str, int] = attrs.Factory(dict)
    key: Scalar | None = None
    skip: bool = False

    @property
    def wants_key(self) -> bool:
        return self.mapping and self.key is None and not self.skip


class _Composer:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.root: Node | None = None
        self.found: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.last: Scalar | None = None
        self.anchors: set[str] = set()
        lines = BREAK.split(text)
        self.end = (len(lines), len(lines[-1]) + 1)

    def run(self) -> None:
        """Reads all events, or up to the first that cannot be gone on from."""
        try:
            for event in yaml.parse(self.text, Loader=yaml.CSafeLoader):
                if not self.take(event) or len(self.found) >= MAX_MISTAKES:
                    return
        except yaml.MarkedYAMLError as error:
            # A sign of the wrong keyboard is reason enough for whatever stopped the parser behind it.
            if not any(d.check in ("full-width-sign", "indentation") for d in self.found):
                self.found.append(explain(error, self.text, self.file, self.last))

    def take(self, event: yaml.Event) -> bool:
        """Adds *event* to the tree; False where reading must stop."""
        a, b = event.start_mark, event.end_mark
        assert a is not None
        assert b is not None
        span = Span(self.file, *self.place(a.line, a.column), *self.place(b.line, b.column))
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self.fail(span, "second-document", "`---` begins a second document", "keep one document in a file")
            return False
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                self.fail(span, "alias", f"the alias `*{event.anchor}` is used",
                          "write the value where it is meant, or put the text in quotes")
            self.add(Scalar("", span))
        elif isinstance(event, yaml.NodeEvent):
            self.marks(event, span)
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event, span, self.text[a.index : b.index])
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self.stack) == MAX_DEPTH:
                self.fail(span, "too-deep", "the nesting is deeper than any rule needs", f"keep it below {MAX_DEPTH} levels")
                return False
            self.stack.append(_Open(span, isinstance(event, yaml.MappingStartEvent), bool(event.flow_style)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close(span)
        return True

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column, counted from 1; the end of the text for the line that the parser sees behind it."""
        return (line + 1, column + 1) if line < self.end[0] else self.end

    def fail(self, span: Span, check: str, what: str, way_out: str) -> None:
        self.found.append(Diagnostic(span, check, what, way_out))

    def marks(self, event: yaml.NodeEvent, span: Span) -> None:
        if event.anchor is not None:
            self.anchors.add(event.anchor)
            self.fail(span, "alias", f"the anchor `&{event.anchor}` is used",
                      "write the value where it is meant, or put the text in quotes")
        if getattr(event, "tag", None) is not None:
            self.fail(span, "tag", "a value begins with `!`, which YAML takes for a tag", "put the text in quotes")

    def scalar(self, event: yaml.ScalarEvent, span: Span, source: str) -> None:
        if event.style in ("|", ">"):
            source = source.rstrip()
            lines = BREAK.split(source)
            if len(lines) > 1:
                span = attrs.evolve(span, end_line=span.line + len(lines) - 1, end_column=len(lines[-1]) + 1)
        node = Scalar(event.value, span, quoted=bool(event.style), source=None if source == event.value else source)
        self.last = node
        self.add(node)

    def close(self, span: Span) -> None:
        """The end of a list or mapping. Without brackets it ends where its last part does: the parser saw the next word already."""
        done = self.stack.pop()
        node: Node
        parts: list[Node] = done.items or [value for _, value in done.entries]
        end = span if done.flow else parts[-1].span if parts else done.span
        whole = attrs.evolve(done.span, end_line=end.end_line, end_column=end.end_column)
        node = Mapping(tuple(done.entries), whole) if done.mapping else Sequence(tuple(done.items), whole)
        self.add(node)

    def add(self, node: Node) -> None:
        """Puts *node* where it belongs: at the top, into a list, as a key, as a value."""
        if not self.stack:
            self.root = node
            if isinstance(node, Scalar):
                self.found += in_scalar(node, key=False, flow=False, alone=False)
            return
        top = self.stack[-1]
        if top.wants_key:
            self.key(top, node)
            return
        empty = isinstance(node, Scalar) and node.text == "" and not node.quoted
        if top.key is not None:
            self.found += in_scalar(top.key, key=True, flow=top.flow, alone=empty)
            top.entries.append((top.key, node))
        elif not top.mapping:
            top.items.append(node)
        top.key, top.skip = None, False
        if isinstance(node, Scalar):
            self.found += in_scalar(node, key=False, flow=top.flow, alone=not top.mapping)

    def key(self, top: _Open, node: Node) -> None:
        if not isinstance(node, Scalar):
            self.fail(node.span, "key-not-text", "a key must be a single name", "write `name: value`")
            top.skip = True
            return
        if node.text == "<<" and not node.quoted:
            self.fail(node.span, "merge-key", "a merge key `<<` is used", "write the values where they are meant")
        if node.text in top.lines:
            self.fail(node.span, "duplicate-key", f"`{node.text}` stands here a second time, first in line {top.lines[node.text]}",
                      "keep one of the two")
        top.lines.setdefault(node.text, node.span.line)
        top.key = node
