"""`reporting`: a report climbs from unit to unit, each hop in time, as far as its grade demands; every report is judged once.

The word is not `report`: that one is a key of every rule and says what it lists, and one word has one meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum

import attrs

from accountability.document import Node, Scalar, Sequence
from accountability.errors import closest
from accountability.policy.amounts import read_plain_limit, read_reckoning, read_tiers
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import (
    CONDITION,
    FIELD,
    FIELDS,
    LABELLED,
    LIMIT,
    RECKONING,
    SHARED,
    TEXT,
    TIERS,
    WEIGHT,
    Either,
    Many,
    Record,
    Triggers,
)
from accountability.policy.parser import parse_condition
from accountability.policy.rule import Bearer, Exemption, Made, RuleBase, Tier, Trigger, Weight
from accountability.policy.scope import Scope
from accountability.policy.vocabulary import UNIT, Sort, Type
from accountability.workdays import Limit, Reckoning

WITHIN = Record({"limit": LIMIT, "from": Triggers()}, ("limit", "from"))
FOUND = Record({"when": Triggers(), "unit": FIELD, "omitted": CONDITION, "false": CONDITION}, ("when", "unit"))
ROUTE = Either(TEXT, Many(Record({"where": CONDITION, "level": TEXT, "otherwise": TEXT}), listed=True))
FORM = Record(
    {"reporting": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "same": FIELDS, "within": WITHIN, "sent by": Triggers(),
     "from": FIELD, "to": FIELD, "provided": CONDITION, "first within": TIERS, "each within": TIERS, **RECKONING,
     "levels": Many(TEXT), "up to": ROUTE, "direct when": LABELLED, "facts verified by": Triggers(), "found by": FOUND,
     "breach": WEIGHT},
    required=("when", "bearer", "same", "sent by", "from", "to", "first within", "each within", "levels", "up to"))
CLASSES = ("on_time", "late", "omitted", "false", "concealed", "skip_level", "lawful_direct")


class Role(IntEnum):
    """What comes in beside triggers and reports."""

    SINCE = 2
    VERIFIED = 3
    FOUND = 4


@attrs.frozen
class Stage:
    """How far up a report must go *where* a condition on what its unit has been told holds; None: wherever none above does."""

    level: str
    where: Expression | None = None


@attrs.frozen
class Span:
    """A trigger counts only if it is not later than *limit* after one of these, the last day included."""

    limit: Limit
    since: tuple[Trigger, ...]


@attrs.frozen
class Found:
    """What finds that the last report of its field *unit* left something out, or was knowingly untrue."""

    when: tuple[Trigger, ...]
    unit: Bearer
    omitted: Expression | None = None
    false: Expression | None = None


@attrs.frozen(kw_only=True, slots=False)
class Reporting(RuleBase):
    """A report must climb the levels of its grade's route, each hop within its limit."""

    bearer: Bearer
    same: tuple[str, ...]
    within: Span | None = None
    sent: tuple[Trigger, ...]
    sender: Bearer
    receiver: Bearer
    known: tuple[str, ...] = ()
    """The fields that a trigger shares with a report: what the bearer has been told by it."""
    provided: Expression | None = None
    first: tuple[Tier, ...]
    each: tuple[Tier, ...]
    reckoning: Reckoning
    levels: tuple[str, ...]
    """From the lowest; a unit of any other level stands below them all."""
    route: tuple[Stage, ...]
    direct: tuple[Exemption, ...] = ()
    """When a report past the immediate superior is lawful."""
    verified: tuple[Trigger, ...] = ()
    found: Found | None = None
    weight: Weight = Weight()

    def acts(self) -> Iterator[Trigger]:
        yield from self.sent

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from super().inputs()
        yield from ((Role.SINCE, t) for t in dict.fromkeys(self.within.since if self.within else ()))
        yield from ((Role.VERIFIED, t) for t in dict.fromkeys(self.verified))
        yield from ((Role.FOUND, t) for t in dict.fromkeys(self.found.when if self.found else ()))

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which what comes in under *role* belongs together."""
        return self.same

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        candidates = [self.provided, *(e.where for e in self.direct), *(s.where for s in self.route)]
        candidates += [e for t in (*self.first, *self.each) for e in (t.limit, t.where)]
        candidates += [self.found.omitted, self.found.false] if self.found else []
        yield from (e for e in candidates if e is not None)

    def ends(self, at: str | None, level: str) -> bool:
        """Whether a route to *level* goes no further than a unit whose level is *at*."""
        return at in self.levels and self.levels.index(at) >= self.levels.index(level)


def read(reader: ClauseReader) -> Reporting:
    """The rule on reporting that *reader* stands at; its mistakes are written down."""
    reading, entries = reader.reading, reader.entries
    bearer = reader.bearer()
    reader.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
    sent = reader.triggers("sent by")
    report = reader.shared_fields(sent, "act") if sent else {}
    same = reader.key("same", of=report if sent else None)
    levels = _levels(reader)
    scope = reader.scope(report)
    return Reporting(
        bearer=bearer, same=same, within=_within(same, reader), sent=sent, sender=_end("from", report, reader),
        receiver=_end("to", report, reader),
        known=tuple(n for n, field in report.items() if n in reader.trigger and reader.trigger[n].type == field.type),
        provided=reader.condition("provided", report), first=read_tiers(entries.get("first within"), reader.scope(), reading),
        each=read_tiers(entries.get("each within"), scope, reading),
        reckoning=read_reckoning(entries, reader.pack.defaults, reader.pack.calendars, reading), levels=levels,
        route=_route(levels, attrs.evolve(scope, trigger={}), reader), direct=reader.exemptions("direct when", report),
        verified=reader.keyed("facts verified by", same)[0] if "facts verified by" in entries else (),
        found=_found(same, reader), weight=reader.weight("breach"),
        **reader.shared(same[0] if same else "bearer"))  # type: ignore[arg-type]


def _levels(reader: ClauseReader) -> tuple[str, ...]:
    levels = reader.reading.names(reader.entries.get("levels"), "«levels»")
    for name in dict.fromkeys(n for n in levels if levels.count(n) > 1):
        reader.reading.fail(reader.entries["levels"].span, "not-a-route", f"the level `{name}` stands twice", "name it once")
    return levels


def _end(key: str, report: Mapping[str, FieldRef], reader: ClauseReader) -> Bearer:
    """Who sent a report, or to whom it went: a field of it that holds a unit or post."""
    node = reader.entries.get(key)
    name = reader.reading.text(node, f"«{key}»")
    if node is None or name is None or not report:
        return Bearer()
    field = report.get(name)
    if field is None or field.type.kind not in ("unit", "post"):
        reader.reading.fail(node.span, "unknown-field", f"`{name}` is no unit or post of what «sent by» names",
                            closest(name, [n for n, f in report.items() if f.type.kind in ("unit", "post")]))
    elif field.optional:
        reader.reading.fail(node.span, "optional-key", f"`{name}` may be missing, so nobody could say whose report it is",
                            f"declare `{name}` without «optional»")
    return Bearer(field=name)


def _within(same: tuple[str, ...], reader: ClauseReader) -> Span | None:
    node = reader.entries.get("within")
    if node is None:
        return None
    entries = reader.reading.mapping(node, "«within»", tuple(WITHIN.keys), WITHIN.required)
    since = reader.keyed("from", same, entries["from"])[0] if "from" in entries else ()
    limit = entries.get("limit")
    found = read_plain_limit(limit, reader.reading) if isinstance(limit, Scalar) else None
    return Span(found, since) if found is not None else None


def _route(levels: tuple[str, ...], scope: Scope, reader: ClauseReader) -> tuple[Stage, ...]:
    """One level, or a list of `{where: …, level: …}` that ends with `{otherwise: …}`."""
    node = reader.entries.get("up to")
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        return _stage(node, None, levels, reader)
    if not node.items:
        reader.reading.fail(node.span, "empty-value", "«up to» is empty", "write a level")
    found: list[Stage] = []
    for item in node.items:
        entries = reader.reading.mapping(item, "a tier", ("where", "level", "otherwise"))
        level, where = entries.get("otherwise") or entries.get("level"), entries.get("where")
        if level is None or not isinstance(where, Scalar | None) or set(entries) not in ({"where", "level"}, {"otherwise"}):
            reader.reading.fail(item.span, "not-a-tier", "a tier is «{where: …, level: …}», and the last «{otherwise: …}»",
                                "write it so")
            continue
        condition = parse_condition(where, scope, reader.reading) if where is not None else None
        if condition is not None or "otherwise" in entries:
            found += _stage(level, condition, levels, reader)
    if found and all(s.where is not None for s in found):
        reader.reading.fail(node.span, "missing-tier", "the tiers do not say what holds elsewhere",
                            "end them with «- otherwise: LEVEL»")
    if any(s.where is None for s in found[:-1]):
        reader.reading.fail(node.span, "unreachable-tier", "a tier stands below «otherwise»", "write «otherwise» last")
    return tuple(found)


def _stage(node: Node, where: Expression | None, levels: tuple[str, ...], reader: ClauseReader) -> tuple[Stage, ...]:
    level = reader.reading.text(node, "«up to»")
    if level is None:
        return ()
    if level not in levels:
        reader.reading.fail(node.span, "not-a-route", f"`{level}` is none of the «levels» of `{reader.name.text}`",
                            closest(level, dict.fromkeys(levels)) if levels else "name them in «levels», from the lowest")
        return ()
    return (Stage(level, where),)


def _found(same: tuple[str, ...], reader: ClauseReader) -> Found | None:
    node = reader.entries.get("found by")
    if node is None:
        return None
    entries = reader.reading.mapping(node, "«found by»", tuple(FOUND.keys), FOUND.required)
    triggers, fields = reader.keyed("when", same, entries["when"]) if "when" in entries else ((), {})
    name = reader.reading.text(entries.get("unit"), "«unit»")
    if triggers and name is not None and (name not in fields or fields[name].type.kind not in ("unit", "post")):
        reader.reading.fail(entries["unit"].span, "unknown-field", f"`{name}` is no unit or post of what «found by» names",
                            closest(name, [n for n, f in fields.items() if f.type.kind in ("unit", "post")]))
    if "omitted" not in entries and "false" not in entries:
        reader.reading.fail(node.span, "missing-key", "«found by» lacks «omitted» and «false»",
                            "say by a condition which of the two was found")
    omitted, false = (parse_condition(entry, reader.scope(fields), reader.reading) if isinstance(entry, Scalar) else None
                      for entry in (entries.get("omitted"), entries.get("false")))
    return Found(triggers, Bearer(field=name), omitted, false) if triggers else None


def concludes(rule: Reporting, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for: a hop that was made, and one that was not or a report that was not as it must be."""
    fields = dict(carried) | {"class": FieldRef("trigger", "class", Type(Sort.CHOICE, frozenset(CLASSES)), optional=True)}
    return {Trigger(Made.BREACH, rule.name): fields, Trigger(Made.DISCHARGE, rule.name): fields}
