"""How every command tells what is wrong with a file: in the one place where the language is known that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand

from accountability.cli.printing import warn
from accountability.errors import Diagnostic, DocumentError
from accountability.policy.keywords import Script
from accountability.policy.messages import told

WRONG = 2


class Command(TyperCommand):
    """A command that ends with exit code 2 where a file is refused, and says why in the language of its `--lang`."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except DocumentError as error:
            complain(error.diagnostics, "zh" if ctx.params.get("lang") == "zh" else "en")
            raise typer.Exit(WRONG) from None


def complain(found: Iterable[Diagnostic], to: Script) -> None:
    """Writes each of *found* to standard error, as a line in the language *to*."""
    for diagnostic in found:
        warn(told(diagnostic, to))


def caution(found: Iterable[Diagnostic], to: Script) -> None:
    """Writes each of *found* to standard error as a warning, which refuses nothing."""
    for diagnostic in found:
        warn(told(diagnostic, to) + ("（警告）" if to == "zh" else " (warning)"))
