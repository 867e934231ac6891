"""Events that are accepted or ignored, from lines, from files and one at a time."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accountability.errors import DocumentError, EventRejected
from accountability.event import Event, EventRef
from accountability.intake import Intake, Refused
from accountability.intake.envelope import MAX_LINE
from accountability.intake.files import read_blocks
from accountability.policy.vocabulary import EventType, Field, Sort, Type, Where

CASE = Field("case", Type(Sort.REFERENCE, kind="case"), Where.SUBJECT)
UNIT = Field("unit", Type(Sort.REFERENCE, kind="unit"))
VOCABULARY = {
    "case.opened": EventType("case.opened", {"case": CASE, "unit": UNIT, "note": Field("note", Type(Sort.TEXT), optional=True)}),
    "case.closed": EventType("case.closed", {"case": CASE}),
    "meeting.held": EventType("meeting.held", {
        "from": Field("from", Type(Sort.NUMBER), Where.ATTRIBUTE, "from", optional=True),
        "why": Field("why", Type(Sort.TEXT), Where.DATA, "reason", optional=True),
    }),
}


def event(type_: str = "case.opened", /, **given: object) -> dict[str, object]:
    """A valid event, with what is *given* put in its place; None leaves an attribute out."""
    whole = {"specversion": "1.0", "id": "e1", "source": "/log", "type": type_, "subject": "case/C-1",
             "time": "2026-03-02T23:40:00+08:00", "data": {"unit": "town-a"}} | given
    return {key: value for key, value in whole.items() if value is not None}


def line(type_: str = "case.opened", /, **given: object) -> bytes:
    return json.dumps(event(type_, **given)).encode()


def read(*lines: bytes, intake: Intake | None = None) -> list[Event | Refused]:
    return list((intake or Intake(VOCABULARY)).read_lines(lines, "log.jsonl"))


def test_an_event_is_typed_and_keeps_both_its_times_and_its_offset() -> None:
    found = read(line(recordedtime="2026-03-03T00:00:00.25Z", sequence="7"))
    assert found == [Event(
        id="e1", source="/log", type="case.opened", subject="case/C-1", sequence="7",
        occurred_at=datetime(2026, 3, 2, 15, 40, tzinfo=UTC), recorded_at=datetime(2026, 3, 3, 0, 0, 0, 250_000, tzinfo=UTC),
        offset=timedelta(hours=8), fields={"case": "C-1", "unit": "town-a"},
    )]
    assert isinstance(found[0], Event)
    assert found[0].origin == "log.jsonl:1"


def test_what_the_vocabulary_does_not_declare_is_dropped() -> None:
    [found] = read(line(data={"unit": "town-a", "petitioner": "somebody", "phone": "123"}, badge="x"))
    assert "somebody" not in repr(found)
    assert isinstance(found, Event)
    assert found.fields == {"case": "C-1", "unit": "town-a"}


@pytest.mark.parametrize(("type_", "subject", "kept"), [
    ("case.closed", "C-1", "C-1"),  # a field reads it
    ("meeting.held", "unit/town-a", "unit/town-a"),  # its prefix says that it is no person
    ("meeting.held", "somebody", None),
    ("meeting.held", "citizen/somebody", None),
])
def test_a_subject_is_kept_where_it_is_declared_or_says_what_it_is(type_: str, subject: str, kept: str | None) -> None:
    assert Intake(VOCABULARY).one(event(type_, subject=subject)).subject == kept


def test_a_field_may_be_read_from_an_extension_attribute_or_from_another_key() -> None:
    found = Intake(VOCABULARY).one(line("meeting.held", **{"from": 3}, data={"reason": "same issue"}))
    assert found.fields == {"from": 3, "why": "same issue"}
    assert found.reason is None


@pytest.mark.parametrize(("data", "corrects", "retracts", "fields"), [
    ({"unit": "town-b", "corrects": "e0", "reason": "wrong town"}, EventRef("/log", "e0"), None, {"case": "C-1", "unit": "town-b"}),
    ({"retracts": {"source": "/other", "id": "e0"}, "reason": "wrong town"}, None, EventRef("/other", "e0"), {"case": "C-1"}),
    ({"retracts": {"id": "e0"}, "unit": "town-b", "reason": "wrong town"}, None, EventRef("/log", "e0"),
     {"case": "C-1", "unit": "town-b"}),
])
def test_corrections_name_an_event_and_a_retraction_need_not_repeat_the_fields(
    data: object, corrects: EventRef | None, retracts: EventRef | None, fields: Mapping[str, object]
) -> None:
    found = Intake(VOCABULARY).one(event(data=data))
    assert (found.corrects, found.retracts, found.reason, found.fields) == (corrects, retracts, "wrong town", fields)


@pytest.mark.parametrize("data", [{"unit": "a", "corrects": ""}, {"unit": "a", "corrects": {"source": "/x"}}, {"retracts": 5}])
def test_a_correction_that_names_no_event_is_refused(data: object) -> None:
    with pytest.raises(EventRejected, match=r"badly-typed: `(corrects|retracts)`"):
        Intake(VOCABULARY).one(event(data=data))


def test_null_is_missing_and_a_missing_optional_field_is_not_there() -> None:
    assert Intake(VOCABULARY).one(event(data={"unit": "town-a", "note": None})).fields == {"case": "C-1", "unit": "town-a"}


def test_a_record_made_before_the_event_is_a_plan_and_is_accepted() -> None:
    found = Intake(VOCABULARY).one(event(recordedtime="2026-01-01T00:00:00Z"))
    assert found.recorded_at < found.occurred_at


def test_without_recordedtime_a_file_is_taken_at_its_word_and_a_live_event_is_stamped() -> None:
    past, live = Intake(VOCABULARY), Intake(VOCABULARY, now=lambda: datetime(2026, 5, 1, 8, tzinfo=UTC))
    [found] = read(line(), intake=past)
    assert isinstance(found, Event)
    assert (found.recorded_at, past.counts.assumed_immediate) == (found.occurred_at, 1)
    assert (live.one(line()).recorded_at, live.counts.assumed_immediate) == (datetime(2026, 5, 1, 8, tzinfo=UTC), 0)


def test_lines_without_sequence_are_numbered_on_through_all_files(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(line(id="e1") + b"\n\n" + line(id="e2") + b"\n")
    second.write_bytes(line(id="e3", sequence="0005") + b"\n" + line(id="e4", sequence="") + b"\n")
    found = [e for e in Intake(VOCABULARY).read([first, second]) if isinstance(e, Event)]
    assert [(e.id, e.sequence, e.origin) for e in found] == [
        ("e1", 1, f"{first}:1"), ("e2", 3, f"{first}:3"), ("e3", "0005", f"{second}:1"), ("e4", 5, f"{second}:2"),
    ]
    assert Intake(VOCABULARY).one(line()).sequence is None


def test_what_comes_again_and_again_takes_room_once() -> None:
    """A live log keeps every event: its units are held once, and events with the same fields have one list of their names. The
    first event of a type is read plainly."""
    opened = [e for e in read(*(line(id=f"e{n}") for n in range(3))) if isinstance(e, Event)]
    assert opened[1].fields["unit"] is opened[2].fields["unit"]
    closed = [e for e in read(*(line("case.closed", id=f"e{n}") for n in range(2))) if isinstance(e, Event)]
    assert closed[0].fields == closed[1].fields
    assert sys.getsizeof(closed[1].fields) < sys.getsizeof(closed[0].fields)


def test_types_that_no_rule_asks_about_are_counted_and_not_looked_into() -> None:
    intake = Intake(VOCABULARY, wanted=frozenset({"case.closed"}))
    found = read(line(data={"unit": 5}), line("case.closed"), line("meeting.held", time="2026-04-01T00:00:00Z"), intake=intake)
    assert [e.type for e in found if isinstance(e, Event)] == ["case.closed"]
    counts = intake.counts
    assert (counts.read, counts.accepted, counts.ignored, counts.refused) == (3, 1, 2, 0)
    assert counts.latest_recorded_at == datetime(2026, 4, 1, tzinfo=UTC)


def test_an_ignored_event_still_has_to_say_when_it_happened() -> None:
    intake = Intake(VOCABULARY, wanted=frozenset())
    assert [r.check for r in read(line(time="yesterday"), intake=intake) if isinstance(r, Refused)] == ["bad-instant"]
    assert (intake.counts.refused, intake.counts.latest_recorded_at) == (1, None)


def test_a_pack_that_is_not_strict_ignores_unknown_types() -> None:
    intake = Intake(VOCABULARY, strict=False)
    assert read(line("case.opend"), intake=intake) == []
    assert intake.counts.ignored == 1


def test_one_ignored_event_comes_back_bare() -> None:
    intake = Intake(VOCABULARY, strict=False)
    found = intake.one(event("case.opend", data={"petitioner": "somebody"}, subject="somebody"), "queue:9")
    assert (found.type, found.subject, found.fields, found.origin, intake.counts.ignored) == ("case.opend", None, {}, "queue:9", 1)


def test_one_event_may_be_an_object_with_instants_in_it() -> None:
    moment = datetime(2026, 3, 2, 23, 40, tzinfo=UTC)
    assert Intake(VOCABULARY).one(event(time=moment)).occurred_at == moment


@pytest.mark.parametrize("given", [{"data": {"unit": object()}}, {"data": {"unit": "\ud800"}}, {"data": {"note": float("nan")}}])
def test_an_object_that_has_no_form_in_json_is_refused(given: dict[str, object]) -> None:
    intake = Intake(VOCABULARY)
    with pytest.raises(EventRejected, match=r"malformed-json: a (value has no form|number is infinite)"):
        intake.one(event(**given))
    assert intake.counts.refused == 1


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz", "LOG.GZ"])
def test_a_file_is_read_plain_or_packed_and_progress_adds_up_to_its_size(tmp_path: Path, name: str) -> None:
    path, steps = tmp_path / name, list[int]()
    whole = b"\xef\xbb\xbf" + b"\r\n".join(line(id=f"e{n}") for n in range(5000))
    path.write_bytes(gzip.compress(whole) if name.lower().endswith("gz") else whole)
    found = list(Intake(VOCABULARY).read([path], steps.append))
    assert [e.id for e in found if isinstance(e, Event)] == [f"e{n}" for n in range(5000)]
    assert (sum(steps), min(steps) >= 0) == (path.stat().st_size, True)


def test_every_path_that_is_no_file_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="unreadable-log: the log cannot be read: there is no such file") as failed:
        next(Intake(VOCABULARY).read([tmp_path / "a.jsonl", tmp_path, tmp_path / "b.jsonl"]))
    assert len(failed.value.diagnostics) == 3
    assert f"{tmp_path}:1:1: unreadable-log: the log cannot be read: it is a folder" in str(failed.value)


def test_a_packed_file_with_one_line_without_end_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(line()))
    assert [type(found) for found in Intake(VOCABULARY).read([path])] == [Event]
    path.write_bytes(gzip.compress(b""))
    assert list(Intake(VOCABULARY).read([path])) == []


@pytest.mark.parametrize(("spoil", "why"), [
    (lambda whole: whole[:-20], "it ends in the middle"),
    (lambda whole: b"", "it ends before it has begun"),
    (lambda whole: b"plain text", "not a gzipped file"),
    (lambda whole: whole[:40] + bytes(60) + whole[100:], "the log cannot be read"),
])
def test_half_a_file_does_not_pass_for_a_whole_one(tmp_path: Path, spoil: object, why: str) -> None:
    path = tmp_path / "log.jsonl.gz"
    assert callable(spoil)
    path.write_bytes(spoil(gzip.compress(b"\n".join(line(id=f"e{n}") for n in range(500)))))
    with pytest.raises(DocumentError, match=why):
        list(Intake(VOCABULARY).read([path]))


def test_a_line_without_end_is_refused_and_not_held(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"x" * (3 * MAX_LINE) + b"\n" + line() + b"\n")
    assert max(len(held.rstrip()) for block in read_blocks(path) for held in block) == MAX_LINE + 1
    refused, accepted = Intake(VOCABULARY).read([path])
    assert isinstance(refused, Refused)
    assert isinstance(accepted, Event)
    assert (refused.check, refused.storable, accepted.origin) == ("too-long", None, f"{path}:2")


def test_what_is_refused_is_told_beside_the_events(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join([line(id="e1"), b"{", line(id="e2")]))
    refused: list[Refused] = []
    assert [(event.id, event.line) for event in Intake(VOCABULARY).events([path], refused.append)] == [("e1", 1), ("e2", 3)]
    assert [(one.origin, one.check) for one in refused] == [(f"{path}:2", "malformed-json")]
