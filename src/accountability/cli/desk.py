"""What a monitor says, written down: every change at once on standard output, ledger and snapshot now and then."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from accountability.cli.printing import Plain, hush
from accountability.cli.writing import write_whole
from accountability.conclusion import Conclusion
from accountability.errors import AccountabilityError
from accountability.event import Event
from accountability.intake import DeadLetters, Refused
from accountability.ledger import Basis, Ledger, body
from accountability.monitor import Changes, Monitor, Place
from accountability.policy.messages import phrased
from accountability.policy.rendering.voice import Voice

PAUSE = 2.0
"""Seconds, at the least, from one filing to the next that is done only because nothing comes in."""
SHARE = 10
"""Filing for that reason takes at most one part in so many of the time."""


class NotTold(AccountabilityError):
    """Standard output takes no more."""


class Desk:
    """Writes down what a monitor says: every change at once, ledger and snapshot now and then."""

    def __init__(self, monitor: Monitor, basis: Basis, book: Ledger | None, snapshot: Path | None,
                 said: Plain, voice: Voice) -> None:
        self.monitor, self.basis, self.book, self.snapshot = monitor, basis, book, snapshot
        self.said, self.voice = said, voice
        self.held = False
        self.last: Event | None = None
        self._filed: tuple[datetime, Event | None] = monitor.clock, None
        self._again_at = time.monotonic() + PAUSE
        self.stands: dict[str, Conclusion] = {}
        self.gone: dict[str, Conclusion] = {}

    def taken_in(self, blocks: Iterable[Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
        """*blocks* of lines, noting that all in one is judged once the next is asked for; until then, only the last event is."""
        for block in blocks:
            before = self.monitor.place.line
            yield block
            self.monitor.place = Place(before + len(block), self.place().event)

    def place(self) -> Place:
        """How far the log has been judged."""
        before = self.monitor.place
        return before if self.last is None else Place(max(before.line, self.last.line), self.last.id)

    def _waits_for_the_ledger(self) -> bool:
        """Whether the ledger was told of later instants than the clock's, as when it was written and the snapshot was not."""
        reached = None if self.book is None else self.book.reached(self.basis.pack)
        if reached is None or self.monitor.clock >= reached:
            self.held = False
        elif not self.held:
            self.held = True
            pack, then, now = self.basis.pack, reached.isoformat(), self.monitor.clock.isoformat()
            self.said.print(self.voice(
                f"the ledger records `{pack}` as of {then}, and the clock stands at {now}: ledger and snapshot are written once "
                "it has come up with that",
                f"台账对 `{pack}` 已记到 {then}，而时钟只走到 {now}：赶上之后才写入台账和快照"), style="yellow")
        return self.held

    def tell(self, changes: Changes, letters: DeadLetters) -> None:
        """A line of JSON for each change; what was refused goes to the dead letters too.

        Raises NotTold; what is to be filed is kept all the same.
        """
        for refusal in changes.refused:
            letters.write(Refused.event(refusal.event, refusal.check, refusal.what))
        for conclusion in changes.withdrawn:
            self.stands.pop(conclusion.identity, None)
            self.gone[conclusion.identity] = conclusion
        for conclusion in (*changes.raised, *(now for _, now in changes.revised)):
            self.gone.pop(conclusion.identity, None)
            self.stands[conclusion.identity] = conclusion
        try:
            for line in lines_of(changes):
                sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            sys.stdout.flush()
        except OSError as error:
            # What is still held back would be written once more at the end, with a complaint.
            hush(sys.stdout)
            why = str(error.strerror)
            raise NotTold(self.voice(f"standard output takes no more ({why.lower()})",
                                     f"标准输出写不进去（{phrased('trouble', why, 'zh')}）")) from None

    def quiet(self) -> float | None:
        """Nothing comes in: files what is not filed yet. Gives for how many seconds that has time, if there is anything to file."""
        if self._filed == (self.monitor.clock, self.last):
            return None
        if (left := self._again_at - time.monotonic()) > 0:
            return left
        self.file()
        return None

    def kept(self) -> str:
        """How far the log was judged, and where that is written."""
        voice = self.voice
        files = ((voice("ledger", "台账"), self.book), (voice("snapshot", "快照"), self.snapshot))
        where = [name for name, file in files if file is not None and not self.held]
        upto = named(self.place(), voice)
        return voice(f"what was judged up to {upto} is written to {' and '.join(where) or 'no file'}",
                     f"判定到{upto}，" + (f"已写入{'和'.join(where)}" if where else "没有写入任何文件"))

    def file(self) -> None:
        """First the ledger, then the snapshot: whoever goes on from an older one only says again what the ledger holds already.

        Until the clock has come up with the ledger, nothing is written: what was recorded later would seem to be undone, and with a
        snapshot what is still to be recorded would be forgotten.
        """
        began, self._filed = time.monotonic(), (self.monitor.clock, self.last)
        if not self._waits_for_the_ledger():
            self._write()
        ended = time.monotonic()
        self._again_at = ended + max(PAUSE, (ended - began) * (SHARE - 1))

    def _write(self) -> None:
        if self.book is not None:
            self.book.note(self.basis, self.monitor.clock, self.stands.values(), self.gone.values())
        self.stands.clear()
        self.gone.clear()
        self.monitor.place = self.place()
        if self.snapshot is not None:
            try:
                write_whole(self.snapshot, self.monitor.snapshot())
            except OSError as error:  # a full disk does not say of which file
                raise OSError(error.errno, error.strerror, str(self.snapshot)) from None


def named(place: Place, voice: Voice) -> str:
    """*place* in words."""
    event = "" if place.event is None else voice(f" (event `{place.event}`)", f"（事件 `{place.event}`）")
    return voice(f"line {place.line:,}", f"第 {place.line:,} 行") + event


def lines_of(changes: Changes) -> Iterator[dict[str, object]]:
    """*changes* as JSON objects: what changed, which event did it, when, and the finding; of a revision what it was, too."""
    def line(change: str, **content: object) -> dict[str, object]:
        return {"change": change, "cause": changes.cause, "at": changes.at.isoformat().replace("+00:00", "Z"), **content}

    yield from (line("raised", finding=body(c)) for c in changes.raised)
    yield from (line("revised", finding=body(now), before=body(before)) for before, now in changes.revised)
    yield from (line("withdrawn", finding=body(c)) for c in changes.withdrawn)
    yield from (line("refused", event=r.event.id, source=r.event.source, check=r.check, what=r.what) for r in changes.refused)
    yield from (line("let go", finding=body(c)) for c in changes.let_go)
