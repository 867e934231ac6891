"""`threshold`: so many of one key in a window are a finding of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

import attrs

from accountability.conclusion import Status
from accountability.policy.amounts import PERIODS as NAMES
from accountability.policy.amounts import read_number, read_window
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import (
    FIELD,
    FIELDS,
    PERIODS,
    SHARED,
    TEXT,
    WEIGHT,
    YES,
    Expressed,
    Phrase,
    Plain,
    Record,
    Triggers,
    Words,
)
from accountability.policy.parser import parse_number
from accountability.policy.rule import Bearer, Made, RuleBase, Trigger, Weight, Window, WindowKind
from accountability.policy.vocabulary import UNIT
from accountability.workdays import PeriodName

FORM = Record(
    {"threshold": TEXT, **SHARED, "count": Triggers(), "per": FIELDS, "within": Phrase("window"), "in a row": PERIODS,
     "adds": Expressed("number"), "different": FIELDS, "broken by": Triggers(), "reaches": Plain("number"),
     "fires": Words(("each", "rising", "once, used up")), "bearer": FIELD, "merit": YES, "finding": WEIGHT},
    required=("count", "per", "within", "reaches", "fires"), instead={"within": "in a row"})
BROKEN = 2
"""The role of what breaks a streak."""


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
    reaches: int | Fraction
    """How many members; with *adds* how much; with *different* how many values; with *in_a_row* how many periods."""
    fires: Fires
    weight: Weight = Weight()
    adds: Expression | None = None
    """What each member adds, instead of one."""
    different: tuple[str, ...] = ()
    """The fields by whose values members are told apart: those that have all of them alike count once."""
    broken: tuple[Trigger, ...] = ()
    """What breaks a streak: no member before it counts any more."""
    in_a_row: bool = False
    """Whether members in so many of the window's periods count, one right after the other, not their number in one of them."""

    merit: bool = False
    """Whether what is reached speaks for the bearer."""

    @property
    def status(self) -> Status:
        """What a finding of it is: a merit is reached, anything else is a breach."""
        return Status.REACHED if self.merit else Status.BREACH

    @property
    def plain(self) -> bool:
        """Whether members are merely counted in a window."""
        return self.adds is None and not self.different and not self.broken and not self.in_a_row

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from super().inputs()
        yield from ((BROKEN, t) for t in dict.fromkeys(self.broken))

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which members, and what breaks their streak, belong together."""
        return self.per

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        yield from (e for e in (self.adds,) if e is not None)


def read(reader: ClauseReader) -> Threshold:
    """The threshold that *reader* stands at; its mistakes are written down."""
    per = reader.key("per")
    units = [n for n in per if reader.trigger[n].type.kind in ("unit", "post")]
    bearer = reader.bearer(units[0] if units else "bearer")
    reader.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
    adds_node = reader.scalar("adds")
    adds = parse_number(adds_node, reader.scope(), reader.reading) if adds_node is not None else None
    row = reader.reading.keyword(reader.entries.get("in a row"), "«in a row»", [f"calendar {n}" for n in NAMES])
    if row is not None and (other := next((k for k in ("within", "adds", "different") if k in reader.entries), None)):
        reader.reading.fail(reader.entries["in a row"].span, "not-one-of",
                            f"the threshold `{reader.name.text}` needs exactly one of «{other}», «in a row»",
                            "write one of them; in a row, periods are counted")
    if adds_node is not None and "different" in reader.entries:
        reader.reading.fail(reader.entries["different"].span, "not-one-of",
                            f"the threshold `{reader.name.text}` needs exactly one of «adds», «different»",
                            "write one of them; of different values it is counted how many there are")
    different = reader.key("different") if "different" in reader.entries else ()
    broken = reader.keyed("broken by", per)[0] if "broken by" in reader.entries else ()
    reaches: int | Fraction | None
    if adds_node is not None:
        reaches = read_number(reader.entries.get("reaches"), "«reaches»", reader.reading)
    else:
        reaches = reader.reading.integer(reader.entries.get("reaches"), "«reaches»")
    if reaches is not None and (reaches <= 0 or (adds_node is None and reaches < 1)):
        reader.reading.fail(reader.entries["reaches"].span, "not-a-count", f"«reaches» is {reaches}",
                            "write 1 or more" if adds_node is None else "write more than 0")
    fires = reader.reading.keyword(reader.entries.get("fires"), "«fires»", Fires, "write «each», «rising» or «once, used up»")
    period: PeriodName | None = next((n for n in NAMES if row == f"calendar {n}"), None)
    window = read_window(reader.scalar("within"), reader.reading) if period is None else Window(WindowKind.CALENDAR, period=period)
    merit = bool(reader.reading.boolean(reader.entries.get("merit"), "«merit»"))
    shared = reader.shared(per[0] if per else "bearer")
    if merit:  # it stands against nobody, so as an exception it would never be told
        shared["report_all"] = True
    return Threshold(bearer=bearer, per=per, window=window,
                     zone=reader.pack.defaults.zone, reaches=1 if reaches is None or reaches <= 0 else reaches,
                     fires=Fires(fires or "each"), weight=reader.weight("finding"), adds=adds, different=different,
                     broken=broken, in_a_row=period is not None, merit=merit, **shared)  # type: ignore[arg-type]


def concludes(rule: Threshold, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    return {Trigger(Made.FINDING, rule.name): {n: carried[n] for n in (*rule.per, "bearer") if n in carried}}
