"""`scorecard`: points with caps and weights over an assessment period, a grade by the score, and what overrides it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

import attrs

from accountability.conclusion import day_of
from accountability.document import Node, Scalar
from accountability.event import Happening
from accountability.organisation import Organisation
from accountability.policy.amounts import PERIODS, read_number
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, SHARED, TEXT, YES, Expressed, Many, Plain, Record, Triggers
from accountability.policy.forms import PERIODS as OVER
from accountability.policy.keywords import WORDS
from accountability.policy.kinds.population import EACH, Each, check_beginning, population_fields, read_each
from accountability.policy.parser import parse_condition, parse_number
from accountability.policy.rule import Bearer, Made, RuleBase, Trigger
from accountability.policy.scope import Scope
from accountability.policy.vocabulary import NUMBER, UNIT, Sort, Type
from accountability.policy.vocabulary import TEXT as TEXT_TYPE
from accountability.workdays import Period, PeriodName, local_midnight, period_of
from accountability.workdays.localtime import ONE_DAY

COUNT, AMOUNT = Plain("number"), Expressed("number")
KPI = Record({"value": AMOUNT, "at least": AMOUNT, "at most": AMOUNT, "points": AMOUNT, "shortfall": AMOUNT}, ("value",))
ITEM = Record({"of": Triggers(), "where": CONDITION, "same": FIELD, "points": AMOUNT, "kpi": KPI, "at most": COUNT,
               "weight": COUNT}, ("of",))
GRADE = Record({"grade": TEXT, "from": COUNT, "otherwise": TEXT})
OVERRIDE = Record({"grade": TEXT, "by": Triggers(), "same": FIELDS}, ("grade", "by", "same"))
FORM = Record(
    {"scorecard": TEXT, **{k: f for k, f in SHARED.items() if k not in ("about", "defeats")}, "each": EACH, "over": OVER,
     "start": COUNT, "items": Record(rest=ITEM), "grades": Many(GRADE, listed=True), "overridden": Many(OVERRIDE, listed=True),
     "ranks": YES},
    required=("each", "over", "items", "grades"))
LONG_PERIODS = ("month", "quarter", "year")
FIRST_ITEM = 2
"""The role of the first item; those of the others follow, and then those of what overrides the grade."""
LAST_YEAR = 9998
"""Periods of later years have no end that a date can name."""


@attrs.frozen
class Kpi:
    """The last *value* reported in a period is *points* where it reaches its target, and *shortfall* where it does not."""

    value: Expression
    target: Expression
    least: bool
    """Whether the target is the least that reaches it, or the most."""
    points: Expression | None = None
    shortfall: Expression | None = None


@attrs.frozen
class Item:
    """What counts: each of *of* for so many *points*, or a *kpi*; together at most so many, up or down; then weighted."""

    name: str
    of: tuple[Trigger, ...]
    member: str
    """The field that holds the unit to which it belongs."""
    where: Expression | None = None
    points: Expression | None = None
    kpi: Kpi | None = None
    at_most: Fraction | None = None
    weight: Fraction = Fraction(1)


@attrs.frozen
class Grade:
    """A grade from so many points on; None: below all others."""

    name: str
    since: Fraction | None = None


@attrs.frozen
class Override:
    """While one of *by* stands for a unit and period, the grade is this, whatever the score."""

    grade: str
    by: tuple[Trigger, ...]
    member: str
    period: str | None = None
    """The field that tells the period: its year, its label, or a day or instant in it. None: the period of the decision."""


@attrs.frozen(kw_only=True, slots=False)
class Scorecard(RuleBase):
    """Every unit of a population gets a score, a grade and perhaps a rank at the end of every period."""

    bearer: Bearer = Bearer(field="unit")
    each: Each
    over: PeriodName
    zone: ZoneInfo
    start: Fraction
    items: tuple[Item, ...]
    grades: tuple[Grade, ...]
    overrides: tuple[Override, ...] = ()
    ranks: bool = False

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        for role, what in self._roles.items():
            yield from ((role, t) for t in dict.fromkeys(what.of if isinstance(what, Item) else what.by))

    @cached_property
    def _roles(self) -> dict[int, Item | Override]:
        return dict(enumerate((*self.items, *self.overrides), FIRST_ITEM))

    def of_role(self, role: int) -> Item | Override:
        """What comes in under *role*."""
        return self._roles[role]

    def key_names(self, role: int) -> tuple[str, ...]:
        """A scorecard with ranks looks at all units at once; any other at every unit by itself."""
        return () if self.ranks else (self._roles[role].member,)

    def members(self, organisation: Organisation) -> Iterable[Hashable]:
        return [()] if self.ranks else self.each.keys(organisation)

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        for item in self.items:
            kpi = item.kpi
            parts = (item.where, item.points, *((kpi.value, kpi.target, kpi.points, kpi.shortfall) if kpi else ()))
            yield from (e for e in parts if e is not None)

    def period_at(self, at: datetime) -> Period:
        """The period in which *at* lies."""
        return period_of(at.astimezone(self.zone).date(), self.over)

    def ends(self, period: Period) -> datetime:
        """When *period* ends (UTC): the 00:00 after its last day."""
        return local_midnight(period.after, self.zone)

    def ended(self, clock: datetime) -> Iterator[Period]:
        """The periods that are assessed and have ended by *clock*: those on whose first day the rule is in force."""
        period = self.next_of(None)
        while period is not None and self.ends(period) <= clock:
            yield period
            period = self.next_of(period)

    def next_of(self, period: Period | None) -> Period | None:
        """The period that is assessed after *period*, or the first one."""
        day = self.effective.since if period is None else period.after
        if day is None or day.year > LAST_YEAR:
            return None
        found = period_of(day, self.over)
        if not self.effective.covers(found.first) and period is None:
            found = period_of(found.after, self.over)
        return found if self.effective.covers(found.first) else None

    def before(self, period: Period) -> Period:
        """The period just before *period*."""
        return period_of(period.first - ONE_DAY, self.over)

    def period_on(self, day: date) -> Period:
        """The period in which the local *day* lies."""
        return period_of(day, self.over)

    def rests(self, role: int, happening: Happening, clock: datetime) -> bool:
        """What belongs to a period that goes on changes no score yet."""
        return isinstance(self._roles[role], Item) and clock < self.ends(self.period_of(happening))

    def period_of(self, happening: Happening) -> Period:
        """The period to which *happening* belongs: that of its day, which for a breach at the end of a period is its last one."""
        return self.period_on(day_of(happening, self.zone))


def read(reader: ClauseReader) -> Scorecard:
    """The scorecard that *reader* stands at; its mistakes are written down."""
    reading = reader.reading
    each = read_each(reader)
    reader.begin((), population_fields() | {"period": FieldRef("trigger", "period", TEXT_TYPE)})
    words = [f"calendar {p}" for p in LONG_PERIODS]
    over = reading.keyword(reader.entries.get("over"), "«over»", words,
                           "write «calendar year», «calendar quarter» or «calendar month»")
    period: PeriodName = next((p for p in PERIODS if over == f"calendar {p}"), "year")
    items = tuple(i for n, node in reading.mapping(reader.entries.get("items"), "«items»").items() if (i := _item(n, node, reader)))
    overrides = tuple(o for node in reading.items(reader.entries.get("overridden"), "«overridden»")
                      if (o := _override(node, period, reader)))
    start = _number(reader.entries.get("start"), "start", reader)
    rule = Scorecard(
        each=each, over=period, zone=reader.pack.defaults.zone, start=start or Fraction(0), items=items, grades=_grades(reader),
        overrides=overrides, ranks=bool(reading.boolean(reader.entries.get("ranks"), "«ranks»")),
        **reader.shared("unit"))  # type: ignore[arg-type]
    check_beginning(rule.effective, reader)
    return rule


def _item(name: str, node: Node, reader: ClauseReader) -> Item | None:
    reading = reader.reading
    entries = reading.mapping(node, f"`{name}`", tuple(ITEM.keys), ITEM.required)
    of = reader.triggers("of", entries["of"]) if "of" in entries else ()
    if not of:
        return None
    fields = reader.shared_fields(of)
    member = _member(entries.get("same"), "unit" if "unit" in fields else "bearer", fields, name, node, reader)
    fields["bearer"] = FieldRef("trigger", "bearer", UNIT)
    scope = Scope(fields, {}, reader.pack.parameters, reader.pack.vocabulary)
    where = entries.get("where")
    kpi = _kpi(entries["kpi"], fields, reader) if "kpi" in entries else None
    if ("points" in entries) == ("kpi" in entries):
        reading.fail(node.span, "not-one-of", f"`{name}` needs exactly one of «points», «kpi»",
                     "write the points of each, or a «kpi» with points of its own")
    weight = _number(entries.get("weight"), "weight", reader, least=0)
    return Item(
        name, of, member, parse_condition(where, scope, reading) if isinstance(where, Scalar) else None,
        _amount(entries.get("points"), "points", scope, reader), kpi, _number(entries.get("at most"), "at most", reader, least=0),
        Fraction(1) if weight is None else weight)


def _member(node: Node | None, default: str, fields: Mapping[str, FieldRef], name: str, place: Node, reader: ClauseReader) -> str:
    field = reader.reading.text(node, "«same»") or default
    if field not in fields or fields[field].type != UNIT or fields[field].optional:
        reader.reading.fail((node or place).span, "unknown-field", f"`{field}` is no unit that what «{name}» counts always names"
                            if node is not None else f"what `{name}` counts has no field `{field}`",
                            "add «same: FIELD» with the field that holds the unit")
    return field


def _kpi(node: Node, fields: Mapping[str, FieldRef], reader: ClauseReader) -> Kpi | None:
    reading = reader.reading
    entries = reading.mapping(node, "«kpi»", tuple(KPI.keys), KPI.required)
    targets = [k for k in ("at least", "at most") if k in entries]
    if len(targets) != 1:
        reading.fail(node.span, "not-one-of", "«kpi» needs exactly one of «at least», «at most»",
                     "write «at least: NUMBER», or «at most: NUMBER» where less is better")
        return None
    if not {"points", "shortfall"} & set(entries):
        reading.fail(node.span, "missing-key", "«kpi» lacks «points»", "add «points: …», «shortfall: …» or both")
    parts = {}
    names = dict(fields)
    for key in ("value", targets[0], "points", "shortfall"):
        parts[key] = _amount(entries.get(key), key, Scope(names, {}, reader.pack.parameters, reader.pack.vocabulary), reader)
        if key == "value":
            names = names | _both("last period", optional=True)
        elif key == targets[0]:
            names = names | _both("target", optional=False)
    value, target = parts["value"], parts[targets[0]]
    if value is None or target is None:
        return None
    return Kpi(value, target, targets[0] == "at least", parts["points"], parts["shortfall"])


def _both(name: str, *, optional: bool) -> dict[str, FieldRef]:
    """A name of ours, in both spellings."""
    ref = FieldRef("trigger", name, NUMBER, optional)
    return {name: ref, WORDS[name]: ref}


def _amount(node: Node | None, key: str, scope: Scope, reader: ClauseReader) -> Expression | None:
    if node is None or reader.reading.text(node, f"«{key}»") is None or not isinstance(node, Scalar):
        return None
    return parse_number(node, scope, reader.reading)


def _number(node: Node | None, key: str, reader: ClauseReader, least: int | None = None) -> Fraction | None:
    return read_number(node, f"«{key}»", reader.reading, least)


def _grades(reader: ClauseReader) -> tuple[Grade, ...]:
    reading, node = reader.reading, reader.entries.get("grades")
    found: list[Grade] = []
    for item in reading.items(node, "«grades»"):
        entries = reading.mapping(item, "a grade", tuple(GRADE.keys))
        if set(entries) not in ({"grade", "from"}, {"otherwise"}):
            reading.fail(item.span, "not-a-grade", "a grade is «{grade: …, from: …}», and the last «{otherwise: …}»", "write it so")
            continue
        name = reading.text(entries.get("grade") or entries.get("otherwise"), "«grade»") or ""
        since = _number(entries.get("from"), "from", reader)
        if found and (found[-1].since is None or (since is not None and since >= found[-1].since)):
            reading.fail(item.span, "unreachable-grade", f"nobody can reach `{name}`: it stands below `{found[-1].name}`",
                         "write the highest grade first and «otherwise» last")
        if "otherwise" in entries or since is not None:
            found.append(Grade(name, since))
    if node is not None and (not found or found[-1].since is not None):
        reading.fail(node.span, "missing-grade", "the grades do not say what is below them", "end them with «- otherwise: GRADE»")
    return tuple(found)


def _override(node: Node, over: PeriodName, reader: ClauseReader) -> Override | None:
    reading = reader.reading
    entries = reading.mapping(node, "«overridden»", tuple(OVERRIDE.keys), OVERRIDE.required)
    by = reader.triggers("by", entries["by"]) if "by" in entries else ()
    if not by:
        return None
    if any(t.made is not Made.STANDING for t in by):
        reading.fail(entries["by"].span, "not-a-standing", "only what a competent body has put in force overrides a grade",
                     "name what a decided effect puts in force: «standing of RULE»")
    fields = reader.shared_fields(by)
    names = reading.names(entries.get("same"), "«same»")
    units = [n for n in names if n in fields and fields[n].type == UNIT and not fields[n].optional]
    others = [n for n in names if n not in units]
    for name in others:
        kind = fields[name].type if name in fields else None
        if kind is None or not (kind.sort in (Sort.TEXT, Sort.DATE, Sort.INSTANT) or (kind.sort is Sort.NUMBER and over == "year")):
            reading.fail(entries["same"].span, "unknown-field", f"`{name}` tells neither a unit nor a calendar {over}",
                         "name a unit, and a field that holds the year, the label of the period, or a day in it")
    if "same" in entries and (len(units) != 1 or len(others) > 1):
        reading.fail(entries["same"].span, "no-key", "«same» names one unit and at most one field that tells the period",
                     "write «same: [unit, year]», or «same: unit»")
        return None
    grade = reading.text(entries.get("grade"), "«grade»")
    return None if grade is None or not units else Override(grade, by, units[0], others[0] if others else None)


def concludes(rule: Scorecard, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    grades = frozenset((*(g.name for g in rule.grades), *(o.grade for o in rule.overrides)))
    kinds = {"unit": UNIT, "bearer": UNIT, "score": NUMBER, "grade": Type(Sort.CHOICE, grades), "period": TEXT_TYPE}
    if rule.ranks:
        kinds["rank"] = NUMBER
    return {Trigger(Made.SCORE, rule.name): {n: FieldRef("trigger", n, kind) for n, kind in kinds.items()}}
