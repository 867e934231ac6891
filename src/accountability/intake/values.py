"""A JSON value on its way to the type that its field declares. In: what msgspec decoded. Out: the typed value, or why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from accountability.errors import EventRejected, closest
from accountability.intake.instants import read_instant
from accountability.policy.vocabulary import PREFIXES, Field, Sort, Type, Where

Convert = Callable[[object], object]
"""The typed form of a value that is not null; None where the value counts as missing. Raises EventRejected."""

LARGEST = 30
"""The most digits a number may have before its point, or after it: a count or an amount, not a way to exhaust the machine."""

BOUND: int = 10**LARGEST

_day = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_shows_day = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII).match
_number = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII).fullmatch


def came(value: object) -> str:
    """*value* for a message: short, on one line, and of an object or a list no more than that it is one (SG1)."""
    if isinstance(value, str):
        return "`" + "".join(sign if sign.isprintable() else " " for sign in value[:60]) + ("…`" if len(value) > 60 else "`")
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, int | Decimal):
        return f"`{value}`" if _fits(value) else "a number that is too long"
    return "a list" if isinstance(value, list) else "an object"


def converter(field: Field, zone: ZoneInfo | None = None) -> Convert:
    """How *field* is typed.

    Instants come out in UTC, one without a zone is taken in *zone* or refused; dates stay local days; a whole number stays
    one, any other is a decimal, exactly as written; a reference loses the prefix of its kind.
    """
    match field.type.sort:
        case Sort.BOOLEAN:
            return _boolean(field)
        case Sort.NUMBER:
            return _plain(field, _as_number, "a number of at most 30 digits on each side of the point")
        case Sort.TEXT:
            return _plain(field, lambda value: value if isinstance(value, str) else None, "text")
        case Sort.CHOICE:
            return _choice(field, field.type.choices)
        case Sort.INSTANT:
            return _instant(field, zone)
        case Sort.DATE:
            return _plain(field, _as_date, "a date such as `2026-03-01`")
        case Sort.LIMIT:
            return _plain(field, _as_limit, "a limit such as `2h` or `5 working days`")
        case Sort.REFERENCE:
            return _reference(field, field.type.kind)


def fitting(type_: Type) -> Convert:
    """How a value of a foreign log is brought near *type_* before it is typed: `90` written as text counts where a number is
    wanted, the number 157 where an id, a choice or a text is, and of an instant the day that it shows where a date is."""
    if type_.sort is Sort.DATE:
        return lambda value: value[:10] if isinstance(value, str) and _shows_day(value) else value
    if type_.sort is Sort.NUMBER:
        return lambda value: _written_number(value) if isinstance(value, str) else value
    if type_.sort in (Sort.TEXT, Sort.CHOICE, Sort.REFERENCE):
        return lambda value: str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    return lambda value: value


def _rejected(field: Field, value: object, wanted: str, way_out: str = "") -> EventRejected:
    return EventRejected("badly-typed", f"`{field.name}` is {came(value)}, not {wanted}" + (f"; {way_out}" if way_out else ""))


def _plain(field: Field, accept: Callable[[object], object | None], wanted: str) -> Convert:
    def convert(value: object) -> object:
        typed = accept(value)
        if typed is None:
            raise _rejected(field, value, wanted)
        return typed

    return convert


def _boolean(field: Field) -> Convert:
    def convert(value: object) -> object:
        if value is True or value is False:
            return value
        if value == "yes" or value == "no":
            return value == "yes"
        raise _rejected(field, value, "`true` or `false`")

    return convert


def _choice(field: Field, choices: frozenset[str]) -> Convert:
    listed = "one of " + ", ".join(f"`{choice}`" for choice in sorted(choices))

    def convert(value: object) -> object:
        if isinstance(value, str) and value in choices:
            return value
        hint = closest(value, choices) if isinstance(value, str) and len(value) < 60 else ""
        raise _rejected(field, value, listed, hint if hint.startswith("did") else "")

    return convert


def _instant(field: Field, zone: ZoneInfo | None) -> Convert:
    what = f"`{field.name}`"

    def convert(value: object) -> object:
        if not isinstance(value, str):
            raise _rejected(field, value, "an instant such as `2026-03-01T09:00:00+08:00`")
        return read_instant(value, what, zone)[0]

    return convert


def _reference(field: Field, kind: str) -> Convert:
    # Only a subject must say what it is the id of; an id inside data may hold slashes of its own, as `town-a/principal` does.
    checked = field.where is Where.SUBJECT

    def convert(value: object) -> object:
        if not isinstance(value, str):
            raise _rejected(field, value, f"the id of a {kind}, as text")
        if "/" in value:
            prefix, _, rest = value.partition("/")
            said = PREFIXES.get(prefix)
            if said == kind:
                value = rest
            elif said is not None and checked:
                if field.optional:  # one event type may be about a case now and an incident then
                    return None
                raise _rejected(field, value, f"the id of a {kind}", f"if it is one, write `{kind}/` before it")
        return value if value and not value.isspace() else None

    return convert


def _fits(value: int | Decimal) -> bool:
    if isinstance(value, int):
        return -BOUND < value < BOUND
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and value.adjusted() < LARGEST and exponent >= -LARGEST


def _as_number(value: object) -> object | None:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) and _fits(value) else None


def _written_number(text: str) -> object:
    bare = text.strip()
    written = _number(bare)
    if written is None or len(bare) > 2 * LARGEST + 2:
        return text
    return int(bare) if written[1] is None else Decimal(bare)


def _as_date(value: object) -> object | None:
    if not isinstance(value, str) or _day(value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _as_limit(value: object) -> object | None:
    # Not at the top: most logs hold no limits, and working days bring calendars with them.
    from accountability.workdays import Limit

    if not isinstance(value, str):
        return None
    try:
        return Limit.parse(value)
    except ValueError:
        return None
