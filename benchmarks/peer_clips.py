"""The workload's policy by hand on CLIPS, through clipspy 1.0.6.

    python benchmarks/peer_clips.py EVENTS.jsonl [--tuned | --as-shipped]

Clock and deadlines are kept in Python, which asserts `overdue` where a case is still open; all else is CLIPS. Types that no rule
names never reach the engine.

clipspy 1.0.6 leaks every fact it hands out: `Fact.__del__` gives ReleaseFact two arguments where it takes one, and swallows the
TypeError. A fact that Python has seen is thus never freed, and CLIPS walks all of them after every run: quadratic. It is mended
here, for this process; `--as-shipped` leaves it as it is (give it 20,000 events at most).

As it is, everything goes the way that clipspy documents: facts are asserted by `assert_fact` of their template, and findings are
read from CLIPS's memory. `--tuned` goes further: facts are written in CLIPS's own language, which makes symbols of names, and
clipspy's error router, which CLIPS asks about every character that it reads, is switched off: with it `assert_string` takes eight
times as long.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import clips
import clips.facts
from clips._clips import lib
from contender import FAR, LIMIT, MONTH, breach, card, compete, events, veto, year_of

COLLECT_EVERY = 10_000
"""Events between two collections of findings. Left in place they fill CLIPS's tables of numbers and names, which do not grow."""

Asserting = dict[str, Callable[..., clips.facts.Fact]]

CONSTRUCTS = [
    "(deftemplate asked (slot case) (slot unit) (slot due))",
    "(deftemplate arrived (slot case) (slot at))",
    "(deftemplate overdue (slot case) (slot year))",
    "(deftemplate incident (slot unit) (slot severity) (slot year))",
    "(deftemplate breach (slot unit) (slot at) (slot year))",
    "(deftemplate earlier (slot unit) (slot at))",
    "(deftemplate card (slot unit) (slot year))",
    "(deftemplate cards (slot unit) (slot year) (slot number))",
    "(deftemplate veto (slot unit) (slot year))",
    "(deftemplate missed (slot case) (slot unit) (slot due))",
    "(deftemplate repeated (slot unit) (slot at) (slot number))",
    """(defrule met
         ?open <- (asked (case ?case) (due ?due)) ?now <- (arrived (case ?case) (at ?at&:(<= ?at ?due)))
         => (retract ?open ?now))""",
    "(defrule unexpected (declare (salience -10)) ?now <- (arrived) => (retract ?now))",
    """(defrule missed
         ?open <- (asked (case ?case) (unit ?unit) (due ?due)) ?now <- (overdue (case ?case) (year ?year))
         => (retract ?open ?now)
            (assert (missed (case ?case) (unit ?unit) (due ?due)) (breach (unit ?unit) (at ?due) (year ?year))))""",
    f"""(defrule repeated (declare (salience 10))
         ?now <- (breach (unit ?unit) (at ?at) (year ?year))
         ?last <- (earlier (unit ?unit) (at ?before&:(<= (- ?at ?before) {MONTH})))
         => (retract ?now ?last)
            (assert (repeated (unit ?unit) (at ?at) (number (gensym*))) (card (unit ?unit) (year ?year))
                    (earlier (unit ?unit) (at ?at))))""",
    """(defrule apart (declare (salience 5))
         ?now <- (breach (unit ?unit) (at ?at)) ?last <- (earlier (unit ?unit))
         => (retract ?now ?last) (assert (earlier (unit ?unit) (at ?at))))""",
    """(defrule first-breach
         ?now <- (breach (unit ?unit) (at ?at)) (not (earlier (unit ?unit)))
         => (retract ?now) (assert (earlier (unit ?unit) (at ?at))))""",
    """(defrule first-card
         ?now <- (card (unit ?unit) (year ?year)) (not (cards (unit ?unit) (year ?year)))
         => (retract ?now) (assert (cards (unit ?unit) (year ?year) (number 1))))""",
    """(defrule next-card (declare (salience 10))
         ?now <- (card (unit ?unit) (year ?year)) ?all <- (cards (unit ?unit) (year ?year) (number ?number))
         => (retract ?now ?all) (assert (cards (unit ?unit) (year ?year) (number (+ ?number 1)))))""",
    "(defrule second-card (cards (unit ?unit) (year ?year) (number 2)) => (assert (veto (unit ?unit) (year ?year))))",
    """(defrule severe
         ?now <- (incident (unit ?unit) (severity 5) (year ?year))
         => (retract ?now) (assert (veto (unit ?unit) (year ?year))))""",
    "(defrule slight ?now <- (incident (severity ~5)) => (retract ?now))",
]


def mend() -> None:
    """Release a fact when Python drops it, as clipspy means to."""
    def release(fact: clips.facts.Fact) -> None:
        lib.ReleaseFact(fact._fact)

    clips.facts.Fact.__del__ = release


def documented(environment: clips.Environment) -> Asserting:
    """How facts of each template that Python asserts are asserted: by the template."""
    return {name: environment.find_template(name).assert_fact for name in ("asked", "arrived", "overdue", "incident")}


def tuned(environment: clips.Environment) -> Asserting:
    """The same in CLIPS's own language, with nobody asked about every character."""
    for router in environment.routers():
        router.deactivate()
    tell = environment.assert_string
    return {
        "asked": lambda case, unit, due: tell(f"(asked (case {case}) (unit {unit}) (due {due}))"),
        "arrived": lambda case, at: tell(f"(arrived (case {case}) (at {at}))"),
        "overdue": lambda case, year: tell(f"(overdue (case {case}) (year {year}))"),
        "incident": lambda unit, severity, year: tell(f"(incident (unit {unit}) (severity {severity}) (year {year}))"),
    }


def judge(path: Path, ways: Callable[[clips.Environment], Asserting]) -> tuple[int, list[str]]:
    """How many events *path* has, and the findings."""
    environment = clips.Environment()
    for construct in CONSTRUCTS:
        environment.build(construct)
    environment.reset()
    ways_in = ways(environment)
    tell_asked, tell_arrived, tell_overdue, tell_incident = (ways_in[name] for name in ("asked", "arrived", "overdue", "incident"))
    run, number = environment.run, 0
    missed, repeated = environment.find_template("missed"), environment.find_template("repeated")
    found: list[str] = []
    dues: list[tuple[int, str]] = []
    asked: dict[str, clips.facts.Fact] = {}

    def collect() -> None:
        found.extend(breach(f["case"], f["unit"], f["due"]) for f in missed.facts())
        found.extend(card(f["unit"], f["at"]) for f in repeated.facts())
        for fact in (*missed.facts(), *repeated.facts()):
            fact.retract()

    def observe(now: int, kind: str, data: dict[str, Any]) -> None:
        while dues and dues[0][0] < now:
            due, case = heapq.heappop(dues)
            if asked.pop(case).exists:
                tell_overdue(case=case, year=year_of(due))
                run()
        if kind == "presence.requested":
            due = now + LIMIT[data["place"]]
            heapq.heappush(dues, (due, data["case"]))
            asked[data["case"]] = tell_asked(case=data["case"], unit=data["unit"], due=due)
        elif kind == "presence.arrived" and data["case"] in asked:
            tell_arrived(case=data["case"], at=now)
            run()
        elif kind == "incident.occurred":
            tell_incident(unit=data["unit"], severity=data["severity"], year=year_of(now))
            run()

    with path.open("rb") as lines:
        for at, kind, data in events(lines):
            number += 1
            observe(at, kind, data)
            if number % COLLECT_EVERY == 0:
                collect()
    observe(FAR, "", {})
    collect()
    found += [veto(f["unit"], f["year"]) for f in environment.find_template("veto").facts()]
    return number, found


if __name__ == "__main__":
    if "--as-shipped" not in sys.argv[2:]:
        mend()
    compete(partial(judge, ways=tuned if "--tuned" in sys.argv[2:] else documented))
