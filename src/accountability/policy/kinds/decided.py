"""`effect` without `propose`: an event is itself the decision, and what it decides stands for a term or until it is ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from zoneinfo import ZoneInfo

import attrs

from accountability.policy.amounts import read_term
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, SHARED, TEXT, Many, Moment, Record, Triggers, Words
from accountability.policy.kinds.effect import ENDING, STANDING, Ending, On, follows_person, read_ending, read_on
from accountability.policy.rule import AnswerSpec, Bearer, Made, RuleBase, Term, Trigger
from accountability.policy.vocabulary import NUMBER, UNIT

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
        """The fields by which decisions and what ends them belong together; else every decision is by itself.

        Terms that come together are looked at as one: whom they are on says nothing of the fields.
        """
        return () if self.term.joins else self.same or None

    def lookups(self) -> Iterator[AnswerSpec]:
        yield from super().lookups()
        yield from (on.answer for on in self.on if on.answer is not None)

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        yield from (e for _, e in self.requires)
        yield from (e for e in (self.term.amount,) if e is not None)
        yield from (e.provided for e in (self.ended, self.quashed) if e is not None and e.provided is not None)


def read(reader: ClauseReader) -> DecidedEffect:
    """The effect that *reader* stands at; its mistakes are written down."""
    units = [name for name, field in reader.trigger.items() if field.type.kind in ("unit", "post")]
    bearer = reader.bearer("bearer" if "bearer" in units or not units else units[0])
    reader.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
    same = reader.key("same")
    requires = reader.requirements()
    entries = reader.reading.mapping(reader.entries.get("standing"), "«standing»", tuple(STANDING.keys), STANDING.required)
    for line in reader.answers():
        if line.moment == "now":
            reader.reading.fail(reader.entries["answers"].span, "unknown-moment", "nobody answers for a decision at every instant",
                                "write «at trigger» here, and «at now» under «on» for whom it is on")
    ended, quashed = read_ending("ended by", same, reader), read_ending("quashed by", same, reader)
    again = reader.keyed("again from", same)[0] if "again from" in reader.entries else ()
    if (ended or quashed or again) and not same:
        reader.reading.fail(reader.name.span, "missing-key", f"the effect `{reader.name.text}` lacks «same»",
                            "name the field that tells which standing is ended, quashed or begun again")
    term, on = read_term(entries, reader.scope(), reader.reading), read_on(reader)
    if term.joins and (again or any(one.answer is not None and one.answer.moment == "now" for one in on)):
        reader.reading.fail(entries["term"].span, "not-a-term",
                            "terms come together where what they are on changes, or begins again",
                            "leave out «again from» and «at now», or «together» and «meanwhile»")
    return DecidedEffect(
        bearer=bearer, requires=requires, on=on, same=same, term=term,
        bars=reader.reading.names(entries.get("bars"), "«bars»"), follows_person=follows_person(reader),
        zone=reader.pack.defaults.zone,
        ended=ended, quashed=quashed, again=again, **reader.shared(reader.own_subject()))  # type: ignore[arg-type]


def concludes(rule: DecidedEffect, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for: `standing`, with how often it stands by now; and `refused`."""
    fields = dict(carried) | {"round": FieldRef("trigger", "round", NUMBER)}
    return {Trigger(Made.STANDING, rule.name): fields, Trigger(Made.REFUSED, rule.name): dict(carried)}


