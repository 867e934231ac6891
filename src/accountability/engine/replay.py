"""Replay: a whole history through the engine, in order of the events, to an explicit clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from accountability.conclusion import Judgement
from accountability.engine.live import Engine
from accountability.engine.logic import Matcher
from accountability.engine.questions import concluded_in
from accountability.event import Event, utc
from accountability.organisation import Organisation, changed
from accountability.policy.kinds import Duty
from accountability.policy.model import Policy
from accountability.timeline import History, effective

TOLD_EVERY = 1000


class Feed(Protocol):
    """What was concluded elsewhere, and is told to an engine as its clock passes."""

    def join(self, engine: Engine) -> None:
        """Waits in *engine* until it is time."""
        ...


def replay(policy: Policy, organisation: Organisation, events: Iterable[Event], *, at: datetime, known_at: datetime | None = None,
           report_all: bool = False, matcher: Matcher | None = None, progress: Callable[[int], None] | None = None) -> Judgement:
    """The same answer as `semantics.judge`, by the engine. *progress* is told after every thousand events how many are done."""
    clock, knowledge = utc(at), utc(known_at or at)
    return run(policy, organisation, effective(events, at=clock, known_at=knowledge), at=clock, known_at=knowledge,
               report_all=report_all, matcher=matcher, progress=progress)


def run(policy: Policy, organisation: Organisation, history: History, *, at: datetime, known_at: datetime, report_all: bool = False,
        matcher: Matcher | None = None, progress: Callable[[int], None] | None = None, feeds: Iterable[Feed] = ()) -> Judgement:
    """Runs an effective *history* in order: first what conditions may ask about whenever it happened, then event by event. The
    *feeds* tell, between the events, what was concluded without them."""
    looks_back = any((isinstance(r, Duty) and r.even_before is not None) or concluded_in(r.questions()) for r in policy.rules)
    organisation, _ = changed(organisation, history.events)
    engine = Engine(policy, organisation, known_at=known_at, keeps=looks_back, report_all=report_all, matcher=matcher)
    for feed in feeds:
        feed.join(engine)
    for event in history.events:
        if event.type in engine.context_types:
            engine.know(event)
    for done in range(0, len(history.events), TOLD_EVERY):
        part = history.events[done : done + TOLD_EVERY]
        engine.follow(part)
        if progress is not None and len(part) == TOLD_EVERY:
            progress(done + TOLD_EVERY)
    engine.advance(at)
    return engine.judgement(known_at)
