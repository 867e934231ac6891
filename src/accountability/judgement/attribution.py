"""Who answers: from a unit and an instant to posts and the persons who held them then (SG7, SG12, SG14).

Nobody is guessed: a post that was vacant is named with no holder, and a unit without such a post has no answer. What a unit that no
longer exists would answer for passes to its successors, and the answer says so. Each rule and its source:
docs/explanation/responsibility.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

import attrs

from accountability.conclusion import Answer
from accountability.event import utc
from accountability.organisation import Held, Line, Organisation, ResponsibilityKind

NOBODY = Fraction(0)


def answering(organisation: Organisation, kind: ResponsibilityKind, unit: str, at: datetime, *, moment: str,
              known_at: datetime | None = None) -> tuple[Answer, ...]:
    """The posts that answer for *unit* under *kind*, and who exercised them at *at*, which *moment* names.

    Explicit lines of that name that cover *unit* at *at* go before everything else, those that lead first. Without one: the posts
    with one of the kind's roles in the unit that its `of` leads to, by rank, then id; so both principals answer together. Where
    *unit* no longer exists at *at*, its successors are asked in its place, and *passed* of the answer holds the way to them. Empty
    where there is no such unit or post. Units, posts and holders are those known at *known_at* (time.md, Two times). Raises
    ValueError for an instant without a zone.
    """
    at = utc(at)
    ways = organisation.ways(unit, at, known_at)
    if len(ways) == 1 and len(ways[0]) == 1:
        return _answering(organisation, kind, unit, at, moment, known_at)
    found: dict[str, Answer] = {}
    for way in ways:
        for answer in _answering(organisation, kind, way[-1], at, moment, known_at):
            found.setdefault(answer.post, attrs.evolve(answer, passed=way))
    return tuple(found.values())


def _answering(organisation: Organisation, kind: ResponsibilityKind, unit: str, at: datetime, moment: str,
               known_at: datetime | None) -> tuple[Answer, ...]:
    if by_lines := _by_lines(organisation, kind.name, unit, at, moment, known_at):
        return by_lines
    where = unit if kind.of == "unit" else organisation.up_to(unit, kind.of, at, known_at)
    if where is None:
        return ()
    return _answers(kind.name, organisation.roster(kind.roles).at(where, at, known_at)[1], at, moment)


def _by_lines(organisation: Organisation, name: str, unit: str, at: datetime, moment: str,
              known_at: datetime | None) -> tuple[Answer, ...]:
    lines = organisation.lines_of(name, unit, at, known_at)
    return tuple(attrs.evolve(_answer(organisation, line.post, at, name, moment, known_at), part=line.part.value, share=line.share)
                 for line in sorted(lines, key=lambda line: _line_order(organisation, line, at, known_at)))


def _answers(line: str, present: Iterable[Held], at: datetime, moment: str) -> tuple[Answer, ...]:
    return tuple([Answer(line, post, holder, at, moment, acting) for post, holder, acting in present])


def _line_order(organisation: Organisation, line: Line, at: datetime, known_at: datetime | None) -> tuple[bool, int, str]:
    return (line.part != "lead", organisation.rank_of(line.post, at, known_at) or 0, line.post)


def answering_post(organisation: Organisation, post: str, at: datetime, line: str, moment: str,
                   known_at: datetime | None = None) -> Answer:
    """The answer of one named *post* under *line*: whoever exercised it at *at*, or nobody in a vacancy."""
    return _answer(organisation, post, utc(at), line, moment, known_at)


def _answer(organisation: Organisation, post: str, at: datetime, line: str, moment: str, known_at: datetime | None) -> Answer:
    tenure = organisation.holder(post, at, known_at)
    if tenure is None:
        return Answer(line, post, None, at, moment)
    return Answer(line, post, tenure.holder, at, moment, tenure.acting)


class Rung(NamedTuple):
    """One level of a chain: a unit, its level in the organisation's own words, and the posts that answer there."""

    unit: str
    level: str
    answers: tuple[Answer, ...]


def chain(organisation: Organisation, kind: ResponsibilityKind, unit: str, at: datetime, *, up_to: str | None = None, moment: str,
          known_at: datetime | None = None) -> tuple[Rung, ...]:
    """Who answers under *kind* level by level (逐级), from *unit* itself up to the nearest unit of the level *up_to*, included.

    At each level the posts of that very unit, or the lines about it; the `of` of *kind* is not followed. None: up to the top. Where
    no unit above has that level, the chain is empty: whoever asked for a level would take a shorter chain for the whole of it.
    A unit that no longer exists is passed on from as in `answering`; split in several, each part has its chain, and a unit above
    several of them stands in the chain once. Raises ValueError for an instant without a zone.
    """
    at = utc(at)
    climbs = [_climb(organisation, kind, way, at, up_to, moment, known_at) for way in organisation.ways(unit, at, known_at)]
    if len(climbs) == 1:
        return tuple(climbs[0])
    rungs: dict[str, Rung] = {}
    for rung in (rung for climbed in climbs for rung in climbed):
        rungs.setdefault(rung.unit, rung)
    return tuple(rungs.values())


def _climb(organisation: Organisation, kind: ResponsibilityKind, way: tuple[str, ...], at: datetime, up_to: str | None, moment: str,
           known_at: datetime | None) -> list[Rung]:
    roster, lined = organisation.roster(kind.roles), kind.name in organisation.line_names
    climbed: list[Rung] = []
    met: set[str] = set()
    place: str | None = way[-1]
    while place is not None and place not in met:
        met.add(place)
        entry, present = roster.at(place, at, known_at)
        if entry is None:
            place = organisation.in_place_of(place, at, known_at)
            continue
        answers = (_by_lines(organisation, kind.name, place, at, moment, known_at) if lined else ()) or _answers(
            kind.name, present, at, moment)
        if len(way) > 1 and not climbed:
            answers = tuple(attrs.evolve(answer, passed=way) for answer in answers)
        climbed.append(Rung(place, entry.level, answers))
        if entry.level == up_to:
            return climbed
        place = entry.parent
    return climbed if up_to is None else []


def answering_without(answers: Iterable[Answer], dissenters: Collection[str]) -> tuple[Answer, ...]:
    """*answers* without those of the *dissenters*, named as holders: a recorded clear objection frees a member (SG12).

    It frees a person, not a post: whoever followed the dissenter in the post, or stood in, did not object. Vacant posts stay.
    """
    return tuple(answer for answer in answers if answer.holder is None or answer.holder not in dissenters)


def shares(answers: Iterable[Answer]) -> Mapping[str, Fraction]:
    """How much of one responsibility falls to each of the posts in *answers*, exactly. Posts without a holder have none.

    What the lines fix counts; posts without a fixed share split what those leave, in equal parts. What a vacant post, or one whose
    holder objected, would bear is borne by the others in proportion; so the shares make 1, or there is nobody and nothing.
    Raises ValueError where *answers* are of more than one responsibility, for each of them is a whole of its own.
    """
    asked = tuple(answers)
    if len({answer.line for answer in asked}) > 1:
        names = ", ".join(f"`{line}`" for line in sorted({answer.line for answer in asked}))
        raise ValueError(f"shares are of one responsibility, and these are of {names}; ask for each by itself")
    fixed = sum((answer.share for answer in asked if answer.share is not None), NOBODY)
    open_ = sum(answer.share is None for answer in asked)
    rest = max(1 - fixed, NOBODY) / open_ if open_ else NOBODY
    weights = {a.post: a.share if a.share is not None else rest for a in asked if a.holder is not None}
    total = sum(weights.values(), NOBODY)
    if not total:
        return {post: Fraction(1, len(weights)) for post in weights}
    return {post: weight / total for post, weight in weights.items()}
