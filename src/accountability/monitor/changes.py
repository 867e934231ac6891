"""What one event, or the passing of time, has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

import attrs

from accountability.conclusion import Conclusion
from accountability.engine.living import LivingEngine
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


def changes_of(engine: LivingEngine, cause: str | None, refused: tuple[Refusal, ...] = ()) -> Changes:
    """What of all that is shown has changed since that was last asked of *engine*; from now on it is shown as it stands now."""
    raised: list[Conclusion] = []
    revised: list[tuple[Conclusion, Conclusion]] = []
    withdrawn: list[Conclusion] = []
    for output, operator in engine.taken():
        before, told = output.shown, output.told
        now = output.shown = operator.conclude(output) if told is not None and told.reported else None
        if before is None:
            if now is not None:
                raised.append(now)
        elif now is None or before.subject != now.subject:
            # One trigger corrected to another subject is another conclusion (time.md, Identity).
            withdrawn.append(before)
            if now is not None:
                raised.append(now)
        elif before.status is not now.status or before != now:
            revised.append((before, now))
    if withdrawn and raised:
        return made(cause, engine.clock, *moved(raised, revised, withdrawn), refused)
    return made(cause, engine.clock, raised, revised, withdrawn, refused)


def moved(raised: Sequence[Conclusion], revised: Sequence[tuple[Conclusion, Conclusion]], withdrawn: Sequence[Conclusion]
          ) -> tuple[list[Conclusion], list[tuple[Conclusion, Conclusion]], list[Conclusion]]:
    """The same, where what is withdrawn in one place and raised in another under one identity is revised, if it differs at all."""
    gone = {identity_of(one): one for one in withdrawn}
    come, changed = [], list(revised)
    for now in raised:
        before = gone.pop(identity_of(now), None)
        if before is None:
            come.append(now)
        elif before != now:
            changed.append((before, now))
    return come, changed, list(gone.values())


def identity_of(conclusion: Conclusion) -> tuple[str, str, str]:
    """What makes the identity of *conclusion*, without its digest."""
    return conclusion.rule, conclusion.subject, conclusion.trigger
