"""What a monitor with a horizon holds: over a long stream, and for each obligation that is open.

    python benchmarks/horizon.py stream --events 10000000 --horizon 30
    python benchmarks/horizon.py open --obligations 1000000
    python benchmarks/horizon.py sums --members 40000
    python benchmarks/horizon.py daily --years 20
    python benchmarks/horizon.py late --members 40000

The policy is that of `policy/`. Events are made on the way, one a minute: a presence is asked for and, mostly in time, arrives; now
and then something grave occurs. So nothing but the monitor takes memory.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from accountability.cli.following import SELDOM
from accountability.event import Event, make_event
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Unit
from accountability.policy import read_rules
from accountability.policy.pack import read_rules_text

POLICY = Path(__file__).resolve().parent / "policy"
START, MINUTE, NO_OFFSET = datetime(2020, 1, 1, tzinfo=UTC), timedelta(minutes=1), timedelta(0)
PLACES = ("city", "province", "capital")
UNITS = 1000
SUMS = """\
pack: sums
timezone: UTC
sources: {law: A law}
vocabulary: {fined: {unit: unit, sum: number}}
rules:
  - {threshold: much, source: law, count: fined, per: unit, within: 1 year rolling by dates, adds: sum, reaches: 1000,
     fires: "once, used up"}
"""
ROW = """\
pack: row
timezone: UTC
sources: {law: A law}
vocabulary: {fined: {unit: unit, sum: number}}
rules:
  - {threshold: again, source: law, count: fined, per: unit, within: 2 days rolling by instants, reaches: 2, fires: each}
  - {threshold: much, source: law, count: fined, per: unit, within: 30 days rolling by dates, adds: sum, reaches: 700,
     fires: rising}
"""
LATE = 50
"""How many members come late into a row."""
DAILY = """\
pack: daily
timezone: UTC
effective: {from: 2020-01-01}
sources: {law: A law}
vocabulary: {inspected: {unit: unit}, seen: {unit: unit}}
rules:
  - {duty: inspect, source: law, each: unit/u, bearer: unit, must: inspected, same: unit, every: calendar day}
  - {threshold: never, source: law, count: breach of inspect, per: unit, within: 1 year rolling by dates, adds: "1", reaches: 300,
     fires: "once, used up"}
"""


def made(number: int, type_: str, at: datetime, fields: dict[str, object]) -> Event:
    """An event that is recorded as it happens, as a live system takes it in: without a number of its line."""
    return make_event(f"e{number}", "bench", type_, at, at, NO_OFFSET, None, fields, None, "")


def stream(count: int, seed: int) -> Iterator[Event]:
    """*count* events: of 100 cases, 98 are in time, 2 late; one event in 1000 is an incident."""
    random = Random(seed)
    waiting: list[tuple[int, str]] = []
    for number in range(count):
        at = START + number * MINUTE
        if random.random() < 0.001:
            yield made(number, "incident.occurred", at, {"unit": f"u{random.randrange(UNITS)}", "severity": random.randint(1, 5)})
        elif waiting and waiting[0][0] <= number:
            yield made(number, "presence.arrived", at, {"case": waiting.pop(0)[1]})
        else:
            fields = {"case": f"c{number}", "unit": f"u{random.randrange(UNITS)}", "place": random.choice(PLACES)}
            waiting.append((number + (30 if random.random() < 0.98 else 2000), f"c{number}"))
            waiting.sort()
            yield made(number, "presence.requested", at, fields)


def resident() -> float:
    """The memory of this process now, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def long_stream(count: int, days: int, seed: int) -> None:
    print(f"{count:,} events of {UNITS:,} units, one a minute, seed {seed}, a horizon of {days} days")
    monitor = Monitor(read_rules(POLICY), Organisation.empty(), horizon=timedelta(days=days))
    started, told, gone = time.perf_counter(), 0, 0
    for number, event in enumerate(stream(count, seed), 1):
        changes = monitor.observe(event)
        told, gone = told + len(changes.raised) - len(changes.withdrawn), gone + len(changes.let_go)
        if number % (count // 8) == 0:
            rate = number / (time.perf_counter() - started)
            print(f"{number:>12,} events  {resident():8.1f} MB  {told:>8,} findings, {gone:>8,} let go  {rate:>9,.0f} events/s",
                  flush=True)


def many_open(count: int) -> None:
    monitor = Monitor(read_rules(POLICY), Organisation.empty(), horizon=timedelta(days=30))
    before = resident()
    for number in range(count):
        at = START + timedelta(milliseconds=number)
        fields = {"case": f"c{number}", "unit": f"u{number % UNITS}", "place": "capital"}
        monitor.observe(made(number, "presence.requested", at, fields))
    grown = resident() - before
    print(f"{count:,} obligations open: {grown:,.0f} MB, {grown * 1024 / count:.2f} KB each")


def sums(members: int) -> None:
    policy = read_rules_text(SUMS)
    for count in (members // 4, members // 2, members):
        monitor, started = Monitor(policy, Organisation.empty()), time.perf_counter()
        for number in range(count):
            monitor.observe(made(number, "fined", START + number * timedelta(hours=6), {"unit": "u", "sum": 1}))
        print(f"{count:>8,} members of one unit  {(time.perf_counter() - started) / count * 1e6:8.1f} µs each")


def late(members: int) -> None:
    """What one more costs that comes late into a row, of two thresholds: one with a finding at each member, one that sums."""
    policy, hour = read_rules_text(ROW), timedelta(hours=1)
    for count in (members // 4, members // 2, members):
        monitor, started = Monitor(policy, Organisation.empty()), time.perf_counter()
        for number in range(count):
            monitor.observe(made(number, "fined", START + number * hour, {"unit": "u", "sum": 1}))
        in_order, started = time.perf_counter() - started, time.perf_counter()
        for number in range(LATE):
            at = START + (number + 1) * count // (LATE + 1) * hour + MINUTE
            monitor.observe(made(count + number, "fined", at, {"unit": "u", "sum": 1}))
        print(f"{count:>8,} members of one unit  {in_order / count * 1e6:8.1f} µs each in order"
              f"  {(time.perf_counter() - started) / LATE * 1e3:8.1f} ms each late", flush=True)


def daily(years: int) -> None:
    policy, day = read_rules_text(DAILY), timedelta(days=1)
    organisation = Organisation.of([Unit("u", "Unit", "town")])
    monitor, started = Monitor(policy, organisation), time.perf_counter()
    for number in range(1, 365 * years + 1):
        monitor.observe(made(number, "seen", START + number * day + MINUTE, {"unit": "u"}))
        if number % (365 * years // 4) == 0:
            print(f"{number:>8,} days missed  {(time.perf_counter() - started) / number * 1e6:8.1f} µs each", flush=True)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("what", choices=("stream", "open", "sums", "late", "daily"))
    words.add_argument("--events", type=int, default=2_000_000)
    words.add_argument("--horizon", type=int, default=30, help="days")
    words.add_argument("--obligations", type=int, default=1_000_000)
    words.add_argument("--members", type=int, default=40_000)
    words.add_argument("--years", type=int, default=20)
    words.add_argument("--seed", type=int, default=7)
    asked = words.parse_args()
    gc.set_threshold(SELDOM)  # as `accountability follow` does
    match asked.what:
        case "stream":
            long_stream(asked.events, asked.horizon, asked.seed)
        case "open":
            many_open(asked.obligations)
        case "sums":
            sums(asked.members)
        case "late":
            late(asked.members)
        case _:
            daily(asked.years)
