"""Random rules of the kinds that are judged by key: duties with turns on their way, rights, gates, decided and joined effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from accountability.testing.author import Author, Fields, Text, Told, base, shared
from accountability.testing.ladders import standing

Write = Callable[[Author, str], Text]


def turned(author: Author, name: str, duty: Write) -> Text:
    """What *duty* wrote, with pauses, an extension, acceptance, redo, an end, an amount, or as a right."""
    rule = duty(author, name)
    assert isinstance(rule, dict)
    entries: dict[str, Text] = rule
    same = entries["same"]
    key = {n: "unit" if n == "bearer" else n for n in same} if isinstance(same, list) else {}
    trigger = fields_of(author, entries)

    def event() -> tuple[str, Fields] | None:
        """Something that carries the key of the duty."""
        known = [t for t in author.waits if t.words != "case.raised" and all(t.fields.get(n) == kind for n, kind in key.items())]
        if not known:
            return None
        told = known[author.draw_index(len(known))]
        return told.words, told.fields

    def turn(*, provided: bool = True, act: bool = False) -> dict[str, Text] | None:
        found = event()
        if found is None:
            return None
        words, fields = found
        out: dict[str, Text] = {"when": words}
        if act and author.sometimes():
            out["same"] = [n for n in ("case", "unit", "post") if fields.get(n) == n][:1]
        if provided and author.sometimes():
            out["provided"] = author.condition({**trigger, "bearer": "unit"}, fields)
        return {k: v for k, v in out.items() if v}

    limit = author.pick("1h", "1 day", "2 days", "1 week", "90 min", "1 month")
    if author.sometimes() and (found := turn()):
        tiers: Text = limit
        if author.sometimes(rarely=True):
            case = author.condition({**trigger, "bearer": "unit"}, trigger)
            tiers = [{"where": case, "limit": author.pick("2h", "1 day", "3 days")}, {"otherwise": limit}]
        entries["extension"] = found | {"limit": tiers} | ({"at most": author.pick("1", "2")} if author.sometimes() else {})
    if author.sometimes() and (found := turn(act=True)):
        entries["accepted by"] = found
    if author.sometimes() and (found := turn(act=True)):
        entries["redo"] = found | {"within": limit}
    if author.sometimes(rarely=True) and (found := turn()):
        entries["void"] = found
    pauses: list[Text] = []
    for _ in range(author.draw_index(3)):
        since, until = turn(), event()
        if since is not None and until is not None:
            pause: dict[str, Text] = {"from": since.pop("when"), "to": until[0], **since}
            pause |= {"with last day": author.pick("yes", "no")} if author.sometimes() else {}
            if author.sometimes():
                lasts = ["1 day * size of last step.done of the same case", "grace of last report.filed of the same case"]
                known = lasts * 2 if trigger.get("case") == "case" else []
                pause["at most"] = author.pick("90 min", "1 day", "2 days", "1 week", "3 working days", "1 working day same time",
                                               *known)
            pauses.append(pause | ({"then": author.pick("resume", "restart")} if author.sometimes() else {}))
    if pauses:
        entries["pauses"] = pauses
    if "size" in trigger and author.sometimes():
        entries["amount"] = {"of": "size * 15%", "at least": "cap", "at most": author.pick("3", "size + 1")}
    if author.sometimes(rarely=True):
        entries["may"] = entries.pop("must")
        author.gives = [t for t in author.gives if not t.words.startswith("breach")]
    return entries


def gate(author: Author, name: str) -> Text:
    """A gate with conditions, or with bars where some effect bars something."""
    when = author.told()
    fields = shared(when)
    entries = author.common(name, "gate", fields) | {"when": author.joined(when)}
    trigger = {**fields, "bearer": "unit"}
    if author.sometimes(rarely=True):
        entries["bearer"] = author.bearer(fields)
    who = [n for n, kind in fields.items() if kind in ("unit", "post")]
    if who and author.sometimes():
        entries["barred"] = {"from": author.pick("award", "promotion"), "who": who}
    if "barred" not in entries or author.sometimes():
        entries["requires"] = {label: author.condition(trigger) for label in ("first", "second")}
    entries |= {"answers": author.answers(("trigger", "finding"), fields)}
    if author.sometimes():
        entries["unless"] = {"exception": author.condition(trigger)}
    if author.sometimes():
        entries["report"] = "all"
    author.gives += [Told(f"passed of {name}", trigger), Told(f"refused of {name}", trigger)]
    return entries


def decided(author: Author, name: str) -> Text:
    """An effect that an event decides, and that others end, quash or begin again."""
    when = author.told()
    fields = shared(when)
    entries = author.common(name, "effect", fields) | {"when": author.joined(when)}
    trigger = {**fields, "bearer": "unit"}
    if author.sometimes():
        entries["bearer"] = author.bearer(fields)
    stands = standing(author, fields) | {"bars": ["award"]}
    entries["standing"], joins = stands, {"together", "meanwhile"} & {*stands}
    moments = ("trigger", "fault.found of the same case") if joins else ("trigger", "now", "fault.found of the same case")
    on = ["unit", f"head at {author.pick(*moments)}"]
    if "post" in fields:
        on.append("post at trigger" if joins else "post at now")
    entries["on"] = [o for o in on if author.sometimes() and ("of the same" not in o or "case" in fields)] or ["unit"]
    same = author.keys(fields, most=1)
    if same:
        entries["same"] = same
        others = [t for t in author.waits if t.words != "case.raised" and all(t.fields.get(n) == fields[n] for n in same)]
        for key in ("ended by", "quashed by"):
            if others and author.sometimes():
                other = others[author.draw_index(len(others))]
                entries[key] = {"when": other.words} | (
                    {"provided": author.condition(trigger, other.fields)} if author.sometimes() else {})
        if others and not joins and author.sometimes():
            entries["again from"] = others[author.draw_index(len(others))].words
    if author.sometimes(rarely=True):
        entries["requires"] = {"basis": author.condition(trigger)}
    if any(str(o).endswith(" at now") for o in entries["on"]):  # what is on whoever holds the post now bars no person
        entries["follows"] = "post"
    elif author.sometimes(rarely=True):
        entries["follows"] = author.pick("person", "post")
    author.gives += [Told(f"standing of {name}", trigger), Told(f"refused of {name}", trigger)]
    return entries


def joint(author: Author, name: str) -> Text:
    """An effect that is proposed once two things are known."""
    when, other = author.told(), author.told()
    fields = shared(when)
    same = author.keys(fields, shared(other))
    entries = author.common(name, "effect", fields) | {"when": author.joined(when), "propose": "notice"}
    entries |= {"joined with": author.joined(other), "same": same}
    moments = ["trigger", "finding", *(n for n, kind in fields.items() if base(kind) == "instant")]
    entries["on"] = ["unit", f"head at {author.pick(*moments)}"]
    author.gives += [Told(f"proposal of {name}", {**fields, "bearer": "unit"})]
    return entries


def fields_of(author: Author, rule: Mapping[str, Text]) -> Fields:
    """The fields that everything which starts *rule* carries."""
    when = rule.get("when", rule.get("count", []))
    heads = [when] if isinstance(when, str) else when
    words = [w for one in heads for w in str(one).split(" or ")]
    told = [t for t in author.waits if t.words in words]
    return shared(told) if told else {}


def excepted(author: Author, rule: Text) -> Text:
    """*rule*, now and then with exceptions, cited or not."""
    assert isinstance(rule, Mapping)
    fields = fields_of(author, rule)
    if "unless" in rule or not fields or not author.sometimes(rarely=True):
        return rule
    condition = author.condition({**fields, "bearer": "unit"})
    return {**rule, "unless": {"例外": {"where": condition, "source": "law"} if author.sometimes() else condition}}


def defeating(author: Author, name: str, rule: Text) -> list[Text]:
    """A rule of the same kind, under a condition of its own, that goes before *rule*."""
    assert isinstance(rule, Mapping)
    fields = fields_of(author, rule)
    kind = next(iter(rule))
    if not fields or kind == "ladder" or {"joined with", "after"} & {*rule}:
        return []
    condition = author.condition(fields)
    where = f"({rule['where']}) and ({condition})" if "where" in rule else condition
    return [{**rule, kind: name, "where": where, "defeats": rule[kind]}]
