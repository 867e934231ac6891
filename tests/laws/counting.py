"""Random worlds of plain thresholds: much happens to few units, at few instants, near the end of a month."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from accountability.event import Event, EventRef
from accountability.organisation import Organisation, Unit
from accountability.policy.pack import read_rules_text
from accountability.testing.strategies import World

ENDS = {"UTC": "2026-01-30T18:00", "Asia/Shanghai": "2026-02-27T20:00", "America/St_Johns": "2010-11-06T18:00"}
"""When the events begin, by zone: before the end of a month, and in St. John's before clocks are put back past midnight."""
RULES = """\
pack: counting
timezone: {zone}
sources: {{law: A law}}
vocabulary:
  asked: {{case: case, unit: unit}}
  answered: {{case: case}}
  urged: {{case: case}}
  fined: {{case: case, unit: unit, grave: yes or no}}
rules:
  - {{duty: answer, source: law, when: asked, bearer: unit, must: answered, same: case, within: {reply}}}
  - {{duty: pay, source: law, when: fined, bearer: unit, must: answered, same: case, within: {limit}}}
  - {{threshold: slow, source: law, count: breach of answer, per: unit, within: {w1}, reaches: {n1}, fires: {f1}}}
  - {{threshold: slower, source: law, count: finding of slow, per: unit, within: {w2}, reaches: {n2}, fires: {f2}}}
  - {{threshold: late, source: law, count: breach of pay or breach of answer, per: unit, within: {w3}, reaches: {n3}, fires: {f3}}}
  - {{threshold: fines, source: law, count: fined, per: unit, within: {w4}, reaches: {n4}, fires: {f4}}}
  - {{threshold: again, source: law, count: fined, where: grave, per: [unit, case], within: {w1}, reaches: {n2}, fires: {f3}}}
"""
WINDOWS = ["3h rolling by instants", "'5h rolling by instants, edge included'", "1 day rolling by instants", "calendar day",
           "calendar month", "1 day rolling by dates"]
REPLIES = ["2h", "2h", "[{where: any urged of the same case, limit: 1h}, {otherwise: 2h}]"]
"""The limit of most obligations. It may become known late that one was urged, and then the breach was another one."""
HOURS = [*range(13), 6.5, 28, 28, 29]
"""When something happens, after the first instant: in a night, or so that what is due in two hours is due as the next day ends."""


@st.composite
def counted_worlds(draw: st.DrawFn) -> World:
    """A world of the rules *RULES*. Many events come at one instant, some late, and some are corrected or retracted."""
    zone = draw(st.sampled_from(sorted(ENDS)))
    reply, limit = draw(st.sampled_from(REPLIES)), draw(st.sampled_from(["1 day", "3h"]))
    values: dict[str, object] = {"zone": zone, "reply": reply, "limit": limit}
    for n in "1234":
        values |= {f"w{n}": draw(st.sampled_from(WINDOWS)), f"n{n}": draw(st.integers(1, 3)),
                   f"f{n}": draw(st.sampled_from(["each", "each", "rising", "rising", "'once, used up'"]))}
    first = datetime.fromisoformat(ENDS[zone]).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    events: list[Event] = []
    for number in range(draw(st.integers(4, 20))):
        at = first + timedelta(hours=draw(st.sampled_from(HOURS)))
        type_ = draw(st.sampled_from(["asked", "asked", "answered", "fined", "fined", "urged"]))
        fields: dict[str, object] = {"case": draw(st.sampled_from("1234"))}
        fields |= {"unit": draw(st.sampled_from(["u1", "u1", "u2"]))} if type_ in ("asked", "fined") else {}
        fields |= {"grave": draw(st.booleans())} if type_ == "fined" else {}
        alike = [e.ref for e in events if e.type == type_ and e.corrects is None and e.retracts is None]
        named: EventRef | None = draw(st.none() | st.none() | st.sampled_from(alike)) if alike else None
        retracts = named is not None and draw(st.booleans())
        events.append(Event(
            id=str(number), source="s", type=type_, occurred_at=at, fields=fields, sequence=draw(st.integers(0, 1)),
            recorded_at=at + timedelta(hours=draw(st.sampled_from([0, 0, 0, 1, 4]))),
            corrects=None if retracts else named, retracts=named if retracts else None))
    units = [Unit("u1", "Town 1", "town"), Unit("u2", "Town 2", "town")]
    return World(read_rules_text(RULES.format(**values)), Organisation.of(units), events, first, first + timedelta(days=3))
