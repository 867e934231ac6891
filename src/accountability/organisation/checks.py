"""What must hold of an organisation before anything is attributed by it. One small function a check, named as it reports.

Errors make the organisation unusable; warnings are kept on it. A check sees the whole draft and reports every case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from accountability.errors import Diagnostic, closest
from accountability.organisation.draft import Check, Draft, Place, Stated, checking
from accountability.organisation.model import UNRANKED, Line, Post, Tenure, Unit
from accountability.organisation.versions import ALWAYS, NEVER, in_force

CHECKS: dict[str, Check] = {}
check = checking(CHECKS)


@check("duplicate-id")
def duplicate_id(draft: Draft) -> Iterator[Diagnostic]:
    """Two units or posts must not share an id, unless they are versions: another `from`, or a later `recorded`.

    Nor a unit and a post, for either may be named as the bearer of a duty.
    """
    first: dict[tuple[object, ...], Place] = {}
    nouns: dict[str, tuple[str, Place]] = {}
    for noun, table in (("unit", draft.units), ("post", draft.posts)):
        for entry, place in table:
            named, other = nouns.setdefault(entry.id, (noun, place))
            version = (entry.key, entry.recorded)
            taken = other if named != noun else first.setdefault(version, place)
            if taken is not place:
                yield Diagnostic(place.span("id"), "duplicate-id", f"the {noun} `{entry.id}` has an id that is taken",
                                 f"write another, or keep this entry or the one at {taken.span('id')}")


@check("prefixed-id")
def prefixed_id(draft: Draft) -> Iterator[Diagnostic]:
    """Ids carry no prefix: `town-a`, though a log may say `unit/town-a`, or `单位/town-a`."""
    for unit, place in draft.units:
        if unit.id.startswith(("unit/", "单位/")):
            yield Diagnostic(place.span("id"), "prefixed-id", f"the unit `{unit.id}` carries a prefix",
                             f"write `{unit.id.partition('/')[2]}`")
    for post, place in draft.posts:
        prefix, _, rest = post.id.partition("/")
        if rest and prefix in ("post", "岗位") and post.unit != prefix:
            yield Diagnostic(place.span("id"), "prefixed-id", f"the post `{post.id}` carries a prefix", f"write `{rest}`")


@check("unknown-parent")
def unknown_parent(draft: Draft) -> Iterator[Diagnostic]:
    """The parent of a unit must be a unit."""
    known = {unit.id for unit, _ in draft.units}
    for unit, place in draft.units:
        if unit.parent is not None and unit.parent not in known:
            yield Diagnostic(place.span("parent"), "unknown-parent",
                             f"`{unit.id}` has the parent `{unit.parent}`, which is no unit", closest(unit.parent, known))


@check("unknown-unit")
def unknown_unit(draft: Draft) -> Iterator[Diagnostic]:
    """The unit of a post or of a line must be a unit."""
    known = {unit.id for unit, _ in draft.units}
    for post, place in draft.posts:
        if post.unit and post.unit not in known:
            yield Diagnostic(place.span("unit"), "unknown-unit", f"the post `{post.id}` stands in `{post.unit}`, which is no unit",
                             closest(post.unit, known))
    for line, place in draft.lines:
        if line.unit not in known:
            yield Diagnostic(place.span("unit"), "unknown-unit", f"the line `{line.name}` is about `{line.unit}`, which is no unit",
                             closest(line.unit, known))


@check("unknown-post")
def unknown_post(draft: Draft) -> Iterator[Diagnostic]:
    """The post of a tenure or of a line must be a post."""
    known = {post.id for post, _ in draft.posts}
    for tenure, place in draft.tenures:
        if tenure.post not in known:
            yield Diagnostic(place.span("post"), "unknown-post", f"the tenure is of `{tenure.post}`, which is no post",
                             closest(tenure.post, known))
    for line, place in draft.lines:
        if line.post not in known:
            yield Diagnostic(place.span("post"), "unknown-post", f"the line `{line.name}` names `{line.post}`, which is no post",
                             closest(line.post, known))


@check("rank-out-of-range")
def rank_out_of_range(draft: Draft) -> Iterator[Diagnostic]:
    """Ranks count from 1; a post without one ranks after all."""
    for post, place in draft.posts:
        if not 1 <= post.rank <= UNRANKED:
            yield Diagnostic(place.span("rank"), "rank-out-of-range", f"the post `{post.id}` has an impossible rank",
                             f"write a number from 1, the highest, to {UNRANKED - 1}")


@check("ends-before-start")
def ends_before_start(draft: Draft) -> Iterator[Diagnostic]:
    """A span ends after it begins. Only a later version may end where it begins: that annuls it."""
    stated_before: set[object] = set()
    for tenure, place in sorted(draft.tenures, key=lambda s: s[0].recorded or ALWAYS):
        annuls = tenure.until == tenure.since and tenure.key in stated_before
        stated_before.add(tenure.key)
        if tenure.until is not None and tenure.until <= tenure.since and not annuls:
            yield _backwards(draft, place, f"the tenure of `{tenure.post}`", tenure.since, tenure.until)
    lines = ((line, place, f"the line `{line.name}` of `{line.unit}`") for line, place in draft.lines)
    units = ((unit, place, f"the unit `{unit.id}`") for unit, place in draft.units if unit.until is not None)
    posts = ((post, place, f"the post `{post.id}`") for post, place in draft.posts if post.until is not None)
    others: list[tuple[Line | Unit | Post, Place, str]] = [*lines, *units, *posts]
    for entry, place, what in sorted(others, key=lambda s: s[0].recorded or ALWAYS):
        since = entry.since or ALWAYS
        annuls = entry.until == since and (what, entry.key) in stated_before
        stated_before.add((what, entry.key))
        if entry.until is not None and entry.until <= since and not annuls:
            yield _backwards(draft, place, what, since, entry.until)


def _backwards(draft: Draft, place: Place, what: str, since: datetime, until: datetime) -> Diagnostic:
    return Diagnostic(place.span("to"), "ends-before-start",
                      f"{what} ends on {draft.date(until)} but begins on {draft.date(since)}",
                      "write a «to» after «from»; the day «to» is no longer part of it")


@check("duplicate-tenure")
def duplicate_tenure(draft: Draft) -> Iterator[Diagnostic]:
    """Two versions of one tenure must not be recorded at the same instant: nothing would say which holds."""
    first: dict[object, Place] = {}
    for tenure, place in draft.tenures:
        key = (tenure.key, tenure.recorded)
        if key in first:
            yield Diagnostic(place.span(), "duplicate-tenure",
                             f"this tenure of `{tenure.post}` from {draft.date(tenure.since)} is stated twice,"
                             f" first at {first[key].span()}",
                             "keep one, or say by «recorded» when the later version was learned of")
        else:
            first[key] = place


@check("overlapping-tenures")
def overlapping_tenures(draft: Draft) -> Iterator[Diagnostic]:
    """A post has one holder, or declared vacancy, at a time, and one stand-in at a time. A stand-in may overlap the holder."""
    for post, stated in draft.current.items():
        if len(stated) == 1:
            continue
        for acting in (False, True):
            longest: Tenure | None = None
            for tenure, place in stated:
                if tenure.acting is not acting:
                    continue
                if longest is not None and tenure.since < (longest.until or NEVER):
                    until = min(tenure.until or NEVER, longest.until or NEVER)
                    yield Diagnostic(
                        place.span("from"), "overlapping-tenures",
                        f"{_whom(longest)} and {_whom(tenure)} both {'act in' if acting else 'hold'} `{post}`"
                        f" from {draft.date(tenure.since)} {'on' if until == NEVER else f'to {draft.date(until)}'}",
                        "end the one on the day the other begins, or mark the stand-in «acting: yes»")
                if longest is None or (longest.until or NEVER) < (tenure.until or NEVER):
                    longest = tenure


def _whom(tenure: Tenure) -> str:
    return "a vacancy" if tenure.holder is None else f"`{tenure.holder}`"


@check("overlapping-lines")
def overlapping_lines(draft: Draft) -> Iterator[Diagnostic]:
    """One post answers for one unit under one name once at a time. Several posts may answer jointly."""
    groups: dict[tuple[str, str, str], list[Stated[Line]]] = {}
    stated: set[object] = set()
    current = set(in_force(line for line, _ in draft.lines))
    for line, place in draft.lines:
        twice = (line.key, line.recorded) in stated
        stated.add((line.key, line.recorded))
        if twice or line in current:
            groups.setdefault((line.name, line.unit, line.post), []).append((line, place))
    for group in groups.values():
        reach: datetime | None = None
        for line, place in sorted(group, key=lambda s: s[0].since):
            if reach is not None and line.since < reach:
                yield Diagnostic(place.span("from"), "overlapping-lines",
                                 f"`{line.post}` already answers for `{line.unit}` as `{line.name}` on {draft.date(line.since)}",
                                 "keep one line for that time")
            reach = max(reach or ALWAYS, line.until or NEVER)


PERSONAL = re.compile(
    r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"  # resident identity number, CN
    r"|(?:\+?86)?1[3-9]\d{9}"  # mobile number, CN
    r"|\d{3}-\d\d-\d{4}"  # social security number, US
    r"|\+\d[\d ()-]{7,}\d"  # telephone number in international form
    r"|[^@\s]+@[^@\s]+\.[^@\s]+"  # e-mail address
)


@check("personal-identifier")
def personal_identifier(draft: Draft) -> Iterator[Diagnostic]:
    """A holder is named by an office name or staff code, never by an identity or telephone number or an address (SG1)."""
    for tenure, place in draft.tenures:
        if tenure.holder is not None and PERSONAL.fullmatch(tenure.holder):
            # The value itself is not repeated: messages end up in logs.
            yield Diagnostic(place.span("holder"), "personal-identifier",
                             f"the holder of `{tenure.post}` is named by what looks like a personal identifier",
                             "write the official's name in office or an opaque staff code")


@check("gap")
def gap(draft: Draft) -> Iterator[Diagnostic]:
    """Between two tenures of a post somebody holds it, acts in it, or it is declared vacant. A warning only."""
    for post, stated in draft.current.items():
        reach: datetime | None = None
        for tenure, place in stated:
            if reach is not None and reach < tenure.since:
                yield Diagnostic(place.span("from"), "gap",
                                 f"nobody holds `{post}` from {draft.date(reach)} to {draft.date(tenure.since)}",
                                 "add the tenure, or declare the time «vacant: yes»", severity="warning")
            reach = max(reach or ALWAYS, tenure.until or NEVER)
