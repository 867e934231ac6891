"""A year in the life of a made-up authority, and the annual report on it: `python examples/year.py rules/on-scene`.

Cases are raised, hazards found, windows declared, as the pack's vocabulary has them; the units of the authority do what they owe,
mostly in time. Units, posts and holders are those of the pack's `organisation.yaml`, and as fictional. The same seed gives the same
year.

    --seed 7            another year
    --year 2026         when it is; everything is judged at its end
    --events FILE       keep the events, as JSON Lines, for `accountability run`

The report names rules, units and posts, with numbers of what they owed and how it was done, and never a case (SG15).
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import attrs

from accountability import Organisation, read_rules
from accountability.conclusion import Conclusion, Judgement, Kind, Status
from accountability.engine.replay import replay
from accountability.errors import EventRejected
from accountability.event import Event
from accountability.explanation.support import leaning
from accountability.intake import Intake
from accountability.policy import Policy
from accountability.policy.kinds import Coverage, Effect, Prohibition, Rule
from accountability.policy.rule import Made
from accountability.policy.vocabulary import EventType, Field, Sort
from accountability.semantics import conclude
from accountability.testing.sending import sent

PER_YEAR, SELDOM = 9, 1
"""How often a year something happens, at the most, that starts a duty or the like; and what ought never to happen."""
TRIES = 12
"""How many ways of doing what is owed are tried before it is left undone."""
IN_TIME, LATE = 0.8, 0.9
"""Of ten things that are owed, eight are done in time, one late, one never."""
LOOK = timedelta(days=14)
"""How often the authority looks for what is owed though nothing has just happened."""
MOST = 300
"""How many events a year has, about; then nobody looks for more to do."""
GREATEST = {Sort.NUMBER: 6}


@attrs.define
class Year:
    """What has happened so far, and what is to come."""

    policy: Policy
    organisation: Organisation
    start: datetime
    end: datetime
    chance: random.Random
    intake: Intake = attrs.field(init=False)
    log: list[dict[str, object]] = attrs.Factory(list)
    events: list[Event] = attrs.Factory(list)
    coming: list[tuple[datetime, int, str, dict[str, object]]] = attrs.Factory(list)
    settled: set[str] = attrs.Factory(set)
    number: int = 0

    def __attrs_post_init__(self) -> None:
        self.intake = Intake(self.policy.vocabulary)

    def plan(self, at: datetime, type_: str, given: Mapping[str, object]) -> None:
        """Lets an event of *type_* happen at *at*, if the year lasts so long; *given* are those of its fields that are known."""
        if self.start <= at < self.end:
            self.number += 1
            heapq.heappush(self.coming, (at, self.number, type_, dict(given)))

    def event(self, at: datetime, type_: str, given: Mapping[str, object], name: str) -> tuple[dict[str, object], Event] | None:
        """An event with *given* and otherwise random fields, as written and as taken in; None where intake would refuse it."""
        declared, second = self.policy.vocabulary[type_], at.replace(microsecond=0)
        cloud = sent(declared, self.values(declared, at, given), name, "//example/year", second, second)
        try:
            return cloud, self.intake.one(cloud)
        except EventRejected:
            return None

    def values(self, declared: EventType, at: datetime, given: Mapping[str, object]) -> dict[str, object]:
        """A value for every field of an event type; optional ones are left out now and then."""
        found: dict[str, object] = {}
        for field in declared.fields.values():
            known = given.get(field.name)
            if known is not None:
                found[field.name] = known.isoformat() if isinstance(known, date) else known
            elif not field.optional or self.chance.random() < 0.6:
                found[field.name] = self.value(field, at, found)
        return found

    def value(self, field: Field, at: datetime, so_far: Mapping[str, object]) -> object:
        """Something that may stand in *field*; posts are those of a unit that is already named."""
        chance, kind = self.chance, field.type
        match kind.sort:
            case Sort.BOOLEAN:
                return chance.random() < 0.7
            case Sort.NUMBER:
                return chance.randint(0, GREATEST[Sort.NUMBER])
            case Sort.CHOICE:
                return chance.choice(sorted(kind.choices))
            case Sort.INSTANT:
                days = 0 if field.name == "from" else chance.randint(1, 40)
                return (at + timedelta(days=days)).isoformat(timespec="seconds")
            case Sort.DATE:
                return (at + timedelta(days=chance.randint(0, 40))).date().isoformat()
            case Sort.LIMIT:
                return chance.choice(["24h", "3h"] if kind.kind == "clock" else ["10 days", "5 days"])
            case Sort.TEXT:
                return chance.choice(["as reported", "on paper", "2026"])
        units = sorted(self.organisation.units)
        if kind.kind == "unit":
            return chance.choice(units) if units else "somewhere"
        if kind.kind in ("post", "office-holder"):
            posts = sorted(p for p in self.organisation.posts if p.startswith(f"{so_far.get('unit')}/"))
            return chance.choice(posts or sorted(self.organisation.posts) or ["somewhere/head"])
        return f"{kind.kind}-{chance.randint(1, 400)}"

    def happen(self, at: datetime, type_: str, given: Mapping[str, object]) -> Event | None:
        """Takes an event into the log."""
        made = self.event(at, type_, given, f"y{len(self.events)}")
        if made is None:
            return None
        self.log.append(made[0])
        self.events.append(made[1])
        return made[1]


def year_of(policy: Policy, organisation: Organisation, year: int, seed: int) -> Year:
    """A year of events: what starts the rules comes at random, and what is owed is done, mostly in time."""
    start, end = (datetime(y, 1, 1, tzinfo=policy.zone).astimezone(UTC) for y in (year, year + 1))
    life = Year(policy, organisation, start, end, random.Random(f"{policy.pack} {year} {seed}"))
    wrongs = {t.name for rule in policy.rules if isinstance(rule, Prohibition) for t in rule.when}
    starting = {t.name for rule in policy.rules for t in rule.when if t.made is Made.EVENT}
    opening = {period.event for period in policy.periods.values() if period.event is not None}
    for type_ in sorted(starting | opening):
        often = SELDOM if type_ in wrongs else PER_YEAR
        for _ in range(life.chance.randint(often // 2, often)):
            life.plan(start + (end - start) * life.chance.random(), type_, {})
    tick = start + LOOK
    while life.coming or tick < end:
        if life.coming and life.coming[0][0] < tick:
            at, _, type_, given = heapq.heappop(life.coming)
            happened = life.happen(at, type_, given)
            if happened is not None:
                related = [e for e in life.events if shares(e, happened)]
                react(life, related, at)
        else:
            react(life, life.events, tick)
            tick += LOOK
            if tick >= end and not life.coming:
                break
    return life


def shares(one: Event, other: Event) -> bool:
    """Whether two events are about the same matter."""
    return one.subject is not None and one.subject == other.subject


def react(life: Year, events: list[Event], now: datetime) -> None:
    """For all that is owed or proposed at *now* by what *events* say, decides once what becomes of it."""
    if life.number > MOST:
        return
    rules = {rule.name: rule for rule in life.policy.rules}
    _, concluded = conclude(life.policy, life.organisation, events, at=now)
    for one in concluded:
        waits = one.status in (Status.OPEN, Status.CONDITIONAL, Status.PROPOSED, Status.GAP)
        if not waits or one.identity in life.settled:
            continue
        life.settled.add(one.identity)
        chance = life.chance.random()
        if chance >= LATE:
            continue
        owed = one.due - now if one.due is not None else timedelta(days=10)
        if one.due_date is not None:
            owed = datetime.combine(one.due_date, datetime.min.time(), life.policy.zone).astimezone(UTC) - now
        part = life.chance.uniform(0.2, 0.9) if chance < IN_TIME else life.chance.uniform(1.1, 1.6)
        act(life, events, one, rules[one.rule], now + max(owed, timedelta(hours=1)) * part)


def act(life: Year, events: list[Event], owed: Conclusion, rule: Rule, at: datetime) -> None:
    """Plans an event that changes what stands of *owed*, if one is found in a few tries."""
    types = sorted({t.name for t in rule.acts() if t.made is Made.EVENT})
    if isinstance(rule, Effect) and rule.decision is not None:
        types = [rule.decision.by]
    trigger = next((e for e in events if e.id in {key.rpartition("/")[2] for key in owed.evidence}), None)
    mine = [e for e in events if e.subject == owed.subject or owed.unit in e.fields.values() or e is trigger]
    given: dict[str, object] = dict(trigger.fields) if trigger is not None else {}
    if owed.unit is not None and trigger is None:
        given["unit"] = owed.unit
    for number in range(TRIES if types else 0):
        type_ = life.chance.choice(types)
        fields = life.policy.vocabulary[type_].fields
        known = ("unit", owed.subject.partition("/")[0])
        narrow = {k: v for k, v in given.items() if k in fields and (number < TRIES // 2 or k in known)}
        if isinstance(rule, Coverage):
            narrow |= {"from": life.start, "to": life.end}
        made = life.event(at, type_, narrow, f"try{number}")
        if made is None:
            continue
        _, concluded = conclude(leaning(life.policy, owed.rule), life.organisation, [*mine, made[1]], at=max(at, owed.since))
        after = next((c for c in concluded if c.identity == owed.identity), None)
        if after is None or after.status not in (owed.status, Status.MISSED):
            life.plan(at, type_, made[1].fields)
            return


def report(policy: Policy, judgement: Judgement, year: int) -> Iterator[str]:
    """The annual report, as Markdown."""
    yield f"# {policy.title or policy.pack}: {year}"
    yield ""
    titles = {rule.name: rule.title for rule in policy.rules}
    by_rule: dict[str, Counter[str]] = {}
    for (rule, _, status), number in sorted(judgement.counts.items(), key=lambda c: (c[0][0], str(c[0][1]), c[0][2])):
        by_rule.setdefault(rule, Counter())[status] += number
    yield from table(("rule", "", "what became of it"),
                     ((f"`{name}`", titles.get(name, ""), told(counts)) for name, counts in by_rule.items()))
    against = [f for f in judgement.findings if f.against and f.status is not Status.SCORED]
    yield from ("", "## By unit", "")
    units = Counter((f.unit or "nobody", f.severity or "") for f in against)
    yield from table(("unit", "severity", "findings"), ((u, s, str(n)) for (u, s), n in sorted(units.items())))
    yield from ("", "## Who answers", "")
    posts = Counter((a.post, a.line) for f in against for a in f.answers)
    vacant = Counter(a.post for f in against for a in f.answers if a.holder is None)
    yield from table(("post", "as", "findings", "while vacant"),
                     ((post, line, str(n), str(vacant[post] or "")) for (post, line), n in sorted(posts.items())))
    scored = [f for f in judgement.findings if f.kind is Kind.SCORE]
    if scored:
        yield from ("", "## Scores", "")
        heads = ("period", "score", "grade")
        yield from table(("rule", "unit", *heads), ((f.rule, f.unit or "", *(str(f.detail(h)) for h in heads)) for f in scored))
    standing = Counter((f.rule, f.unit or "", str(f.status)) for f in judgement.findings if f.kind is Kind.STANDING)
    if standing:
        yield from ("", "## Standings", "")
        yield from table(("effect", "unit", "", ""), ((r, u, s, str(n)) for (r, u, s), n in sorted(standing.items())))


def told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def main() -> None:
    """Makes the year, judges it at its end, prints the report."""
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("pack", type=Path)
    say.add_argument("--year", type=int, default=2026)
    say.add_argument("--seed", type=int, default=1)
    say.add_argument("--events", type=Path)
    asked = say.parse_args()
    policy = read_rules(asked.pack)
    organisation = Organisation.read(asked.pack / "organisation.yaml", policy.zone)
    life = year_of(policy, organisation, asked.year, asked.seed)
    if asked.events is not None:
        asked.events.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in life.log), encoding="utf-8")
    judgement = replay(policy, organisation, life.events, at=life.end)
    print("\n".join(report(policy, judgement, asked.year)))
    print(f"\n{len(life.events)} events, made up with seed {asked.seed}.")


if __name__ == "__main__":
    main()
