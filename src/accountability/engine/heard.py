"""Under which keys the values came in that conditions ask about: what becomes known of one touches those, and no others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime

from accountability.engine.spans import EVER
from accountability.event import Happening


class Heard:
    """The keys under which something came in, by the values of some fields; some of them may be gone."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[object, dict[Hashable, None]]] = {}
        self._latest: dict[tuple[str, object], datetime] = {}

    def __bool__(self) -> bool:
        return bool(self._keys)

    def listen(self, field: str) -> None:
        """It may become known later what is asked of whatever has the same value in *field*: from now on it is noted."""
        self._keys.setdefault(field, {})

    def note(self, key: Hashable, happening: Happening) -> None:
        """*happening* came in under *key*."""
        at = happening.occurred_at
        for field, keys in self._keys.items():
            value = happening.get(field)
            keys.setdefault(value, {})[key] = None
            if at > self._latest.get((field, value), EVER):
                self._latest[field, value] = at

    def clear(self) -> None:
        """Forgets all keys."""
        for keys in self._keys.values():
            keys.clear()
        self._latest.clear()

    def keys(self, field: str, value: object, since: datetime) -> Iterable[Hashable] | None:
        """Those under which something has *value* in *field*, none if it all happened before *since*; None where that was not
        noted."""
        keys = self._keys.get(field)
        if keys is None:
            return None
        return keys.get(value, ()) if self._latest.get((field, value), EVER) >= since else ()
