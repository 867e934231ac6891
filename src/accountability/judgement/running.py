"""How terms that run at once come together: the heaviest absorbs, or what is left and the new one are added, up to a cap.

In: standings on one unit, post or person, in the order in which they were decided. Out: when each is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from accountability.judgement.bykey import NOTHING, Fields, World
from accountability.judgement.standing import ends_at
from accountability.policy.rule import Joining, Term, TermKind
from accountability.workdays import Limit, Unit
from accountability.workdays.localtime import MICROSECOND

ABSORBS = (Joining.HEAVIEST, Joining.EQUAL_ADDED)
LAST_YEAR = 8000
"""To what lasts longer nothing is added: a limit is a thousand years at most, and years have four digits."""


@attrs.frozen
class Running:
    """One standing: decided *since*, for *term*; perhaps *over* before its term, and perhaps *quashed*."""

    since: datetime
    term: Term
    over: datetime | None = None
    quashed: datetime | None = None

    def own_end(self, zone: ZoneInfo, since: datetime | None = None) -> datetime | None:
        """When its term would be over if it ran from *since*."""
        return ends_at(self.term, since or self.since, zone)


def resolved(term: Term, world: World, fields: Fields, at: datetime, act: Fields = NOTHING) -> Term | None:
    """*term* with its length by the fields of the decision; None where they do not say how long, or in working days."""
    if term.amount is None:
        return term
    found = world.value(term.amount, fields, at, act)
    if not isinstance(found, Limit) or found.unit is Unit.WORKING_DAY or found.amount < 0:
        return None
    return attrs.evolve(term, kind=TermKind.LIMIT, limit=found, amount=None)


def ends_of(standings: Sequence[Running], zone: ZoneInfo) -> list[datetime | None]:
    """When each of *standings* is over; None where it lasts until it is ended.

    What is quashed adds nothing to the others, and what it had absorbed stays absorbed: quashing one makes no other last
    longer (SG13).
    """
    quashed = sorted((one.quashed, place) for place, one in enumerate(standings) if one.quashed is not None)
    ends = _reckoned(standings, zone, ())
    for number in range(1, len(quashed) + 1):
        without = {place for _, place in quashed[:number]}
        ends = [earlier(before, now) for before, now in zip(ends, _reckoned(standings, zone, without), strict=True)]
    return [earlier(end, one.over) for end, one in zip(ends, standings, strict=True)]


def _reckoned(standings: Sequence[Running], zone: ZoneInfo, without: Collection[int]) -> list[datetime | None]:
    ends: list[datetime | None] = []
    for one in standings:
        running = [(other, end) for place, (other, end) in enumerate(zip(standings, ends, strict=False))
                   if place not in without and (end is None or one.since < end) and (other.over is None or one.since < other.over)]
        ends.append(_joined(one, running, zone))
    return ends


def _joined(one: Running, running: Sequence[tuple[Running, datetime | None]], zone: ZoneInfo) -> datetime | None:
    """When *one* is over, decided while others are *running*, each with its end."""
    own, term = one.own_end(zone), one.term
    day = one.since.astimezone(zone).date()
    absorbing: list[datetime | None] = []
    adding: list[datetime] = []
    for other, end in running:
        how = term.together if other.since.astimezone(zone).date() == day else term.meanwhile
        length = other.own_end(zone, one.since)
        if how in ABSORBS and _later(length, own):
            absorbing.append(end)
        elif end is not None and (how is Joining.ADDED or (how is Joining.EQUAL_ADDED and length == own)):
            adding.append(end)
    if absorbing:
        return earlier(own, _last(absorbing))
    if not adding or own is None or term.kind is TermKind.REST_OF_YEAR:
        return own
    end = max(adding)
    if end.year > LAST_YEAR:
        return end
    assert term.limit is not None
    added = end + term.limit.duration if term.limit.unit.is_clock else ends_at(term, end - MICROSECOND, zone)
    if term.most is None:
        return added
    cap = ends_at(Term(TermKind.LIMIT, term.most), one.since, zone)
    return own if _later(own, cap) else earlier(added, cap)


def _later(one: datetime | None, other: datetime | None) -> bool:
    """Whether *one* comes after *other*; what has no end comes last."""
    return other is not None and (one is None or other < one)


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The one that comes first; what has no end comes last."""
    return other if _later(one, other) else one


def _last(ends: Sequence[datetime | None]) -> datetime | None:
    return None if None in ends else max(e for e in ends if e is not None)
