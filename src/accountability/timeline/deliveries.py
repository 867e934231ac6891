"""deliveries: the events that are known, by source and id."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from accountability.event import Event
from accountability.timeline.corrections import Key


class Deliveries(MutableMapping[Key, Event]):
    """The events that are known. There are very many ids and few sources, so that each has a dict of its own, *by_source*."""

    def __init__(self) -> None:
        self.by_source: dict[str, dict[str, Event]] = {}

    def __getitem__(self, key: Key) -> Event:
        if key[0] not in self.by_source:
            raise KeyError(key)
        return self.by_source[key[0]][key[1]]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and key[0] in self.by_source and key[1] in self.by_source[key[0]]

    def __setitem__(self, key: Key, event: Event) -> None:
        self.by_source.setdefault(key[0], {})[key[1]] = event

    def __delitem__(self, key: Key) -> None:
        its = self.by_source[key[0]]
        del its[key[1]]
        if not its:
            del self.by_source[key[0]]

    def __iter__(self) -> Iterator[Key]:
        return ((source, id) for source, its in self.by_source.items() for id in its)

    def __len__(self) -> int:
        return sum(map(len, self.by_source.values()))
