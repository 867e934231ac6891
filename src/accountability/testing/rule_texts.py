"""Random rule files: one small vocabulary, and rules of every kind about it, as an author would write them.

The domain is small on purpose (three units, four cases, instants on a coarse grid), so that everything meets: ties, month ends,
days on which the clocks change, acts at the very instant of a due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import strategies as st

from accountability.policy.forms import WEEKDAYS
from accountability.testing.assessments import scorecard
from accountability.testing.author import (
    BY,
    EVENTS,
    FIRST_DAYS,
    Author,
    Fields,
    Text,
    Told,
    base,
    one_of,
    product_of,
    shared,
    some_of,
)
from accountability.testing.climbing import reporting
from accountability.testing.ladders import endings, ladder, later, standing
from accountability.testing.recurring import coverage, recurring, unguarded
from accountability.testing.turning import Write, decided, defeating, excepted, gate, joint, turned

HEAD = """\
pack: laws
timezone: {zone}
sources: {{law: {{title: A law, clause: art. 1}}, order: An order}}
responsibility:
  head: {{roles: [head], source: law}}
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
  word.passed: {{case: case from subject, from: unit, to: unit, ok: 'yes or no, optional', size: 'number, optional'}}
  shift.kept: {{unit: unit, from: instant, to: instant, heads: 'number, optional'}}
  window.declared: {{window: window from subject, from: instant, to: instant}}
periods:
  opened: {{opened by: window.declared, source: order}}
  feast: {{dates: [{{from: {day1}, to: {day2}}}, {{from: {day30}, to: {day32}}}]}}
parameters:
  base: {{source: law, {before}: {{near: 2h, far: 26h}}, {day1}: {{near: 1h, far: 1h 30min}}, {day30}: {{near: 3h, far: 0h}}}}
  calm: {{{before}: {{near: 1 day, far: 1 month}}, {day1}: {{near: 2 days, far: 1 week}}}}
  shift: {{{day1}: {{u1: 2h, u2: 4h}}}}
  quota: {{{before}: {{near: 1, far: 2.5}}, {day2}: {{near: 2, far: 0}}}}
  cap: {{{before}: 2, {day1}: 3}}
  pace: 90 min
  last day: {{{before}: {before}, {day1}: {day2}, {day30}: {day32}}}
"""

KINDS = ("duty", "duty", "prohibition", "threshold", "threshold", "effect", "turned duty", "gate", "decided effect", "joint effect",
         "scorecard", "reporting", "later effect", "ladder", "tally", "recurring duty", "coverage", "unguarded")


ZONES = tuple(sorted(FIRST_DAYS))
"""Those in which random rule files lie."""

ROLLING = ("calendar: weekdays\n", "calendar: weekdays\nroll: yes\n")
HOURS = ("", "business hours: {{from: 09:00, to: 17:00}}\n", "business hours: {{from: 08:30, to: 12:00, timezone: UTC}}\n",
         "business hours:\n  from: 00:00\n  to: 24:00\n"
         "  break: [{{from: 06:00, to: 07:30}}, {{from: 12:00, to: 22:00}}]\n  timezone: UTC\n",
         "business hours:\n  from: 09:00\n  to: 17:00\n" + "".join(
             f"  {day}: {{{{from: 10:00, to: 15:30, break: {{{{from: 12:00, to: 13:30}}}}}}}}\n" for day in WEEKDAYS),
         "business hours:\n  from: 08:30\n  to: 18:00\n  friday: {{from: 08:30, to: 12:00}}\n  by date:\n"
         "    - first day: {day1:%m-%d}\n      last day: {day30:%m-%d}\n      from: 09:00\n      to: 24:00\n"
         "      break: {{from: 12:00, to: 15:00}}\n"
         "    - first day: {day32:%m-%d}\n      last day: {before:%m-%d}\n      from: 08:00\n      to: 17:00\n"
         "      monday: {{from: 9:30, to: 16:00}}\n"
         "    - date: {day2}\n      from: 11:00\n      to: 13:00\n")
HEADS = product_of([rolling + hours for rolling in ROLLING for hours in HOURS], (False, False, False, False, True))
"""What stands below the head, and whether all the rules are in force only since some day."""
HOW_MANY = st.integers(1, 5)


@st.composite
def rule_texts(
    draw: st.DrawFn, kinds: Sequence[str] = KINDS, zones: Sequence[str] = ZONES, by: Sequence[str] = BY
) -> str:
    """One rule file in one of *zones*: the head above, and up to five rules of *kinds*, each of which may wait for those before.

    *by* are the fields by which things belong together; what has none of them is not waited for.
    """
    zone = draw(one_of(tuple(zones)))
    first = FIRST_DAYS[zone]
    days = {"before": first - timedelta(days=40), **{f"day{n}": first + timedelta(days=n) for n in (1, 2, 30, 32)}}
    below, since = draw(HEADS)
    head: str = (HEAD + below).format(zone=zone, **days) + (f"effective: {{from: {days['day1']}}}\n" if since else "")
    waits = [Told(name, fields) for name, fields in EVENTS.items() if not fields.keys().isdisjoint(by)]
    rules: list[Text] = []
    for number in range(draw(HOW_MANY)):
        name = draw(one_of((f"rule {number}", f"规则{number}")))
        kind = WRITERS[draw(one_of(tuple(kinds)))]
        author = Author(draw, waits, first, by)
        rule = excepted(author, kind(author, name))
        rules.append(rule)
        if author.sometimes(rarely=True):
            rules += defeating(author, f"{name} first", rule)
        waits = [*waits, *author.gives]
    return head + "rules:\n" + "\n".join(_block(draw(st.permutations(rules)), "  "))


def _duty(author: Author, name: str) -> Text:
    when, must = author.told(raised=True), author.told()
    fields = shared(when)
    entries: dict[str, Text] = author.common(name, "duty", fields) | {"when": author.joined(when), "bearer": author.bearer(fields)}
    trigger = {**fields, "bearer": "unit"}
    entries["must"], entries["same"] = author.joined(must), author.keys(fields, shared(must))
    wanted: list[str] = [author.condition(trigger)] if author.sometimes(rarely=True) else []
    until_close = author.sometimes(rarely=True)
    if (author.sometimes() and author.sometimes() and "by" in trigger) or ("acted" in trigger and author.sometimes()):
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
            "clock runs": ("all the time", "in business hours"),
        }.items()
        if author.sometimes(rarely=key != "again")
    }
    if author.sometimes():
        entries["breach"] = {"severity": "grave", "points": "-2"}
    entries["answers"] = author.answers(("trigger", "due", "finding", "act"), fields)
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
        gaps = [t for t in with_ if t.words.startswith("gap of ")]
        with_ = gaps or with_
        entries |= {"joined with": author.joined(with_), "same": author.keys(trigger, shared(with_))}
        if not gaps and author.sometimes():
            entries["within"] = author.pick("2h", "1 day", "30 days", "1 month", "1 week")
    if author.sometimes(rarely=True):
        entries["where"] = author.condition(trigger)
    entries |= {"breach": {"severity": "grave"}, "answers": author.answers(("trigger", "finding"), fields)}
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
        entries["merit"] = author.pick("yes", "no")
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
    entries["on"] = author.draw(some_of(tuple(on), 1, 3, unique=False))
    if author.sometimes(rarely=True):
        entries["once per"] = "calendar " + author.pick("day", "month", "year")
    if author.sometimes(rarely=True):
        entries["where"] = author.condition(trigger)
    decided = author.one([t for t in author.waits if t.words in ("body.decided", "step.done", "report.filed")])
    same = author.keys(fields, decided.fields, most=1)
    if same and not author.sometimes(rarely=True):
        entries |= {
            "decided by": decided.words,
            "same": same,
            "standing": standing(author, decided.fields),
            **endings(author, trigger, same),
        }
        if author.sometimes(rarely=True):
            entries["provided"] = author.condition(trigger, decided.fields)
        author.gives += [Told(f"standing of {name}", {**{n: fields[n] for n in same}, "bearer": "unit"})]
    return entries


def _tally(author: Author, name: str) -> Text:
    """What `_threshold` wrote, with amounts that are summed, values that differ, a break, or periods in a row."""
    entries = _threshold(author, name)
    assert isinstance(entries, dict)
    heads = entries["count"]
    words = [w for one in ([heads] if isinstance(heads, str) else heads) for w in str(one).split(" or ")]
    fields = shared([t for t in author.waits if t.words in words])
    if author.sometimes():
        del entries["within"]
        entries["in a row"] = author.pick("calendar day", "calendar day", "calendar week", "calendar month")
    elif (differ := author.keys(fields)) and author.sometimes():
        entries["different"] = differ
    elif "size" in fields:
        entries |= {"adds": author.pick("size", "size * 2 - 1", "1 / size"), "reaches": author.pick("2", "0.5", "3")}
    per = entries["per"]
    keys = [per] if isinstance(per, str) else [str(n) for n in per]
    breaks = [t for t in author.waits if t.words != "case.raised" and all(t.fields.get(n) == fields.get(n) for n in keys)]
    if breaks and author.sometimes():
        entries["broken by"] = author.one(breaks).words
    return entries


WRITERS: Mapping[str, Write] = {
    "duty": _duty, "prohibition": _prohibition, "threshold": _threshold, "effect": _effect,
    "turned duty": lambda author, name: turned(author, name, _duty), "gate": gate, "decided effect": decided, "joint effect": joint,
    "scorecard": scorecard,
    "reporting": reporting, "later effect": later, "ladder": ladder, "tally": _tally,
    "recurring duty": recurring, "coverage": coverage, "unguarded": unguarded,
}
"""Who writes a rule of each kind and form."""


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
