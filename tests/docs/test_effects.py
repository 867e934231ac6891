"""docs/explanation/effects.md: the code on it runs."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from accountability import Intake, Organisation, read_rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "effects.md").read_text(encoding="utf-8")


def test_the_answer_on_the_page_is_the_one_that_is_given(capsys) -> None:  # type: ignore[no-untyped-def]
    policy = read_rules(ROOT / "rules" / "veto-and-appeal")
    organisation = Organisation.from_node(document(), policy.zone)
    one = Intake(policy.vocabulary).one
    base = {"specversion": "1.0", "source": "/log"}
    events = [
        one(base | {"id": "1", "type": "incident.occurred", "subject": "incident/I-9", "time": "2025-12-20T16:00:00+08:00",
                    "data": {"unit": "town-x", "kind": "safety", "attributable": True}}),
        one(base | {"id": "2", "type": "veto.decided", "subject": "unit/town-x", "time": "2026-02-20T10:00:00+08:00",
                    "data": {"veto": "V-1", "by": "county-commission", "year": 2025, "incident": "I-9"}})]
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    day = datetime.fromisoformat("2026-03-01T00:00:00+08:00")
    names = {"policy": policy, "organisation": organisation, "events": events, "day": day}
    exec(code, names)
    (shown,) = re.findall(r"# (.*)$", code, re.MULTILINE)
    assert capsys.readouterr().out.strip() == shown


def document():  # type: ignore[no-untyped-def]
    from accountability.document import parse

    return parse("""\
units:
  - {id: county-commission, name: Commission, level: county}
  - {id: town-x, name: Town X, level: town}
posts:
  - {id: town-x/principal, unit: town-x, role: principal, rank: 1}
tenures:
  - {post: town-x/principal, holder: Holder D, from: 2023-01-01}
""", "organisation.yaml")
