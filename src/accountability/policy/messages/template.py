"""One line of English as the source makes it, with holes, and the same line in Chinese.

`{name}` is a hole: between backticks it holds what the author wrote, elsewhere a phrase of ours, which the table of that name
translates, or else a text that stays; a digit tells two of one kind apart. `«word»` is a keyword, as the author spells it: in the
Chinese line it is called by the same word, or by its number from the left, as `«1»`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cached_property

import attrs

from accountability.organisation.keywords import WORDS as OF_ORGANISATIONS
from accountability.policy.keywords import in_chinese
from accountability.workdays.calendar_file import WORDS as OF_CALENDARS

PART = re.compile(r"(«[^«»]*»|\{[a-z]+[0-9]?\})")
HOLE = re.compile(r"(\{[a-z]+[0-9]?\})")
LIST = "`[^`]*`(?:(?:, | or | and | → )`[^`]*`)*(?: …)?"
BUILT_IN = {"number": "[-+]?[0-9][0-9,./]*", "names": LIST, "forms": LIST}
"""What the holes hold that need no table: digits, names in backticks as a list, and forms such as `breach of RULE` as a list."""
SEPARATORS = {", ": "、", " or ": "或", " and ": "和", " …": "等"}
KEY = re.compile("([a-z][a-z ]*)(?=:)")
VALUE = re.compile(r"(?<=[:}] )([a-z][a-z ]*)(?=[,}]|$)")
Translate = Callable[[str, str], str | None]
"""What a phrase is in Chinese, by the table and the phrase; None where nobody knows."""


@attrs.frozen(slots=False)
class Template:
    """A line of *english* and the same in *chinese*. *tables* are the kinds of phrases that have translations of their own."""

    english: str
    chinese: str
    tables: Collection[str] = attrs.field(default=(), repr=False, eq=False)
    placeholders: Mapping[str, str] = attrs.field(factory=dict, repr=False, eq=False)

    @cached_property
    def parts(self) -> list[str]:
        """The English line: texts, and between them holes and keywords."""
        return PART.split(self.english)

    @cached_property
    def keywords(self) -> list[str]:
        """The keywords of the English line."""
        return [part[1:-1] for part in self.parts[1::2] if part.startswith("«")]

    @cached_property
    def holes(self) -> dict[str, bool]:
        """The holes of the English line, each with whether it stands between backticks, so that what it holds is the author's."""
        found, ticks = dict[str, bool](), 0
        for text, part in zip(self.parts[::2], self.parts[1::2], strict=False):
            ticks += text.count("`")
            if part.startswith("{"):
                found.setdefault(part[1:-1], ticks % 2 == 1)
        return found

    @cached_property
    def literal(self) -> str:
        """The longest text that stands in every line that fits: whatever lacks it need not be looked at."""
        return max(self.parts[::2], key=len)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What lines fit."""
        out, seen, keywords = "", set[str](), 0
        for at, part in enumerate(self.parts):
            if at % 2 == 0:
                out += re.escape(part)
            elif part.startswith("«"):
                out += f"`(?P<_{keywords}>{_spellings(part[1:-1])})`"
                keywords += 1
            else:
                name = part[1:-1]
                out += f"(?P={name})" if name in seen else f"(?P<{name}>{self._held(name)})"
                seen.add(name)
        return re.compile(out, re.DOTALL)

    def _held(self, name: str) -> str:
        kind = kind_of(name)
        if self.holes[name]:
            return "[^`]*"
        return BUILT_IN.get(kind) or (".+?" if kind in self.tables else "[^`]+?")

    def said(self, line: str, translate: Translate) -> str | None:
        """*line* in Chinese; None where it does not fit, or where a phrase in it has no translation."""
        if self.literal not in line or (match := self.pattern.fullmatch(line)) is None:
            return None
        held = match.groupdict()
        for name, quoted in self.holes.items():
            kind = kind_of(name)
            if not quoted and kind in ("names", "forms"):
                held[name] = listed(held[name] if kind == "names" else self._filled(held[name]))
            elif not quoted and kind in self.tables:
                phrase = translate(kind, held[name])
                if phrase is None:
                    return None
                held[name] = phrase
        return PART.sub(lambda m: self._put(m[0], held), self.chinese)

    def _put(self, part: str, held: Mapping[str, str]) -> str:
        if part.startswith("{"):
            return held[part[1:-1]]
        said = part[1:-1]
        at = int(said) - 1 if said.isdigit() else self.keywords.index(said)
        text, template = held[f"_{at}"], self.keywords[at]
        if not text.isascii():  # its author writes the keys in Chinese, and so the values that are keywords
            for value in VALUE.findall(template):
                text = re.sub(rf"(?<= ){value}(?=[,}}]|$)", in_chinese(value), text)
        return f"`{self._filled(text, template)}`"

    def _filled(self, text: str, template: str = "") -> str:
        """*text* with the words in Chinese that stand in *template* for what its author puts there."""
        for word, own in self.placeholders.items():
            if re.search(rf"\b{word}\b", template or text):
                text = re.sub(rf"\b{word}\b", own, text)
        return text


def kind_of(hole: str) -> str:
    """What the hole of that name holds: `{kind2}` is a second `{kind}`."""
    return hole.rstrip("0123456789")


def listed(text: str) -> str:
    """A list of names in backticks, as Chinese lists them."""
    return "".join(SEPARATORS.get(part, part) for part in re.split("(`[^`]*`)", text))


def _spellings(keyword: str) -> str:
    """A pattern for *keyword* in either spelling. Where it holds keys, each of them may be in either; its holes hold anything."""
    if ":" not in keyword:
        return f"{_open(keyword)}|{_open(_in_chinese(keyword))}"
    return "".join(f"(?:{re.escape(part)}|{re.escape(_in_chinese(part))})" if at % 2 else _open(part)
                   for at, part in enumerate(KEY.split(keyword)))


def _in_chinese(keyword: str) -> str:
    """*keyword* as a Chinese file writes it, be it one of rules, an organisation or a calendar."""
    return OF_ORGANISATIONS.get(keyword) or OF_CALENDARS.get(keyword) or in_chinese(keyword)


def _open(text: str) -> str:
    """*text* as a pattern, its holes open."""
    return "".join("[^`]*" if at % 2 else re.escape(part) for at, part in enumerate(HOLE.split(text)))
