"""With a horizon a monitor forgets, and still says what the meaning says. Policies, organisations and logs are random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

from counting import counted_worlds
from foundation import foundation
from hypothesis import event, given
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, sorted_findings
from accountability.event import Event
from accountability.ledger import Ledger
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation, Unit
from accountability.policy.model import Policy
from accountability.policy.pack import read_rules_text
from accountability.semantics import judge
from accountability.testing.author import FIRST_DAYS
from accountability.testing.rule_texts import HEAD
from accountability.testing.strategies import World, histories, instants, organisations, worlds

HORIZONS = st.sampled_from([timedelta(0), timedelta(hours=2), timedelta(days=1), timedelta(days=3), timedelta(days=28)])
PLAIN = [("duty", "duty", "prohibition", "threshold", "effect"), ("duty", "tally", "threshold", "effect"),
         ("prohibition", "effect")]
POLICIES = [*PLAIN, ("turned duty", "turned duty", "threshold"), ("decided effect", "gate", "recurring duty"), None]
CLOSING = """\
  - gate: step
    source: law
    when: report.filed
    bearer: unit
    requires: {{seen: any step.done of the same case, sized: size > 1}}
  - {{effect: ban, source: law, when: body.decided, bearer: unit, on: [unit, head at trigger], standing: {{term: {term}}},
     requires: {{heard: any report.filed of the same case, ok: ok}}}}
  - {{effect: note, source: law, when: fault.found, bearer: unit, same: case, on: unit, standing: {{term: {term}}},
     ended by: {{when: step.done}} {quashed}}}
  - duty: answer
    source: law
    when: case.raised
    bearer: unit
    must: report.filed
    same: case
    within: 2h
    pauses: [{{from: fault.found, to: step.done}}]
    void: {{when: body.decided, provided: ok}}
    again: {again}{accepted}
  - {{duty: look, source: law, each: unit, must: step.done, same: unit, no gap over: {gap}, provided: not grave,
     effective: {{from: {day1}}}}}
  - {{duty: plan, source: law, each: unit, must: report.filed, same: unit, once by: [{day1}, {day2}, {day30}], at least: {least},
     effective: {{from: {before}}}}}
  - {{effect: warn, source: law, when: fault.found, bearer: unit, after: step.done, within: 5 days, same: case, propose: a warning,
     decided by: body.decided, standing: {{term: {term}}}, quashed by: {{when: report.filed}}}}
  - {{duty: settle, source: law, when: proposal of warn, bearer: unit, must: body.decided, same: case, within: {gap}}}
  - {{duty: follow, source: law, when: discharge of answer, bearer: unit, must: step.done, same: case, within: 3h, again: {again}}}
  - {{threshold: slow, source: law, count: breach of answer or breach of settle, per: unit, within: {within}, reaches: 2,
     fires: {fires}}}
  - {{duty: show, source: law, each: unit, must: step.done, same: unit, at least: {least}, every: calendar {every},
     effective: {{from: {day1}, until: {day32}}}}}
  - {{threshold: often, source: law, count: breach of show, per: unit, within: {within}, reaches: 2, fires: {fires}}}
  - {{threshold: bans, source: law, count: standing of note or standing of ban, per: unit, within: {within}, reaches: 1,
     fires: {fires}}}
  - {{threshold: warned, source: law, count: standing of warn, per: bearer, within: {within}, reaches: 1, fires: {fires}}}
  - {{threshold: refused, source: law, count: refused of step or passed of step, per: unit, within: {within}, reaches: 2,
     fires: {fires}, merit: yes}}
"""
"""Rules of the kinds that are judged by key, all of which a horizon closes but those that something may still quash."""
CHOICES = {"term": ["3h", "1 day", "1 month", "until ended"], "quashed": ["", "", ", quashed by: {when: body.decided}"],
           "least": ["1", "2"], "every": ["day", "week", "month"], "gap": ["5h", "1 day", "2 days"],
           "again": ["new", "restart", "ignore"], "accepted": ["", "", "\n    accepted by: {when: body.decided}"],
           "within": ["3 days rolling by instants", "calendar month"], "fires": ["each", "rising", "'once, used up'"]}


@st.composite
def closing_policies(draw: st.DrawFn) -> Policy:
    """The rules *CLOSING*, in one of their forms."""
    zone = draw(st.sampled_from(sorted(FIRST_DAYS)))
    days = {"before": -40, "day1": 1, "day2": 2, "day30": 30, "day32": 32}
    values = {name: str(FIRST_DAYS[zone] + timedelta(days=n)) for name, n in days.items()}
    values |= {name: draw(st.sampled_from(options)) for name, options in CHOICES.items()}
    return read_rules_text(HEAD.format(zone=zone, **values) + "rules:\n" + CLOSING.format(**values))


@st.composite
def closing_worlds(draw: st.DrawFn) -> World:
    """A world of the rules *CLOSING*."""
    policy = draw(closing_policies())
    organisation = draw(organisations(policy))
    return World(policy, organisation, draw(histories(policy, organisation)), draw(instants(policy)), draw(instants(policy)))


@st.composite
def crowded_worlds(draw: st.DrawFn) -> World:
    """A world of the rules *CLOSING* in which much happens to one unit within a few days, most of it told of at once."""
    policy = draw(closing_policies())
    first, found = datetime.combine(FIRST_DAYS[policy.zone.key] + timedelta(days=1), time(), policy.zone).astimezone(UTC), []
    for number in range(draw(st.integers(6, 24))):
        type_ = draw(st.sampled_from(["case.raised", "report.filed", "step.done", "step.done", "fault.found", "body.decided"]))
        at = first + timedelta(hours=draw(st.integers(0, 60)))
        fields = {"case": draw(st.sampled_from("112")), "unit": "u1", "ok": draw(st.booleans()), "grave": draw(st.booleans())}
        found.append(Event(id=str(number), source="s", type=type_, occurred_at=at,
                           recorded_at=at + timedelta(hours=draw(st.sampled_from([0, 0, 0, 1, 5, 20]))),
                           fields={n: v for n, v in fields.items() if n in policy.vocabulary[type_].fields}))
    return World(policy, Organisation.of([Unit("u1", "Town 1", "town")]), found, draw(instants(policy)), first + timedelta(days=9))


class Told:
    """Somebody who hears all that a monitor says, and keeps what was accepted and what stands."""

    def __init__(self, world: World, horizon: timedelta | None, ledger: Ledger) -> None:
        self.world, self.ledger = world, ledger
        self.monitor = Monitor(world.policy, world.organisation, report_all=True, horizon=horizon, ledger=ledger)
        self.accepted: list[Event] = []
        self.standing: list[Conclusion] = []
        self.gone: list[Conclusion] = []

    def observe(self, one: Event) -> None:
        waiting = self.monitor.waiting
        changes = self.monitor.observe(one)
        self.hear(changes)
        # Another event under the id of one that waits may be too old, which is nothing to the one that waits.
        self.drop({(r.event.source, r.event.id) for r in changes.refused if r.check == "too-old" and r.event in waiting})
        known = self.ledger.recall(self.world.policy.pack, one.source, one.id) is not None
        if not any(r.event is one and (r.check == "too-old" or known) for r in changes.refused):
            self.accepted.append(one)

    def hear(self, changes: Changes) -> None:
        for before, _ in changes.revised:
            self.standing.remove(before)
        for gone in changes.withdrawn:
            self.standing.remove(gone)
        self.standing += [*changes.raised, *(now for _, now in changes.revised)]
        self.gone += changes.let_go

    def let_go(self) -> None:
        changes = self.monitor.let_go()
        self.hear(changes)
        self.drop({(r.event.source, r.event.id) for r in changes.refused})

    def drop(self, in_vain: set[tuple[str, str]]) -> None:
        self.accepted = [e for e in self.accepted if (e.source, e.id) not in in_vain]

    def agrees(self) -> None:
        """What the monitor holds and what it has let go is what the meaning says of the accepted events; so is what it told."""
        waiting = {(e.source, e.id) for e in self.monitor.waiting}
        heard = [e for e in self.accepted if (e.source, e.id) not in waiting]
        meant = judge(self.world.policy, self.world.organisation, heard, at=self.monitor.clock, report_all=True)
        found = self.monitor.judgement()
        assert found.counts == meant.counts
        assert sorted_findings([*found.findings, *self.gone]) == meant.findings
        assert sorted_findings(self.standing) == meant.findings


def arrivals(events: Sequence[Event], random: Random) -> list[Event]:
    """*events* about as they were recorded: some come a little late, some twice."""
    found = sorted(events, key=lambda e: e.recorded_at)
    for _ in range(random.randrange(4) if found else 0):
        found.insert(random.randrange(len(found) + 1), random.choice(found))
    return found


@given(st.sampled_from(POLICIES).flatmap(lambda kinds: worlds(kinds) if kinds else worlds()), HORIZONS,
       st.randoms(use_true_random=False))
def test_what_is_let_go_and_what_is_held_make_the_whole(world: World, horizon: timedelta, random: Random) -> None:
    """Whenever a monitor with a horizon lets go, what it holds together with what it has let go is what `judge` says of the events
    that it did not refuse, read at its clock; so is what it told, change by change; and its counts are those of `judge`."""
    let_go_now_and_then(world, horizon, random)


@given(closing_worlds() | crowded_worlds(), HORIZONS, st.randoms(use_true_random=False))
def test_what_is_judged_by_key_is_let_go_once_it_is_closed(world: World, horizon: timedelta, random: Random) -> None:
    """So it is where most is judged by key: gates, decided effects, turned duties and duties of every period."""
    let_go_now_and_then(world, horizon, random)


@foundation
@given(counted_worlds(), HORIZONS, st.randoms(use_true_random=False))
def test_what_was_counted_is_let_go_once_it_can_count_no_more(world: World, horizon: timedelta, random: Random) -> None:
    """So it is where much is counted in few windows."""
    let_go_now_and_then(world, horizon, random)


def let_go_now_and_then(world: World, horizon: timedelta, random: Random) -> None:
    with Ledger.open(":memory:") as ledger:
        told = Told(world, horizon, ledger)
        for one in arrivals(world.events, random):
            told.observe(one)
            if random.random() < 0.5:
                told.let_go()
            if random.random() < 0.2:
                told.agrees()
        told.hear(told.monitor.advance(world.at))
        told.let_go()
        told.agrees()
        event(f"let go: {'some' if told.gone else 'none'}")
        event(f"refused: {'some' if len(told.accepted) < len(world.events) else 'none'}")


@given(worlds(), HORIZONS)
def test_nothing_before_the_horizon_changes(world: World, horizon: timedelta) -> None:
    """Of an event that happened before the clock less the horizon nothing follows: it is refused as too old, or was known."""
    monitor = Monitor(world.policy, world.organisation, report_all=True, horizon=horizon)
    heard: set[tuple[str, str]] = set()
    for one in sorted(world.events, key=lambda e: e.recorded_at):
        changes = monitor.observe(one)
        closed: datetime = max(monitor.closed, one.recorded_at - horizon)
        assert monitor.closed == closed
        refused = [r.check for r in changes.refused if r.event is one]  # and perhaps what waited for it in vain
        if one.occurred_at < closed and one.retracts is None and (one.source, one.id) not in heard:
            assert refused == ["too-old"]
        if "too-old" not in refused:
            heard.add((one.source, one.id))


@given(st.sampled_from(PLAIN).flatmap(worlds) | closing_worlds(), HORIZONS, st.randoms(use_true_random=False))
def test_letting_go_more_often_tells_nothing_else(world: World, horizon: timedelta, random: Random) -> None:
    """Whether a monitor lets go often or never cannot be told from what it raises, revises and withdraws."""
    with Ledger.open(":memory:") as one_ledger, Ledger.open(":memory:") as other_ledger:
        often, never = Told(world, horizon, one_ledger), Told(world, horizon, other_ledger)
        for one in sorted(world.events, key=lambda e: e.recorded_at):
            for told in (often, never):
                told.observe(one)
            assert sorted_findings(often.standing) == sorted_findings(never.standing)
            if random.random() < 0.7:
                often.let_go()
