"""Populations: the units that a rule looks at from the start, whatever happens. `each: unit`, with a condition on the unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from accountability.document import Scalar
from accountability.organisation import Organisation
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef, holds
from accountability.policy.forms import CONDITION, Form, Words
from accountability.policy.parser import parse_condition
from accountability.policy.resolver import Scope
from accountability.policy.vocabulary import UNIT

KEYS: dict[str, Form] = {"each": Words(("unit",)), "where": CONDITION}


@attrs.frozen
class Population:
    """Every unit of the organisation of which *where* certainly holds."""

    where: Expression | None = None

    def holds(self, unit: str, organisation: Organisation) -> bool:
        """Whether *unit* is one of them. A unit that the organisation does not know never is."""
        return unit in organisation.units and holds(self.where, _Unit(unit, organisation))

    def units(self, organisation: Organisation) -> Iterator[str]:
        """All of them, by id."""
        return (unit for unit in organisation.units if self.holds(unit, organisation))


@attrs.frozen
class _Unit:
    """What a condition on a unit may ask: the unit itself, and what the organisation says of it."""

    unit: str
    known: Organisation

    def field(self, scope: str, name: str) -> object:
        return self.unit if name == "unit" else None

    def organisation(self, what: str, of: object) -> object:
        organisation, name = self.known, str(of)
        return {"unit": organisation.unit_of, "role": organisation.role_of, "rank": organisation.rank_of,
                "level": organisation.level_of, "parent": organisation.parent_of}[what](name)

    def parameter(self, name: str, key: object, has_key: bool) -> object:
        return None

    def same_key(self, event_type: str, field: str) -> bool:
        return False

    def day(self) -> date:
        return date.min


def read_population(reader: ClauseReader) -> Population:
    """What stands under `each` and, as a condition on the unit, under `where`."""
    reader.reading.keyword(reader.entries.get("each"), "«each»", ("unit",), "write «unit»")
    where = reader.entries.get("where")
    if not isinstance(where, Scalar) or reader.reading.text(where, "«where»") is None:
        return Population()
    return Population(parse_condition(where, Scope({"unit": FieldRef("trigger", "unit", UNIT)}), reader.reading))
