"""Who answers, by example; scenario A2's change of secretary among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from accountability.conclusion import Answer
from accountability.judgement.attribution import answering, answering_post
from accountability.organisation import Line, Organisation, Post, ResponsibilityKind, Tenure, Unit


def day(n: int) -> datetime:
    return datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=n)


UNITS = [Unit("county", "County", "county"), Unit("town-p", "Town P", "town", "county"), Unit("village", "V", "village", "town-p")]
POSTS = [Post("county/principal", "county", "principal", 1), Post("town-p/deputy", "town-p", "deputy", 2),
         Post("town-p/mayor", "town-p", "principal-government", 1), Post("town-p/secretary", "town-p", "principal-party", 1)]
TENURES = [
    Tenure("town-p/secretary", "Holder-Z", day(-900), day(4)), Tenure("town-p/secretary", "Holder-Q", day(4)),
    Tenure("town-p/mayor", "Holder-S", day(-900)), Tenure("town-p/mayor", "Holder-A", day(6), day(8), acting=True),
    Tenure("town-p/deputy", "Holder-D", day(0), day(2)),
]
COUNTY = Organisation.of(UNITS, POSTS, TENURES)
FIRST = ResponsibilityKind("first-responsible", ("principal-party", "principal-government"))


def named(answers: tuple[Answer, ...]) -> list[tuple[str, str | None]]:
    return [(answer.post, answer.holder) for answer in answers]


def test_the_principals_of_the_unit_answer_by_rank_then_id() -> None:
    assert answering(COUNTY, FIRST, "town-p", day(3), moment="due") == (
        Answer("first-responsible", "town-p/mayor", "Holder-S", day(3), "due"),
        Answer("first-responsible", "town-p/secretary", "Holder-Z", day(3), "due"),
    )


def test_at_the_instant_of_a_handover_the_successor_answers() -> None:
    assert named(answering(COUNTY, FIRST, "town-p", day(4), moment="due"))[1] == ("town-p/secretary", "Holder-Q")


def test_a_stand_in_answers_and_is_marked() -> None:
    [mayor, secretary] = answering(COUNTY, FIRST, "town-p", day(7), moment="act")
    assert (mayor.holder, mayor.acting) == ("Holder-A", True)
    assert not secretary.acting


def test_a_vacancy_is_shown() -> None:
    kind = ResponsibilityKind("in-charge", ("deputy",))
    assert answering(COUNTY, kind, "town-p", day(3), moment="due") == (Answer("in-charge", "town-p/deputy", None, day(3), "due"),)


@pytest.mark.parametrize(("of", "post"), [
    ("unit", []), ("parent", ["town-p/mayor", "town-p/secretary"]), ("level:county", ["county/principal"]), ("level:city", []),
])
def test_a_finding_climbs_to_where_the_kind_says(of: str, post: list[str]) -> None:
    kind = ResponsibilityKind("first-responsible", ("principal", "principal-party", "principal-government"), of)
    assert [answer.post for answer in answering(COUNTY, kind, "village", day(0), moment="due")] == post


def test_an_unknown_unit_has_no_answer() -> None:
    assert answering(COUNTY, FIRST, "town-x", day(0), moment="due") == ()


def test_an_explicit_line_goes_before_the_roles_while_it_covers_the_instant() -> None:
    organisation = Organisation.of(UNITS, POSTS, TENURES, [
        Line("first-responsible", "town-p", "town-p/deputy", day(1), day(3)),
        Line("first-responsible", "town-p", "county/principal", day(1), day(3)),
    ])
    assert named(answering(organisation, FIRST, "town-p", day(1), moment="due")) == [
        ("county/principal", None), ("town-p/deputy", "Holder-D")]
    after = answering(organisation, FIRST, "town-p", day(3), moment="due")
    assert [answer.post for answer in after] == ["town-p/mayor", "town-p/secretary"]


def test_only_what_was_known_counts() -> None:
    organisation = Organisation.of(UNITS, POSTS, [Tenure("town-p/deputy", "Holder-D", day(0), recorded=day(5))])
    kind = ResponsibilityKind("in-charge", ("deputy",))
    assert named(answering(organisation, kind, "town-p", day(1), moment="due", known_at=day(4))) == [("town-p/deputy", None)]
    assert named(answering(organisation, kind, "town-p", day(1), moment="due", known_at=day(5))) == [("town-p/deputy", "Holder-D")]


def test_a_named_post_answers_in_utc() -> None:
    local = day(7).astimezone(timezone(timedelta(hours=8)))
    answer = answering_post(COUNTY, "town-p/mayor", local, "direct", "act")
    assert answer == Answer("direct", "town-p/mayor", "Holder-A", day(7), "act", acting=True)
    assert answer.at.tzinfo is UTC
    assert answering_post(COUNTY, "town-x/mayor", day(7), "direct", "act").holder is None
    with pytest.raises(ValueError, match="has no zone"):
        answering_post(COUNTY, "town-p/mayor", datetime(2026, 7, 1), "direct", "act")
