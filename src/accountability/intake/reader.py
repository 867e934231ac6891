"""Lines on their way to events: each is accepted, ignored or refused, and counted as one of the three."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from accountability.errors import EventRejected, closest
from accountability.event import Event, make_event, utc
from accountability.intake.counts import Counts, accepted
from accountability.intake.envelope import (
    MAX_LINE,
    UNREADABLE,
    Envelope,
    Sound,
    encode_event,
    envelope_decoder,
    incomplete,
    too_long,
    why_unreadable,
)
from accountability.intake.files import check_files, read_blocks
from accountability.intake.instants import NO_OFFSET, read_time
from accountability.intake.letters import Refused, storable
from accountability.intake.mapping import EventMapping
from accountability.intake.quick import Make
from accountability.intake.shape import Shape, compile_shape, kept_subject
from accountability.intake.values import came
from accountability.policy.changes import CHANGES
from accountability.policy.vocabulary import Vocabulary, Where

REMEMBERED = 10_000
EARLIEST = datetime.min.replace(tzinfo=UTC)
UNSOUND = (EventRejected, KeyError, ValueError, OverflowError, *UNREADABLE)
Opened = tuple[Envelope | Sound, datetime, timedelta, datetime, Shape | None]


class Intake:
    """The one way in: CloudEvents 1.0 become Events whose fields are those of *vocabulary*, typed, and nothing else (SG1).

    *mapping* turns events of a foreign log into ours first. *strict* refuses unknown types, otherwise they are ignored.
    *wanted* names the types that some rule asks about (None: all); of the others only the context attributes are looked at.
    *now* is the clock of a live system: it stamps events without `recordedtime`, which in a file are taken as recorded when they
    happened; an instant of it without a zone raises ValueError. *counts* tells what became of all that was read. The types by which
    an organisation changes are known beside those of *vocabulary*.
    """

    def __init__(self, vocabulary: Vocabulary, *, mapping: EventMapping | None = None, strict: bool = True,
                 wanted: frozenset[str] | None = None, now: Callable[[], datetime] | None = None) -> None:
        self.counts = Counts()
        vocabulary = {**vocabulary, **CHANGES}
        wanted = None if wanted is None else wanted.union(CHANGES)
        self._vocabulary, self._mapping, self._strict, self._wanted, self._now = vocabulary, mapping, strict, wanted, now
        self._sources: Mapping[str, str] = mapping.sources if mapping is not None else {}
        extensions = {field.key or field.name for declared in vocabulary.values() for field in declared.fields.values()
                      if field.where is Where.ATTRIBUTE}
        extensions |= mapping.attributes if mapping is not None else frozenset()
        self._decode, self._sound, self._held = envelope_decoder(extensions)
        self._shapes: dict[str, Shape | None] = {}
        self._makes: dict[str, Make | None] = {}
        """How the common case of each type is made that came in, or that none need be made."""
        self._lines = 0
        self._declared = functools.lru_cache(REMEMBERED)(self._find_shape)
        self._nearest = functools.lru_cache(REMEMBERED)(lambda name: closest(name, vocabulary))

    def selected(self, events: Iterable[Event]) -> list[Event]:
        """Those of *events*, a whole log, that count by the mapping."""
        return list(events) if self._mapping is None else self._mapping.selection.of(events)

    def read(self, paths: Sequence[Path], progress: Callable[[int], None] | None = None) -> Iterator[Event | Refused]:
        """The events of the files at *paths*, one after the other: JSON Lines, plain or `.gz`.

        *progress* is told how many more bytes of the files, as they lie on the disk, were read. Raises DocumentError before the
        first event where a path is no file, and at the place where a file cannot be read on.
        """
        return chain.from_iterable(self._each(paths, progress))

    def events(self, paths: Sequence[Path], refused: Callable[[Refused], object],
               progress: Callable[[int], None] | None = None) -> Iterator[Event]:
        """The same without what is refused, which is given to *refused*: before the first event that is read together with it."""
        return chain.from_iterable(accepted(found, refused) for found in self._each(paths, progress))

    def read_lines(self, lines: Iterable[bytes], file: str) -> Iterator[Event | Refused]:
        """The same of *lines*, called lines of *file*; what is in one is given before the next is asked for."""
        return self.read_blocks(([line] for line in lines), file)

    def read_blocks(self, blocks: Iterable[Sequence[bytes]], file: str, after: int = 0) -> Iterator[Event | Refused]:
        """The events of the lines in *blocks*, called lines of *file*, in their order; ignored ones are only counted.

        A block is read whole before the first event of it is given. An event without `sequence` gets the number of its line,
        counted on over everything this Intake reads, and *after* so many lines that another one has read (time.md, Order).
        """
        return chain.from_iterable(self._of(blocks, file, after))

    def _each(self, paths: Sequence[Path], progress: Callable[[int], None] | None) -> Iterator[list[Event | Refused]]:
        """What is in the files at *paths*, block by block."""
        check_files(paths)
        for path in paths:
            yield from self._of(read_blocks(path, progress), str(path))

    def _of(self, blocks: Iterable[Sequence[bytes]], file: str, after: int = 0) -> Iterator[list[Event | Refused]]:
        self._lines += after
        first = after + 1
        for block in blocks:
            yield self._read(block, file, first)
            first += len(block)

    def _read(self, lines: Sequence[bytes], file: str, first: int) -> list[Event | Refused]:
        """What is in *lines*, the first of which is called line number *first* of *file*."""
        found: list[Event | Refused] = []
        before, counts, immediate, ignored, refused = self._lines - first + 1, self.counts, 0, 0, 0
        sound, makes, now = self._sound, self._makes, self._now
        fromisoformat, latest = datetime.fromisoformat, counts.latest_recorded_at or EARLIEST
        no_offset, number = NO_OFFSET, first - 1
        for line in lines:
            number += 1
            try:
                # As if nothing were wrong with the line. Where something is, it is read again, plainly, to say what.
                if len(line) > MAX_LINE:
                    raise too_long()
                envelope = sound(line)
                make = makes[envelope.type]
                written = envelope.time
                # The form of nearly every log; what is between these signs, `fromisoformat` checks.
                if (len(written) == 20 and written[0] == "2" and written[1] == "0" and written[7] == "-" and written[10] == "T"
                        and written[13] == ":" and written[19] == "Z"):
                    recorded_at = occurred_at = fromisoformat(written)
                    offset = no_offset
                else:
                    occurred_at, offset = read_time(written, "`time`")
                    recorded_at = occurred_at
                told = now is not None or envelope.recordedtime is not None
                if told:
                    recorded_at = self._recorded_at(envelope, occurred_at)
                if make is None:
                    ignored += 1
                else:
                    place = before + number
                    event = (make(envelope, occurred_at, recorded_at, offset, place, file, before)
                             if line.isascii() or line.decode() else None)
                    if event is None:
                        shape = self._shapes[envelope.type]
                        event = self._event((envelope, occurred_at, offset, recorded_at, shape), place, file, number)
                    elif not told:
                        immediate += 1
                    found.append(event)
            except UNSOUND:
                line = line.removesuffix(b"\n")
                try:
                    opened = self._open(line)
                    recorded_at = opened[3]
                    if opened[4] is None:
                        ignored += 1
                    else:
                        found.append(self._event(opened, before + number, file, number))
                except EventRejected as why:
                    if line and not line.isspace():
                        refused += 1
                        found.append(Refused(f"{file}:{number}", why.check, why.what, line, storable(line, self._declared)))
                    continue
            if recorded_at > latest:
                latest = recorded_at
        self._lines += len(lines)
        counts.accepted += len(found) - refused
        counts.ignored += ignored
        counts.refused += refused
        counts.assumed_immediate += immediate
        if latest > EARLIEST:
            counts.latest_recorded_at = latest
        return found

    @property
    def vocabulary(self) -> Vocabulary:
        """The event types that it knows."""
        return self._vocabulary

    @property
    def strict(self) -> bool:
        """Whether unknown types are refused."""
        return self._strict

    @property
    def held(self) -> Mapping[str, str]:
        """The name under which a decoded line holds each attribute."""
        return self._held

    def placed(self, line: bytes, place: int, file: str, number: int) -> Event | Refused | None:
        """The event in *line*, called line *number* of *file*, the one at *place* among all; None where it is ignored."""
        line = line.removesuffix(b"\n")
        try:
            opened = self._open(line)
            event = self._event(opened, place, file, number) if opened[4] is not None else None
        except EventRejected as why:
            self.counts.refused += 1
            return Refused(f"{file}:{number}", why.check, why.what, line, storable(line, self._declared))
        self.counts.note(opened[3], event is not None)
        return event

    def again(self, line: bytes, place: int, file: str, number: int) -> Event:
        """The event in *line*, of which it is known that nothing is unusual and which is counted already; else as `placed`."""
        envelope = self._sound(line)
        shape = self.shape_of(envelope.type)
        assert shape is not None
        occurred_at, offset = read_time(envelope.time, "`time`")
        recorded_at = self._recorded_at(envelope, occurred_at)
        event = shape.make(envelope, occurred_at, recorded_at, offset, place, file, place - number)
        return event or self._made((envelope, occurred_at, offset, recorded_at, shape), place, file, number)

    def ignorable(self, line: bytes) -> str | None:
        """The type of the event in *line*, where it is a sound one of a type that is ignored."""
        try:
            type_ = self._sound(line).type
            return type_ if self.shape_of(type_) is None else None
        except UNSOUND:
            return None

    def one(self, value: Mapping[str, object] | bytes, origin: str = "") -> Event:
        """The event in *value*, an object or one line of JSON.

        An event that `read` would ignore comes back bare, without fields, and is counted as ignored: that time passed is news even
        where nothing else is. Raises EventRejected.
        """
        try:
            opened = self._open(value if isinstance(value, bytes) else encode_event(value))
            event = self._event(opened, None, origin)
        except EventRejected:
            self.counts.refused += 1
            raise
        self.counts.note(opened[3], opened[4] is not None)
        return event

    def _open(self, line: bytes) -> Opened:
        """Everything but the data."""
        if len(line) > MAX_LINE:
            raise too_long()
        try:
            envelope = self._decode(line)
        except UNREADABLE as error:
            raise why_unreadable(line, error) from None
        if envelope.specversion != "1.0" or not envelope.id or not envelope.source or not envelope.type:
            raise incomplete(envelope)
        if not envelope.time:
            raise EventRejected("no-time", "`time` is missing; say when it happened, such as `2026-03-01T09:00:00+08:00`")
        occurred_at, offset = read_time(envelope.time, "`time`")
        recorded_at = self._recorded_at(envelope, occurred_at)
        return envelope, occurred_at, offset, recorded_at, self.shape_of(envelope.type)

    def _recorded_at(self, envelope: Envelope | Sound, occurred_at: datetime) -> datetime:
        if envelope.recordedtime is not None:
            return read_time(envelope.recordedtime, "`recordedtime`")[0]
        return occurred_at if self._now is None else utc(self._now())

    def _event(self, opened: Opened, number: int | None, origin: str, line: int = 0) -> Event:
        event = self._made(opened, number, origin, line)
        if opened[4] is not None and opened[0].recordedtime is None and self._now is None:
            self.counts.assumed_immediate += 1
        return event

    def _made(self, opened: Opened, number: int | None, origin: str, line: int) -> Event:
        envelope, occurred_at, offset, recorded_at, shape = opened
        assert envelope.id
        assert envelope.source
        assert envelope.type
        source = self._sources.get(envelope.source, envelope.source)
        fields, corrects, retracts, reason = shape.read(envelope) if shape is not None else ({}, None, None, None)
        sequence = envelope.sequence
        return make_event(
            envelope.id, source, shape.type if shape is not None else envelope.type, occurred_at, recorded_at, offset,
            number if sequence is None or sequence == "" else sequence, fields,
            kept_subject(envelope.subject, shape is not None and shape.reads_subject), origin, line, corrects, retracts, reason,
        )

    def shape_of(self, type_: str) -> Shape | None:
        """The shape of the type, None where its events are ignored. Raises EventRejected where a strict pack does not know it."""
        try:
            return self._shapes[type_]
        except KeyError:
            shape = self._declared(type_)
        dropped = self._mapping is not None and self._mapping.find(type_) == "drop"
        if shape is None and self._strict and not dropped:
            raise EventRejected("unknown-type", f"no event type is named {came(type_)}; {self._nearest(type_)}")
        if shape is not None and self._wanted is not None and shape.type not in self._wanted:
            shape = None
        if len(self._shapes) < REMEMBERED:
            self._shapes[type_] = shape
            self._makes[type_] = None if shape is None else shape.make
        return shape

    def _find_shape(self, type_: str) -> Shape | None:
        treatment = self._mapping.find(type_) if self._mapping is not None else None
        if treatment == "drop":
            return None
        declared = self._vocabulary.get(type_ if treatment is None else treatment.type)
        return None if declared is None else compile_shape(declared, treatment, self._held, self._sources)
