"""What one event, or the passing of time, has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

import attrs

from accountability.conclusion import Conclusion
from accountability.timeline import Refusal


@attrs.frozen(weakref_slot=False)
class Changes:
    """What one event, or the passing of time, has changed. *cause* is the id of the event, or None for the clock.

    *revised* holds pairs of one identity, before and after. *let_go* holds findings that stand for good and that the monitor no
    longer holds, in the order in which findings are listed, as they were last told; that is no change of what stands.
    """

    cause: str | None
    at: datetime
    raised: tuple[Conclusion, ...] = ()
    revised: tuple[tuple[Conclusion, Conclusion], ...] = ()
    withdrawn: tuple[Conclusion, ...] = ()
    refused: tuple[Refusal, ...] = ()
    let_go: tuple[Conclusion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.raised or self.revised or self.withdrawn or self.refused)


class _Draft:
    """Changes while they are written: a frozen class pays for every attribute that it sets, and every event has some."""

    __slots__ = Changes.__slots__  # type: ignore[attr-defined]

    def __init__(self, cause: str | None, at: datetime, raised: Sequence[Conclusion] = (),
                 revised: Sequence[tuple[Conclusion, Conclusion]] = (), withdrawn: Sequence[Conclusion] = (),
                 refused: tuple[Refusal, ...] = ()) -> None:
        self.cause, self.at, self.refused = cause, at, refused
        self.raised, self.revised, self.withdrawn = tuple(raised), tuple(revised), tuple(withdrawn)
        self.let_go: tuple[Conclusion, ...] = ()
        self.__class__ = Changes  # type: ignore[assignment]


class _Quiet:
    """Nothing that has changed, while it is written."""

    __slots__ = Changes.__slots__  # type: ignore[attr-defined]

    def __init__(self, cause: str | None, at: datetime) -> None:
        self.cause, self.at = cause, at
        self.raised = self.revised = self.withdrawn = self.refused = self.let_go = ()
        self.__class__ = Changes  # type: ignore[assignment]


made = cast("Callable[..., Changes]", _Draft)
"""Changes as `Changes(…)` makes them, but for what is let go."""
quiet = cast("Callable[[str | None, datetime], Changes]", _Quiet)
"""The same where nothing has changed, as with nearly all events."""
