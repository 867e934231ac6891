"""What a finding rests on, as JSON and back: events, facts of the organisation, work calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from accountability.conclusion import Conclusion
from accountability.errors import OrganisationError
from accountability.event import Event
from accountability.explanation.support import smallest
from accountability.intake.envelope import encode_json
from accountability.organisation import Line, Organisation, Post, Tenure, Unit
from accountability.policy import Policy
from accountability.policy.vocabulary import Field, Sort, Vocabulary, Where
from accountability.semantics import conclude
from accountability.workdays import Calendar

Noun = Unit | Post | Tenure | Line
NOUNS: Mapping[str, type[Noun]] = {"units": Unit, "posts": Post, "tenures": Tenure, "lines": Line}


def as_cloud_event(event: Event, vocabulary: Vocabulary) -> str:
    """*event* as one line of JSON, from which `Intake` reads the same event: what the vocabulary knows of it, and nothing else."""
    envelope: dict[str, object] = {
        "specversion": "1.0", "id": event.id, "source": event.source, "type": event.type,
        "time": event.occurred_at.astimezone(timezone(event.offset)).isoformat(), "recordedtime": event.recorded_at.isoformat()}
    if event.subject is not None:
        envelope["subject"] = event.subject
    if event.sequence is not None:
        envelope["sequence"] = event.sequence
    data: dict[str, object] = {}
    for name, field in (vocabulary[event.type].fields if event.type in vocabulary else {}).items():
        if name not in event.fields:
            continue
        value = _written(event.fields[name], field)
        if field.where is Where.DATA:
            data[field.key or name] = value
        elif field.where is Where.ATTRIBUTE:
            envelope[field.key or name] = value
        elif event.subject is None:
            envelope["subject"] = value
    for word, ref in (("corrects", event.corrects), ("retracts", event.retracts)):
        if ref is not None:
            data[word] = {"source": ref.source, "id": ref.id}
            data |= {"reason": event.reason} if event.reason is not None else {}
    return encode_json({**envelope, "data": data}).decode()


def _written(value: object, field: Field) -> object:
    """A typed value as a log would say it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if field.type.sort is Sort.REFERENCE:
        return f"{field.type.kind}/{value}"
    return value if isinstance(value, bool | int | Decimal | str) else str(value)


def facts_of(policy: Policy, organisation: Organisation, events: Sequence[Event], finding: Conclusion, *, at: datetime,
             known_at: datetime) -> list[Noun]:
    """The smallest part of *organisation* by which *events* give *finding* under *policy*; no single entry can be left out."""

    def gives(nouns: Sequence[Noun]) -> bool:
        try:
            return finding in conclude(policy, organisation_of(nouns), events, at=at, known_at=known_at)[1]
        except OrganisationError:
            return False

    every: list[Noun] = [*organisation.unit_entries, *organisation.post_entries, *organisation.tenures, *organisation.lines]
    names = {str(value) for event in events for value in event.fields.values()} | {finding.unit, finding.subject.partition("/")[2]}
    names |= {answer.post for answer in finding.answers} | {finding.post}
    units = {u for n in names if n is not None for u in (n, organisation.unit_of(n)) if u is not None}
    units = {above for unit in units for above in organisation.line_of_units(unit)}
    posts = {p.id for p in organisation.post_entries if p.unit in units}
    posts |= {line.post for line in organisation.lines if line.unit in units}
    units |= {p.unit for p in organisation.post_entries if p.id in posts}
    close = [n for n in every if _place(n) in (units if isinstance(n, Unit | Line) else posts)]
    return smallest(close if gives(close) else every, gives)


def _place(noun: Noun) -> str:
    return noun.post if isinstance(noun, Tenure) else noun.unit if isinstance(noun, Line) else noun.id


def organisation_of(nouns: Iterable[Noun]) -> Organisation:
    """The organisation that *nouns* make up. Raises OrganisationError."""
    tables: dict[type, list[Any]] = {kind: [] for kind in NOUNS.values()}
    for noun in nouns:
        tables[type(noun)].append(noun)
    return Organisation.of(tables[Unit], tables[Post], tables[Tenure], tables[Line])


def facts_as_json(nouns: Iterable[Noun]) -> dict[str, list[dict[str, object]]]:
    """*nouns* by their table; what is not stated is left out, instants are UTC."""
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in NOUNS}
    for noun in nouns:
        table = next(name for name, kind in NOUNS.items() if type(noun) is kind)
        stated = attrs.asdict(noun, recurse=False, filter=lambda _, value: value is not None)
        tables[table].append({name: _stated(value) for name, value in stated.items()})
    return tables


def _stated(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool | int) else str(value)


def facts_from_json(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Noun]:
    """The nouns that `facts_as_json` wrote. Raises ValueError, TypeError, KeyError or AttributeError for anything else."""
    return [NOUNS[table](**{name: _read(name, value) for name, value in row.items()}) for table in NOUNS for row in tables[table]]


def _read(name: str, value: Any) -> Any:
    match name:
        case "since" | "until" | "recorded":
            return datetime.fromisoformat(value).astimezone(UTC)
        case "share":
            return Fraction(value)
    return value


def calendar_as_json(calendar: Calendar) -> dict[str, object]:
    """Everything that *calendar* knows."""
    return {"name": calendar.name, "weekend": sorted(calendar.weekend), "holidays": _days(calendar.holidays),
            "make_up": _days(calendar.make_up), "first_known": calendar.first_known.isoformat(),
            "last_known": calendar.last_known.isoformat()}


def _days(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def calendar_from_json(content: Mapping[str, Any]) -> Calendar:
    """The calendar that `calendar_as_json` wrote."""
    first, last = (date.fromisoformat(content[name]) for name in ("first_known", "last_known"))
    holidays, made_up = (frozenset(map(date.fromisoformat, content[name])) for name in ("holidays", "make_up"))
    return Calendar(content["name"], frozenset(content["weekend"]), holidays, made_up, first, last)
