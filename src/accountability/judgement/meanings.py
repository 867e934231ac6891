"""Which function says what a rule means by key. Any other kind has a page of its own in `semantics`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from accountability.judgement.assessment import assess
from accountability.judgement.bykey import Inputs, Key, Outcome, World
from accountability.judgement.climbing import climb
from accountability.judgement.course import course
from accountability.judgement.coverage import coverage
from accountability.judgement.decided import decided
from accountability.judgement.gates import gate
from accountability.judgement.joint import joint
from accountability.judgement.recurrence import recurrence
from accountability.judgement.reporting import reporting
from accountability.judgement.tallying import tally
from accountability.policy.kinds import (
    Coverage,
    DecidedEffect,
    Duty,
    Effect,
    Gate,
    Recurring,
    Reporting,
    Rule,
    Scorecard,
    Threshold,
)

Meaning = Callable[[Any, World, Key, Inputs], Iterator[Outcome]]

MEANINGS: dict[type, Meaning] = {
    Coverage: coverage,
    DecidedEffect: decided,
    Gate: gate,
    Recurring: recurrence,
    Scorecard: assess,
    Reporting: reporting,
}


def meaning_of(rule: Rule) -> Meaning | None:
    """The function that says what *rule* means by key, if it has one."""
    match rule:
        case Duty():
            return None if rule.straight else course
        case Threshold():
            return None if rule.plain else tally
        case Effect():
            return None if rule.plain else joint if rule.joined else climb
        case _:
            return MEANINGS.get(type(rule))
