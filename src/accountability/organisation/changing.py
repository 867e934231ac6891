"""Changes of an organisation that are reported as events, beside what its files state.

In: an organisation and events. Out: the organisation as they change it.

Each change holds from the instant at which it happened and is known from the instant at which it was recorded, as an entry of a
file is. What it changes is looked for by id; a change that finds nothing to change, or after which the organisation would not pass
its checks, has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from accountability.errors import OrganisationError
from accountability.event import Event
from accountability.organisation.model import Line, Post, Tenure, Unit
from accountability.organisation.register import Organisation
from accountability.organisation.versions import ALWAYS, NEVER, in_force

S = TypeVar("S", Unit, Post, Tenure, Line)


def is_change(event: Event) -> bool:
    """Whether *event* says that the organisation changed."""
    return event.type in TAKERS


def changed(organisation: Organisation, events: Iterable[Event]) -> tuple[Organisation, tuple[tuple[Event, str], ...]]:
    """*organisation* with what *events*, effective and in order, say of it; and those without effect, each with the reason.

    Events of other types are passed by; where there is none of these, it is the same organisation.
    """
    changes = [event for event in events if is_change(event)]
    if not changes:
        return organisation, ()
    found, refused = _all_of(organisation, changes)
    if found is not None:
        return found, refused
    # Something does not pass the checks: then they are taken one by one, so that the others still count; and again as long as some
    # are taken, for a successor may be named before it is said that the predecessor left.
    while True:
        none: list[tuple[Event, str]] = []
        for event in changes:
            one, why = _all_of(organisation, [event])
            if one is None:
                none.append((event, "with it, the organisation would not pass its checks; report what is right as a correction"))
            elif why:
                none += why
            else:
                organisation = one
        if len(none) in (0, len(changes)):
            return organisation, tuple(none)
        changes = [event for event, _ in none]


def _all_of(organisation: Organisation, changes: Iterable[Event]) -> tuple[Organisation | None, tuple[tuple[Event, str], ...]]:
    tables = _Tables(organisation)
    refused = tuple((event, why) for event in changes if (why := tables.take(event)) is not None)
    try:
        return tables.organisation(), refused
    except OrganisationError:
        return None, ()


class _Tables:
    """All that is stated of an organisation, to which changes are added."""

    def __init__(self, organisation: Organisation) -> None:
        self.units, self.posts = [*organisation.unit_entries], [*organisation.post_entries]
        self.tenures, self.lines = [*organisation.tenures], [*organisation.lines]

    def organisation(self) -> Organisation:
        return Organisation.of(self.units, self.posts, self.tenures, self.lines)

    def take(self, event: Event) -> str | None:
        """Adds what *event* says; gives the reason where it says nothing that can be added."""
        return TAKERS[event.type](self, event, event.fields)

    def unit(self, event: Event, fields: Fields) -> str | None:
        name, at = str(fields["unit"]), event.occurred_at
        now = _at([u for u in self.units if u.id == name], at)
        if now is None and fields.get("level") is None:
            return f"there is no unit `{name}` then; say its `level` to begin it"
        said: dict[str, Any] = {key: fields[key] for key in ("name", "level", "parent") if fields.get(key) is not None}
        then = attrs.evolve(now, **said) if now is not None else Unit(**{"id": name, "name": name, **said})
        self._replace(self.units, now, then, event)
        return None

    def unit_ended(self, event: Event, fields: Fields) -> str | None:
        name, into, at = str(fields["unit"]), fields.get("into"), event.occurred_at
        own = [u for u in self.units if u.id == name]
        now = _at(own, at)
        # A split is told by one event for each unit that takes over, at one instant.
        last = now or next((u for u in in_force(own) if u.until == at), None)
        if last is None:
            return f"there is no unit `{name}` then"
        successors = (*last.successors, str(into)) if into is not None else last.successors
        _put(self.units, attrs.evolve(last, until=at, successors=successors, recorded=_later(last, event)))
        return None

    def post(self, event: Event, fields: Fields) -> str | None:
        name, at = str(fields["post"]), event.occurred_at
        now = _at([p for p in self.posts if p.id == name], at)
        said: dict[str, Any] = {key: fields[key] for key in ("unit", "role", "rank") if fields.get(key) is not None}
        if "rank" in said:
            said["rank"] = int(str(said["rank"]))
        if now is None and not {"unit", "role"} <= {*said}:
            return f"there is no post `{name}` then; say its `unit` and `role` to begin it"
        self._replace(self.posts, now, attrs.evolve(now, **said) if now is not None else Post(**{"id": name, **said}), event)
        return None

    def post_ended(self, event: Event, fields: Fields) -> str | None:
        return self._end(self.posts, [p for p in self.posts if p.id == str(fields["post"])], event, f"post `{fields['post']}`")

    def tenure(self, event: Event, fields: Fields) -> str | None:
        post, at, acting = str(fields["post"]), event.occurred_at, bool(fields.get("acting"))
        vacancy = _at([t for t in self.tenures if t.post == post and t.holder is None], at)
        if vacancy is not None and vacancy.since < at and not acting:
            _put(self.tenures, attrs.evolve(vacancy, until=at, recorded=_later(vacancy, event)))
        _put(self.tenures, Tenure(post, str(fields["holder"]), at, acting=acting, recorded=event.recorded_at))
        return None

    def tenure_ended(self, event: Event, fields: Fields) -> str | None:
        post, holder, acting = str(fields["post"]), str(fields["holder"]), bool(fields.get("acting"))
        own = [t for t in self.tenures if (t.post, t.holder, t.acting) == (post, holder, acting)]
        return self._end(self.tenures, own, event, f"tenure of `{post}` by `{holder}`")

    def line(self, event: Event, fields: Fields) -> str | None:
        _put(self.lines, Line(str(fields["line"]), str(fields["unit"]), str(fields["post"]), event.occurred_at,
                              recorded=event.recorded_at))
        return None

    def line_ended(self, event: Event, fields: Fields) -> str | None:
        said = (str(fields["line"]), str(fields["unit"]), str(fields["post"]))
        return self._end(self.lines, [e for e in self.lines if (e.name, e.unit, e.post) == said], event, f"line `{said[0]}`")

    def _end(self, table: list[S], own: list[S], event: Event, what: str) -> str | None:
        now = _at(own, event.occurred_at)
        if now is None:
            return f"there is no {what} then"
        _put(table, attrs.evolve(now, until=event.occurred_at, recorded=_later(now, event)))
        return None

    def _replace(self, table: list[S], now: S | None, then: S, event: Event) -> None:
        """Ends *now* and begins what follows it."""
        at = event.occurred_at
        if now is not None and now.since != at:
            _put(table, attrs.evolve(now, until=at, recorded=_later(now, event)))
        until = now.until if now is not None else None
        _put(table, attrs.evolve(then, since=at, until=until, recorded=event.recorded_at))


Fields = Mapping[str, object]
TAKERS: Mapping[str, Callable[[_Tables, Event, Fields], str | None]] = {
    "organisation.unit_changed": _Tables.unit, "organisation.unit_ended": _Tables.unit_ended,
    "organisation.post_changed": _Tables.post, "organisation.post_ended": _Tables.post_ended,
    "organisation.tenure_began": _Tables.tenure, "organisation.tenure_ended": _Tables.tenure_ended,
    "organisation.line_began": _Tables.line, "organisation.line_ended": _Tables.line_ended,
}
"""What each type of change does."""


def _put(table: list[S], entry: S) -> None:
    """Adds *entry*, in place of one that says something else of the same and became known at the same instant."""
    table[:] = [e for e in table if (e.key, e.recorded) != (entry.key, entry.recorded)]
    table.append(entry)


def _at(own: list[S], at: datetime) -> S | None:
    """The entry of *own* that holds at *at*, by all that is known so far."""
    return next((e for e in in_force(own) if (e.since or ALWAYS) <= at < (e.until or NEVER)), None)


def _later(now: Unit | Post | Tenure | Line, event: Event) -> datetime:
    """When both what was and its end are known."""
    return max(now.recorded or ALWAYS, event.recorded_at)
