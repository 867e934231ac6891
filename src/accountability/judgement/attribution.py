"""Who answers: from a unit and an instant to posts and the persons who held them then (SG7, SG12, SG14).

Nobody is guessed: a post that was vacant is named with no holder, and a unit without such a post has no answer.
"""

from __future__ import annotations

from datetime import datetime

from accountability.conclusion import Answer
from accountability.event import utc
from accountability.organisation import Organisation, ResponsibilityKind


def answering(organisation: Organisation, kind: ResponsibilityKind, unit: str, at: datetime, *, moment: str,
              known_at: datetime | None = None) -> tuple[Answer, ...]:
    """The posts that answer for *unit* under *kind*, and who exercised them at *at*, which *moment* names.

    Explicit lines of that name that cover *unit* at *at* go before everything else. Without one: the posts with one of the
    kind's roles in the unit that its `of` leads to, by rank, then id. Empty where there is no such unit or post. Holders are
    those known at *known_at* (time.md, Two times). Raises ValueError for an instant without a zone.
    """
    at = utc(at)
    lines = organisation.lines_of(kind.name, unit, at)
    if lines:
        posts = tuple(sorted((line.post for line in lines), key=lambda post: (organisation.posts[post].rank, post)))
    else:
        answerable = organisation.up_to(unit, kind.of)
        posts = organisation.posts_of(answerable, kind.roles) if answerable is not None else ()
    return tuple(answering_post(organisation, post, at, kind.name, moment, known_at) for post in posts)


def answering_post(organisation: Organisation, post: str, at: datetime, line: str, moment: str,
                   known_at: datetime | None = None) -> Answer:
    """The answer of one named *post* under *line*: whoever exercised it at *at*, or nobody in a vacancy."""
    at = utc(at)
    tenure = organisation.holder(post, at, known_at)
    if tenure is None:
        return Answer(line, post, None, at, moment)
    return Answer(line, post, tenure.holder, at, moment, tenure.acting)
