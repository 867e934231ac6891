"""What one event, or the passing of time, has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import attrs

from accountability.conclusion import Conclusion
from accountability.event import unfrozen
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


def made(cause: str | None, at: datetime, raised: Sequence[Conclusion] = (), revised: Sequence[tuple[Conclusion, Conclusion]] = (),
         withdrawn: Sequence[Conclusion] = (), refused: tuple[Refusal, ...] = ()) -> Changes:
    """Changes as `Changes(…)` makes them, but for what is let go."""
    changes = _Draft()
    changes.cause, changes.at, changes.refused, changes.let_go = cause, at, refused, ()
    changes.raised, changes.revised, changes.withdrawn = tuple(raised), tuple(revised), tuple(withdrawn)
    changes.__class__ = Changes
    return cast("Changes", changes)


def quiet(cause: str | None, at: datetime) -> Changes:
    """The same where nothing has changed, as with nearly all events."""
    changes = _Draft()
    changes.cause, changes.at = cause, at
    changes.raised = changes.revised = changes.withdrawn = changes.refused = changes.let_go = ()
    changes.__class__ = Changes
    return cast("Changes", changes)


_Draft = unfrozen(Changes)
