"""What the other laws are held against: random rule files. They must be worth something."""

from __future__ import annotations

import re

from hypothesis import Phase, given, settings

from accountability.errors import RuleFileError
from accountability.policy import Policy
from accountability.policy.forms import Either, Form, Many, Record
from accountability.policy.kinds import FORMS, KINDS
from accountability.policy.kinds import MODELS as PAGES
from accountability.policy.pack import read_rules_text
from accountability.testing.rule_texts import rule_texts
from accountability.testing.strategies import drawn_policy

EXAMPLES = 2500


def keys_in(form: Form) -> set[str]:
    """Every keyword that may stand as a key in *form*."""
    match form:
        case Record(keys=keys, prefixed=prefixed, rest=rest):
            below = [*keys.values(), *prefixed.values(), *([rest] if rest is not None else [])]
            return {*keys, *prefixed, *(k for f in below for k in keys_in(f))}
        case Many(of=of):
            return keys_in(of)
        case Either(scalar=scalar, other=other):
            return keys_in(scalar) | keys_in(other)
        case _:
            return set()


def test_generated_rules_use_every_construct() -> None:
    """Random rule files use every key of every kind of rule, and most of them can be read; so do the models that are read."""
    wanted = {k for form in FORMS.values() for k in keys_in(form)}
    keys: set[str] = set()
    models: set[type] = set()
    read: list[bool] = []

    # The same ones every time: what is asked is of the generator, and no change of the engine should wait on luck.
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], database=None, deadline=None, derandomize=True)
    @given(rule_texts())
    def collect(text: str) -> None:
        if wanted <= keys and models == {*PAGES}:  # the rarest key may take many examples; most seeds need a few hundred
            return
        keys.update(k.partition(" ")[0] if k.startswith("during ") else k for k in re.findall(r"^[ -]*(.+?):", text, re.MULTILINE))
        try:
            models.update(type(rule) for rule in read_rules_text(text).rules)
        except RuleFileError:
            read.append(False)
        else:
            read.append(True)

    collect()
    assert wanted - keys == set()
    assert models == {*PAGES}
    assert len(PAGES) == len(KINDS)
    assert read.count(False) < len(read) / 4


@given(rule_texts())
def test_drawn_policies_are_what_their_text_says(text: str) -> None:
    """A policy whose head and rules are read apart, without warnings, is the one of the whole text; where that is refused, none."""
    try:
        meant: Policy | None = read_rules_text(text)
    except RuleFileError:
        meant = None
    assert drawn_policy(text) == meant
