"""Measure this library beside its peers: one workload, one policy, the same findings or it does not count.

    python benchmarks/workload.py [EVENTS] [--seeds 7 8] [--rounds 3] [--units 1000] [--only CONTENDER …]

The workload and its oracle are not part of the project: they are run where they lie, in `bench` of the folder `shared` beside the
checkout. Every run is a process of its own; contenders take turns; the best of the rounds counts. Ends with status 1 if any
contender finds other findings than the oracle.
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
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "bench"
ORACLE, OURS, SIEVED = "plain Python (the oracle)", "accountability", "accountability, Parquet"
CONTENDERS = {
    OURS: (HERE / "ours.py", "accountability", ".jsonl"),
    SIEVED: (HERE / "ours_columns.py", "pyarrow", ".parquet"),
    "CLIPS": (HERE / "peer_clips.py", "clipspy", ".jsonl"),
    "durable_rules": (HERE / "peer_durable_rules.py", "durable_rules", ".jsonl"),
    ORACLE: (SHARED / "oracle.py", "orjson", ".jsonl"),
    "DuckDB SQL, Parquet": (HERE / "peer_duckdb.py", "duckdb", ".parquet"),
}
"""The script of each contender, the distribution that it stands for, and the form in which it is given the events."""
LEFT_OUT = {"Drools (drools-jpy)": "it needs a Java virtual machine beside Python"}
RATES = ("process_events_per_s", "events_per_s", "process_events_per_cpu_s")
NOTHING_TO_MEASURE = 3


def generate(number: int, seed: int, units: int, folder: Path) -> Path:
    """The file of *number* events that the workload's generator makes from *seed*; beside it lies the same in Parquet."""
    generator = str(SHARED / "workload.py")
    command = [sys.executable, generator, str(number), "--seed", str(seed), "--units", str(units), "--out", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder / f"events-{number}.jsonl"


def run(script: Path, events: Path) -> dict[str, Any]:
    """One run as a process of its own: its account, its seconds from start to end, how many of these the processor worked for it,
    and its greatest memory in MB; or why there is none.

    Raises RuntimeError if it fails.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, script, events], stdout=said, stderr=complained)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        if process.returncode == NOTHING_TO_MEASURE:
            return {"absent": complained.read().strip()}
        if process.returncode:
            raise RuntimeError(f"{script.name} ended with status {process.returncode}:\n{complained.read()}")
        spent = usage.ru_utime + usage.ru_stime
        return {**json.loads(said.read()), "seconds": took, "cpu_seconds": spent, "megabytes": round(usage.ru_maxrss / 1024)}


def measure(events: Path, number: int, rounds: int, only: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The best of *rounds* of every contender in *only* on *events*, all in turn."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in only}
    for _ in range(rounds):
        for name in only:
            script, _, form = CONTENDERS[name]
            if "absent" not in (runs[name] or [{}])[-1]:
                runs[name].append(run(script, events.with_suffix(form)))
    return {name: every[0] if "absent" in every[0] else best(every, number) for name, every in runs.items()}


def best(runs: Sequence[dict[str, Any]], number: int) -> dict[str, Any]:
    """The account of the quickest run; each figure is the best of its kind."""
    quickest = min(runs, key=lambda r: r["seconds"])
    return {**quickest, "process_events_per_s": round(number / quickest["seconds"]),
            "process_events_per_cpu_s": round(number / min(r["cpu_seconds"] for r in runs)),
            "events_per_s": max(r["events_per_s"] for r in runs), "all_seconds": [round(r["seconds"], 3) for r in runs]}


def table(results: dict[str, dict[str, Any]]) -> list[str]:
    """The results as lines of text, with how many times as fast as each peer we are: by lines, and by columns."""
    digest = results[ORACLE]["digest"]
    ours = [results.get(name, {}) for name in (OURS, SIEVED)]
    heads = "".join(f"{head:>13}{'ours/peer':>14}" for head in ("events/s", "in the loop", "per CPU s"))
    out = [f"{'':26}{heads}{'MB':>6}  findings"]
    for name, result in results.items():
        if "absent" in result:
            out.append(f"{name:26}not measured: {result['absent']}")
            continue
        figures = ""
        for rate in RATES:
            ratios = " ".join(f"{mine[rate] / result[rate]:.2f}" if rate in mine else "-" for mine in ours)
            figures += f"{result[rate]:>13,}{ratios:>14}"
        verdict = "right" if result["digest"] == digest else "WRONG"
        out.append(f"{name:26}{figures}{result['megabytes']:>6}  {verdict} {result['digest']}")
    return out + [f"{name:26}not measured: {why}" for name, why in LEFT_OUT.items()]


def main() -> int:
    """Run the benchmark that the command line asks for. The status: 0, or 1 if a contender was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS), help="the oracle takes part always")
    options = parser.parse_args()
    options.only = [name for name in CONTENDERS if name in {*options.only, ORACLE}]
    if not SHARED.is_dir():
        sys.exit("nothing to measure: the workload and its oracle are not part of the project, and there is no folder "
                 "`shared/bench` beside the checkout; put it there and run this again")
    versions = {name: f"{CONTENDERS[name][1]} {version(CONTENDERS[name][1])}" for name in options.only}
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"{options.events:,} events, {options.units:,} units, best of {options.rounds}, {machine}")
    print("; ".join(f"{name}: {text}" for name, text in versions.items()))
    by_seed: dict[str, dict[str, dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds:
            events = generate(options.events, seed, options.units, Path(folder))
            results = measure(events, options.events, options.rounds, options.only)
            by_seed[str(seed)] = results
            print(f"\nseed {seed}", *table(results), sep="\n", flush=True)
    written = HERE / "results" / f"{options.events}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    written.parent.mkdir(exist_ok=True)
    written.write_text(json.dumps({"machine": machine, "versions": versions, **vars(options), "results": by_seed}, indent=2) + "\n")
    print(f"\nwritten to {written.relative_to(HERE.parent)}")
    wrong = any(r["digest"] != results[ORACLE]["digest"] for results in by_seed.values() for r in results.values() if "digest" in r)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
