"""What an organisation answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from accountability.organisation import Line, Organisation, Post, Tenure, Unit


def day(n: int) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=n)


UNITS = [Unit("county", "County", "county"), Unit("town-a", "Town A", "town", "county"), Unit("town-b", "Town B", "town", "county"),
         Unit("village", "Village", "village", "town-a")]
POSTS = [Post("town-a/clerk", "town-a", "staff"), Post("town-a/deputy", "town-a", "deputy", 2),
         Post("town-a/mayor", "town-a", "principal", 1), Post("town-a/secretary", "town-a", "principal", 1)]
TOWNS = Organisation.of(UNITS, POSTS)


def held(*tenures: Tenure) -> Organisation:
    return Organisation.of(UNITS, POSTS, tenures)


def name(found: Tenure | None) -> str | None:
    return found.holder if found is not None else None


def test_units_and_posts() -> None:
    assert TOWNS.unit_of("town-a/mayor") == "town-a"
    assert TOWNS.role_of("town-a/deputy") == "deputy"
    assert [TOWNS.rank_of(post.id) for post in POSTS] == [1000, 2, 1, 1]
    assert TOWNS.level_of("village") == "village"
    assert TOWNS.ancestors("village") == ("town-a", "county")
    assert TOWNS.units_at("town") == ("town-a", "town-b")
    assert TOWNS.posts_of("town-a") == ("town-a/mayor", "town-a/secretary", "town-a/deputy", "town-a/clerk")
    assert TOWNS.posts_of("town-a", ["deputy", "principal"]) == ("town-a/mayor", "town-a/secretary", "town-a/deputy")


def test_what_the_organisation_does_not_have_is_none() -> None:
    for nothing in (TOWNS.unit_of("x"), TOWNS.role_of("x"), TOWNS.rank_of("x"), TOWNS.level_of("x"), TOWNS.parent_of("x"),
                    TOWNS.parent_of("county"), TOWNS.holder("x", day(0)), TOWNS.holder("town-a/mayor", day(0))):
        assert nothing is None
    assert TOWNS.ancestors("x") == TOWNS.ancestors("county") == TOWNS.units_at("x") == TOWNS.posts_of("x") == ()
    assert not Organisation.empty().units


@pytest.mark.parametrize(("unit", "of", "found"), [
    ("village", "unit", "village"), ("village", "parent", "town-a"), ("village", "level:county", "county"),
    ("town-a", "level:town", "town-a"), ("county", "parent", None), ("county", "level:town", None),
    ("x", "unit", None), ("x", "level:town", None),
])
def test_up_to(unit: str, of: str, found: str | None) -> None:
    assert TOWNS.up_to(unit, of) == found


def test_only_three_ways_lead_up() -> None:
    with pytest.raises(ValueError, match=r"`above` names no unit; write `unit`, `parent` or `level:town`"):
        TOWNS.up_to("village", "above")


def test_who_acts_goes_before_who_is_appointed() -> None:
    organisation = held(Tenure("town-a/mayor", "H", day(0), day(9)), Tenure("town-a/mayor", "S", day(3), day(5), acting=True))
    assert [name(organisation.holder("town-a/mayor", day(n))) for n in (-1, 0, 2, 3, 4, 5, 8, 9)] == [
        None, "H", "H", "S", "S", "H", "H", None]


def test_a_declared_vacancy_is_held_by_nobody() -> None:
    organisation = held(Tenure("town-a/mayor", None, day(0), day(9)), Tenure("town-a/mayor", "S", day(3), day(5), acting=True))
    assert [name(organisation.holder("town-a/mayor", day(n))) for n in (0, 3, 5)] == [None, "S", None]


def test_instants_of_any_zone_are_the_same_instants() -> None:
    organisation = held(Tenure("town-a/mayor", "H", day(0), day(9)))
    east = timezone(timedelta(hours=8))
    assert organisation.holder("town-a/mayor", day(0).astimezone(east)) is not None
    with pytest.raises(ValueError, match="has no zone"):
        organisation.holder("town-a/mayor", datetime(2025, 1, 1))


def test_what_was_learned_later_changes_no_earlier_answer() -> None:
    organisation = held(
        Tenure("town-a/mayor", "H", day(0)),
        Tenure("town-a/mayor", "H", day(0), day(20), recorded=day(25)),
        Tenure("town-a/mayor", "I", day(20), recorded=day(25)),
    )
    assert name(organisation.holder("town-a/mayor", day(22))) == "I"
    assert name(organisation.holder("town-a/mayor", day(22), known_at=day(24))) == "H"
    assert name(organisation.holder("town-a/mayor", day(22), known_at=day(25))) == "I"


def test_a_tenure_that_never_was_is_annulled_by_an_empty_version() -> None:
    organisation = held(
        Tenure("town-a/mayor", "I", day(20), recorded=day(10)),
        Tenure("town-a/mayor", "I", day(20), day(20), recorded=day(15)),
    )
    assert name(organisation.holder("town-a/mayor", day(22), known_at=day(12))) == "I"
    assert organisation.holder("town-a/mayor", day(22)) is None


def test_who_began_later_holds_it_while_the_end_of_the_other_is_not_yet_known() -> None:
    organisation = held(
        Tenure("town-a/mayor", "H", day(0)),
        Tenure("town-a/mayor", "I", day(20), recorded=day(18)),
        Tenure("town-a/mayor", "H", day(0), day(20), recorded=day(25)),
    )
    assert [name(organisation.holder("town-a/mayor", day(n), known_at=day(19))) for n in (19, 20)] == ["H", "I"]


def test_what_is_recorded_at_an_instant_is_known_at_it() -> None:
    organisation = held(
        Tenure("town-a/mayor", "H", day(0), day(5), recorded=day(2)),
        Tenure("town-a/mayor", "I", day(5), recorded=day(6)),
    )
    assert name(organisation.holder("town-a/mayor", day(1), known_at=day(2))) == "H"
    assert organisation.holder("town-a/mayor", day(1), known_at=day(2) - timedelta(microseconds=1)) is None


def test_lines_cover_from_their_first_to_before_their_last_instant() -> None:
    line = Line("lead", "town-b", "town-a/deputy", day(1), day(2))
    organisation = Organisation.of(UNITS, POSTS, lines=[line])
    assert [organisation.lines_of("lead", "town-b", day(n)) for n in (0, 1, 2)] == [(), (line,), ()]
    assert organisation.lines_of("lead", "town-a", day(1)) == organisation.lines_of("other", "town-b", day(1)) == ()


def test_the_digest_is_a_sha256_of_what_is_stated() -> None:
    assert Organisation.empty().digest == "ddebcfb200247dd4dfb5b7de2b5fb38abc7e7c308d7bced501a9469b37de8a29"
    assert TOWNS.digest == Organisation.of(UNITS[::-1], POSTS[::-1]).digest
    assert len({TOWNS.digest, Organisation.empty().digest, Organisation.of(UNITS).digest}) == 3


def test_a_unit_that_has_not_begun_passes_nothing_on() -> None:
    organisation = Organisation.of([
        Unit("a", "A", "town", since=day(5), until=day(9), successors=("b",)), Unit("b", "B", "town"),
        Unit("c", "C", "town", "a")])
    assert [organisation.ways("a", day(n)) for n in (4, 5, 9)] == [(), (("a",),), (("a", "b"),)]
    assert [organisation.parent_of("c", day(n)) for n in (4, 5, 9)] == [None, "a", "b"]
    assert organisation.parent_of("c") == "a"
    assert organisation.ways("x", day(5)) == ()


def test_a_post_ends_with_its_unit_and_its_tenures_with_it() -> None:
    units = [Unit("a", "A", "town", until=day(9)), Unit("b", "B", "town")]
    organisation = Organisation.of(units, [Post("p", "a", "head")], [Tenure("p", "H", day(0))], [Line("lead", "b", "p", day(0))])
    assert [name(organisation.holder("p", day(n))) for n in (8, 9)] == ["H", None]
    assert [len(organisation.lines_of("lead", "b", day(n))) for n in (8, 9)] == [1, 0]
    assert [organisation.posts_of("a", at=day(n)) for n in (8, 9)] == [("p",), ()]


def test_a_post_may_move_to_another_unit_and_rank() -> None:
    posts = [Post("p", "town-a", "head", 2, until=day(3)), Post("p", "town-b", "head", 1, since=day(3))]
    organisation = Organisation.of(UNITS, posts, [Tenure("p", "H", day(0))])
    assert [organisation.unit_of("p", day(n)) for n in (2, 3)] == ["town-a", "town-b"]
    assert [organisation.rank_of("p", day(n)) for n in (2, 3)] == [2, 1]
    assert [organisation.posts_of("town-b", at=day(n)) for n in (2, 3)] == [(), ("p",)]
    assert (organisation.unit_of("p"), organisation.posts_of("town-a"), organisation.posts_of("town-b")) == ("town-b", (), ("p",))


def test_what_an_organisation_learned_and_when() -> None:
    organisation = Organisation.of(
        [Unit("a", "A", "town", recorded=day(4))], [Post("p", "a", "head", recorded=day(1))],
        [Tenure("p", "H", day(0), recorded=day(4))], [Line("lead", "a", "p", day(0), recorded=day(2))])
    assert organisation.learned == (day(1), day(2), day(4))
    assert organisation.unit_at("a", day(9), day(3)) is None
    assert organisation.lines_of("lead", "a", day(9), day(4)) == organisation.lines
    assert organisation.lines_of("lead", "a", day(9), day(1)) == ()
