"""What a mapping selects from a whole log: the first or last of a type in a case, and closed cases alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from accountability.errors import RuleFileError
from accountability.event import Event
from accountability.intake import Intake, read_mapping
from accountability.policy.pack import read_rules_text

POLICY = read_rules_text("""\
pack: t
timezone: UTC
vocabulary:
  opened: {case: case from subject}
  asked: {case: case from subject}
  closed: {case: case from subject}
  held: {place: 'text, optional'}
rules: []
""")
EVENTS = "events: [{foreign: opened, type: opened, fields: {case: subject}}]\n"
LOG = [("opened", "a", 1), ("asked", "a", 3), ("asked", "a", 2), ("opened", "b", 4), ("asked", "b", 5), ("closed", "a", 6),
       ("closed", "a", 7), ("held", None, 8)]


def chosen(tmp_path: Path, mapping: str) -> list[str]:
    """The hours of the events that count."""
    (tmp_path / "mapping.yaml").write_text(EVENTS + mapping)
    intake = Intake(POLICY.vocabulary, mapping=read_mapping(tmp_path / "mapping.yaml", POLICY.vocabulary))
    found: list[Event] = [
        intake.one({"specversion": "1.0", "id": f"e{hour}", "source": "/log", "type": kind, "time": f"2026-03-02T0{hour}:00:00Z"}
                   | ({"subject": f"case/{case}"} if case else {})) for kind, case, hour in LOG]
    return [e.id for e in intake.selected(found)]


def test_without_a_word_every_event_counts(tmp_path: Path) -> None:
    assert chosen(tmp_path, "") == [f"e{hour}" for _, _, hour in LOG]


def test_the_first_or_the_last_of_a_case_by_when_it_happened(tmp_path: Path) -> None:
    assert chosen(tmp_path, "one of: [{type: asked, first: case}, {type: closed, last: case}]") == [
        "e1", "e2", "e4", "e5", "e7", "e8"]


def test_closed_cases_alone_and_what_belongs_to_no_case(tmp_path: Path) -> None:
    assert chosen(tmp_path, "closed cases: {by: case, closed by: [closed]}") == ["e1", "e3", "e2", "e6", "e7", "e8"]


@pytest.mark.parametrize(("mapping", "words"), [
    ("one of: [{type: asked}]", "clashing-keys: a choice of one is of the first or of the last; write `first: FIELD`"),
    ("one of: [{type: asked, first: case, last: case}]", "clashing-keys: a choice of one is of the first or of the last"),
    ("one of: [{type: askd, first: case}]", "unknown-event: no event type is named `askd`; did you mean `asked`?"),
    ("one of: [{type: held, first: place}]", "unknown-field: `held` has no field `place` that is never missing"),
    ("closed cases: {by: case, closed by: [closd]}", "unknown-event: no event type is named `closd`; did you mean `closed`?"),
    ("closed cases: {by: case}", "missing-key: `closed cases` lacks `closed by`"),
])
def test_what_is_wrong_is_said_with_its_place(mapping: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(EVENTS + mapping)
    with pytest.raises(RuleFileError, match=r"mapping\.yaml:2:") as found:
        read_mapping(tmp_path / "mapping.yaml", POLICY.vocabulary)
    assert words in str(found.value)
