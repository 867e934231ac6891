"""Where no rule joins across cases, each case may be judged by itself: a log may be cut by case, and spread over many machines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import attrs
from foundation import foundation
from hypothesis import event, given, note, reject
from hypothesis import strategies as st

from accountability.conclusion import Conclusion, Kind
from accountability.engine.replay import replay
from accountability.errors import RuleFileError
from accountability.event import Event
from accountability.organisation import Organisation, Unit
from accountability.policy import read_rules_text
from accountability.semantics import judge
from accountability.testing.author import FIRST_DAYS
from accountability.testing.rule_texts import HEAD, rule_texts
from accountability.testing.strategies import World, histories, instants, organisations

OF_A_CASE = ("duty", "duty", "turned duty", "prohibition", "threshold", "tally", "gate", "effect", "later effect", "joint effect",
             "decided effect", "reporting")
OF_A_UNIT = re.compile(r"(?m)^ +(once per|together|meanwhile):.*\n?|^( +)barred:\n(\2 .*\n?)+")
"""What looks at all that there is about a unit, a post or a person, whatever the case: who is barred is barred in every case."""
DAYS = {"before": -40, "day1": 1, "day2": 2, "day30": 30, "day32": 32}
RUNGS = """\
rules:
  - {{prohibition: broke it, source: law, when: fault.found, bearer: unit}}
  - {{effect: warning, source: law, when: breach of broke it, after: step.done, {within}same: case, propose: a warning,
     decided by: body.decided, standing: {{term: 1 month{together}}}}}
  - {{effect: bar, source: law, when: breach of broke it, after: standing of warning, {within}same: case, propose: a bar,
     decided by: body.decided, standing: {{term: 1 day{together}}}}}
"""


@st.composite
def worlds_of_cases(draw: st.DrawFn) -> World:
    text = OF_A_UNIT.sub("", draw(rule_texts(OF_A_CASE, by=("case",))))
    try:
        policy = read_rules_text(text, warn=False)
    except RuleFileError:
        reject()
    note(text)
    organisation = draw(organisations(policy))
    log = draw(histories(policy, organisation))
    # A correction, or a conflict, may move an event to another case, and so the log must be cut after it has been corrected.
    events = list({e.ref: e for e in log if e.corrects is None and e.retracts is None}.values())
    at = draw(instants(policy))
    return World(policy, organisation, events, at, at)


def case_of(one: Event) -> object:
    return one.fields.get("case")


@foundation
@given(worlds_of_cases())
def test_a_log_may_be_cut_by_case(world: World) -> None:
    """Cases judged one by one, each with what belongs to no case, give the findings and counts of the whole log together."""
    common = [e for e in world.events if case_of(e) is None]
    cases = {case_of(e) for e in world.events} - {None}
    whole = judge(world.policy, world.organisation, world.events, at=world.at, report_all=True)
    of_none = replay(world.policy, world.organisation, common, at=world.at, report_all=True)
    findings, counts = list[Conclusion](of_none.findings), Counter(of_none.counts)
    for case in cases:
        part = [e for e in world.events if case_of(e) in (None, case)]
        found = replay(world.policy, world.organisation, part, at=world.at, report_all=True)
        findings += found.findings
        counts += Counter(found.counts)
    event(f"cases: {len(cases)}, findings: {'some' if whole.findings else 'none'}")
    assert Counter(map(attrs.astuple, findings)) == Counter(map(attrs.astuple, whole.findings))
    assert counts == Counter(whole.counts)


@st.composite
def climbing_worlds(draw: st.DrawFn) -> World:
    """Rungs of two cases, of which the terms may come together, and much that happens within two days."""
    zone = draw(st.sampled_from(sorted(FIRST_DAYS)))
    days = {name: str(FIRST_DAYS[zone] + timedelta(days=n)) for name, n in DAYS.items()}
    together = draw(st.sampled_from(["", ", together: added, at most: 2 months", ", together: heaviest", ", meanwhile: added"]))
    within = draw(st.sampled_from(["", "within: 5h, ", "within: 1 day, "]))
    policy = read_rules_text(HEAD.format(zone=zone, **days) + RUNGS.format(together=together, within=within), warn=False)
    first, found = datetime.combine(FIRST_DAYS[zone], time(), policy.zone).astimezone(UTC), []
    for number in range(draw(st.integers(4, 16))):
        type_ = draw(st.sampled_from(["fault.found", "fault.found", "step.done", "body.decided"]))
        at = first + timedelta(hours=draw(st.integers(0, 48)))
        found.append(Event(id=str(number), source="s", type=type_, occurred_at=at, recorded_at=at,
                           fields={"case": draw(st.sampled_from("12")), "unit": draw(st.sampled_from(["u1", "u2"]))}))
    end = first + timedelta(days=9)
    return World(policy, Organisation.of([Unit("u1", "Town 1", "town"), Unit("u2", "Town 2", "town")]), found, end, end)


@given(climbing_worlds())
def test_what_is_proposed_in_a_case_is_proposed_for_it_alone(world: World) -> None:
    """What should follow after something else in its case is proposed as if there were no other case, even where the terms of what
    is decided come together over all cases."""

    def proposed(events: Sequence[Event]) -> set[tuple[object, ...]]:
        found = judge(world.policy, world.organisation, events, at=world.at, report_all=True).findings
        return {(f.rule, f.subject, f.trigger, f.status, f.evidence) for f in found if f.kind is Kind.PROPOSAL}

    apart = [proposed([e for e in world.events if case_of(e) == case]) for case in "12"]
    event(f"cases with proposals: {sum(map(bool, apart))}")
    assert set().union(*apart) == proposed(world.events)
