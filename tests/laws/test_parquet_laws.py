"""A log says the same in Parquet as in lines."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow, of the extra `columnar`")
np = pytest.importorskip("numpy", reason="Parquet needs numpy, of the extra `columnar`")
pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow, of the extra `columnar`")

from accountability.event import Event  # noqa: E402
from accountability.intake import Intake  # noqa: E402
from accountability.intake.parquet import ParquetLog  # noqa: E402
from accountability.policy.pack import read_rules_text  # noqa: E402

POLICY = read_rules_text("""\
pack: columns
timezone: UTC
sources: {law: {title: A law}}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit, place: [near, far], size: 'number, optional'}
  step.done: {case: case from subject, ok: 'yes or no, optional', by: 'instant, optional', note: 'text from attribute, optional'}
rules:
  - duty: answer
    source: law
    when: case.raised
    bearer: unit
    must: step.done
    same: case
    within: 2h
""")
TIMES = ("2026-03-01T09:00:00Z", "2026-03-01T10:30:00.5+08:00", "2026-03-01T09:00:00", "1700-01-01T00:00:00Z", "soon",
         "2026-03-01T09:00:00.1234569Z", "")
cells = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "c", "d", "", "town-hall-a", "town-hall-b", None]),
     "type": st.sampled_from(["case.raised", "step.done", "noise", None]),
     "time": st.sampled_from(TIMES[:2] * 6 + TIMES), "subject": st.sampled_from(["case/c1", "case/c1", "c2", "unit/u1", None])},
    optional={
        "source": st.sampled_from(["/desk", ""]), "recordedtime": st.sampled_from([*TIMES[:3], None]),
        "sequence": st.sampled_from(["1", "b", "", None]), "specversion": st.sampled_from(["1.0", "1.0", "0.3"]),
        "unit": st.sampled_from(["u1", "unit/u2", "post/p", " ", None]), "place": st.sampled_from(["near", "far", "nowhere", None]),
        "size": st.sampled_from([1, 2, -3, None]), "ok": st.sampled_from([True, False, None]), "by": st.sampled_from(TIMES),
        "note": st.sampled_from(["seen", "", None]), "corrects": st.sampled_from(["a", "b", None, None, None, None]),
        "retracts": st.sampled_from(["a", None, None, None]), "neighbour": st.sampled_from(["Mr X", None]),
    })
STAMPS = ("time", "recordedtime")
DATA = ("unit", "place", "size", "ok", "by", "corrects", "retracts", "neighbour")


def shown(found: Event) -> object:
    return found.key, found.order, found.content(), found.recorded_at, found.subject, found.offset


FILLING = [{"id": f"filling{n}", "type": "noise", "time": TIMES[0], "unit": "u1", "place": "near"} for n in range(60)]
"""After so many rows that say the same, texts stand in a file in few bytes each."""


SOUND = {TIMES[0]: "2026-03-01T09:00:00Z", TIMES[1]: "2026-03-01T02:30:00.5Z", TIMES[3]: "1700-01-01T00:00:00+00:00",
         None: None}
"""What is an instant, in UTC."""


@given(st.lists(cells, min_size=1, max_size=10), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_log_in_parquet_gives_the_events_of_its_lines(rows: list[dict[str, object]], strict: bool, nested: bool,
                                                        filled: bool, stamped: bool) -> None:
    """Written as a table, with columns for the keys of data or with one struct, a log gives the same events, refuses the same rows
    for the same reasons and counts alike as its rows written as lines. It may be written in several parts, and its times be
    instants."""
    rows = rows + FILLING if filled else rows
    if stamped:
        rows = [row | {n: SOUND[row[n]] for n in STAMPS if n in row} for row in rows if all(row.get(n) in SOUND for n in STAMPS)]
    names = dict.fromkeys(name for row in rows for name in row)
    lines, table = [], []
    for row in rows:
        held = {n: v for n, v in row.items() if v is not None}
        envelope = {"specversion": "1.0"} | {n: v for n, v in held.items() if n not in DATA}
        if "source" not in names:
            envelope["source"] = "/log.parquet"
        if "specversion" in names and "specversion" not in held:
            del envelope["specversion"]
        data = {n: v for n, v in held.items() if n in DATA}
        lines.append(json.dumps({**envelope, "data": data}).encode())
        flat = {n: row.get(n) for n in names}
        struct = {n: v for n, v in flat.items() if n not in DATA} | {"data": {n: flat.get(n) for n in DATA}}
        table.append(struct if nested else flat)
    plainly, columns = Intake(POLICY.vocabulary, strict=strict), Intake(POLICY.vocabulary, strict=strict)
    wanted = list(plainly.read_lines(lines, "log"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        written = pa.Table.from_pylist(table) if table else pa.table({"id": pa.array([], pa.string())})
        for name in STAMPS if stamped else ():
            if name in written.column_names:
                instants = written.column(name).cast(pa.timestamp("us", "UTC"))
                written = written.set_column(written.column_names.index(name), name, instants)
        pq.write_table(written, path, row_group_size=50)
        log = ParquetLog([path], columns)
        found = log.events(np.arange(log.size))
    assert [shown(e) if isinstance(e, Event) else (e.check, e.what) for e in found] == [
        shown(e) if isinstance(e, Event) else (e.check, e.what) for e in wanted]
    assert columns.counts == plainly.counts
