"""Hypothesis strategies: histories under any policy, for properties of that policy.

    @given(histories_of(read_rules("rules/hotline")))
    def test_nobody_is_vetoed_without_a_decision(history):
        assert all(f.evidence for f in history.judge().of("veto"))

Events come through the intake, so that they are as real ones are. They shrink to few, which happen one hour after the other on a
plain morning, are told at once and carry the first of all values. Needs the extra `testing`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st

from accountability.organisation import Organisation
from accountability.policy.model import Policy
from accountability.testing.drawn import DrawnHistory
from accountability.testing.edges import DAY, Edges, Focus
from accountability.testing.making import HOUR, After, Edge, Limited, Making, Step, Told, Turn, When
from accountability.testing.offices import organisation_of

T = TypeVar("T")
SECOND = timedelta(seconds=1)
SIDES = (timedelta(), SECOND, -SECOND)
"""On which side of an edge something happens: at it, just after, just before."""
WHENS: tuple[When, ...] = (
    After(HOUR), After(timedelta()), *(Turn(n, s) for s in SIDES for n in (0, 0, 1, 2, 3)), After(DAY), After(30 * DAY),
    *(Limited(n, b, s) for n in range(4) for b in (0, 1) for s in SIDES[:2]), *map(Edge, range(4)), After(365 * DAY))
ANSWERS = (0, 0, 0, 1, 1, 1, 2, 3)
TOLD = (None, *[Told()] * 26, *(Told(late) for late in (HOUR, DAY, 10 * DAY, 40 * DAY, -HOUR)),
        *(Told(HOUR * 25, says) for says in ("retracts", "corrects", "repeats")))
LOOKS: tuple[When, ...] = (*[After(timedelta())] * 4, *(Turn(n, s) for n in (0, 1, 2) for s in SIDES[:2]), After(DAY))
"""From where a history is looked at, if not when all limits are over. That comes first: most that is wrong is wrong then, too, and
no event is needed to bring about the instant."""


def histories_of(policy: Policy, organisation: Organisation | None = None, *, about: Sequence[str] = (),
                 most: int = 8) -> st.SearchStrategy[DrawnHistory]:
    """Histories of at most *most* events of the types about which rules of *policy* ask.

    Where no *organisation* is given, it is that in the folder of *policy*; where that has no units either, a few are made up. With
    *about*, names of rules and invariants, everything is about these, which then come about more often. Raises KeyError for
    a name that there is not, OrganisationError for a file that cannot be used.
    """
    edges = Edges(policy, organisation_of(policy, organisation))
    names = about or [r.name for r in (*policy.invariants, *policy.rules)]
    foci = [f for name in names if (f := edges.focus([name])).types]
    if not foci:
        return st.just(DrawnHistory(policy, edges.organisation, (), edges.focus(names).start))
    return _histories(edges, tuple(Drawing(edges, focus) for focus in foci), most)


class Drawing:
    """The strategies for the parts of a history that is about *focus*, made once."""

    def __init__(self, edges: Edges, focus: Focus) -> None:
        self.focus = focus
        places = [[_place(len(edges.values(declared, f))) for f in declared.fields.values()] for declared in focus.types]
        self.start = _one_of((*[focus.start] * 3 * len(focus.turns), *focus.turns))
        self.look = _one_of((*[After(focus.patience)] * 4, *LOOKS))
        numbers, answers, whens, told = _place(len(places)), _one_of(ANSWERS), _one_of(WHENS), _one_of(TOLD)

        @st.composite
        def step(draw: st.DrawFn) -> Step:
            number = draw(numbers)
            return Step(number, draw(answers), draw(whens), draw(told), tuple([draw(p) for p in places[number]]))

        self.step = step()


@functools.cache
def _place(size: int) -> st.SearchStrategy[int]:
    return st.integers(0, size - 1)


def _one_of(options: tuple[T, ...]) -> st.SearchStrategy[T]:
    return st.sampled_from(options)


@st.composite
def _histories(draw: st.DrawFn, edges: Edges, drawings: tuple[Drawing, ...], most: int) -> DrawnHistory:
    drawing = drawings[draw(st.integers(0, len(drawings) - 1))]
    home, start = draw(_one_of(edges.homes)), draw(drawing.start)
    steps = draw(st.lists(drawing.step, min_size=0, max_size=most))
    making = Making(edges, drawing.focus, home, start)
    for step in steps:
        if step.told is not None:
            making.add(step, step.told)
        else:
            making.wait(step)
    looked = making.instant(draw(drawing.look))
    last = max((e.recorded_at for e in making.events), default=start)
    return DrawnHistory(edges.policy, edges.organisation, making.arrived(), max(looked, last))
