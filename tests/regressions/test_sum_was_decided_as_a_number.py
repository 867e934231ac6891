"""In a large log, columns took a threshold that sums, or counts periods in a row, for one that counts members in a window."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RULES = """\
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 2h}
  - {threshold: often, source: law, count: breach of reply, per: unit, reaches: 2, fires: each, COUNTED}
"""


@pytest.mark.parametrize("counted", [
    "within: calendar year, adds: 0.5", "within: calendar year, adds: 2", "in a row: calendar month"])
def test_what_is_no_number_of_members_is_left_to_the_engine(counted: str, agrees_in_columns: Callable[..., None]) -> None:
    log = [{"id": case, "type": "asked", "time": f"2026-03-0{case}T09:00:00Z", "subject": f"case/{case}", "data": {"unit": "u"}}
           for case in "123"]
    agrees_in_columns(RULES.replace("COUNTED", counted), log, "2026-04-01T00:00")
