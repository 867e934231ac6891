"""Hypothesis strategies: random policies, organisations and histories, for laws about the library itself.

    @given(worlds())
    def test_replay_agrees(world):
        ...  # world.policy, world.organisation, world.events, and world.at, an instant to look from

Policies are read from rule files (`rule_texts`), events from CloudEvents, so that all of both is as real ones are. Needs the extra
`testing`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import attrs
from hypothesis import note, reject
from hypothesis import strategies as st

from accountability.document import Node, parse
from accountability.errors import DocumentError
from accountability.event import Event
from accountability.intake import Intake
from accountability.organisation import Line, Organisation, Post, Tenure, Unit
from accountability.policy.kinds import Rule
from accountability.policy.model import Policy
from accountability.policy.pack import read_rules_trees
from accountability.policy.rule import Made
from accountability.semantics import judge
from accountability.testing.author import CHOICES, EVENTS, FIRST_DAYS, base, one_of, product_of
from accountability.testing.rule_texts import KINDS, rule_texts
from accountability.testing.sending import sent
from accountability.workdays import Calendar, find_calendar

__all__ = ["World", "cloud_events", "histories", "instants", "organisations", "policies", "rule_texts", "worlds", "worlds_of"]

MOMENT = timedelta(microseconds=1)
TIMES = (time(9), time(10), time(11), time(0), time(1, 30), time(2, 30), time(17), time(23, 30))
SIZES = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 0)
DAYS = (0, 0, 0, 1, 1, 2, 29, 30, 31)
"""How many days after the first one things happen: close together, and again about a month later."""


@st.composite
def policies(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Policy:
    """A policy that was read from a random rule file with rules of *kinds*. Its `weekdays` are now and then a small calendar that
    ends early. It was not looked for what checks only warn of: half the time that reading takes, and no conclusion hangs on it."""
    text = draw(rule_texts(kinds))
    policy = drawn_policy(text)
    if policy is None:
        reject()
    note(text)
    if not draw(st.booleans()):
        return policy
    first = first_day(policy)
    small = Calendar(
        "small",
        holidays=frozenset({first, first + timedelta(days=3)}),
        make_up=frozenset({first + timedelta(days=2)}),
        first_known=first,
        last_known=first + timedelta(days=31),
    )
    return attrs.evolve(policy, rules=tuple(_counted_by(rule, small) for rule in policy.rules))


@functools.lru_cache(maxsize=256)
def drawn_policy(text: str) -> Policy | None:
    """The policy in *text*, one of `rule_texts`; None where it is refused.

    It is read as two files of one pack, for the head, of which there are few, need be parsed but once.
    """
    head, _, rules = text.partition("rules:\n")
    try:
        files = [("pack.yaml", _head(head)), ("rules.yaml", parse(f"rules:\n{rules}", "rules.yaml"))]
        return read_rules_trees(files, find_calendar, warn=False)
    except DocumentError:
        return None


@functools.lru_cache(maxsize=256)
def _head(text: str) -> Node:
    return parse(text, "pack.yaml")


def _counted_by(rule: Rule, calendar: Calendar) -> Rule:
    if rule.reckoning is not None and rule.reckoning.calendar is not None:
        return attrs.evolve(rule, reckoning=attrs.evolve(rule.reckoning, calendar=calendar))
    return rule


def first_day(policy: Policy | None) -> date:
    """Where the days that matter to a policy of `policies` begin."""
    return FIRST_DAYS[policy.zone.key if policy is not None else "Asia/Shanghai"]


def instants(policy: Policy | None = None) -> st.SearchStrategy[datetime]:
    """Instants (UTC) on a coarse grid of local times, now and then one microsecond beside it."""
    return _instants(policy.zone if policy is not None else ZoneInfo("Asia/Shanghai"), first_day(policy))


@functools.cache
def _instants(zone: ZoneInfo, first: date) -> st.SearchStrategy[datetime]:
    grid = [
        datetime.combine(first + timedelta(days=day), clock.replace(fold=fold), zone).astimezone(UTC)
        for day in DAYS
        for clock in TIMES
        for fold in (0, 1)
    ]
    return st.sampled_from(grid + [at + shift for at in grid[::9] for shift in (MOMENT, -MOMENT)])


PARENTS = product_of(("u0", "u0", None), ("u0", "u1", "u1"), (1, 2))
"""Of the towns, and the rank of the head of the second."""
Stated = TypeVar("Stated", Unit, Post)
CHANGED_RANKS = one_of(((1, 2), (2, 1)))
MERGERS = product_of((True, False, False), (("u1", "u2"), ("u2", "u1")), (False, True), ("u0", None))
"""Whether a town was no more, which one, whether the other took its place, and where it had belonged."""
FOUNDED, REFOUNDED = one_of((True, False, False)), one_of((True, False))
"""Whether the second town was founded late, and whether it was founded again, after it had ended."""
FURTHER_POSTS = st.lists(one_of((Post("u1/second", "u1", "head", 2), Post("u2/chief", "u2", "chief"))), unique=True)
CUTS, LINES = one_of((0, 0, 1, 2)), one_of(("head", "above"))
HOLDERS, ACTING = (product_of((True, True, True, True, False), names, (False, False, True), (False, True))
                   for names in (("A", "B", "C", "D", None), ("A", "B", "C", "D")))
"""Whether there is a tenure, of whom, whether it was recorded late, and whether its end was learned only then."""


@st.composite
def organisations(draw: st.DrawFn, policy: Policy | None = None) -> Organisation:
    """Three units and up to five posts, whose holders change, act, leave and are recorded late near the days of *policy*."""
    moments = instants(policy)
    parent, other, rank = draw(PARENTS)
    units = [Unit("u0", "County", "county"), Unit("u1", "Town 1", "town", parent), Unit("u2", "Town 2", "town", other)]
    posts = [Post("u0/chief", "u0", "chief", 1), Post("u1/head", "u1", "head", 1), Post("u2/head", "u2", "head", rank)]
    posts += draw(FURTHER_POSTS)
    tenures = [t for post in posts for acting in (False, True) for t in _tenures(draw, post.id, acting, moments)]
    names = tuple(p.id for p in posts)
    lines = {(line.name, line.post): line for line in
             (Line(draw(LINES), "u1", draw(one_of(names)), draw(moments)) for _ in range(draw(CUTS)))}
    ended = _end_of_a_unit(draw, moments)
    if not ended and draw(FOUNDED):
        since = draw(moments)
        before = [attrs.evolve(units[2], until=ended_at) for ended_at in [draw(moments)] * draw(REFOUNDED) if ended_at < since]
        units[2:] = [*before, attrs.evolve(units[2], since=since)]
    return Organisation.of([*units, *ended], posts, tenures, lines.values())


def _changed(entry: Stated, cut: datetime, learned: datetime | None, **changes: Any) -> list[Stated]:
    """The versions of *entry* before and from *cut*; where that was *learned* later, also the one that was known until then."""
    known: list[Stated] = [entry] if learned else []
    known.append(attrs.evolve(entry, until=cut, recorded=learned))
    known.append(attrs.evolve(entry, since=cut, recorded=learned, **changes))
    return known


def _end_of_a_unit(draw: st.DrawFn, moments: st.SearchStrategy[datetime]) -> list[Unit]:
    """Now and then what was learned in the end: that one of the towns was merged into the other, or simply is no more."""
    ended, (gone, heir), merged, parent = draw(MERGERS)
    if not ended:
        return []
    successors = (heir,) if merged else ()
    return [Unit(gone, "Town that was", "town", parent, until=draw(moments), recorded=draw(moments), successors=successors)]


def _tenures(draw: st.DrawFn, post: str, acting: bool, moments: st.SearchStrategy[datetime]) -> list[Tenure]:
    """Tenures of one post that do not overlap by what is known in the end; of some, an earlier version had no end."""
    since = [] if acting else [datetime(2000, 1, 1, tzinfo=UTC)]
    cuts = sorted({*since, *(draw(moments) for _ in range(draw(CUTS)))})
    found = []
    for begins, ends in itertools.zip_longest(cuts, cuts[1:]):
        held, holder, late, open_ended = draw(ACTING if acting else HOLDERS)
        if not held:
            continue
        tenure = Tenure(post, holder, begins, ends, acting, draw(moments) if late else None)
        found.append(tenure)
        if tenure.recorded is not None and tenure.until is not None and open_ended:
            found.append(attrs.evolve(tenure, until=None, recorded=None))
    return found


HOW_MANY, SECOND_THOUGHTS = one_of(SIZES), one_of((0, 1, 2, 3, 4))
SAYS = one_of(("corrects", "corrects", "retracts", "retracts", "repeats", "conflicts"))
AGAIN, KNOWN_LATER = one_of((timedelta(0), timedelta(days=1))), one_of((timedelta(0), timedelta(days=1), None))
NEARLY_ALWAYS, MOSTLY = one_of(tuple(range(10))), one_of((0, 1, 2, 3, 4))


@st.composite
def histories(draw: st.DrawFn, policy: Policy, organisation: Organisation) -> list[Event]:
    """Up to twenty events and, after them, up to four second thoughts about them: corrections, retractions, repetitions, conflicts.

    *policy* is one of `policies`; for other vocabularies there is `histories_of`. Things are recorded at once, late, or before they
    happen. Second thoughts may name one another, the wrong event, or none that exists. The order of the list is not the order of
    anything.
    """
    intake, types = Intake(policy.vocabulary, strict=False), _types(policy)
    events = [intake.one(_cloud_event(draw, policy, organisation, f"e{n}", draw(types))) for n in range(draw(HOW_MANY))]
    for n in range(draw(SECOND_THOUGHTS) if events else 0):
        target = events[draw(one_of(tuple(range(len(events)))))]
        match draw(SAYS):
            case "repeats":
                events.append(attrs.evolve(target, recorded_at=target.recorded_at + draw(AGAIN)))
            case "conflicts":
                other = _cloud_event(draw, policy, organisation, target.id, target.type)
                events.append(attrs.evolve(intake.one(other), source=target.source))
            case says:
                type_ = target.type if draw(NEARLY_ALWAYS) else "step.done"
                other = _cloud_event(draw, policy, organisation, f"s{n}", type_)
                later = draw(KNOWN_LATER)
                other["data"] |= {says: {"source": target.source, "id": target.id}, "reason": "mistyped"}  # type: ignore[operator]
                other["recordedtime"] = other["recordedtime"] if later is None else (target.recorded_at + later).isoformat()
                events.append(intake.one(other))
    return events


@st.composite
def cloud_events(
    draw: st.DrawFn, policy: Policy, organisation: Organisation, name: str, type_: str | None = None
) -> dict[str, object]:
    """One CloudEvent of the vocabulary of `rule_texts`, called *name*, with values that intake accepts."""
    return _cloud_event(draw, policy, organisation, name, type_ or draw(_types(policy)))


SENT = product_of((0, 0, 0, 1, 24, 72, -2, -48, 24 * 30), ("desk", "desk", "annex"), (None, None, 1, 2, "2", "b"), (False, True))
"""How late an event is told, from where, with which `sequence`, and whether its time is told in UTC."""
HOPS = one_of((("u2", "u1"), ("u1", "u0"), ("u2", "u0")))


def _cloud_event(draw: st.DrawFn, policy: Policy, organisation: Organisation, name: str, chosen: str) -> dict[str, object]:
    moments = instants(policy)
    occurred_at = draw(moments)
    late, source, sequence, in_utc = draw(SENT)
    data: dict[str, object] = {}
    if chosen == "window.declared":
        data = {"from": draw(moments).isoformat(), "to": draw(moments).isoformat()}
    if chosen == "word.passed" and draw(MOSTLY):
        data = dict(zip(("from", "to"), draw(HOPS), strict=True))
    for field, kind in EVENTS.get(chosen, {}).items():
        if field in data:
            continue
        value = draw(_value(kind, organisation, moments))
        if value is not None:
            data[field] = value
    if chosen == "shift.kept" and draw(MOSTLY):
        data["from"], data["to"] = sorted((str(data["from"]), str(data["to"])))
    event = sent(policy.vocabulary[chosen], data, name, source, occurred_at.astimezone(UTC if in_utc else policy.zone),
                 occurred_at + timedelta(hours=late))
    return event | ({} if sequence is None else {"sequence": sequence}) | (
        {"subject": "window/w1"} if chosen == "window.declared" else {})


def _types(policy: Policy) -> st.SearchStrategy[str]:
    """The types of events: more often those that a rule waits for."""
    asked = sorted({t.name for rule in policy.rules for t in rule.waits_for() if t.made is Made.EVENT})
    reports = ["word.passed"] * 3 if "word.passed" in asked else []  # a report climbs only if many are sent
    return one_of((*(asked + reports) * 4, *EVENTS, "window.declared"))


VALUES: Mapping[str, tuple[object, ...]] = {
    "case": (*["c1"] * 6, "c2", "c2", "c3", "c4"),
    "place": CHOICES,
    "number": (0, 1, 2, 3, 0.5, -1, 10**12, -2.75),
    "yes or no": (True, True, False, "yes", "no"),
    "limit": ("2h", "90 min", "0h", "1h 30min", "26h", "1 day", "2 working days", "1 month"),
    "date": ("2026-01-30", "2026-03-29", "2025-10-26", "2026-02-01"),
    "text": ("a", "b", "甲"),
}


def _value(kind: str, organisation: Organisation, moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[object]:
    """A value of *kind*; of one that may be missing, as often as not None."""
    if kind == "unit":
        return one_of((*["u1"] * 6, *organisation.units, "unit/u2", "nowhere"))
    if kind == "post":
        return one_of((*organisation.posts, "post/u1/head", "nowhere/head"))
    return _plain_value(kind, moments)


@functools.cache
def _plain_value(kind: str, moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[object]:
    if base(kind) == "instant":
        found = moments.map(datetime.isoformat)
        return found if kind == "instant" else st.none() | found
    options = VALUES[base(kind)]
    return st.sampled_from([*options, *[None] * len(options) * kind.endswith("?")])


@attrs.frozen(repr=False)
class World:
    """A policy, an organisation and a log; *at* and *known_at* are instants worth looking from.

    That is: after all of it, while it goes on, or just when something arises, falls due or ends, and one microsecond beside that.
    """

    policy: Policy
    organisation: Organisation
    events: list[Event]
    at: datetime
    known_at: datetime

    def __repr__(self) -> str:
        """What Hypothesis prints where a law fails, beside the rule file, which is noted when it is read."""
        o = self.organisation
        nouns = (*o.units.values(), *o.posts.values(), *o.tenures, *o.lines, *self.events)
        return "\n".join([*map(str, nouns), f"at {self.at}, known at {self.known_at}"])


@st.composite
def worlds(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> World:
    """A random policy, of rules of *kinds*, with an organisation and a history to go with it."""
    return draw(worlds_of(policies(kinds)))


@st.composite
def worlds_of(draw: st.DrawFn, drawn: st.SearchStrategy[Policy]) -> World:
    """A policy of *drawn*, which are some of `policies`, with an organisation and a history to go with it."""
    policy = draw(drawn)
    organisation = draw(organisations(policy))
    events = draw(histories(policy, organisation))
    end = datetime.combine(first_day(policy) + timedelta(days=120), time(12), UTC)
    found = judge(policy, organisation, events, at=end, report_all=True).findings
    turns = sorted(
        {at + shift for f in found for at in (f.since, f.due, f.ends) if at for shift in (timedelta(0), MOMENT, -MOMENT)}
    )
    moments = st.sampled_from([end] * 3 + turns[:300]) | instants(policy)
    return World(policy, organisation, events, draw(moments), draw(st.just(end) | moments))
