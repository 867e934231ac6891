"""What may happen to an obligation on its way: pauses, an extension, acceptance, redo, what voids it, what it amounts to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum

import attrs

from accountability.document import Node, Scalar
from accountability.policy.amounts import read_tiers
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import AMOUNT, CONDITION, FIELDS, TIERS, WHOLE, YES, Expressed, Form, Many, Record, Triggers, Words
from accountability.policy.parser import parse_condition, parse_limit, parse_number
from accountability.policy.rule import Tier, Trigger

NUMBER = Expressed("number")
FORMS: Mapping[str, Form] = {
    "amount": Record({"of": NUMBER, "at least": NUMBER, "at most": NUMBER}, ("of",)),
    "pauses": Many(Record({"from": Triggers(), "to": Triggers(), "provided": CONDITION, "at most": AMOUNT, "with last day": YES,
                           "then": Words(("resume", "restart"))}, ("from", "to"))),
    "extension": Record({"when": Triggers(), "provided": CONDITION, "limit": TIERS, "at most": WHOLE}, ("when", "limit")),
    "accepted by": Record({"when": Triggers(), "same": FIELDS, "provided": CONDITION}, ("when",)),
    "redo": Record({"when": Triggers(), "same": FIELDS, "provided": CONDITION, "within": AMOUNT}, ("when", "within")),
    "void": Record({"when": Triggers(), "provided": CONDITION}, ("when",)),
}
"""The keys of a duty that say so."""


class Turn(IntEnum):
    """The roles in which such events come in, after trigger and act; pause *n* has the roles PAUSE + 2n and the next."""

    EXTENSION = 2
    ACCEPTED = 3
    REDO = 4
    VOID = 5
    PAUSE = 6


@attrs.frozen
class Event:
    """What turns an obligation: one of *when*, where *provided* holds of it; of the same act by the fields *same*."""

    when: tuple[Trigger, ...]
    provided: Expression | None = None
    same: tuple[str, ...] = ()


@attrs.frozen
class Pause:
    """The clock stands still from one event to another, unions of spans (time.md, pause); then it goes on, or starts anew.

    *with_last_day*: it still stands on the whole local day of the other event.
    """

    since: Event
    until: tuple[Trigger, ...]
    restarts: bool = False
    with_last_day: bool = False
    at_most: Expression | None = None
    """How long after it began a pause ends by itself, if nothing has ended it; where it is missing, there is no bound."""


@attrs.frozen
class Extension:
    """More time, if granted before the due has passed; counted from the unrolled end, so many times (time.md, extension).

    How much the first tier says whose condition holds. Where none does, or what it says is missing, there is no more time.
    """

    by: Event
    tiers: tuple[Tier, ...]
    at_most: int = 1


@attrs.frozen
class Redo:
    """What was done is sent back and owed again: by the later of its own due and this limit (time.md, redo)."""

    by: Event
    within: Expression


@attrs.frozen
class Amount:
    """What is owed, a number: *of*, not below *at_least* and not above *at_most*."""

    of: Expression
    at_least: Expression | None = None
    at_most: Expression | None = None


@attrs.frozen
class Turns:
    """All that may happen to an obligation on its way."""

    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    accepted: Event | None = None
    redo: Redo | None = None
    void: Event | None = None
    amount: Amount | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of *FORMS* that say something here."""
        said = (self.amount, self.pauses, self.extension, self.accepted, self.redo, self.void)
        return tuple(key for key, one in zip(FORMS, said, strict=True) if one)

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        """What it waits for, each with its role."""
        yield from ((Turn.EXTENSION, t) for t in (self.extension.by.when if self.extension else ()))
        yield from ((Turn.ACCEPTED, t) for t in (self.accepted.when if self.accepted else ()))
        yield from ((Turn.REDO, t) for t in (self.redo.by.when if self.redo else ()))
        yield from ((Turn.VOID, t) for t in (self.void.when if self.void else ()))
        for number, pause in enumerate(self.pauses):
            yield from ((Turn.PAUSE + 2 * number, t) for t in pause.since.when)
            yield from ((Turn.PAUSE + 2 * number + 1, t) for t in pause.until)

    def limits(self) -> Iterator[Expression]:
        """The limits in it."""
        yield from (p.at_most for p in self.pauses if p.at_most is not None)
        yield from (t.limit for t in (self.extension.tiers if self.extension else ()))
        yield from (self.redo.within,) if self.redo else ()

    def expressions(self) -> Iterator[Expression]:
        """Every expression in it."""
        events = [*(p.since for p in self.pauses), *(e for e in (self.accepted, self.void) if e is not None)]
        found: list[Expression | None] = [*(e.provided for e in events), *(p.at_most for p in self.pauses)]
        if self.extension:
            found += [self.extension.by.provided, *(e for t in self.extension.tiers for e in (t.where, t.limit))]
        if self.redo:
            found += [self.redo.by.provided, self.redo.within]
        if self.amount:
            found += [self.amount.of, self.amount.at_least, self.amount.at_most]
        yield from (e for e in found if e is not None)


def read_turns(reader: ClauseReader, same: tuple[str, ...], act: Mapping[str, FieldRef]) -> Turns:
    """The turns of the duty that *reader* stands at, whose acts have the fields *act*."""
    pauses = []
    for node in reader.reading.items(reader.entries.get("pauses"), "«pauses»"):
        entries, fields = _event_entries(node, "pauses", "from", same, reader)
        until = reader.triggers("to", entries.get("to")) if "to" in entries else ()
        then = reader.reading.keyword(entries.get("then"), "«then»", ("resume", "restart"))
        whole = bool(reader.reading.boolean(entries.get("with last day"), "«with last day»"))
        at_most = _amount(entries.get("at most"), fields, reader)
        pauses.append(Pause(_event(entries, "from", fields, reader), until, then == "restart", whole, at_most))
    extension = redo = None
    if (extending := reader.entries.get("extension")) is not None:
        entries, fields = _event_entries(extending, "extension", "when", same, reader)
        tiers = read_tiers(entries.get("limit"), reader.scope(fields), reader.reading, "limit")
        number = reader.reading.integer(entries.get("at most"), "«at most»")
        extension = Extension(_event(entries, "when", fields, reader), tiers, 1 if number is None else number)
    if (redoing := reader.entries.get("redo")) is not None:
        entries, fields = _event_entries(redoing, "redo", "when", same, reader)
        limit = _amount(entries.get("within"), fields, reader)
        if limit is not None:
            redo = Redo(_event(entries, "when", fields, reader, act), limit)
    accepted = void = None
    if (accepting := reader.entries.get("accepted by")) is not None:
        entries, fields = _event_entries(accepting, "accepted by", "when", same, reader)
        accepted = _event(entries, "when", fields, reader, act)
    if (voiding := reader.entries.get("void")) is not None:
        entries, fields = _event_entries(voiding, "void", "when", same, reader)
        void = _event(entries, "when", fields, reader)
    return Turns(tuple(pauses), extension, accepted, redo, void, _read_amount(reader))


def _event_entries(
    node: Node, key: str, when: str, same: tuple[str, ...], reader: ClauseReader
) -> tuple[dict[str, Node], Mapping[str, FieldRef]]:
    """The entries of one turn, and the fields of the events that make it; they must carry the key of the duty."""
    form = FORMS[key]
    record = form.of if isinstance(form, Many) else form
    assert isinstance(record, Record)
    entries = reader.reading.mapping(node, f"«{key}»", tuple(record.keys), record.required)
    fields: Mapping[str, FieldRef] = {}
    for one in (when, "to") if when == "from" else (when,):
        triggers = reader.triggers(one, entries[one]) if one in entries else ()
        fields_here = reader.shared_fields(triggers, "act") if triggers else {}
        fields = fields if one == "to" else fields_here
        for name in same if triggers else ():
            if name not in fields_here or fields_here[name].type != reader.trigger[name].type:
                reader.reading.fail(entries[one].span, "unknown-field", f"what «{key}» waits for has no field `{name}`",
                                    f"declare `{name}`, by which it belongs to the duty")
    return entries, fields


def _event(entries: dict[str, Node], when: str, fields: Mapping[str, FieldRef], reader: ClauseReader,
           act: Mapping[str, FieldRef] | None = None) -> Event:
    node = entries.get("provided")
    provided = parse_condition(node, reader.scope(fields), reader.reading) if isinstance(node, Scalar) else None
    same = reader.shared_names(entries.get("same"), fields, act or {})
    return Event(reader.triggers(when, entries[when]) if when in entries else (), provided, same)


def _amount(node: Node | None, fields: Mapping[str, FieldRef], reader: ClauseReader) -> Expression | None:
    return parse_limit(node, reader.scope(fields), reader.reading) if isinstance(node, Scalar) else None


def _read_amount(reader: ClauseReader) -> Amount | None:
    node = reader.entries.get("amount")
    if node is None:
        return None
    entries = reader.reading.mapping(node, "«amount»", ("of", "at least", "at most"), ("of",))
    found = {k: parse_number(n, reader.scope(), reader.reading) for k, n in entries.items() if isinstance(n, Scalar)}
    of = found.get("of")
    return None if of is None else Amount(of, found.get("at least"), found.get("at most"))
