"""The event types by which an organisation changes: known to every intake, declared by no pack."""

from __future__ import annotations

from accountability.policy.vocabulary import BOOLEAN, NUMBER, POST, TEXT, UNIT, EventType, Field, Sort, Type, Vocabulary

HOLDER = Type(Sort.REFERENCE, kind="office-holder")


def _change(type_: str, *required: tuple[str, Type], **optional: Type) -> EventType:
    fields = {field: Field(field, type_, key=field) for field, type_ in required}
    fields |= {field: Field(field, type_, key=field, optional=True) for field, type_ in optional.items()}
    return EventType(f"organisation.{type_}", fields)


_TYPES = (
    _change("unit_changed", ("unit", UNIT), name=TEXT, level=TEXT, parent=UNIT),
    _change("unit_ended", ("unit", UNIT), into=UNIT),
    _change("post_changed", ("post", POST), unit=UNIT, role=TEXT, rank=NUMBER),
    _change("post_ended", ("post", POST)),
    _change("tenure_began", ("post", POST), ("holder", HOLDER), acting=BOOLEAN),
    _change("tenure_ended", ("post", POST), ("holder", HOLDER), acting=BOOLEAN),
    _change("line_began", ("line", TEXT), ("unit", UNIT), ("post", POST)),
    _change("line_ended", ("line", TEXT), ("unit", UNIT), ("post", POST)),
)
CHANGES: Vocabulary = {declared.name: declared for declared in _TYPES}
"""The types, by name; their fields are read from the data of the event."""
