"""The page of every pack in `rules/` says what its rules say now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accountability.policy import read_rules
from accountability.policy.rendering import readme

ROOT = Path(__file__).resolve().parents[2]
PACKS = sorted(p.parent for p in ROOT.glob("rules/*/pack.yaml"))


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.name)
def test_the_page_of_a_pack_is_current(pack: Path) -> None:
    page = pack / "README.md"
    assert page.exists(), f"run `accountability show rules/{pack.name} --readme`"
    assert page.read_text(encoding="utf-8") == readme(read_rules(pack)), f"run `accountability show rules/{pack.name} --readme`"


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.name)
def test_every_drawing_is_closed_and_every_table_is_even(pack: Path) -> None:
    """What Markdown and Mermaid would not forgive: an open fence, a row with too many cells, a label that ends its line early."""
    text = readme(read_rules(pack))
    drawings = re.findall(r"^```mermaid\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(drawings) == text.count("```") / 2
    step = r"  (\[\*\]|\w+) --> (\[\*\]|\w+)(: [^:;#]+(?:#\d+;[^:;#]*)*)?|  state \"[^\"]+\" as \w+|stateDiagram-v2"
    link = r"  n\d+ -->\|\"[^\"]+\"\| n\d+|  n\d+\[\"[^\"]+\"\]|flowchart LR"
    assert [line for d in drawings for line in d.splitlines() if not re.fullmatch(f"{step}|{link}", line)] == []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table
