"""docs/reference/intake.md says what is so: its examples are read, its tables compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accountability.event import Event
from accountability.intake import CHECKS, Intake, read_mapping
from accountability.policy.vocabulary import EventType, Field, Sort, Type, Where

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "intake.md").read_text(encoding="utf-8")
CASE = Field("case", Type(Sort.REFERENCE, kind="case"), Where.SUBJECT)
VOCABULARY = {
    "presence.arrived": EventType("presence.arrived", {"case": CASE, "post": Field("post", Type(Sort.REFERENCE, kind="post"))}),
    "case.opened": EventType("case.opened", {
        "case": CASE, "unit": Field("unit", Type(Sort.REFERENCE, kind="unit")), "request": Field("request", Type(Sort.TEXT)),
        "target": Field("target", Type(Sort.INSTANT), optional=True), "ward": Field("ward", Type(Sort.TEXT), optional=True),
        "channel": Field("channel", Type(Sort.TEXT), optional=True),
    }),
    "case.closed": EventType("case.closed", {"case": CASE}),
}


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert isinstance(found, str)
    return found


def test_the_table_of_checks_is_the_list_of_checks() -> None:
    table = PAGE.partition("## Why an event is refused")[2].partition("##")[0]
    assert re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", table, re.MULTILINE) == list(CHECKS.items())


def test_the_python_example_reads_the_event_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(json.loads(block("json"))) + "\n{}\n", encoding="utf-8")
    names: dict[str, Callable[..., Iterator[Event]]] = {}
    exec(block("python"), names)
    [found] = names["read"]([log], VOCABULARY)
    assert found.fields == {"case": "C-101", "post": "town-a/deputy"}
    assert json.loads((tmp_path / "dead-letters.jsonl").read_text(encoding="utf-8"))["origin"] == f"{log}:2"


def test_the_mapping_of_the_page_is_read_and_does_what_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    intake = Intake(VOCABULARY, mapping=read_mapping(path, VOCABULARY))
    whole = {"specversion": "1.0", "id": "e1", "source": "/boston/311/sample-2015-2024", "time": "2026-01-01T00:00:00Z"}
    data = {"case_id": "7", "department": "PWDx", "type": "Pothole", "sla_target": None, "ward": " "}
    found = intake.one({**whole, "type": "gov.boston.311.case.opened", "data": data, "ward": "Ward 17"})
    assert found.source == "/boston/311"
    assert found.fields == {"case": "7", "unit": "public-works", "request": "Pothole", "ward": "17", "channel": "sample"}
    assert intake.one({**whole, "type": "gov.boston.311.case.closed.duplicate", "subject": "7"}).type == "case.closed"
    assert intake.one({**whole, "type": "gov.boston.311.survey.sent"}).fields == {}
    assert intake.counts.ignored == 1
