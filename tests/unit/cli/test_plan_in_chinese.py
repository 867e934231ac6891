"""What `accountability plan` says in Chinese: every way and every reason, for real packs and as the source words them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accountability.cli import app
from accountability.cli.planning import WAYS, _does, _events
from accountability.engine import plan, settled
from accountability.engine.columnar import sieve
from accountability.engine.plan import Way
from accountability.policy.messages import chinese
from accountability.policy.rendering.voice import Voice

RULES = Path(__file__).resolve().parents[3] / "rules"
PACKS = sorted(path.parent for path in RULES.glob("*/pack.yaml"))
ZH = Voice("zh")
FRAGMENTS = {", for it has `x`", "waits for what `x` concludes, `x`", "`x` `x`", "those of `x` that `x`",
             "columns are not certain of", "are not surely in time"}
"""Texts of the source that are parts of a reason. The packs try them."""
LATIN = re.compile("[A-Za-z]")


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_the_plan_of_a_pack_is_told_in_chinese(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    done = CliRunner().invoke(app, ["plan", str(pack), "--lang", "zh"])
    assert done.exit_code == 0
    cells = [line.split("│")[2:4] for line in done.output.splitlines() if "│" in line]
    said = "\n".join([*(cell for row in cells for cell in row), *(line for line in done.output.splitlines() if "│" not in line)])
    assert not LATIN.search(re.sub("`[^`]*`", "", said)), said
    assert "规则，按判定的先后" in said
    assert "出清" in said


def test_every_way_has_its_chinese() -> None:
    assert WAYS.keys() == set(Way)


def reasons() -> list[str]:
    """The reasons that the source gives, with something put in where they name something."""
    found = []
    for module in (plan, settled, sieve):
        assert module.__file__ is not None
        tree = ast.parse(Path(module.__file__).with_suffix(".py").read_text(encoding="utf-8"))
        for scope in (s for s in ast.walk(tree) if isinstance(s, ast.FunctionDef)):
            parts = {id(part) for node in ast.walk(scope) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
                id(node) for node in ast.walk(scope) if isinstance(node, ast.JoinedStr)}
            documents = {id(node.value) for node in ast.walk(scope) if isinstance(node, ast.Expr)}
            for node in (n for n in ast.walk(scope) if id(n) not in parts | documents):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
                elif isinstance(node, ast.JoinedStr):
                    filled = "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values)
                    found.append(re.sub("`\0`|\0", "`x`", filled))
    return sorted({text for text in found if " " in text.strip()} - FRAGMENTS)


def test_every_reason_that_the_source_gives_has_its_chinese() -> None:
    said = {reason: [chinese().phrase(kind, reason) for kind in ("does", "events", "changing")] for reason in reasons()}
    assert len(said) > 40
    assert [reason for reason, found in said.items() if not any(found)] == []
    assert [found for found in said.values() if any(LATIN.search(re.sub("`[^`]*`", "", text)) for text in found if text)] == []


def test_every_reason_in_chinese_is_one_that_the_source_gives() -> None:
    given = {*reasons(), *FRAGMENTS}
    lines = [t.english for kind in ("does", "events", "changing") for t in chinese().sections[f"{{{kind}}}"]]
    for line in lines:
        plainly = re.sub(r"`?\{[a-z]+\}`?", "`x`", line)
        assert any(plainly == one or plainly.endswith(one) for one in given), line


def test_reasons_are_told_one_by_one_and_names_stay() -> None:
    assert _events("those to which `a; those of b` may apply; those that may meet `«until»`", ZH) == (
        "`a; those of b` 可能适用的；可能履行 `«until»` 的")
    assert _does("follows each of its cases step by step, for it has «pauses» and «extension»", ZH) == (
        "要逐案逐步判断，因为写了 `中止`和`延期`")
    assert _does("waits for what `counts events` concludes, which may still change", ZH) == (
        "要等 `counts events` 的结论，而该结论还可能变化")
    assert _does("does what nobody has foreseen", ZH) == "does what nobody has foreseen"
