"""Random scorecards, written as an author would."""

from __future__ import annotations

from datetime import timedelta

from accountability.testing.author import Author, Fields, Text, Told, base, shared


def scorecard(author: Author, name: str) -> Text:
    """One scorecard of up to four items, with grades, perhaps a KPI, ranks and what overrides a grade."""
    entries = {k: v for k, v in author.common(name, "scorecard", {}).items() if k != "effective"}
    since = author.first + timedelta(days=author.one([-70, -40, -3, 0, 2]))
    effective: dict[str, Text] = {"from": str(since)}
    if author.sometimes(rarely=True):
        effective["until"] = str(author.first + timedelta(days=40))
    over = author.pick("calendar month", "calendar month", "calendar quarter", "calendar year")
    entries |= {"effective": effective, "each": author.pick("unit", "unit", "unit", "unit/u1"), "over": over,
                "items": {f"item {n}": _item(author) for n in range(1 + author.draw_index(4))},
                "grades": [{"grade": "high", "from": "3"}, {"grade": "fair", "from": author.pick("0", "0.5", "-2")},
                           {"otherwise": "low"}]}
    if author.sometimes():
        entries["where"] = author.pick("level of unit is town", "not (unit is u2)", "parent of unit is u0",
                                       "any step.done of the same unit")
    if author.sometimes():
        entries["start"] = author.pick("100", "2", "-0.5")
    if author.sometimes():
        entries["ranks"] = author.pick("yes", "yes", "no")
    standings = [t for t in author.waits if t.words.startswith("standing of")]
    if standings and not author.sometimes(rarely=True):
        entries["overridden"] = [_override(author, author.one(standings), over)]
    entries["answers"] = author.answers(("trigger", "finding"), {})
    author.gives += [Told(f"score of {name}", {"unit": "unit", "bearer": "unit", "score": "number", "period": "text"})]
    return entries


def _about_units(author: Author) -> list[Told]:
    """One or two things to count; every one names a unit."""
    told = author.told()
    return told if "unit" in shared(told) else [t for t in author.waits if t.words == "step.done"]


def _item(author: Author) -> Text:
    of = _about_units(author)
    fields = shared(of)
    item: dict[str, Text] = {"of": author.joined(of)}
    if author.sometimes():
        item["where"] = author.condition({**fields, "bearer": "unit"})
    if "bearer" in fields and author.sometimes():
        item["same"] = "bearer"
    if "size" in fields and author.sometimes():
        item["kpi"] = _kpi(author)
    else:
        item["points"] = author.pick("-2", "1", "-0.5", "cap - 4", *(_sized(fields) if "size" in fields else ()))
    if author.sometimes():
        item["at most"] = author.pick("0", "1", "3", "4.5")
    if author.sometimes(rarely=True):
        item["weight"] = author.pick("0.3", "2", "0", "0.125")
    return item


def _sized(fields: Fields) -> tuple[str, ...]:
    return ("size", "-size", "1 / size", "size * 30%", "2 - size / 3") if base(fields["size"]) == "number" else ()


def _kpi(author: Author) -> Text:
    kpi: dict[str, Text] = {"value": author.pick("size", "size * 2"),
                            author.pick("at least", "at most"): author.pick("last period", "上期 * 90%", "cap", "last period + 1")}
    kpi["points"] = author.pick("1", "target - 1", "size")
    if author.sometimes():
        kpi["shortfall"] = author.pick("-1", "size - target", "-target / 3")
    return kpi


def _override(author: Author, standing: Told, over: str) -> Text:
    fields = standing.fields
    told = [n for n, kind in fields.items() if kind == "instant" or (kind == "number" and over == "calendar year")]
    unit = "unit" if "unit" in fields and author.sometimes() else "bearer"
    return {"grade": "vetoed", "by": standing.words, "same": [unit, author.pick(*told)] if told and author.sometimes() else unit}
