"""Changes of an organisation that are reported as events: what each type says, and what has no effect."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accountability import Intake, Monitor, Organisation, judge
from accountability.event import Event
from accountability.explanation import dossier, verify, why
from accountability.judgement.attribution import answering
from accountability.organisation import Post, ResponsibilityKind, Tenure, Unit, changed
from accountability.policy.pack import read_rules_text

ZONE = ZoneInfo("Asia/Shanghai")
RULES = """\
pack: changing
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.received: {case: case from subject, unit: unit}
  reply.sent: {case: case from subject, unit: unit}
rules:
  - duty: reply
    source: law
    when: case.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2 days
    answers: {head: at due}
"""
POLICY = read_rules_text(RULES)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(tzinfo=ZONE)


OFFICE = Organisation.of(
    [Unit("county", "County", "county"), Unit("a", "A", "town", "county"), Unit("b", "B", "town", "county")],
    [Post("a/head", "a", "head", 1), Post("b/head", "b", "head", 1)],
    [Tenure("a/head", "Ann", at("01-01")), Tenure("b/head", "Bea", at("01-01"))])
HEAD = ResponsibilityKind("head", ("head",))


def said(*changes: tuple[str, str, dict[str, object]], known: str = "") -> list[Event]:
    """Changes, each by its type, the day on which it happened and what it says; known on a day of their own, or at once."""
    intake = Intake(POLICY.vocabulary)
    return [intake.one({"specversion": "1.0", "source": "/office", "id": f"{n}", "type": f"organisation.{kind}", "data": data,
                        "time": at(day).isoformat(), "recordedtime": at(known or day).isoformat()})
            for n, (kind, day, data) in enumerate(changes)]


def who(organisation: Organisation, unit: str, day: str, known: str | None = None) -> list[str | None]:
    return [a.holder for a in answering(organisation, HEAD, unit, at(day), moment="due", known_at=at(known) if known else None)]


def test_a_tenure_ends_and_another_begins() -> None:
    events = said(("tenure_ended", "03-01", {"post": "post/a/head", "holder": "Ann"}),
                  ("tenure_began", "03-10", {"post": "a/head", "holder": "Cid"}), known="04-01")
    found, none = changed(OFFICE, events)
    assert none == ()
    assert [who(found, "a", day) for day in ("02-28", "03-05", "03-10")] == [["Ann"], [None], ["Cid"]]
    assert who(found, "a", "03-10", known="03-31") == ["Ann"]


def test_a_unit_is_merged_and_one_is_split() -> None:
    merged, _ = changed(OFFICE, said(("unit_ended", "03-01", {"unit": "a", "into": "b"})))
    assert who(merged, "a", "03-01") == ["Bea"]
    begun = ("unit_changed", "02-01", {"unit": "c", "level": "town", "parent": "county"})
    split, none = changed(OFFICE, said(begun, ("unit_ended", "03-01", {"unit": "a", "into": "b"}),
                                       ("unit_ended", "03-01", {"unit": "a", "into": "unit/c"})))
    assert none == ()
    assert split.ways("a", at("03-01")) == (("a", "b"), ("a", "c"))


def test_units_posts_and_lines_change() -> None:
    found, none = changed(OFFICE, said(
        ("unit_changed", "02-01", {"unit": "a", "level": "city", "name": "City A"}),
        ("post_changed", "02-01", {"post": "a/deputy", "unit": "a", "role": "deputy", "rank": 2}),
        ("post_changed", "03-01", {"post": "a/deputy", "role": "head"}),
        ("line_began", "02-01", {"line": "head", "unit": "b", "post": "a/head"}),
        ("line_ended", "04-01", {"line": "head", "unit": "b", "post": "a/head"}),
        ("post_ended", "05-01", {"post": "a/deputy"})))
    assert none == ()
    assert [found.level_of("a", at(day)) for day in ("01-31", "02-01")] == ["town", "city"]
    assert [found.role_of("a/deputy", at(day)) for day in ("01-31", "02-01", "03-01", "05-01")] == [None, "deputy", "head", None]
    assert [who(found, "b", day) for day in ("01-31", "02-01", "04-01")] == [["Bea"], ["Ann"], ["Bea"]]


@pytest.mark.parametrize(("kind", "data", "why_not"), [
    ("tenure_ended", {"post": "a/head", "holder": "Zoe"}, "there is no tenure of `a/head` by `Zoe` then"),
    ("unit_changed", {"unit": "z"}, "there is no unit `z` then; say its `level` to begin it"),
    ("post_changed", {"post": "z/head", "role": "head"}, "there is no post `z/head` then; say its `unit` and `role` to begin it"),
    ("tenure_began", {"post": "a/head", "holder": "Zoe"}, "with it, the organisation would not pass its checks"),
])
def test_what_finds_nothing_to_change_has_no_effect(kind: str, data: dict[str, object], why_not: str) -> None:
    found, [(event, said_why)] = changed(OFFICE, said((kind, "03-01", data)))
    assert found.digest == OFFICE.digest
    assert event.id == "0"
    assert why_not in said_why


def test_what_has_no_effect_takes_none_from_what_goes_together() -> None:
    """A hand-over passes the checks only as a whole; a slip of the pen about another post does not undo it, nor what follows."""
    hand_over = (("tenure_began", "03-01", {"post": "a/head", "holder": "Cid"}),
                 ("tenure_ended", "03-01", {"post": "a/head", "holder": "Ann"}),
                 ("tenure_ended", "05-01", {"post": "a/head", "holder": "Cid"}))
    events = said(*hand_over, ("tenure_began", "03-01", {"post": "b/head", "holder": "Zoe"}))
    found, none = changed(OFFICE, events)
    assert [event.id for event, _ in none] == ["3"]
    assert found.digest == changed(OFFICE, events[:3])[0].digest
    assert [who(found, "a", day) for day in ("02-28", "03-01", "05-01")] == [["Ann"], ["Cid"], [None]]


def test_who_answers_changes_when_it_becomes_known() -> None:
    log = [Intake(POLICY.vocabulary).one({"specversion": "1.0", "source": "/log", "id": "c", "type": "case.received",
                                          "subject": "case/1", "time": at("03-01").isoformat(), "data": {"unit": "a"}})]
    changes = said(("tenure_ended", "02-01", {"post": "a/head", "holder": "Ann"}),
                   ("tenure_began", "02-01", {"post": "a/head", "holder": "Cid"}), known="04-01")
    monitor = Monitor(POLICY, OFFICE)
    monitor.observe(log[0])
    monitor.advance(at("03-20"))
    assert [a.holder for f in monitor.judgement().findings for a in f.answers] == ["Ann"]
    told = [monitor.observe(one) for one in changes]
    assert [a.holder for _, after in told[-1].revised for a in after.answers] == ["Cid"]
    before = judge(POLICY, OFFICE, [*log, *changes], at=at("05-01"), known_at=at("03-31"))
    assert [a.holder for f in before.findings for a in f.answers] == ["Ann"]

    [finding] = judge(POLICY, OFFICE, [*log, *changes], at=at("05-01")).findings
    assert [a.holder for a in finding.answers] == ["Cid"]
    assert why(POLICY, OFFICE, [*log, *changes], finding, at=at("05-01")).finding == finding
    sealed = dossier(POLICY, OFFICE, [*log, *changes], finding, rules=[("rules.yaml", RULES)], at=at("05-01"))
    assert verify(sealed).finding == finding


def test_with_a_horizon_the_organisation_is_closed() -> None:
    monitor = Monitor(POLICY, OFFICE, horizon=at("02-01") - at("01-01"))
    [change] = said(("tenure_ended", "03-01", {"post": "a/head", "holder": "Ann"}))
    assert [r.check for r in monitor.observe(change).refused] == ["closed-organisation"]
