"""Who answers, by example; scenario A2's change of secretary among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import attrs
import pytest

from accountability.conclusion import Answer
from accountability.judgement.attribution import answering, answering_post, answering_without, chain, shares
from accountability.organisation import Line, Organisation, Part, Post, ResponsibilityKind, Tenure, Unit


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


# On day 10 town-p is merged into town-q; on day 20 that is split into two.
MERGED = Organisation.of(
    [Unit("county", "County", "county"), Unit("town-p", "Town P", "town", "county", until=day(10), successors=("town-q",)),
     Unit("town-q", "Town Q", "town", "county", until=day(20), successors=("town-r", "town-s")),
     Unit("town-r", "Town R", "town", "county"), Unit("town-s", "Town S", "town", "county"),
     Unit("village", "V", "village", "town-p")],
    [Post(f"{unit}/head", unit, "head", 1) for unit in ("county", "town-p", "town-q", "town-r", "town-s", "village")],
    [Tenure(f"{unit}/head", unit[-1].upper(), day(-900)) for unit in ("county", "town-p", "town-q", "town-r", "town-s", "village")],
)
HEAD = ResponsibilityKind("head", ("head",))


@pytest.mark.parametrize(("at", "found"), [
    (9, [("town-p/head", "P", None)]),
    (10, [("town-q/head", "Q", ("town-p", "town-q"))]),
    (20, [("town-r/head", "R", ("town-p", "town-q", "town-r")), ("town-s/head", "S", ("town-p", "town-q", "town-s"))]),
])
def test_responsibility_passes_to_those_that_take_a_units_place(at: int, found: list[tuple[str, str, object]]) -> None:
    answers = answering(MERGED, HEAD, "town-p", day(at), moment="due")
    assert [(answer.post, answer.holder, answer.passed) for answer in answers] == found


def test_what_is_not_yet_known_of_a_merger_changes_nothing() -> None:
    entries = [attrs.evolve(unit, recorded=day(15)) if unit.id == "town-p" else unit for unit in MERGED.unit_entries]
    before = Unit("town-p", "Town P", "town", "county")
    organisation = Organisation.of([before, *entries], MERGED.post_entries, MERGED.tenures)
    assert named(answering(organisation, HEAD, "town-p", day(12), moment="due", known_at=day(14))) == [("town-p/head", "P")]
    assert named(answering(organisation, HEAD, "town-p", day(12), moment="due", known_at=day(15))) == [("town-q/head", "Q")]


def test_a_chain_names_every_level_and_who_stood_there() -> None:
    assert [(rung.unit, rung.level, named(rung.answers)) for rung in chain(COUNTY, FIRST, "village", day(3), moment="due")] == [
        ("village", "village", []),
        ("town-p", "town", [("town-p/mayor", "Holder-S"), ("town-p/secretary", "Holder-Z")]),
        ("county", "county", []),
    ]
    assert [rung.unit for rung in chain(COUNTY, FIRST, "village", day(3), up_to="town", moment="due")] == ["village", "town-p"]
    assert chain(COUNTY, FIRST, "village", day(3), up_to="city", moment="due") == ()
    assert chain(COUNTY, FIRST, "town-x", day(3), moment="due") == ()


def test_a_chain_climbs_past_a_parent_that_was_merged_and_stops_at_one_that_was_split() -> None:
    assert [rung.unit for rung in chain(MERGED, HEAD, "village", day(12), moment="due")] == ["village", "town-q", "county"]
    assert [rung.unit for rung in chain(MERGED, HEAD, "village", day(22), moment="due")] == ["village"]
    split = chain(MERGED, HEAD, "town-p", day(22), moment="due")
    assert [(rung.unit, rung.answers[0].passed) for rung in split] == [
        ("town-r", ("town-p", "town-q", "town-r")), ("county", None), ("town-s", ("town-p", "town-q", "town-s"))]


def lines_of(*rows: tuple[str, Part, Fraction | None]) -> tuple[Answer, ...]:
    lines = [Line("hazard", "town-p", post, day(0), part=part, share=share) for post, part, share in rows]
    organisation = Organisation.of(UNITS, POSTS, TENURES, lines)
    return answering(organisation, ResponsibilityKind("hazard", ()), "town-p", day(1), moment="due")


def test_whoever_leads_goes_before_whoever_joins() -> None:
    answers = lines_of(("town-p/mayor", Part.JOINT, None), ("town-p/deputy", Part.LEAD, None))
    assert [(answer.post, answer.part) for answer in answers] == [("town-p/deputy", "lead"), ("town-p/mayor", "joint")]


def test_fixed_shares_count_and_the_others_split_the_rest() -> None:
    third = Fraction(1, 3)
    answers = lines_of(("town-p/deputy", Part.LEAD, Fraction(1, 2)), ("town-p/mayor", Part.JOINT, None),
                       ("town-p/secretary", Part.JOINT, None))
    assert shares(answers) == {"town-p/deputy": Fraction(1, 2), "town-p/mayor": Fraction(1, 4), "town-p/secretary": Fraction(1, 4)}
    assert set(shares(answering(COUNTY, FIRST, "town-p", day(0), moment="due")).values()) == {Fraction(1, 2)}
    assert shares([attrs.evolve(answer, share=None) for answer in answers]) == dict.fromkeys([a.post for a in answers], third)


def test_a_vacant_post_bears_nothing_and_the_others_bear_it_in_proportion() -> None:
    answers = lines_of(("county/principal", Part.LEAD, Fraction(1, 2)), ("town-p/mayor", Part.JOINT, Fraction(1, 6)),
                       ("town-p/secretary", Part.JOINT, Fraction(1, 3)))
    assert answers[0].holder is None
    assert shares(answers) == {"town-p/mayor": Fraction(1, 3), "town-p/secretary": Fraction(2, 3)}
    assert shares(answers[:1]) == {}


def test_whoever_has_no_share_left_bears_all_when_the_others_are_vacant() -> None:
    vacant, held = Answer("head", "a", None, day(0), "due", share=Fraction(1)), Answer("head", "b", "H", day(0), "due")
    assert shares([vacant, held]) == {"b": 1}


def test_shares_are_of_one_responsibility() -> None:
    with pytest.raises(ValueError, match="shares are of one responsibility, and these are of `direct`, `head`; ask for each by"):
        shares([Answer("head", "a", "H", day(0), "due"), Answer("direct", "b", "I", day(0), "due")])


def test_a_recorded_dissent_frees_the_dissenter_and_nobody_who_came_after() -> None:
    before, after = (answering(COUNTY, FIRST, "town-p", day(n), moment="act") for n in (3, 5))
    assert named(answering_without(before, {"Holder-Z"})) == [("town-p/mayor", "Holder-S")]
    assert named(answering_without(after, {"Holder-Z"})) == named(after)
    assert shares(answering_without(before, {"Holder-Z"})) == {"town-p/mayor": 1}
