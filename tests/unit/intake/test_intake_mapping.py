"""mapping.yaml: foreign logs brought near a vocabulary, and every mistake in the file."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accountability.errors import RuleFileError
from accountability.event import Event, EventRef
from accountability.intake import EventMapping, Intake, Refused, read_mapping
from accountability.policy.vocabulary import EventType, Field, Sort, Type, Where

PACK = Path(__file__).resolve().parents[3] / "rules" / "boston-311"


def ref(kind: str, where: Where = Where.DATA) -> Field:
    return Field(kind, Type(Sort.REFERENCE, kind=kind), where)


VOCABULARY = {
    "case.opened": EventType("case.opened", {
        "case": ref("case", Where.SUBJECT), "unit": ref("unit"), "request": Field("request", Type(Sort.TEXT)),
        "target": Field("target", Type(Sort.INSTANT), optional=True),
        "urgent": Field("urgent", Type(Sort.BOOLEAN), optional=True),
        "points": Field("points", Type(Sort.NUMBER), optional=True),
        "ward": Field("ward", Type(Sort.CHOICE, choices=frozenset({"1", "17"})), optional=True),
    }),
    "case.closed": EventType("case.closed", {"case": ref("case", Where.SUBJECT)}),
    "place.seen": EventType("place.seen", {"case": ref("case", Where.SUBJECT), "day": Field("day", Type(Sort.DATE))}),
}


def mapping(tmp_path: Path, text: str) -> EventMapping:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, VOCABULARY)


def line(type_: str, subject: str = "17", source: str = "/foreign", time: str = "2026-01-01T00:00:00Z", **data: object) -> bytes:
    return json.dumps({"specversion": "1.0", "id": "e1", "source": source, "type": type_, "subject": subject, "time": time,
                       "ext": "from outside", "data": data}).encode()


FOREIGN = """
source:
  /foreign: /ours
events:
  - foreign: opened
    type: case.opened
    fields:
      case: data.number
      unit: {from: [data.team, data department], strip prefix: "dept:", replace: {PW: works}, empty means missing: yes}
      request: {from: attribute type}
      target: {from: data.target, timezone: America/New_York, empty means missing: yes}
      urgent: {from: data.hurry, replace: {"true": "no", "false": "yes"}}
      points: {from: data.points, replace: {none: 0}}
      ward: {from: data.ward, strip prefix: "Ward ", empty means missing: yes}
  - foreign: [closed, {starts with: closed.}]
    type: case.closed
    fields:
      case: subject
      corrects: {from: data.instead_of, empty means missing: yes}
  - foreign: {starts with: opened.}
    type: case.opened
    fields:
      case: subject
      unit: {constant: works}
      request: attribute ext
drop:
  - closed.silently
  - starts with: opened.test.
"""


def test_fields_are_renamed_replaced_and_read_as_our_types(tmp_path: Path) -> None:
    intake = Intake(VOCABULARY, mapping=mapping(tmp_path, FOREIGN))
    found = intake.one(line("opened", number=4711, team=" ", department="dept:PW", target="2026-07-01T09:00:00", hurry=False,
                            points="2.50", ward="Ward 17", reason="their own", corrects="their own"))
    assert (found.type, found.source, found.corrects, found.reason) == ("case.opened", "/ours", None, None)
    assert found.fields == {"case": "4711", "unit": "works", "request": "opened", "urgent": True, "points": Decimal("2.50"),
                            "target": datetime(2026, 7, 1, 13, tzinfo=UTC), "ward": "17"}


def test_what_is_empty_may_count_as_missing_and_an_instant_with_a_zone_keeps_it(tmp_path: Path) -> None:
    intake = Intake(VOCABULARY, mapping=mapping(tmp_path, FOREIGN))
    found = intake.one(line("opened", number="4711", team="dept:X", target="2026-07-01T09:00:00+02:00", points="none", ward=" "))
    assert found.fields == {"case": "4711", "unit": "X", "request": "opened", "points": 0,
                            "target": datetime(2026, 7, 1, 7, tzinfo=UTC)}


@pytest.mark.parametrize(("shown", "day"), [
    ("2026-03-01T00:00:00+01:00", date(2026, 3, 1)), ("2026-03-01 23:59", date(2026, 3, 1)), ("2026-03-01", date(2026, 3, 1)),
    ("2026-03-01T", None), ("2026-02-30T00:00:00Z", None)])
def test_where_a_date_is_wanted_an_instant_counts_by_the_day_that_it_shows(shown: str, day: date | None, tmp_path: Path) -> None:
    text = "events: [{foreign: seen, type: place.seen, fields: {case: subject, day: data.at}}]"
    (found,) = Intake(VOCABULARY, mapping=mapping(tmp_path, text)).read_lines([line("seen", at=shown)], "log")
    assert (found.fields["day"] if isinstance(found, Event) else None) == day


def test_the_exact_name_decides_before_a_beginning_and_a_longer_beginning_before_a_shorter(tmp_path: Path) -> None:
    intake = Intake(VOCABULARY, mapping=mapping(tmp_path, FOREIGN))
    types = ["closed", "closed.late", "closed.silently", "opened.online", "opened.test.x", "case.closed", "reopened"]
    found = list(intake.read_lines([line(t) for t in types], "log"))
    assert [e.type if isinstance(e, Event) else e.check for e in found] == [
        "case.closed", "case.closed", "case.opened", "case.closed", "unknown-type",
    ]
    assert isinstance(found[2], Event)
    assert found[2].fields == {"case": "17", "unit": "works", "request": "from outside"}
    assert intake.counts.ignored == 2


def test_a_mapped_event_corrects_another_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    intake = Intake(VOCABULARY, mapping=mapping(tmp_path, FOREIGN))
    assert intake.one(line("closed", instead_of="e0", corrects="e9")).corrects == EventRef("/ours", "e0")
    assert intake.one(line("closed", instead_of={"source": "/foreign", "id": "e0"})).corrects == EventRef("/ours", "e0")
    assert intake.one(line("closed", instead_of="")).corrects is None


def test_a_refused_foreign_event_keeps_the_keys_that_the_mapping_reads(tmp_path: Path) -> None:
    intake = Intake(VOCABULARY, mapping=mapping(tmp_path, FOREIGN))
    [refused] = intake.read_lines([line("opened", number="4711", neighbour="somebody", reason="somebody", ward="Ward 9")], "log")
    assert isinstance(refused, Refused)
    assert refused.what == "`case.opened` lacks `unit`; send it in `data team` or `data department`, or declare it optional"
    assert refused.storable is not None
    assert json.loads(refused.storable)["data"] == {"number": "4711", "ward": "Ward 9"}


def test_wanted_types_are_ours_not_theirs(tmp_path: Path) -> None:
    intake = Intake(VOCABULARY, mapping=mapping(tmp_path, FOREIGN), wanted=frozenset({"case.closed"}))
    assert [e.type for e in intake.read_lines([line("opened"), line("closed")], "log") if isinstance(e, Event)] == ["case.closed"]


WRONG = """events:
  - foreign: opened
    type: case.opend
  - foreign: {begins with: a}
    type: case.closed
    feilds: {}
  - foreign: opened
    type: case.opened
    fields:
      csae: subject
      unit: department
      request: {constant: a, from: subject}
      target: {from: data.x, timezone: Boston}
      urgent: {constant: maybe}
      points: {from: data.p, timezone: UTC, replace: {a: lots}}
      ward: {replace: {a: "9"}, empty means missing: perhaps}
drop: [opened]
"""


def test_nothing_about_a_person_comes_in_under_another_name(tmp_path: Path) -> None:
    """A vocabulary may not declare it, so a mapping may not bring it in either (SG1)."""
    text = "events: [{foreign: a, type: case.opened, fields: {case: subject, unit: data.team, request: [data.topic, KEY]}}]\n"
    for key in ("data.phone_line", "data.name"):
        assert mapping(tmp_path, text.replace("KEY", key))
    for key in ("data.petitioner_phone", "data.phone number", "attribute 身份证", "data.Home-Address"):
        with pytest.raises(RuleFileError, match=rf"personal-field: `request` is made from `{key}`, which would hold something"):
            mapping(tmp_path, text.replace("KEY", key))


def test_every_mistake_is_reported_at_once_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="unknown-event") as wrong:
        mapping(tmp_path, WRONG)
    assert [(d.span.line, d.check) for d in wrong.value.diagnostics] == [
        (3, "unknown-event"), (4, "missing-key"), (4, "unknown-key"), (5, "missing-field"), (6, "unknown-key"),
        (7, "duplicate-name"), (10, "unknown-key"), (10, "missing-field"), (11, "unknown-origin"), (12, "clashing-keys"),
        (13, "unknown-zone"), (14, "badly-typed"), (15, "misplaced-key"), (15, "badly-typed"),
        (16, "missing-key"), (16, "badly-typed"), (16, "not-yes-or-no"), (17, "duplicate-name"),
    ]
    assert str(wrong.value.diagnostics[0]).endswith(
        "mapping.yaml:3:11: unknown-event: no event type is named `case.opend`; did you mean `case.opened`?")
    assert "`unit` is made from `department`; write `data.KEY`, `subject` or `attribute NAME`" in str(wrong.value)


@pytest.mark.parametrize(("text", "check"), [
    ("events: [", "yaml-syntax"), ("drop: [a]", "missing-key"), ("- a", "wrong-kind"),
    ("events:\n  - foreign: ''\n    type: case.closed", "empty-value"),
    ("events: []\nevents: []", "duplicate-key"), ("events: []\nsource: {a: [b]}", "wrong-kind"),
    ("events:\n  - {foreign: a, type: case.opened, fields: {unit: {constant: unit/}}}", "empty-value"),
])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, check: str) -> None:
    with pytest.raises(RuleFileError, match=check):
        mapping(tmp_path, text)


def test_the_boston_sample_is_what_its_readme_says() -> None:
    data = PACK / "data" / "boston311_sample.jsonl.gz"
    with gzip.open(data) as file:
        assert hashlib.sha256(file.read()).hexdigest() in (PACK / "data" / "README.md").read_text(encoding="utf-8")
    intake = Intake(VOCABULARY, mapping=read_mapping(PACK / "mapping.yaml", VOCABULARY))
    found = [e for e in intake.read([data]) if isinstance(e, Event)]
    assert (len(found), intake.counts.refused, intake.counts.ignored) == (9990, 0, 0)
    assert Counter((e.type, "target" in e.fields) for e in found) == {
        ("case.opened", True): 4284, ("case.opened", False): 711, ("case.closed", False): 4995,
    }
    assert found[0].fields == {"case": "101001242696", "unit": "PWDx", "request": "Requests for Street Cleaning",
                               "target": datetime(2015, 1, 8, 8, 30, tzinfo=UTC)}


def test_the_boston_sample_agrees_with_the_reference_answers(shared: Path) -> None:
    answers = json.loads((shared / "data" / "boston311_sample.reference.json").read_text(encoding="utf-8"))
    intake = Intake(VOCABULARY, mapping=read_mapping(PACK / "mapping.yaml", VOCABULARY))
    found = [e for e in intake.read([PACK / "data" / "boston311_sample.jsonl.gz"]) if isinstance(e, Event)]
    closed = {e.fields["case"]: e.occurred_at for e in found if e.type == "case.closed"}
    late: Counter[object] = Counter()
    for e in found:
        target = e.fields.get("target")
        if isinstance(target, datetime) and closed[e.fields["case"]] > target:
            late[e.fields["unit"]] += 1
    expected = answers["P1_explicit_deadline"]
    assert late.total() == expected["breaches"] == 475
    assert dict(late) == {unit: breaches for unit, (breaches, _) in expected["per_department"].items()}
