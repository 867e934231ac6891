"""Random rule files: one small vocabulary, and rules of every kind about it, as an author would write them.

The domain is small on purpose (three units, four cases, instants on a coarse grid), so that everything meets: ties, month ends,
days on which the clocks change, acts at the very instant of a due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import attrs
from hypothesis import strategies as st

Text = str | Sequence["Text"] | Mapping[str, "Text"]
Fields = Mapping[str, str]
"""Fields by name, each with its type; a `?` behind it where the field may be missing."""

FIRST_DAYS: Mapping[str, date] = {
    "Asia/Shanghai": date(2026, 1, 29),
    "Europe/Amsterdam": date(2026, 3, 28),  # the clocks skip an hour of the 29th
    "Europe/London": date(2025, 10, 25),  # and repeat one of the 26th
    "America/New_York": date(2026, 10, 30),  # of 1 November
    "Africa/Cairo": date(2026, 4, 23),  # the 24th begins at 01:00
    "America/St_Johns": date(2010, 11, 6),  # the 7th begins, is broken off after a minute, and begins again
    "Australia/Sydney": date(2025, 12, 29),
}
"""Where the days that matter begin, by zone: around a change of clocks, a month end or a year end."""

EVENTS: Mapping[str, Fields] = {
    "case.raised": {"case": "case", "unit": "unit", "place": "place", "by": "instant?", "size": "number?"},
    "report.filed": {
        "case": "case",
        "unit": "unit",
        "post": "post",
        "place": "place",
        "by": "instant?",
        "size": "number?",
        "grace": "limit?",
        "note": "text?",
        "day": "date?",
    },
    "step.done": {"case": "case", "unit": "unit", "post": "post", "ok": "yes or no?", "size": "number", "grave": "yes or no"},
    "fault.found": {"case": "case", "unit": "unit", "place": "place", "acted": "instant", "grave": "yes or no"},
    "body.decided": {"case": "case", "unit": "unit", "ok": "yes or no?", "size": "number?"},
}
CHOICES = ("near", "far")

HEAD = """\
pack: laws
timezone: {zone}
sources: {{law: {{title: A law, clause: art. 1}}, order: An order}}
responsibility:
  head: {{roles: [head]}}
  above: {{roles: [head, chief], of: parent}}
  county lead: {{roles: [chief], of: 'level:county'}}
vocabulary:
  case.raised:
    raises a case: yes
    case: case from subject
    unit: unit
    place: [near, far]
    by: instant, optional
    size: number, optional
  report.filed:
    case: case from subject
    unit: unit
    post: post
    place: [near, far]
    by: instant from data, optional
    size: number, optional
    grace: limit, optional
    note: text from attribute, optional
    day: date, optional
  step.done: {{case: case from subject, unit: unit, post: post, ok: 'yes or no, optional', size: number, grave: yes or no}}
  fault.found: {{case: case from subject, unit: unit, place: [near, far], acted: instant, grave: yes or no}}
  body.decided: {{case: case from subject, unit: unit, ok: 'yes or no, optional', size: 'number, optional'}}
  window.declared: {{window: window from subject, from: instant, to: instant}}
periods:
  opened: {{opened by: window.declared}}
  feast: {{dates: [{{from: {day1}, to: {day2}}}, {{from: {day30}, to: {day32}}}]}}
parameters:
  base: {{source: law, {before}: {{near: 2h, far: 26h}}, {day1}: {{near: 1h, far: 1h 30min}}, {day30}: {{near: 3h, far: 0h}}}}
  calm: {{{before}: {{near: 1 day, far: 1 month}}, {day1}: {{near: 2 days, far: 1 week}}}}
  shift: {{{day1}: {{u1: 2h, u2: 4h}}}}
  quota: {{{before}: {{near: 1, far: 2.5}}, {day2}: {{near: 2, far: 0}}}}
  cap: {{{before}: 2, {day1}: 3}}
  pace: 90 min
"""


@attrs.frozen
class Told:
    """One thing that a rule may wait for, as a rule file names it, and the fields that it carries."""

    words: str
    fields: Fields


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    """One rule file: the head above, and up to five rules, each of which may wait for those before it."""
    zone = draw(st.sampled_from(sorted(FIRST_DAYS)))
    first = FIRST_DAYS[zone]
    days = {"before": first - timedelta(days=40), **{f"day{n}": first + timedelta(days=n) for n in (1, 2, 30, 32)}}
    head = HEAD.format(zone=zone, **days) + draw(st.sampled_from(["calendar: weekdays\n", "calendar: weekdays\nroll: yes\n"]))
    head += draw(
        st.sampled_from(
            ["", "business hours: {from: 09:00, to: 17:00}\n", "business hours: {from: 08:30, to: 12:00, timezone: UTC}\n"]
        )
    )
    head += draw(st.sampled_from(["", "", "", "", f"effective: {{from: {days['day1']}}}\n"]))
    waits = [Told(name, fields) for name, fields in EVENTS.items()]
    rules: list[Text] = []
    for number in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from([f"rule {number}", f"规则{number}"]))
        kind = draw(st.sampled_from((_duty, _duty, _prohibition, _threshold, _effect)))
        author = Author(draw, waits, first)
        rules.append(kind(author, name))
        waits = [*waits, *author.gives]
    return head + "rules:\n" + "\n".join(_block(draw(st.permutations(rules)), "  "))


class Author:
    """Writes one rule. *gives* is what other rules may then wait for."""

    def __init__(self, draw: st.DrawFn, waits: Sequence[Told], first: date) -> None:
        self.draw, self.waits, self.first = draw, waits, first
        self.gives: list[Told] = []

    def pick(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def sometimes(self, rarely: bool = False) -> bool:
        return self.draw(st.integers(0, 5 if rarely else 1)) == 0

    def told(self, *, raised: bool = False, events: bool = False) -> list[Told]:
        """One or two things to wait for; that a case was raised only where *raised* (SG2)."""
        known = [t for t in self.waits if (raised or t.words != "case.raised") and (not events or t.words in EVENTS)]
        # What was concluded is drawn as often as what happened, so that rules hang together.
        made = [t for t in known if t.words not in EVENTS]
        one = st.sampled_from(known) if not made else st.one_of(st.sampled_from(known), st.sampled_from(made))
        return self.draw(st.lists(one, min_size=1, max_size=2))

    def joined(self, told: Sequence[Told]) -> Text:
        words = [t.words for t in told]
        return words if len(words) > 1 and self.sometimes() else " or ".join(words)

    def keys(self, *sides: Fields, most: int = 2) -> list[str]:
        """Fields that every side has with one type and that are never missing."""
        shared = [
            n for n, kind in sides[0].items() if not kind.endswith("?") and all(base(s.get(n, "")) == kind for s in sides[1:])
        ]
        plain = [n for n in shared if n in ("case", "unit", "bearer")] or shared
        return self.draw(st.lists(st.sampled_from(plain), min_size=1, max_size=most, unique=True)) if plain else []

    def common(self, name: str, kind: str, fields: Fields) -> dict[str, Text]:
        entries: dict[str, Text] = {kind: name, "source": self.pick("law", "order")}
        if self.sometimes(rarely=True):
            entries["title"] = "第一条"
        if self.sometimes(rarely=True):
            days = [
                self.first + timedelta(days=n)
                for n in sorted(self.draw(st.sets(st.sampled_from([0, 1, 2, 30]), min_size=2, max_size=2)))
            ]
            entries["effective"] = {"from": str(days[0]), "until": str(days[1])}
        if self.sometimes(rarely=True):
            entries["report"] = self.pick("all", "exceptions")
        about = [n for n, kind in fields.items() if kind in ("case", "unit", "post")]
        if about and self.sometimes():
            entries["about"] = self.pick(*about)
        return entries

    def bearer(self, fields: Fields) -> str:
        return self.pick(*(n for n, kind in fields.items() if kind in ("unit", "post")), "unit/u1")

    def answers(self, moments: Sequence[str], fields: Fields) -> Text:
        moments = [*moments, *(n for n, kind in fields.items() if base(kind) == "instant")]
        lines = self.draw(st.lists(st.sampled_from(["head", "above", "county lead"]), max_size=2, unique=True))
        entries: dict[str, Text] = {line: f"at {self.pick(*moments)}" for line in lines}
        if "post" in fields and self.sometimes():
            entries["on duty"] = f"post at {self.pick(*moments)}"
        return entries

    def condition(self, trigger: Fields, act: Fields | None = None) -> str:
        atoms = list(_atoms({**trigger, **(act or {})}, trigger))
        one, two, three = (self.pick(*atoms) for _ in range(3))
        return self.pick(
            one, one, f"not ({one})", f"{one} and {two}", f"{one} 或 {two}", f"({one} or {two}) and {three}", f"非 {one} 且 {two}"
        )

    def limit(self, fields: Fields, *, of_days: bool = False) -> tuple[str, str | None]:
        """A limit, and what must be present for it to be known."""
        options: list[tuple[str, str | None]] = [
            ("1 day", None),
            ("2 days", None),
            ("1 month", None),
            ("3 working days", None),
            ("1 week", None),
            ("0 days", None),
        ]
        if not of_days:
            options += [
                ("2h", None),
                ("2h", None),
                ("90 min", None),
                ("1小时30分钟", None),
                ("24h", None),
                ("pace", None),
                ("pace * 2", None),
                ("3h / 2", None),
                ("2 working days same time", None),
            ]
        if "place" in fields:
            options.append(("calm[place]", None))
            if not of_days:
                options += [("base[place]", None), ("base[place] * 0.75", None)]
        if "unit" in fields and not of_days:
            options.append(("shift[unit]", "shift[unit]"))
        if "grace" in fields and not of_days:
            options += [("grace", "grace"), ("grace * 2", "grace * 2")]
        if "size" in fields and not of_days:
            options.append(("pace * size", "pace * size"))
        return self.draw(st.sampled_from(options))


def base(kind: str) -> str:
    return kind.removesuffix("?")


def shared(told: Sequence[Told]) -> dict[str, str]:
    """The fields that everything in *told* carries with one type."""
    first, *rest = (t.fields for t in told)
    return {
        n: base(kind) + ("?" if any(f[n].endswith("?") for f in (first, *rest)) else "")
        for n, kind in first.items()
        if all(base(f.get(n, "")) == base(kind) for f in rest)
    }


def _atoms(seen: Fields, trigger: Fields):  # type: ignore[no-untyped-def]
    """Conditions about the fields *seen*, simplest first."""
    yield "unit is u1" if "unit" in seen else "bearer is u1"
    for name, kind in seen.items():
        match base(kind):
            case "place":
                yield from (f"{name} is near", f"{name} is not far", f"{name} 属于 [far, near]", f"quota[{name}] >= cap")
            case "number":
                yield from (
                    f"{name} >= 2",
                    f"{name} 超过 1",
                    f"{name} is missing",
                    f"{name} * 2 > cap",
                    f"1 / {name} + 1 <= 2.5",
                    f"{name} in [0, 1, cap]",
                    f"{name} - 0.5 = 0",
                )
            case "yes or no":
                yield from (name, f"not {name}", f"{name} is yes")
            case "instant":
                yield from (f"{name} is present", f"{name} 是 缺失")
            case "date":
                yield from (f"{name} <= 2026-02-01", f"{name} is not 2026-03-29")
            case "limit":
                yield from (f"{name} <= 2h", f"{name} * 2 > pace", f"{name} in [2h, pace]")
            case "text":
                yield from (f'{name} is "a"', f"{name} in ['a', 'b']")
            case "unit":
                yield from (f"{name} is bearer", f"level of {name} is town", f"parent of {name} is u0", f"{name} is not unit/u2")
            case "post":
                yield from (
                    f"unit of {name} is bearer",
                    f"role of {name} in [head, chief]",
                    f"级别 之 {name} 至多 1",
                    f"parent of unit of {name} is present",
                    f"{name} is u1/head",
                )
    if "by" in seen and "acted" in seen:
        yield "by >= acted"
    for event, declared in EVENTS.items():
        for key in ("case", "unit"):
            if event != "case.raised" and trigger.get(key) == declared[key]:
                yield from (f"no {event} of the same {key}", f"有 {event} 同一 {key}")


def _duty(author: Author, name: str) -> Text:
    when, must = author.told(raised=True), author.told()
    fields = shared(when)
    entries: dict[str, Text] = author.common(name, "duty", fields) | {"when": author.joined(when), "bearer": author.bearer(fields)}
    trigger = {**fields, "bearer": "unit"}
    entries["must"], entries["same"] = author.joined(must), author.keys(fields, shared(must))
    wanted: list[str] = [author.condition(trigger)] if author.sometimes(rarely=True) else []
    until_close = author.sometimes(rarely=True)
    if (author.sometimes(rarely=True) and "by" in trigger) or ("acted" in trigger and author.sometimes()):
        entries["due"] = "by" if "by" in trigger else "acted"
        wanted.append(f"{entries['due']} is present")
    else:
        until = until_close and author.sometimes()
        entries["within"] = _tiers(author, trigger, wanted, of_days=until)
        if until:
            entries["until close of business"] = "yes"
    for period in ("opened", "feast"):
        if "within" in entries and author.sometimes(rarely=True):
            entries[f"during {period}"] = {"within": _tiers(author, trigger, wanted, of_days="until close of business" in entries)}
    if author.sometimes() and author.sometimes():
        entries["provided"] = author.condition(trigger, {**shared(must)})
    if wanted:
        entries["where"] = " and ".join(f"({w})" if " 或 " in w or " or " in w else w for w in dict.fromkeys(wanted))
    entries |= {
        key: author.pick(*values)
        for key, values in {
            "again": ("new", "ignore", "restart"),
            "roll": ("yes", "no"),
            "calendar": ("weekdays",),
            "even before": ("2h", "1 day", "1 month"),
            "clock starts": ("at once", "next opening", "next working day"),
        }.items()
        if author.sometimes(rarely=key != "again")
    }
    if author.sometimes():
        entries["breach"] = {"severity": "grave", "points": "-2"}
    entries["answers"] = author.answers(("trigger", "due", "finding"), fields)
    author.gives += [Told(f"{made} of {name}", trigger) for made in ("breach", "breach", "discharge")]
    return entries


def _tiers(author: Author, trigger: Fields, wanted: list[str], of_days: bool) -> Text:
    limits = []
    for _ in range(2):
        limit, present = author.limit(trigger, of_days=of_days)
        limits.append(limit)
        if present is not None:
            wanted.append(f"{present} is present")
    return [{"where": author.condition(trigger), "limit": limits[0]}, {"otherwise": limits[1]}] if author.sometimes() else limits[0]


def _prohibition(author: Author, name: str) -> Text:
    when = author.told()
    fields = shared(when)
    entries = author.common(name, "prohibition", fields) | {"when": author.joined(when), "bearer": author.bearer(fields)}
    trigger = {**fields, "bearer": "unit"}
    if author.sometimes():
        with_ = author.told()
        entries |= {"joined with": author.joined(with_), "same": author.keys(trigger, shared(with_))}
        if author.sometimes():
            entries["within"] = author.pick("2h", "1 day", "30 days", "1 month", "1 week")
    if author.sometimes(rarely=True):
        entries["where"] = author.condition(trigger)
    entries |= {"breach": {"severity": "veto"}, "answers": author.answers(("trigger", "finding"), fields)}
    author.gives += [Told(f"breach of {name}", trigger)]
    return entries


def _threshold(author: Author, name: str) -> Text:
    count = author.told()
    fields = shared(count)
    per = author.keys(fields)
    entries = author.common(name, "threshold", fields) | {"count": author.joined(count), "per": per or "unit"}
    if author.sometimes(rarely=True):
        entries["bearer"] = author.bearer(fields)
    window = author.pick(
        "2h rolling by instants",
        "1 day rolling by instants, edge included",
        "1 month rolling by instants",
        "30 days rolling by instants",
        "1 month rolling by dates",
        "2 days rolling by dates",
        "calendar day",
        "calendar week",
        "calendar month",
        "calendar quarter",
        "calendar year",
    )
    entries |= {
        "within": window,
        "reaches": author.pick("2", "2", "1", "3"),
        "fires": author.pick("each", "rising", "once, used up"),
        "finding": {"severity": "grave", "points": "-5"},
    }
    if author.sometimes(rarely=True):
        entries["where"] = author.condition({**fields, "bearer": "unit"})
    entries["answers"] = author.answers(("first", "last", "finding"), fields)
    author.gives += [Told(f"finding of {name}", {**{n: fields[n] for n in per}, "bearer": "unit"})]
    return entries


def _effect(author: Author, name: str) -> Text:
    when = author.told()
    fields = shared(when)
    entries = author.common(name, "effect", fields) | {"when": author.joined(when), "propose": "yellow card"}
    if author.sometimes(rarely=True):
        entries["bearer"] = author.bearer(fields)
    trigger = {**fields, "bearer": "unit"}
    moments = ["trigger", "finding", *(n for n, kind in fields.items() if base(kind) == "instant")]
    on = ["unit", *(f"{line} at {author.pick(*moments)}" for line in ("head", "above"))]
    entries["on"] = author.draw(st.lists(st.sampled_from(on), min_size=1, max_size=3))
    if author.sometimes(rarely=True):
        entries["once per"] = "calendar " + author.pick("day", "month", "year")
    if author.sometimes(rarely=True):
        entries["where"] = author.condition(trigger)
    decided = author.draw(st.sampled_from([t for t in author.waits if t.words in ("body.decided", "step.done", "report.filed")]))
    same = author.keys(fields, decided.fields, most=1)
    if same and not author.sometimes(rarely=True):
        entries |= {
            "decided by": decided.words,
            "same": same,
            "standing": {
                "term": author.pick("2h", "0h", "1 day", "1 month", "rest of the year", "until ended"),
                "bars": ["award", "promotion"],
            },
        }
        if author.sometimes(rarely=True):
            entries["provided"] = author.condition(trigger, decided.fields)
        author.gives += [Told(f"standing of {name}", {**{n: fields[n] for n in same}, "bearer": "unit"})]
    return entries


def _block(value: Text, indent: str) -> list[str]:
    """*value* as lines of YAML."""
    lines: list[str] = []
    pairs = value.items() if isinstance(value, Mapping) else [("", item) for item in value]
    for key, item in pairs:
        lead = f"{indent}{key}:" if key else f"{indent}-"
        if isinstance(item, str):
            lines.append(f"{lead} {item}")
        elif not item:
            continue
        elif key:
            lines += [lead, *_block(item, indent + "  ")]
        else:
            inner = _block(item, indent + "  ")
            lines += [lead + inner[0][len(lead) :], *inner[1:]]
    return lines
