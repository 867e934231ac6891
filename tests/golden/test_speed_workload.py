"""What the benchmark measures is right: on its workload we, and the peers that are installed, find what its oracle finds."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
EVENTS, UNITS = 4000, 20
"""So few units that there are cards enough."""
NOTHING_TO_MEASURE = 3
FOUND = ("breaches", "cards", "vetoes", "digest")
CONTENDERS = {
    "live": ("ours_live.py", ".jsonl", "msgspec"),
    "without a sieve": ("ours.py", ".jsonl", "msgspec"),
    "lines": ("ours_columns.py", ".jsonl", "numpy"),
    "Parquet": ("ours_columns.py", ".parquet", "pyarrow"),
    "CLIPS": ("peer_clips.py", ".jsonl", "clips"),
    "CLIPS, tuned": ("peer_clips.py", ".jsonl", "clips", "--tuned"),
    "durable_rules": ("peer_durable_lang.py", ".jsonl", "durable_rules_engine"),
    "durable_rules, tuned": ("peer_durable_rules.py", ".jsonl", "durable_rules_engine"),
    "Drools": ("peer_drools.py", ".jsonl", "drools"),
    "DuckDB": ("peer_duckdb.py", ".parquet", "duckdb"),
}
"""The script of each, the form of its events, the module that it needs, and further words."""


def told(script: Path, *words: str) -> dict[str, Any]:
    """The account that *script* prints."""
    command = [sys.executable, "-W", "ignore", script, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == NOTHING_TO_MEASURE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    account: dict[str, Any] = json.loads(done.stdout)
    return {name: account[name] for name in FOUND}


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The events, without the end of their name, and what the oracle finds in them."""
    bench = BENCHMARKS.parents[1] / "shared" / "bench"
    if not bench.is_dir():
        pytest.skip("the workload and its oracle are not part of the project, and not beside the checkout")
    pytest.importorskip("pyarrow", reason="the workload is made with pyarrow")
    folder = tmp_path_factory.mktemp("workload")
    made = [bench / "workload.py", str(EVENTS), "--units", str(UNITS), "--out", folder]
    subprocess.run([sys.executable, *made], check=True, capture_output=True, timeout=120)
    return folder / f"events-{EVENTS}", told(bench / "oracle.py", f"{folder}/events-{EVENTS}.jsonl")


@pytest.mark.parametrize("name", CONTENDERS)
def test_a_contender_finds_what_the_oracle_finds(workload: tuple[Path, dict[str, Any]], name: str) -> None:
    script, form, module, *words = CONTENDERS[name]
    for needed in (module, "orjson") if script.startswith("peer_") else (module,):
        if find_spec(needed) is None:
            pytest.skip(f"`{needed}` is not installed: it belongs to the extra `bench`")
    events, expected = workload
    assert told(BENCHMARKS / script, f"{events}{form}", *words) == expected
    assert expected["breaches"] > expected["cards"] > expected["vetoes"] > UNITS, "the workload leaves rules untried"
