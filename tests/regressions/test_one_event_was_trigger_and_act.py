"""What starts a rule and what it waits for may be one event type, or come of one event."""

from __future__ import annotations

from typing import Any

from accountability.conclusion import Status

TWICE = [("f1", "fault", "2026-03-02T09:00"), ("f2", "fault", "2026-03-02T10:00")]


def test_a_prohibition_joined_with_its_own_trigger(say: Any) -> None:
    """The engine took such an event as trigger only, so that nothing was ever joined; nor is an event its own earlier failure."""
    found = say(
        "  - {prohibition: again, source: law, when: fault, bearer: unit, joined with: fault, same: case}\n",
        TWICE,
        "2026-03-09T00:00",
    )
    assert [f.evidence for f in found] == [("f2", "f1")]


def test_an_effect_decided_by_its_own_trigger(say: Any) -> None:
    """The engine took such an event as trigger only; nor does an event decide on what it gives rise to."""
    rules = (
        "  - {effect: card, source: law, when: fault, propose: yellow card, decided by: fault, same: case,"
        " standing: {term: until ended}}\n"
    )
    found = say(rules, TWICE, "2026-03-09T00:00")
    assert [(f.evidence, f.status) for f in found] == [
        (("f1",), Status.DECIDED),
        (("f1", "f2"), Status.IN_FORCE),
        (("f2",), Status.PROPOSED),
    ]


def test_a_discharge_that_comes_of_the_trigger_counts(say: Any) -> None:
    """A discharge follows its event at once. In replay it came before the trigger and was let go."""
    rules = (
        "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}\n"
        "  - {duty: file, source: law, when: done, bearer: unit, must: discharge of reply, same: case, within: 1 day}\n"
    )
    log = [("a", "asked", "2026-03-02T09:00"), ("d", "done", "2026-03-02T10:00")]
    assert [(f.rule, f.status) for f in say(rules, log, "2026-03-09T00:00")] == [("reply", Status.MET), ("file", Status.MET)]


def test_a_trigger_named_twice_starts_a_rule_once(say: Any) -> None:
    """`when: asked or asked` opened two obligations of one identity."""
    rules = "  - {duty: reply, source: law, when: asked or asked, bearer: unit, must: done, same: case, within: 1 day}\n"
    assert len(say(rules, [("a", "asked", "2026-03-02T09:00")], "2026-03-09T00:00")) == 1
