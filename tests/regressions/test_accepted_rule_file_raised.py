"""Rule files that were accepted and then ended the run, at the first event or at an unlucky one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accountability.engine.closures import Compiler
from accountability.errors import EventRejected, RuleFileError
from accountability.intake.instants import read_instant, read_time
from accountability.organisation import Organisation
from accountability.policy.expression import Arithmetic, Constant, Expression
from accountability.policy.model import Policy
from accountability.policy.pack import read_rules_text
from accountability.policy.vocabulary import NUMBER

DUTY = "  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, MORE}\n"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            "within: 1 day, until close of business: yes",
            "no-business-hours: `reply`: `until close of business` needs business hours",
        ),
        (
            "within: 1 day, clock starts: next opening",
            "no-business-hours: `reply`: `clock starts: next opening` needs business hours",
        ),
        (
            "within: 2h, until close of business: yes, business hours: {from: 09:00, to: 17:00}",
            "two-ends: `reply`: `2h` ends at a time of its own",
        ),
        (
            "where: grace is present, within: grace, until close of business: yes, business hours: {from: 09:00, to: 17:00}",
            "two-ends: `reply`: `1h` ends at a time of its own",
        ),
    ],
)
def test_a_duty_whose_limit_cannot_be_reckoned_is_refused(policy: Callable[..., Policy], more: str, why: str) -> None:
    with pytest.raises(RuleFileError, match=why):
        policy(DUTY.replace("MORE", more))


def test_working_days_need_a_calendar() -> None:
    """The check looked for a word that a limit does not print."""
    rules = """\
pack: small
timezone: UTC
sources: {law: A law}
vocabulary: {asked: {case: case, unit: unit}, done: {case: case}}
rules:
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 5 working days}
"""
    with pytest.raises(RuleFileError, match="no-calendar: `reply`: `5 working days` needs a calendar; name one"):
        read_rules_text(rules)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (
            "  - {threshold: many, count: fault, per: unit, within: 5 working days rolling by dates, reaches: 2, fires: each}",
            "not-a-window",
        ),
        (
            "  - {prohibition: fault, when: fault, bearer: unit, joined with: done, same: case, within: 5 working days}",
            "not-a-limit",
        ),
        (
            "  - {effect: card, propose: card, when: fault, decided by: decided, same: case, standing: {term: 5 working days}}",
            "not-a-term",
        ),
        (
            "  - {effect: card, propose: card, when: fault, decided by: decided or done, same: case, standing: {term: 5 days}}",
            "not-one-event: the effect `card` is decided by `decided` or `done`",
        ),
    ],
)
def test_a_stretch_of_working_days_and_a_second_decision_are_refused(policy: Callable[..., Policy], rule: str, why: str) -> None:
    """Working days are counted forward, with a calendar; and of two deciding events the second was silently left out."""
    with pytest.raises(RuleFileError, match=why):
        policy(rule)


@pytest.mark.parametrize("size", [-1, 0, 10**15])
def test_a_limit_times_a_number_of_the_event(say: Any, size: int) -> None:
    """A negative factor, or one that makes a thousand years, ended the run; there is no such limit, so the duty does not start."""
    rules = DUTY.replace("MORE", "within: 2h * size, where: 2h * size is present")
    assert len(say(rules, [("a", "asked", "2026-03-02T09:00", {"size": size})], "2026-03-09T00:00")) == (size == 0)


def test_a_limit_in_days_is_not_compared_with_hours(say: Any) -> None:
    """A field declared `limit` may carry days, which have no length to compare; that ended the run. The comparison is unknown."""
    rules = DUTY.replace("MORE", "within: 1 day, where: grace > 2h")
    log = [("a", "asked", "2026-03-02T09:00", {"grace": "3 days"}), ("b", "asked", "2026-03-02T09:00", {"grace": "3h"})]
    assert [f.evidence for f in say(rules, log, "2026-03-09T00:00")] == [("b",)]


def test_a_divisor_that_stands_in_the_rule_leaves_no_limit_missing(say: Any) -> None:
    """`within: 3h / 2` was refused as if it could be missing."""
    assert len(say(DUTY.replace("MORE", "within: 3h / 2"), [("a", "asked", "2026-03-02T09:00")], "2026-03-09T00:00")) == 1


def test_a_sum_of_a_hundred_parts_compiles() -> None:
    """Python reads no more than 200 parentheses within one another."""
    tree: Expression = Constant(0, NUMBER)
    for _ in range(100):
        tree = Arithmetic("+", tree, Constant(1, NUMBER), NUMBER)
    compiler = Compiler({}, Organisation.empty(), UTC, {})  # type: ignore[arg-type]
    assert compiler.amount(tree)({}, {}, datetime(2026, 3, 2, tzinfo=UTC)) == 100


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1799-12-31T23:59:59Z"])
def test_no_instant_lies_before_all_calendars(text: str) -> None:
    """Some systems write the year 1 for no date; in western zones its local day does not exist, which ended the run."""
    with pytest.raises(EventRejected, match="outside the years 1800 to 9999; leave it out"):
        read_instant(text, "`by`")


def test_nothing_happens_in_the_year_9999() -> None:
    """It is what some systems write for never. A due may lie there, an event may not."""
    assert read_instant("9999-12-31T00:00:00Z", "`by`")[0] == datetime(9999, 12, 31, tzinfo=UTC)
    with pytest.raises(EventRejected, match="`time` is `9999-12-31T00:00:00Z`, outside the years"):
        read_time("9999-12-31T00:00:00Z", "`time`")


def test_a_failure_of_long_ago_is_still_joined(say: Any) -> None:
    """Without `within` a join reaches back for ever; the number that stood for that was 1827."""
    rules = "  - {prohibition: fault, source: law, when: fault, bearer: unit, joined with: done, same: case}\n"
    found = say(rules, [("d", "done", "1800-02-01T09:00"), ("f", "fault", "2026-03-02T09:00")], "2026-03-09T00:00")
    assert [f.evidence for f in found] == [("f", "d")]
