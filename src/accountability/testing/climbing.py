"""Random rules on reporting, in which what is learned climbs from level to level."""

from __future__ import annotations

from accountability.testing.author import EVENTS, Author, Text, Told, shared


def reporting(author: Author, name: str) -> Text:
    """A rule on reporting; reports are `word.passed`."""
    when = author.told(raised=True)
    if "case" not in shared(when):
        when = [t for t in author.waits if t.words == "case.raised"]
    fields, report = shared(when), EVENTS["word.passed"]
    trigger = {**fields, "bearer": "unit"}
    units = [n for n, kind in fields.items() if kind == "unit"]
    entries: dict[str, Text] = author.common(name, "reporting", fields) | {
        "when": author.joined(when),
        "bearer": author.pick(*units, "unit/u2", "unit/u1"),
        "same": "case",
        "sent by": "word.passed",
        "from": "from",
        "to": "to",
        "first within": _tiers(author, trigger),
        "each within": _tiers(author, {**trigger, **report}),
        "levels": author.pick("[town, county]", "[county]", "[county]", "[town, city, county, state]"),
    }
    if author.sometimes(rarely=True):
        entries["where"] = author.condition(trigger)
    if author.sometimes(rarely=True):
        entries["within"] = {"limit": author.pick("2h", "1 day", "1 month"), "from": author.pick("step.done", "fault.found")}
    # What a level has been told says nothing of what is known elsewhere, nor of who was to report first.
    graver = author.pick("size >= 2", "ok", "size >= cap or ok", "size is missing", "not ok and size > 0", "from is u1")
    top = "state" if "state" in entries["levels"] and author.sometimes() else "county"
    entries["up to"] = [{"where": graver, "level": top}, {"otherwise": "county"}] if author.sometimes() else top
    if author.sometimes(rarely=True):
        entries["provided"] = author.condition(trigger, report)
    if author.sometimes():
        entries["direct when"] = {"near": author.pick("ok", "size >= 2"), "far": {"where": "not ok", "source": "law"}}
    if author.sometimes():
        entries["facts verified by"] = author.pick("fault.found", "body.decided or fault.found")
    if author.sometimes():
        finding = author.pick("body.decided", "step.done")
        entries["found by"] = {"when": finding, "unit": "unit", "omitted": "ok", "false": "size >= 2"}
    if author.sometimes():
        entries["breach"] = {"severity": "grave", "points": "-2"}
    entries["answers"] = author.answers(("trigger", "due", "finding"), fields)
    author.gives += [Told(f"{made} of {name}", trigger) for made in ("breach", "breach", "discharge")]
    return entries


def _tiers(author: Author, seen: dict[str, str]) -> Text:
    one, other = (author.pick("1h", "2h", "90 min", "1 day", "pace", "26h", "30 days", "2 working days") for _ in range(2))
    return [{"where": author.condition(seen), "limit": one}, {"otherwise": other}] if author.sometimes(rarely=True) else one
