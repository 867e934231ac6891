"""A due that an event carries never moves; the page of such a duty said that it moves to the next working day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from accountability.conclusion import Status
from accountability.policy.model import Policy
from accountability.policy.rendering import show_rule

RULE = "  - {duty: reply, source: law, when: asked, where: by is present, bearer: unit, must: done, same: case, WHEN, roll: yes}\n"
CARRIED, COUNTED = RULE.replace("WHEN", "due: by"), RULE.replace("WHEN", "within: 5 days")
SATURDAY = {"by": "2026-03-07T09:00:00Z"}


def test_a_due_on_a_saturday_stays_there(say: Any) -> None:
    (found,) = say(CARRIED, [("a", "asked", "2026-03-02T12:00", SATURDAY)], "2026-03-07T09:00:01")
    assert (found.status, found.due) == (Status.MISSED, datetime.fromisoformat("2026-03-07T09:00:00+00:00"))
    (found,) = say(COUNTED, [("a", "asked", "2026-03-02T12:00", SATURDAY)], "2026-03-07T09:00:01")
    assert (found.status, found.due_date) == (Status.OPEN, date(2026, 3, 9))


def test_the_page_says_so(policy: Callable[..., Policy]) -> None:
    english, chinese = "stands as it is and moves for no holiday", "所载的到期时刻不因节假日顺延"
    assert english in show_rule(policy(CARRIED), "reply", "en")
    assert chinese in show_rule(policy(CARRIED), "reply", "zh")
    assert english not in show_rule(policy(COUNTED), "reply", "en")
    assert chinese not in show_rule(policy(COUNTED), "reply", "zh")
