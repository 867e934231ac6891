"""Who may be given what while a standing is in force, after it has ended, and after it was quashed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accountability import Intake, Organisation, eligible, judge
from accountability.event import Event
from accountability.organisation import Post, Tenure, Unit
from accountability.policy import Policy
from accountability.policy.pack import read_rules_text

ZONE = ZoneInfo("Asia/Shanghai")
RULES = """\
pack: bars
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  veto.decided: {veto: veto from subject, unit: unit, by: unit}
  appeal.decided: {veto: veto from subject, upheld: yes or no}
rules:
  - effect: veto
    source: law
    when: veto.decided
    bearer: unit
    about: veto
    same: veto
    on: [unit, head at trigger]
    requires: {competent body: by is unit/county}
    standing: {term: 1 month, bars: [award, promotion]}
    follows: FOLLOWS
    quashed by: {when: appeal.decided, provided: upheld}
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


OFFICE = Organisation.of(
    [Unit("town", "Town", "town"), Unit("bureau", "Bureau", "department")],
    [Post("town/head", "town", "head", 1), Post("bureau/head", "bureau", "head", 1)],
    [Tenure("town/head", "A", at("01-01"), at("02-10")), Tenure("town/head", "B", at("02-10")),
     Tenure("bureau/head", "A", at("02-10"))])


def policy(follows: str = "person") -> Policy:
    return read_rules_text(RULES.replace("FOLLOWS", follows))


def log(quashed: bool = False) -> list[Event]:
    one = Intake(policy().vocabulary).one
    raw = {"specversion": "1.0", "source": "/log", "subject": "veto/1"}
    events = [one(raw | {"id": "1", "type": "veto.decided", "time": at("02-01").isoformat(),
                         "data": {"unit": "town", "by": "county"}})]
    if quashed:
        events.append(one(raw | {"id": "2", "type": "appeal.decided", "time": at("02-15").isoformat(), "data": {"upheld": True}}))
    return events


def asked(who: str, when: str, what: str = "award", follows: str = "person", quashed: bool = False) -> list[str]:
    rules = policy(follows)
    found = eligible(rules, judge(rules, OFFICE, log(quashed), at=at(when)), who, what)
    assert bool(found) is found.eligible is (found.barred_by == ())
    return [c.subject for c in found.barred_by]


def test_the_unit_is_barred_for_the_term_and_no_longer() -> None:
    assert [asked("unit/town", when) for when in ("01-31", "02-01", "03-01 23:59", "03-02")] == [[], ["veto/1"], ["veto/1"], []]


def test_a_bar_follows_the_person_to_another_unit_and_leaves_the_successor_alone() -> None:
    assert asked("office-holder/A", "02-20", "promotion") == ["veto/1"]
    assert asked("office-holder/B", "02-20", "promotion") == []
    assert asked("unit/bureau", "02-20") == []


def test_a_bar_may_stay_with_the_post() -> None:
    assert asked("post/town/head", "02-20", follows="post") == ["veto/1"]
    assert asked("post/town/head", "02-20") == []
    assert asked("office-holder/A", "02-20", follows="post") == []


def test_only_what_is_barred_is() -> None:
    assert asked("unit/town", "02-20", "training") == []


def test_a_quashed_standing_bars_nobody_from_the_day_on() -> None:
    assert [asked("unit/town", when, quashed=True) for when in ("02-14", "02-15")] == [["veto/1"], []]


def test_somebody_must_be_named_with_a_prefix() -> None:
    with pytest.raises(ValueError, match="write `unit/…`, `post/…` or `office-holder/…`"):
        asked("town", "02-20")
