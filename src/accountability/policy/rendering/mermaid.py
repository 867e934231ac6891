"""Drawings in Mermaid: states and steps. No sign that a name holds can end a label."""

from __future__ import annotations

import re

from accountability.policy.rendering.voice import Voice


def label(text: str) -> str:
    """*text* as a Mermaid label: whatever has a meaning there is written as its number."""
    return re.sub(r"[^\w ,\-./“”‘’（）()、，：×·]", lambda m: f"#{ord(m[0])};", text)


class Drawing:
    """A state diagram that grows."""

    def __init__(self, say: Voice) -> None:
        self.say = say
        self.states: dict[str, str] = {}
        self.steps: list[str] = []

    def state(self, english: str, chinese: str) -> str:
        """A state, known by its English word."""
        key = english.replace(" ", "_")
        self.states[key] = self.say(english, chinese)
        return key

    def step(self, start: str, end: str, why: str) -> None:
        """From one state to another; from nothing where *start* is empty."""
        line = f"  {start or '[*]'} --> {end}: {label(why)}"
        if line not in self.steps:
            self.steps.append(line)

    def text(self) -> str:
        """The whole diagram. A state that nothing leaves is an end."""
        left = {line.split(" --> ")[0].strip() for line in self.steps}
        ends = [f"  {key} --> [*]" for key in self.states if key not in left]
        named = [f'  state "{label(words)}" as {key}' for key, words in self.states.items()]
        return "\n".join(["stateDiagram-v2", *named, *self.steps, *ends])


def chart(links: list[tuple[str, str, str]]) -> str:
    """A flow chart of *links*: from, to, and what passes between them."""
    names = {name: f"n{number}" for number, name in enumerate(dict.fromkeys(n for a, b, _ in links for n in (a, b)))}
    boxes = [f'  {key}["{label(name)}"]' for name, key in names.items()]
    return "\n".join(["flowchart LR", *boxes, *(f'  {names[a]} -->|"{label(why)}"| {names[b]}' for a, b, why in links)])
