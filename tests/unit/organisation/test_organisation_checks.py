"""Every check fires on its own example, where it stands and in these words, and leaves the allowed one alone."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accountability import document
from accountability.errors import Diagnostic, OrganisationError
from accountability.organisation import CHECKS, Organisation

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "organisation.md"
HEAD = "units: [{id: t, level: town}]\nposts: [{id: t/p, unit: t, role: head, rank: 1}]\n"


def tenures(*rows: str) -> str:
    return HEAD + "tenures:\n" + "".join(f"  - {{post: t/p, {row}}}\n" for row in rows)


def lines(*rows: str) -> str:
    return HEAD + "lines:\n" + "".join(f"  - {{name: lead, unit: t, post: t/p, {row}}}\n" for row in rows)


EXAMPLES = {
    "duplicate-id": (
        HEAD, "units: [{id: t, level: town}, {id: t, level: county}]\n",
        "o:1:36: duplicate-id: the unit `t` has an id that is taken; write another, or keep this entry or the one at o:1:14"),
    "prefixed-id": (
        "units: [{id: unit, level: town}, {id: post, level: town}]\nposts: [{id: post/head, unit: post, role: head}]\n",
        "units: [{id: unit/t, level: town}]\n",
        "o:1:14: prefixed-id: the unit `unit/t` carries a prefix; write `t`"),
    "unknown-parent": (
        "units: [{id: t, level: town, parent: c}, {id: c, level: county}]\n",
        "units: [{id: t, level: town, parent: county-z}, {id: county-2, level: county}]\n",
        "o:1:38: unknown-parent: `t` has the parent `county-z`, which is no unit; did you mean `county-2`?"),
    "unknown-unit": (
        HEAD, "units: [{id: town-a, level: town}]\nposts: [{id: t/p, unit: town-b, role: head}]\n",
        "o:2:25: unknown-unit: the post `t/p` stands in `town-b`, which is no unit; did you mean `town-a`?"),
    "unknown-post": (
        tenures("holder: H, from: 2025-01-01"), HEAD + "tenures: [{post: t/q, holder: H, from: 2025-01-01}]\n",
        "o:3:18: unknown-post: the tenure is of `t/q`, which is no post; did you mean `t/p`?"),
    "rank-out-of-range": (
        HEAD, HEAD.replace("rank: 1", "rank: 0"),
        "o:2:46: rank-out-of-range: the post `t/p` has an impossible rank; write a number from 1, the highest, to 999"),
    "ends-before-start": (
        tenures("holder: H, from: 2025-01-01", "holder: H, from: 2025-01-01, to: 2025-01-01, recorded: 2025-02-01"),
        tenures("holder: H, from: 2025-01-01, to: 2025-01-01"),
        "o:4:50: ends-before-start: the tenure of `t/p` ends on 2025-01-01 but begins on 2025-01-01; "
        "write a `to` after `from`; the day `to` is no longer part of it"),
    "duplicate-tenure": (
        tenures("holder: H, from: 2025-01-01", "holder: H, from: 2025-01-01, to: 2026-01-01, recorded: 2025-12-01"),
        tenures("holder: H, from: 2025-01-01", "holder: H, from: 2025-01-01, to: 2026-01-01"),
        "o:5:5: duplicate-tenure: this tenure of `t/p` from 2025-01-01 is stated twice, first at o:4:5; "
        "keep one, or say by `recorded` when the later version was learned of"),
    "overlapping-tenures": (
        tenures("holder: H, from: 2025-01-01, to: 2025-06-01", "holder: I, from: 2025-06-01",
                "holder: J, from: 2025-05-01, to: 2025-08-01, acting: yes"),
        tenures("holder: H, from: 2025-01-01, to: 2025-06-02", "holder: I, from: 2025-06-01"),
        "o:5:34: overlapping-tenures: `H` and `I` both hold `t/p` from 2025-06-01 to 2025-06-02; "
        "end the one on the day the other begins, or mark the stand-in `acting: yes`"),
    "overlapping-lines": (
        lines("from: 2025-01-01, to: 2025-06-01", "from: 2025-06-01"),
        lines("from: 2025-01-01", "from: 2025-06-01"),
        "o:5:44: overlapping-lines: `t/p` already answers for `t` as `lead` on 2025-06-01; keep one line for that time"),
    "personal-identifier": (
        tenures("holder: Holder-1385551, from: 2025-01-01"), tenures("holder: 11010519491231002X, from: 2025-01-01"),
        "o:4:25: personal-identifier: the holder of `t/p` is named by what looks like a personal identifier; "
        "write the official's name in office or an opaque staff code"),
    "gap": (
        tenures("holder: H, from: 2025-01-01, to: 2025-03-01", "vacant: yes, from: 2025-03-01, to: 2025-04-01",
                "holder: I, from: 2025-04-01, to: 2025-05-01", "holder: S, from: 2025-04-02, to: 2025-04-03, acting: yes",
                "holder: J, from: 2025-05-01, to: 2025-06-01, acting: yes",
                "holder: K, from: 2025-06-01"),
        tenures("holder: H, from: 2025-01-01, to: 2025-03-01", "holder: I, from: 2025-04-01T09:00:00+08:00"),
        "o:5:34: gap: nobody holds `t/p` from 2025-03-01 to 2025-04-01T09:00:00+08:00; "
        "add the tenure, or declare the time `vacant: yes`"),
    "overlapping-versions": (
        "units: [{id: t, level: town, to: 2025-01-01}, {id: t, level: city, from: 2025-01-01}]\n",
        "units: [{id: t, level: town, to: 2025-01-02}, {id: t, level: city, from: 2025-01-01}]\n",
        "o:1:74: overlapping-versions: the unit `t` is already described from 2025-01-01 to 2025-01-02; "
        "end the one version on the day the other begins"),
    "circle-of-parents": (
        "units: [{id: a, level: x, parent: b}, {id: b, level: x, parent: c}, {id: c, level: x}]\n",
        "units: [{id: a, level: x, parent: b}, {id: b, level: x, parent: c}, {id: c, level: x, parent: b}]\n",
        "o:1:65: circle-of-parents: these units stand above each other in a circle: `b` → `c` → `b`; "
        "give one of them a parent outside the circle, or none"),
    "successor-without-end": (
        "units: [{id: t, level: town, to: 2025-01-01, successor: u}, {id: u, level: town}]\n",
        "units: [{id: t, level: town, successor: u}, {id: u, level: town}]\n",
        "o:1:41: successor-without-end: `t` has a successor and does not end; "
        "write the day on which the successor takes over as `to`"),
    "unknown-successor": (
        "units: [{id: t, level: town, to: 2025-01-01, successor: [u, v]}, {id: u, level: town}, "
        "{id: v, level: town, from: 2025-01-01}]\n",
        "units: [{id: t, level: town, to: 2025-01-01, successor: u}, {id: u, level: town, from: 2025-01-02}]\n",
        "o:1:57: unknown-successor: `t` ends on 2025-01-01, when its successor `u` is not there; "
        "let `u` begin by that day, or name who takes over"),
    "shares-do-not-add-up": (
        "units: [{id: t, level: town}]\nposts: [{id: t/p, unit: t, role: head}, {id: t/q, unit: t, role: deputy}]\nlines:\n"
        "  - {name: lead, unit: t, post: t/p, from: 2025-01-01, share: 2/3}\n"
        "  - {name: lead, unit: t, post: t/q, from: 2025-01-01}\n",
        lines("from: 2025-01-01, share: 60%"),
        "o:4:63: shares-do-not-add-up: the shares of the lines `lead` of `t` add up to 3/5 on 2025-01-01; "
        "let them make 1, or less than 1 where a line without a share takes the rest"),
    "share-out-of-range": (
        lines("from: 2025-01-01, share: 1.0"), lines("from: 2025-01-01, share: 0"),
        "o:4:63: share-out-of-range: the share of `t/p` is 0; write a part of the whole such as `1/3`, `0.4` or `40%`"),
    "outside-post": (
        "units: [{id: t, level: town}]\nposts: [{id: t/p, unit: t, role: head, to: 2025-06-01}]\n"
        "tenures: [{post: t/p, holder: H, from: 2025-01-01}]\n",
        "units: [{id: t, level: town, to: 2025-01-01}]\nposts: [{id: t/p, unit: t, role: head}]\n"
        "tenures: [{post: t/p, holder: H, from: 2025-01-01}]\n",
        "o:3:40: outside-post: the tenure of `t/p` begins on 2025-01-01, when there is no such post; "
        "check the `from` and `to` of the tenure, of the post and of its unit"),
    "parent-gone": (
        "units: [{id: t, level: town, parent: c}, {id: c, level: county, to: 2025-01-01, successor: d}, {id: d, level: county}]\n",
        "units: [{id: t, level: town, parent: c}, {id: c, level: county, to: 2025-01-01}]\n",
        "o:1:38: parent-gone: `t` has the parent `c`, which is gone from 2025-01-01; "
        "add a version of it from that day with its new parent"),
}


def found(text: str) -> tuple[Diagnostic, ...]:
    try:
        return Organisation.from_node(document.parse(text, "o"), ZoneInfo("Asia/Shanghai")).warnings
    except OrganisationError as error:
        return error.diagnostics


def test_every_check_has_an_example_and_a_row_in_the_reference() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Checks")[1]
    rows = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert rows == list(CHECKS) == list(EXAMPLES)
    assert all(check.__doc__ for check in CHECKS.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_check_fires_on_its_example_only(name: str) -> None:
    allowed, caught, says = EXAMPLES[name]
    assert found(allowed) == ()
    assert [str(diagnostic) for diagnostic in found(caught)] == [says]


@pytest.mark.parametrize("holder", ["13912345678", "+8613912345678", "+1 (617) 555-0100", "078-05-1120", "someone@example.org"])
def test_an_identifier_is_refused_and_not_repeated(holder: str) -> None:
    [diagnostic] = found(tenures(f"holder: '{holder}', from: 2025-01-01"))
    assert diagnostic.check == "personal-identifier"
    assert holder not in str(diagnostic)


def test_only_what_may_be_so_is_a_warning() -> None:
    warnings = {name for name, (_, caught, _) in EXAMPLES.items() if [d.severity for d in found(caught)] == ["warning"]}
    assert warnings == {"gap", "outside-post", "parent-gone"}


def test_a_unit_and_a_post_must_not_share_an_id() -> None:
    [diagnostic] = found(HEAD.replace("t/p", "t"))
    assert (diagnostic.check, diagnostic.span.line) == ("duplicate-id", 2)


def test_two_stand_ins_must_not_overlap() -> None:
    [diagnostic] = found(tenures("holder: H, from: 2025-01-01, acting: yes", "holder: I, from: 2025-02-01, acting: yes"))
    assert diagnostic.what == "`H` and `I` both act in `t/p` from 2025-02-01 on"


def test_a_tenure_within_another_is_found_though_a_third_stands_between() -> None:
    overlaps = found(tenures("holder: H, from: 2025-01-01", "vacant: yes, from: 2025-02-01, to: 2025-03-01",
                             "holder: J, from: 2025-04-01, to: 2025-05-01"))
    assert [d.what.split(" both")[0] for d in overlaps] == ["`H` and a vacancy", "`H` and `J`"]


def test_a_unit_below_a_circle_is_not_blamed_and_each_circle_is_told_once() -> None:
    circles = found("units: [{id: a, level: x, parent: a}, {id: b, level: x, parent: c}, {id: c, level: x, parent: b}, "
                    "{id: d, level: x, parent: b}]\n")
    assert [d.what.split(": ")[1] for d in circles] == ["`a` → `a`", "`b` → `c` → `b`"]
