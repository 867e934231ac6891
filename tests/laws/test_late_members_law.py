"""What comes late, or goes, into a long row of members changes what counts with it, and nothing else.

The other laws draw few events, close together. Here a unit has many, over months, so that windows end long before the row does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from foundation import agrees_throughout
from hypothesis import given
from hypothesis import strategies as st

from accountability.event import Event, EventRef
from accountability.organisation import Organisation, Unit
from accountability.policy.pack import read_rules_text
from accountability.testing.strategies import World

RULES = """\
pack: late members
timezone: {zone}
sources: {{law: A law}}
vocabulary: {{fined: {{unit: unit, size: number, kind: [a, b]}}, fell: {{unit: unit}}}}
rules:
  - {{threshold: plain, source: law, count: fined, per: unit, within: {w1}, reaches: {n1}, fires: {f1}}}
  - {{threshold: tally, source: law, count: fined, per: unit, within: {w2}, reaches: {n2}, fires: {f2}, {how}}}
  - {{threshold: chained, source: law, count: finding of plain or finding of tally, per: unit, within: {w3}, reaches: {n3},
     fires: {f3}}}
  - {{prohibition: joined, source: law, when: fined, bearer: unit, joined with: fell, same: unit{reach}}}
"""
WINDOWS = ("2h rolling by instants", "'1 day rolling by instants, edge included'", "10 days rolling by instants",
           "1 month rolling by instants", "1 day rolling by dates", "1 month rolling by dates", "calendar week", "calendar month",
           "calendar year")
FIRES = ("each", "rising", "'once, used up'")
HOW = ("adds: size", "different: kind", "different: [kind, size]", "broken by: fell", "where: any fell of the same unit")
REACHES = ("", ", within: 2h", ", within: 1 day", ", within: 10 days", ", within: 1 month")
ZONES = {"UTC": "2026-01-30T18:00", "Asia/Shanghai": "2025-12-27T20:00", "America/St_Johns": "2010-10-25T18:00"}
HOURS = (0, 0, 1, 2, 5, 24, 24 * 7, 24 * 11, 24 * 28, 24 * 40)
"""How long after one of them the next one is."""


def made(id: str, type_: str, at: datetime, fields: dict[str, object], retracts: EventRef | None = None) -> Event:
    return Event(id=id, source="s", type=type_, occurred_at=at, recorded_at=at, fields=fields, retracts=retracts)


@st.composite
def rows(draw: st.DrawFn) -> tuple[World, list[Event]]:
    """A world of many members of two units, and the order in which they come."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    values: dict[str, object] = {"zone": zone, "how": draw(st.sampled_from(HOW)), "reach": draw(st.sampled_from(REACHES))}
    for n in "123":
        values |= {f"w{n}": draw(st.sampled_from(WINDOWS)), f"n{n}": draw(st.integers(1, 3)), f"f{n}": draw(st.sampled_from(FIRES))}
    at = first = datetime.fromisoformat(ZONES[zone]).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    members: list[Event] = []
    for number in range(draw(st.integers(4, 24))):
        at += timedelta(hours=draw(st.sampled_from(HOURS)))
        fell = draw(st.integers(0, 4)) == 4
        fields: dict[str, object] = {"unit": draw(st.sampled_from(["u1", "u1", "u1", "u2"]))}
        fields |= {} if fell else {"size": draw(st.integers(-1, 2)), "kind": draw(st.sampled_from("ab"))}
        members.append(made(str(number), "fell" if fell else "fined", at, fields))
    late = set(draw(st.lists(st.integers(0, len(members) - 1), max_size=4)))
    gone = draw(st.lists(st.integers(0, len(members) - 1), max_size=3, unique=True))
    come = [m for n, m in enumerate(members) if n not in late] + [members[n] for n in sorted(late)]
    come += [made(f"gone {n}", members[n].type, at, {}, members[n].ref) for n in gone]
    organisation = Organisation.of([Unit("u1", "Town 1", "town"), Unit("u2", "Town 2", "town")])
    return World(read_rules_text(RULES.format(**values)), organisation, come, first, at + timedelta(days=3)), come


@given(rows())
def test_what_comes_late_into_a_long_row_changes_what_counts_with_it_alone(row: tuple[World, list[Event]]) -> None:
    """A monitor into whose long row of members some come late, or are taken back, agrees with `judge` after every event."""
    agrees_throughout(*row)
