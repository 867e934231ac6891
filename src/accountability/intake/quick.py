"""The common case of an event type, compiled: an envelope in whose data all is as declared, straight to an event.

What is missing, badly typed or a correction is left to the `Shape`, which knows the words. Generated source holds only names made
here: every value that an author wrote is passed in beside it, never pasted into it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import CodeType

from accountability.event import Event, EventDraft
from accountability.intake.envelope import REMEMBERED, Sound, data_decoder
from accountability.intake.values import BOUND, Convert, converter
from accountability.policy.vocabulary import EventType, Field, Sort, Type, Where

Make = Callable[[Sound, datetime, datetime, timedelta, int, str, int], Event | None]
"""The event of an envelope that happened and was recorded then, with that offset; its place among all lines, the file, and how
many lines came before that. None where the `Shape` must look. May raise what decoding and typing raise, which means the same."""

AS_IT_STANDS = {
    Sort.BOOLEAN: "{v} is True or {v} is False",
    Sort.NUMBER: "kind({v}) is whole and -bound < {v} < bound",
    Sort.TEXT: "kind({v}) is text",
    Sort.REFERENCE: "kind({v}) is text and {v} and \"/\" not in {v} and not {v}.isspace()",
}
"""When a JSON value already is the typed one. It need not say so of all that are: the rest is converted."""

FEW = (Sort.CHOICE, "unit", "post")
"""What comes again and again in a log, by its sort, or what it refers to: each value of it is held once."""

MOST_HELD = 100_000
"""So many different ones are remembered at a time: a log has few."""
UNHELD = (KeyError, TypeError)
"""What asking for a value among those that are held raises where it is not, or can be none."""


@functools.lru_cache(REMEMBERED)
def held_values(type_: Type | None, about: bool = False) -> dict[str, object]:
    """How the values that came so far under a type, or as sources, are held, by what came; *about*: as the subject of an event."""
    return {}


def holder(values: dict[str, object], convert: Convert) -> Convert:
    """What types a value that is not among *values*, and holds it there from now on."""

    def hold(value: object) -> object:
        typed = convert(value)
        if type(value) is str and typed is not None:
            if len(values) >= MOST_HELD:
                values.clear()
            values[value] = typed
        return typed

    return hold


RESERVED = ("corrects", "retracts")


def never(*envelope: object) -> None:
    """The common case of a type that has none."""


def compile_quick(declared: EventType, held: Mapping[str, str], subject: Callable[[str], str | None]) -> Make:
    """The common case of *declared* where no mapping stands between. *held* names the attribute that holds each extension, and
    *subject* gives what may be kept of a subject."""
    fields = sorted(declared.fields.values(), key=lambda f: f.where is not Where.DATA)
    keys = list(dict.fromkeys([*RESERVED, *(f.key or f.name for f in fields if f.where is Where.DATA)]))
    decode = data_decoder(keys)
    sources = held_values(None)
    scope: dict[str, object] = {
        "decode": decode, "nothing": decode(b"{}"), "kind": type, "text": str, "whole": int, "bound": BOUND, "unheld": UNHELD,
        "sources": sources, "last": [""], "new_source": holder(sources, str), "draft": EventDraft, "event": Event,
        "type": declared.name, "kept": subject, "__builtins__": {}}
    lines = ["data = decode(envelope.data) or nothing", "if data.f0 is not None or data.f1 is not None: return None"]
    for n, field in enumerate(fields):
        convert = converter(field)
        if field.type.sort in FEW or field.type.kind in FEW:
            scope[f"held{n}"] = values = held_values(field.type, field.where is Where.SUBJECT)
            convert = holder(values, convert)
        scope |= {f"name{n}": field.name, f"convert{n}": convert}
        lines += [f"v{n} = {_place(field, keys, held)}", *_typed(field, n, f"held{n}" in scope)]
    sure, unsure = ([n for n, field in enumerate(fields) if field.optional is optional] for optional in (False, True))
    if unsure:
        lines.append("fields = {" + ", ".join(f"name{n}: v{n}" for n in sure) + "}")
    else:
        scope["dict_of"] = sharing_keys([field.name for field in fields])
        lines += ["fields = dict_of()", *(f"fields[name{n}] = v{n}" for n in sure)]
    lines += [f"if v{n} is not None: fields[name{n}] = v{n}" for n in unsure]
    source = "\n ".join(["def make(envelope, occurred_at, recorded_at, offset, place, file, before):", *lines, *MADE])
    exec(_compiled(source), scope)
    return scope["make"]  # type: ignore[return-value]


MADE = (
    "made = draft()",
    "made.id = envelope.id",
    "source = envelope.source",
    "if source == last[0]: made.source = last[0]",  # most logs have one, and to compare it costs less than to look it up
    "else:",
    " try: last[0] = made.source = sources[source]",
    " except unheld: made.source = new_source(source)",
    "made.type = type",
    "subject = envelope.subject",
    "made.subject = None if subject is None else kept(subject)",
    "made.occurred_at = occurred_at",
    "made.recorded_at = recorded_at",
    "made.offset = offset",
    "sequence = envelope.sequence",
    "made.sequence = place if sequence is None or sequence == '' else sequence",
    "made.fields = fields",
    "made.corrects = made.retracts = made.reason = made._order = None",
    "made._origin = file",
    "made._line = place - before if before else place",  # most logs are one file, of which one number will do
    "made.versions = ()",
    "made.__class__ = event",
    "return made",
)
"""Source that does what `make_event` does, without a call."""


def sharing_keys(names: Sequence[str]) -> Callable[[], dict[str, object]]:
    """Makes dicts of *names*, nothing under any of them so far, which have one list of keys together, as attributes of objects
    have: each takes half the room of one that has its own. Python leaves room for more keys until it has seen some such objects."""

    class Attributes:
        pass

    for _ in range(32):
        one = Attributes()
        for name in names:
            setattr(one, name, None)
    return vars(one).copy


@functools.lru_cache(REMEMBERED)
def _compiled(source: str) -> CodeType:
    return compile(source, "<event type>", "exec")


def _place(field: Field, keys: list[str], held: Mapping[str, str]) -> str:
    """Source that reads the raw value of *field*."""
    key = field.key or field.name
    if field.where is Where.DATA:
        return f"data.f{keys.index(key)}"
    name = "subject" if field.where is Where.SUBJECT else held.get(key, "")
    return f"envelope.{name}" if name in Sound.__struct_fields__ or name.startswith("extension_") else "None"


def _typed(field: Field, n: int, held: bool) -> list[str]:
    """Source that turns the raw value into the typed one, or gives up where a required one is missing."""
    v = f"v{n}"
    convert = f"if {v} is not None: {v} = convert{n}({v})"
    easy = AS_IT_STANDS.get(field.type.sort)
    if held:
        lines = [f"try: {v} = held{n}[{v}]", "except unheld:", f" {convert}"]
    elif easy is not None:
        lines = [f"if not ({easy.format(v=v)}) and {v} is not None: {v} = convert{n}({v})"]
    else:
        lines = [convert]
    return lines if field.optional else [*lines, f"if {v} is None: return None"]
