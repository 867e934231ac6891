"""An organisation as text that reads back as the same organisation: CSV tables, or a W3C ORG file in JSON-LD."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from accountability.organisation.keywords import COLUMNS
from accountability.organisation.model import UNRANKED, Part
from accountability.organisation.register import Organisation
from accountability.organisation.terms import OUR, TERMS

Cell = str | None
Json = Mapping[str, object]


def write_organisation(organisation: Organisation, path: Path | str) -> None:
    """Writes *organisation* to *path*: a file that ends in `.jsonld`, else a folder of CSV files. Instants are written in UTC.

    `Organisation.read` gives an organisation with the same digest. Raises ValueError for a text that the format cannot hold: in
    CSV one with space at its ends, or a `;` in the id of a successor.
    """
    path = Path(path)
    if path.suffix == ".jsonld":
        path.write_text(as_jsonld(organisation), encoding="utf-8")
        return
    sheets = {f"{name}.csv": text for name, text in as_sheets(organisation).items()}
    path.mkdir(parents=True, exist_ok=True)
    for name, text in sheets.items():
        # The reader keeps line breaks within a cell only as they stand.
        (path / name).write_text(text, encoding="utf-8", newline="")


def as_sheets(organisation: Organisation) -> dict[str, str]:
    """The text of each CSV table by its name; tables without rows are left out, except the units."""
    tables: dict[str, list[dict[str, Cell]]] = {name: [] for name in COLUMNS}
    for u in organisation.unit_entries:
        if any(";" in heir for heir in u.successors):
            raise ValueError(f"a CSV file parts successors by `;`, and one of `{u.id}` holds it; write a `.jsonld` file instead")
        tables["units"].append({"id": u.id, "name": u.name, "level": u.level, "parent": u.parent, "sector": u.sector,
                                **_span(u.since, u.until, u.recorded), "successor": ";".join(u.successors)})
    for p in organisation.post_entries:
        tables["posts"].append({"id": p.id, "unit": p.unit, "role": p.role, "rank": None if p.rank == UNRANKED else str(p.rank),
                                **_span(p.since, p.until, p.recorded)})
    for t in organisation.tenures:
        tables["tenures"].append({"post": t.post, "holder": t.holder, "vacant": "yes" if t.holder is None else None,
                                  "acting": "yes" if t.acting else None, **_span(t.since, t.until, t.recorded)})
    for line in organisation.lines:
        tables["lines"].append({"name": line.name, "unit": line.unit, "post": line.post,
                                "part": line.part.value if line.part is not Part.LEAD else None,
                                "share": str(line.share) if line.share is not None else None,
                                **_span(line.since, line.until, line.recorded)})
    return {name: _sheet(COLUMNS[name], rows) for name, rows in tables.items() if rows or name == "units"}


def _span(since: datetime | None, until: datetime | None, recorded: datetime | None) -> dict[str, Cell]:
    return {"from": _text(since), "to": _text(until), "recorded": _text(recorded)}


def _text(instant: datetime | None) -> Cell:
    return instant.isoformat().replace("+00:00", "Z") if instant is not None else None


def _sheet(columns: tuple[str, ...], rows: list[dict[str, Cell]]) -> str:
    used = [column for column in columns if any(row.get(column) for row in rows)] or list(columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(used)
    for row in rows:
        cells = [row.get(column) or "" for column in used]
        for cell in cells:
            if cell != cell.strip():
                raise ValueError(f"a CSV file holds no space at the ends of `{cell}`; write a `.jsonld` file instead")
        writer.writerow(cells)
    return text.getvalue()


def as_jsonld(organisation: Organisation) -> str:
    """The W3C ORG file in JSON-LD, one entry a line."""
    entries = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in _entries(organisation))
    return f'{{"@context": {json.dumps(TERMS)},\n"@graph": [\n{entries}\n]}}\n'


def _entries(organisation: Organisation) -> Iterator[Json]:
    met: set[str] = set()
    for u in organisation.unit_entries:
        changed = {"@type": "org:ChangeEvent", "org:resultingOrganization": [_ref("unit", heir) for heir in u.successors]}
        yield _entry("org:OrganizationalUnit", {
            **_identity("unit", u.id, met), "skos:prefLabel": u.name, "org:classification": u.level,
            "org:unitOf": _ref("unit", u.parent), "org:purpose": u.sector, "dcterms:temporal": _interval(u.since, u.until),
            "prov:generatedAtTime": _instant(u.recorded), "org:changedBy": changed if u.successors else None,
        })
    for p in organisation.post_entries:
        yield _entry("org:Post", {
            **_identity("post", p.id, met), "org:postIn": _ref("unit", p.unit), "org:role": p.role,
            f"{OUR}:rank": p.rank if p.rank != UNRANKED else None, "dcterms:temporal": _interval(p.since, p.until),
            "prov:generatedAtTime": _instant(p.recorded),
        })
    for holder in sorted({t.holder for t in organisation.tenures if t.holder is not None}):
        yield _entry("foaf:Agent", _identity("holder", holder, met))
    for t in organisation.tenures:
        yield _entry("org:Membership", {
            f"{OUR}:post": _ref("post", t.post), "org:member": _ref("holder", t.holder),
            f"{OUR}:vacant": True if t.holder is None else None, f"{OUR}:acting": True if t.acting else None,
            "org:memberDuring": _interval(t.since, t.until), "prov:generatedAtTime": _instant(t.recorded),
        })
    for line in organisation.lines:
        yield _entry(f"{OUR}:Line", {
            f"{OUR}:name": line.name, f"{OUR}:unit": _ref("unit", line.unit), f"{OUR}:post": _ref("post", line.post),
            f"{OUR}:part": line.part.value if line.part is not Part.LEAD else None,
            f"{OUR}:share": str(line.share) if line.share is not None else None,
            "dcterms:temporal": _interval(line.since, line.until), "prov:generatedAtTime": _instant(line.recorded),
        })


def _entry(kind: str, properties: Json) -> Json:
    return {"@type": kind} | {term: value for term, value in properties.items() if value is not None}


def _identity(prefix: str, name: str, met: set[str]) -> Json:
    """The first entry of a thing is the thing; a further one is a version of it."""
    iri = _iri(prefix, name)
    if iri in met:
        return {"dcterms:isVersionOf": {"@id": iri}}
    met.add(iri)
    return {"@id": iri, "dcterms:identifier": name}


def _iri(prefix: str, name: str) -> str:
    return f"{prefix}/{quote(name, safe='/')}"


def _ref(prefix: str, name: str | None) -> Json | None:
    return {"@id": _iri(prefix, name)} if name is not None else None


def _instant(instant: datetime | None) -> Json | None:
    return {"@type": "xsd:dateTimeStamp", "@value": _text(instant)} if instant is not None else None


def _interval(since: datetime | None, until: datetime | None) -> Json | None:
    ends = {term: {"@type": "time:Instant", "time:inXSDDateTimeStamp": _instant(instant)}
            for term, instant in (("time:hasBeginning", since), ("time:hasEnd", until)) if instant is not None}
    return {"@type": "time:Interval", **ends} if ends else None
