"""The engine of a living log: it lets go of what can no longer change, and can be packed and unpacked."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accountability.conclusion import Status
from accountability.engine.board import place_of
from accountability.engine.live import Engine
from accountability.engine.outputs import NO_FACTS, Output
from accountability.engine.packing import Packer, Unpacker, packed, unpacked


class LivingEngine(Engine):
    """Runs a policy over events that come in any order, for as long as it likes."""

    @property
    def size(self) -> int:
        """How many cells there are."""
        return sum(operator.size for operator in self._operators)

    def let_go(self, before: datetime) -> list[Output]:
        """Lets go of what nothing from an instant on can change, as long as nothing before it is taken in or taken back.

        Gives what was reported among it; the rest still counts.
        """
        gone: list[Output] = []
        for operator in self._operators:
            if not operator.lets_go:
                continue
            outputs = list(operator.close(before))
            operator.note_all()
            tolds = [output.told for output in outputs if output.told is not None]
            for told, number in Counter(tolds).items():
                operator.gone[told.counted[2], told.counted[1]] += number
            for output in outputs:
                output.facts = NO_FACTS  # which may hold what it is a fact of
            reported = [output for output, told in zip(outputs, tolds, strict=True) if told.reported]
            for output in reported:
                del self._reported[output]
            gone += reported
        for (event_type, _), moments in self._moments.items():
            if event_type not in self.held_types:
                for instants in moments.values():
                    _keep_first(instants, before)
        return gone

    def take_over(self, earlier: LivingEngine) -> None:
        """Takes over from an *earlier* engine what was shown. All that it showed or this one reports is touched."""
        noted = {**dict(earlier.reported()), **earlier.touched}
        before = {place_of(operator, output): (output, operator) for output, operator in noted.items() if output.shown is not None}
        self.touched.clear()
        for output, operator in self.reported():
            shown = before.pop(place_of(operator, output), None)
            output.shown = None if shown is None else shown[0].shown
            self.touched[output] = operator
        for output, operator in before.values():
            output.told = None
            self.touched[output] = operator

    def first_moments(self, before: datetime) -> Iterator[tuple[str, str, object, datetime]]:
        """When, before an instant, events first happened that need not be held, by type, field and value."""
        for (event_type, field), moments in self._moments.items():
            if event_type not in self.held_types:
                firsts = ((value, instants[0]) for value, instants in moments.items() if instants)
                yield from ((event_type, field, value, first) for value, first in firsts if first < before)

    def know_moment(self, event_type: str, field: str, value: object, at: datetime) -> None:
        """Lets conditions know that an event of *event_type* with this value of *field* first happened *at* an instant."""
        insort(self._moments[event_type, field].setdefault(value, []), at)

    def packed(self, packer: Packer) -> list[Any]:
        """What the cells hold and what was let go, by rule."""
        return [{
            "rule": operator.rule.index,
            "cells": [[packed(key), packer.base(base), [[role, packer.place(h)] for _, role, h in inputs]]
                      for key, base, inputs in operator.contents()],
            "gone": [[status, unit, number] for (status, unit), number in operator.gone.items()],
        } for operator in self._operators]

    def unpack(self, rules: list[Any], found: Unpacker, clock: datetime) -> None:
        """Becomes what was packed at *clock*. Conditions must know by then of all events that they may ask about (`know`)."""
        self.clock = self.clerk.known_at = clock
        self._restoring = True
        for operator, told in zip(self._operators, rules, strict=True):
            for key, base, inputs in told["cells"]:
                key = unpacked(key)
                operator.restore(key, None if base is None else operator.unpacked(key, found.base(base)),
                                 [(found.happenings[place].order, role, found.happenings[place]) for role, place in inputs])
            operator.note_all()
            for status, unit, number in told["gone"]:
                operator.gone[Status(status), unit] = number
                operator.told(Status(status), unit).number += number
        self._restoring = False
        self.touched.clear()


def _keep_first(instants: list[datetime], before: datetime) -> None:
    """Leaves of *instants* those that may yet be taken back, and of those before an instant the first."""
    if len(instants) > 1:
        past = [at for at in instants if at < before]
        if len(past) > 1:
            instants[:] = [min(past), *(at for at in instants if at >= before)]
