"""The workload's policy by hand on durable_rules, through the Python interface that it documents, `durable.lang`.

    python benchmarks/peer_durable_lang.py EVENTS.jsonl

All that is posted is an event, which durable_rules drops when a rule has matched it, so nothing has to be retracted. Clock,
deadlines and once a year are kept in Python, which posts `overdue` where a case is still open: durable_rules' own timers go by the
clock on the wall. Types that no rule names never reach the engine. `peer_durable_rules.py` does without this interface, which takes
most of the time.

What is said otherwise than its documentation does, because it would crash or lose matches: every pattern begins with its kind;
a pattern that joins ends with a test that always holds, as the engine reads past the end where the last one fails; and
the two threads that `durable.lang` starts are not started, as they run rules beside the one that posts.
"""

from __future__ import annotations

import contextlib
import heapq
from itertools import count
from pathlib import Path
from typing import Any

import durable.engine
from contender import FAR, LIMIT, MONTH, breach, card, compete, events, veto, year_of
from durable.lang import c, get_host, m, ruleset, when_all

ASKED, ARRIVED, OVERDUE, BREACH, CARD, INCIDENT = range(1, 7)
number, opened, vetoed = count(1), set[str](), set[tuple[str, int]]()
found: list[str] = []
"""The lines, in the order in which they were found."""


def breached(now: Any, unit: str, at: int) -> None:
    now.post({"id": next(number), "kind": BREACH, "number": next(number), "unit": unit, "at": at, "until": at + MONTH, "true": 1})


def vetoes(unit: str, year: int) -> None:
    if (unit, year) not in vetoed:
        vetoed.add((unit, year))
        found.append(veto(unit, year))


with ruleset("on-scene"):
    @when_all(c.open << (m.kind == ASKED),
              c.now << (m.kind == ARRIVED) & (m.case == c.open.case) & (m.at <= c.open.due) & (m.true == c.open.true))
    def met(c: Any) -> None:
        opened.remove(c.open.case)

    @when_all(c.open << (m.kind == ASKED),
              c.now << (m.kind == OVERDUE) & (m.case == c.open.case) & (m.true == c.open.true))
    def missed(c: Any) -> None:
        case, unit, due = c.open.case, c.open.unit, c.open.due
        opened.remove(case)
        found.append(breach(case, unit, due))
        breached(c, unit, due)

    @when_all(c.earlier << (m.kind == BREACH),
              c.now << (m.kind == BREACH) & (m.unit == c.earlier.unit) & (m.number > c.earlier.number)
              & (m.at <= c.earlier.until) & (m.true == c.earlier.true))
    def repeated(c: Any) -> None:
        unit, at = c.now.unit, c.now.at
        year = year_of(at)
        found.append(card(unit, at))
        breached(c, unit, at)  # the next one is measured from this, which durable_rules has dropped
        if (unit, year) not in vetoed:
            c.post({"id": next(number), "kind": CARD, "number": next(number), "unit": unit, "year": year, "true": 1})

    @when_all(c.earlier << (m.kind == BREACH),
              c.now << (m.kind == BREACH) & (m.unit == c.earlier.unit) & (m.number > c.earlier.number)
              & (m.at > c.earlier.until) & (m.true == c.earlier.true))
    def apart(c: Any) -> None:
        breached(c, c.now.unit, c.now.at)

    @when_all(c.first << (m.kind == CARD),
              c.now << (m.kind == CARD) & (m.unit == c.first.unit) & (m.year == c.first.year) & (m.number > c.first.number)
              & (m.true == c.first.true))
    def second(c: Any) -> None:
        vetoes(c.now.unit, c.now.year)

    @when_all((m.kind == INCIDENT) & (m.severity == 5))
    def severe(c: Any) -> None:
        vetoes(c.m.unit, c.m.year)


def judge(path: Path) -> tuple[int, list[str]]:
    """How many events *path* has, and the findings."""
    durable.engine.Host._run = lambda host: None
    post = get_host().post
    dues: list[tuple[int, str]] = []
    read = 0

    def observe(now: int, kind: str, data: dict[str, Any]) -> None:
        while dues and dues[0][0] < now:
            _, case = heapq.heappop(dues)
            if case in opened:
                post("on-scene", {"id": next(number), "kind": OVERDUE, "case": case, "true": 1})
        if kind == "presence.requested":
            case, due = data["case"], now + LIMIT[data["place"]]
            opened.add(case)
            heapq.heappush(dues, (due, case))
            post("on-scene", {"id": next(number), "kind": ASKED, "case": case, "unit": data["unit"], "due": due, "true": 1})
        elif kind == "presence.arrived" and data["case"] in opened:
            post("on-scene", {"id": next(number), "kind": ARRIVED, "case": data["case"], "at": now, "true": 1})
        elif kind == "incident.occurred":
            with contextlib.suppress(durable.engine.MessageNotHandledException):  # of slight ones no rule wants to hear
                post("on-scene", {"id": next(number), "kind": INCIDENT, "unit": data["unit"], "severity": data["severity"],
                                  "year": year_of(now)})

    with path.open("rb") as lines:
        for at, kind, data in events(lines):
            read += 1
            observe(at, kind, data)
    observe(FAR, "", {})
    return read, found


if __name__ == "__main__":
    compete(judge)
