"""Which page says which kind of rule."""

from __future__ import annotations

from collections.abc import Mapping

from accountability.policy.kinds import (
    MODELS,
    Coverage,
    DecidedEffect,
    Duty,
    Effect,
    Gate,
    Prohibition,
    Recurring,
    Reporting,
    Rule,
    Scorecard,
    Threshold,
)
from accountability.policy.rendering import (
    coverage,
    decided,
    duty,
    effect,
    gate,
    prohibition,
    recurring,
    reporting,
    scorecard,
    threshold,
)
from accountability.policy.rendering.shared import Page, Said
from accountability.policy.rendering.voice import Voice

PAGES: Mapping[type, Page] = {
    Duty: duty.said, Prohibition: prohibition.said, Threshold: threshold.said, Gate: gate.said, Effect: effect.said,
    DecidedEffect: decided.said, Scorecard: scorecard.said, Reporting: reporting.said,
    Recurring: recurring.said, Coverage: coverage.said,
}


def said(rule: Rule, say: Voice) -> Said:
    """*rule* in words."""
    return PAGES[type(rule)](rule, say)


def kind(rule: Rule) -> str:
    """The keyword that a rule of its kind begins with."""
    return MODELS[type(rule)].word
