"""What the reader lets through, runs: no rule file that is accepted and no event that intake accepts ends a run."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import event, given
from hypothesis import strategies as st

from accountability.conclusion import Judgement
from accountability.engine.replay import replay
from accountability.errors import EventRejected
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.policy.kinds import Coverage, Recurring, Reporting, Scorecard
from accountability.semantics import judge
from accountability.testing.strategies import World, cloud_events, worlds

INSTANTS = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T23:59:59-12:00",
    "1582-10-10T00:00:00Z",
    "1799-12-31T23:59:59Z",
    "1800-01-02T00:00:00Z",
    "1900-01-01T00:00:00Z",
    "2199-12-30T23:59:59Z",
    "2300-06-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T00:00:00+14:00",
)
STRANGE = {
    "time": INSTANTS,
    "recordedtime": INSTANTS,
    "id": ("#", "e/1", "事件", "e0"),
    "source": ("#", "//desk"),
    "sequence": (-1, "-1", "9" * 30, 2**62),
    "by": INSTANTS,
    "acted": INSTANTS,
    "from": INSTANTS,
    "to": INSTANTS,
    "size": (10**29, -(10**29), 1e-9, -0.0),
    "day": ("0001-01-01", "9999-12-31"),
    "grace": ("1000 years", "365250 days", "8766000h", "0.001s", "0 working days", "12000 months", "9999 working days same time"),
    "unit": ("u1/head", "甲", "unit/unit/u1"),
    "post": ("u1", "x"),
    "case": ("c1", "c1/c2"),
}
AT = tuple(datetime(year, month, 1, tzinfo=UTC) for year, month in ((1, 1), (1850, 1), (2027, 6), (2199, 12), (9999, 12)))
PERIODICAL = (Coverage, Recurring, Reporting, Scorecard)
"""What time alone starts, again and again. Up to the year 9999 that is millions of findings: no fault, but it takes for ever."""


@st.composite
def strange_events(draw: st.DrawFn, world: World) -> list[Event]:
    """Events of which some values lie at the ends of what can be written, as far as intake takes them."""
    intake, found = Intake(world.policy.vocabulary), list(world.events)
    for number in range(draw(st.integers(1, 4))):
        cloud = draw(cloud_events(world.policy, world.organisation, f"x{number}"))
        data = dict(cloud["data"])  # type: ignore[call-overload]
        for key in draw(st.lists(st.sampled_from([k for k in STRANGE if k in cloud or k in data]), max_size=3)):
            (cloud if key in cloud else data)[key] = draw(st.sampled_from(STRANGE[key]))
        try:
            found.append(intake.one({**cloud, "data": data}))
        except EventRejected as why:
            event(f"refused: {why.check}")
    return found


def told(judgement: Judgement) -> None:
    """Everything a reader may ask of a judgement."""
    for finding in judgement.findings:
        assert finding.identity
        assert finding.reckoning is None or finding.reckoning.steps()


@given(worlds(), st.data())
def test_what_was_accepted_never_raises(world: World, data: st.DataObject) -> None:
    """Any events that intake takes can be judged, replayed and watched, under any policy that the reader takes, at any instant."""
    events = data.draw(strange_events(world))
    policy, organisation = world.policy, world.organisation
    near = any(isinstance(rule, PERIODICAL) for rule in policy.rules)
    at = data.draw(st.sampled_from([*(i for i in AT if not near or i.year < 2100), world.at]))
    known_at = data.draw(st.sampled_from([*AT, world.at]))
    meant = judge(policy, organisation, events, at=at, known_at=known_at, report_all=True)
    told(meant)
    assert replay(policy, organisation, events, at=at, known_at=known_at, report_all=True) == meant
    monitor = Monitor(policy, organisation)
    for one in events:
        monitor.observe(one)
    monitor.advance(at)
    told(monitor.judgement())
    assert monitor.clock >= at
