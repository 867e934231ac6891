"""Reading a W3C ORG file: the forms of JSON-LD, what is left aside, and the words with which a wrong one is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accountability.errors import OrganisationError
from accountability.organisation import ALWAYS, Line, Organisation, Part, Post, Tenure, Unit, as_jsonld, write_organisation
from accountability.organisation.linked import READ

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "organisation.md"
ORG = "http://www.w3.org/ns/org#"


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def read(folder: Path, text: str) -> Organisation:
    (folder / "o.jsonld").write_text(text, encoding="utf-8")
    return Organisation.read(folder / "o.jsonld", SHANGHAI)


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(OrganisationError) as caught:
        read(folder, text)
    return [str(diagnostic).removeprefix(f"{folder}/") for diagnostic in caught.value.diagnostics]


COMPACTED = """\
{
  "@context": {
    "org": "http://www.w3.org/ns/org#", "@base": "https://county.example/id/", "id": "@id", "type": "@type",
    "label": "http://www.w3.org/2004/02/skos/core#prefLabel", "within": {"@id": "org:unitOf", "@type": "@id"}
  },
  "@graph": [
    {"id": "county", "type": "org:FormalOrganization", "label": [{"@language": "zh", "@value": "青山县"}],
     "org:classification": "county"},
    {"id": "town-a", "type": ["org:OrganizationalUnit"], "label": "Town A", "within": "county",
     "org:classification": {"id": "level/town", "label": "town"},
     "org:hasPost": {"id": "town-a/mayor", "type": "org:Post", "org:role": {"id": "role/principal", "label": "principal"}}},
    {"type": "org:Membership", "org:organization": {"id": "town-a"}, "org:role": {"id": "role/principal"},
     "org:member": {"id": "p/17", "type": "foaf:Person", "foaf:name": "Holder-A", "foaf:mbox": "mailto:a@example.org"},
     "org:memberDuring": {"type": "time:Interval", "time:hasBeginning": {"time:inXSDDate": "2025-01-01"},
                          "time:hasEnd": {"time:inXSDDateTimeStamp": {"@value": "2025-07-01T00:00:00+08:00"}}}}
  ]
}
"""


def test_a_compacted_file_with_its_own_terms_is_read(tmp_path: Path) -> None:
    organisation = read(tmp_path, COMPACTED)
    assert organisation.unit_entries == (Unit("county", "青山县", "county"), Unit("town-a", "Town A", "town", "county"))
    assert organisation.post_entries == (Post("town-a/mayor", "town-a", "principal"),)
    assert organisation.tenures == (Tenure("town-a/mayor", "p/17", day("2025-01-01"), day("2025-07-01")),)


def test_what_is_not_of_the_subset_has_no_effect(tmp_path: Path) -> None:
    organisation = read(tmp_path, COMPACTED)
    assert "example.org" not in as_jsonld(organisation)
    assert "Holder-A" not in as_jsonld(organisation)


def test_an_expanded_file_is_read(tmp_path: Path) -> None:
    unit = {"@id": "https://x.example/t", "@type": [ORG + "OrganizationalUnit"], ORG + "classification": [{"@value": "town"}],
            ORG + "identifier": [{"@value": "t"}]}
    post = {"@id": "https://x.example/t/p", "@type": [ORG + "Post"], ORG + "postIn": [{"@id": "https://x.example/t"}],
            ORG + "role": [{"@value": "head"}], "http://purl.org/dc/terms/identifier": [{"@value": "t/p"}]}
    organisation = read(tmp_path, json.dumps([post, unit]))
    assert organisation.unit_entries == (Unit("t", "t", "town"),)
    assert organisation.post_entries == (Post("t/p", "t", "head"),)


def entries(*items: dict[str, object]) -> str:
    return json.dumps({"@graph": [{"@id": "t", "@type": "org:OrganizationalUnit", "org:classification": "town"},
                                  {"@id": "t/p", "@type": "org:Post", "org:postIn": "t", "org:role": "head"}, *items]})


def test_the_short_form_without_a_time_holds_from_the_beginning(tmp_path: Path) -> None:
    held = (Tenure("t/p", "h", ALWAYS),)
    assert read(tmp_path, entries({"@id": "holder/h", "org:holds": {"@id": "t/p"}})).tenures == held
    assert read(tmp_path, entries({"@id": "t/p", "org:heldBy": {"@id": "holder/h"}})).tenures == held
    since = day("2025-01-01")
    membership = {"@type": "org:Membership", "acc:post": "t/p", "org:member": "h",
                  "org:memberDuring": {"time:hasBeginning": "2025-01-01"}}
    assert read(tmp_path, entries({"@id": "h", "org:holds": "t/p"}, membership)).tenures == (Tenure("t/p", "h", since),)


@pytest.mark.parametrize("said", [
    {"@id": "u", "org:changedBy": {"@type": "org:ChangeEvent", "org:resultingOrganization": "t", "dcterms:date": "2025-01-01"}},
    {"@type": "org:ChangeEvent", "org:originalOrganization": {"@id": "u"}, "org:resultingOrganization": {"@id": "t"},
     "dcterms:date": "2025-01-01"},
    {"@id": "t", "org:resultedFrom": {"@id": "merger", "org:originalOrganization": {"@id": "u"}, "dcterms:date": "2025-01-01"}},
])
def test_a_change_event_names_who_takes_the_place(tmp_path: Path, said: dict[str, object]) -> None:
    organisation = read(tmp_path, entries({"@id": "u", "@type": "org:OrganizationalUnit", "org:classification": "town"}, said))
    assert organisation.units["u"] == Unit("u", "u", "town", until=day("2025-01-01"), successors=("t",))


def test_a_version_names_what_it_is_a_version_of(tmp_path: Path) -> None:
    later = {"@type": "org:Post", "dcterms:isVersionOf": {"@id": "t/p"}, "org:postIn": "t", "org:role": "chief", "acc:rank": 1,
             "dcterms:temporal": {"time:hasBeginning": "2025-01-01"}, "prov:generatedAtTime": "2025-02-01"}
    first = {"@id": "t/p", "dcterms:temporal": {"time:hasEnd": "2025-01-01"}}
    assert read(tmp_path, entries(first, later)).post_entries == (
        Post("t/p", "t", "chief", 1, day("2025-01-01"), recorded=day("2025-02-01")),
        Post("t/p", "t", "head", until=day("2025-01-01")))


def test_what_org_has_no_word_for_is_ours(tmp_path: Path) -> None:
    line = {"@type": "acc:Line", "acc:name": "lead", "acc:unit": "t", "acc:post": "t/p", "acc:part": "joint",
            "acc:share": "100%", "dcterms:temporal": {"time:hasBeginning": "2025-01-01"}}
    during = {"@type": "org:Membership", "acc:post": "t/p", "org:memberDuring": {"time:hasBeginning": "2025-01-01"}}
    vacant = {**during, "acc:vacant": True}
    acting = {**during, "org:member": "h", "acc:acting": {"@value": "true", "@type": "xsd:boolean"}}
    organisation = read(tmp_path, entries(line, vacant, acting))
    assert organisation.lines == (Line("lead", "t", "t/p", day("2025-01-01"), None, Part.JOINT, 1),)
    assert [(t.holder, t.acting) for t in organisation.tenures] == [(None, False), ("h", True)]


@pytest.mark.parametrize(("text", "says"), [
    ('{"@graph": [}', "o.jsonld:1:13: json-syntax: the file is not JSON: expecting value; "
     "check the brackets, commas and quotes here"),
    ('{"@context": "https://www.w3.org/ns/org.jsonld"}', "o.jsonld:1:1: remote-context: the context "
     "`https://www.w3.org/ns/org.jsonld` is not fetched; write the prefixes and terms that the file uses into its own `@context`"),
    ('{"@context": {"a": {"@id": "org:unitOf", "@container": "@language"}}}', "o.jsonld:1:20: unknown-context: "
     "`@container` of the term `a` is not read; write the file without it"),
    ('{"@graph": [{"@id": "a", "@context": {}}]}', "o.jsonld:1:13: nested-context: an inner `@context` is not read; "
     "move its terms to the one at the head of the file"),
    ('{"@id": "a", "@reverse": {"org:unitOf": {"@id": "b"}}}', "o.jsonld:1:1: unknown-keyword: `@reverse` is not read; "
     "say the same without it"),
    ('{"@id": "a",\n "unitOf": "b"}', "o.jsonld:1:1: unknown-term: `unitOf` has no meaning in this file; "
     "write `org:unitOf`, or say in `@context` what it stands for"),
    ('{"@id": "a", "@id": "b"}', "o.jsonld:1:1: duplicate-key: the key `@id` stands here a second time; keep one of the two"),
    ('[1]', "o.jsonld:1:1: not-a-resource: the file holds something that is no resource; write objects with an `@id` or a `@type`"),
    ('{"x:y":' * 50 + "1" + "}" * 50, "o.jsonld:1:1: too-deep: the file is nested more than 40 deep; "
     "let entries name each other by `@id` instead of standing in each other"),
    ("[" * 100_000, "o.jsonld:1:1: too-deep: the file is nested more than 40 deep; "
     "let entries name each other by `@id` instead of standing in each other"),
    ('{"@id": "a", "@type": "org:OrganizationalUnit"}', "o.jsonld:1:1: missing-property: `a` lacks `org:classification`; "
     "write its `org:classification`"),
])
def test_a_file_that_could_hide_something_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert refused(tmp_path, text) == [says]


def test_mistakes_have_the_place_of_their_entry_and_come_all_at_once(tmp_path: Path) -> None:
    assert refused(tmp_path, """\
[{"@id": "t", "@type": "org:OrganizationalUnit", "org:classification": "town", "org:unitOf": ["a", "b"]},
 {"@id": "t/p", "@type": "org:Post", "org:postIn": "u", "org:role": "head", "acc:rank": "first"},
 {"@type": "org:Membership", "org:member": "h", "org:memberDuring": {"time:hasBeginning": "2025-01-01"}},
 {"@type": "org:Membership", "acc:post": "t/p", "org:member": "{}",
  "org:memberDuring": {"time:hasBeginning": "soon"}}]
""") == [
        "o.jsonld:1:2: wrong-kind: `parent` of a unit is a list; write a single value",
        "o.jsonld:2:2: not-a-whole-number: `rank` of a post is `first`; write a whole number such as `2`",
        "o.jsonld:2:2: unknown-unit: the post `t/p` stands in `u`, which is no unit; known: `t`",
        "o.jsonld:3:2: no-post: the membership is of no posts; "
        "name its post by `acc:post`, or the `org:organization` and `org:role` of one post alone",
        "o.jsonld:4:2: not-an-instant: `from` of a tenure is `soon`; write a date such as `2026-03-01` or an instant such as "
        "`2026-03-01T09:00:00+08:00`",
    ]


def test_every_property_that_is_read_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8").split("## W3C ORG")[1].split("\n## ")[0]
    assert [term for term in READ if f"`{term}`" not in page] == []


def test_a_file_that_cannot_be_read_is_refused_as_an_organisation(tmp_path: Path) -> None:
    (tmp_path / "o.jsonld").write_bytes("镇".encode("gbk"))
    with pytest.raises(OrganisationError, match="encoding: the file is not UTF-8 text"):
        Organisation.read(tmp_path / "o.jsonld")
    with pytest.raises(OrganisationError, match="unreadable-file: the file cannot be opened"):
        Organisation.read(tmp_path / "absent.jsonld")


def test_a_written_file_says_what_it_says_to_others_too(tmp_path: Path) -> None:
    since, until = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)
    organisation = Organisation.of([Unit("t", "镇", "town")], [Post("t/p", "t", "head", 1)], [Tenure("t/p", "H 1", since, until)])
    *_, membership = json.loads(as_jsonld(organisation))["@graph"]
    assert membership["org:member"] == {"@id": "holder/H%201"}
    assert membership["org:memberDuring"]["time:hasEnd"] == {
        "@type": "time:Instant", "time:inXSDDateTimeStamp": {"@type": "xsd:dateTimeStamp", "@value": "2025-07-01T00:00:00Z"}}
    write_organisation(organisation, tmp_path / "o.jsonld")
    assert Organisation.read(tmp_path / "o.jsonld").digest == organisation.digest


def test_what_csv_cannot_hold_is_not_written(tmp_path: Path) -> None:
    since = datetime(2025, 1, 1, tzinfo=UTC)
    spaced = Organisation.of([Unit("t", " T", "town")])
    parted = Organisation.of([Unit("t", "T", "town", until=since, successors=("a;b",)), Unit("a;b", "A", "town")])
    with pytest.raises(ValueError, match=r"a CSV file holds no space at the ends of ` T`; write a `.jsonld` file instead"):
        write_organisation(spaced, tmp_path / "sheets")
    with pytest.raises(ValueError, match="a CSV file parts successors by `;`"):
        write_organisation(parted, tmp_path / "sheets")
    assert not (tmp_path / "sheets").exists()
