"""An event type and values for its fields on their way to a CloudEvent, as whoever sends one would write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accountability.policy.vocabulary import EventType, Sort, Where


def sent(declared: EventType, values: Mapping[str, object], name: str, source: str, at: datetime,
         recorded: datetime) -> dict[str, object]:
    """The CloudEvent with the id *name* that happened *at* and was *recorded* then, each of *values* where its field is read from.

    A value is as JSON would carry it; a reference in the subject gets the prefix of its kind.
    """
    cloud: dict[str, object] = {"specversion": "1.0", "id": name, "source": source, "type": declared.name,
                                "time": at.isoformat(), "recordedtime": recorded.isoformat()}
    data: dict[str, object] = {}
    for field in declared.fields.values():
        if field.name not in values:
            continue
        value = values[field.name]
        match field.where:
            case Where.SUBJECT:
                cloud["subject"] = f"{field.type.kind}/{value}" if field.type.sort is Sort.REFERENCE else value
            case Where.ATTRIBUTE:
                cloud[field.key or field.name] = value
            case _:
                data[field.key or field.name] = value
    return cloud | {"data": data}
