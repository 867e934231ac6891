"""Where no rule joins across cases, each case may be judged by itself: a log may be cut by case, and spread over many machines."""

from __future__ import annotations

import re
from collections import Counter

import attrs
from foundation import foundation
from hypothesis import event, given, note, reject
from hypothesis import strategies as st

from accountability.conclusion import Conclusion
from accountability.engine.replay import replay
from accountability.errors import RuleFileError
from accountability.event import Event
from accountability.policy import read_rules_text
from accountability.semantics import judge
from accountability.testing.rule_texts import rule_texts
from accountability.testing.strategies import World, histories, instants, organisations

OF_A_CASE = ("duty", "duty", "turned duty", "prohibition", "threshold", "tally", "gate", "effect")


@st.composite
def worlds_of_cases(draw: st.DrawFn) -> World:
    text = re.sub(r"(?m)^ +once per:.*\n?", "", draw(rule_texts(OF_A_CASE, by=("case",))))  # of a unit, whatever the case
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
