"""However terms that run at once come together, no quashing and no later decision makes of one what it must not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from hypothesis import given
from hypothesis import strategies as st

from accountability.judgement.running import Running, ends_of
from accountability.policy.rule import Joining, Term, TermKind
from accountability.workdays import Limit

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 1, 30, 16, tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
LENGTHS = ("6 months", "12 months", "24 months", "1 day", "30 hours")


@st.composite
def standings(draw: st.DrawFn) -> list[Running]:
    """Up to six standings on one person, by one rule, in the order in which they were decided."""
    together, meanwhile = (draw(st.sampled_from(list(Joining))) for _ in range(2))
    most = draw(st.sampled_from([None, Limit.parse("48 months"), Limit.parse("20 days")]))
    at, found = FIRST, []
    for _ in range(draw(st.integers(1, 6))):
        at += draw(st.sampled_from([timedelta(0), timedelta(hours=3), timedelta(days=20), timedelta(days=200)]))
        length = draw(st.sampled_from(LENGTHS))
        term = Term(TermKind.LIMIT, Limit.parse(length), together=together, meanwhile=meanwhile, most=most)
        if draw(st.integers(0, 9)) == 0:
            term = attrs.evolve(term, kind=TermKind.OPEN, limit=None)
        over = draw(st.none() | st.sampled_from([timedelta(hours=2), timedelta(days=90), timedelta(days=400)]))
        quashed = draw(st.none() | st.sampled_from([timedelta(hours=1), timedelta(days=30), timedelta(days=500)]))
        found.append(Running(at, term, *(None if after is None else at + after for after in (over, quashed))))
    return found


def lasting(found: list[Running]) -> list[datetime]:
    return [EVER if end is None else end for end in ends_of(found, ZONE)]


@given(standings(), st.data())
def test_one_more_quashing_makes_nothing_last_longer(found: list[Running], data: st.DataObject) -> None:
    """Quash one more of several standings, after what was quashed before: none of the others lasts longer than it did (SG13)."""
    open_ = [place for place, one in enumerate(found) if one.quashed is None]
    if not open_:
        return
    place = data.draw(st.sampled_from(open_))
    latest = max([one.quashed for one in found if one.quashed is not None] + [one.since for one in found])
    quashed = [*found]
    quashed[place] = attrs.evolve(found[place], quashed=latest + timedelta(days=1))
    assert all(now <= before for before, now in zip(lasting(found), lasting(quashed), strict=True))


@given(standings())
def test_a_later_decision_never_changes_an_earlier_term(found: list[Running]) -> None:
    """What is decided later leaves the end of everything that was decided before as it was, unless something is quashed."""
    unquashed = [attrs.evolve(one, quashed=None) for one in found]
    assert lasting(unquashed)[:-1] == lasting(unquashed[:-1])


@given(standings())
def test_a_term_is_its_own_unless_another_one_runs(found: list[Running]) -> None:
    """Ended early or not, no standing outlasts its own term by more than what was left of others, and alone it runs just that."""
    for one in found:
        own = one.own_end(ZONE)
        assert lasting([one]) == [min(EVER if own is None else own, one.over or EVER)]


@given(standings())
def test_the_heaviest_absorbs_and_nothing_else_is_shortened(found: list[Running]) -> None:
    """A standing that is not ended early is over before its own term only where a longer one ran when it was decided."""
    plain = [attrs.evolve(one, quashed=None, over=None) for one in found]
    for place, (one, end) in enumerate(zip(plain, lasting(plain), strict=True)):
        own = one.own_end(ZONE) or EVER
        if end < own:
            lengths = [other.own_end(ZONE, one.since) or EVER for other in plain[:place]]
            assert any(length > own for length in lengths)
