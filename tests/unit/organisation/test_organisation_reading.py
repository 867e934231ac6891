"""Reading an organisation: both formats, and the words with which a wrong one is refused."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accountability import document
from accountability.errors import OrganisationError
from accountability.organisation import UNRANKED, Line, Organisation, Part, Post, Tenure, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "organisation.md"
BOSTON = Path(__file__).parents[3] / "rules" / "boston-311" / "organisation.yaml"

TOWN = """\
units:
  - {id: town, name: Town, level: town}
posts:
  - {id: town/principal, unit: town, role: principal, rank: 1}
tenures:
  - {post: town/principal, holder: Holder-A, from: 2025-01-01, to: 2025-07-01}
"""


def read(text: str, zone: ZoneInfo | None = SHANGHAI) -> Organisation:
    return Organisation.from_node(document.parse(text, "org.yaml"), zone)


def refused(text: str, zone: ZoneInfo | None = SHANGHAI) -> list[str]:
    with pytest.raises(OrganisationError) as caught:
        read(text, zone)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def sheets(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def refused_sheets(folder: Path, **tables: str) -> list[str]:
    with pytest.raises(OrganisationError) as caught:
        Organisation.read(sheets(folder, **tables), SHANGHAI)
    return [str(diagnostic).removeprefix(f"{folder}/") for diagnostic in caught.value.diagnostics]


def test_dates_are_the_first_instant_of_the_local_day() -> None:
    [tenure] = read(TOWN).tenures
    since, until = datetime(2024, 12, 31, 16, tzinfo=UTC), datetime(2025, 6, 30, 16, tzinfo=UTC)
    assert tenure == Tenure("town/principal", "Holder-A", since, until)


def test_the_zone_of_the_file_goes_before_the_one_given() -> None:
    assert read("timezone: UTC\n" + TOWN).tenures[0].since == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_bare_date_without_any_zone_is_refused() -> None:
    assert [line.split(": ", 2)[1] for line in refused(TOWN, None)] == ["no-zone", "no-zone"]


def test_instants_need_no_zone_beside_them() -> None:
    text = TOWN.replace("2025-01-01", "2025-01-01T00:00:00+08:00").replace("2025-07-01", "2025-06-30T16:00:00Z")
    assert read(text, None).digest == read(TOWN).digest


def test_an_organisation_may_stand_under_org() -> None:
    nested = "title: A scenario\ntimezone: Asia/Shanghai\norg:\n" + "".join(f"  {line}\n" for line in TOWN.splitlines())
    assert read(nested, None).digest == read(TOWN).digest
    assert read(nested.replace("timezone: Asia/Shanghai\n", "")).digest == read(TOWN).digest
    assert refused(nested + "posts: []\n") == ["org.yaml:10:1: misplaced-key: `posts` stands beside `org`; indent it under `org:`"]


def test_what_may_be_left_out() -> None:
    organisation = read("units: [{id: t, level: town, parent: null}]\nposts: [{id: t/p, unit: t, role: head}]\n")
    assert dict(organisation.units) == {"t": Unit("t", "t", "town")}
    assert dict(organisation.posts) == {"t/p": Post("t/p", "t", "head", UNRANKED)}


def test_a_vacancy_is_declared_in_two_ways() -> None:
    by_word = read(TOWN.replace("holder: Holder-A", "vacant: yes"))
    assert by_word.digest == read(TOWN.replace("Holder-A", "null")).digest
    assert by_word.tenures[0].holder is None
    assert read(TOWN.replace("Holder-A", '"null"')).tenures[0].holder == "null"


def test_all_mistakes_are_reported_at_once() -> None:
    assert refused("""\
units:
  - {id: town, level: town, parent: county, phone: 1}
  - {name: Nameless}
posts:
  - {id: town/principal, unit: twon, role: [principal], rank: first}
tenures:
  - {post: town/principal, from: 2025-01-01, to: 2024-01-01}
  - {post: town/principle, holder: "", from: 1 May, acting: perhaps}
  - town/principal
lines:
  - {name: lead, unit: town, from: 2025-01-01}
""") == [
        "org.yaml:2:37: unknown-parent: `town` has the parent `county`, which is no unit; known: `town`",
        "org.yaml:2:45: unknown-key: an entry of `units` has no key `phone`; "
        "known: `from`, `id`, `level`, `name`, `parent`, `recorded`, `sector`, `successor`, `to`",
        "org.yaml:3:5: missing-key: a unit lacks `id`; write its `id`",
        "org.yaml:3:5: missing-key: a unit lacks `level`; write its `level`",
        "org.yaml:5:32: unknown-unit: the post `town/principal` stands in `twon`, which is no unit; did you mean `town`?",
        "org.yaml:5:44: wrong-kind: `role` of a post is a list; write a single value",
        "org.yaml:5:63: not-a-whole-number: `rank` of a post is `first`; write a whole number such as `2`",
        "org.yaml:7:5: missing-key: a tenure lacks `holder`; write its `holder`, or `vacant: yes`",
        "org.yaml:7:50: ends-before-start: the tenure of `town/principal` ends on 2024-01-01 but begins on 2025-01-01; "
        "write a `to` after `from`; the day `to` is no longer part of it",
        "org.yaml:8:36: empty-value: `holder` of a tenure is empty; write a value, or `null` for none",
        "org.yaml:8:46: not-an-instant: `from` of a tenure is `1 May`; write a date such as `2026-03-01` or an instant such as "
        "`2026-03-01T09:00:00+08:00`",
        "org.yaml:8:61: not-yes-or-no: `acting` of a tenure is `perhaps`; write `yes` or `no`",
        "org.yaml:9:5: wrong-kind: an entry of `tenures` is a single value; write a mapping such as `{post: …, from: …}`",
        "org.yaml:11:5: missing-key: a line lacks `post`; write its `post`",
    ]


@pytest.mark.parametrize(("said", "check"), [
    ("holder: H, vacant: yes", "vacant-and-held"),
    ("vacant: yes, acting: yes", "acting-vacancy"),
    ("holder: null, acting: yes", "acting-vacancy"),
    ("vacant: no", "missing-key"),
    ("holder: ''", "empty-value"),
    ("holder: [H, I]", "wrong-kind"),
])
def test_who_holds_must_be_said_plainly(said: str, check: str) -> None:
    assert [line.split(": ")[1] for line in refused(TOWN.replace("holder: Holder-A", said))] == [check]


def test_a_time_beyond_the_calendar_is_refused() -> None:
    [line] = refused(TOWN.replace("2025-07-01", "9999-12-31T23:59:59-05:00"))
    assert line == ("org.yaml:6:68: not-an-instant: `to` of a tenure is `9999-12-31T23:59:59-05:00`, beyond the calendar; "
                    "leave `to` out where the time has no end")


def test_a_time_before_the_calendar_is_refused_with_a_way_out_that_is_one() -> None:
    """Where `from` is required it cannot be left out; elsewhere what has no beginning is said by leaving it out."""
    [line] = refused(TOWN.replace("from: 2025-01-01", "from: 0001-01-01"))
    assert line.endswith("not-an-instant: `from` of a tenure is `0001-01-01`, beyond the calendar; "
                         "write an instant of the years 2 to 9998")
    [line] = refused(TOWN.replace("level: town", "level: town, from: 0001-01-01"))
    assert line.endswith("`from` of a unit is `0001-01-01`, beyond the calendar; leave `from` out where the time has no beginning")


def test_a_rank_of_any_length_is_refused() -> None:
    [line] = refused(TOWN.replace("rank: 1", "rank: " + "9" * 5000))
    assert "rank-out-of-range" in line


def test_a_file_that_is_not_yaml_is_refused_as_an_organisation(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text("units: [", encoding="utf-8")
    with pytest.raises(OrganisationError, match="yaml-syntax"):
        Organisation.read(tmp_path / "org.yaml")
    with pytest.raises(OrganisationError, match="unreadable-file"):
        Organisation.read(tmp_path / "absent.yaml")


def test_a_folder_of_sheets_says_the_same_as_a_file(tmp_path: Path) -> None:
    organisation = Organisation.read(sheets(
        tmp_path,
        units="\ufefflevel,id,name\ntown,town,Town\n",
        posts="id,unit,role,rank\r\ntown/principal,town,principal,1\r\n",
        tenures='post,holder,from,to,acting\n"town/principal", Holder-A ,2025-01-01,2025-07-01,\n\n',
    ), SHANGHAI)
    assert organisation.digest == read(TOWN).digest


def test_a_sheet_may_have_values_of_several_lines_and_with_commas(tmp_path: Path) -> None:
    organisation = Organisation.read(sheets(
        tmp_path, units='id,name,level\nt,"Town ""A"",\nNorth",town\n', lines="name,unit,post,from,to\n"))
    assert organisation.units["t"].name == 'Town "A",\nNorth'


def test_mistakes_in_sheets_have_line_and_column(tmp_path: Path) -> None:
    assert refused_sheets(
        tmp_path,
        units='id,name,level,parent\ntown,"Town,\nNorth",town,"couny"\ncounty,County,county,\n,Other,town,\nx,y\n',
        posts="id,unit,role,rang\ntown/p,town,head,1\n",
        tenures="post,holder,vacant,from\ntown/p,,,2025-01-01\ntown/p,,maybe, today\n",
        lines="name,unit,name\n",
        post="id\n",
    ) == [
        "lines.csv:1:1: missing-key: the table lacks the column `post`; add a column `post`",
        "lines.csv:1:1: missing-key: the table lacks the column `from`; add a column `from`",
        "lines.csv:1:11: duplicate-key: the column `name` stands here a second time; keep one of the two",
        "post.csv:1:1: unknown-file: an organisation has no table `post.csv`; did you mean `posts.csv`?",
        "posts.csv:1:14: unknown-key: the table has no column `rang`; did you mean `rank`?",
        "tenures.csv:2:1: missing-key: a tenure lacks `holder`; write its `holder`, or `vacant: yes`",
        "tenures.csv:3:1: missing-key: a tenure lacks `holder`; write its `holder`, or `vacant: yes`",
        "tenures.csv:3:9: not-yes-or-no: `vacant` of a tenure is `maybe`; write `yes` or `no`",
        "tenures.csv:3:16: not-an-instant: `from` of a tenure is `today`; write a date such as `2026-03-01` or an instant such as "
        "`2026-03-01T09:00:00+08:00`",
        "units.csv:3:13: unknown-parent: `town` has the parent `couny`, which is no unit; did you mean `county`?",
        "units.csv:5:1: missing-key: a unit lacks `id`; write its `id`",
        "units.csv:6:1: row-length: the row has 2 cells under 4 columns; "
        "give every column one cell; put a value that holds a comma in double quotes",
    ]


def test_a_folder_without_units_is_not_an_organisation(tmp_path: Path) -> None:
    [line] = refused_sheets(tmp_path)
    assert "missing-file: the folder has no `units.csv`" in line


@pytest.mark.parametrize(("bytes_", "says"), [
    ("id,level\n镇,town\n".encode("gbk"), "units.csv:1:1: encoding: the file is not UTF-8 text; save it as `CSV UTF-8`"),
    (b"", "units.csv:1:1: empty-file: the file says nothing; write its first line: "
     "id,name,level,parent,sector,from,to,recorded,successor"),
    (b'id,level\na,town\n"b,town\n', "units.csv:3:1: csv-syntax: the row cannot be read: unexpected end of data; "
     "check the double quotes of this row"),
])
def test_a_sheet_that_cannot_be_read_is_refused(tmp_path: Path, bytes_: bytes, says: str) -> None:
    (tmp_path / "units.csv").write_bytes(bytes_)
    assert refused_sheets(tmp_path) == [says]


def test_nouns_of_a_program_pass_the_same_checks() -> None:
    since = datetime(2025, 1, 1, tzinfo=SHANGHAI)
    organisation = Organisation.of([Unit("t", "T", "town")], [Post("t/p", "t", "head", 1)], [Tenure("t/p", "H", since)],
                                   [Line("lead", "t", "t/p", since)])
    assert organisation.tenures[0].since.tzinfo is UTC
    with pytest.raises(OrganisationError, match=r"posts:1:1: unknown-unit: the post `t/p` stands in `t`"):
        Organisation.of(posts=[Post("t/p", "t", "head")])
    with pytest.raises(ValueError, match="has no zone"):
        Tenure("t/p", "H", datetime(2025, 1, 1))


def test_the_example_of_the_reference_page_is_an_organisation() -> None:
    organisation = read(PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], None)
    assert organisation.warnings == ()
    august = organisation.holder("town-a/principal", datetime(2025, 8, 1, tzinfo=UTC))
    assert (august.holder, august.acting) == ("Holder-D", True)
    march, told = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
    assert organisation.holder("housing/principal", march, known_at=march).holder == "Holder-C"
    assert organisation.holder("housing/principal", march, known_at=told).holder == "Holder-E"


def test_the_second_example_of_the_reference_page_changes_over_time() -> None:
    organisation = read(PAGE.read_text(encoding="utf-8").split("```yaml\n")[3].split("```")[0], None)
    assert organisation.warnings == ()
    new_year, told = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC)
    assert organisation.ways("town-a", new_year) == (("town-a", "town-c"),)
    assert organisation.ways("town-a", new_year, known_at=new_year) == (("town-a",),)
    assert [organisation.parent_of("bureau", datetime(2026, month, 15, tzinfo=UTC)) for month in (1, 2)] == ["county", "town-c"]
    assert organisation.learned == (told.replace(day=4, hour=16),)
    lead, joint = organisation.lines_of("hazard", "town-c", datetime(2026, 3, 1, tzinfo=UTC))
    assert (lead.part, lead.share, joint.part, joint.share) == (Part.LEAD, Fraction(2, 3), Part.JOINT, None)


@pytest.mark.parametrize(("said", "says"), [
    ("part: head", "unknown-choice: `part` of a line is `head`; did you mean `lead`?"),
    ("share: half", "not-a-share: `share` of a line is `half`; write a part of the whole such as `1/3`, `0.4` or `40%`"),
    ("share: 1/0", "not-a-share: `share` of a line is `1/0`; write a part of the whole such as `1/3`, `0.4` or `40%`"),
    ("share: [1/2]", "wrong-kind: `share` of a line is a list; write a single value"),
])
def test_part_and_share_of_a_line_must_be_said_plainly(said: str, says: str) -> None:
    text = TOWN + f"lines: [{{name: lead, unit: town, post: town/principal, from: 2025-01-01, {said}}}]\n"
    assert [line.split(": ", 1)[1] for line in refused(text)] == [says]


def test_successors_are_a_list_or_one_name() -> None:
    text = "units: [{{id: a, level: t, to: 2025-01-01, successor: {0}}}, {{id: b, level: t}}, {{id: c, level: t}}]\n"
    assert read(text.format("[c, b]")).units["a"].successors == read(text.format("b; c")).units["a"].successors == ("b", "c")
    assert [line.split(": ")[1] for line in refused(text.format("[{x: y}, b]"))] == ["wrong-kind"]


@pytest.mark.parametrize("name", ["A1", "A2", "A3", "A4", "A5", "A6"])
def test_the_organisations_of_the_worked_scenarios_are_read(shared: Path, name: str) -> None:
    text = (shared / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
    organisation = read("org:\n" + text.split("\norg:\n")[1].split("\npolicy:\n")[0] + "\n")
    assert organisation.warnings == ()
    assert organisation.units["county" if "county" in organisation.units else "province"].parent is None
    assert all(organisation.unit_of(tenure.post) for tenure in organisation.tenures)


def test_boston_has_changes_of_holder_and_a_stand_in() -> None:
    organisation = Organisation.read(BOSTON)
    assert organisation.warnings == ()
    assert {organisation.parent_of(unit) for unit in organisation.units_at("department")} == {"city"}
    autumn = organisation.holder("PWDx/head", datetime(2017, 9, 1, tzinfo=UTC))
    assert (autumn.holder, autumn.acting) == ("Holder D", True)
    for unit in organisation.units:
        [post] = organisation.posts_of(unit)
        assert organisation.holder(post, datetime(2015, 1, 1, tzinfo=UTC)) is not None


def test_boston_knows_every_department_of_its_log(shared: Path) -> None:
    organisation = Organisation.read(BOSTON)
    with gzip.open(shared / "data" / "boston311_sample.jsonl.gz", "rt", encoding="utf-8") as log:
        departments = {json.loads(line)["data"]["department"] for line in log}
    assert departments == set(organisation.units_at("department"))
