"""How cases are called is of no account."""

from __future__ import annotations

import re

import attrs
from foundation import of
from hypothesis import given

from accountability.conclusion import Conclusion, identity
from accountability.testing.strategies import World, worlds


@given(worlds())
def test_other_case_ids_change_nothing_but_the_ids(world: World) -> None:
    """With every case called otherwise, in the same order of names, a log gives the same findings about the cases so called.

    The order of names is kept because dues of one rule at one instant are taken by subject (time.md, Order at one instant).
    """

    def renamed(case: object) -> str:
        return f"档/{case}0"

    events = [
        attrs.evolve(e, subject=f"case/{renamed(e.fields['case'])}", fields={**e.fields, "case": renamed(e.fields["case"])})
        if "case" in e.fields
        else e
        for e in world.events
    ]
    before, after = of(world, world.events), of(world, events)
    names: dict[str, str] = {}
    made = {f.identity: f for f in before.findings}

    def other_trigger(trigger: str) -> str:
        return re.sub(r"\b[0-9a-f]{16}\b", lambda m: other_name(m[0]), trigger)

    def other_name(name: str) -> str:
        if name in made and name not in names:
            f = made[name]
            names[name] = identity(f.rule, other_subject(f.subject), other_trigger(f.trigger))
        return names.get(name, name)

    def other_subject(subject: str) -> str:
        kind, _, value = subject.partition("/")
        return f"case/{renamed(value)}" if kind == "case" else subject

    def other(f: Conclusion) -> Conclusion:
        details = tuple((name, tuple(map(other_subject, value)) if name == "by" else value) for name, value in f.details)
        return attrs.evolve(f, subject=other_subject(f.subject), trigger=other_trigger(f.trigger), details=details)

    assert set(after.findings) == {other(f) for f in before.findings}
    assert after.counts == before.counts
