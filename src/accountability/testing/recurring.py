"""Random duties that time alone starts: those that recur, those that must be covered at every instant, and what falls in a gap."""

from __future__ import annotations

from datetime import timedelta

from accountability.testing.author import Author, Fields, Text, Told, shared

UNITS = {"unit": "unit", "bearer": "unit"}
SPAN = {"from": "instant", "to": "instant"}


def recurring(author: Author, name: str) -> Text:
    """A duty in every period, without too long a gap, or once by a day: for each unit, or while something stands."""
    standing = [t for t in author.waits if t.words.startswith("standing of ")]
    bound = standing[author.draw_index(len(standing))] if standing and not author.sometimes(rarely=True) else None
    own = UNITS if bound is None else {n: k for n, k in bound.fields.items() if n not in ("from", "to", "period")}
    mark = author.pick("every", "no gap over", "no gap over", "once by")
    fields = {**own, **SPAN} if mark == "no gap over" else {**own, **SPAN, "period": "text"}
    entries = author.common(name, "duty", own)
    entries.pop("effective", None)
    entries |= {"each": author.pick("unit", "unit", "unit/u1", "unit/nowhere")} if bound is None else {"while": bound.words}
    must = [t for t in author.told() if bound is not None or t.fields.get("unit") == "unit"] or [_told(author, "step.done")]
    same = author.keys({n: k for n, k in own.items() if n != "bearer"}, shared(must), most=1)
    entries |= {"must": author.joined(must), "same": same or "unit"}
    wanted: list[str] = []
    match mark:
        case "every":
            # It ends, or a duty of every day would be asked for millions of times up to the year 9999.
            period = author.pick("day", "week", "month", "month", "quarter")
            entries["every"] = f"calendar {period}"
            entries["effective"] = _effective(author, *((2, 20) if period == "day" else (20, 45, 130)))
        case "once by":
            entries["once by"] = _days(author)
            entries["effective"] = _effective(author, 3, 45, None)
        case _:
            limit, present = author.limit({n: k for n, k in fields.items() if n != "bearer"})
            entries[mark] = limit
            wanted += [f"{present} is present"] if present is not None else []
            entries |= {key: author.pick("yes", "no") for key in ("roll",) if author.sometimes(rarely=True)}
            if bound is None or author.sometimes(rarely=True):
                entries["effective"] = _effective(author, 3, 45, None)
    if mark != "no gap over" and author.sometimes():
        entries["at least"] = author.pick("1", "2", "2", "3")
    if author.sometimes(rarely=True):
        entries["bearer"] = author.bearer(own)
    if author.sometimes(rarely=True):
        wanted.append(author.condition(fields))
    if wanted:
        entries["where"] = " and ".join(f"({w})" for w in wanted)
    if author.sometimes() and author.sometimes():
        entries["provided"] = author.condition(fields, shared(must))
    if author.sometimes(rarely=True):
        entries["unless"] = {"exception": author.condition(fields)}
    entries |= {"breach": {"severity": "grave", "points": "-2"}, "answers": author.answers(("trigger", "due", "finding"), fields)}
    author.gives += [Told(f"{made} of {name}", fields) for made in ("breach", "breach", "discharge")]
    return entries


def coverage(author: Author, name: str) -> Text:
    """A duty at every instant of a period, or always."""
    fields: Fields = {**UNITS, "from": "instant", "to": "instant?"}
    entries = author.common(name, "duty", {"unit": "unit"})
    entries.pop("effective", None)
    when = author.pick("opened", "opened", "feast", "yes")
    entries |= {"at every instant": when, "each": author.pick("unit", "unit", "unit/u1")}
    entries |= {"covered by": "shift.kept", "same": "unit"}
    if when == "yes" or author.sometimes(rarely=True):
        entries["effective"] = _effective(author, 3, 45, None)
    if author.sometimes():
        entries["of"] = "heads"
    if author.sometimes():
        entries["at least"] = author.pick("1", "2", "3")
    if author.sometimes(rarely=True):
        entries["bearer"] = author.bearer(UNITS)
    if author.sometimes(rarely=True):
        entries["where"] = author.condition(fields)
    if author.sometimes(rarely=True):
        entries["provided"] = author.condition(fields, _told(author, "shift.kept").fields)
    entries |= {"breach": {"severity": "grave"}, "answers": author.answers(("trigger", "finding"), UNITS)}
    author.gives += [Told(f"gap of {name}", fields)] * 2
    return entries


def unguarded(author: Author, name: str) -> Text:
    """What must not happen in a gap; a duty that may have gaps, where there is none yet."""
    gaps = [t for t in author.waits if t.words.startswith("gap of ")]
    if not gaps:
        return coverage(author, name)
    when = author.pick("fault.found", "fault.found", "step.done", "shift.kept")
    fields = _told(author, when).fields
    entries = author.common(name, "prohibition", fields) | {"when": when, "bearer": "unit"}
    entries |= {"joined with": gaps[author.draw_index(len(gaps))].words, "same": author.pick("unit", "bearer")}
    entries |= {"breach": {"severity": "grave"}, "answers": author.answers(("trigger", "finding"), fields)}
    author.gives += [Told(f"breach of {name}", {**fields, "bearer": "unit"})]
    return entries


def _told(author: Author, words: str) -> Told:
    return next(t for t in author.waits if t.words == words)


def _effective(author: Author, *lengths: int | None) -> Text:
    """From about the first day that matters, for so many days; None: without end."""
    since = author.first + timedelta(days=(-40, 0, 1, 2, 30)[author.draw_index(5)])
    length = lengths[author.draw_index(len(lengths))]
    return {"from": str(since)} | ({"until": str(since + timedelta(days=length))} if length is not None else {})


def _days(author: Author) -> Text:
    """Days around those that matter, or the parameter that holds some."""
    if author.sometimes(rarely=True):
        return "last day"
    found = sorted({(-30, 0, 1, 2, 30, 31, 60)[author.draw_index(7)] for _ in range(2)})
    return [str(author.first + timedelta(days=n)) for n in found]
