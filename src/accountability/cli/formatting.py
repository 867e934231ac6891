"""`accountability fmt`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from accountability.cli.checking import packs_at
from accountability.cli.printing import say, told, warn
from accountability.cli.refusing import WRONG, complain
from accountability.cli.showing import CHOSEN, Language
from accountability.cli.writing import not_written, write_whole
from accountability.document import content_of, decode
from accountability.errors import DocumentError, FormatFault
from accountability.policy.files import rule_files
from accountability.policy.formatter import formatted
from accountability.policy.keywords import Script

WOULD_CHANGE = 1
STDIN = Path("-")


class Keywords(StrEnum):
    EN = "en"
    ZH = "zh"


def fmt(
    paths: Annotated[list[Path], typer.Argument(help="rule files, packs, or a folder of packs; `-` is standard input")],
    keywords: Annotated[Keywords | None, typer.Option(help="write every keyword in English or Chinese; names stay")] = None,
    check: Annotated[bool, typer.Option("--check", help="write nothing, show what would change; exit with 1 if anything")] = False,
    stdout: Annotated[bool, typer.Option("--stdout", help="write to standard output and leave the files alone")] = False,
    lang: Annotated[Language, typer.Option(envvar=CHOSEN, help="the language in which mistakes are told")] = Language.EN,
) -> None:
    """Give rule files their one form: what they mean stays, and so does every comment."""
    script: Script | None = None if keywords is None else "zh" if keywords is Keywords.ZH else "en"
    wrong = changed = False
    for path in paths:
        try:
            files = [path] if path == STDIN else [file for pack in packs_at([path]) for file in rule_files(pack)]
        except DocumentError as error:
            complain(error.diagnostics, lang.value)
            wrong = True
            continue
        for file in files:
            try:
                before = sys.stdin.buffer.read() if file == STDIN else content_of(file)
                after = formatted(decode(before, str(file)), str(file), script).encode()
                if check:
                    changed = _show(file, before, after) or changed
                elif stdout or file == STDIN:
                    with told(sys.stdout):
                        sys.stdout.buffer.write(after)
                elif after != before:
                    _write(file, after)
            except DocumentError as error:
                complain(error.diagnostics, lang.value)
                wrong = True
            except FormatFault as error:
                warn(error)
                wrong = True
    if wrong or changed:
        raise typer.Exit(WRONG if wrong else WOULD_CHANGE)


def _show(file: Path, before: bytes, after: bytes) -> bool:
    """Whether *file* would change, and if so, how."""
    if before == after:
        return False
    warn(f"{file}: would change")
    # A byte order mark and Windows line ends are differences, too.
    for line in difflib.unified_diff(list(_lines(before)), list(_lines(after)), str(file), f"{file}, formatted", lineterm=""):
        say(line)
    return True


def _lines(content: bytes) -> Iterator[str]:
    for line in content.decode().split("\n"):
        yield line.replace("\ufeff", "\\ufeff").replace("\r", "\\r")


def _write(file: Path, content: bytes) -> None:
    try:
        write_whole(file, content)
    except OSError as error:
        raise not_written(file, error, "unreadable-file") from None
    warn(f"{file}: written anew")
