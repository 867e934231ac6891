"""One reason with those below it: what an explanation is made of, in no language yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs


@attrs.frozen
class Reason:
    """What is said, by a *word* of `wording`, of which *values*; and *parts*, the reasons for it.

    Values are texts, numbers, instants (UTC), days, limits, tuples of them, or fields by their names.
    """

    word: str
    values: Mapping[str, object] = attrs.field(factory=dict)
    parts: tuple[Reason, ...] = ()

    def all(self, word: str) -> Iterator[Reason]:
        """Every reason of that *word*, itself included, from the top."""
        if self.word == word:
            yield self
        for part in self.parts:
            yield from part.all(word)


def reason(word: str, *parts: Reason, **values: object) -> Reason:
    """A reason without the values that are missing."""
    return Reason(word, {name: value for name, value in values.items() if value not in (None, "", (), {})}, parts)
