"""`duty` that comes again and again: `every` so often, with `no gap over` a limit, or `once by` a day."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from enum import IntEnum

import attrs

from accountability.document import Scalar
from accountability.errors import closest
from accountability.organisation import Organisation
from accountability.policy.amounts import PERIODS as NAMES
from accountability.policy.amounts import read_reckoning
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef, ParameterRef
from accountability.policy.forms import (
    AMOUNT,
    CONDITION,
    FIELD,
    FIELDS,
    PERIODS,
    RECKONING,
    SHARED,
    TEXT,
    WEIGHT,
    WHOLE,
    Many,
    Plain,
    Record,
    Triggers,
)
from accountability.policy.kinds.population import EACH, Each, check_beginning, population_fields, read_each
from accountability.policy.parser import parse_limit
from accountability.policy.rule import Bearer, Effective, Made, RuleBase, Tier, Trigger, Weight
from accountability.policy.triggers import Unread
from accountability.policy.vocabulary import DATE, UNIT, Sort, Type
from accountability.policy.vocabulary import TEXT as TEXT_TYPE
from accountability.workdays import PeriodName, Reckoning

MARKS = ("every", "no gap over", "once by")
FORM = Record(
    {"duty": TEXT, **SHARED, "every": PERIODS, "at least": WHOLE, "no gap over": AMOUNT, "once by": Many(Plain("day or name")),
     "each": EACH, "while": Triggers(), "bearer": FIELD, "must": Triggers(), "same": FIELDS, "provided": CONDITION, **RECKONING,
     "breach": WEIGHT},
    required=("must", "same"))
INSTANT = Type(Sort.INSTANT)


class Role(IntEnum):
    """What comes in beside acts. It is no trigger: what stands may have begun before the rule was in force."""

    BINDING = 2


@attrs.frozen(kw_only=True, slots=False)
class Recurring(RuleBase):
    """In every period, without too long a gap, or once by a day: its bearer must D. For each unit, or while something stands."""

    bearer: Bearer
    each: Each | None = None
    """For whom; None: while one of *when* stands."""
    must: tuple[Trigger, ...]
    same: tuple[str, ...]
    provided: Expression | None = None
    every: PeriodName | None = None
    limit: Expression | None = None
    """The longest gap."""
    days: tuple[date, ...] = ()
    day: ParameterRef | None = None
    """The parameter that holds the day, instead of *days*."""
    at_least: int = 1
    reckoning: Reckoning
    weight: Weight = Weight()

    def acts(self) -> Iterator[Trigger]:
        yield from self.must

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from ((role or Role.BINDING, trigger) for role, trigger in super().inputs())

    def members(self, organisation: Organisation) -> Iterable[Hashable]:
        return self.each.keys(organisation) if self.each is not None else ()

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which acts belong to a unit, or to what stands."""
        return self.same

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """Its limit, if it has one, as the limits of other duties."""
        return () if self.limit is None else (Tier(self.limit),)

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        yield from (e for e in (self.provided, self.limit, self.day) if e is not None)


def read(reader: ClauseReader) -> Recurring:
    """The duty that *reader* stands at; its mistakes are written down."""
    each, own = read_whom(reader)
    mark = read_mark(reader)
    span = {"from": FieldRef("trigger", "from", INSTANT), "to": FieldRef("trigger", "to", INSTANT)}
    if mark != "no gap over":
        span["period"] = FieldRef("trigger", "period", TEXT_TYPE)
    reader.begin(reader.when, own | span)
    bearer = reader.bearer("unit" if each is not None else "bearer")
    reader.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
    must = reader.triggers("must")
    act = reader.shared_fields(must, "act") if must else None
    same = reader.key("same", of=None if act is None else {n: f for n, f in act.items() if n in own})
    limit = reader.scalar("no gap over") if mark == "no gap over" else None
    days, day = read_days(reader) if mark == "once by" else ((), None)
    shared = reader.shared("unit" if each is not None else same[0] if same else "bearer")
    effective = shared["effective"]
    assert isinstance(effective, Effective)
    if each is not None:
        check_beginning(effective, reader)
    return Recurring(
        bearer=bearer, each=each, must=must, same=same, provided=reader.condition("provided", act) if must else None,
        every=read_every(reader) if mark == "every" else None,
        limit=parse_limit(limit, reader.scope(), reader.reading) if limit is not None else None, days=days, day=day,
        at_least=read_at_least(reader, mark), reckoning=read_counting(reader, mark), weight=reader.weight("breach"),
        **shared)  # type: ignore[arg-type]


def read_whom(reader: ClauseReader) -> tuple[Each | None, dict[str, FieldRef]]:
    """`each` or `while`, and what is known of it. Raises Unread where it says neither."""
    if ("each" in reader.entries) == ("while" in reader.entries):
        one_of(reader, ("each", "while"), "`each: unit`, or `while: standing of RULE`")
        raise Unread
    if "each" in reader.entries:
        return read_each(reader), population_fields()
    standing = reader.wanted("while")
    if any(t.made is not Made.STANDING for t in standing):
        reader.reading.fail(reader.entries["while"].span, "not-a-standing", "«while» waits for what does not stand for a while",
                            "name what a decided effect puts in force: «standing of RULE»")
    reader.when = standing
    fields = reader.shared_fields(standing)
    return None, {n: f for n, f in fields.items() if n not in ("from", "to", "period")}


def read_mark(reader: ClauseReader) -> str:
    """Which of the three forms it is. They cannot be joined in one rule."""
    marks = [m for m in MARKS if m in reader.entries]
    if len(marks) > 1:
        one_of(reader, marks, "two duties, one for each")
    return marks[0]


def one_of(reader: ClauseReader, keys: Iterable[str], way_out: str) -> None:
    """Writes down that the rule does not have exactly one of *keys*."""
    reader.reading.fail(reader.name.span, "not-one-of", f"the duty `{reader.name.text}` needs exactly one of "
                        + ", ".join(f"«{k}»" for k in keys), f"write {way_out}")


def read_every(reader: ClauseReader) -> PeriodName:
    """`calendar month` and its like."""
    text = reader.reading.keyword(reader.entries.get("every"), "«every»", [f"calendar {n}" for n in NAMES])
    return next((n for n in NAMES if text == f"calendar {n}"), "year")


def read_days(reader: ClauseReader) -> tuple[tuple[date, ...], ParameterRef | None]:
    """One day, a list of days in order, or a parameter that holds one."""
    nodes = reader.reading.items(reader.entries["once by"], "«once by»")
    if len(nodes) == 1 and isinstance(nodes[0], Scalar) and not nodes[0].text[:1].isdigit():
        name = nodes[0].text
        parameter = reader.pack.parameters.get(name)
        if parameter is not None and parameter.type == DATE and all(v.table is None for v in parameter.versions):
            return (), ParameterRef(name, DATE)
        dates = [n for n, p in reader.pack.parameters.items() if p.type == DATE]
        reader.reading.fail(nodes[0].span, "not-a-date", f"`{name}` is neither a day nor a parameter that holds one",
                            closest(name, dates) if dates else "write a date such as `2026-03-01`")
        return (), None
    days = [d for node in nodes if (d := reader.reading.day(node, "«once by»")) is not None]
    if days != sorted(set(days)):
        reader.reading.fail(reader.entries["once by"].span, "unordered-versions", "the days of «once by» are not in order",
                            "write the earliest first, each once")
    return tuple(days), None


def read_at_least(reader: ClauseReader, mark: str) -> int:
    """How many acts a period wants; 1 where nothing is said."""
    number = reader.reading.integer(reader.entries.get("at least"), "«at least»")
    if number is not None and number < 1:
        reader.reading.fail(reader.entries["at least"].span, "not-a-count", f"«at least» is {number}", "write 1 or more")
    elif number is not None and mark == "no gap over":
        no_use(reader, "at least", "it counts the acts of a period", "leave it out, or write «every: calendar month»")
    return max(number or 1, 1)


def read_counting(reader: ClauseReader, mark: str) -> Reckoning:
    """How the limit is counted, where there is one."""
    if mark != "no gap over":
        for key in RECKONING:
            if key in reader.entries:
                no_use(reader, key, "there is no limit to be counted", "leave it out, or write «no gap over: LIMIT»")
        return Reckoning(reader.pack.defaults.zone)
    return read_reckoning(reader.entries, reader.pack.defaults, reader.pack.calendars, reader.reading)


def no_use(reader: ClauseReader, key: str, why: str, way_out: str) -> None:
    """Writes down that *key* has nothing to work on."""
    reader.reading.fail(reader.entries[key].span, "no-use", f"«{key}» of `{reader.name.text}` has no use: {why}", way_out)


def concludes(rule: Recurring, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for: with the period, or the beginning and end of the leg, that it belongs to."""
    return {Trigger(Made.BREACH, rule.name): carried, Trigger(Made.DISCHARGE, rule.name): carried}
