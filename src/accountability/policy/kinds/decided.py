"""`effect` without `propose`: an event is itself the decision, and what it decides stands for a term or until it is ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Scalar
from accountability.policy.amounts import read_term
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, SHARED, TEXT, Many, Moment, Record, Triggers, Words
from accountability.policy.kinds.effect import STANDING, On, read_on
from accountability.policy.parser import parse_condition
from accountability.policy.rule import AnswerSpec, Bearer, Made, RuleBase, Term, Trigger
from accountability.policy.vocabulary import NUMBER, UNIT

ENDING = Record({"when": Triggers(), "provided": CONDITION}, ("when",))
FORM = Record(
    {"effect": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "requires": Record(rest=CONDITION),
     "on": Many(Moment(unit=True)), "same": FIELDS, "standing": STANDING, "follows": Words(("person", "post")),
     "ended by": ENDING, "quashed by": ENDING,
     "again from": Triggers()},
    required=("when", "standing"))


class Role(IntEnum):
    """What comes in after the decision itself."""

    ENDED = 2
    QUASHED = 3
    AGAIN = 4


@attrs.frozen
class Ending:
    """An event, or what another rule concludes, that ends or quashes a standing of the same key."""

    when: tuple[Trigger, ...]
    provided: Expression | None = None


@attrs.frozen(kw_only=True, slots=False)
class DecidedEffect(RuleBase):
    """A decision puts it in force, if all that the decision *requires* holds; else the decision is refused and has no effect."""

    bearer: Bearer
    requires: tuple[tuple[str, Expression], ...] = ()
    on: tuple[On, ...]
    same: tuple[str, ...] = ()
    term: Term
    bars: tuple[str, ...] = ()
    follows_person: bool = True
    zone: ZoneInfo
    ended: Ending | None = None
    quashed: Ending | None = None
    again: tuple[Trigger, ...] = ()

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from super().inputs()
        yield from ((Role.ENDED, t) for t in (self.ended.when if self.ended else ()))
        yield from ((Role.QUASHED, t) for t in (self.quashed.when if self.quashed else ()))
        yield from ((Role.AGAIN, t) for t in self.again)

    def key_names(self, role: int) -> tuple[str, ...] | None:
        """The fields by which decisions and what ends them belong together; else every decision is by itself."""
        return self.same or None

    def lookups(self) -> Iterator[AnswerSpec]:
        yield from super().lookups()
        yield from (on.answer for on in self.on if on.answer is not None)

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        yield from (e for _, e in self.requires)
        yield from (e.provided for e in (self.ended, self.quashed) if e is not None and e.provided is not None)


def read(reader: ClauseReader) -> DecidedEffect:
    """The effect that *reader* stands at; its mistakes are written down."""
    units = [name for name, field in reader.trigger.items() if field.type.kind in ("unit", "post")]
    bearer = reader.bearer("bearer" if "bearer" in units or not units else units[0])
    reader.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
    same = reader.key("same")
    requires = []
    for label, node in reader.reading.mapping(reader.entries.get("requires"), "«requires»").items():
        if reader.reading.text(node, f"`{label}`") is not None and isinstance(node, Scalar):
            condition = parse_condition(node, reader.scope(by_then=True), reader.reading)
            requires += [(label, condition)] if condition is not None else []
    entries = reader.reading.mapping(reader.entries.get("standing"), "«standing»", tuple(STANDING.keys), STANDING.required)
    follows = reader.reading.keyword(reader.entries.get("follows"), "«follows»", ("person", "post"))
    for line in reader.answers():
        if line.moment == "now":
            reader.reading.fail(reader.entries["answers"].span, "unknown-moment", "nobody answers for a decision at every instant",
                                "write «at trigger» here, and «at now» under «on» for whom it is on")
    ended, quashed = _ending("ended by", same, reader), _ending("quashed by", same, reader)
    again = reader.keyed("again from", same)[0] if "again from" in reader.entries else ()
    if (ended or quashed or again) and not same:
        reader.reading.fail(reader.name.span, "missing-key", f"the effect `{reader.name.text}` lacks «same»",
                            "name the field that tells which standing is ended, quashed or begun again")
    return DecidedEffect(
        bearer=bearer, requires=tuple(requires), on=read_on(reader), same=same, term=read_term(entries.get("term"), reader.reading),
        bars=reader.reading.names(entries.get("bars"), "«bars»"), follows_person=follows != "post", zone=reader.pack.defaults.zone,
        ended=ended, quashed=quashed, again=again, **reader.shared(reader.own_subject()))  # type: ignore[arg-type]


def _ending(key: str, same: tuple[str, ...], reader: ClauseReader) -> Ending | None:
    node = reader.entries.get(key)
    if node is None:
        return None
    entries = reader.reading.mapping(node, f"«{key}»", tuple(ENDING.keys), ENDING.required)
    triggers, fields = reader.keyed("when", same, entries.get("when")) if "when" in entries else ((), {})
    provided = entries.get("provided")
    condition = parse_condition(provided, reader.scope(fields), reader.reading) if isinstance(provided, Scalar) else None
    return Ending(triggers, condition) if triggers else None


def concludes(rule: DecidedEffect, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for: `standing`, with how often it stands by now; and `refused`."""
    fields = dict(carried) | {"round": FieldRef("trigger", "round", NUMBER)}
    return {Trigger(Made.STANDING, rule.name): fields, Trigger(Made.REFUSED, rule.name): dict(carried)}


