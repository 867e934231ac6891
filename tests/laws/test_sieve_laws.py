"""What the sieve drops cannot matter: what is left, with what it counted, comes to the same as the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import attrs
import pytest
from foundation import foundation
from hypothesis import event, given, reject
from hypothesis import strategies as st

np = pytest.importorskip("numpy", reason="the sieve needs numpy, of the extra `columnar`")

from accountability.engine.columnar.columns import Booleans, Columns, Integers, Typed  # noqa: E402
from accountability.engine.columnar.found import Findings  # noqa: E402
from accountability.engine.columnar.sieve import Sieve  # noqa: E402
from accountability.engine.columnar.sieving import sift, with_counts  # noqa: E402
from accountability.engine.plan import Share, Way, plan  # noqa: E402
from accountability.engine.replay import run  # noqa: E402
from accountability.errors import RuleFileError  # noqa: E402
from accountability.event import Event  # noqa: E402
from accountability.intake import Intake  # noqa: E402
from accountability.policy import Policy  # noqa: E402
from accountability.policy.changes import CHANGES  # noqa: E402
from accountability.policy.kinds import Duty  # noqa: E402
from accountability.policy.pack import read_rules_text  # noqa: E402
from accountability.semantics import judge  # noqa: E402
from accountability.testing.author import FIRST_DAYS  # noqa: E402
from accountability.testing.rule_texts import HEAD  # noqa: E402
from accountability.testing.strategies import World, cloud_events, first_day, histories, instants, organisations, worlds  # noqa: E402
from accountability.timeline import effective  # noqa: E402
from accountability.workdays.localtime import microseconds  # noqa: E402

LIMITS = ("2h", "26h", "1 day", "5 days", "1 month", "3 working days",
          '"base[place]"', '"calm[place]"', '"base[place] * 2"', "90 min")
SHORT = ("30 min", "30 min", "90 min", "5 days")
"""Shorter than most, so that an act may be in time by the rule and late by the period."""
WINDOWS = (
    "30 days rolling by instants", "30 days rolling by instants, edge included", "1 month rolling by instants, edge included",
    "2h rolling by instants", "90 min rolling by instants, edge included", "5 days rolling by dates", "1 month rolling by dates",
    "calendar day", "calendar week", "calendar month", "calendar quarter", "calendar year")
WHERE = ("place = near", "bearer = u1", "place = near or bearer = u2", "not (place = far)")


@st.composite
def plain_rules(draw: st.DrawFn) -> Policy:
    """A policy of duties from which the sieve may drop something, and of rules that look at the same events or at breaches."""
    zone = draw(st.sampled_from(sorted(FIRST_DAYS)))
    first = FIRST_DAYS[zone]
    days = {"before": first - timedelta(days=40), **{f"day{n}": first + timedelta(days=n) for n in (1, 2, 30, 32)}}
    out = [HEAD.format(zone=zone, **days), "calendar: weekdays", "business hours: {from: 09:00, to: 17:00}", "rules:"]

    def sometimes(*lines: str) -> list[str]:
        return [f"    {draw(st.sampled_from(lines))}"] if draw(st.integers(0, 3)) == 0 else []

    for n in range(draw(st.sampled_from([1, 1, 2, 3]))):
        out += [f"  - duty: rule {n}", "    source: law", "    bearer: unit"]
        when = draw(st.sampled_from(["case.raised", "case.raised", "report.filed", "case.raised or fault.found"]))
        out += [f"    when: {when}"]
        ends = [e for e in ("step.done", "report.filed", "step.done or body.decided") if e not in when]
        out += [f"    must: {draw(st.sampled_from(ends))}", f"    same: {draw(st.sampled_from(['case', 'case', '[case, unit]']))}"]
        out += [f"    within: {draw(st.sampled_from(LIMITS))}", *sometimes(*(f"where: {w}" for w in WHERE))]
        for period, seldom in (("opened", 3), ("feast", 1)):
            if draw(st.integers(0, seldom)) == 0:
                out.append(f"    during {period}: {{within: {draw(st.sampled_from(SHORT))}}}")
        out += [*sometimes("draft: yes"), *sometimes("again: ignore", "again: restart"),
                *sometimes("answers: {head: at due}", "answers: {above: at act, head: at trigger}"),
                *sometimes("about: unit"), *sometimes("breach: {severity: grave, points: 2}"),
                *sometimes(f"effective: {{from: {days['day1']}}}"),
                *sometimes("clock starts: next opening", "clock starts: next working day", "clock runs: in business hours",
                           "roll: yes")]
    def threshold(name: str, counts: Sequence[str], per: Sequence[str], wheres: Sequence[str]) -> list[str]:
        fires = draw(st.sampled_from(["each", "each", "rising", "rising", "once, used up"]))
        window = f"within: {draw(st.sampled_from(WINDOWS))}"
        # Not all that is counted is members in a window.
        counted = draw(st.sampled_from([
            *[[window]] * 6, [window, "adds: size"], [window, "different: case"], [window, "broken by: fault.found"],
            ["in a row: calendar month"]]))
        return [f"  - threshold: {name}", "    source: law", f"    count: {draw(st.sampled_from(counts))}",
                f"    per: {draw(st.sampled_from(per))}", *(f"    {line}" for line in counted),
                f"    reaches: {draw(st.sampled_from([1, 2, 2, 3]))}", f"    fires: {fires}", *sometimes("draft: yes"),
                *sometimes("answers: {head: at first}", "answers: {above: at last}"), *sometimes("merit: yes"),
                *sometimes(*(f"where: {w}" for w in wheres)), *sometimes(f"effective: {{from: {days['day1']}}}")]

    duties = sum(line.startswith("  - duty: ") for line in out)
    counts = ["breach of rule 0", " or ".join(f"breach of rule {n}" for n in range(duties)), f"breach of rule {duties - 1}"]
    several = [f"several {n}" for n in range(draw(st.integers(0, 2)))]
    for name in several:
        out += threshold(name, counts, ["unit", "unit", "bearer", "[unit, place]", "case"], WHERE)
    if several and draw(st.booleans()):
        out += threshold("again", [f"finding of {name}" for name in several], ["bearer", "unit"], ["bearer = u1"])
        several.append("again")
    if several and draw(st.booleans()):
        out += ["  - effect: consequence", "    source: law", f"    when: finding of {draw(st.sampled_from(several))}",
                "    propose: a word", *sometimes("once per: calendar year")]
    others = {
        "threshold": ["count: breach of rule 0", "per: unit", "within: 30 days rolling by instants", "reaches: 2", "fires: each"],
        "effect told": ["when: breach of rule 0", "propose: a talk"],
        "threshold often": ["count: step.done", "per: unit", "within: calendar month", "reaches: 2", "fires: rising",
                            "where: size > 1"],
        "prohibition": ["when: fault.found", "bearer: unit", "where: grave"],
        "duty told": ["when: breach of rule 0", "bearer: unit", "must: body.decided", "same: case", "within: 1 day"],
    }
    for name in draw(st.lists(st.sampled_from(sorted(others)), max_size=3, unique=True)):
        kind, _, called = name.partition(" ")
        out += [f"  - {kind}: {called or 'other'} {name}", "    source: law", *(f"    {line}" for line in others[name])]
    try:
        return read_rules_text("\n".join(out) + "\n", warn=False)
    except RuleFileError:
        reject()


@st.composite
def plain_worlds(draw: st.DrawFn) -> World:
    policy = draw(plain_rules())
    organisation = draw(organisations(policy))
    events = draw(histories(policy, organisation)) if draw(st.integers(0, 2)) == 0 else []
    moments, intake = instants(policy), Intake(policy.vocabulary)
    # Cases by themselves, each begun once and mostly met: what a log is full of.
    duties = [r for r in policy.rules if isinstance(r, Duty) and r.name.startswith("rule")]
    together = draw(moments)
    for n in range(draw(st.integers(0, 12))):
        rule = draw(st.sampled_from(duties))
        begun = intake.one(draw(cloud_events(policy, organisation, f"begun{n}", draw(st.sampled_from(rule.when)).name)))
        met = intake.one(draw(cloud_events(policy, organisation, f"met{n}", draw(st.sampled_from(rule.must)).name)))
        after = begun.occurred_at + timedelta(minutes=draw(st.sampled_from([0, 45, 120, 3 * 1440])))
        if draw(st.integers(0, 3)) == 0:  # several at one instant, whose dues may fall together
            begun = attrs.evolve(begun, occurred_at=together, recorded_at=together)
        case = {"case": f"alone{n}"} | ({"unit": begun.fields["unit"]} if draw(st.booleans()) else {})
        if draw(st.integers(0, 4)) > 0:  # where something is doubtful of the others, of this unit it is not
            case["unit"] = "unheard of"
        events.append(attrs.evolve(begun, fields={**begun.fields, **case}))
        if draw(st.booleans()):
            events.append(attrs.evolve(met, fields={**met.fields, **case}, occurred_at=after, recorded_at=after))
    end = st.just(datetime.combine(first_day(policy) + timedelta(days=130), time(12), UTC))
    return World(policy, organisation, events, draw(end | moments), draw(end | moments))


class EventColumns:
    """Events that are there already, as columns."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.held = events
        self.occurred: Integers = np.array([microseconds(e.occurred_at) for e in events], np.int64)
        self.recorded: Integers = np.array([microseconds(e.recorded_at) for e in events], np.int64)
        ids = Counter(e.id for e in events)
        named = {ref.id for e in events for ref in (e.corrects, e.retracts) if ref is not None}
        self.odd: Booleans = np.array(
            [e.corrects is not None or e.retracts is not None or e.id in named or ids[e.id] > 1 for e in events], np.bool_)

        # Of some of these a log may know nothing, until it is asked for the events themselves.
        self.unread = self.odd & np.array([hash(e.id) % 3 == 0 for e in events], np.bool_)
        self.occurred[self.unread] = self.recorded[self.unread] = 0

    def rows(self, type_: str) -> Integers:
        return np.array([n for n, e in enumerate(self.held) if e.type == type_], np.int64)

    def typed(self, type_: str, field: str) -> Typed:
        held = [None if self.unread[n] else e.fields.get(field) for n, e in enumerate(self.held) if e.type == type_]
        values = list(dict.fromkeys(v for v in held if v is not None))
        return Typed(np.array([-1 if v is None else values.index(v) for v in held], np.int64), values)

    def events(self, rows: Integers) -> list[Event]:
        return [self.held[row] for row in rows.tolist()]

    def ids(self, rows: Integers) -> list[str]:
        return [self.held[row].id for row in rows.tolist()]


def agrees(world: World, report_all: bool = False) -> None:
    policy, organisation, events = world.policy, world.organisation, world.events
    log: Columns = EventColumns(events)
    sieve = Sieve(policy, organisation, report_all=report_all)
    for at, known_at in ((world.at, world.known_at), (world.known_at, world.known_at)):
        sifted = sift(sieve, log, at=at, known_at=known_at)
        left = [e for e, kept in zip(events, sifted.kept, strict=True) if kept]
        history = effective(left, at=at, known_at=known_at)
        found = with_counts(
            run(policy, organisation, history, at=at, known_at=known_at, report_all=report_all, feeds=sifted.feeds), sifted)
        meant = judge(policy, organisation, events, at=at, known_at=known_at, report_all=report_all)
        assert (found.findings, found.would) == (meant.findings, meant.would)
        assert found.counts == meant.counts
        if isinstance(found.findings, Findings):
            assert list(found.findings.rows(*KNOWN)) == [tuple(getattr(f, name) for name in KNOWN) for f in meant.findings]
            assert found.findings[1:] == meant.findings[1:]
            assert [found.findings[n] for n in range(len(meant.findings))] == [*meant.findings]
        event(f"counted: {'some' if sifted.counts else 'none'}")
        event(f"decided: {sorted({type(s).__name__ for s in sifted.found if s.sure.any()})}, feeds: {bool(sifted.feeds)}")


KNOWN = ("rule", "version", "kind", "subject", "unit", "status", "since", "due", "due_date", "evidence")


@foundation
@given(worlds(), st.booleans())
def test_what_the_sieve_drops_cannot_be_seen(world: World, report_all: bool) -> None:
    """Of any policy and log, read at any instant by what is known at any instant, the findings on what the sieve keeps are those of
    `judge` on everything, and so are the counts, with those of the sieve added."""
    agrees(world, report_all)


@foundation
@given(plain_worlds())
def test_the_sieve_drops_nothing_that_duties_need(world: World) -> None:
    """The same holds of policies of plain duties with limits of every sort, periods, changes of the law, second triggers and rules
    beside them that look at the same events: there much is dropped."""
    agrees(world)


@given(plain_worlds() | worlds())
def test_the_plan_says_what_the_sieve_does(world: World) -> None:
    """Of a log that leaves the organisation as it is, all events of a type are kept where the plan says so, and none but
    unusual ones where it says none; and columns decide nothing of a rule of which it says that the engine judges it."""
    log: Columns = EventColumns(world.events)
    planned = plan(world.policy, world.organisation)
    sifted = sift(Sieve(world.policy, world.organisation), log, at=world.at, known_at=world.known_at)
    if any(len(log.rows(type_)) for type_ in CHANGES):
        assert sifted.kept.all()
        return
    for type_ in planned.types:
        rows = log.rows(type_.type)
        if type_.share is Share.ALL:
            assert (sifted.kept | sifted.gone)[rows].all()
        elif type_.share is Share.NONE:
            assert log.odd[rows][sifted.kept[rows]].all()
        event(f"{type_.share} of a type")
    by_columns = {rule for rule, _, _ in sifted.counts} | {stream.rule.name for stream in sifted.found if stream.sure.any()}
    for rule in planned.rules:
        assert rule.way is not Way.ENGINE or rule.rule not in by_columns
        event(f"{rule.way}: {'some' if rule.rule in by_columns else 'none'}")
