"""A scenario names fields; what the log calls them is for the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from accountability.policy import read_rules
from accountability.testing import scenarios_in

PACK = """pack: t
timezone: Asia/Shanghai
sources: {law: A law}
vocabulary:
  award.given: {award: award from subject, unit: unit, year: number from data basis_year, channel: text from attribute}
rules:
  - {prohibition: award, source: law, when: award.given, bearer: unit}
scenarios:
  - scenario: by name
    events:
      - {at: 2026-03-02 09:00, award.given: award/1, unit: town, KEY: 2025, channel: post}
    checkpoints:
      - {as of: 2026-03-03, findings: []}
"""


@pytest.mark.parametrize("key", ["year", "basis_year"])
def test_a_field_that_the_log_calls_otherwise(tmp_path: Path, key: str) -> None:
    """The value was refused: as missing under its own name, as no number under the log's."""
    (tmp_path / "t.yaml").write_text(PACK.replace("KEY", key).replace("2026-03-03,", "2026-03-03 00:00,"), encoding="utf-8")
    (scenario,) = scenarios_in(read_rules(tmp_path / "t.yaml"))
    assert {name: scenario.events[0].fields[name] for name in ("year", "channel")} == {"year": 2025, "channel": "post"}
