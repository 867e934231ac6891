"""Measure how fast an organisation is read from CSV, and how fast a chain of responsibility is found.

    python benchmarks/organisation.py [--seed 7] [--units 10000] [--tenures 50000] [--rounds 3]

Five levels over twenty years: a province, prefectures, counties, towns, villages. Units begin, a tenth of the villages is merged
into another, a tenth of the towns moves to another county; posts change hands, some are learned of late, some have a stand-in.
The seed makes the organisation and the questions; the best of the rounds counts, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from accountability.judgement.attribution import chain
from accountability.organisation import Line, Organisation, Post, ResponsibilityKind, Tenure, Unit, write_organisation

ZONE = ZoneInfo("Asia/Shanghai")
LEVELS = {"province": 0.0001, "prefecture": 0.002, "county": 0.03, "town": 0.2, "village": 1.0}
"""Each level with its part of all units, the levels above it included."""
FIRST, LAST = date(2005, 1, 1), date(2025, 1, 1)
FIRST_RESPONSIBLE = ResponsibilityKind("first-responsible", ("principal-party", "principal-government"))
CHAINS = 20_000
PASSES = 4
"""How often the same questions are asked; the first time what is found is worked out, then it is looked up."""
ROLES = ("principal-party", "principal-government")


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def any_day(draw: random.Random) -> date:
    return FIRST + timedelta(days=draw.randrange((LAST - FIRST).days))


def units(draw: random.Random, number: int) -> Iterator[Unit]:
    """*number* units of five levels; each but the first below one of the level above."""
    above: list[str] = []
    names: list[str] = []
    for level, part in LEVELS.items():
        own = [f"{level}-{place}" for place in range(max(1, round(part * number)) - len(names))]
        merged = set(own[:len(own) // 10]) if level == "village" else set()
        for place, name in enumerate(own):
            parent = draw.choice(above) if above else None
            turn = midnight(any_day(draw))
            if name in merged:
                heir = draw.choice(own[len(merged):])
                yield Unit(name, f"{level} {place}", level, parent, None, midnight(FIRST), turn, None, (heir,))
            elif level == "town" and place % 10 == 0:
                yield Unit(name, f"{level} {place}", level, parent, None, midnight(FIRST), turn)
                yield Unit(name, f"{level} {place}", level, draw.choice(above), None, turn)
            else:
                yield Unit(name, f"{level} {place}", level, parent, None, midnight(FIRST))
        names += own
        above = own


def tenures(draw: random.Random, posts: list[Post], number: int) -> Iterator[Tenure]:
    """About *number* tenures of *posts*, one after the other over the years; one in twenty learned of late or with a stand-in."""
    each = max(1, round(number / len(posts) / 1.05))
    for post in posts:
        days = sorted({FIRST, *(any_day(draw) for _ in range(each - 1))})
        for since, until in zip(days, [*days[1:], None], strict=True):
            late = midnight(since + timedelta(days=30)) if draw.random() < 0.05 else None
            ends = midnight(until) if until is not None else None
            yield Tenure(post.id, f"Holder {draw.randrange(10**6)}", midnight(since), ends, recorded=late)
            if draw.random() < 0.05:
                back = midnight(min(since + timedelta(days=9), until or LAST))
                yield Tenure(post.id, f"Holder {draw.randrange(10**6)}", midnight(since), back, acting=True)


def make(folder: Path, seed: int, number: int, terms: int) -> None:
    """The organisation of *seed* as CSV tables in *folder*."""
    draw = random.Random(seed)
    entries = list(units(draw, number))
    names = list(dict.fromkeys(unit.id for unit in entries))
    posts = [Post(f"{name}/{role}", name, role, 1) for name in names for role in ROLES[:1 + (not name.startswith("village"))]]
    lines = [Line("in-charge", name, f"{name}/{ROLES[0]}", midnight(FIRST)) for name in names[::100]]
    write_organisation(Organisation.of(entries, posts, tenures(draw, posts, terms), lines), folder)


def measure(folder: Path, seed: int) -> dict[str, float]:
    """One reading and many chains: seconds, microseconds a chain, and of what size."""
    began = time.perf_counter()
    organisation = Organisation.read(folder, ZONE)
    read = time.perf_counter() - began
    draw = random.Random(seed)
    villages = organisation.units_at("village")
    asked = [(draw.choice(villages), midnight(any_day(draw))) for _ in range(CHAINS)]
    took = []
    for _ in range(PASSES):
        began = time.perf_counter()
        rungs = [len(chain(organisation, FIRST_RESPONSIBLE, unit, at, up_to="province", moment="due")) for unit, at in asked]
        took.append((time.perf_counter() - began) / CHAINS * 1e6)
    return {"read": read, "first": took[0], "again": min(took[1:]), "rungs": sum(rungs) / CHAINS, "units": len(organisation.units),
            "tenures": len(organisation.tenures), "posts": len(organisation.posts)}


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--units", type=int, default=10_000)
    words.add_argument("--tenures", type=int, default=50_000)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.measure is not None:
        print(json.dumps(measure(asked.measure, asked.seed)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, asked.seed, asked.units, asked.tenures)
        command = [sys.executable, __file__, "--measure", str(folder), "--seed", str(asked.seed)]
        rounds = [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(asked.rounds)]
    best = {figure: min(one[figure] for one in rounds) for figure in rounds[0]}
    print(f"organisation of seed {asked.seed}: {best['units']:,} units, {best['posts']:,} posts, {best['tenures']:,} tenures,"
          " 20 years")
    print(f"read from CSV: {best['read']:.2f} s; a chain of {best['rungs']:.1f} levels: {best['again']:.1f} µs,"
          f" {best['first']:.1f} µs while nobody has asked before (best of {asked.rounds})")


if __name__ == "__main__":
    main()
