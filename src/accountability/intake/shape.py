"""One event type, compiled: from an envelope to typed fields, and the list of what may be kept of it (SG1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import attrs

from accountability.errors import EventRejected
from accountability.event import EventRef
from accountability.intake.envelope import Envelope, Sound, kind_of, read_data
from accountability.intake.mapping import RESERVED, MappedField, MappedType
from accountability.intake.quick import Make, compile_quick, never
from accountability.intake.values import Convert, came, converter, fitting
from accountability.policy.vocabulary import PREFIXES, EventType, Field, Where

Data = Mapping[str, object]
Contents = tuple[dict[str, object], EventRef | None, EventRef | None, str | None]
"""The typed fields; what the event corrects, what it retracts, and the reason given for that."""

Getter = Callable[[Envelope | Sound, Data], object]


@attrs.frozen
class Shape:
    """How events of one (foreign) type become events of *type*. The rest of the class says what a refused one may keep.

    *make* gives the event at once, where all is as declared and it neither corrects nor retracts; else None.
    """

    type: str
    make: Make
    read: Callable[[Envelope | Sound], Contents]
    data_keys: frozenset[str]
    attributes: frozenset[str]
    reads_subject: bool


def kept_subject(subject: str | None, reads_subject: bool) -> str | None:
    """*subject*, where a field declares it or its prefix says that it is no person (SG1); else None."""
    if subject is None or reads_subject or (subject.partition("/")[0] in PREFIXES and "/" in subject):
        return subject
    return None


def compile_shape(declared: EventType, mapped: MappedType | None, held: Mapping[str, str], sources: Mapping[str, str]) -> Shape:
    """The shape of *declared*, made from foreign events as *mapped* says. *held* names the attribute that holds each extension."""
    made = mapped.fields if mapped is not None else {}
    in_data: list[tuple[str, str, Convert, bool, Field]] = []
    elsewhere: list[tuple[str, Getter, Convert, bool, Field]] = []
    read_from: set[tuple[Where, str]] = set()
    for name, field in declared.fields.items():
        key = field.key or name
        if mapped is not None and name not in made:
            if not field.optional:
                elsewhere.append((name, lambda envelope, data: None, converter(field), True, field))
        elif name in made:
            read_from.update(made[name].origins)
            elsewhere.append((name, *_mapped(made[name], field, held), not field.optional, field))
        elif field.where is Where.DATA:
            read_from.add((Where.DATA, key))
            in_data.append((name, key, converter(field), not field.optional, field))
        else:
            read_from.add((field.where, key))
            elsewhere.append((name, _getter(((field.where, key),), held), converter(field), not field.optional, field))

    def read(envelope: Envelope | Sound) -> Contents:
        data = read_data(envelope)
        reserved = _reserved(envelope, data, made, held) if mapped is not None else data
        corrects = retracts = reason = None
        if "corrects" in reserved or "retracts" in reserved:
            corrects, retracts, reason = _correction(reserved, sources.get(envelope.source or "", envelope.source or ""), sources)
        fields: dict[str, object] = {}
        for name, key, convert, required, field in in_data:
            value = data.get(key)
            if value is not None:
                value = convert(value)
            if value is not None:
                fields[name] = value
            elif required and retracts is None:
                raise _missing(declared, field, made.get(name))
        for name, get, convert, required, field in elsewhere:
            value = get(envelope, data)
            if value is not None:
                value = convert(value)
            if value is not None:
                fields[name] = value
            elif required and retracts is None:
                raise _missing(declared, field, made.get(name))
        return fields, corrects, retracts, reason

    for word in RESERVED:
        read_from.update(made[word].origins if word in made else ())
        if mapped is None:
            read_from.add((Where.DATA, word))
    reads_subject = any(where is Where.SUBJECT for where, _ in read_from)
    kept = partial(kept_subject, reads_subject=reads_subject)
    return Shape(
        declared.name, compile_quick(declared, held, kept) if mapped is None else never, read,
        data_keys=frozenset(key for where, key in read_from if where is Where.DATA),
        attributes=frozenset(key for where, key in read_from if where is Where.ATTRIBUTE),
        reads_subject=reads_subject,
    )


def _getter(origins: tuple[tuple[Where, str], ...], held: Mapping[str, str]) -> Getter:
    """Reads the first of *origins* that is not null."""

    def read_one(where: Where, key: str) -> Getter:
        if where is Where.DATA:
            return lambda envelope, data: data.get(key)
        name = "subject" if where is Where.SUBJECT else held.get(key, "")
        return lambda envelope, data: getattr(envelope, name, None)

    getters = [read_one(where, key) for where, key in origins]
    if len(getters) == 1:
        return getters[0]

    def get(envelope: Envelope | Sound, data: Data) -> object:
        return next((value for getter in getters if (value := getter(envelope, data)) is not None), None)

    return get


def _mapped(made: MappedField, field: Field, held: Mapping[str, str]) -> tuple[Getter, Convert]:
    fit = fitting(field.type)
    from_subject = any(where is Where.SUBJECT for where, _ in made.origins)
    convert = converter(attrs.evolve(field, where=Where.SUBJECT if from_subject else Where.DATA), made.zone)
    if made.constant is not None:
        constant = convert(fit(made.constant))
        return (lambda envelope, data: constant), (lambda value: value)
    # Each origin is prepared by itself, so that one which is only empty gives way to the next.
    sources = [_getter((origin,), held) for origin in made.origins]

    def get(envelope: Envelope | Sound, data: Data) -> object:
        for source in sources:
            value = made.prepared(source(envelope, data))
            if value is not None:
                return fit(value)
        return None

    return get, convert


def _reserved(envelope: Envelope | Sound, data: Data, made: Mapping[str, MappedField], held: Mapping[str, str]) -> Data:
    """The reserved keys of a mapped event: only those the mapping makes, for a foreign log has a `reason` of its own."""
    found = {}
    for word in RESERVED:
        if word in made:
            field = made[word]
            values = (field.prepared(_getter((origin,), held)(envelope, data)) for origin in field.origins)
            value = field.constant if field.constant is not None else next((v for v in values if v is not None), None)
            if value is not None:
                found[word] = value
    return found


def _correction(data: Data, source: str, sources: Mapping[str, str]) -> tuple[EventRef | None, EventRef | None, str | None]:
    corrects = _ref(data.get("corrects"), "corrects", source, sources)
    retracts = _ref(data.get("retracts"), "retracts", source, sources)
    reason = data.get("reason")
    return corrects, retracts, reason if isinstance(reason, str) and (corrects or retracts) else None


def _ref(value: object, name: str, source: str, sources: Mapping[str, str]) -> EventRef | None:
    """The event that *value* names: an id of the same source, or an object of `source` and `id` (time.md, Corrections)."""
    if value is None:
        return None
    if isinstance(value, str) and value:
        return EventRef(source, value)
    if isinstance(value, dict):
        other, named = value.get("source", source), value.get("id")
        if isinstance(other, str) and other and isinstance(named, str) and named:
            return EventRef(sources.get(other, other), named)
    shown = came(value) if isinstance(value, str) else kind_of(value)
    raise EventRejected("badly-typed", f"`{name}` is {shown}, not the id of an event or an object of `source` and `id`")


def _missing(declared: EventType, field: Field, made: MappedField | None) -> EventRejected:
    origins = made.origins if made is not None else ((field.where, field.key or field.name),)
    places = " or ".join("`subject`" if where is Where.SUBJECT else f"`{where} {key}`" for where, key in origins)
    return EventRejected("missing-field", f"`{declared.name}` lacks `{field.name}`; send it in {places}, or declare it optional")
