"""The context attributes of a CloudEvent 1.0, decoded; its data stays raw until somebody asks. The file that knows msgspec."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal, cast, get_type_hints

import msgspec

from accountability.errors import EventRejected
from accountability.intake.values import came

MAX_LINE: Final = 1_048_576
"""The longest line that is read, in bytes. CloudEvents asks relays to carry 64 KiB."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
"""What decoding raises where a line is no JSON: broken, not UTF-8, nested without end, or a number beyond all reckoning."""


class Envelope(msgspec.Struct, gc=False):
    """The attributes every event has. Those that a vocabulary reads besides follow in a subclass."""

    specversion: str | None = None
    id: str | None = None
    source: str | None = None
    type: str | None = None
    subject: str | None = None
    time: str | None = None
    recordedtime: str | None = None
    sequence: str | int | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Sound(msgspec.Struct, gc=False):
    """An envelope that lacks nothing a CloudEvent 1.0 must have. Where none can be made of a line, `Envelope` tells why."""

    specversion: Literal["1.0"]
    id: Annotated[str, msgspec.Meta(min_length=1)]
    source: Annotated[str, msgspec.Meta(min_length=1)]
    type: Annotated[str, msgspec.Meta(min_length=1)]
    time: str
    subject: str | None = None
    recordedtime: str | None = None
    sequence: str | int | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


Decode = Callable[[bytes], Envelope]
DecodeSound = Callable[[bytes], Sound]
DecodeWhole = Callable[[bytes], Any]
DecodeData = Callable[[bytes | msgspec.Raw], msgspec.Struct | None]
decode_json: Callable[[bytes | msgspec.Raw], object] = msgspec.json.Decoder(object, float_hook=Decimal).decode
encode_json: Callable[[object], bytes] = msgspec.json.Encoder(decimal_format="number").encode

REMEMBERED = 256
"""How many decoders of each sort are kept: another Intake of the same types, as after a restart, has them at once."""


def envelope_decoder(attributes: Iterable[str]) -> tuple[Decode, DecodeSound, Mapping[str, str]]:
    """A decoder that also takes the extension *attributes*, its twin for sound events, and the name under which their results
    hold each of them."""
    return _envelope_decoder(frozenset(attributes))


@functools.lru_cache(REMEMBERED)
def _envelope_decoder(attributes: frozenset[str]) -> tuple[Decode, DecodeSound, Mapping[str, str]]:
    known = {name: name for name in Envelope.__struct_fields__ if name != "data"}
    # An attribute may be named like a Python keyword (`from`), so it is held under a name of ours.
    extra = {name: f"extension_{n}" for n, name in enumerate(sorted(attributes - set(known) - {"data"}))}
    fields = [(held, object, None) for held in extra.values()]
    spelled = {held: name for name, held in extra.items()}
    kinds: list[type[msgspec.Struct]] = [Envelope, Sound]
    if extra:
        kinds = [msgspec.defstruct("ExtendedEnvelope", fields, bases=(kind,), rename=spelled, gc=False) for kind in kinds]
    decoders = [msgspec.json.Decoder(kind, float_hook=Decimal).decode for kind in kinds]
    return cast(Decode, decoders[0]), cast(DecodeSound, decoders[1]), known | extra


def data_decoder(keys: Sequence[str]) -> DecodeData:
    """A decoder of data that makes only the values of *keys*, held as `f0`, `f1` … in that order, None where missing or null."""
    return _data_decoder(tuple(keys))


@functools.lru_cache(REMEMBERED)
def _data_decoder(keys: tuple[str, ...]) -> DecodeData:
    return cast(DecodeData, msgspec.json.Decoder(_data(keys) | None, float_hook=Decimal).decode)


def _data(keys: Sequence[str]) -> type[msgspec.Struct]:
    held = {f"f{n}": key for n, key in enumerate(keys)}
    return msgspec.defstruct("Data", [(name, object, None) for name in held], rename=held, gc=False)


def whole_decoder(kinds: Mapping[str, Sequence[str] | None], held: Mapping[str, str]) -> tuple[DecodeWhole, Mapping[str, type]]:
    """A decoder of sound events of the types in *kinds* together with their data, and the class that stands for each type.

    *kinds* names the keys of the data that are made, as by `data_decoder`; None where the data is passed over. *held* is the name
    under which the result holds each attribute, as `envelope_decoder` gives it. What is of another type cannot be decoded.
    """
    extra = {under: name for name, under in held.items() if under not in Envelope.__struct_fields__}
    hints = get_type_hints(Sound, include_extras=True)
    attributes = [(name, hints[name]) for name in ("specversion", "id", "source", "time")]
    optional = [(name, hints[name], None) for name in ("subject", "recordedtime", "sequence", "datacontenttype")]
    made: dict[str, Any] = {}
    for type_, keys in kinds.items():
        fields: list[Any] = [*attributes, *optional, *((name, object, None) for name in extra)]
        if keys is not None:
            fields.append(("data", _data(keys) | None, None))
        made[type_] = msgspec.defstruct("Whole", fields, rename=extra, tag_field="type", tag=type_, gc=False)
    return msgspec.json.Decoder(functools.reduce(operator.or_, made.values()), float_hook=Decimal).decode, made


def read_data(envelope: Envelope | Sound) -> dict[str, object]:
    """The event's data; an event without data, or with null, has none. Raises EventRejected."""
    try:
        data = decode_json(envelope.data)
    except UNREADABLE as error:
        raise broken(error) from None
    if isinstance(data, dict):
        return data
    if data is None:
        return {}
    raise EventRejected("badly-typed", f"`data` is {kind_of(data)}, not an object of `\"field\": value` pairs")


def why_unreadable(line: bytes, error: Exception) -> EventRejected:
    """Why *line* gave no envelope. Never shows what the line holds, for nobody has declared it (SG1)."""
    if len(line) > MAX_LINE:
        return too_long()
    try:
        value = decode_json(line)
    except UNREADABLE as worse:
        return broken(worse)
    if not isinstance(value, dict):
        return EventRejected("not-a-cloud-event", f"the line is {kind_of(value)}; write one JSON object a line")
    for name in ("time", "recordedtime"):
        if not isinstance(value.get(name), str | None):
            way_out = "write an instant such as `2026-03-01T09:00:00+08:00`"
            return EventRejected("bad-instant", f"`{name}` is {kind_of(value[name])}; {way_out}")
    for name in Envelope.__struct_fields__:
        held, whole = value.get(name), name == "sequence"
        if name == "data" or isinstance(held, str | None) or (whole and isinstance(held, int) and not isinstance(held, bool)):
            continue
        wanted = "text or a whole number" if whole else "text"
        return EventRejected("not-a-cloud-event", f"`{name}` is {kind_of(held)}; write {wanted}")
    return broken(error)


def incomplete(envelope: Envelope) -> EventRejected:
    """What an event lacks to be a CloudEvent 1.0."""
    absent = [f"`{name}`" for name in ("specversion", "id", "source", "type") if not getattr(envelope, name)]
    if absent:
        return EventRejected("not-a-cloud-event", f"{', '.join(absent)} missing or empty; every CloudEvent carries them")
    return EventRejected("not-a-cloud-event", f"`specversion` is {came(envelope.specversion)}; write `1.0`")


def too_long() -> EventRejected:
    return EventRejected("too-long", f"the line is longer than {MAX_LINE:,} bytes; write one event a line")


def broken(error: Exception) -> EventRejected:
    """The refusal of something that is no JSON."""
    if isinstance(error, RecursionError):
        return EventRejected("malformed-json", "the brackets are nested without end; write one flat event a line")
    if isinstance(error, UnicodeDecodeError):
        return EventRejected("malformed-json", "the line is not UTF-8; save the log as UTF-8")
    if isinstance(error, InvalidOperation):
        return EventRejected("malformed-json", "a number is beyond all reckoning; write fewer digits")
    said = str(error).removeprefix("JSON is malformed: ")
    return EventRejected("malformed-json", f"{said[:1].lower()}{said[1:]}; write one whole JSON object a line")


def encode_event(value: Mapping[str, object]) -> bytes:
    """A CloudEvent that was handed over as an object, as one line of JSON, so that there is one way in.

    Raises EventRejected where it holds what JSON has no form for.
    """
    given = value.get("data")
    data = dict(given) if isinstance(given, Mapping) else {}
    held = dict(value) | ({"data": data} if data else {})
    # JSON has no form for these, and msgspec would write null, which counts as missing.
    for item in (*held.values(), *data.values()):
        if isinstance(item, float | Decimal) and not math.isfinite(item):
            raise EventRejected("malformed-json", "a number is infinite or none at all; leave the key out")
    try:
        return encode_json(held)
    except (TypeError, UnicodeEncodeError):
        raise EventRejected("malformed-json", "a value has no form in JSON; give text, numbers, true, false and null") from None


def kind_of(value: object) -> str:
    """What JSON calls the value, without the value."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | Decimal):
        return "a number"
    if value is None:
        return "null"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "an object"
