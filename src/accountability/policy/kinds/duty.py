"""`duty`: when E, its bearer must D within L. `may` in place of `must` makes it a right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import attrs

from accountability.document import Node
from accountability.errors import closest
from accountability.policy.amounts import read_plain_limit, read_reckoning, read_tiers
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import (
    CONDITION,
    FIELD,
    FIELDS,
    LIMIT,
    RECKONING,
    SHARED,
    TEXT,
    TIERS,
    WEIGHT,
    Expressed,
    Record,
    Triggers,
    Words,
)
from accountability.policy.kinds.turns import FORMS, Turns, read_turns
from accountability.policy.parser import parse_instant
from accountability.policy.rule import Bearer, Made, Overlay, Period, RuleBase, Tier, Trigger, Weight
from accountability.policy.vocabulary import NUMBER, UNIT
from accountability.workdays import Limit, Reckoning

FORM = Record(
    {"duty": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "must": Triggers(), "may": Triggers(), "same": FIELDS,
     "provided": CONDITION, "within": TIERS, "due": Expressed("instant"), **RECKONING, "again": Words(("new", "ignore", "restart")),
     "even before": LIMIT, **FORMS, "breach": WEIGHT},
    required=("when", "bearer", "must", "same"), instead={"must": "may"},
    prefixed={"during": Record({"within": TIERS}, ("within",))})


class Again(StrEnum):
    """What a second trigger does while an obligation of the same key is undischarged."""

    NEW = "new"
    IGNORE = "ignore"
    RESTART = "restart"


@attrs.frozen(kw_only=True, slots=False)
class Duty(RuleBase):
    """When E, its bearer must D within L."""

    bearer: Bearer
    must: tuple[Trigger, ...]
    right: bool = False
    """Whether D is a right: late use is refused, and non-use is nobody's breach."""
    same: tuple[str, ...]
    provided: Expression | None = None
    tiers: tuple[Tier, ...] = ()
    due: Expression | None = None
    """An instant carried by the trigger, instead of a limit."""
    reckoning: Reckoning
    overlays: tuple[Overlay, ...] = ()
    again: Again = Again.NEW
    even_before: Limit | None = None
    """How long before its trigger an act may have happened and still discharge it; None: not at all."""
    turns: Turns = Turns()
    """What may happen to an obligation on its way: pauses, extension, acceptance, redo, what ends it."""
    weight: Weight = Weight()

    @property
    def straight(self) -> bool:
        """Whether nothing can happen to an obligation on its way but its discharge."""
        return self.turns == Turns() and not self.right

    @property
    def silent(self) -> frozenset[str]:
        """A right that is not used is nobody's matter."""
        return frozenset({"open", "lapsed"}) if self.right else frozenset()

    def acts(self) -> Iterator[Trigger]:
        yield from self.must

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from super().inputs()
        yield from self.turns.inputs()

    def periods(self) -> Iterator[Period]:
        yield from (o.period for o in self.overlays)

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which what comes in under *role* belongs together."""
        return self.same

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        tiers = (*self.tiers, *(t for o in self.overlays for t in o.tiers))
        candidates = [self.provided, self.due, *(t.limit for t in tiers), *(t.where for t in tiers)]
        yield from (e for e in candidates if e is not None)
        yield from self.turns.expressions()


def read(reader: ClauseReader) -> Duty:
    """The duty that *reader* stands at; its mistakes are written down."""
    bearer = reader.bearer()
    reader.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
    right = "may" in reader.entries
    must = reader.triggers("may" if right else "must")
    if right and "must" in reader.entries:
        reader.reading.fail(reader.name.span, "duty-and-right", f"the duty `{reader.name.text}` has «must» and «may»",
                            "keep «must» for a duty, «may» for a right")
    act = reader.shared_fields(must, "act") if must else None
    same = reader.key("same", of=act)
    due_node = reader.scalar("due")
    due = parse_instant(due_node, reader.scope(), reader.reading) if due_node else None
    tiers = read_tiers(reader.entries.get("within"), reader.scope(), reader.reading)
    if ("within" in reader.entries) == ("due" in reader.entries):
        reader.reading.fail(reader.name.span, "no-limit", f"the duty `{reader.name.text}` needs exactly one of «within» and «due»",
                            "write «within: LIMIT», or «due: FIELD» where the event carries the instant")
    overlays = [o for key, node in reader.entries.items() if key.startswith("during ") and (o := overlay(key, node, reader))]
    again = reader.reading.keyword(reader.entries.get("again"), "«again»", Again) or "new"
    turns = read_turns(reader, same, act or {})
    if turns.amount is not None:
        reader.trigger["owed"] = FieldRef("trigger", "owed", NUMBER, optional=True)
    return Duty(bearer=bearer, must=must, right=right, same=same, provided=reader.condition("provided", act) if must else None,
                tiers=tiers, due=due,
                reckoning=read_reckoning(reader.entries, reader.pack.defaults, reader.pack.calendars, reader.reading),
                overlays=tuple(overlays), again=Again(again),
                even_before=read_plain_limit(reader.scalar("even before"), reader.reading), turns=turns,
                weight=reader.weight("breach"), **reader.shared(same[0] if same else "bearer"))  # type: ignore[arg-type]


def overlay(key: str, node: Node, reader: ClauseReader) -> Overlay | None:
    """`during PERIOD: {within: …}`: other limits of a duty that has some."""
    body = reader.reading.mapping(node, f"«{key}»", ("within",), ("within",))
    period = reader.pack.periods.get(key[7:])
    if period is None:
        reader.reading.fail(node.span, "unknown-period", f"the pack declares no period `{key[7:]}`",
                            closest(key[7:], reader.pack.periods))
        return None
    if "within" not in reader.entries:
        reader.reading.fail(node.span, "no-limit", f"«{key}» changes the limit of a duty that has none",
                            "write «within: LIMIT» beside it")
    return Overlay(period, read_tiers(body.get("within"), reader.scope(), reader.reading))


def concludes(rule: Duty, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for. A right that is not used is no breach."""
    discharge = {Trigger(Made.DISCHARGE, rule.name): carried}
    return discharge if rule.right else {Trigger(Made.BREACH, rule.name): carried, **discharge}


