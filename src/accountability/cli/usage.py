"""Wrong usage, told in the language that was asked for, also where no command has begun that could know it.

Typer says in English what is wrong with the words of a command. In Chinese it is said here; what has no Chinese yet stays as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from accountability.cli.helping import help_in_chinese, usage_in_chinese
from accountability.cli.printing import warn
from accountability.cli.showing import CHOSEN, Language
from accountability.policy.keywords import Script

WRONG_USAGE: Any = typer.BadParameter.__mro__[1]
"""The class of every mistake of usage: of click, or of what typer has in its place."""
LANG = re.compile("--lang(?:=(.*))?")
QUOTED = re.compile("'([^']*)'|(?<![-\\w`])(--?[a-z][-a-z]*)")
SAID: tuple[tuple[str, str], ...] = (
    (r"No such command ('.*?')\.? Did you mean (.+)\?", "没有 {} 这个命令；是不是 {}？"),
    (r"No such command ('.*?')\.?", "没有 {} 这个命令；`accountability --help` 列出全部命令"),
    (r"Missing command\.?", "没有写命令；`accountability --help` 列出全部命令"),
    (r"No such option:? (\S+?)\.?,? \(?(?:Possible options:|Did you mean) (.+?)[?)]", "没有 {} 这个选项；是不是 {}？"),
    (r"No such option:? (\S+?)\.?", "没有 {} 这个选项"),
    (r"Missing argument ('.*?')\..*", "缺少参数 {}"),
    (r"Missing option ('.*?')[^.]*\..*", "缺少选项 {}"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "多出了参数：`{}`"),
    (r"Option ('.*?') requires .*", "选项 {} 后面要写值"),
    (r"Option ('.*?') does not take a value\.?", "选项 {} 后面不写值"),
    (r"Invalid value for (.+?)(?: \(env var: '.*?'\))?: (?:Value error, )?('.*?') is not one of (.+?)\.?",
     "{} 的值 {} 不对；可以写的有：{}"),
    (r"Invalid value for (.+?): .*valid integer.*", "{} 的值不对；请写整数"),
    (r"Invalid value for (.+?): Input should be greater than or equal to (\d+)", "{} 的值不对；最小为 {}"),
    (r"Invalid value for (.+?): .*is not in the range x>=(\d+)\.?", "{} 的值不对；最小为 {}"),
    (r"Invalid value for (.+?): (.+)", "{} 的值不对：{}"),
    (r"Invalid value: (.+)", "{}"),
)
"""What typer and click say, in their several versions, and the same in Chinese. The first that fits counts."""


class Commands(TyperGroup):
    """All commands. It ends with exit code 2 where the words of one are wrong, in the language that they ask for."""

    to: Script = "en"

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        self.to = asked_for(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except WRONG_USAGE as error:
            raise _told(error, self.to) from None

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except WRONG_USAGE as error:
            raise _told(error, self.to) from None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        if self.to == "zh":
            help_in_chinese(self, ctx)
        else:
            super().format_help(ctx, formatter)


def asked_for(args: Sequence[str]) -> Script:
    """The language that *args* ask for by the last `--lang`, else the environment; English where neither names one."""
    found = os.environ.get(CHOSEN)
    for n, word in enumerate(args):
        if (match := LANG.fullmatch(word)) is not None:
            value = match[1] if match[1] is not None else args[n + 1] if n + 1 < len(args) else ""
            found = value if value in set(Language) else found
    return "zh" if found == Language.ZH else "en"


def in_chinese(message: str) -> str:
    """What typer says of wrong usage, in Chinese."""
    for english, chinese in SAID:
        if (match := re.fullmatch(english, " ".join(message.split()))) is not None:
            return chinese.format(*(_names(part) for part in match.groups()))
    return message


def _names(text: str) -> str:
    """What typer puts between quotes, or names bare, in backticks, several as Chinese lists them. What has backticks is ours."""
    if "`" in text:
        return text
    return QUOTED.sub(lambda m: f"`{m[1] or m[2]}`", text).replace("`, `", "`、`").replace("` / `", "` 或 `")


def _told(error: Exception, to: Script) -> Exception:
    """*error*, or, where it is said in Chinese, only the end of the program."""
    if to == "en" or type(error).__name__ == "NoArgsIsHelpError":
        return error
    wrong: Any = error
    if (ctx := wrong.ctx) is not None:
        warn(f"{usage_in_chinese(ctx.command, ctx)}\n选项和参数见 `{ctx.command_path} --help`")
    warn(f"accountability: {in_chinese(wrong.format_message())}")
    return typer.Exit(wrong.exit_code)
