"""The notebook of whoever reads a tree: nodes become typed values, mistakes are written down, reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from accountability.document.traps import ascii_of
from accountability.document.tree import NAMES, Mapping, Node, Scalar, Sequence
from accountability.errors import Diagnostic, Span, closest

KEYWORD = re.compile("«([^«»]*)»")


class Reading:
    """A notebook for reading one or more trees into typed values: what is wrong goes to *diagnostics*, reading goes on.

    A message names a keyword in `«…»`. The author sees it as they wrote it, or else as *other* spells it where *foreign* is set:
    where most of what they wrote is in its spelling.
    """

    def __init__(self, other: Callable[[str], str] = str, foreign: bool = False) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.other, self.foreign = other, foreign
        self.written: dict[str, str] = {}
        self.declared: dict[str, Span] = {}

    def fail(self, span: Span, check: str, what: str, way_out: str) -> None:
        self.diagnostics.append(self.worded(Diagnostic(span, check, what, way_out)))

    def once(self, span: Span, what: str) -> bool:
        """Whether *what*, which stands at *span*, is declared for the first time; a second time is written down."""
        first = self.declared.setdefault(what, span)
        if first is span:
            return True
        place = f"on line {first.line}" if first.file == span.file else f"at {first}"
        self.fail(span, "duplicate-name", f"{what} is declared twice, first {place}", "keep one of the two, or rename it")
        return False

    def worded(self, found: Diagnostic) -> Diagnostic:
        """*found* with every keyword as the author spells it, in one line."""
        what, way_out = (" ".join(KEYWORD.sub(lambda m: f"`{self.said(m[1])}`", text).split("\n"))
                         for text in (found.what, found.way_out))
        return attrs.evolve(found, what=what, way_out=way_out)

    def said(self, keyword: str) -> str:
        """*keyword*, or a phrase of several, as the author of this text spells it."""
        if ":" in keyword:
            return re.sub("[a-z][a-z ]*(?=:)", lambda m: self.said(m[0]), keyword)
        return self.written.get(keyword) or (self.other(keyword) if self.foreign else keyword)

    def closest(self, word: str, known: Iterable[str]) -> str:
        """The way out for an unknown *word* where keywords are *known*, in the spelling in which it is written."""
        names = list(known)
        others = list(map(self.other, names))
        near = closest(word, [*names, *others])
        return near if near.startswith("did") else closest(word, names if word.isascii() else others)

    def keyword(self, node: Node | None, what: str, known: Iterable[str], way_out: str = "") -> str | None:
        """One of the *known* keywords; None (written down) for anything else; None for an absent node."""
        names = list(known)
        text = self.text(node, what)
        if text is None or node is None or text in names:
            return text
        self.fail(node.span, "unknown-choice", f"{what} is `{text}`", way_out or self.closest(text, names))
        return None

    def wrong_kind(self, node: Node, what: str, wanted: str) -> None:
        if isinstance(node, Scalar) and not node.quoted and (colon := node.text.find("：")) >= 0:
            key = node.text[:colon].strip()
            self.fail(node.part(colon, colon + 1), "full-width-sign",
                      f"`{key}` is followed by a full-width `：`, so it is not a key",
                      f"write `{key}: ` with an ASCII colon and a space")
        else:
            self.fail(node.span, "wrong-kind", f"{what} is {NAMES[type(node)]}", f"write {wanted}")

    def mapping(self, node: Node | None, what: str, known: Iterable[str] | None = None,
                required: Iterable[str] = ()) -> dict[str, Node]:
        """The entries of a mapping by key. Unknown and missing keys are written down. An empty scalar is an empty mapping."""
        if node is None or (isinstance(node, Scalar) and node.text == "" and not node.quoted):
            return {}
        if not isinstance(node, Mapping):
            self.wrong_kind(node, what, "`key: value` lines, indented")
            return {}
        names = set(known) if known is not None else None
        out: dict[str, Node] = {}
        said: dict[str, str] = {}
        misspelled: list[str] = []
        for key, value in node.entries:
            if names is not None and key.text not in names:
                word = key.written or key.text  # a keyword of another place was respelt, too
                way_out = self.closest(word, names)
                misspelled.append(way_out)
                self.fail(key.span, "unknown-key", f"{what} has no key `{word}`", way_out)
                continue
            if key.text in out:
                self.fail(key.span, "duplicate-key", f"`{key.written or key.text}` says the same as `{said[key.text]}`",
                          "keep one of the two")
            out[key.text], said[key.text] = value, key.written or key.text
        self.written |= said if names is not None else {}
        # A key that was nearly written is not missing besides.
        meant = {k for k in required for word in (k, self.other(k)) if f"did you mean `{word}`?" in misspelled}
        if missing := [k for k in required if k not in out and k not in meant]:
            foreign = [key.written is not None for key, _ in node.entries if key.text in out]
            for key_name in missing:
                word = self.other(key_name) if any(foreign) or (self.foreign and not foreign) else key_name
                self.fail(node.span, "missing-key", f"{what} lacks `{word}`", f"add `{word}: …`")
        return out

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The items of a list; a single value counts as a list of one; nothing as none."""
        if node is None or (isinstance(node, Scalar) and node.text == "" and not node.quoted):
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def names(self, node: Node | None, what: str) -> tuple[str, ...]:
        """The texts of a list of names. A single value counts as a list of one, unless commas show that several were meant."""
        if isinstance(node, Scalar) and not node.quoted and (match := re.search("[，、,]", node.text)):
            listed = ", ".join(part.strip() for part in re.split("[，、,]", node.text))
            self.fail(node.part(match.start(), match.end()), "not-a-list", f"`{node.text}` is one name, not a list",
                      f"write `[{listed}]`, or put it in quotes if it is one name")
            return ()
        return tuple(text for item in self.items(node, what) if (text := self.text(item, what)) is not None)

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
            plain = ascii_of(text)
            self.fail(node.span, "not-a-whole-number", f"{what} is `{text}`",
                      f"write a whole number such as `{plain if re.fullmatch('[0-9]{1,18}', plain) else 2}`")
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
        self.fail(node.span, "not-yes-or-no", f"{what} is `{text}`", "write «yes» or «no»")
        return None

    def day(self, node: Node | None, what: str) -> date | None:
        text = self.text(node, what)
        if text is None or node is None:
            return None
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
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
            day = "a date such as `2026-03-01` or " if zone is not None else ""
            self.fail(node.span, "not-an-instant", f"{what} is `{text}`",
                      f"write {day}an instant such as `2026-03-01T09:00:00+08:00`")
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
            self.fail(node.span, "unknown-zone", f"{what} is `{text}`, which is no time zone",
                      "write a name such as `Asia/Shanghai`")
            return None
