"""The templates of `chinese/`, by the check that says them, and what a diagnostic is in Chinese.

A section begins with `## ` and the checks whose lines it holds, `*` for all of them; or with `## {name}`, for phrases that stand in
the hole of that name. A line is what is wrong, or with `; ` before it a way out; its Chinese is indented below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import attrs

from accountability.errors import Diagnostic
from accountability.policy.keywords import Script
from accountability.policy.messages.template import Template

ALL = "*"
WAY_OUT = "; "
PLACED = re.compile(r"(.+?:[0-9]+:[0-9]+): ([a-z-]+): (.+)", re.DOTALL)
ELSEWHERE = re.compile(r" (?=[^ `]+:[0-9]+:[0-9]+: [a-z-]+: )")
"""Where in a message that hands on several others the next one begins."""
HAN = r"[\u4e00-\u9fff]"
_before, _behind = re.compile(f"{HAN}$"), re.compile(f"^{HAN}")


class Catalog:
    """Templates by section, and the Chinese of what fits one of them."""

    def __init__(self, sections: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
        tables = {name[1:-1] for name in sections if name.startswith("{")}
        placeholders = dict(sections.get("{placeholder}", ()))
        self.sections = {name: tuple(Template(english, chinese, tables, placeholders) for english, chinese in lines)
                         for name, lines in sections.items() if name != "{placeholder}"}

    @classmethod
    def read(cls, texts: Iterable[str]) -> Catalog:
        """The catalog that these files hold. Raises ValueError where a line has no Chinese, or stands twice in a section."""
        sections: dict[str, dict[str, str]] = {}
        for text in texts:
            names, english = list[str](), ""
            for line in text.splitlines():
                if line.startswith("## "):
                    names = line[3:].split()
                elif not line.strip() or (line.startswith("#") and not line.startswith("##")):
                    continue
                elif line.startswith(" "):
                    for name in names:
                        if english in sections.setdefault(name, {}):
                            raise ValueError(f"`{english}` stands twice under {name}")
                        sections[name][english] = line.strip()
                    english = ""
                elif english:
                    raise ValueError(f"`{english}` has no Chinese")
                else:
                    english = line.strip()
        return cls({name: tuple(lines.items()) for name, lines in sections.items()})

    @property
    def checks(self) -> set[str]:
        """The checks that have lines of their own."""
        return {name for name in self.sections if name != ALL and not name.startswith("{")}

    def lines(self, check: str) -> tuple[Template, ...]:
        """The templates of what *check* may say."""
        return (*self.sections.get(check, ()), *self.sections.get(ALL, ()))

    def fitting(self, check: str, line: str) -> Iterator[str]:
        """*line* of *check* in Chinese, by every template that fits it; a way out begins with `; `."""
        for template in self.lines(check):
            if template.english.startswith(WAY_OUT) is line.startswith(WAY_OUT):
                said = template.said(line, self.phrase)
                if said is not None:
                    yield said

    def phrase(self, kind: str, text: str) -> str | None:
        """The phrase *text* in Chinese, by the first template of its *kind* that fits; None where none does."""
        found = (template.said(text, self.phrase) for template in self.sections[f"{{{kind}}}"])
        return next((said for said in found if said is not None), None)

    def translated(self, found: Diagnostic) -> Diagnostic | None:
        """*found* in Chinese; None where no template fits what it says."""
        said = self._both(found.check, found.what, found.way_out) or self._elsewhere(f"{found.what}{WAY_OUT}{found.way_out}")
        return None if said is None else attrs.evolve(found, what=_spaced(said[0]), way_out=_spaced(said[1]))

    def _both(self, check: str, what: str, way_out: str) -> tuple[str, str] | None:
        """What is wrong and the way out, in Chinese."""
        found = next(self.fitting(check, what), None), next(self.fitting(check, WAY_OUT + way_out), None)
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    def refused(self, check: str, said: str) -> str | None:
        """Why *check* refused an event, in Chinese. *said* is what is wrong and most often the way out, in one line."""
        both = self._apart(check, said)
        return next(self.fitting(check, said), None) if both is None else "；".join(both)

    def _apart(self, check: str, said: str) -> tuple[str, str] | None:
        """What is wrong and the way out, in Chinese, of a line that holds the two."""
        parts = said.split(WAY_OUT)
        found = (self._both(check, WAY_OUT.join(parts[:at]), WAY_OUT.join(parts[at:])) for at in range(1, len(parts)))
        return next((both for both in found if both is not None), None)

    def _elsewhere(self, text: str) -> tuple[str, str] | None:
        """What is wrong and the way out, where a message hands on what is wrong with another file, such as that of a calendar."""
        said = list[tuple[str, str]]()
        for one in ELSEWHERE.split(text):
            if (match := PLACED.fullmatch(one)) is None:
                return None
            place, check, rest = match.groups()
            if (both := self._apart(check, rest)) is None:
                return None
            said.append((f"{place}: {check}: {both[0]}", both[1]))
        return "".join(f"{what}；{way_out} " for what, way_out in said[:-1]) + said[-1][0], said[-1][1]


def _spaced(text: str) -> str:
    """*text* with a space between Chinese characters and what stands in backticks."""
    parts = re.split("(`[^`]*`)", text)
    for at in range(1, len(parts), 2):
        if _before.search(parts[at - 1]):
            parts[at - 1] += " "
        if _behind.search(parts[at + 1]):
            parts[at + 1] = " " + parts[at + 1]
    return "".join(parts)


@cache
def chinese() -> Catalog:
    """The catalog that is installed with the package."""
    folder = files("accountability.policy.messages").joinpath("chinese")
    return Catalog.read(file.read_text(encoding="utf-8") for file in sorted(folder.iterdir(), key=lambda f: f.name)
                        if file.name.endswith(".txt"))


def translated(found: Diagnostic, to: Script) -> Diagnostic:
    """*found* with its words in the language *to*; as it is where nobody has translated them. What is in backticks stays."""
    return (chinese().translated(found) or found) if to == "zh" else found


def told(found: Diagnostic, to: Script) -> str:
    """*found* in one line, in the language *to*: `file:line:column: check: what is wrong; way out`."""
    said = translated(found, to)
    return str(found) if said is found else f"{said.span}: {said.check}: {said.what}；{said.way_out}"


def refused(check: str, what: str, to: Script) -> str:
    """*what* is wrong with an event that *check* refused, in the language *to*; as it is where nobody has translated it."""
    said = chinese().refused(check, what) if to == "zh" else None
    return what if said is None else _spaced(said)


def phrased(kind: str, text: str, to: Script) -> str:
    """The phrase *text* of that *kind* in the language *to*; as it is where nobody has translated it."""
    said = chinese().phrase(kind, text) if to == "zh" else None
    return text if said is None else _spaced(said)
