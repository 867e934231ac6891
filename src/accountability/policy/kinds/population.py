"""`each`: a rule that time alone starts, for every unit of the organisation, or for one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from accountability.organisation import Organisation
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import FieldRef
from accountability.policy.forms import Form, Words
from accountability.policy.rule import Effective
from accountability.policy.scope import UNIT_PREFIXES, bare
from accountability.policy.triggers import Unread
from accountability.policy.vocabulary import UNIT

EACH: Form = Words(("unit",), free=True)
FIRST_YEAR = 1800
"""Intake refuses events before it, so nothing could have been done earlier."""


@attrs.frozen
class Each:
    """Every unit of the organisation, while it exists; or *unit* alone."""

    unit: str | None = None

    def keys(self, organisation: Organisation) -> Iterable[tuple[str]]:
        """The keys of the cells that are looked at from the start."""
        return [(unit,) for unit in ((self.unit,) if self.unit is not None else organisation.units)]


def read_each(reader: ClauseReader) -> Each:
    """`each: unit`, or `each: unit/office-w`. Raises Unread for anything else."""
    text = reader.text("each")
    if text == "unit":
        return Each()
    if text is None or not text.startswith(UNIT_PREFIXES):
        if text is not None:
            reader.reading.fail(reader.entries["each"].span, "unknown-choice", f"«each» is `{text}`",
                                "write «unit» for every unit, or name one, such as `unit/county`")
        raise Unread
    return Each(bare(text, "unit"))


def population_fields() -> dict[str, FieldRef]:
    """What a rule sees of whom it is about."""
    return {"unit": FieldRef("trigger", "unit", UNIT), "bearer": FieldRef("trigger", "bearer", UNIT)}


def check_beginning(effective: Effective, reader: ClauseReader) -> None:
    """What time alone starts needs a day from which it runs."""
    if effective.since is None or effective.since < date(FIRST_YEAR, 1, 1):
        reader.reading.fail(reader.name.span, "no-beginning", f"`{reader.name.text}` does not say from which day it runs",
                            f"write «effective: {{from: …}}» in the rule or in the head, with a day from {FIRST_YEAR} on")
