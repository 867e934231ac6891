"""What the safeguards forbid of a raised case was said of what every case brings, and then nobody saw it."""

from __future__ import annotations

import pytest

from accountability.errors import RuleFileError
from accountability.policy.pack import read_rules_text

HEAD = """\
pack: p
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
effective: {from: 2026-01-01}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit, place: [city, capital]}
  case.registered: {case: case from subject, unit: unit, quality: [good, poor]}
  crowd.gathered: {nobody's fault: yes, incident: incident from subject, unit: unit}
  crowd.handled: {incident: incident from subject, unit: unit}
  month.closed: {unit: unit from subject}
  case.close_asked: {case: case from subject, unit: unit}
  body.decided: {unit: unit from subject}
  appeal.filed: {unit: unit from subject}
rules:
  - {duty: register, source: law, when: case.raised, bearer: unit, must: case.registered, same: case, within: 2 days,
     answers: {head: at due}}
  - {duty: handle, source: law, when: crowd.gathered, bearer: unit, must: crowd.handled, same: incident, within: 2h,
     answers: {head: at due}}
  - {duty: appeal, source: law, when: body.decided, bearer: unit, may: appeal.filed, same: unit, within: 15 days}
"""
OFTEN = ("{threshold: many, source: law, count: COUNTED, per: unit, within: calendar year, reaches: 2, fires: each, "
         "answers: {head: at last}}")
FORBIDDEN = "{prohibition: p, source: law, when: WHEN, bearer: unit, answers: {head: at trigger}}"
STEP = "{gate: g, source: law, when: month.closed, bearer: unit, requires: {r: NEEDS}, answers: {head: at trigger}}"


def refused_by(rules: str) -> set[str]:
    """The checks that refuse a pack with these further rules; none where it is read."""
    try:
        read_rules_text(f"{HEAD}  - {rules}\n")
    except RuleFileError as error:
        return {d.check for d in error.diagnostics if d.severity == "error"}
    return set()


@pytest.mark.parametrize("counted", ["case.registered", "discharge of register"])
def test_what_answers_a_case_was_counted_for_the_case(counted: str) -> None:
    """That `case.registered` is no raised case did not say that more cases bring no more of it."""
    assert refused_by(OFTEN.replace("COUNTED", counted)) == {"case-handled-as-fault"}
    assert refused_by(OFTEN.replace("COUNTED", "case.registered, where: quality is poor")) == set()


def test_it_was_a_breach_that_a_case_came_to_the_capital() -> None:
    """A condition on where a case came from was taken for one on what was wrong with how it was handled."""
    assert refused_by(FORBIDDEN.replace("WHEN", "discharge of register, where: place is capital")) == {"case-handled-as-fault"}
    assert refused_by(FORBIDDEN.replace("WHEN", "case.registered, where: quality is poor")) == set()


def test_a_chain_of_rules_hid_what_it_began_with() -> None:
    """Only what the duty of the case itself concluded was seen, not what further duties make of that."""
    chain = ("{duty: visit, source: law, when: case.registered, bearer: unit, must: month.closed, same: unit, within: 9 days, "
             "answers: {head: at due}}\n  - ")
    assert refused_by(chain + OFTEN.replace("COUNTED", "discharge of visit")) == {"case-handled-as-fault"}
    assert refused_by(chain + OFTEN.replace("COUNTED", "breach of visit")) == set()


@pytest.mark.parametrize("needs", ["no discharge of register of the same unit", "not (any case.registered of the same unit)"])
def test_a_unit_without_cases_passed_where_others_did_not(needs: str) -> None:
    """A requirement that nothing was handled is a requirement that nobody raised a case."""
    assert refused_by(STEP.replace("NEEDS", needs)) == {"case-handled-as-fault"}
    assert refused_by(STEP.replace("NEEDS", "no breach of register of the same unit")) == set()
    assert refused_by(STEP.replace("NEEDS", "any discharge of register of the same unit")) == set()


@pytest.mark.parametrize("rules", [
    OFTEN.replace("COUNTED", "discharge of handle"), OFTEN.replace("COUNTED", "crowd.handled"),
    FORBIDDEN.replace("WHEN", "crowd.gathered, joined with: discharge of handle, same: unit"),
    STEP.replace("NEEDS", "no crowd.gathered of the same unit"),
    "{duty: prevent, source: law, when: crowd.gathered, bearer: unit, must: month.closed, same: unit, within: 0h, "
    "answers: {head: at due}}"])
def test_a_crowd_that_was_handled_in_time_was_held_against_the_unit(rules: str) -> None:
    """SG11 was not followed through what handles a crowd, nor through a duty that nobody can keep."""
    assert refused_by(rules) == {"nobody-at-fault"}


def test_what_must_have_been_done_before_is_no_fault_of_the_crowd() -> None:
    """A gate that asks what the authority had done is conjunctive, also where that act answers something else."""
    assert refused_by(STEP.replace("month.closed", "crowd.gathered").replace("NEEDS", "any month.closed of the same unit")) == set()
    assert refused_by(FORBIDDEN.replace("WHEN", "crowd.gathered, joined with: breach of handle, same: unit")) == set()
    unregistered = "case.close_asked, where: no discharge of register of the same case"
    assert refused_by(FORBIDDEN.replace("WHEN", unregistered)) == set()


@pytest.mark.parametrize("rules", [
    STEP.replace("month.closed", "discharge of register").replace("NEEDS", "place is city"),
    OFTEN.replace("COUNTED", "discharge of register").replace("fires", "merit: yes, finding: {points: -5}, fires")])
def test_a_refusal_and_a_merit_did_what_a_prohibition_may_not(rules: str) -> None:
    """A gate refused what came from the capital, and a merit took points."""
    assert refused_by(rules) == {"case-handled-as-fault"}
    assert refused_by(STEP.replace("month.closed", "case.registered").replace("NEEDS", "quality is good")) == set()


@pytest.mark.parametrize("kept", [
    "provided: place is city, within: 2 days", "provided: place is city and quality is good, within: 2 days", "within: 0h",
    "within: [{where: place is capital, limit: 0h}, {otherwise: 2 days}]"])
def test_a_duty_could_be_kept_for_some_cases_alone(kept: str) -> None:
    """Whatever is done, a case from the capital is missed: then it is the case that is the breach."""
    duty = ("{duty: d, source: law, when: case.raised, bearer: unit, must: case.registered, same: case, KEPT, "
            "answers: {head: at due}}")
    assert refused_by(duty.replace("KEPT", kept)) == {"case-raised-as-breach"}
    assert refused_by(duty.replace("KEPT", "provided: quality is good, within: 0 days")) == set()


def test_one_event_may_decide_on_appeals_and_at_first() -> None:
    """What decides on an appeal is not what the appeal brings, where the same event decides on what it is about."""
    decided = ("{duty: on the appeal, source: law, when: discharge of appeal, bearer: unit/county, must: body.decided, same: unit, "
               "within: 9 days, answers: {head: at due}}\n  - {effect: ban, source: law, when: body.decided, same: unit, standing: "
               "{term: 1 year, bars: [award]}, quashed by: {when: month.closed}}")
    assert refused_by(decided) == set()


def test_whoever_appealed_was_worse_off() -> None:
    """A right that is used was counted like any other event."""
    assert refused_by(OFTEN.replace("COUNTED", "discharge of appeal")) == {"right-held-against"}
    assert refused_by(FORBIDDEN.replace("WHEN", "appeal.filed")) == {"right-held-against"}
    assert refused_by(STEP.replace("NEEDS", "no appeal.filed of the same unit")) == set()  # what waits for it is no harm


@pytest.mark.parametrize(("measure", "check"), [
    ("blacklist the petitioners", {"aimed-at-people"}), ("拦截并劝返上访人员", {"aimed-at-people"}),
    ("stop the interception of petitioners", set()), ("责令纠正截访行为", set()), ("intercept the sewage", set())])
def test_a_measure_was_read_by_nobody(measure: str, check: set[str]) -> None:
    """What is proposed is free text, and blamed or held back whom it liked."""
    assert refused_by(f"{{effect: e, source: law, when: finding of often, propose: {measure}}}\n  - " + OFTEN.replace(
        "many", "often").replace("COUNTED", "breach of handle")) == check


def test_a_unit_may_be_called_by_what_it_cares_for() -> None:
    """`unit/health` is no person; `unit/petitioner` is."""
    duty = ("{duty: d, source: law, when: case.raised, bearer: BEARER, must: month.closed, same: unit, within: 2 days, "
            "answers: {head: at due}}")
    assert refused_by(duty.replace("BEARER", "unit/health")) == set()
    assert refused_by(duty.replace("BEARER", "unit/petitioner")) == {"personal-field"}
