"""The workload's policy by hand on durable_rules, tuned, as somebody would write it who knows where it breaks.

    python benchmarks/peer_durable_rules.py EVENTS.jsonl

The C module, which has no documentation, is driven directly: durable_rules' own wrapper (`peer_durable_lang.py`) spends nine tenths
of the time on JSON and clock reads. Facts are integers and live for one step; the engine is cleared every 32 steps; what it says is
decoded with orjson. Nothing is retracted or negated; clock, open cases and once a year are kept in Python. Types that no rule names
never reach the engine.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import durable_rules_engine as engine
import orjson
from contender import FAR, LIMIT, MONTH, breach, card, compete, events, veto, year_of

ASKED, ARRIVED, INCIDENT, OPEN, OVERDUE, EARLIER, BREACH, CARDED, CARD, SEVERE = range(1, 11)
CLEAR_EVERY = 32
"""Steps between two clearings of the engine; until then the facts of past steps stay, and their stamp keeps them from joining."""

Frame = dict[str, dict[str, int]]


def pattern(alias: str, kind: int, *tests: tuple[str, str, Any]) -> dict[str, Any]:
    """One pattern: kind first, then the tests; a join ends with one that always holds: the engine reads past a false one."""

    def test(field: str, operator: str, right: Any) -> dict[str, Any]:
        operand = {field: {right[0]: right[1]} if isinstance(right, tuple) else right}
        return operand if operator == "==" else {{"<=": "$lte", ">=": "$gte"}[operator]: operand}

    joined = [right[0] for _, _, right in tests if isinstance(right, tuple)]
    same_step = [("s", "==", (joined[0], "s"))] if joined else []
    last = [("z", "==", (joined[0], "z"))] if joined else []
    return {alias: {"$and": [{"k": kind}, *(test(*t) for t in (*same_step, *tests, *last))]}}


RULES = {
    "asked": [pattern("e", ASKED)],
    "met": [pattern("o", OPEN), pattern("e", ARRIVED, ("c", "==", ("o", "c")), ("t", "<=", ("o", "d")))],
    "missed": [pattern("o", OPEN), pattern("x", OVERDUE, ("c", "==", ("o", "c")))],
    "repeated": [pattern("b", EARLIER), pattern("n", BREACH, ("u", "==", ("b", "u")), ("t", "<=", ("b", "w")))],
    "second": [pattern("o", CARDED), pattern("n", CARD, ("u", "==", ("o", "u")), ("y", "==", ("o", "y")))],
    "severe": [pattern("i", INCIDENT, ("v", "==", 5))],
}


class Policy:
    """The policy over one stream, in event-time order. *found* holds the lines, in the order in which they were found."""

    def __init__(self) -> None:
        rules = {"warm": {"all": [{"m": {"k": 0}}]}} | {name: {"all": patterns} for name, patterns in RULES.items()}
        self.engine = engine.create_ruleset("on-scene", json.dumps(rules))
        self.number, self.stamp, self.offset = count(1), 0, 0
        self.effects: dict[str, Callable[[Frame], list[str]]] = {name: getattr(self, name) for name in RULES}
        self.cases: dict[int, tuple[str, str, str]] = {}
        self.dues: list[tuple[int, int]] = []
        self.earlier: dict[int, str] = {}
        self.carded: dict[tuple[int, int], str] = {}
        self.vetoed: set[tuple[int, int]] = set()
        self.found: list[str] = []
        self.step(['"k":0'])  # the engine does not initialise its action context before the first firing

    def observe(self, now: int, kind: str, data: dict[str, Any]) -> None:
        """One event at *now*, in seconds since 1970."""
        while self.dues and self.dues[0][0] < now:
            _, case = heapq.heappop(self.dues)
            if case in self.cases:
                self.step([self.cases[case][2], f'"k":{OVERDUE},"c":{case}'])
        if kind == "presence.requested":
            case, due = int(data["case"][1:]), now + LIMIT[data["place"]]
            unit = int(data["unit"][1:])
            self.cases[case] = (data["case"], data["unit"], f'"k":{OPEN},"c":{case},"u":{unit},"d":{due}')
            self.step([f'"k":{ASKED},"c":{case},"d":{due}'])
        elif kind == "presence.arrived":
            case = int(data["case"][1:])
            if case in self.cases:
                self.step([self.cases[case][2], f'"k":{ARRIVED},"c":{case},"t":{now}'])
        elif kind == "incident.occurred":
            self.step([f'"k":{INCIDENT},"u":{int(data["unit"][1:])},"v":{data["severity"]},"y":{year_of(now)}'])

    def step(self, facts: list[str]) -> None:
        """Assert *facts* and all that follows from them, round by round, each drained whole before its effects."""
        while facts:
            for fact in facts:
                code, self.offset = engine.assert_fact(self.engine, f'{{"id":{next(self.number)},{fact},"s":{self.stamp},"z":1}}')
                if code not in (0, 1):
                    raise RuntimeError(f"durable_rules refused a fact: code {code}")
            fired = []
            first = engine.start_action_for_state(self.engine, self.offset)
            message = first[1] if first else None
            while message is not None:
                fired += orjson.loads(message).items()
                message = engine.complete_and_start_action(self.engine, self.offset)
            facts = [fact for rule, frame in fired if rule != "warm" for fact in self.effects[rule](frame)]
        self.stamp += 1
        if self.stamp % CLEAR_EVERY == 0:
            engine.delete_state(self.engine, "0")
            self.number = count(1)

    def asked(self, frame: Frame) -> list[str]:
        heapq.heappush(self.dues, (frame["e"]["d"], frame["e"]["c"]))
        return []

    def met(self, frame: Frame) -> list[str]:
        del self.cases[frame["o"]["c"]]
        return []

    def missed(self, frame: Frame) -> list[str]:
        unit, due = frame["o"]["u"], frame["o"]["d"]
        case, name, _ = self.cases.pop(frame["o"]["c"])
        self.found.append(breach(case, name, due))
        facts = [f'"k":{BREACH},"u":{unit},"t":{due}']
        if unit in self.earlier:
            facts.insert(0, self.earlier[unit])
        self.earlier[unit] = f'"k":{EARLIER},"u":{unit},"w":{due + MONTH}'
        return facts

    def repeated(self, frame: Frame) -> list[str]:
        unit, at = frame["n"]["u"], frame["n"]["t"]
        year = year_of(at)
        self.found.append(card(f"u{unit:04d}", at))
        if (unit, year) in self.vetoed:
            return []
        facts = [f'"k":{CARD},"u":{unit},"y":{year}']
        if (unit, year) in self.carded:
            facts.insert(0, self.carded[unit, year])
        self.carded[unit, year] = f'"k":{CARDED},"u":{unit},"y":{year}'
        return facts

    def second(self, frame: Frame) -> list[str]:
        return self.severe({"i": frame["n"]})

    def severe(self, frame: Frame) -> list[str]:
        unit, year = frame["i"]["u"], frame["i"]["y"]
        if (unit, year) not in self.vetoed:
            self.vetoed.add((unit, year))
            self.found.append(veto(f"u{unit:04d}", year))
        return []


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
    compete(judge)
