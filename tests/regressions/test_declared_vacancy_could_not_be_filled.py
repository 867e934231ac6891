"""Whoever was appointed by an event to a post that was declared vacant did not hold it: the event was refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accountability.event import Event
from accountability.intake import Intake
from accountability.organisation import Organisation, Post, Tenure, Unit, changed
from accountability.policy.pack import read_rules_text

VACANT = datetime(2026, 3, 1, tzinfo=UTC)
ORGANISATION = Organisation.of(
    [Unit("u1", "Town", "town")], [Post("u1/head", "u1", "head")],
    [Tenure("u1/head", "A", datetime(2020, 1, 1, tzinfo=UTC), VACANT), Tenure("u1/head", None, VACANT)])
POLICY = read_rules_text("pack: small\ntimezone: UTC\nsources: {law: A law}\nvocabulary:\n  asked: {unit: unit}\nrules: []\n")


def began(at: datetime, *, acting: bool = False) -> Event:
    return Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "id": "t", "source": "desk", "type": "organisation.tenure_began", "time": at.isoformat(),
        "data": {"post": "u1/head", "holder": "B", **({"acting": True} if acting else {})}})


@pytest.mark.parametrize("days", [1, 2])
def test_a_vacancy_is_over_once_somebody_is_appointed(days: int) -> None:
    at = VACANT + timedelta(days=days)
    now, refused = changed(ORGANISATION, [began(at)])
    assert refused == ()
    held = [now.holder("u1/head", at + timedelta(hours=n), at) for n in (-1, 0, 1)]
    assert [None if t is None else t.holder for t in held] == [None, "B", "B"]


def test_whoever_acts_does_not_end_it() -> None:
    now, refused = changed(ORGANISATION, [began(VACANT + timedelta(days=1), acting=True)])
    assert refused == ()
    assert [t.until for t in now.tenures if t.holder is None] == [None]
