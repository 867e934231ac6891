"""kinds: one page for each kind of rule, with its keys, its model, and how it is read. What each means is in `semantics`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import attrs

from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import FieldRef
from accountability.policy.forms import Form, Record
from accountability.policy.kinds import (
    coverage,
    decided,
    duty,
    effect,
    gate,
    ladder,
    prohibition,
    recurring,
    reporting,
    scorecard,
    threshold,
)
from accountability.policy.kinds.coverage import Coverage
from accountability.policy.kinds.decided import DecidedEffect
from accountability.policy.kinds.duty import Duty
from accountability.policy.kinds.effect import Effect
from accountability.policy.kinds.gate import Gate
from accountability.policy.kinds.ladder import Ladder, Rung
from accountability.policy.kinds.prohibition import Prohibition
from accountability.policy.kinds.recurring import Recurring
from accountability.policy.kinds.reporting import Reporting
from accountability.policy.kinds.scorecard import Scorecard
from accountability.policy.kinds.threshold import Threshold
from accountability.policy.rule import Trigger

__all__ = [
    "FORMS", "KINDS", "MODELS", "WORDS", "Coverage", "DecidedEffect", "Duty", "Effect", "Gate", "Kind", "Ladder", "Prohibition",
    "Recurring", "Reporting", "Rule", "Rung", "Scorecard", "Threshold", "kind_of",
]

Rule = Duty | Recurring | Coverage | Prohibition | Threshold | Effect | DecidedEffect | Gate | Scorecard | Reporting


@attrs.frozen
class Kind:
    """One form of a kind of rule: the *word* it begins with, and how it is written, read and waited for.

    A word with several forms tells them apart by *marks*: the first form whose marks are among the keys of a rule is meant, and the
    one without marks where there is none; *start* is the key that says what starts it, where something does.
    """

    word: str
    form: Record
    read: Callable[[ClauseReader], Rule]
    concludes: Callable[[Any, Mapping[str, FieldRef]], dict[Trigger, Mapping[str, FieldRef]]]
    moments: tuple[str, ...]
    start: str | None = "when"
    marks: tuple[str, ...] = ()


def _kind(word: str, page: ModuleType, *moments: str, start: str | None = "when", marks: tuple[str, ...] = ()) -> Kind:
    return Kind(word, page.FORM, page.read, page.concludes, ("trigger", "finding", *moments), start, marks)


KINDS: tuple[Kind, ...] = (
    _kind("duty", recurring, "due", start=None, marks=recurring.MARKS),
    _kind("duty", coverage, start=None, marks=("at every instant",)),
    _kind("duty", duty, "due", "act"),
    _kind("prohibition", prohibition),
    _kind("threshold", threshold, "first", "last", start="count"),
    _kind("gate", gate),
    _kind("reporting", reporting, "due"),
    _kind("effect", effect, marks=("propose",)),
    _kind("effect", decided, "now", marks=("requires", "ended by", "quashed by", "again from", "follows", "standing")),
    _kind("scorecard", scorecard, start=None),
)
MODELS: Mapping[type, Kind] = dict(zip(
    (Recurring, Coverage, Duty, Prohibition, Threshold, Gate, Reporting, Effect, DecidedEffect, Scorecard), KINDS, strict=True))
WORDS: tuple[str, ...] = (*dict.fromkeys(kind.word for kind in KINDS), "ladder")


def kind_of(word: str, keys: Iterable[str]) -> Kind:
    """The form that a rule beginning with *word* has, by its other *keys*."""
    forms, here = [k for k in KINDS if k.word == word], set(keys)
    return next((k for k in forms if not k.marks or here & {*k.marks}), forms[0])


def _together(word: str) -> Record:
    """All keys of the forms of one word: what may stand below it."""
    keys: dict[str, Form] = {}
    prefixed: dict[str, Form] = {}
    for kind in KINDS:
        if kind.word == word:
            keys |= {k: f for k, f in kind.form.keys.items() if k not in keys}
            prefixed |= kind.form.prefixed
    return Record(keys, prefixed=prefixed)


FORMS: Mapping[str, Record] = {word: _together(word) for word in WORDS if word != "ladder"} | {"ladder": ladder.FORM}
"""What may stand in a rule, by the word it begins with."""
