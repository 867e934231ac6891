"""The nearest miss and the change that is called smallest, in worked cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accountability.event import Event
from accountability.explanation import WhyNot, as_text, why_not
from accountability.explanation.changes import How
from accountability.intake import Intake
from accountability.organisation import Organisation
from accountability.policy import read_rules_text

POLICY = read_rules_text("""\
pack: replies
timezone: UTC
sources: {act: {title: Act}}
vocabulary:
  case.received: {raises a case: yes, case: case from subject, unit: unit}
  accident.happened: {incident: incident from subject, unit: unit, deaths: number}
  reply.sent: {case: case from subject}
rules:
  - duty: reply
    source: act
    when: case.received
    bearer: unit
    must: reply.sent
    same: case
    within: 2h
  - prohibition: grave
    source: act
    when: accident.happened
    where: deaths >= 3
    bearer: unit
    about: incident
  - threshold: often
    source: act
    count: accident.happened
    bearer: unit
    per: unit
    reaches: 3
    within: calendar year
    fires: each
    about: unit
""")
START = datetime(2026, 3, 5, 1, tzinfo=UTC)


def event(name: str, type_: str, hours: float, about: str = "case/1", **data: object) -> Event:
    return Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "id": name, "source": "desk", "type": type_, "subject": about,
        "time": (START + timedelta(hours=hours)).isoformat(), "data": data})


LOG = [
    event("got", "case.received", 0, unit="town"), event("sent", "reply.sent", 1.5),
    event("other", "case.received", 5, "case/2", unit="town"),
    event("fire", "accident.happened", 0, "incident/1", unit="town", deaths=1),
    event("flood", "accident.happened", 9, "incident/2", unit="town", deaths=0),
]


def asked(rule: str, subject: str, hours: float = 48, log: list[Event] = LOG) -> WhyNot:
    return why_not(POLICY, Organisation.empty(), log, rule, subject, at=START + timedelta(hours=hours))


def test_a_duty_met_would_be_late_by_the_shortest_move() -> None:
    told = asked("reply", "case/1")
    assert told.flip is not None
    assert (told.flip.change.how, told.flip.finding.status) == (How.MOVE, "late")
    assert told.flip.change.into is not None
    assert told.flip.change.into.occurred_at - START == timedelta(hours=2, microseconds=1)
    assert "it concludes: met, since 2026-03-05 01:00, due 2026-03-05 03:00, done 2026-03-05 02:30" in as_text(told)


def test_an_open_duty_needs_nothing_but_time() -> None:
    told = asked("reply", "case/2", hours=6)
    assert told.flip is not None
    assert (told.flip.change.how, told.flip.change.at) == (How.TIME, START + timedelta(hours=7, microseconds=1))


def test_a_condition_that_fails_is_said_and_its_field_changed_to_the_border() -> None:
    told = asked("grave", "incident/1")
    assert told.flip is not None
    assert (told.flip.change.how, told.flip.change.field) == (How.FIELD, "deaths")
    assert "it would be found if deaths of desk#fire were 3 and not 1" in as_text(told)
    assert "desk#fire at 2026-03-05 01:00 does not start it\n    - not so: “deaths” is at least 3" in as_text(told)
    assert "若 desk#fire 的 deaths 为 3而非 1，即成立" in as_text(told, "zh")


def test_a_number_not_reached_names_its_members() -> None:
    told = asked("often", "unit/town")
    assert told.flip is not None
    assert told.flip.change.how is How.ONE_MORE
    assert "so far desk#fire, desk#flood; the number is 3, in calendar year" in as_text(told)


def test_where_nothing_happened_that_is_said() -> None:
    told = asked("grave", "incident/9")
    assert told.flip is None
    assert "nothing of accident.happened is known about incident/9" in as_text(told)
    assert "no single small change near it was found" in as_text(told)


def test_what_is_found_is_no_matter_for_it() -> None:
    with pytest.raises(ValueError, match="`reply` does find something about `case/2`"):
        asked("reply", "case/2")
