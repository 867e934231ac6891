"""What holds of every scorecard, ladder and sum: nobody gains by failing, nobody loses by handling a case, and sums are exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import assume, event, given
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Kind, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Unit
from accountability.policy import Policy, read_rules_text
from accountability.policy.kinds import Scorecard
from accountability.semantics import judge
from accountability.testing.rule_texts import HEAD
from accountability.testing.strategies import World, histories, organisations, worlds

YEAR = read_rules_text("""\
pack: laws
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject, unit: unit}
  duty.missed: {unit: unit from subject, hours: number}
  award.given: {unit: unit from subject}
  veto.decided: {veto: veto from subject, unit: unit, year: number}
  veto.quashed: {veto: veto from subject}
rules:
  - duty: reply
    source: law
    when: case.raised
    bearer: unit
    must: reply.sent
    same: case
    within: 2 days
  - effect: veto
    source: law
    when: veto.decided
    about: veto
    same: veto
    requires: {says of which year: year is present}
    standing: {term: 1 year}
    quashed by: {when: veto.quashed}
  - scorecard: year
    source: law
    effective: {from: 2025-01-01, until: 2026-01-01}
    each: unit
    over: calendar year
    start: 10
    items:
      replies missed: {of: breach of reply, points: -1, at most: 2.5, weight: 0.3}
      duties missed: {of: duty.missed, points: -hours / 3, at most: 4}
      replies: {of: discharge of reply, points: 0.1, at most: 1}
      awards: {of: award.given, points: 2, at most: 5, weight: 1.7}
    grades: [{grade: high, from: 9.5}, {grade: fair, from: 7}, {otherwise: low}]
    overridden: [{grade: vetoed, by: standing of veto, same: [unit, year]}]
    ranks: yes
""")
GRADES = ("low", "fair", "high")
ORGANISATION = Organisation.of([Unit(name, name.upper(), "town") for name in "abc"])
END = datetime(2026, 6, 1, tzinfo=UTC)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
hours, units = st.integers(0, 365 * 24 - 96), st.sampled_from("abc")


def happened(type_: str, at: int, name: str, subject: str, **data: object) -> Event:
    time = (FIRST + timedelta(hours=at)).isoformat()
    return Intake(YEAR.vocabulary).one({"specversion": "1.0", "id": f"{type_} {name}", "source": "law", "type": type_,
                                        "subject": subject, "time": time, "recordedtime": time, "data": data})


@st.composite
def years(draw: st.DrawFn) -> list[Event]:
    """Cases, some of them handled, missed duties, awards and vetoes of three units in one year."""
    found = []
    for n in range(draw(st.integers(0, 12))):
        unit, at, name = draw(units), draw(hours), str(n)
        match draw(st.sampled_from(["case", "case", "duty", "duty", "award", "veto"])):
            case "case":
                found.append(happened("case.raised", at, name, f"case/{n}", unit=unit))
                if draw(st.booleans()):
                    found.append(happened("reply.sent", at + draw(st.integers(0, 96)), name, f"case/{n}", unit=unit))
            case "duty":
                found.append(happened("duty.missed", at, name, f"unit/{unit}", hours=draw(st.sampled_from([0, 1, 2, 2.5, 7]))))
            case "award":
                found.append(happened("award.given", at, name, f"unit/{unit}"))
            case _:
                found.append(happened("veto.decided", at, name, f"veto/{n}", unit=unit, year=draw(st.sampled_from([2024, 2025]))))
    return found


def scores(events: list[Event]) -> dict[str, Conclusion]:
    """The score of every unit."""
    return {str(f.unit): f for f in judge(YEAR, ORGANISATION, events, at=END).of("year")}


def number(found: Conclusion, name: str = "score") -> Fraction:
    return Fraction(found.detail(name))  # type: ignore[call-overload]


def place(found: Conclusion) -> int:
    """How good a grade is; a veto says nothing of the score."""
    return GRADES.index(str(found.detail("grade"))) if found.detail("grade") in GRADES else -1


@given(years())
def test_a_score_is_its_start_and_the_points_of_its_items_exactly(events: list[Event]) -> None:
    """Each item gives its weight times what counted, but not more than its cap up or down; the score is the start and their sum."""
    rule = YEAR.rule("year")
    assert isinstance(rule, Scorecard)
    for found in scores(events).values():
        items = found.detail("items")
        assert isinstance(items, tuple)
        assert number(found) == rule.start + sum(Fraction(points) for _, _, points in items)
        for item, (name, count, points) in zip(rule.items, items, strict=True):
            assert name == item.name
            assert item.at_most is not None
            assert abs(Fraction(points)) <= item.weight * item.at_most
            assert count or not points
        mine = [e for e in events if e.type == "duty.missed" and e.fields["unit"] == found.unit]
        lost = sum((Fraction(e.fields["hours"]) / 3 for e in mine), Fraction(0))  # type: ignore[call-overload]
        assert Fraction(items[1][2]) == -min(lost, Fraction(4))
        event(f"a fraction: {number(found).denominator > 10}")


@given(years(), units, hours)
def test_one_more_failure_never_improves_anything(events: list[Event], unit: str, at: int) -> None:
    """Another duty missed or case left unanswered lowers the unit's score, or leaves it; and never betters its grade or rank."""
    before = scores(events)
    for more in (happened("duty.missed", at, "more", f"unit/{unit}", hours=2),
                 happened("case.raised", at, "more", "case/more", unit=unit)):
        after = scores([*events, more])
        assert number(after[unit]) <= number(before[unit])
        assert place(after[unit]) <= place(before[unit])
        assert number(after[unit], "rank") >= number(before[unit], "rank")
        assert all(number(after[u]) == number(before[u]) for u in before if u != unit)


@given(years(), units, hours, st.integers(0, 48))
def test_a_case_that_is_handled_in_time_never_lowers_anything(events: list[Event], unit: str, at: int, later: int) -> None:
    """A case more that is answered within its limit lowers no unit's score and no grade, and not the rank of who answered (SG3)."""
    before = scores(events)
    after = scores([*events, happened("case.raised", at, "more", "case/more", unit=unit),
                    happened("reply.sent", at + later, "more", "case/more", unit=unit)])
    assert all(number(after[u]) >= number(before[u]) and place(after[u]) >= place(before[u]) for u in before)
    assert number(after[unit], "rank") <= number(before[unit], "rank")


@given(years(), units, st.integers(24 * 365, 24 * 400))
def test_a_veto_changes_a_grade_and_nothing_else_until_it_is_quashed(events: list[Event], unit: str, at: int) -> None:
    """A veto sets the grade of its unit and year, raises nobody's rank and changes no score; quashed, it never was."""
    before = scores(events)
    veto = happened("veto.decided", at, "more", "veto/more", unit=unit, year=2025)
    after = scores([*events, veto])
    assert after[unit].detail("grade") == "vetoed"
    assert all(f.detail(n) == before[u].detail(n) for u, f in after.items() for n in ("score", "rank", "items"))
    assert all(f == before[u] for u, f in after.items() if u != unit)
    assert scores([*events, veto, happened("veto.quashed", at + 1, "more", "veto/more")]) == before


@given(worlds(("ladder", "ladder", "duty", "prohibition")))
def test_a_rung_is_proposed_only_where_the_one_below_stood(world: World) -> None:
    """Whoever is proposed for a rung that comes after another stood on that one before, or nothing is proposed."""
    found = judge(world.policy, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=True).findings
    for ladder in world.policy.ladders:
        below = {r.effect: f"{ladder.name} / {r.after}" for r in ladder.rungs if r.after is not None}
        for f in found:
            if f.kind is Kind.PROPOSAL and f.rule in below:
                event("a rung was climbed")
                assert any(s.kind is Kind.STANDING and s.rule == below[f.rule] and s.since <= f.since for s in found)


@st.composite
def counted_twice(draw: st.DrawFn) -> tuple[Policy, Organisation, list[Event]]:
    """A threshold, the same as a sum of ones, and a history."""
    days = {"before": "2026-01-19", "day1": "2026-03-01", "day2": "2026-03-02", "day30": "2026-03-30", "day32": "2026-04-01"}
    window = draw(st.sampled_from(["1 day rolling by instants", "1 month rolling by dates", "calendar month", "calendar day"]))
    fires, reaches = draw(st.sampled_from(["each", "rising", '"once, used up"'])), draw(st.integers(1, 3))
    rule = (f"    source: law\n    count: [step.done, fault.found]\n    per: unit\n    within: {window}\n    reaches: {reaches}\n"
            f"    fires: {fires}\n")
    rules = f"rules:\n  - threshold: counted\n{rule}  - threshold: summed\n{rule}    adds: 1\n"
    policy = read_rules_text(HEAD.format(zone="Asia/Shanghai", **days) + rules)
    organisation = draw(organisations(policy))
    return policy, organisation, draw(histories(policy, organisation))


@given(counted_twice())
def test_a_sum_of_ones_is_a_count(drawn: tuple[Policy, Organisation, list[Event]]) -> None:
    """A threshold that adds one for every member finds what one finds that counts them."""
    policy, organisation, events = drawn
    assume(events)
    found = judge(policy, organisation, events, at=datetime(2026, 8, 1, tzinfo=UTC))
    told = [[(f.subject, f.trigger, f.since, f.members) for f in found.of(rule)] for rule in ("counted", "summed")]
    event(f"found: {bool(told[0])}")
    assert told[0] == told[1]


DIFFERENT = """\
pack: visits
timezone: UTC
sources: {{law: A law}}
vocabulary: {{visit.made: {{unit: unit from subject, place: text, floor: number}}}}
rules:
  - threshold: places
    source: law
    count: visit.made
    per: unit
    within: {window}
    different: {different}
    reaches: {reaches}
    fires: each
"""


@given(st.lists(st.tuples(st.integers(0, 30), units, st.sampled_from("abc"), st.integers(1, 2)), max_size=14),
       st.sampled_from(["5h rolling by instants", "1 day rolling by instants", "calendar day"]),
       st.sampled_from(["place", "[place, floor]"]), st.integers(1, 4))
def test_different_values_count_once_each(
        given_: list[tuple[int, str, str, int]], window: str, different: str, reaches: int) -> None:
    """There is a finding at a visit where the set of values in its window is large enough; in replay, too, and in a monitor that
    hears of them backwards."""
    visits = [Event(id=str(n), source="law", type="visit.made", occurred_at=FIRST + timedelta(hours=at), recorded_at=FIRST,
                    subject=f"unit/{unit}", fields={"unit": unit, "place": place, "floor": floor})
              for n, (at, unit, place, floor) in enumerate(given_)]
    policy = read_rules_text(DIFFERENT.format(window=window, different=different, reaches=reaches))
    found = judge(policy, ORGANISATION, visits, at=END)
    wanted = []
    ordered = sorted(visits, key=lambda v: v.order)
    for place, last in enumerate(ordered):
        inside = [v for v in ordered[:place + 1] if v.fields["unit"] == last.fields["unit"] and within(window, v, last)]
        if len({(v.fields["place"], v.fields["floor"] if "floor" in different else 0) for v in inside}) >= reaches:
            wanted.append((last.key, tuple(v.id for v in inside)))
    event(f"found: {min(len(wanted), 2)}")
    assert sorted((f.trigger, f.members) for f in found.findings) == sorted(wanted)
    assert replay(policy, ORGANISATION, visits, at=END) == found
    monitor = Monitor(policy, ORGANISATION)
    for one in reversed(visits):
        monitor.observe(one)
    monitor.advance(END)
    assert monitor.judgement().findings == found.findings


def within(window: str, then: Event, now: Event) -> bool:
    """Whether *then* counts with *now*, in a *window* of UTC."""
    if window == "calendar day":
        return then.occurred_at.date() == now.occurred_at.date()
    return now.occurred_at - then.occurred_at < (timedelta(hours=5) if window.startswith("5h") else timedelta(days=1))


AWARDS = """\
pack: awards
timezone: Asia/Shanghai
sources: {{law: A law}}
vocabulary: {{award.given: {{unit: unit from subject}}}}
rules:
  - threshold: praised
    source: law
    count: award.given
    per: unit
    {window}
    reaches: 2
    fires: {fires}
    merit: {merit}
"""
WINDOWS = ("within: 30 days rolling by instants", "within: 1 month rolling by dates", "within: calendar month",
           "in a row: calendar month")
FIRES = ("each", "rising", "'once, used up'")


@given(st.lists(st.tuples(hours, units), max_size=12), st.sampled_from(WINDOWS), st.sampled_from(FIRES))
def test_a_merit_is_reached_where_else_a_breach_would_be_and_stands_against_nobody(
        given_: list[tuple[int, str]], window: str, fires: str) -> None:
    """A merit has the same identity and members as the breach that the threshold would find without it; it is told without
    being asked for, and stands against no unit. Replay says the same."""
    awards = [happened("award.given", at, str(n), f"unit/{unit}") for n, (at, unit) in enumerate(given_)]
    merit, breach = (read_rules_text(AWARDS.format(window=window, fires=fires, merit=word)) for word in ("yes", "no"))
    good, bad = (judge(policy, ORGANISATION, awards, at=END).findings for policy in (merit, breach))
    event(f"reached: {min(len(good), 2)}")
    assert [(f.identity, f.members, f.unit, f.since) for f in good] == [(f.identity, f.members, f.unit, f.since) for f in bad]
    assert {f.status for f in good} <= {Status.REACHED}
    assert {f.status for f in bad} <= {Status.BREACH}
    assert all(f.against for f in bad)
    assert not any(f.against for f in good)
    assert replay(merit, ORGANISATION, awards, at=END).findings == good
