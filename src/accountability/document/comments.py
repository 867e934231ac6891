"""Which comment belongs to what. In: a text and its tree. Out: the tree as a page, every comment with the part it is about.

A comment stands above the next part, beside the part of its line, at the foot of the block into which it is indented, or at the
head of the page. Blank lines are kept where they part comments or parts, never more than one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import attrs

from accountability.document.tree import BREAK, Mapping, Node, Scalar, Sequence

COMMENT = re.compile("#[^\r\n]*")


@attrs.define
class Part:
    """An entry of a mapping, or an item of a list (then without *key*), and the comments about it; `""` is a blank line.

    *spaced* says that a blank line sets it apart from the part before it.
    """

    key: Scalar | None
    value: Scalar | Block
    above: list[str] = attrs.Factory(list)
    beside: str | None = None
    spaced: bool = False


@attrs.define
class Block:
    """A list or mapping, part by part; *foot* holds the comments behind the last. Where it is *open*, it is never in brackets."""

    mapping: bool
    parts: list[Part] = attrs.Factory(list)
    foot: list[str] = attrs.Factory(list)
    open: bool = False


@attrs.define
class Page:
    """A text as it is written: comments at its *head*, then its *body*."""

    head: list[str]
    body: Block

    def comments(self) -> Iterator[str]:
        """Every comment, in the order of the page."""
        yield from filter(None, self.head)
        yield from _comments(self.body)


def _comments(block: Block) -> Iterator[str]:
    for part in block.parts:
        yield from filter(None, part.above)
        if part.beside:
            yield part.beside
        if isinstance(part.value, Block):
            yield from _comments(part.value)
    yield from filter(None, block.foot)


def commented(text: str, root: Mapping) -> Page:
    """The page of *text*, whose tree is *root*, perhaps with other words and in another order, at the same places."""
    return _Attaching(text.removeprefix("\ufeff"), root).page


@attrs.frozen
class _Comment:
    text: str
    index: int
    line: int
    column: int
    """That of the first sign in its line, be it the comment or a dash before it."""


@attrs.define(eq=False)
class _Container:
    """A list or mapping in the text, from its first character to behind its last; in brackets where it is *flow*."""

    block: Block
    start: int
    end: int
    column: int
    flow: bool
    parent: _Container | None
    slots: list[_Slot] = attrs.Factory(list)

    def outward(self) -> Iterator[_Container]:
        here: _Container | None = self
        while here is not None:
            yield here
            here = here.parent


@attrs.define(eq=False)
class _Slot:
    """A part in the text. *end* is behind its value if that is one word or stands in brackets; else 0."""

    part: Part
    inside: _Container
    start: int
    end: int
    line: int
    last_line: int
    late: list[str] = attrs.Factory(list)

    def takes(self, comment: _Comment) -> bool:
        """Puts *comment* beside the part if it stands in its line, or above it if the value is still to come."""
        if comment.line in (self.line, self.last_line):
            self.late += [self.part.beside] if self.part.beside else []
            self.part.beside = comment.text
        elif comment.index < self.end:
            self.late.append(comment.text)
        else:
            return False
        return True


class _Attaching:
    def __init__(self, text: str, root: Mapping) -> None:
        self.text = text
        self.starts = [0, *(m.end() for m in BREAK.finditer(text))]
        self.lines = BREAK.split(text)
        self.scalars: list[Scalar] = []
        self.containers: list[_Container] = []
        self.slots: list[_Slot] = []
        """The parts that do not stand in brackets, in the order of the text."""
        self.before: _Slot | None = None
        self.closed: _Container | None = None
        """Between two parts: the one above, and the block at whose foot the last comment went; None if it went above the next."""
        self.top = self.container(root, None)
        # The tree may be in another order than the text; an item still comes before the part that begins where it does.
        self.scalars.sort(key=lambda s: (s.span.line, s.span.column, s.span.end_line, s.span.end_column))
        for slots in (self.slots, *(c.slots for c in self.containers)):
            slots.sort(key=lambda s: s.start)
        self.flows = sorted((c for c in self.containers if c.flow), key=lambda c: c.start)
        self.page = Page([], self.top.block)
        for comment in self.comments():
            self.attach(comment)
        self.finish()

    def index(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def blank(self, line: int) -> bool:
        """Whether the line before *line* is blank."""
        return line > 1 and not self.lines[line - 2].strip()

    def container(self, node: Mapping | Sequence, parent: _Container | None) -> _Container:
        span = node.span
        start = self.index(span.line, span.column)
        flow = self.text[start : start + 1] in ("{", "[") or (parent is not None and parent.flow)
        end = self.index(span.end_line, span.end_column)
        here = _Container(Block(isinstance(node, Mapping)), start, end, span.column, flow, parent)
        self.containers.append(here)
        for key, value in node.entries if isinstance(node, Mapping) else [(None, item) for item in node.items]:
            self.slot(here, key, value)
        return here

    def slot(self, here: _Container, key: Scalar | None, value: Node) -> None:
        first, last = (key or value).span, value.span
        closed = isinstance(value, Scalar) or self.text[self.index(last.line, last.column)] in "{["
        end = self.index(last.end_line, last.end_column) if closed else 0
        last_line = last.end_line if closed else first.end_line if key is not None else first.line
        part = Part(key, value if isinstance(value, Scalar) else Block(mapping=False))
        slot = _Slot(part, here, self.index(first.line, first.column), end, first.line, last_line)
        here.slots.append(slot)
        here.block.parts.append(part)
        self.slots += [] if here.flow else [slot]
        self.scalars += [s for s in (key, value) if isinstance(s, Scalar)]
        if not isinstance(value, Scalar):
            part.value = self.container(value, here).block

    def comments(self) -> Iterator[_Comment]:
        """Whatever begins with `#` outside a scalar, or behind the `|` or `>` of one."""
        at = 0
        for scalar in self.scalars:
            start = self.index(scalar.span.line, scalar.span.column)
            yield from self.between(at, start)
            at = self.index(scalar.span.end_line, scalar.span.end_column)
            if at > start and self.text[start] in "|>":
                header = BREAK.search(self.text, start)
                behind = header.start() if header else len(self.text)
                yield from self.between(start, behind)
                at = max(at, behind)
        yield from self.between(at, len(self.text))

    def between(self, start: int, end: int) -> Iterator[_Comment]:
        for match in COMMENT.finditer(self.text, start, end):
            line = bisect_right(self.starts, match.start())
            column = len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip()) + 1
            yield _Comment(match[0].rstrip(), match.start(), line, column)

    def attach(self, comment: _Comment) -> None:
        flow = self.brackets_around(comment.index)
        slots = flow.slots if flow is not None else self.slots
        at = bisect_right(slots, comment.index, key=lambda s: s.start) - 1
        after = slots[at + 1] if at + 1 < len(slots) else None
        if flow is None and at < 0:
            self.at_edge(comment)
        elif at >= 0 and slots[at].takes(comment):
            self.before = None
        elif flow is None:
            self.in_gap(comment, slots[at], after)
        elif after is not None:
            self.above(comment, after)
        else:
            self.at_foot(comment, flow)

    def brackets_around(self, index: int) -> _Container | None:
        """The innermost brackets around *index*."""
        at = bisect_right(self.flows, index, key=lambda f: f.start) - 1
        around = (c for c in self.flows[at].outward() if c.flow and c.start < index < c.end) if at >= 0 else iter(())
        return next(around, None)

    def at_edge(self, comment: _Comment) -> None:
        """Before the first part; or behind the last, where all stands in brackets."""
        if self.top.flow and comment.index > self.top.start:
            self.at_foot(comment, self.top)
        else:
            self.page.head += [""] * (bool(self.page.head) and self.blank(comment.line)) + [comment.text]

    def in_gap(self, comment: _Comment, before: _Slot, after: _Slot | None) -> None:
        """Between two parts, outside all brackets: at the foot of a block that ends here, by its column, or above what follows."""
        going_on = self.before is before
        self.before = before
        if after is not None and (comment.column <= after.inside.column or (going_on and self.closed is None)):
            self.closed = None
        else:
            still_open = set(map(id, after.inside.outward())) if after is not None else set()
            ending = [c for c in before.inside.outward() if id(c) not in still_open]
            if going_on and self.closed is not None:
                ending = ending[ending.index(self.closed):]
            fitting = [c for c in ending if c.column <= comment.column]
            # A list may begin in the column of the key above it; then the comment is about what both are in.
            same = [c for c in fitting if c.column == fitting[0].column]
            self.closed = same[-1] if same else None if after is not None else self.top
        if self.closed is not None:
            self.at_foot(comment, self.closed)
        elif after is not None:
            self.above(comment, after)

    def above(self, comment: _Comment, slot: _Slot) -> None:
        blank, part = self.blank(comment.line), slot.part
        part.spaced = part.spaced or (blank and not part.above)
        part.above += [""] * (blank and bool(part.above)) + [comment.text]

    def at_foot(self, comment: _Comment, container: _Container) -> None:
        container.block.foot += [""] * self.blank(comment.line) + [comment.text]

    def finish(self) -> None:
        """What could not be said before all comments were known: blank lines, comments in empty brackets, whose the head is."""
        for slot, in_brackets in ((s, c.flow) for c in self.containers for s in c.slots):
            part = slot.part
            if not in_brackets and self.blank(slot.line):  # what stands in brackets may share its line, and is set apart by nothing
                part.spaced = part.spaced or not part.above
                part.above += [""] if part.above else []
            if isinstance(part.value, Block) and not part.value.parts:
                slot.late += filter(None, part.value.foot)
                part.value.foot.clear()
            part.above += slot.late
        first, head = next(iter(self.top.slots), None), self.page.head
        if first is None or not head:
            return
        if self.blank(first.line) and not self.top.flow:
            head.append("")
        elif "" in head:
            # Of several paragraphs, the one right above the first part is about that part, not about the page.
            cut = len(head) - head[::-1].index("")
            first.part.above = [*head[cut:], *first.part.above]
            del head[cut:]
