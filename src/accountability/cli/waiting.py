"""Standard input that may be quiet for hours: what is done meanwhile, and how a signal ends it.

A signal ends the waiting at once and the work between two events, never in the middle of one.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(Exception):
    """Somebody has asked by the signal *number* to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Waiting:
    """A file *descriptor* read as it is filled. When there is nothing to read, *quiet* does what there is to do, and says after how
    many seconds it is to be asked again, if nothing has come by then; None: not before something has come.

    Within `with` the signals that ask to stop are noted instead of obeyed, but for those that whoever started us has us ignore, as
    `nohup` does.
    """

    def __init__(self, descriptor: int, quiet: Callable[[], float | None]) -> None:
        self._descriptor, self._quiet = descriptor, quiet
        self._before: dict[int, Any] = {}
        self.stopped = 0

    def __enter__(self) -> Self:
        # A byte comes in here with each signal, and ends the waiting even of one that came just before it began.
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake)
        for number in STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._woken)
        os.close(self._wake)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.stopped = self.stopped or number

    def check(self) -> None:
        """Raises Stopped if a signal has asked for it."""
        if self.stopped:
            raise Stopped(self.stopped)

    def read1(self, size: int, /) -> bytes:
        """What there is to read, at most *size* bytes, once there is something; nothing at the end. Raises Stopped."""
        seconds: float | None = 0
        while True:
            ready, _, _ = select.select([self._descriptor, self._woken], [], [], seconds)
            self.check()
            if self._descriptor in ready:
                return os.read(self._descriptor, size)
            seconds = self._quiet()
