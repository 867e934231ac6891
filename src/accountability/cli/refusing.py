"""How every command tells what is wrong: in the one place where the language is known that was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand

from accountability.cli.helping import help_in_chinese
from accountability.cli.printing import warn
from accountability.errors import AccountabilityError, Diagnostic, DocumentError
from accountability.policy.keywords import Script
from accountability.policy.messages import phrased, told

WRONG = 2


class Command(TyperCommand):
    """A command that ends with exit code 2 where a person can mend what is wrong, and says it in the language of its `--lang`."""

    def invoke(self, ctx: Any) -> Any:
        to: Script = "zh" if ctx.params.get("lang") == "zh" else "en"
        try:
            return super().invoke(ctx)
        except DocumentError as error:
            complain(error.diagnostics, to)
        except typer.BadParameter as error:
            error.message = phrased("usage", error.message, to)
            raise
        except (AccountabilityError, OSError) as error:
            if to == "en":  # as whatever fails where no language is known
                raise
            warn(failure(error, to))
        raise typer.Exit(WRONG)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        if ctx.parent is not None and ctx.parent.command.to == "zh":
            help_in_chinese(self, ctx)
        else:
            super().format_help(ctx, formatter)


def complain(found: Iterable[Diagnostic], to: Script) -> None:
    """Writes each of *found* to standard error, as a line in the language *to*."""
    for diagnostic in found:
        warn(told(diagnostic, to))


def caution(found: Iterable[Diagnostic], to: Script) -> None:
    """Writes each of *found* to standard error as a warning, which refuses nothing."""
    for diagnostic in found:
        warn(told(diagnostic, to) + ("（警告）" if to == "zh" else " (warning)"))


def failure(error: AccountabilityError | OSError, to: Script) -> str:
    """What *error* says, in one line in the language *to*."""
    if isinstance(error, AccountabilityError):
        return f"accountability: {phrased('failure', str(error), to)}"
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes | os.PathLike) else ""
    way_out = "check the path, its rights and the room that is left"
    return f"accountability: {phrased('failure', f'{where}{error.strerror or error}; {way_out}', to)}"
