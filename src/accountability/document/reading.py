"""The notebook of whoever reads a tree: nodes become typed values, mistakes are written down, reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accountability.document.traps import ascii_of
from accountability.document.tree import NAMES, Mapping, Node, Scalar, Sequence
from accountability.errors import Diagnostic, Span, closest


class Reading:
    """A notebook for reading one or more trees into typed values: what is wrong goes to *diagnostics*, reading goes on."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def fail(self, span: Span, check: str, what: str, way_out: str) -> None:
        self.diagnostics.append(Diagnostic(span, check, " ".join(what.split("\n")), " ".join(way_out.split("\n"))))

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
        self.fail(node.span, "not-yes-or-no", f"{what} is `{text}`", "write `yes` or `no`")
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
            self.fail(node.span, "not-an-instant", f"{what} is `{text}`",
                      "write an instant such as `2026-03-01T09:00:00+08:00`")
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
