"""Random effects that come after others, and random ladders."""

from __future__ import annotations

from collections.abc import Sequence

from accountability.testing.author import Author, Fields, Text, Told, base, shared, some_of

DECISIONS = ("body.decided", "step.done", "report.filed")


def later(author: Author, name: str) -> Text:
    """An effect that is proposed only after something of the same key, and perhaps decided."""
    when, after = author.told(), author.told()
    fields = shared(when)
    entries = author.common(name, "effect", fields) | {"when": author.joined(when), "propose": "yellow card",
                                                       "after": author.joined(after)}
    decided = _decision(author)
    both = author.keys(fields, shared(after), decided.fields, most=1)
    same = both or author.keys(fields, shared(after), most=1)
    entries["same"] = same or "case"
    if author.sometimes():
        entries["within"] = author.pick("2h", "1 day", "1 month", "30 days")
    if author.sometimes(rarely=True):
        entries["where"] = author.condition({**fields, "bearer": "unit"})
    if author.sometimes():
        entries["on"] = _on(author, fields)
    author.gives += [Told(f"proposal of {name}", {**fields, "bearer": "unit"})]
    if both and not author.sometimes(rarely=True):
        entries |= {"decided by": decided.words, "standing": standing(author, decided.fields)}
        entries |= endings(author, {**fields, "bearer": "unit"}, both)
        if author.sometimes():
            entries["provided"] = author.condition({**fields, "bearer": "unit"}, decided.fields)
        author.gives += [Told(f"standing of {name}", {**{n: fields[n] for n in same}, "bearer": "unit"})] * 2
    return entries


def ladder(author: Author, name: str) -> Text:
    """Up to three rungs, each after the one before or entered by itself."""
    entries = {k: v for k, v in author.common(name, "ladder", {}).items() if k != "title"}
    key = author.pick("case", "unit")
    entries |= {"same": key, "decided in": author.pick("unit/u0", "bearer", "unit/u2"),
                "decide within": author.pick("2h", "1 day", "0 days", "3 working days", "1 month"),
                "answers": author.answers(("trigger", "due", "finding"), {}), "breach": {"severity": "late"}}
    known = [t for t in author.waits if t.words != "case.raised" and t.fields.get(key) == key]
    rungs: list[Text] = []
    for number in range(1 + author.draw_index(3)):
        when = author.one(known)
        fields = when.fields
        decided = _decision(author)
        rung: dict[str, Text] = {"rung": f"rung {number}", "when": when.words, "propose": "yellow card",
                                 "decided by": decided.words, "standing": standing(author, decided.fields)}
        rung |= endings(author, {**fields, "bearer": "unit"}, [key])
        if number and not author.sometimes(rarely=True):
            rung["after"] = f"rung {number - 1}"
            if author.sometimes():
                rung["within"] = author.pick("2h", "1 month", "1 week")
        if author.sometimes():
            rung["on"] = _on(author, fields)
        if author.sometimes(rarely=True):
            rung["where"] = author.condition({**fields, "bearer": "unit"})
        if author.sometimes(rarely=True):
            rung["appeal"] = {"when": _decision(author).words, "within": "1 day", "decided by": _decision(author).words,
                              "decide within": author.pick("1 day", "2h"), "to": "unit/u0"}
        rungs.append(rung)
        whole = f"{name} / rung {number}"
        author.gives += [Told(f"standing of {whole}", {key: key, "bearer": "unit"}),
                         Told(f"breach of {whole} / decision", {**fields, "bearer": "unit"})]
    return entries | {"rungs": rungs}


def _decision(author: Author) -> Told:
    return author.one([t for t in author.waits if t.words in DECISIONS])


def standing(author: Author, fields: Fields) -> dict[str, Text]:
    """A term, perhaps by *fields* of the decision, that may come together with others; and what it bars."""
    terms = ["2h", "0h", "1 day", "1 month", "rest of the year", "until ended"]
    terms += ["calm[place]", "calm[place]"] if fields.get("place") == "place" else []
    found: dict[str, Text] = {"term": author.pick(*terms), "bars": ["award", "promotion"]}
    if author.sometimes(rarely=True):
        found |= {key: author.pick("apart", "heaviest", "added", "equal added") for key in ("together", "meanwhile")}
        if {"added", "equal added"} & {str(found["together"]), str(found["meanwhile"])} and author.sometimes():
            found["at most"] = author.pick("3h", "2 days", "2 months")
    return found


def endings(author: Author, trigger: Fields, same: Sequence[str]) -> dict[str, Text]:
    """What ends a standing early or quashes it, and whom it follows."""
    found: dict[str, Text] = {}
    others = [t for t in author.waits if t.words != "case.raised" and all(t.fields.get(n) == trigger.get(n) for n in same)]
    for key in ("ended by", "quashed by"):
        if others and author.sometimes():
            other = others[author.draw_index(len(others))]
            found[key] = {"when": other.words} | (
                {"provided": author.condition(trigger, other.fields)} if author.sometimes(rarely=True) else {})
    if author.sometimes(rarely=True):
        found["follows"] = author.pick("person", "post")
    return found


def _on(author: Author, fields: Fields) -> Text:
    moments = ["trigger", "finding", *(n for n, kind in fields.items() if base(kind) == "instant")]
    on = ["unit", *(f"{line} at {author.pick(*moments)}" for line in ("head", "above"))]
    return author.draw(some_of(tuple(on), 1, 2))
