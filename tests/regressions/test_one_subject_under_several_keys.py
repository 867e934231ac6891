"""What conclusions are told apart by is not always what events are paired by."""

from __future__ import annotations

from typing import Any

from accountability.conclusion import Status


def test_one_proposal_a_year_though_decided_case_by_case(say: Any) -> None:
    """The engine kept proposals by the key of their decisions, so that a unit with two cases got two of one identity."""
    rules = (
        "  - {effect: card, source: law, when: fault, propose: card, once per: calendar year, decided by: decided, same: case,"
        " standing: {term: until ended}}\n"
    )
    log = [
        ("f1", "fault", "2026-03-02T09:00"),
        ("f2", "fault", "2026-03-02T10:00", {"case": "c2"}),
        ("d2", "decided", "2026-03-02T11:00", {"case": "c2"}),
        ("d1", "decided", "2026-03-02T12:00"),
    ]
    assert [(f.evidence, f.status) for f in say(rules, log, "2026-03-09T00:00")] == [
        (("f1",), Status.DECIDED),
        (("f1", "d1"), Status.IN_FORCE),
    ]


def test_members_are_counted_by_the_bearer_of_the_threshold(say: Any) -> None:
    """With a bearer of its own, a threshold `per: bearer` counts by that one; the engine counted by the bearer of the breaches."""
    rules = (
        "  - {prohibition: fault, source: law, when: fault, bearer: unit}\n"
        "  - {threshold: many, source: law, count: breach of fault, per: bearer, bearer: unit/u2, within: calendar year,"
        " reaches: 2, fires: each}\n"
    )
    log = [("f1", "fault", "2026-03-02T09:00"), ("f2", "fault", "2026-03-02T10:00", {"unit": "u2"})]
    assert [(f.unit, f.members) for f in say(rules, log, "2026-03-09T00:00") if f.rule == "many"] == [("u2", ("f1", "f2"))]


def test_a_duty_of_its_bearer_is_discharged_by_what_that_bearer_did(say: Any) -> None:
    """`same: bearer` found no bearer in an event that names it by another field, so nothing ever discharged the duty."""
    rules = (
        "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}\n"
        "  - {duty: calm, source: law, when: fault, bearer: unit, must: discharge of reply, same: bearer, within: 1 day}\n"
    )
    log = [
        ("a", "asked", "2026-03-02T09:00"),
        ("f", "fault", "2026-03-02T10:00", {"case": "c2"}),
        ("d", "done", "2026-03-02T11:00"),
    ]
    assert [f.status for f in say(rules, log, "2026-03-09T00:00") if f.rule == "calm"] == [Status.MET]


def test_two_standings_of_one_decision_are_told_apart(say: Any) -> None:
    """One decision on two units made two facts of one place in time; taking one back took the other."""
    rules = (
        "  - {effect: card, source: law, when: fault, propose: card, decided by: decided, same: case,"
        " standing: {term: until ended}}\n"
        "  - {threshold: many, source: law, count: standing of card, per: case, within: calendar year, reaches: 1, fires: each}\n"
    )
    log = [
        ("f1", "fault", "2026-03-02T09:00"),
        ("f2", "fault", "2026-03-02T10:00", {"unit": "u2"}),
        ("d", "decided", "2026-03-02T11:00"),
        ("r", "fault", "2026-03-02T12:00", {"retracts": "f2"}),
    ]
    assert [f.members for f in say(rules, log, "2026-03-09T00:00") if f.rule == "many"] == [("f1", "d")]


def test_what_ties_at_one_instant_is_taken_in_order_of_its_trigger(say: Any) -> None:
    """Breaches of breaches that fall due together stood in the order of a digest of the case ids: other ids, other order."""
    rules = (
        "  - {duty: reply, source: law, when: asked, bearer: unit, about: unit, must: done, same: case, within: 1h}\n"
        "  - {duty: mend, source: law, when: breach of reply, bearer: unit, about: unit, must: done, same: case, within: 1h}\n"
        "  - {threshold: many, source: law, count: breach of mend, per: unit, within: calendar year, reaches: 3, fires: each}\n"
    )
    for names in (("c1", "c2", "c3"), ("c3", "c2", "c1"), ("x", "y", "z"), ("k", "j", "i")):
        log = [(f"a{n}", "asked", "2026-03-02T09:00", {"case": case}) for n, case in enumerate(names)]
        assert [f.members for f in say(rules, log, "2026-03-09T00:00") if f.rule == "many"] == [("a0", "a1", "a2")]
