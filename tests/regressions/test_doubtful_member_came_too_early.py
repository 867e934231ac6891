"""In a large log, columns took a breach that only the engine can date for one from before the law, and counted without it."""

from __future__ import annotations

from collections.abc import Callable

RULES = """\
  - {duty: reply, source: law, when: asked, bearer: unit, must: done, same: case, within: 1 day}
  - {threshold: of a case, source: law, count: breach of reply, per: case, within: 30 days rolling by instants, reaches: 1,
     fires: each, effective: {from: 2026-03-03}}
  - {threshold: of a unit, source: law, count: finding of of a case, per: bearer, within: 30 days rolling by instants, reaches: 1,
     fires: each}
"""


def test_what_only_the_engine_can_date_counts_with_what_columns_have_found(agrees_in_columns: Callable[..., None]) -> None:
    log = [{"id": id, "type": "asked", "time": f"2026-03-02T0{9 - later}:00:00Z", "recordedtime": f"2026-03-0{2 + later}T09:00:00Z",
            "subject": f"case/{case}", "data": {"unit": "u"} | data}
           for id, case, later, data in [
               ("1", "1", 0, {}), ("2", "2", 0, {}), ("3", "2", 2, {"corrects": "2", "reason": "mistyped"})]]
    agrees_in_columns(RULES, log, "2026-04-01T00:00")
