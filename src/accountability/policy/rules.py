"""From the text of one rule to its model: one reader per kind of rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Reading, Scalar, Sequence
from accountability.errors import CalendarError, ExtraMissing, closest
from accountability.organisation import ResponsibilityKind
from accountability.policy.expression import Expression, FieldRef, Parameter
from accountability.policy.model import (
    Again,
    AnswerSpec,
    Bearer,
    Decision,
    Duty,
    Effect,
    Effective,
    Fires,
    Join,
    Made,
    On,
    Overlay,
    Period,
    Prohibition,
    Reckoning,
    Rule,
    Source,
    Term,
    TermKind,
    Threshold,
    Tier,
    Trigger,
    Weight,
    Window,
    WindowKind,
)
from accountability.policy.parser import UNIT, Scope, bare, parse_condition, parse_instant, parse_limit
from accountability.policy.vocabulary import EventType, Field, Sort
from accountability.workdays import BusinessHours, ClockStart, Limit, find_calendar

PERIODS = ("day", "week", "month", "quarter", "year")
SHARED = ("title", "source", "effective", "where", "about", "answers", "report")
KEYS: Mapping[str, tuple[str, ...]] = {
    "duty": ("when", "bearer", "must", "same", "provided", "within", "due", "roll", "calendar", "clock starts", "business hours",
             "until close of business", "again", "breach"),
    "prohibition": ("when", "bearer", "joined with", "same", "within", "breach"),
    "threshold": ("count", "per", "within", "reaches", "fires", "bearer", "finding"),
    "effect": ("when", "bearer", "propose", "on", "once per", "decided by", "same", "provided", "standing"),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "duty": ("when", "bearer", "must", "same"), "prohibition": ("when", "bearer"),
    "threshold": ("count", "per", "within", "reaches", "fires"), "effect": ("when", "propose"),
}
TRIGGER = re.compile(r"(?:(breach|discharge|finding|standing) of )?(.+)")


@attrs.define
class Defaults:
    """What a pack says once for all its rules."""

    zone: ZoneInfo
    calendar: str | None = None
    roll: bool = False
    hours: BusinessHours | None = None
    effective: Effective = Effective()


@attrs.define
class Pack:
    """A pack while it is being read."""

    reading: Reading
    folder: Path
    defaults: Defaults
    vocabulary: dict[str, EventType] = attrs.Factory(dict)
    parameters: dict[str, Parameter] = attrs.Factory(dict)
    periods: dict[str, Period] = attrs.Factory(dict)
    sources: dict[str, Source] = attrs.Factory(dict)
    responsibility: dict[str, ResponsibilityKind] = attrs.Factory(dict)
    fields: dict[Trigger, Mapping[str, FieldRef]] = attrs.Factory(dict)
    """What is known of every event type and of every conclusion of the rules read so far."""


def read_triggers(node: Node | None, what: str, reading: Reading) -> tuple[Trigger, ...]:
    """`event.type`, `breach of R`, … joined by `or`, or a list of them."""
    found = []
    for item in reading.items(node, what):
        text = reading.text(item, what)
        for part in re.split(r"\s+or\s+|\s+或\s+", text.strip()) if text else ():
            match = TRIGGER.fullmatch(part.strip())
            if match is None:
                reading.fail(item.span, "not-a-trigger", f"`{part}` names neither an event nor a conclusion",
                             "write an event type, `breach of RULE`, `discharge of RULE`, `finding of RULE` or `standing of RULE`")
            else:
                found.append(Trigger(Made(match[1] or "event"), match[2]))
    return tuple(found)


class RuleReader:
    """Reads the rule of *kind* called *name* whose keys are *entries*, into *pack*'s terms."""

    def __init__(self, kind: str, name: Scalar, node: MappingNode, pack: Pack) -> None:
        self.kind, self.name, self.node, self.pack, self.reading = kind, name, node, pack, pack.reading
        overlays = [k.text for k, _ in node.entries if k.text.startswith("during ")]
        known = (kind, *SHARED, *KEYS[kind], *(overlays if kind == "duty" else ()))
        self.entries = self.reading.mapping(node, f"the {kind} `{name.text}`", known, REQUIRED[kind])
        self.when = self.triggers("count" if kind == "threshold" else "when")
        self.trigger = self.shared_fields(self.when)

    def text(self, key: str) -> str | None:
        return self.reading.text(self.entries.get(key), f"`{key}`")

    def scalar(self, key: str) -> Scalar | None:
        node = self.entries.get(key)
        return node if isinstance(node, Scalar) and self.reading.text(node, f"`{key}`") is not None else None

    def triggers(self, key: str, node: Node | None = None) -> tuple[Trigger, ...]:
        node = node or self.entries.get(key)
        found = []
        for trigger in read_triggers(node, f"`{key}`", self.reading):
            assert node is not None
            if trigger in self.pack.fields:
                found.append(trigger)
            elif trigger.made is Made.EVENT:
                self.reading.fail(node.span, "unknown-event", f"no event type is named `{trigger.name}`",
                                  closest(trigger.name, self.pack.vocabulary))
            else:
                same_rule = [str(t) for t in self.pack.fields if t.name == trigger.name and t.made is not Made.EVENT]
                rules = [str(t) for t in self.pack.fields if t.made is trigger.made]
                self.reading.fail(node.span, "unknown-rule", f"there is no `{trigger}`",
                                  closest(str(trigger), same_rule or rules))
        return tuple(found)

    def shared_fields(self, triggers: tuple[Trigger, ...], scope: str = "trigger") -> dict[str, FieldRef]:
        """The fields that every one of *triggers* has with one type."""
        if not triggers:
            return {}
        first, *rest = (self.pack.fields[t] for t in triggers)
        out = {}
        for name, field in first.items():
            others = [fields.get(name) for fields in rest]
            if all(o is not None and o.type == field.type for o in others):
                out[name] = FieldRef(scope, name, field.type, field.optional or any(o is not None and o.optional for o in others))
        return out

    def scope(self, act: Mapping[str, FieldRef] | None = None) -> Scope:
        return Scope(self.trigger, act or {}, self.pack.parameters, self.pack.vocabulary)

    def condition(self, key: str, act: Mapping[str, FieldRef] | None = None) -> Expression | None:
        node = self.scalar(key)
        return None if node is None else parse_condition(node, self.scope(act), self.reading)

    def field_names(self, key: str, *, of: Mapping[str, FieldRef] | None = None) -> tuple[str, ...]:
        """A list of fields of the trigger (and, with *of*, of the act too, with the same type)."""
        found = []
        for item in self.reading.items(self.entries.get(key), f"`{key}`"):
            name = self.reading.text(item, f"`{key}`")
            if name is None:
                continue
            if name not in self.trigger:
                self.reading.fail(item.span, "unknown-field", f"the trigger has no field `{name}`", closest(name, self.trigger))
            elif of is not None and (name not in of or of[name].type != self.trigger[name].type):
                self.reading.fail(item.span, "unknown-field", f"`{name}` is not a field of both sides with one type",
                                  closest(name, [n for n in of if n in self.trigger]))
            elif self.trigger[name].optional:
                self.reading.fail(item.span, "optional-key", f"`{name}` may be missing, so nothing can be told apart by it",
                                  f"declare `{name}` without `optional`, or use another field")
            else:
                found.append(name)
        return tuple(found)

    def bearer(self, default: str | None = None) -> Bearer:
        node = self.entries.get("bearer")
        text = self.reading.text(node, "`bearer`") if node is not None else default
        if text is None:
            return Bearer(field="bearer")
        field = self.trigger.get(text)
        if field is not None and field.type.kind in ("unit", "post") and field.type.sort is Sort.REFERENCE:
            if field.optional and node is not None:
                self.reading.fail(node.span, "bearer-may-be-missing", f"`{text}` may be missing, so nobody would owe", f"declare `{text}` without `optional`")
            return Bearer(field=text)
        if text.startswith("unit/"):
            return Bearer(unit=bare(text, "unit"))
        if node is None:
            return Bearer(field="bearer")
        candidates = [n for n, f in self.trigger.items() if f.type.kind in ("unit", "post")]
        self.reading.fail(node.span, "unknown-bearer", f"`{text}` is no unit or post of the trigger",
                          closest(text, candidates) if candidates else "name a unit, such as `unit/county`")
        return Bearer(field="bearer")

    def answers(self) -> tuple[AnswerSpec, ...]:
        node = self.entries.get("answers")
        found = []
        for line, value in self.reading.mapping(node, "`answers`").items():
            spec = self.answer(line, self.reading.text(value, f"`{line}`"), value)
            if spec is not None:
                found.append(spec)
        return tuple(found)

    def answer(self, line: str, text: str | None, node: Node) -> AnswerSpec | None:
        match = re.fullmatch(r"(?:(\S+)\s+)?at\s+(\S+)", text or "")
        if match is None:
            if text is not None:
                self.reading.fail(node.span, "no-moment", f"`{text}` does not say at which moment the holder is looked up",
                                  "write `at trigger`, `at due`, `at finding`, or `at` and a field that holds an instant")
            return None
        post, moment = match.groups()
        moments = {"duty": ("trigger", "due", "finding"), "prohibition": ("trigger", "finding"),
                   "threshold": ("first", "last", "finding"), "effect": ("trigger", "finding")}[self.kind]
        field = self.trigger.get(moment)
        if moment not in moments and (field is None or field.type.sort is not Sort.INSTANT):
            self.reading.fail(node.span, "unknown-moment", f"`{moment}` is no moment of this {self.kind}",
                              closest(moment, [*moments, *(n for n, f in self.trigger.items() if f.type.sort is Sort.INSTANT)]))
            return None
        if post is not None:
            declared = self.trigger.get(post)
            if declared is None or declared.type.kind != "post":
                self.reading.fail(node.span, "unknown-field", f"`{post}` is no post of the trigger",
                                  closest(post, [n for n, f in self.trigger.items() if f.type.kind == "post"]))
                return None
            return AnswerSpec(line, moment, post=post)
        if line not in self.pack.responsibility:
            self.reading.fail(node.span, "unknown-responsibility", f"the pack declares no responsibility `{line}`",
                              closest(line, self.pack.responsibility))
            return None
        return AnswerSpec(line, moment, kind=self.pack.responsibility[line])

    def about(self, default: str) -> tuple[str, str]:
        node = self.entries.get("about")
        name = self.reading.text(node, "`about`") if node is not None else default
        field = self.trigger.get(name or default)
        if field is None or field.type.sort is not Sort.REFERENCE or field.optional:
            if name == "bearer" or name is None:
                return "bearer", "unit"
            span = node.span if node is not None else self.name.span
            self.reading.fail(span, "no-subject", f"`{name}` is not a required reference of the trigger, so it cannot name the subject",
                              closest(name, [n for n, f in self.trigger.items() if f.type.sort is Sort.REFERENCE]))
            return "bearer", "unit"
        return field.name, field.type.kind

    def weight(self, key: str) -> Weight:
        entries = self.reading.mapping(self.entries.get(key), f"`{key}`", ("severity", "points"))
        return Weight(self.reading.text(entries.get("severity"), "`severity`"), self.reading.integer(entries.get("points"), "`points`"))

    def effective(self) -> Effective:
        if "effective" not in self.entries:
            return self.pack.defaults.effective
        return read_effective(self.entries["effective"], self.reading)

    def shared(self, default_about: str) -> dict[str, object]:
        about, about_kind = self.about(default_about)
        source = self.text("source")
        if source is not None and source not in self.pack.sources:
            self.reading.fail(self.entries["source"].span, "unknown-source", f"the pack declares no source `{source}`",
                              closest(source, self.pack.sources))
        report = self.text("report")
        if report not in (None, "all", "exceptions"):
            self.reading.fail(self.entries["report"].span, "unknown-choice", f"`report` is `{report}`", "write `all` or `exceptions`")
        return {"name": self.name.text, "title": self.text("title") or "", "source": source or "", "when": self.when,
                "where": self.condition("where"), "about": about, "about_kind": about_kind, "answers": self.answers(),
                "report_all": report == "all", "effective": self.effective(), "span": self.name.span}

    def read(self) -> Rule:
        """The rule, as far as it can be read; its mistakes are written down."""
        rule: Rule = getattr(self, f"read_{self.kind}")()
        return rule

    def read_duty(self) -> Duty:
        bearer = self.bearer()
        self.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
        must = self.triggers("must")
        act = self.shared_fields(must, "act")
        same = self.field_names("same", of=act)
        due_node = self.scalar("due")
        due = parse_instant(due_node, self.scope(), self.reading) if due_node else None
        tiers = self.tiers(self.entries.get("within"))
        if ("within" in self.entries) == ("due" in self.entries):
            self.reading.fail(self.name.span, "no-limit", f"the duty `{self.name.text}` needs exactly one of `within` and `due`",
                              "write `within: LIMIT`, or `due: FIELD` where the event carries the instant")
        overlays = []
        for key, value in self.entries.items():
            if key.startswith("during "):
                period = self.pack.periods.get(key[7:])
                body = self.reading.mapping(value, f"`{key}`", ("within",), ("within",))
                if period is None:
                    self.reading.fail(value.span, "unknown-period", f"the pack declares no period `{key[7:]}`", closest(key[7:], self.pack.periods))
                else:
                    overlays.append(Overlay(period, self.tiers(body.get("within"))))
        again = self.text("again") or "new"
        if again not in tuple(Again):
            self.reading.fail(self.entries["again"].span, "unknown-choice", f"`again` is `{again}`", closest(again, Again))
            again = "new"
        return Duty(bearer=bearer, must=must, same=same, provided=self.condition("provided", act), tiers=tiers, due=due,
                    reckoning=self.reckoning(), overlays=tuple(overlays), again=Again(again), weight=self.weight("breach"),
                    **self.shared(same[0] if same else "bearer"))  # type: ignore[arg-type]

    def tiers(self, node: Node | None) -> tuple[Tier, ...]:
        if node is None:
            return ()
        if isinstance(node, Scalar):
            limit = parse_limit(node, self.scope(), self.reading)
            return () if limit is None else (Tier(limit),)
        if not isinstance(node, Sequence):
            self.reading.wrong_kind(node, "`within`", "one limit, or a list of `{where: …, limit: …}`")
            return ()
        found = []
        for item in node.items:
            entries = self.reading.mapping(item, "a tier", ("where", "limit", "otherwise"))
            limit_node, where_node = entries.get("otherwise") or entries.get("limit"), entries.get("where")
            if not isinstance(limit_node, Scalar) or ("otherwise" in entries) == ("where" in entries):
                self.reading.fail(item.span, "not-a-tier", "a tier is `{where: …, limit: …}`, and the last `{otherwise: …}`", "write it so")
                continue
            limit = parse_limit(limit_node, self.scope(), self.reading)
            where = parse_condition(where_node, self.scope(), self.reading) if isinstance(where_node, Scalar) else None
            if limit is not None and (where is not None or "otherwise" in entries):
                found.append(Tier(limit, where))
        if found and found[-1].where is not None:
            self.reading.fail(node.span, "missing-tier", "the tiers do not say what holds elsewhere", "end them with `- otherwise: LIMIT`")
        if any(t.where is None for t in found[:-1]):
            self.reading.fail(node.span, "unreachable-tier", "a tier stands below `otherwise`", "write `otherwise` last")
        return tuple(found)

    def reckoning(self) -> Reckoning:
        defaults = self.pack.defaults
        name = self.text("calendar") or defaults.calendar
        start = self.text("clock starts")
        if start is not None and start not in tuple(ClockStart):
            self.reading.fail(self.entries["clock starts"].span, "unknown-choice", f"`clock starts` is `{start}`", closest(start, ClockStart))
            start = None
        roll = self.reading.boolean(self.entries.get("roll"), "`roll`")
        calendar = None
        if name is not None:
            try:
                calendar = find_calendar(name, self.pack.folder)
            except (ValueError, LookupError, ExtraMissing, CalendarError) as error:
                span = self.entries["calendar"].span if "calendar" in self.entries else self.name.span
                self.reading.fail(span, "unknown-calendar", str(error), "name a country such as `CN`, `US/MA`, `weekdays`, or a calendar file")
        hours = read_hours(self.entries.get("business hours"), self.reading, defaults.zone) or defaults.hours
        return Reckoning(defaults.zone, calendar, defaults.roll if roll is None else roll, ClockStart(start or "at once"), hours,
                         bool(self.reading.boolean(self.entries.get("until close of business"), "`until close of business`")))

    def read_prohibition(self) -> Prohibition:
        bearer = self.bearer()
        self.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
        join = None
        if "joined with" in self.entries:
            with_ = self.triggers("joined with")
            same = self.field_names("same", of=self.shared_fields(with_))
            join = Join(with_, same, self.plain_limit("within"))
        subject = next((n for t in self.when for n in self.trigger if self.read_from_subject(t, n)), "bearer")
        return Prohibition(bearer=bearer, join=join, weight=self.weight("breach"), **self.shared(subject))  # type: ignore[arg-type]

    def read_from_subject(self, trigger: Trigger, name: str) -> bool:
        declared = self.pack.vocabulary.get(trigger.name)
        return declared is not None and name in declared.fields and declared.fields[name].where == "subject"

    def plain_limit(self, key: str) -> Limit | None:
        node = self.scalar(key)
        if node is None:
            return None
        try:
            return Limit.parse(node.text)
        except ValueError as error:
            self.reading.fail(node.span, "not-a-limit", f"`{node.text}` is no limit: {error}", "write one such as `30 days`")
            return None

    def read_threshold(self) -> Threshold:
        per = self.field_names("per")
        units = [n for n in per if self.trigger[n].type.kind in ("unit", "post")]
        bearer = self.bearer(units[0] if units else "bearer")
        self.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
        reaches = self.reading.integer(self.entries.get("reaches"), "`reaches`")
        if reaches is not None and reaches < 1:
            self.reading.fail(self.entries["reaches"].span, "not-a-count", f"`reaches` is {reaches}", "write 1 or more")
        fires = self.text("fires")
        if fires is not None and fires not in tuple(Fires):
            self.reading.fail(self.entries["fires"].span, "unknown-choice", f"`fires` is `{fires}`", "write `each`, `rising` or `once, used up`")
            fires = None
        return Threshold(bearer=bearer, per=per, window=self.window(), zone=self.pack.defaults.zone, reaches=max(reaches or 1, 1),
                         fires=Fires(fires or "each"), weight=self.weight("finding"),
                         **self.shared(per[0] if per else "bearer"))  # type: ignore[arg-type]

    def window(self) -> Window:
        node = self.scalar("within")
        if node is None:
            return Window(WindowKind.CALENDAR, period="year")
        calendar = re.fullmatch(r"calendar (\w+)", node.text)
        rolling = re.fullmatch(r"(.+?) rolling by (instants|dates)(, edge included)?", node.text)
        try:
            if calendar and calendar[1] in PERIODS:
                return Window(WindowKind.CALENDAR, period=calendar[1])
            if rolling and not (rolling[2] == "dates" and Limit.parse(rolling[1]).unit.is_clock):
                return Window(WindowKind(f"rolling by {rolling[2]}"), Limit.parse(rolling[1]), edge_included=bool(rolling[3]))
        except ValueError:
            pass
        self.reading.fail(node.span, "not-a-window", f"`{node.text}` is no window",
                          "write `30 days rolling by instants`, `1 month rolling by dates` or `calendar year`")
        return Window(WindowKind.CALENDAR, period="year")

    def read_effect(self) -> Effect:
        bearer = self.bearer("bearer" if "bearer" in self.trigger else next((n for n, f in self.trigger.items() if f.type == UNIT), "bearer"))
        self.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
        once = self.text("once per")
        period = once.removeprefix("calendar ") if once else None
        if once is not None and (period not in PERIODS or not once.startswith("calendar ")):
            self.reading.fail(self.entries["once per"].span, "unknown-choice", f"`once per` is `{once}`", "write `calendar year`, `calendar month` …")
            period = None
        return Effect(bearer=bearer, measure=self.text("propose") or "", on=self.on(), once_per=period, zone=self.pack.defaults.zone,
                      decision=self.decision(), **self.shared("bearer"))  # type: ignore[arg-type]

    def on(self) -> tuple[On, ...]:
        found = []
        for item in self.reading.items(self.entries.get("on"), "`on`"):
            text = self.reading.text(item, "`on`")
            line, _, moment = (text or "").partition(" ")
            if text == "unit":
                found.append(On())
            elif text is not None and (spec := self.answer(line, moment.strip() or text, item)) is not None:
                found.append(On(spec))
        return tuple(found) or (On(),)

    def decision(self) -> Decision | None:
        if "decided by" not in self.entries:
            for key in ("standing", "same", "provided"):
                if key in self.entries:
                    self.reading.fail(self.entries[key].span, "no-decision", f"`{key}` stands without `decided by`",
                                      "name the event by which the competent body decides")
            return None
        triggers = self.triggers("decided by")
        act = self.shared_fields(triggers, "act")
        same = self.field_names("same", of=act)
        if not same:
            self.reading.fail(self.name.span, "missing-key", f"the effect `{self.name.text}` lacks `same`",
                              "name the field that tells which proposal a decision is about")
        entries = self.reading.mapping(self.entries.get("standing"), "`standing`", ("term", "bars"), ("term",))
        term_text = self.reading.text(entries.get("term"), "`term`")
        term = Term(TermKind.OPEN)
        if term_text in tuple(TermKind)[1:]:
            term = Term(TermKind(term_text))
        elif term_text is not None:
            try:
                term = Term(TermKind.LIMIT, Limit.parse(term_text))
            except ValueError:
                self.reading.fail(entries["term"].span, "not-a-term", f"`{term_text}` is no term", "write `6 months`, `rest of the year` or `until ended`")
        if "standing" not in self.entries:
            self.reading.fail(self.name.span, "effect-without-term", f"the effect `{self.name.text}` does not say how long it stands",
                              "add `standing: {term: …}`")
        bars = tuple(t for item in self.reading.items(entries.get("bars"), "`bars`") if (t := self.reading.text(item, "`bars`")))
        return Decision(triggers[0].name if triggers else "", same, self.condition("provided", act), term, bars)


def read_effective(node: Node, reading: Reading) -> Effective:
    """`{from: day, until: day}`, half-open."""
    entries = reading.mapping(node, "`effective`", ("from", "until"))
    since, until = reading.day(entries.get("from"), "`from`"), reading.day(entries.get("until"), "`until`")
    if since and until and since >= until:
        reading.fail(node.span, "empty-period", f"it ends on {until}, not after it begins", "`until` is the first day that no longer counts")
    return Effective(since, until)


def read_hours(node: Node | None, reading: Reading, zone: ZoneInfo) -> BusinessHours | None:
    """`{from: 08:30, to: 17:00, timezone: UTC}`; the pack's zone where none is named."""
    if node is None:
        return None
    entries = reading.mapping(node, "`business hours`", ("from", "to", "timezone"), ("from", "to"))
    times = []
    for key in ("from", "to"):
        text = reading.text(entries.get(key), f"`{key}`")
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text or "")
        if match is None:
            if text is not None:
                reading.fail(entries[key].span, "not-a-time", f"`{text}` is no time of day", "write one such as `08:30`")
            return None
        times.append((int(match[1]), int(match[2])))
    if times[0] >= times[1]:
        reading.fail(entries["to"].span, "empty-period", "business closes before it opens", "write the later time as `to`")
        return None
    return BusinessHours(time(*times[0]), time(*times[1]), reading.zone(entries.get("timezone"), "`timezone`") or zone)


def fields_of_event(declared: EventType) -> Mapping[str, FieldRef]:
    """The fields of an event type, as a rule sees them."""
    return {name: FieldRef("trigger", name, field.type, field.optional) for name, field in declared.fields.items() if isinstance(field, Field)}


def conclusions_of(rule: Rule, trigger: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for once *rule* is read, with the fields that it carries."""
    carried = dict(trigger) | {"bearer": FieldRef("trigger", "bearer", UNIT)}
    match rule:
        case Duty():
            return {Trigger(Made.BREACH, rule.name): carried, Trigger(Made.DISCHARGE, rule.name): carried}
        case Prohibition():
            return {Trigger(Made.BREACH, rule.name): carried}
        case Threshold():
            return {Trigger(Made.FINDING, rule.name): {n: carried[n] for n in (*rule.per, "bearer") if n in carried}}
        case Effect():
            kept = (*rule.decision.same, "bearer") if rule.decision else ()
            return {Trigger(Made.STANDING, rule.name): {n: carried[n] for n in kept}} if rule.decision else {}
