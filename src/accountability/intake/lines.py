"""A log of lines as columns, for a sieve: what rules ask of each event is read, and only of those wanted is an Event made.

Lines are decoded as `Intake` decodes them, many at a time. One in which anything is unusual is left to the Intake, whole, so that
there is one way in. Needs numpy, of the extra `columnar`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from accountability.event import Event
from accountability.intake.columns import MISSING, Booleans, Integers, RawValues, Typed, read_times
from accountability.intake.envelope import MAX_LINE, UNREADABLE, whole_decoder
from accountability.intake.files import check_files, read_blocks
from accountability.intake.kinds import Kind, Times, joined
from accountability.intake.letters import Refused
from accountability.intake.reader import Intake
from accountability.workdays.localtime import instant_after

MOST_IGNORED = 1000
"""Of so many types that no rule knows the lines are decoded quickly."""
BEFORE_ALL = -(2**62)
"""Before every instant, in microseconds."""


class LineLog:
    """The events of the files at *paths*, JSON Lines, in the order of their lines; *intake*, without a mapping, counts them.

    *occurred* and *recorded* are microseconds since 1970. *odd* marks the rows that cannot be judged by their columns: those that
    are refused, correct or retract, are named by one that does, or come twice, and now and then one that is none of these; *plain*
    the events among the others. What is ignored has no row. *progress* is told how many more bytes were read. Raises DocumentError
    where a file cannot be read.
    """

    def __init__(self, paths: Sequence[Path], intake: Intake, progress: Callable[[int], None] | None = None) -> None:
        check_files(paths)
        self.intake = intake
        known = [name for name in intake.vocabulary if intake.shape_of(name) is not None]
        alike: dict[object, RawValues] = {}
        self._kinds = {name: Kind(intake, name, code, alike) for code, name in enumerate(known)}
        self._ignored: set[str] = set()
        self._make_decoder()
        self._lines: list[bytes] = []
        self._ids: list[int] = []
        self._places: list[int] = []
        """Of each row: its line, the hash of its id, and the place of the line in the whole log."""
        self._strange: dict[int, Event | Refused] = {}
        self._second: list[int] = []
        self._named: set[int] = set()
        self._files, self._starts = [str(path) for path in paths], [0]
        self._latest = BEFORE_ALL
        columns = Times()
        for path in paths:
            place = self._starts[-1]
            for block in read_blocks(path, progress):
                self._take(block, place, columns)
                place += len(block)
            self._starts.append(place)
        self.occurred: Integers = joined(columns.occurred, np.int64)
        self.recorded: Integers = joined(columns.recorded, np.int64)
        self.odd: Booleans = ~joined(columns.sound, np.bool_) | self._second_thoughts()
        for kind in self._kinds.values():
            self.odd[kind.lacking()] = True
        self.plain: Booleans = ~self.odd
        self._count(joined(columns.immediate, np.bool_))

    def rows(self, type_: str) -> Integers:
        """The places of the rows of *type_*, ascending."""
        return self._kinds[type_].rows if type_ in self._kinds else np.zeros(0, np.int64)

    def typed(self, type_: str, field: str) -> Any:
        """A field of the rows of *type_*, in the order of `rows`."""
        found = self._kinds[type_].typed(field) if type_ in self._kinds else None
        if found is None:
            return Typed(np.full(len(self.rows(type_)), MISSING, np.int64), ())
        return Typed(np.maximum(found.codes, MISSING), found.values)

    def events(self, kept: Integers) -> list[Event | Refused]:
        """The events of the rows at *kept*, which is ascending."""
        found = []
        for row, odd in zip(kept.tolist(), self.odd[kept].tolist(), strict=True):
            item: Event | Refused | None = self._strange.get(row)
            if item is None:
                read = self.intake.placed if odd else self.intake.again
                item = read(self._lines[row], *self._origin(self._places[row]))
                if odd and item is not None:  # it is counted once, however often somebody asks for it
                    self._strange[row] = item
            if item is not None:
                found.append(item)
        return found

    def ids(self, rows: Integers) -> list[str]:
        """The ids of the events in *rows*, which are not odd."""
        return [event.id for event in self.events(rows) if isinstance(event, Event)]

    def _origin(self, place: int) -> tuple[int, str, int]:
        """The number of the line at *place* in the whole log; its file, and its number there."""
        file = bisect_right(self._starts, place) - 1
        return place + 1, self._files[file], place - self._starts[file] + 1

    def _make_decoder(self) -> None:
        keys: dict[str, Sequence[str] | None] = {name: kind.keys for name, kind in self._kinds.items()}
        self._decode, made = whole_decoder(keys | dict.fromkeys(sorted(self._ignored)), self.intake.held)
        self._code = {kind: self._kinds[name].code if name in self._kinds else MISSING for name, kind in made.items()}

    def _learned(self, block: list[bytes]) -> bool:
        """Whether *block* has types that are ignored and were not known so far."""
        room = MOST_IGNORED - len(self._ignored)
        new = sorted({name for line in block if (name := self.intake.ignorable(line)) is not None} - self._ignored)[:room]
        self._ignored.update(new)
        if new:
            self._make_decoder()
        return bool(new)

    def _take(self, block: list[bytes], place: int, columns: Times) -> None:
        """Takes in the lines of *block*, the first of which stands at *place*."""
        whole = b"".join(block)
        try:
            if len(whole) <= MAX_LINE and (whole.isascii() or whole.decode()):
                self._rows(block, list(map(self._decode, block)), range(place, place + len(block)), columns)
                return
        except UNREADABLE:
            if self._learned(block):
                self._take(block, place, columns)
                return
        lines: list[bytes] = []
        rows: list[Any] = []
        places: list[int] = []
        for at, line in enumerate(block, place):
            row = self._alone(line)
            if row is not None:
                lines.append(line)
                rows.append(row)
                places.append(at)
            elif line and not line.isspace():
                self._stranger(line, at, columns)
        self._rows(lines, rows, places, columns)

    def _alone(self, line: bytes) -> Any:
        """The row in *line*; None where only the Intake can say what it is."""
        try:
            return self._decode(line) if len(line) <= MAX_LINE and (line.isascii() or line.decode()) else None
        except UNREADABLE:
            return None

    def _rows(self, lines: Sequence[bytes], rows: list[Any], places: Sequence[int], columns: Times) -> None:
        """Takes in the decoded *rows*."""
        codes = np.fromiter(map(self._code.__getitem__, map(type, rows)), np.int64, len(rows))
        occurred, sound = read_times([row.time for row in rows])
        told = [row.recordedtime for row in rows]
        recorded, immediate = occurred, np.ones(len(rows), np.bool_)
        if told.count(None) < len(told):
            late = [n for n, text in enumerate(told) if text is not None]
            at, known = read_times([told[n] for n in late])
            recorded = occurred.copy()
            recorded[late], immediate[late] = at, False
            sound[late] &= known
        ignored = (codes == MISSING) & sound
        self.intake.counts.ignored += int(ignored.sum())
        self._latest = max(self._latest, int(recorded[ignored].max(initial=BEFORE_ALL)))
        first, kept = len(self._lines), np.nonzero(~ignored)[0]
        mine = kept.tolist()
        self._lines += [lines[n] for n in mine]
        self._ids += [hash(rows[n].id) for n in mine]
        self._places += [places[n] for n in mine]
        columns.add(occurred[kept], recorded[kept], sound[kept], immediate[kept])
        for kind in self._kinds.values():
            of_kind = np.nonzero(codes[kept] == kind.code)[0]
            if len(of_kind):
                self._note(kind.take(of_kind + first, [rows[mine[n]] for n in of_kind.tolist()]))

    def _note(self, second: Sequence[tuple[int, object]]) -> None:
        """Takes note of rows that correct or retract, and of what they name."""
        for row, named in second:
            self._second.append(row)
            self._named.add(hash(named.get("id") if isinstance(named, dict) else named) if _can_name(named) else 0)

    def _stranger(self, line: bytes, place: int, columns: Times) -> None:
        """Takes in a line that only the Intake can read."""
        item = self.intake.placed(line, *self._origin(place))
        if item is None:
            return
        row = len(self._lines)
        self._strange[row] = item
        if isinstance(item, Event):
            self._kinds[item.type].take_unread(row)
            self._named.update(hash(ref.id) for ref in (item.corrects, item.retracts) if ref is not None)
        self._lines.append(line)
        self._ids.append(hash(item.id) if isinstance(item, Event) else 0)
        self._places.append(place)
        no, none = np.zeros(1, np.bool_), np.zeros(1, np.int64)
        columns.add(none, none, no, no)

    def _second_thoughts(self) -> Booleans:
        """The rows that correct or retract, those that they name, and those whose id comes again.

        Ids are compared by their hashes: a row that is taken for odd without need is only read whole.
        """
        odd = np.zeros(len(self._lines), np.bool_)
        odd[[*self._second, *self._strange]] = True
        ids = np.array(self._ids, np.int64)
        if self._named:
            odd |= np.isin(ids, np.array(sorted(self._named), np.int64))
        inorder = np.argsort(ids)
        again = np.nonzero(np.diff(ids[inorder]) == 0)[0]
        odd[inorder[again]] = odd[inorder[again + 1]] = True
        return odd

    def _count(self, immediate: Booleans) -> None:
        counts = self.intake.counts
        counts.accepted += int(self.plain.sum())
        counts.assumed_immediate += int((self.plain & immediate).sum())
        latest = max(self._latest, int(self.recorded[self.plain].max(initial=BEFORE_ALL)))
        if latest > BEFORE_ALL:
            heard = instant_after(latest)
            counts.latest_recorded_at = max(heard, counts.latest_recorded_at or heard)


def _can_name(named: object) -> bool:
    return isinstance(named, str) or (isinstance(named, dict) and isinstance(named.get("id"), str))
