"""`accountability show` and `accountability schema`: a pack read back, and what an editor must know to help its author."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from accountability.cli.printing import say
from accountability.cli.writing import not_written, write_whole
from accountability.errors import Diagnostic, DocumentError, Span, closest
from accountability.policy import read_rules
from accountability.policy.rendering import readme, show_pack, show_rule
from accountability.policy.schema import schema as schema_of
from accountability.policy.schema import text_of

CHOSEN = "ACCOUNTABILITY_LANG"
"""The environment variable by which a language is chosen once for all commands."""


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Spellings(StrEnum):
    ZH = "zh"
    EN = "en"
    BOTH = "both"


def show(
    pack: Annotated[Path, typer.Argument(help="a folder with pack.yaml, or one rule file")],
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language of the sentences")] = Language.EN,
    rule: Annotated[str | None, typer.Option(help="the name of one rule, shown with all that it names")] = None,
    readme_: Annotated[bool, typer.Option("--readme", help="write README.md into the pack, in Chinese and English")] = False,
) -> None:
    """Read a pack back: every rule as a sentence, with tables and drawings."""
    policy = read_rules(pack)
    if readme_:
        if not pack.is_dir():
            raise _wrong(pack, "no-pack", "a README is written into a folder", "name a folder that holds `pack.yaml`")
        try:
            write_whole(pack / "README.md", readme(policy).encode())
        except OSError as error:
            raise not_written(pack / "README.md", error) from None
        say(f"{pack / 'README.md'}: {len(policy.own.rules)} rules")
    elif rule is None:
        say(show_pack(policy, lang.value), end="")
    elif any(r.name == rule for r in policy.rules):
        say(show_rule(policy, rule, lang.value), end="")
    else:
        raise _wrong(pack, "unknown-rule", f"the pack has no rule `{rule}`", closest(rule, (r.name for r in policy.rules)))


def schema(
    lang: Annotated[Spellings, typer.Option(help="the spelling of the keywords that may be written")] = Spellings.BOTH,
) -> None:
    """Print the JSON Schema of a rule file, by which an editor completes and underlines."""
    say(text_of(schema_of(lang.value)))


def _wrong(pack: Path, check: str, what: str, way_out: str) -> DocumentError:
    return DocumentError([Diagnostic(Span(str(pack), 1, 1, 1, 2), check, what, way_out)])
