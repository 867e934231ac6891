"""`prohibition`: E is a breach; or E together with an authority's own failure is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from accountability.policy.amounts import read_plain_limit
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import FieldRef
from accountability.policy.forms import FIELD, FIELDS, LIMIT, SHARED, TEXT, WEIGHT, Record, Triggers
from accountability.policy.rule import Bearer, Made, RuleBase, Trigger, Weight
from accountability.policy.vocabulary import UNIT
from accountability.workdays import Limit

FORM = Record(
    {"prohibition": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "joined with": Triggers(), "same": FIELDS, "within": LIMIT,
     "breach": WEIGHT},
    required=("when", "bearer"))


@attrs.frozen
class Join:
    """The authority's own failure that makes an event a breach: not more than *within* before it, of the same fields (SG11)."""

    with_: tuple[Trigger, ...]
    same: tuple[str, ...]
    within: Limit | None = None

    @property
    def gap(self) -> bool:
        """Whether the failure is a gap: then the event must lie in it."""
        return any(t.made is Made.GAP for t in self.with_)


@attrs.frozen(kw_only=True, slots=False)
class Prohibition(RuleBase):
    """E is a breach; or E together with a failure of the authority is."""

    bearer: Bearer
    join: Join | None = None
    weight: Weight = Weight()

    @property
    def beside(self) -> tuple[str, ...] | None:
        return self.join.same if self.join else None

    def acts(self) -> Iterator[Trigger]:
        if self.join:
            yield from self.join.with_


def read(reader: ClauseReader) -> Prohibition:
    """The prohibition that *reader* stands at; its mistakes are written down."""
    bearer = reader.bearer()
    reader.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
    join = None
    if "joined with" in reader.entries:
        with_ = reader.joined()
        same = reader.key("same", of=reader.shared_fields(with_) if with_ else None)
        join = Join(with_, same, read_plain_limit(reader.scalar("within"), reader.reading))
        if join.gap:
            check_gap(join, reader)
    else:
        for key in ("same", "within"):
            if key in reader.entries:
                reader.reading.fail(reader.entries[key].span, "no-join", f"«{key}» stands without «joined with»",
                                    "name the failure that makes the event a breach")
    return Prohibition(bearer=bearer, join=join, weight=reader.weight("breach"),
                       **reader.shared(reader.own_subject()))  # type: ignore[arg-type]


def check_gap(join: Join, reader: ClauseReader) -> None:
    """An event lies in a gap or not: no other failure, and no stretch of time, can stand beside it."""
    if join.within is not None:
        reader.reading.fail(reader.entries["within"].span, "gap-alone",
                            "«within» does not go with a gap: the event lies in it, or not", "leave it out")
    if any(t.made is not Made.GAP for t in join.with_):
        reader.reading.fail(reader.entries["joined with"].span, "gap-alone", "a gap is joined together with something else",
                            "write two prohibitions")


def concludes(rule: Prohibition, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    return {Trigger(Made.BREACH, rule.name): carried}
