"""A log of lines says the same by columns as line by line."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

np = pytest.importorskip("numpy", reason="columns need numpy, of the extra `columnar`")

from accountability.errors import EventRejected  # noqa: E402
from accountability.event import Event  # noqa: E402
from accountability.intake import Intake, Refused  # noqa: E402
from accountability.intake.columns import read_times  # noqa: E402
from accountability.intake.instants import read_time  # noqa: E402
from accountability.intake.lines import LineLog  # noqa: E402
from accountability.policy.pack import read_rules_text  # noqa: E402
from accountability.workdays.localtime import microseconds  # noqa: E402

POLICY = read_rules_text("""\
pack: lines
timezone: UTC
sources: {law: {title: A law}}
vocabulary:
  case.raised:
    {raises a case: yes, case: case from subject, unit: unit, place: [near, far], size: 'number, optional',
     urgent: 'yes or no, optional', class: 'text from attribute, optional'}
  step.done:
    {case: case from subject, by: 'instant, optional', day: 'date, optional', grace: 'limit, optional', note: 'text, optional'}
  word.said: {unit: unit}
rules:
  - duty: answer
    source: law
    when: case.raised
    bearer: unit
    must: step.done
    same: case
    within: 2h
""")
TIMES = (
    "2026-03-01T09:00:00Z", "2026-03-01T17:00:00+08:00", "2026-03-01T09:00:00.5Z", "2026-02-28T24:00:00Z", "2026-02-29T00:00:00Z",
    "2026-03-01T09:00:00", "2026-03-01t09:00:00z", "1700-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "soon", "",
    "2026-03-01T09:00:00-12:60", "9999-12-31T23:59:59-08:00", "2026-13-01T09:00:00Z", "2026-03-01T09:60:00Z",
    "２026-03-01T09:00:00Z", None, 7)
plain_times = st.sampled_from(TIMES[:2]) | st.integers(0, 86_399).map(
    lambda s: f"2026-03-{1 + s % 28:02d}T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}Z")
odd_values = st.sampled_from([
    True, False, 1, 1.0, 0, -2.5, 1e400, "", " ", "a/b", "unit/u1", "case/c", "\ud800", "近", [], {}, ["x"], {"id": "a"}])


def mostly(values: st.SearchStrategy[object], otherwise: st.SearchStrategy[object] = odd_values) -> st.SearchStrategy[object]:
    return st.integers(0, 15).flatmap(lambda n: values if n else otherwise | st.none())


data = st.fixed_dictionaries(
    {"unit": mostly(st.sampled_from(["u1", "unit/u2", "post/p"])), "place": mostly(st.sampled_from(["near", "far"]))},
    optional={
        "size": mostly(st.integers(-3, 3)), "urgent": mostly(st.booleans()), "by": mostly(st.sampled_from(TIMES)),
        "day": mostly(st.sampled_from(["2026-03-01", "2026-02-30"])), "grace": mostly(st.sampled_from(["2h", "1 month", "soon"])),
        "note": mostly(st.sampled_from(["seen", "近"])), "neighbour": odd_values})
second = st.dictionaries(st.sampled_from(["corrects", "retracts"]),
                         st.sampled_from(["a", "b", "", {"source": "/desk", "id": "c"}, {"id": 3}, 5, None]), max_size=2)
all_data = st.builds(lambda held, more, n: held if n else {**held, **more}, data, second, st.integers(0, 15))
envelopes = st.fixed_dictionaries(
    {"specversion": mostly(st.just("1.0")), "id": mostly(st.sampled_from("abcdefghijkl")), "source": mostly(st.just("/desk")),
     "type": mostly(st.sampled_from(["case.raised", "step.done", "word.said", "noise", "other.noise"])),
     "time": mostly(plain_times, st.sampled_from(TIMES)), "data": mostly(all_data)},
    optional={
        "subject": mostly(st.sampled_from(["case/c1", "c2", "unit/u1"])), "class": odd_values | st.just("first"),
        "recordedtime": mostly(plain_times, st.sampled_from(TIMES)), "sequence": st.sampled_from(["1", "b", "", None, 4, 2.5]),
        "datacontenttype": st.sampled_from(["application/json", None, 4])})


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    if draw(st.integers(0, 30)) == 0:
        junk = [b"", b"  ", b"{", b"[]", b"null", b"\xff", b'{"type":"noise"}', b'{"id":"\xff"}', b"{} {}", b"\xef\xbb\xbf{}"]
        return draw(st.sampled_from(junk))
    envelope = draw(envelopes)
    items = list(envelope.items())
    if draw(st.integers(0, 20)) == 0:
        # A key that comes twice, at any place: JSON does not forbid it.
        name, value = draw(st.sampled_from(items))
        items.insert(draw(st.integers(0, len(items))), (name, draw(st.sampled_from([value, "noise", "1.0", None]))))
    items = draw(st.permutations(items))
    escaped = draw(st.booleans())
    written = ", ".join(f"{json.dumps(n)}: {json.dumps(v, ensure_ascii=escaped)}" for n, v in items)
    return f"{{{written}}}".encode("utf-8", "surrogatepass")


def shown(found: Event | Refused) -> object:
    if isinstance(found, Refused):
        return found.origin, found.check, found.what, found.line
    return found.order, found.content(), found.recorded_at, found.offset, found.sequence, found.origin, found.reason


@given(st.lists(st.lists(lines(), max_size=12), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_a_log_by_columns_gives_the_events_of_its_lines(files: list[list[bytes]], strict: bool, packed: bool) -> None:
    """Whatever its lines are, a log that is read by columns gives the same events, refuses the same lines for the same reasons and
    counts alike as one that is read line by line."""
    plainly, columns = Intake(POLICY.vocabulary, strict=strict), Intake(POLICY.vocabulary, strict=strict)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"log{n}.jsonl{'.gz' if packed else ''}" for n in range(len(files))]
        for path, held in zip(paths, files, strict=True):
            text = b"\n".join(held)
            path.write_bytes(gzip.compress(text) if packed else text)
        wanted = list(plainly.read(paths))
        log = LineLog(paths, columns)
        found = log.events(np.arange(len(log.odd)))
    assert sorted(map(shown, found), key=str) == sorted(map(shown, wanted), key=str)
    assert columns.counts == plainly.counts
    for type_, declared in POLICY.vocabulary.items():
        rows = log.rows(type_)
        for name in declared.fields:
            column = log.typed(type_, name)
            for row, code in zip(rows.tolist(), column.codes.tolist(), strict=True):
                event = log.events(np.array([row]))[0] if log.plain[row] else None
                if isinstance(event, Event):
                    assert event.type == type_
                    assert event.fields.get(name) == (column.values[code] if code >= 0 else None)


@given(st.lists(mostly(plain_times, st.sampled_from(TIMES)).filter(lambda t: isinstance(t, str)), max_size=8), st.booleans())
def test_times_read_together_are_those_read_one_by_one(texts: list[str], alike: bool) -> None:
    """Instants that are read together come out as each of them does by itself, and what is none is none."""
    texts = [text for text in texts if len(text) == len(texts[0])] if alike else texts
    wanted = []
    for text in texts:
        try:
            wanted.append((True, microseconds(read_time(text, "`time`")[0])))
        except EventRejected:
            wanted.append((False, 0))
    at, sound = read_times(texts)
    assert list(zip(sound.tolist(), at.tolist(), strict=True)) == wanted


def test_an_offset_of_sixty_minutes_is_none_in_columns_either() -> None:
    assert not read_times(["2026-03-02T09:00:00-12:60"] * 3)[1].any()
