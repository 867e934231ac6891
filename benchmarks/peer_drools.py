"""The workload's policy by hand on Drools, through drools-jpy, which carries it and starts a Java virtual machine beside Python.

    python benchmarks/peer_drools.py EVENTS.jsonl

Rules are the JSON that drools-jpy takes; all that is posted is an event, which Drools drops when a rule has matched it, so nothing
has to be retracted. Clock, deadlines and once a year are kept in Python, which posts `overdue` where a case is still open: the
`timed_out` of drools-jpy keeps one window for a rule, not one for each case. Types that no rule names never reach the engine.

`assert_event` of drools-jpy's rule set is used and not its `post`, which has Java collect garbage after every thousandth event.

Java 17 or newer is needed: where `java` is on the path it is found, otherwise JAVA_HOME says where it is. It takes a while until
Java has compiled what is used often; so the more events, the more of them a second.
"""

from __future__ import annotations

import heapq
import json
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from contender import FAR, LIMIT, MONTH, absent, breach, card, compete, events, veto, year_of

ASKED, ARRIVED, OVERDUE, BREACH, CARD, INCIDENT = range(1, 7)
Expression = dict[str, Any]
Match = dict[str, dict[str, Any]]


def pattern(alias: str, kind: int, *tests: tuple[str, str, int | str]) -> Expression:
    """An event of *kind* that is called *alias* and passes *tests*: a field, an operator, and a number or `alias.field`."""
    every = {"EqualsExpression": {"lhs": {"Event": "kind"}, "rhs": {"Integer": kind}}}
    for field, operator, right in tests:
        operand = {"Integer": right} if isinstance(right, int) else {"Event": right}
        test = {operator + "Expression": {"lhs": {"Event": field}, "rhs": operand}}
        every = {"AndExpression": {"lhs": every, "rhs": test}}
    return {"AssignmentExpression": {"lhs": {"Events": alias}, "rhs": every}}


CONDITIONS = {
    "met": [
        pattern("open", ASKED),
        pattern("now", ARRIVED, ("case", "Equals", "open.case"), ("at", "LessThanOrEqualTo", "open.due"))],
    "missed": [
        pattern("open", ASKED),
        pattern("now", OVERDUE, ("case", "Equals", "open.case"))],
    "repeated": [
        pattern("earlier", BREACH),
        pattern("now", BREACH, ("unit", "Equals", "earlier.unit"), ("number", "GreaterThan", "earlier.number"),
                ("at", "LessThanOrEqualTo", "earlier.until"))],
    "apart": [
        pattern("earlier", BREACH),
        pattern("now", BREACH, ("unit", "Equals", "earlier.unit"), ("number", "GreaterThan", "earlier.number"),
                ("at", "GreaterThan", "earlier.until"))],
    "second": [
        pattern("first", CARD),
        pattern("now", CARD, ("unit", "Equals", "first.unit"), ("year", "Equals", "first.year"),
                ("number", "GreaterThan", "first.number"))],
    "severe": [pattern("now", INCIDENT, ("severity", "Equals", 5))],
}
"""Of a pair of events of one kind the later is the one with the greater number."""


class Policy:
    """The policy over one stream, in event-time order. *found* holds the lines, in the order in which they were found."""

    def __init__(self) -> None:
        from drools.rule import Rule
        from drools.ruleset import Ruleset

        told = [{"Action": {"action": "told", "action_args": {}}}]
        rules = [{"Rule": {"name": name, "condition": {"AllCondition": conditions}, "actions": told, "enabled": True}}
                 for name, conditions in CONDITIONS.items()]
        engine = Ruleset("on-scene", json.dumps({"name": "on-scene", "hosts": ["all"], "sources": [], "rules": rules}))
        for name in CONDITIONS:
            engine.add_rule(Rule(name, self.calling(getattr(self, name))))
        self.post = engine.assert_event
        self.number = count(1)
        self.open: set[str] = set()
        self.dues: list[tuple[int, str]] = []
        self.vetoed: set[tuple[str, int]] = set()
        self.found: list[str] = []

    @staticmethod
    def calling(effect: Callable[[Match], None]) -> Callable[[Any], None]:
        return lambda matches: effect(matches.data)

    def observe(self, now: int, kind: str, data: dict[str, Any]) -> None:
        """One event at *now*, in seconds since 1970."""
        while self.dues and self.dues[0][0] < now:
            _, case = heapq.heappop(self.dues)
            if case in self.open:
                self.post(f'{{"kind":{OVERDUE},"case":"{case}"}}')
        if kind == "presence.requested":
            case, due = data["case"], now + LIMIT[data["place"]]
            self.open.add(case)
            heapq.heappush(self.dues, (due, case))
            self.post(f'{{"kind":{ASKED},"case":"{case}","unit":"{data["unit"]}","due":{due}}}')
        elif kind == "presence.arrived" and data["case"] in self.open:
            self.post(f'{{"kind":{ARRIVED},"case":"{data["case"]}","at":{now}}}')
        elif kind == "incident.occurred":
            self.post(f'{{"kind":{INCIDENT},"unit":"{data["unit"]}","severity":{data["severity"]},"year":{year_of(now)}}}')

    def met(self, match: Match) -> None:
        self.open.remove(match["open"]["case"])

    def missed(self, match: Match) -> None:
        case, unit, due = match["open"]["case"], match["open"]["unit"], match["open"]["due"]
        self.open.remove(case)
        self.found.append(breach(case, unit, due))
        self.breach(unit, due)

    def breach(self, unit: str, at: int) -> None:
        self.post(f'{{"kind":{BREACH},"number":{next(self.number)},"unit":"{unit}","at":{at},"until":{at + MONTH}}}')

    def repeated(self, match: Match) -> None:
        unit, at = match["now"]["unit"], match["now"]["at"]
        year = year_of(at)
        self.found.append(card(unit, at))
        self.breach(unit, at)  # the next one is measured from this, which Drools has dropped
        if (unit, year) not in self.vetoed:
            self.post(f'{{"kind":{CARD},"number":{next(self.number)},"unit":"{unit}","year":{year}}}')

    def apart(self, match: Match) -> None:
        self.breach(match["now"]["unit"], match["now"]["at"])

    def second(self, match: Match) -> None:
        self.severe(match)

    def severe(self, match: Match) -> None:
        unit, year = match["now"]["unit"], match["now"]["year"]
        if (unit, year) not in self.vetoed:
            self.vetoed.add((unit, year))
            self.found.append(veto(unit, year))


def start_java() -> None:
    """Start the machine on which Drools runs, which is no part of judging; end with what is missing if it, or drools-jpy, is."""
    program = shutil.which("java")
    if program and "JAVA_HOME" not in os.environ:
        os.environ["JAVA_HOME"] = str(Path(program).resolve().parents[1])
    if "JAVA_HOME" not in os.environ:
        absent("no Java: put that of version 17 or newer on the path, or set JAVA_HOME")
    try:
        from drools.ruleset import RulesetCollection

        RulesetCollection.create_engine()
    except (ImportError, ValueError) as error:  # no drools-jpy, no machine in JAVA_HOME, one that is too old
        absent(f"drools-jpy does not start with JAVA_HOME={os.environ['JAVA_HOME']}: {error}")


def judge(path: Path) -> tuple[int, list[str]]:
    """How many events *path* has, and the findings."""
    policy, number = Policy(), 0
    with path.open("rb") as lines:
        for at, kind, data in events(lines):
            number += 1
            policy.observe(at, kind, data)
    policy.observe(FAR, "", {})
    return number, policy.found


if __name__ == "__main__":
    start_java()
    compete(judge)
