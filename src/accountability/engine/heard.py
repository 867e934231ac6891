"""Under which keys the values came in that conditions ask about: what becomes known of one touches those, and no others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from accountability.event import Happening


class Heard:
    """The keys under which something came in, by the values of some fields; some of them may be gone."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[object, dict[Hashable, None]]] = {}

    def __bool__(self) -> bool:
        return bool(self._keys)

    def listen(self, field: str) -> None:
        """It may become known later what is asked of whatever has the same value in *field*: from now on it is noted."""
        self._keys.setdefault(field, {})

    def note(self, key: Hashable, happening: Happening) -> None:
        """*happening* came in under *key*."""
        for field, keys in self._keys.items():
            keys.setdefault(happening.get(field), {})[key] = None

    def clear(self) -> None:
        """Forgets all keys."""
        for keys in self._keys.values():
            keys.clear()

    def keys(self, field: str, value: object) -> Iterable[Hashable] | None:
        """Those under which something has *value* in *field*; None where that was not noted."""
        keys = self._keys.get(field)
        return None if keys is None else keys.get(value, ())
