"""Laws of the organisation and of who answers. Posts, holders and days are few on purpose, so that everything meets."""

from __future__ import annotations

import csv
import itertools
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
from hypothesis import given, reject
from hypothesis import strategies as st

from accountability.errors import OrganisationError
from accountability.judgement.attribution import answering
from accountability.organisation import Line, Organisation, Post, ResponsibilityKind, Tenure, Unit

START = datetime(2025, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
LEVELS = ["county", "town", "village"]
ROLES = ["principal", "deputy"]


def day(n: int) -> datetime:
    return START + timedelta(days=n)


days = st.integers(0, 12).map(day)
moments = st.builds(lambda at, shift: at + shift, st.integers(-1, 14).map(day), st.sampled_from([-MOMENT, timedelta(0), MOMENT]))


@st.composite
def tenures_of(draw: st.DrawFn, post: str) -> list[Tenure]:
    """Tenures of *post* that do not overlap by what is known now, some with earlier versions that said otherwise."""
    rows = []
    for acting in (False, True):
        cuts = sorted(draw(st.sets(days, max_size=5 if not acting else 3)))
        for since, until in itertools.zip_longest(cuts, cuts[1:]):
            holder = draw(st.sampled_from(["A", "B", "C", *([] if acting else [None])]))
            if draw(st.booleans()):
                continue
            row = Tenure(post, holder, since, until, acting, draw(st.none() | days))
            rows.append(row)
            if row.recorded is not None and draw(st.booleans()):
                rows.append(attrs.evolve(row, until=draw(st.sampled_from([None, since + timedelta(days=9)])), recorded=None))
    return rows


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    units, posts, tenures = [], [], []
    for n in range(draw(st.integers(1, 4))):
        parent = draw(st.sampled_from([None, *(unit.id for unit in units)]))
        units.append(Unit(f"u{n}", draw(st.sampled_from(["Town", '镇, "甲"'])), draw(st.sampled_from(LEVELS)), parent))
        for role in ROLES[:draw(st.integers(0, 2))]:
            posts.append(Post(f"u{n}/{role}", f"u{n}", role, draw(st.integers(1, 2))))
    for post in posts:
        tenures += draw(tenures_of(post.id))
    lines = []
    if posts:
        for name in ("lead", "joint"):
            unit, post = draw(st.sampled_from(units)), draw(st.sampled_from(posts))
            lines += [Line(name, unit.id, post.id, since, draw(st.sampled_from([None, since + timedelta(days=4)])))
                      for since in draw(st.lists(days, max_size=1))]
    return Organisation.of(*map(draw, map(st.permutations, (units, posts, tenures, lines))))


def known(organisation: Organisation, post: str, known_at: datetime | None) -> list[Tenure]:
    """By definition: of each tenure known by then, the version recorded last."""
    rows = [t for t in organisation.tenures if t.post == post
            and (known_at is None or t.recorded is None or t.recorded <= known_at)]
    return [t for t in rows if not any(
        (o.holder, o.since, o.acting) == (t.holder, t.since, t.acting) and o.recorded is not None
        and (t.recorded is None or t.recorded < o.recorded) for o in rows)]


@given(organisations(), moments)
def test_a_post_has_one_holder_or_none(organisation: Organisation, at: datetime) -> None:
    """At any instant a post has at most one stand-in and one appointed holder; the stand-in, else the holder, exercises it."""
    for post in organisation.posts:
        present = [t for t in known(organisation, post, None) if t.covers(at)]
        assert len([t for t in present if t.acting]) <= 1
        assert len([t for t in present if not t.acting]) <= 1
        first = max(present, key=lambda t: t.acting, default=None)
        assert organisation.holder(post, at) == (first if first is not None and first.holder is not None else None)


@given(organisations(), moments, moments)
def test_a_holder_is_the_one_known_by_then(organisation: Organisation, at: datetime, known_at: datetime) -> None:
    """By what was known at J, a post is exercised by whom the versions recorded by J name: acting first, then who began last."""
    for post in organisation.posts:
        present = [t for t in known(organisation, post, known_at) if t.covers(at)]
        found = organisation.holder(post, at, known_at)
        last = max(((t.acting, t.since) for t in present), default=None)
        best = [t for t in present if (t.acting, t.since) == last]
        assert found in best if found is not None else not best or any(t.holder is None for t in best)


@given(organisations())
def test_a_tenure_begins_with_its_first_instant_and_ends_before_its_last(organisation: Organisation) -> None:
    """The instant `from` belongs to a tenure, the instant `to` does not; in between only a stand-in goes before its holder."""
    for tenure in (t for post in organisation.posts for t in known(organisation, post, None) if t.holder is not None):
        first = organisation.holder(tenure.post, tenure.since)
        assert first == tenure or (first is not None and first.acting and not tenure.acting)
        assert organisation.holder(tenure.post, tenure.since - MOMENT) != tenure
        if tenure.until is not None:
            last = organisation.holder(tenure.post, tenure.until - MOMENT)
            assert last == tenure or (last is not None and last.acting and not tenure.acting)
            assert organisation.holder(tenure.post, tenure.until) != tenure


@given(organisations(), moments)
def test_what_is_recorded_later_changes_no_earlier_answer(organisation: Organisation, known_at: datetime) -> None:
    """The answers as known at J are those of the organisation without everything recorded after J."""
    then = [t for t in organisation.tenures if t.recorded is None or t.recorded <= known_at]
    try:
        earlier = Organisation.of(organisation.units.values(), organisation.posts.values(), then, organisation.lines)
    except OrganisationError:
        reject()
    for post in organisation.posts:
        for n in range(-1, 14):
            assert organisation.holder(post, day(n), known_at) == earlier.holder(post, day(n))


@given(organisations(), st.sampled_from(["unit", "parent", *(f"level:{level}" for level in LEVELS)]),
       st.sampled_from(["lead", "other"]), moments, st.none() | moments)
def test_whoever_is_named_held_the_post_at_that_instant(
    organisation: Organisation, of: str, name: str, at: datetime, known_at: datetime | None,
) -> None:
    """Every person named in an answer held, or acted in, the named post at the named instant; every post named is there."""
    kind = ResponsibilityKind(name, ("principal", "deputy"), of)
    for unit in organisation.units:
        for answer in answering(organisation, kind, unit, at, moment="due", known_at=known_at):
            assert (answer.line, answer.at, answer.moment) == (name, at, "due")
            assert answer.post in organisation.posts
            if answer.holder is not None:
                assert any(t.post == answer.post and t.holder == answer.holder and t.acting == answer.acting and t.covers(at)
                           for t in organisation.tenures)


@given(organisations(), st.sampled_from(LEVELS))
def test_the_way_up_ends_at_the_nearest_unit_of_the_level(organisation: Organisation, level: str) -> None:
    """`level:X` leads to the first unit of level X on the way from the unit itself to the top."""
    for unit in organisation.units:
        way = [unit, *organisation.ancestors(unit)]
        assert organisation.up_to(unit, f"level:{level}") == next((u for u in way if organisation.level_of(u) == level), None)
        assert organisation.up_to(unit, "parent") == next(iter(way[1:]), None)


def rows(organisation: Organisation) -> dict[str, list[dict[str, str | None]]]:
    """What the tables say, in the words of the files; instants in a zone of their own."""
    def text(at: datetime | None) -> str | None:
        return at.astimezone(ZoneInfo("America/New_York")).isoformat() if at is not None else None

    return {
        "units": [attrs.asdict(unit) for unit in organisation.units.values()],
        "posts": [{**attrs.asdict(post), "rank": str(post.rank)} for post in organisation.posts.values()],
        "tenures": [{"post": t.post, "holder": t.holder, "vacant": "yes" if t.holder is None else "no", "from": text(t.since),
                     "to": text(t.until), "acting": "yes" if t.acting else "no", "recorded": text(t.recorded)}
                    for t in organisation.tenures],
        "lines": [{"name": line.name, "unit": line.unit, "post": line.post, "from": text(line.since), "to": text(line.until)}
                  for line in organisation.lines],
    }


def as_yaml(entries: Sequence[dict[str, str | None]]) -> str:
    return "".join(f"  - {json.dumps({k: v for k, v in entry.items() if v}, ensure_ascii=False)}\n" for entry in entries)


@given(organisations(), st.data())
def test_both_formats_say_the_same(organisation: Organisation, data: st.DataObject) -> None:
    """Written as YAML or as CSV, in any order, an organisation is read back with the digest it had."""
    tables = {name: data.draw(st.permutations(table)) for name, table in rows(organisation).items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "organisation.yaml").write_text(
            "".join(f"{table}:\n{as_yaml(entries)}" for table, entries in tables.items() if entries), encoding="utf-8")
        for table, entries in tables.items():
            if entries:
                with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, data.draw(st.permutations(list(entries[0]))))
                    writer.writeheader()
                    writer.writerows(entries)
        assert Organisation.read(folder / "organisation.yaml").digest == organisation.digest
        assert Organisation.read(folder).digest == organisation.digest


@given(organisations(), organisations())
def test_organisations_that_differ_have_different_digests(one: Organisation, other: Organisation) -> None:
    """Two organisations have the same digest exactly when they state the same."""
    assert (one.digest == other.digest) == (rows(one) == rows(other))


words = st.sampled_from(["a", "b", "a/p", "town", "", "yes", "0", "2", "2025-01-01", "2025-06-01T00:00:00Z", '"', ",", "\n", "甲"])
records = st.lists(st.lists(words, min_size=1, max_size=7), max_size=6)


@given(st.dictionaries(st.sampled_from(["units", "posts", "tenures", "lines"]), records), st.booleans())
def test_whatever_the_sheets_say_they_are_read_or_refused(tables: dict[str, list[list[str]]], headed: bool) -> None:
    """A folder of CSV files is an organisation, or is refused with places that lie in its files."""
    heads = {"units": "id,name,level,parent,sector", "posts": "id,unit,role,rank",
             "tenures": "post,holder,vacant,from,to,acting,recorded", "lines": "name,unit,post,from,to"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, rows_ in tables.items():
            text = (heads[table] + "\n" if headed else "") + "\n".join(",".join(record) for record in rows_)
            (folder / f"{table}.csv").write_text(text, encoding="utf-8")
        try:
            organisation = Organisation.read(folder, ZoneInfo("Asia/Shanghai"))
        except OrganisationError as error:
            spans = [diagnostic.span for diagnostic in error.diagnostics]
        else:
            spans = [diagnostic.span for diagnostic in organisation.warnings]
            assert len(organisation.digest) == 64
        for span in spans:
            written = Path(span.file).read_text(encoding="utf-8").split("\n") if span.file.endswith(".csv") else [""]
            assert 1 <= span.line <= span.end_line <= len(written) + 1
            assert 1 <= span.column <= (len(written[span.line - 1]) + 1 if span.line <= len(written) else 1)
