"""contender: what every contender does alike. In: a file of events. Out: findings in the oracle's form, as one line of JSON."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

LIMIT = {"city": 7200, "province": 14400, "capital": 86400}
MONTH = 30 * 86400
FAR = 2**40
"""Later than any event, in seconds since 1970: where the clock stands when the stream has ended."""
NOTHING_TO_MEASURE = 3
"""The status of a contender that cannot take part here."""


def absent(why: str) -> NoReturn:
    """End this contender, which cannot take part because of *why*."""
    print(why, file=sys.stderr)
    sys.exit(NOTHING_TO_MEASURE)


def breach(case: str, unit: str, due: int) -> str:
    """The oracle's line for a limit that has passed."""
    return f"B{case},{unit},{due}"


def card(unit: str, due: int) -> str:
    """The oracle's line for a yellow card."""
    return f"C{unit},{due}"


def veto(unit: str, year: int) -> str:
    """The oracle's line for a veto in a calendar year."""
    return f"V{unit},{year}"


def year_of(instant: int) -> int:
    """The calendar year in UTC of *instant*, in seconds since 1970."""
    return time.gmtime(instant).tm_year


def events(lines: Iterable[bytes]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Every event as (seconds since 1970, type, data). The peers decode with orjson: they are not to lose time on that."""
    from orjson import loads

    for line in lines:
        event = loads(line)
        yield int(datetime.fromisoformat(event["time"]).timestamp()), event["type"], event["data"]


def compete(judge: Callable[[Path], tuple[int, Iterable[str]]]) -> None:
    """Run *judge*, which gives how many events it read and the lines it found, on the file named first; print the account.

    Events per second count from the first byte read to the last finding, decoding included, imports not: by the clock on the wall,
    and by the time that the processor gave to this process, which other work on the machine disturbs less.
    """
    path = Path(sys.argv[1])
    began, given = time.perf_counter(), time.process_time()
    number, lines = judge(path)
    found = sorted(lines)
    took, spent = time.perf_counter() - began, time.process_time() - given
    kinds = {kind: sum(line[0] == kind for line in found) for kind in "BCV"}
    digest = hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]
    print(json.dumps({"breaches": kinds["B"], "cards": kinds["C"], "vetoes": kinds["V"],
                      "digest": digest, "events_per_s": round(number / took), "events_per_cpu_s": round(number / spent)}))
