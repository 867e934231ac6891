"""Refused events as people are told of them: how many each check refused, and what is wrong with the first of those."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from rich.console import Console

from accountability.intake import DeadLetters, Refused
from accountability.policy.messages import refused as said_of
from accountability.policy.rendering.voice import Voice

STDIN = re.compile(r"^standard input(?=:[0-9]+$)")
"""How `follow` calls what it reads, where a file would have its name."""


class Letters(DeadLetters):
    """The file of refused events, with what there is to tell of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._numbers = Counter[str]()
        self._first: dict[str, tuple[str, str]] = {}

    def write(self, refused: Refused) -> None:
        super().write(refused)
        self._numbers[refused.check] += 1
        self._first.setdefault(refused.check, (refused.origin, refused.what))

    def tell(self, said: Console, voice: Voice) -> None:
        """Says where refused events are, if there are any, and of each check the first with its reason."""
        if not self.count:
            return
        said.print(voice("refused events and reasons: ", "拒收的事件及理由：") + str(self.path), style="yellow", soft_wrap=True)
        for check, (origin, what) in self._first.items():
            others = self._numbers[check] - 1
            where = voice(origin, STDIN.sub("标准输入", origin))
            more = voice(f" (and {others:,} more)", f"（同类另有 {others:,} 件）") if others else ""
            said.print(f"  {where}: {check}: {said_of(check, what, voice.script)}{more}", style="yellow", soft_wrap=True)
