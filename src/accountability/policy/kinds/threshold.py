"""`threshold`: so many of one key in a window are a finding of their own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

import attrs

from accountability.policy.amounts import read_window
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import FieldRef
from accountability.policy.forms import FIELD, FIELDS, SHARED, TEXT, WEIGHT, WHOLE, Phrase, Record, Triggers, Words
from accountability.policy.rule import Bearer, Made, RuleBase, Trigger, Weight, Window
from accountability.policy.vocabulary import UNIT

FORM = Record(
    {"threshold": TEXT, **SHARED, "count": Triggers(), "per": FIELDS, "within": Phrase("window"), "reaches": WHOLE,
     "fires": Words(("each", "rising", "once, used up")), "bearer": FIELD, "finding": WEIGHT},
    required=("count", "per", "within", "reaches", "fires"))


class Fires(StrEnum):
    """At which members a threshold gives a finding; there is no default (time.md, threshold fires)."""

    EACH = "each"
    RISING = "rising"
    ONCE = "once, used up"


@attrs.frozen(kw_only=True, slots=False)
class Threshold(RuleBase):
    """So many events or conclusions of one key in a window give a finding."""

    bearer: Bearer
    per: tuple[str, ...]
    window: Window
    zone: ZoneInfo
    reaches: int
    fires: Fires
    weight: Weight = Weight()


def read(reader: ClauseReader) -> Threshold:
    """The threshold that *reader* stands at; its mistakes are written down."""
    per = reader.key("per")
    units = [n for n in per if reader.trigger[n].type.kind in ("unit", "post")]
    bearer = reader.bearer(units[0] if units else "bearer")
    reader.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
    reaches = reader.reading.integer(reader.entries.get("reaches"), "«reaches»")
    if reaches is not None and reaches < 1:
        reader.reading.fail(reader.entries["reaches"].span, "not-a-count", f"«reaches» is {reaches}", "write 1 or more")
    fires = reader.reading.keyword(reader.entries.get("fires"), "«fires»", Fires, "write «each», «rising» or «once, used up»")
    return Threshold(bearer=bearer, per=per, window=read_window(reader.scalar("within"), reader.reading),
                     zone=reader.pack.defaults.zone, reaches=max(reaches or 1, 1), fires=Fires(fires or "each"),
                     weight=reader.weight("finding"), **reader.shared(per[0] if per else "bearer"))  # type: ignore[arg-type]


def concludes(rule: Threshold, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    return {Trigger(Made.FINDING, rule.name): {n: carried[n] for n in (*rule.per, "bearer") if n in carried}}
