"""What of all that is shown has changed since it was last told."""

from __future__ import annotations

from collections.abc import Sequence

from accountability.conclusion import Conclusion
from accountability.engine.living import LivingEngine
from accountability.monitor.changes import Changes, made
from accountability.timeline import Refusal


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
