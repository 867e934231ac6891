"""Nothing depends on which week it is: what is due is reckoned in hours, days and weeks, and these are the same everywhere.

Months and years are not: a month from 30 January is shorter than one from 6 March, and a season of every year begins on another day
of the week in the next. So rule files and events speak of days and weeks here, in a zone without summer time.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta

import attrs
from foundation import foundation
from hypothesis import event, given, note, reject
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Judgement
from accountability.engine.replay import replay
from accountability.errors import RuleFileError
from accountability.event import Event
from accountability.organisation import Organisation
from accountability.policy import read_rules_text
from accountability.semantics import judge
from accountability.testing.rule_texts import KINDS, rule_texts
from accountability.testing.strategies import World, histories, instants, organisations
from accountability.workdays import Limit, Unit

TIMELESS = tuple(kind for kind in KINDS if kind != "scorecard")  # a period that is assessed is a month at least
PLAIN = {
    r"\b1 month\b": "30 days", r"\b2 months\b": "60 days", r"calendar (month|quarter|year)\b": "calendar week",
    r"rest of the year": "until ended", r"- date: 2026-03-02\b": "- date: 2026-03-31",
}
"""What a rule file says of months and years, and what it says of days and weeks instead.

A day with hours of its own lies outside the seasons, which are of that year alone (`of_that_year`) and may not overlap with it.
"""
EVERY_YEAR = re.compile(r"first day: (\d\d-\d\d)(\s+)last day: (\d\d-\d\d)")
THAT_YEAR = 2026
"""The year of what random rule files in that zone say."""


def of_that_year(season: re.Match[str]) -> str:
    """A season of every year as one of that year alone; where it goes over into the next, it ends there."""
    first, between, last = season.groups()
    return f"first day: {THAT_YEAR}-{first}{between}last day: {THAT_YEAR + (last < first)}-{last}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    text = EVERY_YEAR.sub(of_that_year, draw(rule_texts(TIMELESS, ("Asia/Shanghai",))))
    for written, instead in PLAIN.items():
        text = re.sub(written, instead, text)
    return text


def moved(value: object, by: timedelta) -> object:
    """*value* with every day and instant in it, also those in text, later *by* that much."""
    match value:
        case datetime() | date():
            return value + by
        case str():
            return re.sub(r"\b20\d\d-\d\d-\d\d\b", lambda m: str(date.fromisoformat(m[0]) + by), value)
        case list() | tuple():
            return type(value)(moved(item, by) for item in value)
        case dict():
            return {key: moved(item, by) for key, item in value.items()}
        case _:
            return value


def with_moved(noun, by: timedelta):  # type: ignore[no-untyped-def]
    """A frozen noun with every day and instant that it holds moved."""
    return attrs.evolve(noun, **{a.alias: moved(getattr(noun, a.name), by) for a in attrs.fields(type(noun)) if a.init})


def organisation_moved(o: Organisation, by: timedelta) -> Organisation:
    tables = (o.unit_entries, o.post_entries, o.tenures, o.lines)
    return Organisation.of(*([with_moved(noun, by) for noun in table] for table in tables))


TELLS = ("rule", "subject", "status", "unit", "since", "due", "due_date", "done", "ends", "post", "holder", "measure", "severity",
         "points", "evidence", "note")


def told(said: Judgement, by: timedelta = timedelta(0)) -> Counter[tuple[object, ...]]:
    """What *said* finds, but for names that are digests of instants; later *by* that much."""
    def one(f: Conclusion) -> tuple[object, ...]:
        answers = tuple((a.line, a.post, a.holder, moved(a.at, by)) for a in f.answers)
        return (*(moved(getattr(f, name), by) for name in TELLS), answers)
    return Counter(one(f) for f in said.findings)


def without_months(e: Event) -> Event:
    """*e* with 30 days wherever it tells of a limit of a month."""
    month, instead = Limit(1, Unit.MONTH), Limit(30, Unit.DAY)
    return attrs.evolve(e, fields={name: instead if value == month else value for name, value in e.fields.items()})


@st.composite
def worlds_of_weeks(draw: st.DrawFn) -> tuple[str, World]:
    """A rule file, and the world that goes with it."""
    text = draw(texts())
    try:
        policy = read_rules_text(text, warn=False)
    except RuleFileError:
        reject()
    note(text)
    organisation = draw(organisations(policy))
    events = [without_months(e) for e in draw(histories(policy, organisation))]
    at = draw(instants(policy))
    return text, World(policy, organisation, events, at, at)


@foundation
@given(worlds_of_weeks(), st.sampled_from([1, 2, 5, 52, -3]))
def test_everything_may_happen_some_weeks_later(drawn: tuple[str, World], weeks: int) -> None:
    """Where every event, every tenure and every day of the rule file is some whole weeks later, so is everything that is found."""
    (text, world), by = drawn, timedelta(weeks=weeks)
    policy, organisation = read_rules_text(str(moved(text, by)), warn=False), organisation_moved(world.organisation, by)
    events = [with_moved(e, by) for e in world.events]
    for how in (judge, replay):
        before = how(world.policy, world.organisation, world.events, at=world.at, report_all=True)
        after = how(policy, organisation, events, at=world.at + by, report_all=True)
        assert told(after) == told(before, by)
        assert after.counts == before.counts
    event(f"findings: {'some' if before.findings else 'none'}")
