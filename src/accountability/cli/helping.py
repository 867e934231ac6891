"""`--help` in Chinese. In English it is as typer shows it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, get_type_hints

from rich.table import Table

from accountability.cli.printing import Plain
from accountability.policy.messages import phrased

PIECES = {"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]..."}


def usage_in_chinese(command: Any, ctx: Any) -> str:
    """How the words of *command* follow upon each other."""
    pieces = (PIECES.get(word, word) for piece in command.collect_usage_pieces(ctx) for word in piece.split(" "))
    return f"用法：{ctx.command_path} {' '.join(pieces)}"


def help_in_chinese(command: Any, ctx: Any) -> None:
    """Shows what *command* is for, and each of its words, or each command of a group."""
    console = Plain()
    console.print(usage_in_chinese(command, ctx), soft_wrap=True)
    for text in _said(command.help):
        console.print()
        console.print(text, overflow="fold")
    given = command.get_params(ctx)
    choices = get_type_hints(command.callback) if command.callback is not None else {}
    for head, options in (("参数", False), ("选项", True)):
        _list(console, head, ((_name(p, choices.get(p.name)), _about(p)) for p in given if p.opts[0].startswith("-") is options))
    _list(console, "命令", ((name, "。".join(_said(one.help)[:1])) for name, one in getattr(command, "commands", {}).items()))


def _said(text: str) -> list[str]:
    """The paragraphs of *text* in Chinese."""
    return [phrased("help", " ".join(one.split()), "zh") for one in text.split("\n\n")]


def _list(console: Plain, head: str, lines: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, about in lines:
        table.add_row(f"  {name}", about)
    if table.row_count:
        console.print()
        console.print(f"{head}：")
        console.print(table)


def _name(param: Any, type_: Any) -> str:
    """How *param* is written, whose values are of *type_*."""
    words = " / ".join([*param.opts, *param.secondary_opts])
    if getattr(param, "is_flag", True) or not param.opts[0].startswith("-"):
        return words
    kinds = [kind for kind in (type_, *getattr(type_, "__args__", ())) if isinstance(kind, type) and issubclass(kind, Enum)]
    return f"{words} <{'|'.join(str(one.value) for one in kinds[0]) if kinds else '值'}>"


def _about(param: Any) -> str:
    """What *param* is for, and what may be known of its value."""
    default, notes = param.default, list[str]()
    if param.required:
        notes.append("必填")
    elif default not in (None, False, [], ()):
        notes.append(f"默认 {default.value if isinstance(default, Enum) else default}")
    if param.nargs == -1 or getattr(param, "multiple", False):
        notes.append("可写多个")
    if param.envvar:
        notes.append(f"环境变量 {param.envvar}")
    return "。".join(_said(param.help)) + (f"（{'；'.join(notes)}）" if notes else "")
