"""Every check has a page; it fires on the example that the page tells to avoid, and is silent on the one that it prefers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accountability import document
from accountability.errors import Diagnostic, RuleFileError
from accountability.organisation import Organisation
from accountability.policy import read_rules_text
from accountability.policy.checks import CHECKS, check_beside

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
INDEX = (REFERENCE / "checks.md").read_text(encoding="utf-8")
PAGES = {p.stem: p.read_text(encoding="utf-8") for p in (REFERENCE / "checks").glob("*.md")}
OF_THE_READER = {"circular-defeat", "circular-derivation", "effect-without-term", "missing-tier", "overlay-beyond-duties"}
"""The checks that have a page although they belong to the reader."""


def blocks(text: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def sections_of(text: str) -> dict[str, str]:
    """The top-level keys of a rule file, each with its lines."""
    return {m[1]: m[0] for m in re.finditer(r"^([a-z ]+):.*\n(?:(?:[ #].*)?\n)*", text, re.MULTILINE)}


def whole(fragment: str) -> str:
    """The pack on the page of all checks, with the sections of *fragment* added to its own."""
    pack = sections_of(blocks(INDEX)[0])
    for key, lines in sections_of(fragment).items():
        pack[key] = pack[key] + lines.partition("\n")[2] if key in pack else lines
    return "".join(pack.values())


def said_of(fragment: str, organisation: str | None) -> list[Diagnostic]:
    """Everything that is said of the pack with *fragment* in it, and of the pack in that organisation."""
    try:
        policy = read_rules_text(whole(fragment))
    except RuleFileError as error:
        return list(error.diagnostics)
    if organisation is None:
        return list(policy.warnings)
    return [*policy.warnings, *check_beside(policy, Organisation.from_node(document.parse(organisation, "organisation.yaml")))]


def test_there_is_a_page_for_every_check_and_no_other() -> None:
    assert PAGES.keys() == CHECKS.keys() | OF_THE_READER
    assert len(CHECKS) >= 30


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_check_fires_on_its_own_example_and_is_silent_on_the_allowed_one(name: str) -> None:
    *organisation, avoid, prefer = blocks(PAGES[name])
    beside = organisation[0] if organisation else None
    assert {d.check for d in said_of(avoid, beside)} == {name}
    assert said_of(prefer, beside) == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_says_what_is_caught_what_to_write_and_why(name: str) -> None:
    page = PAGES[name]
    title, sentence = page.split("\n\n")[:2]
    assert title == f"# `{name}`"
    assert name in OF_THE_READER or sentence == CHECKS[name].catches
    assert re.findall("^## (.+)$", page, re.MULTILINE) == ["Avoid", "Prefer", "Why"]
    assert len(page.split("## Why\n\n")[1].split("\n\n")[0]) > 40
    assert page.endswith("\n[All checks](../checks.md)\n")


def test_the_index_links_every_page_and_says_how_bad_it_is() -> None:
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(checks/([a-z-]+)\.md\) \| (\w+) \|", INDEX, re.MULTILINE)
    assert [name for name, target, _ in rows if name != target] == []
    assert {name: severity for name, _, severity in rows} == {
        name: CHECKS[name].severity if name in CHECKS else "error" for name in PAGES}
