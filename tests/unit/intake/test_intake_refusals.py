"""Why events are refused, and what the dead-letter file keeps of them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from accountability.errors import EventRejected
from accountability.intake import CHECKS, DeadLetters, Intake, Refused
from accountability.policy.messages import refused as told
from accountability.policy.vocabulary import EventType, Field, Sort, Type, Where

VOCABULARY = {
    "case.opened": EventType("case.opened", {
        "case": Field("case", Type(Sort.REFERENCE, kind="case"), Where.SUBJECT),
        "unit": Field("unit", Type(Sort.REFERENCE, kind="unit")),
        "place": Field("place", Type(Sort.CHOICE, choices=frozenset({"city", "beijing"})), key="where", optional=True),
        "until": Field("until", Type(Sort.INSTANT), optional=True),
        "grade": Field("grade", Type(Sort.NUMBER), Where.ATTRIBUTE, "severity", optional=True),
    }),
}
TIME = "2026-03-02T23:40:00Z"
WHOLE = {"specversion": "1.0", "id": "e1", "source": "/log", "type": "case.opened", "subject": "C-1", "time": TIME}


def line(**given: object) -> bytes:
    return json.dumps(WHOLE | {"data": {"unit": "town-a"}} | given).encode()


def without(key: str) -> bytes:
    return json.dumps({k: v for k, v in WHOLE.items() if k != key}).encode()


EXAMPLES = [
    (b"{", "malformed-json", "input data was truncated; write one whole JSON object a line"),
    (b'{"a": 1} x', "malformed-json", "trailing characters"),
    (line().replace(b"town-a", b"\xff"), "malformed-json", "the line is not UTF-8; save the log as UTF-8"),
    (b"[" * 100_000, "malformed-json", "the brackets are nested without end; write one flat event a line"),
    (line(data={"unit": [1]}).replace(b"1]", b"9" * 5000 + b"]"), "malformed-json", "integer value out of range"),
    (line(data={"unit": [1]}).replace(b"1]", b"1e-9999999999999999999]"), "malformed-json", "a number is beyond all reckoning"),
    (b"x" * 1_048_577, "too-long", "the line is longer than 1,048,576 bytes; write one event a line"),
    (b"[]", "not-a-cloud-event", "the line is a list; write one JSON object a line"),
    (b"5", "not-a-cloud-event", "the line is a number; write one JSON object a line"),
    (b"{}", "not-a-cloud-event", "`specversion`, `id`, `source`, `type` missing or empty; every CloudEvent carries them"),
    (line(id="", type=None), "not-a-cloud-event", "`id`, `type` missing or empty; every CloudEvent carries them"),
    (line(specversion="0.3"), "not-a-cloud-event", "`specversion` is `0.3`; write `1.0`"),
    (line(id=17), "not-a-cloud-event", "`id` is a number; write text"),
    (line(subject={"name": "somebody"}), "not-a-cloud-event", "`subject` is an object; write text"),
    (line(sequence=True), "not-a-cloud-event", "`sequence` is true or false; write text or a whole number"),
    (line(sequence=5, datacontenttype=1.5), "not-a-cloud-event", "`datacontenttype` is a number; write text"),
    (without("time"), "no-time", "`time` is missing; say when it happened, such as `2026-03-01T09:00:00+08:00`"),
    (line(time="2026-03-02T23:40:00"), "no-zone",
     "`time` is `2026-03-02T23:40:00`, without a zone; add one, such as `+08:00` or `Z`"),
    (line(recordedtime="2026-03-02T23:40:00"), "no-zone", "`recordedtime` is `2026-03-02T23:40:00`, without a zone"),
    (line(data={"unit": "a", "until": "2026-03-02 10:00:00"}), "no-zone", "`until` is `2026-03-02 10:00:00`, without a zone"),
    (line(time="2026-03-02"), "bad-instant", "`time` is `2026-03-02`; write an instant such as `2026-03-01T09:00:00+08:00`"),
    (line(time="2026-02-29T10:00:00Z"), "bad-instant", "`time` is `2026-02-29T10:00:00Z`; write an instant such as"),
    (line(time="2016-12-31T23:59:60Z"), "bad-instant", "`time` is `2016-12-31T23:59:60Z`; write an instant such as"),
    (line(time="0001-01-01T00:00:00+08:00"), "bad-instant", "`time` is `0001-01-01T00:00:00+08:00`"),
    (line(time="9999-12-31T23:59:59-08:00"), "bad-instant",
     "`time` is `9999-12-31T23:59:59-08:00`, outside the years 1800 to 2199; leave it out"),
    (line(data={"unit": "a", "until": "9999-12-31T23:59:59-08:00"}), "bad-instant",
     "`until` is `9999-12-31T23:59:59-08:00`, outside the years 1800 to 9999; leave it out"),
    (line(time="2026-03-02T09:00:00-12:60"), "bad-instant", "`time` is `2026-03-02T09:00:00-12:60`; write an instant such as"),
    (line(time="2026-03-02T09:00:00.5-12:60"), "bad-instant", "`time` is `2026-03-02T09:00:00.5-12:60`; write an instant such"),
    (line(data={"unit": "a", "until": "2026-03-02T09:00:00+00:99"}), "bad-instant", "`until` is `2026-03-02T09:00:00+00:99`"),
    (line(time="2026-W10-1T10:00:00Z"), "bad-instant", "`time` is `2026-W10-1T10:00:00Z`"),
    (line(time=1772494800), "bad-instant", "`time` is a number; write an instant such as `2026-03-01T09:00:00+08:00`"),
    (line(type="case.opend"), "unknown-type", "no event type is named `case.opend`; did you mean `case.opened`?"),
    (line(data={}), "missing-field", "`case.opened` lacks `unit`; send it in `data unit`, or declare it optional"),
    (without("data"), "missing-field", "`case.opened` lacks `unit`"),
    (line(data={"unit": None}), "missing-field", "`case.opened` lacks `unit`"),
    (line(data={"unit": "unit/"}), "missing-field", "`case.opened` lacks `unit`"),
    (line(data={"unit": " "}), "missing-field", "`case.opened` lacks `unit`"),
    (line(subject=None), "missing-field", "`case.opened` lacks `case`; send it in `subject`, or declare it optional"),
    (line(data=["town-a"]), "badly-typed", '`data` is a list, not an object of `"field": value` pairs'),
    (line(data={"unit": 5}), "badly-typed", "`unit` is `5`, not the id of a unit, as text"),
    (line(data={"unit": {"name": "x"}}), "badly-typed", "`unit` is an object, not the id of a unit, as text"),
    (line(data={"unit": "a", "where": "beijin"}), "badly-typed",
     "`place` is `beijin`, not one of `beijing`, `city`; did you mean `beijing`?"),
    (line(subject="unit/x"), "badly-typed", "`case` is `unit/x`, not the id of a case; if it is one, write `case/` before it"),
    (line(severity="high"), "badly-typed", "`grade` is `high`, not a number of at most 30 digits on each side of the point"),
]


@pytest.mark.parametrize(("sent", "check", "what"), EXAMPLES, ids=[f"{n}-{check}" for n, (_, check, _) in enumerate(EXAMPLES)])
def test_an_event_that_cannot_be_used_is_refused_with_the_reason_and_the_stream_goes_on(sent: bytes, check: str, what: str) -> None:
    intake = Intake(VOCABULARY)
    refused, *rest = intake.read_lines([sent, line()], "log.jsonl")
    assert isinstance(refused, Refused)
    assert (refused.origin, refused.check, refused.line) == ("log.jsonl:1", check, sent)
    assert refused.what.startswith(what)
    assert str(refused).startswith(f"log.jsonl:1: {check}: {what}")
    assert (len(rest), intake.counts.accepted, intake.counts.refused) == (1, 1, 1)
    with pytest.raises(EventRejected, match=check):
        intake.one(sent)


@pytest.mark.parametrize(("sent", "check", "what"), EXAMPLES, ids=[f"{n}-{check}" for n, (_, check, _) in enumerate(EXAMPLES)])
def test_the_reason_can_be_told_in_chinese(sent: bytes, check: str, what: str) -> None:
    (refused,) = Intake(VOCABULARY).read_lines([sent], "log.jsonl")
    assert isinstance(refused, Refused)
    said = told(check, refused.what, "zh")
    assert not re.search("[A-Za-z]{2}", re.sub("`[^`]*`|JSON|UTF-8|CloudEvents", "", said)), said
    assert re.search("[；，]", said)
    assert told(check, refused.what, "en") == refused.what


def test_every_check_has_an_example() -> None:
    assert {check for _, check, _ in EXAMPLES} == set(CHECKS)


def test_what_came_is_shown_on_one_line() -> None:
    with pytest.raises(EventRejected, match=r"`place` is `a b {50}") as why:
        Intake(VOCABULARY).one(line(data={"unit": "a", "where": "a\nb" + "\x1b" * 500}))
    assert why.value.what.isprintable()


def refused(sent: bytes) -> Refused:
    [found] = Intake(VOCABULARY).read_lines([sent], "log.jsonl")
    assert isinstance(found, Refused)
    return found


def kept(sent: bytes) -> object:
    text = refused(sent).storable
    assert text is not None
    return json.loads(text)


def test_a_dead_letter_keeps_what_is_declared_and_nothing_else() -> None:
    data = {"where": "nowhere", "unit": {"name": "somebody"}, "petitioner": "somebody", "corrects": {"id": "e0", "x": "somebody"}}
    sent = line(data=data | {"reason": "wrong town"}, severity=3, badge="somebody", sequence=4)
    assert kept(sent) == WHOLE | {"severity": 3, "sequence": 4,
                                  "data": {"where": "nowhere", "corrects": {"id": "e0"}, "reason": "wrong town"}}


def test_of_a_type_that_nobody_declares_no_data_is_kept_nor_a_subject_that_may_be_a_person() -> None:
    assert kept(line(type="x", subject="somebody")) == json.loads(without("subject")) | {"type": "x", "data": {}}
    assert kept(line(type="x", subject="unit/town-a")) == WHOLE | {"type": "x", "subject": "unit/town-a", "data": {}}


def test_a_key_that_stands_twice_cannot_hide_anything() -> None:
    sent = b'{"data": {"petitioner": "somebody"}, "id": {"name": "somebody"}, ' + line(time="x")[1:]
    assert kept(sent) == WHOLE | {"time": "x", "data": {"unit": "town-a"}}


def test_the_file_is_made_when_there_is_something_to_write_and_added_to_when_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "dead.jsonl"
    with DeadLetters(path) as letters:
        assert not path.exists()
        letters.write(refused(line(data={})))
        letters.write(refused(b"somebody, phone 123"))
    assert letters.count == 2
    with path.open("ab") as file:
        file.write(b'{"origin": "cut o')
    with DeadLetters(path) as letters:
        letters.write(refused(b"[]"))
    first, second, cut, third = path.read_bytes().splitlines()
    assert json.loads(first) == {
        "origin": "log.jsonl:1", "check": "missing-field",
        "what": "`case.opened` lacks `unit`; send it in `data unit`, or declare it optional",
        "event": refused(line(data={})).storable,
    }
    assert json.loads(second) == {
        "origin": "log.jsonl:1", "check": "malformed-json", "what": refused(b"somebody, phone 123").what, "event": None,
        "length": 19, "sha256": hashlib.sha256(b"somebody, phone 123").hexdigest(),
    }
    assert cut == b'{"origin": "cut o'
    assert json.loads(third)["check"] == "not-a-cloud-event"


def test_a_dead_letter_can_be_mended_and_sent_again() -> None:
    text = refused(line(data={"unit": "a", "where": "beijin"})).storable
    assert text is not None
    assert Intake(VOCABULARY).one(text.replace("beijin", "beijing").encode()).fields["place"] == "beijing"
