"""rivals: the deliveries of one id that are different events. One of them holds the id, and the others are refused."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable

from accountability.event import Event
from accountability.timeline.corrections import claim, content_of


class Rivals:
    """Of the deliveries of one id the first of each content, as `distinct` gives them, kept up to date. However many there are, one
    more takes no longer."""

    def __init__(self, first: Event) -> None:
        self._inorder = [first]
        self._by_content: dict[Hashable, Event] = {content_of(first): first}

    @property
    def others(self) -> list[Event]:
        """All but the one that holds the id, best claim first."""
        return self._inorder[1:]

    def __contains__(self, event: Event) -> bool:
        """Whether *event* repeats one of them."""
        return content_of(event) in self._by_content

    def take(self, event: Event) -> None:
        """Takes in one more delivery, which may repeat another with a better claim, or with a worse one."""
        content = content_of(event)
        held = self._by_content.get(content)
        if held is not None:
            if claim(held) <= claim(event):
                return
            place = bisect_left(self._inorder, claim(held), key=claim)
            while self._inorder[place] is not held:
                place += 1
            del self._inorder[place]
        self._by_content[content] = event
        insort(self._inorder, event, key=claim)
