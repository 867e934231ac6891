"""A duty that something be never left undone for too long. An act that comes last changes only the legs that are still open.

A leg that was done, and after which another has begun, stays as it is until an act comes late or is taken away: then all of the key
is worked out anew. What is owed for one unit, or while one thing stands, has nothing to do with what is owed for others.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

import attrs

from accountability.engine.cell import Cell, instant_of
from accountability.engine.host import Host, Key
from accountability.engine.operators.bykey import ByKey, Followed
from accountability.event import Happening
from accountability.judgement.bykey import Outcome
from accountability.judgement.recurrence import Binding, Leg, bindings, first_leg, legs, recurrence
from accountability.policy.kinds import Recurring
from accountability.policy.rule import ACT
from accountability.workdays.localtime import MICROSECOND


class Course:
    """What is owed for *binding*: the acts that may count, and the legs so far, from *first* on, of which so many are *settled*.

    With each leg stands its label in the cell, None where nothing became of it, and whether nothing more can.
    """

    __slots__ = ("acts", "binding", "first", "legs", "settled")

    def __init__(self, binding: Binding, acts: list[Happening], first: Leg) -> None:
        self.binding, self.acts, self.first = binding, acts, first
        self.legs: list[tuple[Leg, str | None, bool]] = []
        self.settled = 0


class Courses:
    """The courses of one cell, as of its first *looked* inputs; *waits* where something that binds has not begun yet."""

    __slots__ = ("cell", "each", "looked", "waits")

    def __init__(self, cell: Cell[Followed]) -> None:
        self.cell, self.looked = cell, len(cell.inputs)
        self.each: list[Course] = []
        self.waits = False


class Legs(ByKey[Recurring]):
    """Runs `recurrence.legs` from the first leg that may have changed."""

    def __init__(self, engine: Host, rule: Recurring) -> None:
        super().__init__(engine, rule, recurrence)
        self.courses: dict[Key, Courses] = {}

    def refresh(self, cell: Cell[Followed]) -> None:
        self.courses[cell.key] = Courses(cell)
        before, cell.outputs = dict(cell.outputs), {}
        self._bind(self.courses[cell.key], before)
        if not cell.inputs and cell.key not in self.members:
            self.cells.pop(cell.key, None)
            del self.courses[cell.key]

    def _bind(self, courses: Courses, before: dict[str, Followed]) -> None:
        """Brings the courses in line with what binds; those of which the binding has not changed stay."""
        cell, old = courses.cell, {(course.binding.label, course.binding.since): course for course in courses.each}
        courses.each, courses.waits, new = [], False, list[Course]()
        for binding in bindings(self.rule, self.world, cell.key, cell.inputs):
            course = old.get((binding.label, binding.since))
            if binding.since > self.world.clock:
                self.world.wake(binding.since - MICROSECOND)
                courses.waits = True
            elif course is not None and course.binding == binding:
                courses.each.append(old.pop((binding.label, binding.since)))
            else:
                acts = [h for _, role, h in cell.inputs if role == ACT and binding.takes(h)]
                goes_on = cell.base is not None and binding.since <= cell.base.start and (
                    binding.until is None or cell.base.start < binding.until)
                new.append(Course(binding, acts, cell.base if goes_on else first_leg(self.rule, binding)))
        courses.each += new
        self._put(courses, before, list(old.values()), new)

    def _put(self, courses: Courses, before: dict[str, Followed], changed: list[Course], again: list[Course]) -> None:
        """Takes out of the cell the open legs of courses that have *changed*, or all legs of one that does not go on; and puts what
        becomes of those that go on *again*."""
        outputs = courses.cell.outputs
        for course in changed:
            for _, label, _ in course.legs[course.settled if course in again else 0:]:
                if label is not None:
                    before[label] = outputs.pop(label)
        self.put(courses.cell, before, [outcome for course in again for outcome in self._gone_on(course)])

    def insert(self, role: int, happening: Happening) -> None:
        courses = self._courses(role, happening)
        if courses is None or (role == ACT and not self._is_last(courses, happening)):
            super().insert(role, happening)
            return
        insort(courses.cell.inputs, (happening.order, role, happening), key=lambda e: e[:2])
        courses.looked += 1
        if role != ACT:
            self._bind(courses, {})
            return
        taking = [course for course in courses.each if course.binding.takes(happening)]
        for course in taking:
            course.acts.append(happening)
        self._put(courses, {}, taking, taking)

    def remove(self, role: int, happening: Happening) -> None:
        courses = self._courses(role, happening)
        if courses is None or role == ACT or len(courses.cell.inputs) < 2:
            super().remove(role, happening)
            return
        left = [entry for entry in courses.cell.inputs if entry[:2] != (happening.order, role)]
        courses.cell.inputs, courses.looked = left, len(left)
        self._bind(courses, {})

    def due(self, key: Key, label: str) -> None:
        courses = self.courses.get(key)
        if courses is None or not self._is_whole(courses):
            super().due(key, label)
            return
        if courses.waits:
            self._bind(courses, {})
        self._put(courses, {}, courses.each, courses.each)

    def let_go(self, cell: Cell[Followed], before: datetime) -> list[Followed]:
        """The legs go after which another had begun before the instant, and what was done by then: it counts for no other leg.

        The base is the first leg that is left. What a unit owes has one course; of one that was founded again nothing goes.
        """
        if cell.key not in self.members:
            gone = super().let_go(cell, before)
            if not cell.inputs:
                self.courses.pop(cell.key, None)
            return gone
        courses = self.courses.get(cell.key)
        if courses is None or len(courses.each) != 1 or not self._is_whole(courses):
            return []
        (course,) = courses.each
        over, acts = 0, bisect_left(course.acts, before, key=attrgetter("occurred_at"))
        while over < course.settled and course.legs[over + 1][0].start < before:
            over += 1
        gone = [cell.outputs.pop(label) for _, label, _ in course.legs[:over] if label is not None]
        course.acts, course.settled = course.acts[acts:], course.settled - over
        course.legs = [(attrs.evolve(leg, place=max(0, leg.place - acts)), label, sure) for leg, label, sure in course.legs[over:]]
        course.first = cell.base = course.legs[0][0]
        del cell.inputs[:bisect_left(cell.inputs, before, key=instant_of)]
        courses.looked = len(cell.inputs)
        return gone

    def packed(self, cell: Cell[Followed]) -> Any:
        leg: Leg | None = cell.base
        return None if leg is None else [leg.label, leg.start, *leg.evidence]

    def unpacked(self, key: Key, packed: Any) -> Any:
        label, start, *evidence = packed
        return Leg(label, start, 0, tuple(evidence))

    def _courses(self, role: int, happening: Happening) -> Courses | None:
        """The courses of the cell in which *happening* belongs, if it has been looked at as it is."""
        courses = self.courses.get(self.key_of(role, happening))
        return courses if courses is not None and self._is_whole(courses) else None

    def _is_whole(self, courses: Courses) -> bool:
        return self.cells.get(courses.cell.key) is courses.cell and courses.looked == len(courses.cell.inputs)

    def _is_last(self, courses: Courses, act: Happening) -> bool:
        inputs = courses.cell.inputs
        return not inputs or inputs[-1][0] < act.order

    def _gone_on(self, course: Course) -> Iterator[Outcome]:
        """What becomes of the legs of *course* that are not settled."""
        leg = course.legs[course.settled][0] if course.legs else course.first
        del course.legs[course.settled:]
        for one, outcome in legs(self.rule, self.world, course.binding, course.acts, leg):
            if outcome is None:
                course.legs.append((one, None, True))
            else:
                course.legs.append((one, outcome.conclusion.identity, outcome.conclusion.done is not None))
                yield outcome
        # Without a leg after it, an act that is still to come may count for it.
        while course.settled < len(course.legs) - 1 and course.legs[course.settled][2]:
            course.settled += 1
