"""A due that an event carries may lie in the past: the breach then arises before all that was already replayed."""

from __future__ import annotations

from typing import Any

from accountability.conclusion import Status

REPLY = "  - {duty: reply, source: law, when: asked, where: by is present, bearer: unit, must: done, same: case, due: by}\n"
LATE = {"by": "2026-03-02T09:00:00Z"}


def test_an_act_after_such_a_breach_discharges_what_it_started(say: Any) -> None:
    """Replay had let go of the act, and of the duty that an act had ended."""
    rules = (
        REPLY + "  - {duty: mend, source: law, when: fault or breach of reply, bearer: unit, must: done, same: unit, within: 1 day,"
        " again: ignore}\n"
    )
    log = [
        ("f", "fault", "2026-03-02T10:00"),
        ("d", "done", "2026-03-02T11:00", {"case": "c2"}),
        ("a", "asked", "2026-03-02T12:00", LATE),
    ]
    found = {f.evidence[0]: f for f in say(rules, log, "2026-03-09T00:00") if f.rule == "mend"}
    assert [(name, f.status, f.evidence) for name, f in found.items()] == [("a", Status.MET, ("a", "d"))]


def test_a_decision_after_such_a_breach_disposes_of_the_proposal(say: Any) -> None:
    """Replay had let go of the decision, for nothing was proposed when it came."""
    rules = REPLY + (
        "  - {effect: card, source: law, when: breach of reply, propose: yellow card, decided by: decided, same: unit,"
        " standing: {term: until ended}}\n"
    )
    log = [("d", "decided", "2026-03-02T11:00", {"case": "c2"}), ("a", "asked", "2026-03-02T12:00", LATE)]
    assert [f.status for f in say(rules, log, "2026-03-09T00:00") if f.rule == "card"] == [Status.DECIDED, Status.IN_FORCE]
