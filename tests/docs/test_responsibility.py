"""The page on responsibility: its examples are run, and every rule on it says where it comes from."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "explanation" / "responsibility.md").read_text(encoding="utf-8")


def test_every_example_gives_what_the_page_says() -> None:
    sessions = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
    examples = doctest.DocTestParser().get_doctest(sessions, {}, "responsibility.md", "responsibility.md", 0)
    result = doctest.DocTestRunner().run(examples)
    assert result.attempted > 15
    assert result.failed == 0


def test_every_rule_says_where_it_comes_from_and_how_sure_that_is() -> None:
    rules = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    assert len(rules) > 12
    for rule in rules:
        title, _, body = rule.partition("\n")
        source = re.search(r"^\*Source\.\* (.+?)(?=\n\n|\Z)", body, re.DOTALL | re.MULTILINE)
        assert source is not None, title
        # A law has its mark; a clause or safeguard its number; a decision of ours says that it is one.
        assert re.search(r"\((?:F|P|M)\)|: M\.|\bSG\d+|S\d\.?\d?-\d\d|\b[Oo]urs\b", source[1]), title
        for law in re.findall(r"[A-Z][^.;:]*? (?:19|20)\d\d[^.;:]*? art\. \d+[^.;:(]*(?:\(\d\))?", source[1]):
            assert re.search(re.escape(law) + r"[^()]*\((?:F|P|M)\)", source[1]), (title, law)
