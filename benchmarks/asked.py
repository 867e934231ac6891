"""What was asked of the speed of this library, and whether a run of `workload.py` reached it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LIVE, LINES, COLUMNS = "accountability, Monitor", "accountability, replay", "accountability, Parquet"
UNSIEVED, INTERPRETED = "accountability, without a sieve", "accountability, not compiled"
CLIPS, CLIPS_TUNED = "CLIPS, leak mended", "CLIPS, leak mended, tuned"
DURABLE, DURABLE_TUNED = "durable_rules, durable.lang", "durable_rules, C module, tuned"
DROOLS, ORACLE, DUCKDB = "Drools, drools-jpy", "plain Python (the oracle)", "DuckDB SQL, Parquet"
ENGINES = (CLIPS, CLIPS_TUNED, DURABLE, DURABLE_TUNED, DROOLS)
"""The contenders that are rule engines, as other people wrote them."""
ASKED = {DURABLE: 3, DURABLE_TUNED: 3, DROOLS: 3, CLIPS: 2, CLIPS_TUNED: 2, ORACLE: 0.3}
"""How many times as fast as each of these the library is to be when it runs live."""
RATES = {"CPU": "events_per_cpu_s", "clock": "events_per_s"}
"""What is compared: events in the loop, for each second of the processor and for each second of the clock."""
Results = Mapping[str, Mapping[str, Any]]


def ratio(every: Iterable[Results], ours: str, peer: str, rate: str) -> float | None:
    """How many times as fast as *peer* is *ours*: the least of all results; None where either was not measured."""
    found = [r[ours][rate] / r[peer][rate] for r in every if all(rate in r.get(name, {}) for name in (ours, peer))]
    return min(found, default=None)


def live(every: Sequence[Results], events: int) -> list[str]:
    """For each peer what was asked of a live run, and the ratio to it of the monitor, compiled or not, and of a replay."""
    ours = {LIVE: "Monitor", INTERPRETED: "not compiled", LINES: "replay"}
    out = [f"asked of {events:,} events, JSON Lines; ours / peer, the least of all seeds",
           f"{'':32}{'wanted':>8}" + "".join(f"{f'{head}: CPU':>20}{'clock':>8}" for head in ours.values())]
    for peer, wanted in ASKED.items():
        found = {(one, name): ratio(every, one, peer, rate) for one in ours for name, rate in RATES.items()}
        figures = [f"{figure:.2f}" if figure is not None else "-" for figure in found.values()]
        out.append(f"{peer:32}{wanted:>8}" + "".join(f"{figure:>{20 - at % 2 * 12}}" for at, figure in enumerate(figures))
                   + "  " + verdict(found[LIVE, "CPU"], found[LINES, "CPU"], wanted))
    return out


def verdict(monitor: float | None, replay: float | None, wanted: float) -> str:
    """Whether *wanted* was reached, by processor time."""
    if monitor is None and replay is None:
        return "not measured"
    if monitor is not None and monitor >= wanted:
        return "reached"
    return "reached by replay only" if replay is not None and replay >= wanted else "not reached"


def columns(large: Results, number: int, every: Sequence[Results], events: int) -> list[str]:
    """The ratio of a replay of *number* events in Parquet to the SQL, and to the quickest rule engine on *events* events."""
    out = []
    for name, rate in RATES.items():
        mine = large.get(COLUMNS, {}).get(rate)
        rates = {engine: max((r[engine][rate] for r in every if rate in r.get(engine, {})), default=0) for engine in ENGINES}
        best = max(rates, key=lambda engine: rates[engine])
        if mine and rates[best]:
            made = f"which makes {rates[best]:,} a second of {events:,} events"
            out.append(f"  by {name}: {mine / rates[best]:.2f} of the best rule engine, {best}, {made}")
        if (sql := ratio([large], COLUMNS, DUCKDB, rate)) is not None:
            out.append(f"  by {name}: {sql:.2f} of {DUCKDB}")
    return [f"replay of {number:,} events in Parquet; ours / peer", *out] if out else []
