"""Measure this library beside its peers: one workload, one policy, the same findings or it does not count.

    python benchmarks/workload.py [EVENTS] [--seeds 7 8] [--rounds 2] [--units 1000] [--large EVENTS] [--only CONTENDER …]

The workload and its oracle are not part of the project: they are run where they lie, in `bench` of the folder `shared` beside the
checkout. Every run is a process of its own; contenders take turns; the best of the rounds counts. Then those that read Parquet run
once over `--large` events, of as many more units, from the first seed: ten times as many unless told otherwise; 0 leaves it out.
Ends with status 1 if any contender finds other findings than the oracle.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import asked
from contender import NOTHING_TO_MEASURE

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "bench"
COMPILED = HERE.parent / "build" / "compiled"
"""The library compiled to C, which `make bench` sees to."""


class Contender(NamedTuple):
    """The script and its further words, the distribution that it stands for, the form in which it is given the events, and where
    packages are looked for first."""

    script: Path
    distribution: str
    form: str = ".jsonl"
    words: tuple[str, ...] = ()
    path: Path | None = None


CONTENDERS = {
    asked.LIVE: Contender(HERE / "ours_live.py", "accountability", path=COMPILED),
    asked.INTERPRETED: Contender(HERE / "ours_live.py", "accountability"),
    asked.UNSIEVED: Contender(HERE / "ours.py", "accountability", path=COMPILED),
    asked.LINES: Contender(HERE / "ours_columns.py", "accountability", path=COMPILED),
    asked.COLUMNS: Contender(HERE / "ours_columns.py", "pyarrow", ".parquet", path=COMPILED),
    asked.CLIPS: Contender(HERE / "peer_clips.py", "clipspy"),
    asked.CLIPS_TUNED: Contender(HERE / "peer_clips.py", "clipspy", words=("--tuned",)),
    asked.DURABLE: Contender(HERE / "peer_durable_lang.py", "durable_rules"),
    asked.DURABLE_TUNED: Contender(HERE / "peer_durable_rules.py", "durable_rules"),
    asked.DROOLS: Contender(HERE / "peer_drools.py", "drools_jpy"),
    asked.ORACLE: Contender(SHARED / "oracle.py", "orjson"),
    asked.DUCKDB: Contender(HERE / "peer_duckdb.py", "duckdb", ".parquet"),
}
LARGE = (asked.COLUMNS, asked.ORACLE, asked.DUCKDB)
RATES = {"process_events_per_s": "events/s", "process_events_per_cpu_s": "per CPU s",
         "events_per_s": "in the loop", "events_per_cpu_s": "per CPU s"}


def installed(contender: Contender) -> str | None:
    """The distribution of *contender* with its version; None where it is not installed."""
    try:
        return f"{contender.distribution} {version(contender.distribution)}"
    except PackageNotFoundError:
        return None


def generate(number: int, seed: int, units: int, folder: Path) -> Path:
    """The file of *number* events that the workload's generator makes from *seed*; beside it lies the same in Parquet."""
    generator = str(SHARED / "workload.py")
    command = [sys.executable, generator, str(number), "--seed", str(seed), "--units", str(units), "--out", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder / f"events-{number}.jsonl"


def run(contender: Contender, events: Path) -> dict[str, Any]:
    """One run as a process of its own: its account, its seconds from start to end, how many of these the processor worked for it,
    and its greatest memory in MB; or why there is none.

    Raises RuntimeError if it fails.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        first = {} if contender.path is None else {"PYTHONPATH": str(contender.path)}
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, contender.script, events, *contender.words], stdout=said, stderr=complained,
                                   env={**os.environ, **first})
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        if process.returncode == NOTHING_TO_MEASURE:
            return {"absent": complained.read().strip().rpartition("\n")[2]}
        if process.returncode:
            raise RuntimeError(f"{contender.script.name} ended with status {process.returncode}:\n{complained.read()}")
        spent = usage.ru_utime + usage.ru_stime
        return {**json.loads(said.read()), "seconds": took, "cpu_seconds": spent, "megabytes": round(usage.ru_maxrss / 1024)}


def measure(events: Path, number: int, rounds: int, only: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The best of *rounds* of every contender in *only* on *events*, all in turn."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in only}
    for _ in range(rounds):
        for name in only:
            contender = CONTENDERS[name]
            if installed(contender) is None:
                runs[name] = [{"absent": f"{contender.distribution} is not installed"}]
            elif contender.path is not None and not contender.path.is_dir():
                runs[name] = [{"absent": "it is not compiled; `make bench` does so"}]
            elif "absent" not in (runs[name] or [{}])[-1]:
                runs[name].append(run(contender, events.with_suffix(contender.form)))
    return {name: every[0] if "absent" in every[0] else best(every, number) for name, every in runs.items()}


def best(runs: Sequence[dict[str, Any]], number: int) -> dict[str, Any]:
    """The account of the quickest run; each figure is the best of its kind.

    The oracle does not say how much processor time went to its loop: that is taken to be as much of all as by the clock.
    """
    quickest = min(runs, key=lambda r: r["seconds"])
    by_clock, by_processor = (round(number / min(r[seconds] for r in runs)) for seconds in ("seconds", "cpu_seconds"))
    in_the_loop = max(r["events_per_s"] for r in runs)
    like_the_clock = round(by_processor * in_the_loop / by_clock)
    spent = max((r["events_per_cpu_s"] for r in runs if "events_per_cpu_s" in r), default=like_the_clock)
    return {**quickest, "process_events_per_s": by_clock, "process_events_per_cpu_s": by_processor, "events_per_s": in_the_loop,
            "events_per_cpu_s": spent, "all_seconds": [round(r["seconds"], 3) for r in runs]}


def table(results: dict[str, dict[str, Any]]) -> list[str]:
    """The results as lines of text."""
    digest = results[asked.ORACLE]["digest"]
    out = [f"{'':32}" + "".join(f"{head:>13}" for head in RATES.values()) + f"{'MB':>7}  findings"]
    for name, result in results.items():
        if "absent" in result:
            out.append(f"{name:32}not measured: {result['absent']}")
            continue
        verdict = "right" if result["digest"] == digest else "WRONG"
        out.append(f"{name:32}" + "".join(f"{result[rate]:>13,}" for rate in RATES)
                   + f"{result['megabytes']:>7,}  {verdict} {result['digest']}")
    return out


def wrong(results: dict[str, dict[str, Any]]) -> bool:
    """Whether any contender found other findings than the oracle."""
    return len({result["digest"] for result in results.values() if "digest" in result}) > 1


def command() -> argparse.Namespace:
    """What the command line asks for; ends the process where there is nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--large", type=int, help="how many events those that read Parquet run over at last; 0: none")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS), help="the oracle takes part always")
    options = parser.parse_args()
    options.large = 10 * options.events if options.large is None else options.large
    options.only = [name for name in CONTENDERS if name in {*options.only, asked.ORACLE}]
    if not SHARED.is_dir():
        sys.exit("nothing to measure: the workload and its oracle are not part of the project, and there is no folder "
                 "`shared/bench` beside the checkout; put it there and run this again")
    return options


def main() -> int:
    """Run the benchmark that the command line asks for. The status: 0, or 1 if a contender was wrong."""
    options = command()
    versions = {name: installed(CONTENDERS[name]) for name in options.only}
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"{options.events:,} events, {options.units:,} units, seeds {options.seeds}, best of {options.rounds}, {machine}")
    print("; ".join(dict.fromkeys(text for text in versions.values() if text)))
    by_seed: dict[str, dict[str, dict[str, Any]]] = {}
    large: dict[str, dict[str, Any]] = {}
    failed = ""
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            events = generate(options.events, seed, options.units, Path(folder))
            by_seed[str(seed)] = measure(events, options.events, options.rounds, options.only)
        print(f"\nseed {seed}", *table(by_seed[str(seed)]), sep="\n", flush=True)
    if options.large:
        seed, units = options.seeds[0], options.units * options.large // options.events
        only = [name for name in LARGE if name in options.only]
        with tempfile.TemporaryDirectory() as folder:
            try:
                large = measure(generate(options.large, seed, units, Path(folder)), options.large, 1, only)
            except (RuntimeError, subprocess.CalledProcessError) as error:  # memory or disk is too small, as a rule
                failed = f"not measured: {error}; --large 0 leaves it out"
        print(f"\n{options.large:,} events, {units:,} units, seed {seed}", failed or "\n".join(table(large)), sep="\n", flush=True)
    every = list(by_seed.values())
    print("", *asked.live(every, options.events), *asked.columns(large, options.large, every, options.events), sep="\n")
    written = HERE / "results" / f"{options.events}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    written.parent.mkdir(exist_ok=True)
    record = {"machine": machine, "versions": versions, **vars(options), "results": by_seed, "large results": large}
    written.write_text(json.dumps(record, indent=2) + "\n")
    print(f"\nwritten to {written.relative_to(HERE.parent)}")
    return int(bool(failed) or any(map(wrong, [*every, large])))


if __name__ == "__main__":
    sys.exit(main())
