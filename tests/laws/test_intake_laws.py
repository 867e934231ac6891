"""What holds of intake for every line, every event and every way of cutting a log into files."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from accountability.errors import EventRejected
from accountability.event import Event
from accountability.intake import CHECKS, DeadLetters, Intake, Refused
from accountability.intake.files import arriving, read_blocks
from accountability.intake.instants import YEARS, read_instant, read_time
from accountability.policy.vocabulary import EventType, Field, Sort, Type, Where

CHOICES = frozenset({"city", "beijing", "省会"})
TYPES = {
    "flag": Type(Sort.BOOLEAN), "amount": Type(Sort.NUMBER), "words": Type(Sort.TEXT), "place": Type(Sort.CHOICE, choices=CHOICES),
    "until": Type(Sort.INSTANT), "day": Type(Sort.DATE), "unit": Type(Sort.REFERENCE, kind="unit"),
}
VOCABULARY = {
    name: EventType(name, {
        "case": Field("case", Type(Sort.REFERENCE, kind="case"), Where.SUBJECT, optional=True),
        **{key: Field(key, type_, optional=True) for key, type_ in TYPES.items()},
    })
    for name in ("one", "two", "three")
}
SECRET = "the name of a person"

text = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8).filter(lambda s: not s.isspace())
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1800, 1, 3), datetime(9999, 12, 29), timezones=offsets)
times = st.datetimes(datetime(1800, 1, 3), datetime(2199, 12, 29), timezones=offsets)
amounts = st.integers(-10**30 + 1, 10**30 - 1) | st.decimals(-10**29, 10**29, places=3)
values: Mapping[str, st.SearchStrategy[object]] = {
    "flag": st.booleans(), "amount": amounts, "words": text, "place": st.sampled_from(sorted(CHOICES)), "until": instants,
    "day": st.dates(), "unit": names,
}
contents = st.fixed_dictionaries({}, optional=dict(values))
keys = st.sampled_from([*TYPES, "id", "source", "corrects", "retracts", "reason"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text
    | instants.map(datetime.isoformat),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys | text, inner, max_size=3),
    max_leaves=6,
)
KEYS = ("specversion", "id", "source", "type", "subject", "time", "recordedtime", "sequence", "datacontenttype", "data", "badge")
almost = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, json_values)).map(
    lambda given: {"specversion": "1.0", "id": "e", "source": "/s", "type": "one", "time": "2026-01-01T00:00:00Z"} | given
)
lines = (
    st.binary(max_size=40)
    | almost.map(lambda event: json.dumps(event).encode())
    | almost.flatmap(lambda event: st.integers(0, 200).map(lambda n: json.dumps(event).encode()[:n]))
).filter(lambda line: b"\n" not in line)


def plain(value: object) -> object:
    """The JSON form of a typed value."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def written(type_: str, data: Mapping[str, object], time: datetime, **more: object) -> bytes:
    amount = data.get("amount")
    whole = {"specversion": "1.0", "id": "e", "source": "/s", "type": type_, "time": time.isoformat(), **more,
             "data": {key: "amount" if key == "amount" else plain(value) for key, value in data.items()}}
    return json.dumps(whole).replace('"amount": "amount"', f'"amount": {amount}').encode()


@given(st.sampled_from(sorted(VOCABULARY)), contents, times, names)
def test_a_declared_value_comes_out_as_it_went_in(type_: str, data: dict[str, object], time: datetime, case: str) -> None:
    """Writing typed values as a CloudEvent and reading it gives the same values, the same instant and the same offset."""
    found = Intake(VOCABULARY).one(written(type_, data, time, subject=f"case/{case}"))
    assert found.fields == data | {"case": case}
    assert (found.occurred_at, found.occurred_at.tzinfo, found.offset) == (time, UTC, time.utcoffset())
    amount = found.fields.get("amount")
    assert isinstance(amount, int | Decimal | None)
    assert str(amount) == str(data.get("amount"))


@given(st.lists(lines, max_size=12), st.booleans())
@example([b'{"specversion":"1.0","id":"e","source":"/s","type":"one","time":"9999-12-31T23:59:59-23:59"}'], True)
@example([b'{"specversion":"1.0","id":"e","source":"/s","type":"\\n\\u001b","time":"2026-01-01T00:00:00Z"}'], True)
@example([b'{"a":' * 3000, b"\xef\xbb\xbf{}", b'"\\ud800"', b"1e99999999999999999999"], True)
def test_every_line_is_accepted_ignored_or_refused(given: list[bytes], strict: bool) -> None:
    """Whatever bytes a log holds, each line that is not blank is counted once, and what is refused is refused by a known check."""
    intake = Intake(VOCABULARY, strict=strict, wanted=frozenset({"one", "two"}))
    found = list(intake.read_lines(given, "log"))
    refused = [r for r in found if isinstance(r, Refused)]
    assert {r.check for r in refused} <= set(CHECKS)
    assert all(r.what.isprintable() for r in refused)
    assert intake.counts.read == sum(1 for line in given if line and not line.isspace())
    assert (len(found) - len(refused), len(refused)) == (intake.counts.accepted, intake.counts.refused)


@given(almost)
def test_one_event_is_judged_as_its_line_is(event: dict[str, object]) -> None:
    """An event handed over as an object is accepted or refused just as its line in a file is, and has the same content."""
    [found] = Intake(VOCABULARY).read_lines([json.dumps(event).encode()], "log")
    try:
        one: object = Intake(VOCABULARY).one(event).content()
    except EventRejected as why:
        one = (why.check, why.what)
    assert one == (found.content() if isinstance(found, Event) else (found.check, found.what))


sound = st.builds(
    lambda type_, data, time, more: written(type_, data, time, **more),
    st.sampled_from(["one", "two", "unknown"]), contents | st.dictionaries(keys, json_values, max_size=4), times,
    st.fixed_dictionaries({}, optional={"subject": text | names.map("case/{}".format), "sequence": st.integers() | text,
                                        "recordedtime": times.map(datetime.isoformat), "badge": st.integers() | text}),
)


@given(sound | lines, st.booleans())
def test_a_line_is_read_alike_among_others_and_by_itself(line: bytes, strict: bool) -> None:
    """The way in that is made for millions of lines gives the same events, and refuses for the same reasons, as the plain one."""
    quickly = list(Intake(VOCABULARY, strict=strict).read_lines([line], "log"))
    intake = Intake(VOCABULARY, strict=strict)
    try:
        event = intake.one(line, "log:1")
        plainly: list[object] = [event, event.order, event.origin] if intake.counts.accepted else []
    except EventRejected as why:
        plainly = [why.check, why.what] if line and not line.isspace() else []
    found: list[object] = []
    for one in quickly:
        found += [one, one.order, one.origin] if isinstance(one, Event) else [one.check, one.what]
    if plainly and isinstance(plainly[0], Event) and plainly[0].sequence is None:
        numbered = attrs.evolve(plainly[0], sequence=1)
        plainly = [numbered, numbered.order, numbered.origin]
    assert found == plainly


@given(st.from_regex(r"(18|2\d)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|z|[+-][0-2]\d:[0-9]\d|)", fullmatch=True)
       | times.map(datetime.isoformat) | text)
@example("2026-03-01T09:00:00Z")
@example("2026-03-01T09:00:00+08:00")
@example("2026-03-01T09:00:00+24:00")
@example("2199-12-31T23:00:00-08:00")
@example("9999-12-31T23:59:59-08:00")
@example("2026-03-01T09:00:00-12:60")
@example("1800-01-01T00:00:00+08:00")
def test_the_time_of_an_event_is_read_as_any_instant(written: str) -> None:
    """When something happened is read, or refused, as an instant in the data is, but for years too far off."""
    def told(read: Callable[[str, str], tuple[datetime, timedelta]]) -> tuple[object, object]:
        try:
            return read(written, "`time`")
        except EventRejected as why:
            return why.check, why.what
    found, plain = told(read_time), told(read_instant)
    assert found == told(lambda text, what: read_instant(text, what, years=YEARS))
    far = isinstance(plain[0], datetime) and plain[0].year > 2199
    assert (found[0] if isinstance(found[0], str) else found) == (
        "bad-instant" if far else plain[0] if isinstance(plain[0], str) else plain)
    assert isinstance(found[0], str) or found[0].tzinfo is UTC


@given(almost, st.dictionaries(text.filter(lambda key: key not in {*TYPES, "corrects", "retracts", "reason"}), st.just(SECRET)),
       st.sampled_from(["one", "unknown", 5]), st.sampled_from(["data", "attributes", "subject", "nested", "half a line"]))
def test_what_is_not_declared_is_stored_nowhere(event: dict[str, object], extra: dict[str, str], type_: object, where: str) -> None:
    """Whatever else an event holds, what the vocabulary does not declare reaches neither events nor the dead-letter file (SG1)."""
    data = event.get("data")
    event["type"] = type_
    if where == "data":
        event["data"] = extra | (data if isinstance(data, dict) else {"petitioner": SECRET})
    elif where == "attributes":
        event |= {"petitioner": SECRET}
    elif where == "subject":
        event |= {"subject": {"name": SECRET}}
    else:
        event["data"] = {key: {"name": SECRET} for key in (*TYPES, "reason")}
    line = json.dumps(event).encode()
    if where == "half a line":
        line = line[:-1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dead.jsonl"
        with DeadLetters(path) as letters:
            for found in Intake(VOCABULARY).read_lines([line], "log"):
                if isinstance(found, Refused):
                    letters.write(found)
                assert SECRET not in repr(found)
        assert not path.exists() or SECRET not in path.read_text(encoding="utf-8")


@given(st.lists(lines, max_size=8), st.sets(st.sampled_from(sorted(VOCABULARY))))
def test_asking_for_fewer_types_only_leaves_events_out(given: list[bytes], wanted: set[str]) -> None:
    """The events of the wanted types are the same, number for number, whether or not the others are read."""
    everything = [e for e in Intake(VOCABULARY).read_lines(given, "log") if isinstance(e, Event) and e.type in wanted]
    some = [e for e in Intake(VOCABULARY, wanted=frozenset(wanted)).read_lines(given, "log") if isinstance(e, Event)]
    assert some == everything


@given(st.lists(lines.filter(lambda line: not line.startswith(b"\xef")), min_size=1, max_size=8), st.integers(0, 8), st.booleans())
def test_however_a_log_is_cut_into_files_it_is_the_same_log(given: list[bytes], cut: int, packed: bool) -> None:
    """A log in one file, and the same log in two, plain or packed, give the same events in the same order, numbers included."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n, part in enumerate((given[:cut], given[cut:])):
            paths.append(Path(folder) / (f"{n}.jsonl.gz" if packed else f"{n}.jsonl"))
            whole = b"".join(line + b"\n" for line in part)
            paths[-1].write_bytes(gzip.compress(whole) if packed else whole)
        split = [e if isinstance(e, Event) else (e.check, e.line) for e in Intake(VOCABULARY).read(paths)]
    assert split == [e if isinstance(e, Event) else (e.check, e.line) for e in Intake(VOCABULARY).read_lines(given, "log")]


@given(st.lists(st.binary(max_size=9)), st.integers(1, 7), st.booleans())
def test_lines_do_not_depend_on_how_a_file_is_read(parts: list[bytes], chunk_bytes: int, packed: bool) -> None:
    """Read in pieces of any size, a file has the lines that its newlines end, and a last one perhaps, and so has a stream."""
    whole = b"\n".join(parts).removeprefix(b"\xef\xbb\xbf")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("log.gz" if packed else "log")
        path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + whole) if packed else b"\xef\xbb\xbf" + whole)
        found = [line for block in read_blocks(path, None, chunk_bytes) for line in block]
        with io.BytesIO(b"\xef\xbb\xbf" + whole) as stream:
            arrived = [line for block in arriving(stream, chunk_bytes) for line in block]
    *lines_, last = whole.split(b"\n")
    assert found == arrived == [*(line + b"\n" for line in lines_), *([last] if last else [])]
