"""`accountability show`: a pack read back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from accountability.errors import Diagnostic, DocumentError, Span, closest
from accountability.policy import read_rules
from accountability.policy.rendering import readme, show_pack, show_rule


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def show(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    lang: Annotated[Language, typer.Option(help="the language of the sentences")] = Language.EN,
    rule: Annotated[str | None, typer.Option(help="the name of one rule, shown with all that it names")] = None,
    readme_: Annotated[bool, typer.Option("--readme", help="write README.md into the pack, in Chinese and English")] = False,
) -> None:
    """Read a pack back: every rule as a sentence, with tables and drawings."""
    policy = read_rules(pack)
    if readme_:
        if not pack.is_dir():
            raise _wrong(pack, "no-pack", "a README is written into a folder", "name a folder that holds `pack.yaml`")
        (pack / "README.md").write_text(readme(policy), encoding="utf-8")
        print(f"{pack / 'README.md'}: {len(policy.rules)} rules")
    elif rule is None:
        print(show_pack(policy, lang.value), end="")
    elif any(r.name == rule for r in policy.rules):
        print(show_rule(policy, rule, lang.value), end="")
    else:
        raise _wrong(pack, "unknown-rule", f"the pack has no rule `{rule}`", closest(rule, (r.name for r in policy.rules)))


def _wrong(pack: Path, check: str, what: str, way_out: str) -> DocumentError:
    return DocumentError([Diagnostic(Span(str(pack), 1, 1, 1, 2), check, what, way_out)])
