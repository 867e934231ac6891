"""When nobody, or more than one, answers, by example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accountability.judgement.vacancies import Gap, Lack, gaps
from accountability.organisation import ALWAYS, Line, Organisation, Part, Post, ResponsibilityKind, Tenure, Unit


def day(n: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n)


TOWN = Unit("town", "Town", "town")
SECRETARY, MAYOR = Post("town/secretary", "town", "party", 1), Post("town/mayor", "town", "government", 1)
FIRST = ResponsibilityKind("first-responsible", ("party", "government"))


def of(*tenures: Tenure, town: Unit = TOWN, lines: tuple[Line, ...] = ()) -> Organisation:
    return Organisation.of([town], [SECRETARY, MAYOR], tenures, lines)


def test_both_principals_together_are_no_gap_and_one_without_the_other_is() -> None:
    organisation = of(Tenure("town/secretary", "A", day(0)), Tenure("town/mayor", "B", day(0), day(5)),
                      Tenure("town/mayor", "C", day(9)))
    assert gaps(organisation, FIRST, day(0), day(20)) == (Gap("town", day(5), day(9), Lack.VACANT, ("town/mayor",)),)


def test_nobody_is_told_with_its_dates_whether_declared_or_not_and_is_cut_where_one_asks() -> None:
    organisation = of(Tenure("town/secretary", "A", day(0), day(5)), Tenure("town/secretary", None, day(5), day(8)),
                      Tenure("town/mayor", "B", day(0), day(5)), Tenure("town/mayor", "B", day(9)))
    both = ("town/mayor", "town/secretary")
    assert gaps(organisation, FIRST, day(0), day(20)) == (
        Gap("town", day(5), day(9), Lack.NOBODY, both), Gap("town", day(9), day(20), Lack.VACANT, ("town/secretary",)))
    assert gaps(organisation, FIRST, day(6), day(7)) == (Gap("town", day(6), day(7), Lack.NOBODY, both),)


def test_a_stand_in_fills_a_gap() -> None:
    organisation = of(Tenure("town/secretary", "A", day(0)), Tenure("town/mayor", "A", day(0), acting=True))
    assert gaps(organisation, FIRST, day(0)) == ()


def test_two_posts_of_one_role_held_at_once_are_several() -> None:
    twin = Post("town/second", "town", "party", 1)
    organisation = Organisation.of([TOWN], [SECRETARY, twin], [
        Tenure("town/secretary", "A", day(0)), Tenure("town/second", "B", day(3), day(4))])
    assert gaps(organisation, ResponsibilityKind("head", ("party",)), day(0), day(9)) == (
        Gap("town", day(0), day(3), Lack.VACANT, ("town/second",)),
        Gap("town", day(3), day(4), Lack.SEVERAL, ("town/second", "town/secretary")),
        Gap("town", day(4), day(9), Lack.VACANT, ("town/second",)))


def test_one_leads_however_many_join() -> None:
    held = (Tenure("town/secretary", "A", day(0)), Tenure("town/mayor", "B", day(0)))
    lead, other = Line("lead", "town", "town/secretary", day(0)), Line("lead", "town", "town/mayor", day(0))
    kind = ResponsibilityKind("lead", ())
    assert gaps(of(*held, lines=(lead, Line("lead", "town", "town/mayor", day(0), part=Part.JOINT))), kind, day(0)) == ()
    assert gaps(of(*held, lines=(lead, other)), kind, day(0)) == (
        Gap("town", day(0), None, Lack.SEVERAL, ("town/mayor", "town/secretary")),)


def test_a_unit_that_is_not_there_lacks_nobody() -> None:
    town = Unit("town", "Town", "town", since=day(2), until=day(6))
    assert gaps(of(town=town), FIRST, day(0), day(9)) == (
        Gap("town", day(2), day(6), Lack.NOBODY, ("town/mayor", "town/secretary")),)


def test_a_register_is_silent_before_its_first_entry() -> None:
    organisation = of(Tenure("town/secretary", "A", day(0)), Tenure("town/mayor", "B", day(0), day(5)))
    assert gaps(organisation, FIRST) == (Gap("town", day(5), None, Lack.VACANT, ("town/mayor",)),)
    assert [(gap.since, gap.until) for gap in gaps(of(), FIRST)] == [(ALWAYS, None)]


def test_what_is_not_known_yet_leaves_its_gap() -> None:
    organisation = of(Tenure("town/secretary", "A", day(0), recorded=day(3)), Tenure("town/mayor", "B", day(0)))
    assert gaps(organisation, FIRST, day(0)) == ()
    assert gaps(organisation, FIRST, day(0), known_at=day(2)) == (Gap("town", day(0), None, Lack.VACANT, ("town/secretary",)),)
    with pytest.raises(ValueError, match="has no zone"):
        gaps(organisation, FIRST, datetime(2026, 1, 1))
