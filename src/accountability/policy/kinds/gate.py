"""`gate`: a step counts only if all of its conditions hold; otherwise it is refused, naming what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, SHARED, TEXT, WEIGHT, Many, Plain, Record, Triggers
from accountability.policy.rule import Bearer, Made, RuleBase, Trigger, Weight
from accountability.policy.vocabulary import UNIT

FORM = Record(
    {"gate": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "requires": Record(rest=CONDITION),
     "barred": Record({"from": Many(Plain("name")), "who": FIELDS}, ("from", "who")), "breach": WEIGHT},
    required=("when",))


@attrs.frozen
class Barred:
    """The step is refused to whoever a decided effect in force keeps from one of *acts*: the trigger's fields *who*."""

    acts: tuple[str, ...]
    who: tuple[tuple[str, str], ...]
    """Each with the kind of what it holds: unit, post or office-holder."""
    effects: tuple[str, ...]
    """The effects of the pack that bar one of *acts*."""


@attrs.frozen(kw_only=True, slots=False)
class Gate(RuleBase):
    """Step S counts only if all of its conditions hold."""

    bearer: Bearer
    requires: tuple[tuple[str, Expression], ...] = ()
    """Each condition with the label under which it is missing."""
    barred: Barred | None = None
    weight: Weight = Weight()

    def acts(self) -> Iterator[Trigger]:
        yield from (Trigger(Made.BAR, name) for name in (self.barred.effects if self.barred else ()))

    def key_names(self, role: int) -> tuple[str, ...] | None:
        """A gate with bars looks at all steps and standings at once; any other at every step by itself."""
        return () if self.barred else None

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        yield from (e for _, e in self.requires)


def read(reader: ClauseReader) -> Gate:
    """The gate that *reader* stands at; its mistakes are written down."""
    bearer = reader.bearer("bearer")
    reader.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
    requires = reader.requirements()
    if "requires" not in reader.entries and "barred" not in reader.entries:
        reader.reading.fail(reader.name.span, "missing-key", f"the gate `{reader.name.text}` lacks «requires»",
                            "add «requires: {LABEL: CONDITION}», or «barred: {from: …, who: …}»")
    return Gate(bearer=bearer, requires=requires, barred=_barred(reader), weight=reader.weight("breach"),
                **reader.shared(reader.own_subject()))  # type: ignore[arg-type]


def _barred(reader: ClauseReader) -> Barred | None:
    node = reader.entries.get("barred")
    if node is None:
        return None
    entries = reader.reading.mapping(node, "«barred»", ("from", "who"), ("from", "who"))
    acts = reader.reading.names(entries.get("from"), "«from»")
    who = reader.reading.names(entries.get("who"), "«who»")
    for name in who:
        field = reader.trigger.get(name)
        if field is None or field.type.kind not in ("unit", "post", "office-holder"):
            reader.reading.fail(entries["who"].span, "unknown-field", f"`{name}` is no unit, post or office-holder of the trigger",
                                "name a field that holds one")
    kinds = tuple((name, reader.trigger[name].type.kind) for name in who if name in reader.trigger)
    return Barred(acts, kinds, tuple(reader.pack.barring(acts)))


def concludes(rule: Gate, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    return {Trigger(Made.PASSED, rule.name): carried, Trigger(Made.REFUSED, rule.name): carried}
