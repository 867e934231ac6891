"""`duty` at every instant: in a period, or always, so many must be there; every stretch in which fewer are is a gap."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

import attrs

from accountability.errors import closest
from accountability.organisation import Organisation
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, NAME, SHARED, TEXT, WEIGHT, WHOLE, Record, Triggers, Words
from accountability.policy.kinds.population import EACH, Each, check_beginning, population_fields, read_each
from accountability.policy.rule import Bearer, Effective, Made, Period, RuleBase, Trigger, Weight
from accountability.policy.vocabulary import Sort, Type

FORM = Record(
    {"duty": TEXT, **SHARED, "at every instant": Words(("yes",), free=True), "each": EACH, "bearer": FIELD,
     "covered by": Triggers(), "same": FIELDS, "provided": CONDITION, "from": NAME, "to": NAME, "of": NAME, "at least": WHOLE,
     "breach": WEIGHT},
    required=("each", "covered by", "same"))
INSTANT = Type(Sort.INSTANT)


@attrs.frozen(kw_only=True, slots=False)
class Coverage(RuleBase):
    """At every instant of *period* (None: from the day it is in force) those on duty add up to *at_least*."""

    bearer: Bearer
    each: Each
    period: Period | None = None
    covered_by: tuple[Trigger, ...]
    same: tuple[str, ...]
    provided: Expression | None = None
    since_field: str = "from"
    until_field: str = "to"
    of: str | None = None
    """The field that says how many a shift counts for; None: one."""
    at_least: int = 1
    zone: ZoneInfo
    weight: Weight = Weight()

    def acts(self) -> Iterator[Trigger]:
        yield from self.covered_by

    def periods(self) -> Iterator[Period]:
        if self.period is not None:
            yield self.period

    def members(self, organisation: Organisation) -> Iterable[Hashable]:
        return self.each.keys(organisation)

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which shifts belong to a unit."""
        return self.same

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        yield from (e for e in (self.provided,) if e is not None)


def read(reader: ClauseReader) -> Coverage:
    """The duty that *reader* stands at; its mistakes are written down."""
    each, own = read_each(reader), population_fields()
    reader.begin((), own | {"from": FieldRef("trigger", "from", INSTANT), "to": FieldRef("trigger", "to", INSTANT, optional=True)})
    bearer = reader.bearer("unit")
    shifts = reader.triggers("covered by")
    act = reader.shared_fields(shifts, "act") if shifts else None
    same = reader.key("same", of=None if act is None else {n: f for n, f in act.items() if n in own})
    since, until = (shift_field(reader, key, key, Sort.INSTANT, act) or key for key in ("from", "to"))
    of = shift_field(reader, "of", None, Sort.NUMBER, act)
    number = reader.reading.integer(reader.entries.get("at least"), "«at least»")
    if number is not None and number < 1:
        reader.reading.fail(reader.entries["at least"].span, "not-a-count", f"«at least» is {number}", "write 1 or more")
    shared = reader.shared("unit")
    period = read_period(reader)
    effective = shared["effective"]
    assert isinstance(effective, Effective)
    if period is None:
        check_beginning(effective, reader)
    return Coverage(bearer=bearer, each=each, period=period, covered_by=shifts, same=same,
                    provided=reader.condition("provided", act) if shifts else None, since_field=since, until_field=until, of=of,
                    at_least=max(number or 1, 1), zone=reader.pack.defaults.zone, weight=reader.weight("breach"),
                    **shared)  # type: ignore[arg-type]


def read_period(reader: ClauseReader) -> Period | None:
    """`at every instant: PERIOD`; None for `yes`."""
    text = reader.text("at every instant")
    if text is None or text == "yes":
        return None
    if text not in reader.pack.periods:
        reader.reading.fail(reader.entries["at every instant"].span, "unknown-period", f"the pack declares no period `{text}`",
                            closest(text, reader.pack.periods) if reader.pack.periods else "write «yes», or declare it")
    return reader.pack.periods.get(text, Period(text))


def shift_field(reader: ClauseReader, key: str, default: str | None, sort: Sort, act: Mapping[str, FieldRef] | None) -> str | None:
    """The field of every shift that *key* names. Where a shift is without an instant, nobody can say what it covers."""
    name = reader.text(key) if key in reader.entries else default
    if name is None or act is None:
        return name
    field = act.get(name)
    if field is None or field.type.sort is not sort or (sort is Sort.INSTANT and field.optional):
        node = reader.entries.get(key) or reader.entries["covered by"]
        what = "required instant" if sort is Sort.INSTANT else "number"
        known = [n for n, f in act.items() if f.type.sort is sort and not (f.optional and sort is Sort.INSTANT)]
        there = field is not None and field.type.sort is sort
        declare = f"declare `{name}` without «optional»" if there else f"declare `{name}: {sort}`"
        reader.reading.fail(node.span, "unknown-field", f"what covers has no {what} `{name}`",
                            closest(name, known) if known and field is None else declare)
    return name


def concludes(rule: Coverage, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for: a gap, from its first instant; it has no `to` while it lasts."""
    return {Trigger(Made.GAP, rule.name): carried}
