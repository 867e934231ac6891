"""Measure how fast the packs of this repository are judged: what authors write, and not one policy made for speed.

    python benchmarks/packs.py [PACK …] [--years 1 5] [--seed 7]

The events are made-up years of each pack (`examples/year.py`), judged live in their order: several years at once are so many
times the matters before the same units. Events per second of processor time; where more years are judged much slower than one,
something is looked at again and again.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples"))

from year import year_of  # noqa: E402

from accountability import Monitor, Organisation, Policy, read_rules  # noqa: E402
from accountability.event import Event  # noqa: E402
from accountability.policy.vocabulary import Sort  # noqa: E402

DUTY_HOLDERS = frozenset({"unit", "post", "office-holder"})
YEAR = 2026


def years(policy: Policy, organisation: Organisation, seeds: Iterable[int]) -> list[Event]:
    """The events of one year for each seed, in order: about the same units, and each about matters of its own."""
    found = []
    for seed in seeds:
        for event in year_of(policy, organisation, YEAR, seed).events:
            declared = policy.vocabulary[event.type].fields
            matters = {name: f"{seed}-{value}" for name, value in event.fields.items() if name in declared
                       and declared[name].type.sort is Sort.REFERENCE and declared[name].type.kind not in DUTY_HOLDERS}
            found.append(attrs.evolve(event, id=f"{seed}-{event.id}", fields={**event.fields, **matters}))
    return sorted(found, key=lambda e: e.order)


def measure(policy: Policy, organisation: Organisation, events: list[Event]) -> float:
    """The seconds of processor time that a monitor takes for *events*."""
    gc.collect()
    monitor, began = Monitor(policy, organisation), time.process_time()
    for event in events:
        monitor.observe(event)
    return time.process_time() - began


def main() -> None:
    """Print one line for each pack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packs", nargs="*", metavar="PACK", help="names of folders in rules/; all that have an organisation")
    parser.add_argument("--years", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    packs = asked.packs or sorted(path.parent.name for path in (ROOT / "rules").glob("*/organisation.yaml"))
    print(f"made-up years from seed {asked.seed} on, judged live; events per second of processor time")
    print(f"{'':22}" + "".join(f"{f'{number} at once':>26}" for number in asked.years))
    for name in packs:
        policy = read_rules(ROOT / "rules" / name)
        organisation = Organisation.read(ROOT / "rules" / name / "organisation.yaml", policy.zone)
        line = f"{name:22}"
        for number in asked.years:
            events = years(policy, organisation, range(asked.seed, asked.seed + number))
            took = measure(policy, organisation, events)
            line += f"{f'{len(events):,} events':>14}{len(events) / took:>10,.0f}/s" if events else f"{'no events':>26}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
